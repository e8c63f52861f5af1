"""`digest migrate`: move in from another system."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.console import Invocation, emit, json_option, progress
from digest.cli.readers.newsletter_choice import newsletter_option, newsletters_of
from digest.cli.readers.subscribers import column_mapping
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.actions.readers.migrate_readers import MigrateOptions
    from digest.app import App


@click.command("readers")
@click.argument("from_", metavar="[FROM] FILE...", nargs=-1, required=True)
@newsletter_option
@click.option(
    "--as",
    "as_",
    type=click.Choice(["active", "unconfirmed", "unsubscribed", "bounced", "complained"]),
    help="What everybody in these files is; what their row says counts if it is stricter.",
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="THEIRS=OURS",
    help='What a column is: "E-Mail-Adresse=email"; "Type=" if it says nothing.',
)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="TAG=TOPIC",
    help="Readers with this tag follow this topic: then they get only what they follow.",
)
@click.option("--tier", metavar="WORD", help="The tier of those who pay there.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
@click.pass_obj
def readers_from(
    asked: Invocation,
    /,
    from_: tuple[str, ...],
    *,
    dry: bool,
    yes: bool,
    as_json: bool,
    **said: Any,
) -> int:
    """Take in the readers of another system, from its files, folders or zips as it writes them.

    FROM is its name, such as mailchimp or ghost; without it the columns tell. First it is said what
    would become of whom, then you are asked; --yes doesn't ask. Who left there, whose address is
    dead, or who complained is kept out; of one person in two files the stricter counts.
    """
    from digest.actions.readers.migrate_readers import (
        migrate_readers,
        read_lists,
        rehearse_migration,
    )
    from digest.cli.readers.migration_report import migration_row, tell_lists, tell_outcome

    app = asked.app()
    system, paths = _system_and_paths(from_)
    options = _options(app, system, **said)
    found, now = read_lists(paths, options), app.clock()
    if not as_json:
        tell_lists(found)
    if not yes:
        done = rehearse_migration(app.db, found, options, now)
        if as_json and dry:
            emit(migration_row(found, done, dry=True))
        else:
            tell_outcome(found, done, dry=True)
        if dry:
            return 0 if found.merged.readers else 1
        _ask()
    with progress("Taking in", len(found.merged.readers)) as advance:
        done = migrate_readers(app.db, found, options, now, advance)
    if as_json:
        emit(migration_row(found, done, dry=False))
    else:
        tell_outcome(found, done, dry=False)
    return 0 if found.merged.readers else 1


def _ask() -> None:
    if not sys.stdin.isatty():
        raise UsageError("nothing was changed: --yes takes them in, --dry-run only looks")
    click.confirm("Take them in?", abort=True, err=True)


def _options(
    app: "App",
    system: str,
    *,
    named: tuple[str, ...],
    as_: str | None,
    mapped: tuple[str, ...],
    topics: tuple[str, ...],
    tier: str | None,
) -> "MigrateOptions":
    from digest.actions.readers.migrate_readers import MigrateOptions
    from digest.core.readers.foreign_lists import ListWishes
    from digest.core.readers.list_presets import FIELDS
    from digest.core.readers.list_states import ListState

    tiers = app.settings.publication.subscriber_tiers
    return MigrateOptions(
        newsletters_of(app, named),
        app.secret,
        newsletters_of(app, ()),
        system,
        ListState(as_) if as_ else None,
        column_mapping(mapped, FIELDS),
        ListWishes(tier or next(iter(tiers), "subscriber"), _topics(app, topics)),
    )


def _system_and_paths(words: tuple[str, ...]) -> tuple[str, list[Path]]:
    """The system that the first word names, if it names one, and the files."""
    from digest.core.readers.list_presets import PRESETS

    first, *rest = words
    word = first.lower().replace(" ", "")
    if Path(first).exists():
        return "", [Path(one) for one in words]
    if word in PRESETS or word in {"auto", "csv"}:
        if not rest:
            raise UsageError(f"{first}: from which file? `digest migrate readers {first} FILE`")
        return word if word in PRESETS else "", [Path(one) for one in rest]
    if rest and not Path(first).suffix:
        raise UsageError(
            f"{first}: no system that is known; there are {', '.join(PRESETS)}. Without a name the"
            " columns tell"
        )
    return "", [Path(one) for one in words]


def _topics(app: "App", said: tuple[str, ...]) -> dict[str, str]:
    """Topics by `plain` tag. Raises UsageError for a topic that isn't in the config."""
    from digest.core.readers.list_states import plain

    ours = {rule.slug for rule in app.settings.topic_rules()}
    found = {}
    for one in said:
        tag, equals, topic = one.rpartition("=")
        if not equals or topic not in ours:
            known = ", ".join(sorted(ours)) or "none"
            raise UsageError(f'--topic "{one}": say TAG=TOPIC, with a topic of the config: {known}')
        found[plain(tag)] = topic
    return found
