"""How often, when and how readers want newsletters: as a list says it, and what that changes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from digest.core.message.story_choice import Format
from digest.core.readers.cadence import LONGEST_PAUSE, Cadence, begins, first_day
from digest.core.readers.reader import FOREVER, NO_WANTS, Break, Reader, SubscriptionStanding, Wants
from digest.core.text.csv_rows import bare_cell
from digest.core.text.prose import one_line

OPTION_COLUMNS = ("cadence", "paused_until", "catch_up", "format")
USUAL_CADENCE = Cadence.EVERY
CADENCES = {one.value: one for one in Cadence}
FORMATS_BY_NAME = {one.value: one for one in Format}
YES_OR_NO = {
    "": None,
    "yes": True,
    "true": True,
    "1": True,
    "no": False,
    "false": False,
    "0": False,
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """What day it is, where the publication is."""

    now: datetime
    zone: ZoneInfo
    today: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", self.now.astimezone(self.zone).date())


def parse_options(cells: Sequence[str], calendar: Calendar) -> Wants:
    """What these cells say, which stand in the order of COLUMNS. Raises ValueError with the reason.

    Days that are over end a break; no break is longer than one that a reader can take.
    """
    if not any(cells):
        return NO_WANTS
    texts = (one_line(cell).removeprefix("'").lower() for cell in cells)
    found: list[Any] = []
    faults: list[str] = []
    parts: tuple[Callable[[str], Any], ...] = _cadences, partial(_rest, calendar), _yes, _format
    for parse, text in zip(parts, texts, strict=True):
        try:
            found.append(parse(text))
        except ValueError as fault:
            faults.append(str(fault))
    if faults:
        raise ValueError("; ".join(faults))
    cadences, rest, catch_up, wanted = found
    return Wants(cadences, rest and replace(rest, catch_up=catch_up), wanted)


def _cadences(text: str) -> tuple[tuple[str, Cadence], ...]:
    found: dict[str, Cadence] = {}
    for part in text.split(";") if text else ():
        newsletter, _, word = (side.strip() for side in part.rpartition(":"))
        if word not in CADENCES:
            raise _unknown(
                "cadence", text, "every, second or monthly (every;weekly:monthly if not all alike)"
            )
        if found.setdefault(newsletter, CADENCES[word]) is not CADENCES[word]:
            raise ValueError(f'the cadence "{text[:100]}" says two things of one newsletter')
    return tuple(sorted(found.items()))


def _rest(calendar: Calendar, text: str) -> Break | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(no_day("paused_until", text)) from None
    if day <= calendar.today:
        return Break(day, None)
    last = calendar.today + LONGEST_PAUSE
    if day > last:
        raise ValueError(f"paused_until {day} is too late: a break is a year at most, until {last}")
    return Break(day, begins(day, calendar.zone))


def _yes(text: str) -> bool | None:
    if text not in YES_OR_NO:
        raise _unknown("catch_up", text, "yes or no")
    return YES_OR_NO[text]


def _format(text: str) -> Format | None:
    if text and text not in FORMATS_BY_NAME:
        raise _unknown("format", text, "full, short or text")
    return FORMATS_BY_NAME.get(text)


def no_day(column: str, said: str) -> str:
    """That a cell holds no day, with the way out: spreadsheets write days as people do."""
    return (
        f'"{said[:100]}" is no day for {column}; write 2026-12-31'
        " (in a spreadsheet, first make the column one of text)"
    )


def _unknown(column: str, said: str, allowed: str) -> ValueError:
    return ValueError(f'the {column} "{said[:100]}" is unknown; use {allowed}')


def option_cells(reader: Reader, calendar: Calendar) -> dict[str, str]:
    """The cells for a reader, by column. A break that is over leaves none."""
    until = reader.paused_until
    rests = until is not None and until > calendar.now
    return {
        "cadence": _said(reader),
        "paused_until": first_day(until, calendar.zone).isoformat() if until and rests else "",
        "catch_up": ("yes" if reader.catch_up else "no") if rests else "",
        "format": reader.format.value,
    }


def _said(reader: Reader) -> str:
    """One word for all newsletters that they get, and others for those of which it isn't true."""
    every = reader.subscriptions
    active = [one for one in every if one.standing is SubscriptionStanding.ACTIVE] or every
    words = {one.cadence for one in active}
    if len(words) < 2:
        return next(iter(words), USUAL_CADENCE).value
    others = [
        f"{one.newsletter}:{one.cadence}" for one in active if one.cadence is not USUAL_CADENCE
    ]
    return ";".join((USUAL_CADENCE.value, *sorted(others)))


@dataclass(frozen=True, slots=True)
class StoredOptions:
    """What the store holds of all that; `paused_until` only of a break that lasts.

    Their rhythm is `own` where they said it themselves.
    """

    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    paused_until: datetime | None = None
    catch_up: bool = False
    format: Format = Format.FULL
    own: bool = False


NOBODYS = StoredOptions()
"""Of a reader who is new."""


@dataclass(frozen=True, slots=True)
class News:
    """What a list changes: `wants`, with the cadence of each newsletter that had another before.

    With `said`, the list said the last of their rhythm. `kept` names what stays as they chose.
    """

    wants: Wants = NO_WANTS
    said: bool = False
    kept: tuple[str, ...] = ()

    @property
    def changed(self) -> list[str]:
        """What of it becomes another, in the words of `kept`."""
        wants = self.wants
        said = {"cadence": wants.cadences, "break": wants.rest, "format": wants.format}
        return [name for name, value in said.items() if value]


NO_NEWS = News()


def news(wants: Wants, newsletters: Sequence[str], held: StoredOptions, *, chosen: bool) -> News:
    """What a list changes for a reader of these newsletters who may have `chosen` on a page."""
    if not wants:
        return NO_NEWS
    kept = []
    told = dict(wants.cadences)
    meant = {slug: told.get(slug, told.get("")) for slug in newsletters}
    other = {slug: one for slug, one in meant.items() if one}
    other = {
        slug: one
        for slug, one in other.items()
        if held.cadences.get(slug, USUAL_CADENCE) is not one
    }
    if (held.own or chosen) and other.keys() & held.cadences:
        kept.append("cadence")
        other = {slug: one for slug, one in other.items() if slug not in held.cadences}
    rest = _other_rest(wants.rest, held)
    if rest and held.own:
        kept.append("break")
        rest = None
    form = wants.format if wants.format is not held.format else None
    if form and chosen:
        kept.append("format")
        form = None
    said = bool(other or rest) and not held.own
    return News(Wants(tuple(other.items()), rest, form), said, tuple(kept))


def _other_rest(rest: Break | None, held: StoredOptions) -> Break | None:
    """The break that a list begins or ends; None if it is as the list has it."""
    if rest is None:
        return None
    if rest.until is None:
        return rest if held.paused_until else None
    before = held.catch_up if held.paused_until else False
    catch_up = before if rest.catch_up is None else rest.catch_up
    if (rest.until, catch_up) == (held.paused_until, before):
        return None
    return replace(rest, catch_up=catch_up)


@lru_cache(maxsize=1000)
def last_day(tier: str, text: str | None) -> date | None:
    """The last day of a tier; None without that column. Empty beside a tier it ends an end."""
    if not text or not text.strip():
        return FOREVER if text is not None and tier.strip() else None
    try:
        return date.fromisoformat(bare_cell(text.strip()))
    except ValueError:
        raise ValueError(no_day("tier_until", one_line(text))) from None
