"""Readers as rows of CSV, safe to open in a spreadsheet."""

import json
from collections.abc import Collection, Sequence

from digest.core.readers import delivery_options
from digest.core.readers.delivery_options import Calendar
from digest.core.readers.reader import KeptConsent, Reader, SubscriptionStanding
from digest.core.readers.reason import SuppressionReason
from digest.core.text.csv_rows import FORMULA
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


def kept_cells(reader: Reader, consents: Sequence[KeptConsent]) -> dict[str, str]:
    """The cells of KEPT_COLUMNS for a reader, as `kept_of_row` reads them."""
    record: dict[str, object] = {"added": reader.added.isoformat()}
    if reader.chosen:
        record["chosen"] = reader.chosen.isoformat()
    if reader.language:
        record["language"] = reader.language
    if reader.suppressions:
        record["suppressions"] = [
            {
                "newsletter": one.scope,
                "reason": one.reason,
                "at": one.at.isoformat(),
                "why": one.why,
            }
            for one in sorted(reader.suppressions, key=lambda one: one.scope)
        ]
    if consents:
        record["consents"] = [
            {
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in one._asdict().items()
            }
            for one in consents
        ]
    standings = sorted((one.newsletter, one.standing) for one in reader.subscriptions)
    return {
        "newsletters": ";".join(f"{slug}={standing}" for slug, standing in standings),
        "record": json.dumps(record, ensure_ascii=False, separators=(",", ":")),
    }


def said_by_status(reader: Reader, newsletters: Collection[str]) -> bool:
    """Whether one word for all newsletters says all that the store has of their standings: they
    read all, or are known only by a list that says that they left.
    """
    standings = {one.newsletter: one.standing for one in reader.subscriptions}
    if reader.chosen or reader.language or standings.keys() != set(newsletters):
        return False
    if not reader.suppressions:
        return set(standings.values()) <= {SubscriptionStanding.ACTIVE}
    listed = {
        one.newsletter: one.until
        for one in reader.subscriptions
        if one.until == one.since and one.standing is SubscriptionStanding.UNSUBSCRIBED
    }
    left = {
        one.scope: one.at for one in reader.suppressions if one.reason is SuppressionReason.LEFT
    }
    return left == listed and len(left) == len(reader.suppressions) == len(standings)


def report_row(line: int, *words: str) -> tuple[int | str, ...]:
    """What happened to a row, safe to open in a spreadsheet."""
    return line, *(_quoted(one_line(word)) for word in words)


def _joined(parts: tuple[str, ...]) -> str:
    """As `_list` reads them: "Lind, Mara;" is one author, "Lind, Mara" would be two."""
    text = ";".join(one_line(part) for part in parts)
    return f"{text};" if len(parts) == 1 and "," in text else text


def _quoted(text: str) -> str:
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text
