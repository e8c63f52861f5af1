"""Checks of the styles of a message: what is inlined, and what stays in the head."""

import re
from collections.abc import Iterable

from digest.render.dialect import clashes
from digest.render.findings import Check, Document, Places, around, name, unless

_UNKNOWN_INLINE = re.compile(
    r"^(?:inline-)?(?:flex|grid)$|calc\(|var\(|(?:rgb|hsl)a?\([^,)]*\)|#(?:[0-9a-f]{4}|[0-9a-f]{8})$",
    re.IGNORECASE,
)
_DARK = "(prefers-color-scheme:dark)"


def _mixed(d: Document) -> Iterable[str]:
    for element, style in d.styles:
        for short, long in clashes(style):
            yield f"{name(element)}: {short} and {long}"


def _unknown(d: Document) -> Iterable[str]:
    for element, style in d.styles:
        for key, value in style.items():
            if key in {"position", "float"} or _UNKNOWN_INLINE.search(value):
                yield f"{name(element)}: {key}:{value}"


def _blocks(css: str, at_rule: str) -> list[str]:
    """What stands inside every block of this at-rule."""
    found = []
    for start in re.finditer(rf"@{at_rule}[^{{]*\{{", css):
        depth, end = 1, start.end()
        while depth and end < len(css):
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        found.append(css[start.end() : end - 1])
    return found


def _weak(d: Document) -> Iterable[str]:
    for block in _blocks(d.css, "media"):
        for body in re.findall(r"\{([^{}]*)\}", block):
            yield from (one for one in body.split(";") if one.strip() and "!important" not in one)


def _nested(d: Document) -> Iterable[str]:
    return [at for block in _blocks(d.css, "[a-z-]+") for at in around(block, "@")]


def _unnamed_classes(d: Document) -> Iterable[str]:
    kept = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", d.css))
    used = {one for names in d.find("//@class") for one in names.split()}
    return sorted(used - kept)


def _kept(pattern: str) -> Places:
    return lambda d: around(d.css, pattern)


def _has(*wanted: str) -> Places:
    return lambda d: [one for one in wanted if one not in d.css.replace(": ", ":")]


CHECKS = (
    Check(
        "C1",
        "no element has a shorthand beside its longhand",
        "use one of them: Gmail reorders both",
        _mixed,
    ),
    Check(
        "C2",
        "no inline style is !important",
        "Outlook ignores it and phones can't override it",
        lambda d: [name(e) for e, s in d.styles if "!" in e.get("style")],
    ),
    Check(
        "C3",
        "!important has a space before it",
        "Outlook and Yahoo drop the declaration otherwise",
        _kept(r"\S!important"),
    ),
    Check("C4", "kept styles have no comments", "use {# … #}", _kept(r"/\*")),
    Check(
        "C5",
        "no style loads anything",
        "use <img> instead of url()",
        lambda d: [
            *around(d.css, r"url\("),
            *(name(e) for e, s in d.styles if "url(" in e.get("style")),
        ],
    ),
    Check(
        "C6",
        "inline styles are ones that mail clients know",
        "use tables, px and #rrggbb",
        _unknown,
    ),
    Check(
        "C7",
        "no at-rule stands inside another",
        "Gmail drops it; write the rules one after another",
        _nested,
    ),
    Check(
        "C8",
        "phones and dark mode have their rules",
        "see _enhance.css",
        _has("(max-width:", _DARK),
    ),
    Check(
        "C9",
        "Outlook's dark mode has its rules",
        "see _clients.css",
        _has("[data-ogsc]", "[data-ogsb]"),
    ),
    Check("C10", "print has its rules", "see _enhance.css", _has("@media print")),
    Check(
        "C11",
        "rules for phones, dark mode and print win over inline styles",
        "write !important",
        _weak,
    ),
    Check(
        "C12",
        "style attributes use double quotes",
        "write font names without quotes",
        lambda d: around(d.html, r"<[a-z][^<>]*\sstyle='"),
    ),
    Check(
        "C13",
        "no class is left that nothing names",
        "inlining takes them out: was it run?",
        _unnamed_classes,
    ),
    Check(
        "M1",
        "conditional comments are closed",
        "one <![endif] for each <!--[if",
        lambda d: unless(
            len(re.findall(r"<!--\[if", d.html)) == d.html.count("<![endif]"), "the document"
        ),
        hard=True,
    ),
    Check(
        "M2",
        "Outlook gets a fixed width",
        'have the table of width="600" for MSO',
        lambda d: unless(re.search(r"<!--\[if mso\]><table[^>]*width=\"600\"", d.html), "<body>"),
    ),
    Check(
        "M3",
        "conditional comments survive parsing",
        "write <!--[if !mso]><!--> instead of <![if",
        lambda d: around(d.html, r"(?<!--)<!\[if"),
    ),
)
