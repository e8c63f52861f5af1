"""Which topics an article belongs to, by the [[topic]] rules of the config."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One [[topic]]: an article belongs to it if any of these is found in it."""

    slug: str
    name: str
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
