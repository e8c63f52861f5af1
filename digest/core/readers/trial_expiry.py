"""A tier that ends soon: when its reader is told, and in whose words."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

HOURS = (time(8), time(20))
"""Nobody is told of it at night: from when, and until when, where the publication is."""
MAX_REMINDER_LEAD = timedelta(days=90)
"""So long before its end it can be told at most."""
_DATE = re.compile(r"\{\{\s*date\s*\}\}")


@dataclass(frozen=True, slots=True)
class Reminder:
    """How readers are told: so long `before` the last day of their tier, in these words.

    `{{ date }}` in them is that day; where they are empty, our own words stand.
    """

    before: timedelta
    subject: str = ""
    text: str = ""


def last_days(reminder: Reminder, local: datetime) -> tuple[date, date] | None:
    """The tiers that end on these days, from the first to the last, are to be told of; None now.

    `local` is the time where the publication is.
    """
    if not HOURS[0] <= local.time() < HOURS[1]:
        return None
    return local.date(), local.date() + reminder.before


def dated(words: str, day: str) -> str:
    """The admin's words with the day in them."""
    return _DATE.sub(lambda _: day, words)
