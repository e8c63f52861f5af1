"""Rows of other systems' lists as readers: who may be mailed, and what is known of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from digest.core.readers.list_presets import YES, ListLayout, Preset
from digest.core.readers.list_states import (
    STRICTNESS,
    WORD_COLUMN,
    ColumnKind,
    ListState,
    StateColumn,
    excluded_since,
    list_moment,
    plain,
    state_columns,
    state_in,
    strictest,
)
from digest.core.readers.reader import Exclusion, NewReader, SubscriptionStanding
from digest.core.readers.row_standing import EXCLUDED
from digest.core.readers.subscriber_csv import NO_CALENDAR, read_row
from digest.core.text.email_address import parse_address
from digest.core.text.prose import one_line


class ConsentProof(NamedTuple):
    """That somebody agreed elsewhere, as the other system kept it; "" and None: not known."""

    asked: datetime | None = None
    confirmed: datetime | None = None
    ip: str = ""
    source: str = ""


NO_PROOF = ConsentProof()


@dataclass(frozen=True, slots=True)
class ForeignReader:
    """A reader of another system; `file` and `line` say where they stood."""

    reader: NewReader
    state: ListState
    file: str = ""
    line: int = 0
    joined: datetime | None = None
    language: str = ""
    proof: ConsentProof = NO_PROOF
    remark: str = ""
    """What was mended in their row, or is wrong with it though they are kept out by it."""


@dataclass(frozen=True, slots=True)
class ListWishes:
    """What an admin says of a list: the tier of those who pay, and topics by tag (`plain`)."""

    paid_tier: str = "subscriber"
    topics: Mapping[str, str] = field(default_factory=dict)


class UnclearStateError(ValueError):
    """A row whose column says something of its state that isn't understood."""

    def __init__(self, column: str, word: str) -> None:
        super().__init__(f'the {column} "{one_line(word)[:100]}" is unknown')
        self.column, self.word = column, word


def layout_of(names: Sequence[str], preset: Preset) -> ListLayout:
    """What the columns of a list are, as `csv_columns` gives them."""
    fields = {name: found for name in names if (found := preset.field_of(name))}
    states = asked_of(names, preset)
    known = {*fields, *states, ""}
    unknown = (name for name in names if name not in known and plain(name) not in preset.fields)
    return ListLayout(preset, fields, tuple(unknown))


def asked_of(names: Iterable[str], preset: Preset) -> dict[str, StateColumn]:
    """The columns that say whether somebody may be mailed, in a list of this system."""
    names = tuple(names)
    found = {
        name: column
        for name, column in state_columns(names).items()
        if plain(name) not in preset.fields
    }
    own = (name for name in names if name and plain(name) == preset.state_column)
    return found | dict.fromkeys(own, WORD_COLUMN)


def state_said(preset: Preset, row: Mapping[str, str]) -> ListState:
    """What a row says of who may be mailed. Raises UnclearStateError."""
    said = []
    for name, column in asked_of(tuple(row), preset).items():
        cell = row.get(name, "")
        own = preset.words.get(plain(cell)) if column.kind is ColumnKind.WORD else None
        state = own or state_in(column, cell)
        if state is None:
            raise UnclearStateError(name, cell)
        said.append(state)
    return strictest(said)


def read_foreign(
    row: Mapping[str, str], layout: ListLayout, wishes: ListWishes, at_least: ListState
) -> ForeignReader:
    """A reader from a row by column; `at_least` is what everybody in the file is.

    Raises UnclearStateError, or ValueError with the reason for a row that is nobody's.
    """
    state = strictest([at_least, state_said(layout.preset, row)])
    cells: dict[str, str] = {}
    for name, known in layout.fields.items():
        cells[known] = cells.get(known) or row.get(name, "").strip()
    email, name, remark = mended_address(cells.get("email", ""))
    cells["name"] = cells.get("name") or name
    bare = {"email": email}
    try:
        reader = read_row(bare | _details(cells, row, layout.preset, wishes), NO_CALENDAR)
    except ValueError as error:
        if state not in EXCLUDED:
            raise
        reader, remark = read_row(bare, NO_CALENDAR), f"{error}; kept out all the same"
    since = excluded_since(state_columns(tuple(row)), row)
    return ForeignReader(
        with_state(reader, state, since),
        state,
        joined=list_moment(cells.get("joined", "")),
        language=cells.get("language", "")[:35],
        proof=_proof(cells),
        remark=remark,
    )


_NAMED = re.compile(r"""\s*["']?([^"<>]*?)["']?\s*<\s*([^<>\s]+)\s*>\s*""")


def mended_address(text: str) -> tuple[str, str, str]:
    """An address that has one plain meaning, as it is meant: with the name in it, and what was
    mended, "" for nothing.
    """
    try:
        parse_address(text)
    except ValueError:
        found = _NAMED.fullmatch(text)
        name, address = found.groups() if found else ("", text)
        address = address.strip(" \t\"'<>,;").removeprefix("mailto:").rstrip(".,;")
        try:
            parse_address(address)
        except ValueError:
            return text, "", ""
        return address, one_line(name), f'"{one_line(text)[:100]}" is read as {address}'
    return text, "", ""


def with_state(reader: NewReader, state: ListState, since: datetime | None) -> NewReader:
    """A reader as the list calls them."""
    if state not in EXCLUDED:
        return reader
    out = Exclusion(EXCLUDED[state], since)
    return reader._replace(standing=SubscriptionStanding.UNSUBSCRIBED, exclusion=out)


def _details(
    cells: Mapping[str, str], row: Mapping[str, str], preset: Preset, wishes: ListWishes
) -> dict[str, str]:
    name = cells.get("name", "")
    parts = (cells.get("first_name", ""), cells.get("last_name", ""))
    found = {"name": " ".join(filter(None, parts)) or name, "authors": cells.get("authors", "")}
    tags = _tags(cells.get("tags", ""))
    topics = [wishes.topics[plain(tag)] for tag in tags if plain(tag) in wishes.topics]
    found["topics"] = cells.get("topics", "") or ";".join(dict.fromkeys(filter(None, topics)))
    shorts = {plain(column): cell for column, cell in row.items()}
    if preset.pays(shorts) or plain(cells.get("complimentary", "")) in YES.split():
        found |= {"tier": wishes.paid_tier, "tier_until": _day(cells.get("tier_until", ""))}
    elif preset.paid:
        found["tier"] = "free"
    else:
        found |= {"tier": cells.get("tier", ""), "tier_until": _day(cells.get("tier_until", ""))}
    return found


def _tags(text: str) -> list[str]:
    """`"VIP","Blog"`, `a;b` or `a, b`."""
    parts = text.replace(";", ",").split(",")
    return [part.strip(" \"'[]") for part in parts if part.strip(" \"'[]")]


def _day(text: str) -> str:
    at = list_moment(text)
    return at.date().isoformat() if at else text


def _proof(cells: Mapping[str, str]) -> ConsentProof:
    return ConsentProof(
        list_moment(cells.get("consent_time", "")),
        list_moment(cells.get("consent_confirmed", "")),
        one_line(cells.get("consent_ip", ""))[:64],
        one_line(cells.get("consent_source", ""))[:200],
    )


@dataclass(frozen=True, slots=True)
class Merged:
    """Everybody of several lists once, and those of whom two lists say different things."""

    readers: list[ForeignReader]
    differing: list[tuple[ForeignReader, ForeignReader]]
    """The one that counts, and the other."""
    repeated: int = 0


def merge(found: Iterable[ForeignReader]) -> Merged:
    """Of one person the strictest state counts; what the one row doesn't say another may."""
    people: dict[str, ForeignReader] = {}
    differing, repeated = [], 0
    for one in found:
        held = people.get(one.reader.key)
        if held is None:
            people[one.reader.key] = one
            continue
        repeated += 1
        strict, other = sorted((held, one), key=_strictness, reverse=True)
        if strict.state is not other.state:
            differing.append((strict, other))
        people[one.reader.key] = _joined(strict, other)
    return Merged(list(people.values()), differing, repeated)


def _strictness(one: ForeignReader) -> int:
    return STRICTNESS.index(one.state)


def _joined(strict: ForeignReader, other: ForeignReader) -> ForeignReader:
    first, second = strict.reader, other.reader
    reader = first._replace(
        name=first.name or second.name,
        tier=first.tier or second.tier,
        topics=first.topics or second.topics,
        authors=first.authors or second.authors,
        tier_until=first.tier_until or (second.tier_until if not first.tier else None),
    )
    joined = [at for at in (strict.joined, other.joined) if at]
    return replace(
        strict,
        reader=reader,
        joined=min(joined, default=None),
        language=strict.language or other.language,
        proof=strict.proof if any(strict.proof) else other.proof,
    )
