"""The packages that digest stands on: what each is for, and what to do where one is missing.

This module imports none of them.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from types import TracebackType
from typing import NamedTuple

from digest.errors import DependencyError

PANGO = (
    "Pango is not installed, and without it digest can't make a PDF; on Debian and Ubuntu install"
    " it with apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


class Dependency(NamedTuple):
    """A package by its name in pyproject.toml, the module it brings, and what digest does by it."""

    package: str
    module: str
    purpose: str


REQUIRED = (
    Dependency("aiosmtplib", "aiosmtplib", "talk to mail servers"),
    Dependency("alembic", "alembic", "bring a store up to date"),
    Dependency("anyio", "anyio", "serve web pages"),
    Dependency("apscheduler", "apscheduler", "work on a schedule"),
    Dependency("babel", "babel", "write dates and numbers as each language does"),
    Dependency("click", "click", "read its command line"),
    Dependency("cryptography", "cryptography", "sign emails"),
    Dependency("cssutils", "cssutils", "read style sheets"),
    Dependency("dnspython", "dns", "ask the DNS"),
    Dependency("feedparser", "feedparser", "read feeds"),
    Dependency("httpx2", "httpx2", "fetch feeds and pages"),
    Dependency("idna", "idna", "read addresses with letters of all languages"),
    Dependency("itsdangerous", "itsdangerous", "sign links"),
    Dependency("jinja2", "jinja2", "fill templates"),
    Dependency("lxml", "lxml", "read HTML"),
    Dependency("lxml-html-clean", "lxml_html_clean", "find the article on a web page"),
    Dependency("markdown-it-py", "markdown_it", "read Markdown"),
    Dependency("markupsafe", "markupsafe", "fill templates"),
    Dependency("nh3", "nh3", "clean HTML"),
    Dependency("pillow", "PIL", "make pictures smaller"),
    Dependency("premailer", "premailer", "write styles into emails"),
    Dependency("pydantic", "pydantic", "check its config"),
    Dependency("pydantic-core", "pydantic_core", "check its config"),
    Dependency("python-multipart", "python_multipart", "read web forms"),
    Dependency("pyyaml", "yaml", "read the head of a Markdown file"),
    Dependency("rich", "rich", "show progress"),
    Dependency("sqlalchemy", "sqlalchemy", "use its store"),
    Dependency("sqlmodel", "sqlmodel", "use its store"),
    Dependency("starlette", "starlette", "serve web pages"),
    Dependency("structlog", "structlog", "write a log"),
    Dependency("trafilatura", "trafilatura", "find the article on a web page"),
    Dependency("tzdata", "tzdata", "know the time zones"),
    Dependency("uvicorn", "uvicorn", "serve web pages"),
)
FOR_PRINT = (
    Dependency("font-source-sans-pro", "font_source_sans_pro", "make a PDF"),
    Dependency("font-source-serif-pro", "font_source_serif_pro", "make a PDF"),
    Dependency("weasyprint", "weasyprint", "make a PDF"),
)
"""The extra `print`: what `digest print` needs as well."""


def require_dependencies() -> None:
    """Look whether all that is required is there, without an import, which would take long.

    Raises DependencyError with a line for each that is missing.
    """
    missing = [_missing(one) for one in REQUIRED if not _is_there(one)]
    if missing:
        raise DependencyError("\n".join(missing))


def import_faults(dependencies: Iterable[Dependency]) -> Iterator[str]:
    """Import each of them; yields a sentence on each that can't be, those that are missing first.

    One that is broken only for want of another gets none.
    """
    those = tuple(dependencies)
    missing = [one for one in those if not _is_there(one)]
    yield from map(_missing, missing)
    for one in those:
        try:
            import_module(one.module)
        except Exception as error:  # a broken one may raise anything
            if not any(other.module in str(error) for other in missing):
                yield _broken(one, error)


def print_faults() -> list[str]:
    """Import what `digest print` needs as well; a sentence on what is missing or broken."""
    return [missing] if (missing := _missing_for_print()) else [*import_faults(FOR_PRINT)]


def explain_import_error(error: ImportError) -> str | None:
    """What a failed import means, in one sentence; None if the fault is ours."""
    name = (error.name or "").partition(".")[0]
    if name == "digest":
        return None
    if name in sys.stdlib_module_names:
        return (
            f"this Python ({sys.executable}) can't do all that digest needs: {error}; install"
            " another one, with the libraries of your system, and digest with it"
        )
    known = {one.module: one for one in (*REQUIRED, *FOR_PRINT)}
    if (named := known.get(name)) and _is_there(named):
        return _broken(named, error)
    if named:
        return _missing_for_print() if named in FOR_PRINT else _missing(named)
    if missing := [_missing(one) for one in REQUIRED if not _is_there(one)]:
        return missing[0]
    asked = known.get(_asked_by_us(error.__traceback__))
    return _broken(asked, error) if asked else None


def _asked_by_us(trace: TracebackType | None) -> str:
    """The module whose import by digest ended there; "" if it was another one's."""
    asked = ""
    while trace:
        name = str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        if name in {"digest", "__main__"}:
            asked = ""
        elif name != "importlib":
            asked = asked or name
        trace = trace.tb_next
    return asked


def _is_there(one: Dependency) -> bool:
    spec = find_spec(one.module)
    # A folder that was left behind is a "namespace package", which has no origin.
    return spec is not None and spec.origin is not None


def _missing_for_print() -> str:
    """Of all that is missing, since there is no PDF without any of it; "" if nothing is."""
    missing = [one for one in FOR_PRINT if not _is_there(one)]
    return _missing(*missing) if missing else ""


def _missing(*those: Dependency) -> str:
    """A sentence on packages that serve the same purpose."""
    *first, last = (one.package for one in those)
    names = f"{', '.join(first)} and {last}" if first else last
    are, them = ("are", "them") if len(those) > 1 else ("is", "it")
    return (
        f"{names} {are} not installed, and without {them} digest can't {those[0].purpose};"
        f" install {them} with {_pip(*those)}"
    )


def _broken(one: Dependency, error: Exception) -> str:
    if one.module == "weasyprint" and isinstance(error, OSError):
        return PANGO
    why = " ".join(str(error).split())
    return (
        f"{one.package} can't be imported ({type(error).__name__}: {why}), and without it digest"
        f" can't {one.purpose}; install it anew with {_pip(one, option='--force-reinstall')}"
    )


def _pip(*those: Dependency, option: str = "") -> str:
    """The command that installs them here, for a shell."""
    import re
    import shlex
    from importlib.metadata import PackageNotFoundError, requires

    try:
        asked = requires("digest") or []
    except PackageNotFoundError:  # it runs from a folder and was never installed
        asked = []
    lines = [line.partition(";")[0].strip() for line in asked]

    def requirement(package: str) -> str:
        named = re.compile(rf"{re.escape(package)}(?![\w.-])", re.IGNORECASE)
        return next((line for line in lines if named.match(line)), package)

    words = [sys.executable, "-m", "pip", "install", option]
    return shlex.join([*filter(None, words), *(requirement(one.package) for one in those)])
