"""What digest stands on: named as it is imported, and missed in plain words."""

import json
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from digest.dependencies import FOR_PRINT, REQUIRED, Dependency, explain_import_error, import_faults
from tests.publications import SECRET, write_config

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = Path(sysconfig.get_path("purelib"))
EXTRAS = PROJECT["optional-dependencies"]
NEEDED_BY_OTHERS = {
    "lxml-html-clean": "jusText, which trafilatura needs, asks for it as lxml[html_clean]",
    "python-multipart": "starlette reads forms with it",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "font-source-sans-pro": "a folder of fonts",
    "font-source-serif-pro": "a folder of fonts",
    "editables": "hatchling installs a folder with it",
    "hatchling": "what builds the wheel; tests run it as a command",
    "import-linter": "a command",
    "mypy": "a command",
    "ruff": "a command",
    "types-pyyaml": "mypy reads it",
    "pytest-asyncio": "a plugin of pytest",
    "pytest-randomly": "a plugin of pytest",
    "pytest-xdist": "a plugin of pytest",
}
"""What is named and never imported, and why it is named."""


def names(requirements: list[str]) -> set[str]:
    return {str(canonicalize_name(Requirement(one).name)) for one in requirements} - {"digest"}


def imported(*folders: str) -> set[str]:
    """The packages that the code in these folders imports, by the names of their distributions."""
    statement = re.compile(
        r"^\s*(?:from (\w+)[\w.]* import |import (\w+)[\w.]*(?: as \w+)?$)", re.MULTILINE
    )
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    found = {one for file in files for one in statement.findall(file.read_text(encoding="utf-8"))}
    modules = {first or second for first, second in found} - {"digest"}
    known = packages_distributions()
    return {str(canonicalize_name(known[module][0])) for module in modules if module in known}


def test_what_is_imported_is_named_and_the_other_way_round():
    ours, for_print = names(PROJECT["dependencies"]), names(EXTRAS["print"])
    demo, dev = names(EXTRAS["demo"]), names(EXTRAS["dev"])
    assert imported("digest") == (ours | for_print) - set(NEEDED_BY_OTHERS)
    everything = ours | for_print | demo | dev
    assert imported("digest", "scripts", "tests") == everything - set(NEEDED_BY_OTHERS)
    assert set(NEEDED_BY_OTHERS) <= everything


def test_the_table_of_what_each_is_for_has_every_dependency():
    assert {one.package for one in REQUIRED} == names(PROJECT["dependencies"])
    assert {one.package for one in FOR_PRINT} == names(EXTRAS["print"])


requirement_of = cache(Requirement)


@cache
def metadata_of(name: str):
    return distribution(name).metadata


def closure(requirements: list[str], *, old: bool) -> set[str]:
    """All that is installed for these; `old` as pip does before 23.3, which compares the names of
    extras as they are spelled.
    """

    def spelled(extra: str) -> str:
        return re.sub(r"[^a-z0-9.-]+", "_", extra.lower()) if old else canonicalize_name(extra)

    found: set[tuple[str, str]] = set()
    asked = [(requirement_of(one), "") for one in requirements]
    while asked:
        requirement, of = asked.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": of}):
            continue
        name = canonicalize_name(requirement.name)
        metadata = metadata_of(name)
        given = {spelled(one): one for one in metadata.get_all("Provides-Extra") or ()}
        wanted = {given[spelled(one)] for one in requirement.extras if spelled(one) in given}
        for extra in {"", *wanted}:
            if (name, extra) not in found:
                found.add((name, extra))
                needs = metadata.get_all("Requires-Dist") or ()
                asked += [(requirement_of(one), extra) for one in needs]
    return {name for name, _ in found}


def test_an_old_pip_brings_all_that_a_new_one_does():
    named = PROJECT["dependencies"] + EXTRAS["print"] + EXTRAS["demo"]
    assert closure(named, old=True) == closure(named, old=False) > names(named)
    without = [one for one in named if not one.startswith("lxml-html-clean")]
    if "html-clean" in (distribution("lxml").metadata.get_all("Provides-Extra") or ()):
        missed = closure(without, old=False) - closure(without, old=True)
        assert missed == {"lxml-html-clean"}  # so the comparison would see one


# ---------------------------------------------------------------- where one is missing


@dataclass(frozen=True)
class Installation:
    """A real environment, and a publication in a folder beside it."""

    python: Path
    site: Path
    here: Path

    def __call__(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Run `digest`."""
        ended = subprocess.run(
            [self.python, "-P", "-m", "digest", *map(str, words)],
            cwd=self.here,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended


@pytest.fixture
def installation(tmp_path):
    """A function that makes an installation without some modules, and with some that are broken."""
    place, here = tmp_path / "environment", tmp_path / "here"
    here.mkdir()
    write_config(here)
    (here / "secret.key").write_text(SECRET)
    venv.create(place, symlinks=True)
    (site,) = place.glob("lib/python*/site-packages")

    def make(*missing: str, **broken: str) -> Installation:
        gone = re.compile(rf"({'|'.join((*missing, *broken))})(\W|$)")
        for path in PACKAGES.iterdir():
            if path.suffix != ".pth" and not gone.match(path.name):
                (site / path.name).symlink_to(path)
        (site / "checkout.pth").write_text(str(ROOT))
        for module, fault in broken.items():
            (site / f"{module}.py").write_text(fault)
        return Installation(place / "bin/python", site, here)

    return make


def is_said(ended, *words: str) -> bool:
    """Whether it ended with 1 and one sentence with these words."""
    assert (ended.returncode, ended.stdout) == (1, ""), ended
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    for word in words:
        assert word in ended.stderr, ended.stderr
    return True


def test_a_verb_names_what_is_missing_what_it_is_for_and_how_to_install_it(installation):
    digest = installation("feedparser")
    assert is_said(
        digest("plan", "weekly"),
        "feedparser is not installed, and without it digest can't read feeds; install it with"
        f" {digest.python} -m pip install 'feedparser",
    )


def test_what_is_broken_only_for_want_of_another_is_not_named(tmp_path, monkeypatch):
    (tmp_path / "tide_clock.py").write_text("import tide_gauge")
    (tmp_path / "tide_tables.py").write_text('raise OSError("libtide.so.1:\\n no such file")')
    (tmp_path / "tide_rest").mkdir()  # what an uninstall may leave behind
    monkeypatch.syspath_prepend(tmp_path)
    clock, gauge, tables, rest = (
        Dependency(f"tide-{name}", f"tide_{name}", "tell the tide")
        for name in ("clock", "gauge", "tables", "rest")
    )
    missing, left, broken = import_faults([clock, gauge, tables, rest])
    assert missing.startswith("tide-gauge is not installed, and without it digest can't tell the")
    assert left.startswith("tide-rest is not installed")
    assert broken == (
        "tide-tables can't be imported (OSError: libtide.so.1: no such file), and without it digest"
        f" can't tell the tide; install it anew with {sys.executable} -m pip install"
        " --force-reinstall tide-tables"
    )


@pytest.mark.slow
def test_check_names_all_that_is_missing_or_broken_at_once(installation):
    digest = installation("feedparser", "lxml_html_clean", nh3="import nowhere")
    ended = digest("check", "--json")
    answer = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr, answer["ok"]) == (1, "", False)
    feeds, clean, broken = answer["wrong"]
    assert feeds.startswith("feedparser is not installed")
    assert clean.startswith("lxml-html-clean is not installed, and without it digest can't find")
    assert broken.startswith("nh3 can't be imported (ModuleNotFoundError: No module named 'nowhere")
    assert "pip install --force-reinstall 'nh3" in broken

    said = digest("check")
    assert said.returncode == 1
    assert said.stdout.startswith("Wrong, and to be mended first:\n  - feedparser is not installed")


@pytest.mark.slow
def test_a_broken_package_is_named_by_the_verb_that_needs_it(installation):
    digest = installation(
        "cachetools", nh3='raise ImportError("libnh.so.1: cannot open shared object file")'
    )
    (digest.here / "story.md").write_text("# The tide gauge\n\nIt stands where it always stood.\n")
    assert digest("init").returncode == 0
    said = "nh3 can't be imported (ImportError: libnh.so.1: cannot open shared object file)"
    assert is_said(digest("import", "story.md"), said, "can't clean HTML", "--force-reinstall")

    (digest.site / "nh3.py").unlink()
    (digest.site / "nh3").symlink_to(PACKAGES / "nh3")
    assert digest("import", "story.md").returncode == 0
    ended = digest("preview", "weekly", "--out", "preview")
    assert is_said(ended, "premailer can't be imported (ModuleNotFoundError: No module named 'cach")


@pytest.mark.slow
def test_a_process_that_reads_what_is_foreign_tells_of_a_broken_package(installation):
    digest = installation(feedparser='raise ImportError("no sgmllib")')
    parse = (
        "from digest.errors import DependencyError as fault\n"
        "from digest.feeds.worker.isolated import parse_feed_isolated as parse\n"
        "try: parse(b'<rss/>', '')\n"
        "except fault as error: print(error)"
    )
    said = subprocess.run([digest.python, "-c", parse], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith("feedparser can't be imported (ImportError: no sgmllib), and")


def test_the_command_line_itself_may_be_missing(installation):
    assert is_said(installation("click")("--help"), "click is not installed, and without it digest")


def test_help_does_not_need_the_others(installation):
    digest = installation("pydantic", "sqlalchemy", "jinja2", "lxml")
    assert digest("--help").returncode == digest("check", "--help").returncode == 0


@pytest.mark.slow
def test_without_the_extra_print_is_told_what_to_install_and_check_says_so(installation):
    digest = installation("weasyprint", "font_source_sans_pro", "font_source_serif_pro")
    (note,) = [
        note for note in json.loads(digest("check", "--json").stdout)["notes"] if "PDF" in note
    ]
    assert note.startswith(
        "font-source-sans-pro, font-source-serif-pro and weasyprint are not installed, and"
        " without them digest can't make a PDF; install them with"
    )


@pytest.mark.slow
@pytest.mark.parametrize("one", REQUIRED, ids=lambda one: one.package)
def test_a_verb_ends_with_one_sentence_where_a_package_is_missing(one, installation):
    digest = installation(one.module)
    said = f"{one.package} is not installed, and without it digest can't {one.purpose}; install"
    assert is_said(digest("plan", "weekly"), said)
    if one.package in {"alembic", "pydantic", "pydantic-core", "sqlalchemy", "sqlmodel"}:
        assert is_said(digest("init", "new"), said)


def test_a_mistake_of_ours_is_no_missing_package():
    with pytest.raises(ImportError) as caught:
        exec("from digest.errors import no_such_thing")
    assert explain_import_error(caught.value) is None


def test_a_python_that_was_built_without_a_library_is_named():
    error = ModuleNotFoundError("No module named '_sqlite3'", name="_sqlite3")
    assert "No module named '_sqlite3'" in (explain_import_error(error) or "")
