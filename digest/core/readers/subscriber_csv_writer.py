"""Readers as rows of CSV, safe to open in a spreadsheet."""

from digest.core.readers import delivery_options
from digest.core.readers.delivery_options import Calendar
from digest.core.readers.reader import (
    Reader,
    SubscriptionStanding,
)
from digest.core.readers.subscriber_csv import FORMULA
from digest.core.text.prose import one_line


def write_row(reader: Reader, calendar: Calendar) -> dict[str, str]:
    """A reader as a row that is safe to open in a spreadsheet and reads back as the same.

    Topics and authors that hold a semicolon are the exception: they come back as two.
    """
    active = any(one.standing is SubscriptionStanding.ACTIVE for one in reader.subscriptions)
    suppressed = any(not one.scope for one in reader.suppressions)
    values = {
        "email": reader.email,
        "name": one_line(reader.name),
        "topics": _joined(reader.topics),
        "authors": _joined(reader.authors),
        "tier": one_line(reader.tier),
        "status": "active" if active and not suppressed else "unsubscribed",
        "tier_until": reader.tier_until.isoformat() if reader.tier_until else "",
        **delivery_options.option_cells(reader, calendar),
    }
    return {column: _quoted(value) for column, value in values.items()}


def report_row(line: int, *words: str) -> tuple[int | str, ...]:
    """What happened to a row, safe to open in a spreadsheet."""
    return line, *(_quoted(one_line(word)) for word in words)


def _joined(parts: tuple[str, ...]) -> str:
    """As `_list` reads them: "Lind, Mara;" is one author, "Lind, Mara" would be two."""
    text = ";".join(one_line(part) for part in parts)
    return f"{text};" if len(parts) == 1 and "," in text else text


def _quoted(text: str) -> str:
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text
