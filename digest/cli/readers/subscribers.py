"""`digest subscribers`: readers in and out."""

import csv
import sys
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.console import Invocation, count_of, emit, json_option, note, progress, say
from digest.cli.readers.newsletter_choice import newsletter_option, newsletters_of
from digest.cli.readers.reader_commands import edit_record, find_in_list, lift_removal, list_readers
from digest.cli.readers.reader_details import calendar_of, tell_reader
from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.actions.readers.subscriber_lists import ReportRow


@click.group()
def subscribers() -> None:
    """Import, export, add, show and remove readers."""


@subscribers.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@newsletter_option
@click.option("--dry-run", "dry", is_flag=True, help="Say what would happen; change nothing.")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Write here what happened to every row, and why.",
)
@click.option(
    "--as",
    "as_",
    type=click.Choice(["active", "unconfirmed", "unsubscribed", "bounced", "complained"]),
    help="What everybody in the file is; what their row says counts if it is stricter.",
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="THEIRS=OURS",
    help='What a column is: "E-Mail-Adresse=email"; "Type=" if it says nothing.',
)
@json_option
@click.pass_obj
def import_(
    asked: Invocation,
    file: Path,
    named: tuple[str, ...],
    report: Path | None,
    as_: str | None,
    mapped: tuple[str, ...],
    *,
    dry: bool,
    as_json: bool,
) -> int:
    """Take in readers from a CSV file with the columns email, name, topics, authors, tier, status,
    tier_until, cadence, paused_until, catch_up and format.

    All columns but email are optional; topics and authors are separated by ";". A bad row is named
    with its line and the rest goes on. Nobody who left comes back by an import, and what readers
    chose on their page stays. Ends with 1 if no row was a reader.
    """
    from digest.actions.readers.subscriber_lists import ListOptions, import_list, rehearse_list
    from digest.cli.json_output import enrolled_row
    from digest.cli.readers.import_report import tell_import
    from digest.core.readers.list_states import ListState
    from digest.core.readers.subscriber_csv import CSV_COLUMNS

    app = asked.app()
    bring = rehearse_list if dry else import_list
    newsletters = newsletters_of(app, named)
    with progress("Reading", _lines(file)) as advance, _report(report) as told:
        options = ListOptions(
            newsletters,
            app.secret,
            newsletters_of(app, ()),
            ListState(as_) if as_ else None,
            column_mapping(mapped, CSV_COLUMNS),
        )
        done = bring(file, app.db, options, calendar_of(app), advance, told)
    if as_json:
        emit(enrolled_row(done, dry=dry))
    else:
        tell_import(file, done, newsletters, dry=dry)
    return 0 if sum(done.counts.values()) or not done.rejections else 1


def column_mapping(said: tuple[str, ...], ours: "Sequence[str]") -> dict[str, str]:
    """What `--map` says: a column of ours by theirs. Raises UsageError with the reason."""
    found = {}
    for one in said:
        theirs, equals, to = one.rpartition("=")
        if not equals or (to and to.strip().lower() not in ours):
            raise UsageError(
                f'--map "{one}": say THEIR COLUMN=ours, and ours is one of {", ".join(ours)},'
                " or nothing for a column to leave out"
            )
        found[theirs.strip()] = to.strip().lower()
    return found


@contextmanager
def _report(path: Path | None) -> "Iterator[ReportRow | None]":
    """Where every row is told, for a file that a spreadsheet may open."""
    if path is None:
        yield None
        return
    from digest.core.readers.subscriber_csv_writer import report_row

    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("line", "address", "happened", "reason"))
            yield lambda *row: writer.writerow(report_row(*row))
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {error.strerror}") from None


def _lines(file: Path) -> int:
    try:
        with file.open("rb") as opened:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(1 << 20), b""))
    except OSError:
        return 0  # the import says what is wrong with the file


@subscribers.command()
@click.argument("address")
@click.option("--name", default="", help="How they are called.")
@click.option("--tier", default="", help="For example free or subscriber.")
@click.option("--tier-until", metavar="DAY", default="", help="The last day of the tier.")
@newsletter_option
@click.pass_obj
def add(
    asked: Invocation,
    address: str,
    name: str,
    tier: str,
    tier_until: str,
    named: tuple[str, ...],
) -> None:
    """Subscribe one reader; `Ada Quay <ada@reader.example>` is read as it is meant."""
    from digest.actions.readers.subscribe import add_subscriber
    from digest.core.readers.foreign_lists import mended_address
    from digest.core.readers.subscriber_csv import read_row

    app = asked.app()
    address, named_in, mended = mended_address(address)
    name = name or named_in
    if mended:
        note(mended)
    try:
        row = {"email": address, "name": name, "tier": tier, "tier_until": tier_until}
        reader = read_row(row, calendar_of(app))
    except ValueError as error:
        raise UsageError(str(error)) from None
    newsletters = newsletters_of(app, named)
    result = add_subscriber(app.db, reader, newsletters, app.clock(), app.secret)
    say(f"{reader.email}: {result} ({', '.join(newsletters)})")


@subscribers.command()
@click.argument("address")
@json_option
@click.pass_obj
def show(asked: Invocation, address: str, *, as_json: bool) -> None:
    """Show everything that is held about a reader; --json has every row of every table."""
    from digest.actions.operations.personal_data import show_person
    from digest.cli.json_output import person_row

    app = asked.app()
    found = show_person(app.db, address, app.secret)
    reader = found.reader
    if as_json:
        emit(person_row(found))
        return
    if reader is None:
        say(f"{address}: no reader")
    else:
        tell_reader(app, reader)
    for row in found.held["consent"]:
        confirmed = f", confirmed {row['confirmed']:%Y-%m-%d}" if row["confirmed"] else ""
        say(f"  asked for {', '.join(row['newsletters'])} {row['asked']:%Y-%m-%d}{confirmed}")
    if found.held["delivery"]:
        editions = count_of(len(found.held["delivery"]), "edition")
        say(f"  {editions}; --json says which, with their articles")


@subscribers.command()
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file.")
@json_option
@click.pass_obj
def export(asked: Invocation, out: Path | None, *, as_json: bool) -> None:
    """Write all readers as CSV, in the columns that import reads: an import into an empty store
    brings all of it back.
    """
    from digest.actions.readers.export_list import export_csv, export_rows

    app = asked.app()
    db, calendar, every = app.db, calendar_of(app), newsletters_of(app, ())
    if as_json:
        emit(export_rows(db, calendar))
        return
    if out is None:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # as import reads it, whatever the terminal's
        export_csv(db, sys.stdout, calendar, every)
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            count = export_csv(db, file, calendar, every)
    except OSError as error:
        raise UsageError(f"{out}: can't be written: {error.strerror}") from None
    say(f"{count} readers written to {out}")


@subscribers.command()
@click.argument("address")
@click.option(
    "--newsletter",
    "named",
    metavar="SLUG",
    multiple=True,
    help="Only from this newsletter (may be repeated).",
)
@click.option(
    "--forget",
    is_flag=True,
    help="Erase all that tells who they are, too, but for a mark that no list gets past.",
)
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_obj
def remove(
    asked: Invocation, address: str, named: tuple[str, ...], *, forget: bool, yes: bool
) -> int:
    """End everything that goes to an address: no import brings it back, but `lift` does."""
    from digest.actions.operations.personal_data import forget_person
    from digest.actions.readers.edit_reader import remove_from_newsletters
    from digest.actions.readers.subscribe import remove_subscriber

    app = asked.app()
    if forget and named:
        raise UsageError("say --forget or --newsletter, not both")
    slugs = newsletters_of(app, named)
    if sys.stdin.isatty() and not yes:
        what = "Forget" if forget else "Remove"
        where = f" from {', '.join(named)}" if named else ""
        click.confirm(f"{what} {address}{where}?", abort=True, err=True)
    if named:
        ended = remove_from_newsletters(app.db, address, slugs, app.clock())
        say(f"{address}: no longer gets {', '.join(ended) or 'anything of that'}")
        return 0
    if not forget:
        remove_subscriber(app.db, address, app.clock())
        say(f"{address}: gets nothing more")
        return 0
    wiped = forget_person(app.db, address, app.secret, app.clock())
    say(f"{address}: forgotten, and gets nothing more")
    note("What no store holds stays: backups, logs, the files of an outbox, the config.")
    if not wiped:
        note(
            "Another program works with the store, so erased bytes may still stand in its file:"
            " end it and ask again"
        )
    return 0 if wiped else 1


for command in (list_readers, find_in_list, edit_record, lift_removal):
    subscribers.add_command(command)
