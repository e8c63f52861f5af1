"""How a language writes dates, lists of names and the words around the stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from babel import Locale


@lru_cache(maxsize=32)
def _locale(language: str) -> "Locale":
    """The locale of a BCP 47 tag; plain "en" and unknown tags read as British English."""
    from babel import Locale, UnknownLocaleError  # its import is slow

    tag = {"": "en-GB", "en": "en-GB"}.get(language, language)
    try:
        return Locale.parse(tag, sep="_" if "_" in tag else "-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def direction(language: str) -> str:
    """Which way the language is written: "rtl" or "ltr"."""
    return str(_locale(language).text_direction)


@lru_cache(maxsize=512)
def long_date(day: date, language: str) -> str:
    """The day as the language writes it, e.g. "9 March 2026"."""
    return _written(day, language, "long")


def full_date(day: date, language: str) -> str:
    """The day with its weekday, e.g. "Monday, 9 March 2026"."""
    return _written(day, language, "full")


def _written(day: date, language: str, width: Literal["long", "full"]) -> str:
    from babel.dates import format_date

    return format_date(day, format=width, locale=_locale(language))


@dataclass(frozen=True, slots=True)
class Phrases:
    """Every word of ours that a reader sees, in one place for translators."""

    contents: str = "In this issue"
    more: str = "More stories"
    related: str = "Related"
    read_lead: str = "Read the lead story"
    leave: str = "Unsubscribe"
    newsletters: str = "Newsletters"
    also: str = "Also: "
    untitled: str = "Untitled"
    comma: str = ", "
    conjunction: str = " and "

    def names(self, authors: Sequence[str]) -> str:
        """All of them in a row, e.g. "Ada Ferrer, Bo Lin and Cy Okafor"."""
        *others, last = authors or ("",)
        return self.comma.join(others) + self.conjunction + last if others else last

    def by(self, names: str) -> str:
        """Who wrote it, e.g. "By Ada Ferrer"."""
        return f"By {names}"

    def stories(self, count: int) -> str:
        """How many there are, e.g. "4 stories"."""
        return "1 story" if count == 1 else f"{count} stories"

    def minutes(self, count: int) -> str:
        """How long it takes, e.g. "4 min read"."""
        return f"{count} min read"

    def reason(self, newsletter: str, publication: str) -> str:
        """Why the reader gets this."""
        if newsletter == publication:
            return f"You are reading this because you subscribed to {newsletter}."
        return f"You are reading this because you subscribed to {newsletter} by {publication}."

    def issue(self, newsletter: str, date: str) -> str:
        """Which edition this is, where there is little else to say."""
        return f"{newsletter}, {date}"

    def leave_question(self, newsletter: str) -> str:
        """Asked before a reader leaves."""
        return f"Unsubscribe from {newsletter}?"

    def leave_means(self, email: str) -> str:
        """What leaving does."""
        return f"{email} will get no more of it, from now on and for good."
