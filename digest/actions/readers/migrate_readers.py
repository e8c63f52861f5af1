"""Readers of another system taken in: looked at as a whole before anybody is added."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from digest.actions.readers.clear_states import told_counts, unclear_columns
from digest.actions.readers.list_file import columns_and_lines, opened
from digest.actions.readers.list_sources import ListSource, list_sources
from digest.actions.readers.subscriber_lists import copied
from digest.core.readers.double_opt_in import origin_fingerprint
from digest.core.readers.foreign_lists import (
    ConsentProof,
    ForeignReader,
    ListWishes,
    Merged,
    UnclearStateError,
    layout_of,
    merge,
    read_foreign,
)
from digest.core.readers.list_presets import PLAIN_LIST, PRESETS, ListLayout, Preset, preset_of
from digest.core.readers.list_states import ListState, file_state
from digest.core.readers.reader import AddedReader, Enrolment
from digest.core.readers.row_standing import EXCLUDED, WAITS
from digest.core.readers.subscriber_csv import BadRow
from digest.core.text.csv_rows import read_rows
from digest.core.text.prose import one_line
from digest.errors import UsageError
from digest.store.database.database import Database, Tx
from digest.store.newsletters import slots
from digest.store.readers.bulk_subscribe import enrol_all
from digest.store.readers.migrated import (
    Arrival,
    MigratedConsent,
    write_arrivals,
    write_consents,
)

PEOPLE_PER_COMMIT = 10_000

MOST_REMARKS = 1000


@dataclass(frozen=True, slots=True)
class MigrateOptions:
    """How lists are read, and for whom; `system` is a word of PRESETS, "" for by the header."""

    newsletters: Sequence[str]
    secret: str
    every: Sequence[str] = ()
    system: str = ""
    as_: ListState | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    wishes: ListWishes = field(default_factory=ListWishes)


@dataclass(frozen=True, slots=True)
class ReadList:
    """One list: how it was read, and how many rows it has."""

    name: str
    layout: ListLayout
    state: ListState
    rows: int = 0


@dataclass(slots=True)
class ForeignLists:
    """Everybody of the lists, and what is to be said of these."""

    lists: list[ReadList] = field(default_factory=list)
    merged: Merged = field(default_factory=lambda: Merged([], []))
    rejected: list[tuple[str, BadRow]] = field(default_factory=list)
    rejections: int = 0
    remarks: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)

    def counts(self) -> dict[ListState, int]:
        """How many people are what, the strictest last."""
        found = Counter(one.state for one in self.merged.readers)
        return {state: found[state] for state in ListState}


@dataclass(frozen=True, slots=True)
class Migrated:
    """What taking them in did: by result, and by what they are there."""

    results: Mapping[Enrolment, int]
    by_state: Mapping[tuple[ListState, Enrolment], int]
    proofs: int


def read_lists(paths: Sequence[Path], options: MigrateOptions) -> ForeignLists:
    """Read all lists. Raises UsageError if one is none, or if it isn't clear who may be mailed."""
    found, people = ForeignLists(), list[ForeignReader]()
    unclear: dict[str, Counter[str]] = {}
    with list_sources(paths) as sources:
        found.passed_over = sources.passed_over
        for source in sources.lists:
            people += _read(source, options, found, unclear)
    if unclear:
        raise UsageError(
            "nothing was taken in, since it isn't clear who may be mailed:"
            f" {told_counts(unclear)}. Write active, unsubscribed, bounced, complained,"
            ' unconfirmed or soft_bounced there, or say --map "COLUMN=" if it says something else'
        )
    found.merged = merge(people)
    return found


def _read(
    source: ListSource,
    options: MigrateOptions,
    into: ForeignLists,
    unclear: dict[str, Counter[str]],
) -> Iterator[ForeignReader]:
    """The people of one list."""
    with _named(source), opened(source.path) as file:
        columns, lines, above = columns_and_lines(source.path, file, options.mapping)
        preset = _preset(source, columns.names, options.system)
        state = _state_of_file(source, preset, options.as_)
        layout, rows = layout_of(columns.names, preset), 0
        for row in read_rows(lines, columns):
            rows, line = rows + 1, row.line - 1 + above
            try:
                if row.fault:
                    raise ValueError(row.fault)
                reader = read_foreign(row.cells, layout, options.wishes, state)
            except UnclearStateError as error:
                words = unclear.setdefault(f"{error.column} of {source.name}", Counter())
                words[error.word] += 1
            except ValueError as error:
                into.rejections += 1
                if into.rejections <= MOST_REMARKS:
                    address = one_line(row.cells.get("email", ""))[:320]
                    into.rejected.append((source.name, BadRow(line, str(error), address)))
            else:
                if reader.remark and len(into.remarks) < MOST_REMARKS:
                    into.remarks.append(f"{source.name}:{line}: {reader.remark}")
                yield replace(reader, file=source.name, line=line)
        into.lists.append(ReadList(source.name, layout, state, rows))
    with _named(source), opened(source.path) as file:
        columns, lines, _ = columns_and_lines(source.path, file, options.mapping)
        for name, words in unclear_columns(columns, lines).items():
            if name in layout.unknown:
                unclear[f"{name} of {source.name}"] = words


@contextmanager
def _named(source: ListSource) -> Iterator[None]:
    """Name a list of a zip as people know it, and not where it was unpacked."""
    try:
        yield
    except UsageError as error:
        raise UsageError(str(error).replace(str(source.path), source.name)) from None


def _preset(source: ListSource, names: Sequence[str], system: str) -> Preset:
    looks = preset_of(names)
    if system and looks and looks != system:
        raise UsageError(
            f"{source.name}: this looks like a list of {PRESETS[looks].name}, and not of"
            f" {PRESETS[system].name}"
        )
    return PRESETS.get(system or looks, PLAIN_LIST)


def _state_of_file(source: ListSource, preset: Preset, as_: ListState | None) -> ListState:
    """What everybody in it is at least. Raises UsageError where a person must say that."""
    options = "--as unsubscribed, --as bounced, --as complained, --as unconfirmed or --as active"
    if as_ is not None:
        return as_
    said = file_state(source.stem)
    if preset.files_say_it or (said is ListState.ACTIVE and not preset.says_too_little):
        return said
    if preset.says_too_little:
        raise UsageError(f"{source.name}: {preset.name}: {preset.says_too_little}: {options}")
    raise UsageError(
        f"{source.name}: its name says that its people are not to be mailed. Say what they are:"
        f" {options}; each such file by itself"
    )


def migrate_readers(
    db: Database,
    found: ForeignLists,
    options: MigrateOptions,
    now: datetime,
    seen: Callable[[int], None] = lambda _: None,
) -> Migrated:
    """Take in everybody who may be mailed, and keep out who may not."""
    taken = [one for one in found.merged.readers if one.state not in WAITS]
    by_state: Counter[tuple[ListState, Enrolment]] = Counter()
    proofs = 0
    for start in range(0, len(taken), PEOPLE_PER_COMMIT):
        some = taken[start : start + PEOPLE_PER_COMMIT]
        results = db.write(_take_in, some, options, now)
        by_state.update(
            (one.state, result.result) for one, result in zip(some, results, strict=True)
        )
        proofs += sum(any(one.proof) for one in some if one.state not in EXCLUDED)
        seen(len(some))
    total = {
        result: sum(count for (_, one), count in by_state.items() if one is result)
        for result in Enrolment
    }
    return Migrated(total, by_state, proofs)


def rehearse_migration(
    db: Database, found: ForeignLists, options: MigrateOptions, now: datetime
) -> Migrated:
    """What `migrate_readers` would do: it is done, to a copy of the store."""
    with copied(db) as ours:
        return migrate_readers(ours, found, options, now)


def _take_in(
    tx: Tx, some: Sequence[ForeignReader], options: MigrateOptions, now: datetime
) -> list[AddedReader]:
    slots.know_all(tx, [*options.newsletters, *options.every], now)
    readers = [one.reader for one in some]
    results = enrol_all(tx, readers, options.newsletters, now, options.secret)
    write_arrivals(tx, [Arrival(one.reader.key, one.joined, one.language) for one in some])
    agreed = [one for one in some if any(one.proof) and one.state not in EXCLUDED]
    write_consents(tx, [_consent(one, options, now) for one in agreed])
    return results


def _consent(one: ForeignReader, options: MigrateOptions, now: datetime) -> MigratedConsent:
    proof = one.proof
    asked = proof.asked or proof.confirmed or one.joined or now
    return MigratedConsent(
        key=one.reader.key,
        email=one.reader.email,
        newsletters=list(options.newsletters),
        form=f"migrated from {one.file}"[:200],
        text=proof_in_words(proof),
        origin=origin_fingerprint(proof.ip, options.secret),
        asked=min(asked, now),
        confirmed=min(proof.confirmed or asked, now),
    )


def proof_in_words(proof: ConsentProof) -> str:
    """A proof of consent as the other system kept it."""
    parts = {
        "asked": f"{proof.asked:%Y-%m-%d %H:%M:%S} UTC" if proof.asked else "",
        "confirmed": f"{proof.confirmed:%Y-%m-%d %H:%M:%S} UTC" if proof.confirmed else "",
        "IP address": proof.ip,
        "source": proof.source,
    }
    return "; ".join(f"{name}: {value}" for name, value in parts.items() if value)
