"""What Babel writes: dates, numbers and lists as the languages have them.

They are data of CLDR's and change with its versions: Babel 2.18 writes 12’000 for Switzerland, 2.19
writes 12'000. So a test asks Babel for them by their locale, and holds us to the locale, the form
and the place.
"""

from collections.abc import Sequence
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

ENGLISH = "en_GB"
"""What stands in for English without a country, and for a language that nobody knows."""


def long_day(day: date, locale: str = ENGLISH) -> str:
    """For example 9 March 2026."""
    return format_date(day, "long", locale)


def full_day(day: date, locale: str = ENGLISH) -> str:
    """For example Monday, 9 March 2026."""
    return format_date(day, "full", locale)


def weekday(number: int, locale: str) -> str:
    """For example Monday, for 0."""
    return str(Locale.parse(locale).days["format"]["wide"][number])


def grouped(number: int, locale: str = ENGLISH) -> str:
    """For example 12,000."""
    return format_decimal(number, locale=locale)


def in_a_row(names: Sequence[str], locale: str = ENGLISH) -> str:
    """For example Ada, Bo and Cy."""
    return format_list(names, locale=locale)
