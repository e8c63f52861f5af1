"""Checks of the styles of a message: what is inlined, and what stays in the head."""

import re
from collections.abc import Iterable
from functools import lru_cache

from digest.render.css.css_subset import clashes
from digest.render.lint.findings import (
    Check,
    Document,
    FindingPlace,
    Places,
    around,
    at,
    declarations,
    unless,
)

_UNKNOWN_INLINE = re.compile(
    r"^(?:inline-)?(?:flex|grid)$|calc\(|var\(|(?:rgb|hsl)a?\([^,)]*\)|#(?:[0-9a-f]{4}|[0-9a-f]{8})$",
    re.IGNORECASE,
)
_DARK = "(prefers-color-scheme:dark)"


def _mixed(d: Document) -> Iterable[FindingPlace]:
    for element, _ in d.styles:
        for said in _mixed_in(element.get("style")):
            yield at(element, said)


def _unknown(d: Document) -> Iterable[FindingPlace]:
    for element, _ in d.styles:
        for said in _unknown_in(element.get("style")):
            yield at(element, said)


# The same few styles stand on all elements of a message.
@lru_cache(maxsize=4096)
def _mixed_in(style: str) -> tuple[str, ...]:
    return tuple(f"{short} and {long}" for short, long in clashes(declarations(style)))


@lru_cache(maxsize=4096)
def _unknown_in(style: str) -> tuple[str, ...]:
    return tuple(
        f"{key}:{value}"
        for key, value in declarations(style).items()
        if key in {"position", "float"} or _UNKNOWN_INLINE.search(value)
    )


@lru_cache(maxsize=16)  # the style sheets that stay are those of every edition
def _blocks(css: str, at_rule: str) -> tuple[str, ...]:
    """What stands inside every block of this at-rule."""
    found = []
    for start in re.finditer(rf"@{at_rule}[^{{]*\{{", css):
        depth, end = 1, start.end()
        while depth and end < len(css):
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        found.append(css[start.end() : end - 1])
    return tuple(found)


def _weak(d: Document) -> Iterable[str]:
    for block in _blocks(d.css, "media"):
        for body in re.findall(r"\{([^{}]*)\}", block):
            yield from (one for one in body.split(";") if one.strip() and "!important" not in one)


def _nested(d: Document) -> Iterable[FindingPlace]:
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
        "Gmail reorders the two, so either may win",
        "use one of them",
        _mixed,
    ),
    Check(
        "C2",
        "no inline style is !important",
        "Outlook ignores it, and the rules for phones can't override it",
        "take it out",
        lambda d: [e for e, s in d.styles if "!" in e.get("style")],
    ),
    Check(
        "C3",
        "!important has a space before it",
        "Outlook and Yahoo drop the declaration otherwise",
        "write a space before it",
        _kept(r"\S!important"),
    ),
    Check(
        "C4",
        "kept styles have no comments",
        "one client ignores the rule that follows a comment",
        "write comments as {# … #} in the template",
        _kept(r"/\*"),
    ),
    Check(
        "C5",
        "no style loads anything",
        "Gmail has dropped whole style sheets over it, and Outlook shows nothing",
        "use <img> instead of url()",
        lambda d: [
            *around(d.css, r"url\("),
            *(e for e, s in d.styles if "url(" in e.get("style")),
        ],
    ),
    Check(
        "C6",
        "inline styles are ones that mail clients know",
        "Outlook and Gmail drop the declaration, or all of them",
        "use tables, px and #rrggbb",
        _unknown,
    ),
    Check(
        "C7",
        "no at-rule stands inside another",
        "Gmail drops it",
        "write the rules one after another",
        _nested,
    ),
    Check(
        "C8",
        "phones and dark mode have their rules",
        "half of the readers are on a phone, and many in the dark",
        "see _enhance.css",
        _has("(max-width:", _DARK),
    ),
    Check(
        "C9",
        "Outlook's dark mode has its rules",
        "Outlook on the web marks what its dark mode changed, and only these rules reach it",
        "see _clients.css",
        _has("[data-ogsc]", "[data-ogsb]"),
    ),
    Check(
        "C10",
        "print has its rules",
        "a printed digest needs no grounds and no buttons",
        "see _enhance.css",
        _has("@media print"),
    ),
    Check(
        "C11",
        "rules for phones, dark mode and print win over inline styles",
        "inlined styles win over every rule otherwise",
        "write !important",
        _weak,
    ),
    Check(
        "C12",
        "style attributes use double quotes",
        "a double-quoted font name inside cuts the attribute off where it is rewritten",
        "write font names without quotes",
        lambda d: around(d.html, r"<[a-z][^<>]*\sstyle='") if " style='" in d.html else (),
    ),
    Check(
        "C13",
        "no class is left that nothing names",
        "it costs bytes of every message",
        "inlining takes them out: was it run?",
        _unnamed_classes,
    ),
    Check(
        "M1",
        "conditional comments are closed",
        "Outlook hides all that follows an open one",
        "one <![endif] for each <!--[if",
        lambda d: unless(
            len(re.findall(r"<!--\[if", d.html)) == d.html.count("<![endif]"), "the document"
        ),
        hard=True,
    ),
    Check(
        "M2",
        "Outlook gets a fixed width",
        "its engine knows no max-width: lines run over the whole screen",
        'have the table of width="600" for MSO',
        lambda d: unless(re.search(r"<!--\[if mso\]><table[^>]*width=\"600\"", d.html), "<body>"),
    ),
    Check(
        "M3",
        "conditional comments survive parsing",
        "parsers turn others into plain comments, and everybody sees what was for one client",
        "write <!--[if !mso]><!--> instead of <![if",
        lambda d: around(d.html, r"<!\[if(?<!--<!\[if)"),
    ),
)
