"""What a migration of readers does, in lines and as JSON: a table of what becomes of whom."""

from typing import TYPE_CHECKING, Any

from digest.cli.console import heading, note, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.actions.readers.migrate_readers import ForeignLists, Migrated
    from digest.core.readers.foreign_lists import ForeignReader

EXAMPLES = 10
_NAMES = {
    "active": "active",
    "soft_bounced": "soft trouble",
    "unconfirmed": "not confirmed",
    "unsubscribed": "unsubscribed",
    "bounced": "dead address",
    "complained": "complained",
}
_WAIT = "not mailed, not kept out"


def tell_lists(found: "ForeignLists") -> None:
    """Say of each list what it looks like, and which columns are what."""
    for one in found.lists:
        fields = ", ".join(
            name if name == ours else f"{name} is {ours}"
            for name, ours in one.layout.fields.items()
            if ours
        )
        everybody = "" if one.state == "active" else f", everybody in it is {_NAMES[one.state]}"
        say(f"{one.name}: this looks like {_article(one.layout.preset.name)}{everybody}")
        say(f"  {one.rows} rows; read: {fields}")
        if one.layout.unknown:
            note(f"{one.name}:1: nothing is known of: {', '.join(one.layout.unknown)}")
    for line in found.passed_over:
        note(f"passed over: {line}")


def _article(name: str) -> str:
    return name if name == "a list" else f"a list of {name}"


def tell_outcome(found: "ForeignLists", done: "Migrated", *, dry: bool) -> None:
    """The table, ten examples, those of whom lists say different things, and what is wrong."""
    from digest.core.readers.row_standing import EXCLUDED, WAITS

    say()
    say(heading("What would become of whom" if dry else "What became of whom"))
    for state, count in found.counts().items():
        if not count:
            continue
        parts = [
            f"{number} {'kept out' if state in EXCLUDED else result.value}"
            for (one, result), number in _by_result(done, state in EXCLUDED).items()
            if one is state
        ]
        say(f"  {_NAMES[state]:<14} {count:>8}   {_WAIT if state in WAITS else ', '.join(parts)}")
    if found.rejections:
        say(f"  {'no address':<14} {found.rejections:>8}   left out, and named below")
    if done.proofs:
        say(f"  {done.proofs} with a proof of consent, which is kept as it was")
    _tell_examples(found.merged.readers)
    _tell_differing(found)
    for line in found.remarks[:100]:
        note(line)
    for name, row in found.rejected:
        note(f"{name}:{row.line}: {row.reason}")
    if more := found.rejections - len(found.rejected):
        note(f"and {more} more")


def _by_result(done: "Migrated", together: bool) -> dict[Any, int]:
    if not together:
        return dict(done.by_state)
    total: dict[Any, int] = {}
    for (state, _), number in done.by_state.items():
        total[state] = total.get(state, 0) + number
    return {(state, None): number for state, number in total.items()}


def _tell_examples(readers: "Sequence[ForeignReader]") -> None:
    """Ten, of every state some."""
    by_state: dict[str, list[ForeignReader]] = {}
    for one in readers:
        by_state.setdefault(one.state, []).append(one)
    some: list[ForeignReader] = []
    for place in range(EXAMPLES):
        some += [those[place] for those in by_state.values() if place < len(those)]
    if some:
        say("For example:")
    for one in some[:EXAMPLES]:
        reader = one.reader
        parts = [reader.name, f"tier {reader.tier}" if reader.tier else "", *reader.topics]
        known = ", ".join(filter(None, parts))
        say(f"  {reader.email}{f' ({known})' if known else ''}: {_NAMES[one.state]}")


def _tell_differing(found: "ForeignLists") -> None:
    differing = found.merged.differing
    if not differing:
        return
    say(
        f"{len(differing)} times the lists say different things of one person; the stricter counts:"
    )
    for one, other in differing[:EXAMPLES]:
        say(
            f"  {one.reader.email}: {_NAMES[one.state]} ({one.file}:{one.line}),"
            f" and not {_NAMES[other.state]} ({other.file}:{other.line})"
        )


def migration_row(found: "ForeignLists", done: "Migrated", *, dry: bool) -> dict[str, Any]:
    """What a migration did, as JSON."""
    from digest.core.readers.reader import Enrolment

    return {
        "lists": [
            {
                "file": one.name,
                "system": one.layout.preset.name,
                "rows": one.rows,
                "state": one.state,
                "columns": [
                    {"theirs": theirs, "ours": ours} for theirs, ours in one.layout.fields.items()
                ],
                "ignored_columns": one.layout.unknown,
            }
            for one in found.lists
        ],
        "people": {state.value: count for state, count in found.counts().items()},
        "added": done.results[Enrolment.ADDED],
        "updated": done.results[Enrolment.UPDATED],
        "unchanged": done.results[Enrolment.UNCHANGED],
        "left_earlier": done.results[Enrolment.GONE],
        "proofs": done.proofs,
        "differing": [
            {"email": one.reader.email, "counts": one.state, "not": other.state}
            for one, other in found.merged.differing
        ],
        "rejections": found.rejections,
        "rejected": [
            {"file": name, "line": row.line, "reason": row.reason, "address": row.address}
            for name, row in found.rejected
        ],
        "remarks": found.remarks,
        "passed_over": found.passed_over,
        "dry_run": dry,
    }
