"""Reading how fast may be sent, and when."""

import re
from datetime import time, timedelta

from digest.config.fields import any_text, domain, shown_value
from digest.config.time_values import clock
from digest.core.delivery.rate_limit import Rate

_PER = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_ANY = re.compile(r"([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.\*")


def hours(value: object) -> tuple[time, time] | None:
    """From when to when of a day: "07:00-21:00"; nothing for always."""
    given = any_text(value).strip()
    if not given:
        return None
    first, dash, last = (part.strip() for part in given.partition("-"))
    try:
        opens, closes = clock(first), clock(last)
    except ValueError:
        dash = ""
    if not dash or opens == closes:
        raise ValueError(
            f'must be two times of day such as "07:00-21:00", got {shown_value(given)}'
        ) from None
    return opens, closes


def mailboxes(value: object) -> str:
    """A domain of readers, or "name.*" for any that begins so."""
    given = any_text(value).strip().lower()
    return given if _ANY.fullmatch(given) else domain(given)


def rate_of(written: str) -> Rate | None:
    """What a rate in the config means; None for as fast as it goes."""
    count, slash, unit = written.partition("/")
    return Rate(int(count), timedelta(seconds=_PER[unit])) if slash else None
