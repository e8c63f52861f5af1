"""The texts of config.toml that are templates: subject, preheader and intro of a newsletter.

They come out as plain text: whoever prints them escapes them. They run in a sandbox without
globals, so the worst that a slip in the config can do is to fail with its key and line.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.core.newsletters.newsletter import Newsletter
from digest.core.text import prose
from digest.errors import TemplateError
from digest.render.template.faults import template_errors

SUBJECT_KEYS = ("subject", "preheader", "intro")
NAMES = ("lead", "edition", "newsletter", "publication", "sections", "count", "date")
"""What the templates may use: lead is a layout.Story, sections are layout.Blocks."""

LIMIT = 4000
"""Characters that one of these texts may come to."""

_STRING_METHODS = frozenset(
    {"capitalize", "endswith", "lower", "lstrip", "removeprefix", "removesuffix", "rstrip"}
    | {"split", "startswith", "strip", "title", "upper"}
)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Refuses what can make much out of little."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, int | float) and isinstance(right, int | float) and operator != "**":
            return super().call_binop(context, operator, left, right)
        raise SecurityError(f"{operator} works on numbers only, and ** not at all")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str):
            return attr in _STRING_METHODS
        return super().is_safe_attribute(obj, attr, value)


def _sandbox() -> _Sandbox:
    sandbox = _Sandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
    sandbox.globals.clear()
    for name in ("batch", "center", "format", "indent", "slice", "urlize", "xmlattr"):
        del sandbox.filters[name]
    return sandbox


_SANDBOX = _sandbox()


@lru_cache(maxsize=64)
def _compiled(source: str) -> Template:
    return _SANDBOX.from_string(source)


def render_subject_template(newsletter: Newsletter, key: str, names: Mapping[str, object]) -> str:
    """The text of one of KEYS for one edition. Raises TemplateError naming newsletter and key."""
    source: str = getattr(newsletter, key)
    place = _place(newsletter, key)
    written = ""
    with template_errors(place):
        for chunk in _compiled(source).generate(names):
            written += chunk
            if len(written) > LIMIT:
                raise TemplateError(f"{place}: comes to more than {LIMIT} characters")
    return prose.tidy(written).strip()


def check_subject_templates(newsletter: Newsletter) -> None:
    """Raises TemplateError for a text that can't be read or asks for a name that isn't there."""
    from jinja2.meta import find_undeclared_variables

    for key in SUBJECT_KEYS:
        place = _place(newsletter, key)
        with template_errors(place):
            source = getattr(newsletter, key)
            unknown = find_undeclared_variables(_SANDBOX.parse(source)) - set(NAMES)
            _SANDBOX.from_string(source)
        if unknown:
            names = ", ".join(sorted(unknown))
            raise TemplateError(f"{place}: there is no {names}; there are {', '.join(NAMES)}")


def _place(newsletter: Newsletter, key: str) -> str:
    return f'newsletter "{newsletter.slug}": {key}'
