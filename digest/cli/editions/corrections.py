"""`digest corrections`: what was edited after it was sent, and telling those who got it."""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.console import Invocation, count_of, emit, heading, json_option, progress, say
from digest.errors import MailError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.actions.delivery.tally import Tally
    from digest.actions.transactional.corrections import Amended
    from digest.app import App
    from digest.core.articles.correction import Correction, TextChange
    from digest.store.editions.editions import StoredEdition


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND] [ARGS]...")
@json_option
@click.pass_context
def corrections(context: click.Context, *, as_json: bool) -> None:
    """List the articles that were edited after readers got them, and what changed.

    An edit is told to nobody before somebody says that it is a correction.
    """
    if context.invoked_subcommand:
        return
    from digest.actions.transactional.corrections import amended

    app = context.obj.app()
    found, zone = amended(app.db), ZoneInfo(app.settings.publication.timezone)
    if as_json:
        emit([_row(one, zone) for one in found])
        return
    for one in found:
        _tell(one, zone)
    say(f"{count_of(len(found), 'article')} edited since readers got {_them(len(found))}")


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def _row(one: "Amended", zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": one.article.id,
        "title": one.article.title,
        "editions": one.editions,
        "readers": one.readers,
        "title_changes": one.title,
        "body_changes": one.body,
        "corrections": [
            {"id": said.id, "note": said.note, "at": said.at.astimezone(zone)}
            for said in one.corrections
        ],
    }


def _tell(one: "Amended", zone: ZoneInfo) -> None:
    say(heading(f"{one.article.title} (article {one.article.id})"))
    editions = f"edition{'s' * (len(one.editions) > 1)} {', '.join(map(str, one.editions))}"
    say(f"  {count_of(one.readers, 'reader')} got the old text, of {editions}")
    _tell_changes("title", one.title)
    _tell_changes("text", one.body)
    if not one.title and not one.body:
        say("  title and text are the same; something else about it changed")
    for said in one.corrections:
        say(f"  corrected {said.at.astimezone(zone):%Y-%m-%d %H:%M}: {said.note}")


def _tell_changes(what: str, changes: "Sequence[TextChange]") -> None:
    for change in changes:
        say(f"  {what}: “{change.before}” is now “{change.after}”")


@corrections.command()
@click.argument("article")
@click.argument("note")
@json_option
@click.pass_obj
def add(asked: Invocation, article: str, note: str, *, as_json: bool) -> None:
    """Say that an edit was a correction, and in a NOTE what had been wrong.

    ARTICLE is its number (see `digest corrections`) or words of its title, in quotes. The next
    edition tells those who got the old text, and nobody else; `digest corrections send` mails them.
    """
    from digest.actions.transactional.corrections import add_correction

    app = asked.app()
    found = add_correction(app.db, article, note, app.clock())
    zone = ZoneInfo(app.settings.publication.timezone)
    if as_json:
        emit(_row(found, zone))
        return
    _tell(found, zone)
    say("The next edition tells them so.")


@corrections.command()
@click.argument("article")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@json_option
@click.pass_obj
def send(asked: Invocation, article: str, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Mail the newest correction of an ARTICLE to those who got the old text and were not told.

    Asked again, only what is still unsent goes out: who was told is told no more.
    """
    from digest.actions.transactional.corrections import newest_correction, owed

    app = asked.app()
    correction = newest_correction(app.db, article)
    newsletters = app.settings.newsletter_values()
    readers = {one.slug: owed(app.db, one, correction) for one in newsletters}
    if dry_run:
        _tell_plan(correction, readers, as_json=as_json)
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("say --yes to send, or --dry-run to see what would be sent")
        question = f"Mail the correction of “{correction.title}” to"
        click.confirm(
            f"{question} {count_of(sum(readers.values()), 'reader')}?", abort=True, err=True
        )
    _send(app, correction, sum(readers.values()), as_json=as_json)


def _tell_plan(correction: "Correction", readers: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "article": correction.article,
                "note": correction.note,
                "readers": readers,
                "dry_run": True,
            }
        )
        return
    for slug, count in readers.items():
        say(f"{slug}: {count_of(count, 'reader')} would get “{correction.note}”")


def _send(app: "App", correction: "Correction", count: int, *, as_json: bool) -> None:
    from digest.actions.transactional.corrections import send_correction
    from digest.cli.delivery.send import interruptible, then_tell

    newsletters = app.settings.newsletter_values()
    with ExitStack() as stack:
        advance = stack.enter_context(progress("Sending", count)) if count else None
        sent = interruptible(
            lambda stop: then_tell(
                app,
                stop,
                send_correction(
                    app.post,
                    newsletters,
                    correction,
                    stop=stop,
                    done=lambda _: advance(1) if advance else None,
                ),
            )
        )
    rows = [_sent_row(kept, tally) for kept, tally in sent]
    if as_json:
        emit({"article": correction.article, "mails": rows})
    for row in () if as_json else rows:
        counts = ", ".join(f"{n} {state}" for state, n in row["counts"].items() if n)
        say(f"{row['newsletter']}: edition {row['edition']}: {counts or 'nothing more was sent'}")
    if not rows and not as_json:
        say("Nobody is left to be told.")
    for _, tally in sent:
        if tally.trouble:
            raise MailError(f"{tally.trouble}\nThe same command goes on with what is unsent.")


def _sent_row(kept: "StoredEdition", tally: "Tally") -> dict[str, Any]:
    counts = {state.value: count for state, count in tally.counts.items()}
    return {"edition": kept.id, "newsletter": kept.newsletter, "counts": counts}
