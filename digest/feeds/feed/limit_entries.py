"""Feeds of absurd length, cut to their newest entries before anybody parses them."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MOST_ENTRIES = 1_000
"""Entries of a feed that are taken, newest first."""

_START = re.compile(rb"<(?:[\w-]{1,20}:)?(?:item|entry)[\s>]")
_END = re.compile(rb"</(?:[\w-]{1,20}:)?(?:item|entry)\s*>")
_DATE = re.compile(
    rb"<(?:pubDate|published|updated|issued|(?:dc:)?date)[^<>]{0,100}>([^<>]{6,60})<"
)


def trimmed(body: bytes, most: int) -> tuple[bytes, int]:
    """Return a feed with its newest entries, and how many it had.

    Where entries have no dates, the first are taken for the newest, as they mostly are.
    """
    starts = [found.start() for found in _START.finditer(body)]
    if len(starts) <= most:
        return body, len(starts)
    end = _END.search(body, starts[-1])
    spans = list(zip(starts, [*starts[1:], end.end() if end else len(body)], strict=True))
    kept = sorted(_newest(body, spans, most))
    parts = [body[: starts[0]], *(body[slice(*span)] for span in kept), body[spans[-1][1] :]]
    return b"".join(parts), len(starts)


def breaks_off(body: bytes) -> bool:
    """Whether the last entry of a feed has no end."""
    starts = [found.start() for found in _START.finditer(body)]
    return bool(starts) and not _END.search(body, starts[-1])


def _newest(body: bytes, spans: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    dated = [(when, span) for span in spans if (when := _date(body, span))]
    if len(dated) < len(spans):
        return spans[:most]
    return [span for _, span in sorted(dated, key=lambda pair: pair[0], reverse=True)[:most]]


def _date(body: bytes, span: tuple[int, int]) -> datetime | None:
    found = _DATE.search(body, *span)
    text = found[1].decode("ascii", "replace").strip() if found else ""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = read(text)
        except (ValueError, TypeError, OverflowError):
            continue
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    return None
