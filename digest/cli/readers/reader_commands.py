"""`digest subscribers list`, `search`, `edit` and `lift`: readers found, and mended by hand."""

from typing import TYPE_CHECKING

import click

from digest.cli.console import Invocation, count_of, emit, json_option, note, say
from digest.cli.readers.reader_details import calendar_of, tell_reader
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.core.readers.reader import Reader
    from digest.store.readers.directory import ReaderQuery

limit_option = click.option(
    "--limit", type=click.IntRange(1, 100_000), default=100, show_default=True,
    help="Show at most so many.",
)  # fmt: skip


@click.command("list")
@click.option("--newsletter", metavar="SLUG", default="", help="Who reads this one, or did.")
@click.option(
    "--status",
    type=click.Choice(["active", "unsubscribed"]),
    help="Who gets something, or who gets nothing.",
)
@limit_option
@json_option
@click.pass_obj
def list_readers(
    asked: Invocation, newsletter: str, status: str | None, limit: int, *, as_json: bool
) -> None:
    """List readers by address, with what each gets."""
    from digest.store.readers.directory import ReaderQuery

    slug = asked.app().newsletter(newsletter).slug if newsletter else ""
    mailed = None if status is None else status == "active"
    _tell(asked, ReaderQuery(newsletter=slug, mailed=mailed), limit, as_json=as_json)


@click.command("search")
@click.argument("text")
@limit_option
@json_option
@click.pass_obj
def find_in_list(asked: Invocation, text: str, limit: int, *, as_json: bool) -> None:
    """Find readers by a part of their address or their name."""
    from digest.store.readers.directory import ReaderQuery

    if not text.strip():
        raise UsageError("say what to look for; `digest subscribers list` shows everybody")
    _tell(asked, ReaderQuery(text=text.strip()), limit, as_json=as_json)


def _tell(asked: Invocation, query: "ReaderQuery", limit: int, *, as_json: bool) -> None:
    from digest.actions.readers.edit_reader import look_up_readers
    from digest.cli.json_output import reader_row

    total, readers = look_up_readers(asked.app().db, query, limit)
    if as_json:
        emit({"total": total, "readers": [reader_row(reader) for reader in readers]})
        return
    for reader in readers:
        say(f"{reader.email}{f' ({reader.name})' if reader.name else ''}: {_gets(reader)}")
    if total > len(readers):
        note(f"and {total - len(readers)} more: --limit shows them")
    elif not readers:
        say("No readers.")


def _gets(reader: "Reader") -> str:
    if any(not one.scope for one in reader.suppressions):
        why = next(one.why for one in reader.suppressions if not one.scope)
        return f"not mailed ({why})"
    parts = [
        one.newsletter if one.standing == "active" else f"left {one.newsletter}"
        for one in reader.subscriptions
    ]
    return ", ".join(parts) or "nothing"


@click.command("edit")
@click.argument("address")
@click.option("--name", help="How they are called.")
@click.option("--address", "fresh", default="", help="Their new address: all else stays.")
@click.option("--tier", help="For example free or subscriber; empty for none.")
@click.option("--tier-until", metavar="DAY", help="The last day of the tier; empty for none.")
@click.pass_obj
def edit_record(
    asked: Invocation,
    address: str,
    name: str | None,
    fresh: str,
    tier: str | None,
    tier_until: str | None,
) -> None:
    """Mend what is held of a reader: name, tier, address with all that they chose and got.

    `add --newsletter` and `remove --newsletter` change what they read.
    """
    from digest.actions.readers.edit_reader import edit_reader
    from digest.core.readers.reader import FOREVER
    from digest.core.readers.subscriber_csv import read_row

    app = asked.app()
    said = {"name": name, "tier": tier, "tier_until": tier_until}
    given = {column: text for column, text in said.items() if text is not None}
    if not given and not fresh:
        raise UsageError("say what to change: --name, --address, --tier or --tier-until")
    try:
        row = read_row({"email": "a@reader.example", **given}, calendar_of(app))
    except ValueError as error:
        raise UsageError(str(error)) from None
    values = {"name": row.name, "tier": row.tier, "tier_until": row.tier_until}
    details = {column: values[column] for column in given}
    if details.get("tier_until") == FOREVER:
        details["tier_until"] = None
    changed = edit_reader(app.db, address, details, fresh, app.secret)
    tell_reader(app, changed)
    if fresh:
        note(f"A list that still has {address} adds that address again: change it there, too.")


@click.command("lift")
@click.argument("address")
@click.pass_obj
def lift_removal(asked: Invocation, address: str) -> None:
    """Take back that a reader was removed by hand, or that their address is dead."""
    from digest.actions.readers.edit_reader import take_back_removal

    lifted = take_back_removal(asked.app().db, address)
    scopes = ", ".join(scope or "every newsletter" for scope, _ in lifted)
    say(f"{address}: {count_of(len(lifted), 'bar')} lifted ({scopes})")
