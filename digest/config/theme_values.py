"""Reading one value of [theme], as `fields` does for the others."""

from collections.abc import Iterable
from typing import get_args

from digest.config.fields import any_text, near, shown_value
from digest.core.message.theme import ThemePart
from digest.core.text import colour as colours


def colour(value: object) -> str:
    """A colour, in lower case."""
    return colours.parse_colour(any_text(value))


def colour_or_empty(value: object) -> str:
    """A colour, or nothing."""
    return "" if value == "" else colour(value)


def message_parts(value: object) -> tuple[ThemePart, ...]:
    """The parts of a message in their order."""
    known: tuple[ThemePart, ...] = get_args(ThemePart)
    match value:
        case list() | tuple():
            given = tuple(value)
        case _:
            raise ValueError(f"must be a list, [{_listed(known)}], got {shown_value(value)}")
    for part in given:
        if part not in known:
            hint = near(part, list(known)) or f"; there are {_listed(known)}"
            raise ValueError(f"there is no part {shown_value(part)}{hint}")
        if given.count(part) > 1:
            raise ValueError(f"{shown_value(part)} is there twice")
    if missing := {"lead", "sections"} - set(given):
        raise ValueError(f"must have {_listed(sorted(missing))}: that is where the stories are")
    return given


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)
