"""What a site asks robots to leave alone (RFC 9309).

The standard library's parser knows no wildcards and takes the first rule that fits, where the RFC
says the longest: it would go where it was asked not to.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from digest.core.articles.identity import encoded

AGENT = "digest"
"""What we are called there, and how our User-Agent begins."""
MAX_ROBOTS_BYTES = 512_000
"""Bytes that are read of it (RFC 9309, 2.5)."""

_TOKEN = re.compile(r"[A-Za-z_-]+|\*")
_Rule = tuple[str, bool]


def allows(text: str, agent: str, url: str) -> bool:
    """Whether a robots.txt lets a robot of this name read an address.

    Of several rules that fit the longest counts, and of two as long the one that allows (2.2.2).
    """
    parts = urlsplit(url)
    path = encoded(parts.path or "/") + (f"?{encoded(parts.query)}" if parts.query else "")
    if path == "/robots.txt":
        return True
    fitting = [(len(pattern), allowed) for pattern, allowed in _rules(text, agent.lower())
               if _fits(pattern, path)]  # fmt: skip
    return max(fitting, default=(0, True))[1]


def robots_site(url: str) -> str:
    """Return what a robots.txt holds for: scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


def _rules(text: str, agent: str) -> list[_Rule]:
    """The rules for a robot: of all groups that name it, else of those for everybody."""
    named: dict[str, list[_Rule]] = {}
    agents: list[str] = []
    is_open = False  # whether lines that name a robot still belong to the same group
    for field, value in _lines(text):
        if field == "user-agent":
            found = _TOKEN.match(value)
            agents = [*(agents if is_open else ()), found[0].lower() if found else ""]
            for name in agents:
                named.setdefault(name, [])
            is_open = True
        elif field in {"allow", "disallow"}:
            is_open = False
            if value:
                for name in agents:
                    named[name].append((encoded(value), field == "allow"))
    return named.get(agent, named.get("*", []))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text[:MAX_ROBOTS_BYTES].lstrip("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield field.strip().lower(), value.strip()


def _fits(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern says; * stands for anything, a last $ for the end."""
    is_whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not rest:
        return not is_whole or at == len(path)
    last = rest.pop() if is_whole else ""
    for part in rest:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return path.endswith(last) and len(path) - len(last) >= at
