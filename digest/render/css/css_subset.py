"""The CSS that a base stylesheet may hold: what inlining keeps true in every client.

Selectors of elements, classes and descendants only; px, six-digit colours, names without quotes;
one declaration of a property and no shorthand beside its longhand. Within this, premailer and a
browser agree on every element; outside of it premailer drops or changes rules without a word.
Comments belong into the template: {# … #}.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from digest.errors import TemplateError

_TEMPLATE_COMMENTS = re.compile(r"\{#.*?#\}", re.DOTALL)
_TEMPLATE_BLANKS = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.DOTALL)
_TEMPLATE_VALUES = re.compile(r"\{\{.*?\}\}")
_RULE = re.compile(r"(?P<selectors>[^{}]*)\{(?P<body>[^{}]*)\}")
_SIMPLE = r"(?:[a-z][a-z0-9]*(?:\.[A-Za-z_][\w-]*)*|(?:\.[A-Za-z_][\w-]*)+)"
_SELECTOR = re.compile(rf"{_SIMPLE}(?:\s+{_SIMPLE})*")
_TAG = re.compile(r"<([a-z][a-z0-9]*|\{\{.*?\}\})(?=[\s>])((?:\{\{.*?\}\}|\{%.*?%\}|[^<>])*)>")
_CLASS = re.compile(r'\sclass="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"')

_VALUE_FAULTS = (
    (re.compile(r"!"), "!important can't be inlined"),
    (re.compile(r"#(?![0-9a-f]{6}(?![0-9a-f]))", re.IGNORECASE), "write colours with six digits"),
    (re.compile(r"\b(?:rgba?|hsla?|hwb|lab|lch|oklch|color)\("), "write colours as #rrggbb"),
    (re.compile(r"[a-z]\("), "mail clients drop functions here"),
    (re.compile(r"['\"\\]"), "write names without quotes"),
    (re.compile(r"(?<![#\w])\d[\d.]*(?!px\b)[a-z]+\b", re.IGNORECASE), "write lengths in px or %"),
    (re.compile(r"^(?:inline-)?(?:flex|grid)$"), "mail clients don't lay out flex or grid"),
    (re.compile(r"^$"), "the value is missing"),
)
_REFUSED_PROPERTIES = {"position", "float", "transform"}

# fmt: off
_SHORTHANDS = {
    "background", "border", "border-bottom", "border-left", "border-right", "border-top", "font",
    "list-style", "margin", "padding", "text-decoration",
}
# fmt: on
_NOT_LONGHANDS = re.compile(
    r"border-(?:collapse|spacing)$|.*-radius$|border-image|font-(?:feature|variation)"
)


def check_css_subset(source: str, file: str, templates: Iterable[str] = ()) -> None:
    """Raises TemplateError naming file and line of the first fault.

    `templates` are those whose elements the stylesheet is for.
    """
    for line, fault in (*faults(source), *meetings(source, templates)):
        raise TemplateError(f"{file}:{line}: {fault}")


@lru_cache(maxsize=64)
def faults(source: str) -> tuple[tuple[int, str], ...]:
    """The (line, fault) pairs of a stylesheet or of the template that makes one."""
    return tuple(_faults(source))


def _faults(source: str) -> Iterator[tuple[int, str]]:
    css = _blanked(source)
    if "/*" in css:
        yield _line(css, css.index("/*")), "comments can't stay in; write {# … #}"
        return
    end = 0
    for rule in _RULE.finditer(css):
        if css[end : rule.start()].strip():
            break
        end = rule.end()
        yield from _selector_faults(css, rule)
        yield from _declaration_faults(css, rule)
    if rest := css[end:].strip():
        yield _line(css, css.index(rest, end)), f'"{rest.splitlines()[0]}" is no plain rule'


def meetings(source: str, templates: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The (line, fault) pairs of rules that mix a shorthand and its longhand on one element.

    `templates` are those of the documents: what classes stand together on an element is read from
    them. Ancestors aren't looked at, so rules count that might only seem to meet.
    """
    rules = list(_rules(_blanked(source)))
    told = set()
    for tag, classes in sorted({one for html in templates for one in _elements(html)}):
        given: dict[str, int] = {}
        for line, last, names in rules:
            wanted, *needed = last.split(".")
            if set(needed) <= set(classes) and (not wanted or not tag or wanted == tag):
                given |= dict.fromkeys(names, line)
        for short, long in clashes(given):
            line = max(given[short], given[long])
            place = f'<{tag or "…"} class="{" ".join(classes)}">'
            if (line, short, long) not in told:
                told.add((line, short, long))
                yield line, f"{short} and {long} meet on {place}"


def _rules(css: str) -> Iterator[tuple[int, str, list[str]]]:
    """For each selector: its line, its last part ("td.far") and the properties of its rule."""
    for rule in _RULE.finditer(css):
        names = [one.partition(":")[0].strip() for one in rule["body"].split(";") if ":" in one]
        for selector in filter(None, map(str.strip, rule["selectors"].split(","))):
            yield _line(css, rule.start("body")), selector.split()[-1], names


def _elements(html: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Tag and classes of every element that a template may print; no tag where it is computed."""
    for tag, attributes in _TAG.findall(_TEMPLATE_COMMENTS.sub("", html)):
        given = _CLASS.search(f" {attributes}")
        written = re.sub(r"\{%.*?%\}|\{\{|\}\}|[^\w-]", " ", given[1]) if given else ""
        yield "" if tag.startswith("{") else tag, tuple(sorted(set(written.split())))


def clashes(properties: Iterable[str]) -> list[tuple[str, str]]:
    """The (shorthand, longhand) pairs among these: Gmail reorders them, so either may win."""
    names = set(properties)
    return sorted(
        (short, long)
        for short in names & _SHORTHANDS
        for long in names
        if long.startswith(f"{short}-") and not _NOT_LONGHANDS.match(long)
    )


def _blanked(source: str) -> str:
    """A template of a stylesheet with its tags gone and its lines where they were."""
    css = _TEMPLATE_BLANKS.sub(lambda m: "\n" * m[0].count("\n"), source)
    return _TEMPLATE_VALUES.sub("left", css)


def _selector_faults(css: str, rule: re.Match[str]) -> Iterator[tuple[int, str]]:
    at = rule.start() + len(rule["selectors"]) - len(rule["selectors"].lstrip())
    for selector in rule["selectors"].split(","):
        if not _SELECTOR.fullmatch(selector.strip()):
            yield (
                _line(css, at),
                f'"{selector.strip()}" can\'t be inlined: only elements, .classes and descendants',
            )


def _declaration_faults(css: str, rule: re.Match[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    at = rule.start("body")
    for declaration in rule["body"].split(";"):
        start = at + len(declaration) - len(declaration.lstrip())
        at += len(declaration) + 1
        if not declaration.strip():
            continue
        name, colon, value = (part.strip() for part in declaration.partition(":"))
        fault = _fault(name, value) if colon else "a declaration needs a colon"
        if name in seen:
            fault = "is given twice in one rule"
        for short, long in clashes((*seen, name)):
            fault = f"{short} and {long} are mixed in one rule"
        seen.add(name)
        if fault:
            yield _line(css, start), f"{name}: {fault}"
            return


def _fault(name: str, value: str) -> str:
    if name in _REFUSED_PROPERTIES or not re.fullmatch(r"-?[a-z][a-z-]*", name):
        return "mail clients don't know it"
    return next((fault for pattern, fault in _VALUE_FAULTS if pattern.search(value)), "")


def _line(css: str, position: int) -> int:
    return css.count("\n", 0, position) + 1
