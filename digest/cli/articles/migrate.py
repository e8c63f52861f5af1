"""`digest migrate`: move in from another system; here with its articles."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from digest.cli.console import Invocation, emit, json_option, note, progress, say
from digest.cli.readers.migrate import readers_from
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.actions.sources.migrate_articles import MigratedArticles

NAMED = 200
"""So many of what is left out are named; --json has all."""


@click.group()
def migrate() -> None:
    """Move in from another system."""


migrate.add_command(readers_from)


@migrate.command("articles")
@click.argument("from_", metavar="[wordpress] FILE...", nargs=-1, required=True)
@click.option("--pages", is_flag=True, help="Take in pages, too, and not only posts.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would happen; change nothing.")
@click.option("--yes", is_flag=True, help="For scripts; nothing is asked.")
@json_option
@click.pass_obj
def articles_from(
    asked: Invocation, from_: tuple[str, ...], *, pages: bool, dry: bool, yes: bool, as_json: bool
) -> int:
    """Take in the posts of another system, from its export: only what is published there.

    Drafts and what is private, scheduled, in the trash or protected by a password are named and
    left out. Doing it again changes nothing. Ends with 1 if nothing was an article.
    """
    from digest.actions.readers.subscriber_lists import copied
    from digest.actions.sources.migrate_articles import count_articles, migrate_articles
    from digest.core.articles.article import Change

    app = asked.app()
    first, *rest = from_
    paths = [Path(one) for one in (rest if first.lower() in {"wordpress", "wxr"} else from_)]
    if not paths:
        raise UsageError("from which file? `digest migrate articles wordpress FILE`")
    zone, rules = ZoneInfo(app.settings.publication.timezone), app.settings.topic_rules()
    with progress("Reading", count_articles(paths)) as advance:
        if dry:
            with copied(app.db) as db:
                done = migrate_articles(paths, db, rules, zone, app.clock(), advance, pages=pages)
        else:
            done = migrate_articles(paths, app.db, rules, zone, app.clock(), advance, pages=pages)
    if as_json:
        emit(
            {change.value: done.counts[change] for change in Change}
            | {"left_out": done.left_out, "beside": _rows(done.beside), "cut": done.cut}
            | {"dry_run": dry}
        )
    else:
        _tell(done, dry=dry)
    return 0 if done.counts.total() else 1


def _tell(done: "MigratedArticles", *, dry: bool) -> None:
    from digest.core.articles.article import Change

    counts = done.counts
    say(
        ("would be: " if dry else "")
        + f"{counts[Change.NEW]} imported, {counts[Change.EDITED]} updated,"
        f" {counts[Change.SAME]} unchanged, {len(done.left_out)} left out"
    )
    for one in done.left_out[:NAMED]:
        note(f"{one.path}: {one.reason}")
    if len(done.left_out) > NAMED:
        note(f"and {len(done.left_out) - NAMED} more: --json names them all")
    if done.beside:
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(done.beside.items()))
        note(f"beside posts and pages: {said}")
    for path in done.cut:
        note(f"{path}: breaks off; what was whole is in. With the whole file, ask again")


def _rows(beside: Counter[str]) -> list[dict[str, object]]:
    return [{"kind": kind, "count": count} for kind, count in sorted(beside.items())]
