"""Lists of readers as CSV: one row of it to a reader, and back."""

from collections.abc import Mapping

from digest.core.address import key, parse
from digest.core.prose import one_line
from digest.core.reader import NewReader, Reader, Standing

COLUMNS = ("email", "name", "topics", "authors", "tier", "status")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a cell instead of showing it (OWASP: CSV injection)."""

ACTIVE = {"", "active", "subscribed", "enabled", "confirmed"}
GONE = {"unsubscribed", "left", "blocked", "blocklisted", "suppressed", "bounced", "inactive"}


def read_row(row: Mapping[str, str]) -> NewReader:
    """A reader from a row with lower-case column names. Raises ValueError with the reason."""
    if "email" not in row or not row["email"].strip():
        raise ValueError("no address in the column email")
    try:
        address = parse(_bare(row["email"]))
    except ValueError as error:
        raise ValueError(f'"{row["email"].strip()[:100]}" {error}') from None
    status = row.get("status", "").strip().lower()
    if status not in ACTIVE | GONE:
        raise ValueError(
            f'the status "{row["status"].strip()}" is unknown; use active or unsubscribed'
        )
    return NewReader(
        email=str(address),
        key=key(str(address)),
        name=one_line(_bare(row.get("name", ""))),
        tier=one_line(_bare(row.get("tier", ""))),
        topics=_list(row.get("topics", "")),
        authors=_list(row.get("authors", "")),
        standing=Standing.ACTIVE if status in ACTIVE else Standing.UNSUBSCRIBED,
    )


def write_row(reader: Reader) -> dict[str, str]:
    """A reader as a row that is safe to open in a spreadsheet and reads back as the same."""
    active = any(one.standing is Standing.ACTIVE for one in reader.subscriptions)
    suppressed = any(not one.scope for one in reader.suppressions)
    values = {
        "email": reader.email,
        "name": reader.name,
        "topics": ";".join(reader.topics),
        "authors": ";".join(reader.authors),
        "tier": reader.tier,
        "status": "active" if active and not suppressed else "unsubscribed",
    }
    return {column: _quoted(value) for column, value in values.items()}


def _list(text: str) -> tuple[str, ...]:
    separator = ";" if ";" in text else ","
    parts = (one_line(part) for part in _bare(text).split(separator))
    return tuple(part for part in parts if part)


def _quoted(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def _bare(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
