"""What a reader has, in lines."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.cli.console import say

if TYPE_CHECKING:
    from digest.app import App
    from digest.core.readers.delivery_options import Calendar
    from digest.core.readers.reader import Reader

_OFTEN = {"second": "every second edition", "monthly": "once a month"}


def tell_reader(app: "App", reader: "Reader") -> None:
    """Print what is known of a reader, a line each, then their newsletters."""
    zone, today = zone_of(app), calendar_of(app).today
    say(f"{reader.email}{f' ({reader.name})' if reader.name else ''}")
    for label, value in (
        ("tier", _tier(reader, today)),
        ("topics", ", ".join(reader.topics)),
        ("authors", ", ".join(reader.authors)),
        ("format", "" if reader.format == "full" else reader.format),
        ("break", _break(reader, app.clock(), zone)),
        ("added", f"{reader.added:%Y-%m-%d %H:%M} UTC"),
        ("chosen", f"{reader.chosen:%Y-%m-%d %H:%M} UTC, by themselves" if reader.chosen else ""),
    ):
        if value:
            say(f"  {label}: {value}")
    _tell_standing(reader)


def _tier(reader: "Reader", today: date) -> str:
    """Their tier, and until when they have it."""
    if not reader.tier or not reader.tier_until:
        return reader.tier
    ended = ", which is over" if today > reader.tier_until else ""
    return f"{reader.tier} until {reader.tier_until}{ended}"


def _break(reader: "Reader", now: datetime, zone: ZoneInfo) -> str:
    """Until when they get nothing, and what comes then; "" if they get what there is."""
    from digest.core.readers.cadence import pause_reason

    if reader.paused_until is None or reader.paused_until <= now:
        return ""
    return pause_reason(reader.paused_until.astimezone(zone), catch_up=reader.catch_up)


def _tell_standing(reader: "Reader") -> None:
    for one in reader.subscriptions:
        until = f" until {one.until:%Y-%m-%d}" if one.until else ""
        often = "" if one.cadence == "every" else f", {_OFTEN[one.cadence]}"
        say(f"  {one.newsletter}: {one.standing} since {one.since:%Y-%m-%d}{until}{often}")
    for suppression in reader.suppressions:
        scope = suppression.scope or "any newsletter"
        say(f"  not to be mailed by {scope}: {suppression.why} ({suppression.at:%Y-%m-%d})")


def zone_of(app: "App") -> ZoneInfo:
    """The time zone of the publication."""
    return ZoneInfo(app.settings.publication.timezone)


def calendar_of(app: "App") -> "Calendar":
    """Today in the zone of the publication."""
    from digest.core.readers.delivery_options import Calendar

    return Calendar(app.clock(), zone_of(app))
