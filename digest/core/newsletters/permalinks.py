"""Addresses of what is public: editions by their moment, authors by their name."""

import re
import unicodedata
from datetime import UTC, datetime

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(?:(\d\d)(?:\.(\d{6}))?)?Z", re.ASCII)


def name_of(at: datetime) -> str:
    """What an edition is called in addresses: its moment in UTC, e.g. "2026-03-16T0630Z".

    It is known before the edition has a number, so the edition itself can link to it.
    """
    at = at.astimezone(UTC)
    seconds = f"{at:%S}" if at.second or at.microsecond else ""
    return f"{at:%Y-%m-%dT%H%M}{seconds}" + (f".{at:%f}" if at.microsecond else "") + "Z"


def moment_of(name: str) -> datetime | None:
    """The moment that an address names; None if it names none."""
    found = _MOMENT.fullmatch(name)
    if not found:
        return None
    day, hour, minute, second, fraction = found.groups()
    try:
        return datetime.fromisoformat(
            f"{day}T{hour}:{minute}:{second or '00'}.{fraction or '000000'}+00:00"
        )
    except ValueError:
        return None


def author_slug(key: str) -> str:
    """What an author is called in addresses, from their comparison key (core.articles.author)."""
    return key.replace(" ", "-").replace("/", "-")


def key_of(slug: str) -> str:
    """The comparison key that an address names; keys have no hyphens themselves."""
    # Case folding takes some letters apart that have an accent (ῶ), so they are put together after.
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", slug).casefold())
    return " ".join(folded.replace("-", " ").split())
