"""`digest print`: an edition as a paper."""

from pathlib import Path

import click

from digest.cli.console import Invocation, count_of, json_option, say
from digest.errors import UsageError


@click.command("print")
@click.argument("edition", type=int)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The file. Default: NEWSLETTER-DATE.pdf, here.",
)
@click.option(
    "--paper",
    "size",
    type=click.Choice(["a4", "letter"]),
    default="a4",
    show_default=True,
    help="Its size.",
)
@json_option
@click.pass_obj
def print_(asked: Invocation, edition: int, out: Path | None, size: str, *, as_json: bool) -> None:
    """Make a PDF of an edition that looks like a paper: every article whole, in columns.

    It holds what a reader without wishes got, with the words of the moment it was frozen. Nothing
    is fetched for it. Needs the extra `print`.
    """
    from zoneinfo import ZoneInfo

    from digest.actions.editions.print_pdf import print_edition
    from digest.cli.console import emit

    app = asked.app()
    settings = app.settings
    newsletters = settings.newsletter_values()
    made = print_edition(
        app.db,
        app.gallery,
        app.renderer,
        settings.publication_value(),
        newsletters,
        edition,
        "letter" if size == "letter" else "a4",
    )
    zone = ZoneInfo(next(one.timezone for one in newsletters if one.slug == made.newsletter))
    path = out or Path(f"{made.newsletter}-{made.at.astimezone(zone):%Y-%m-%d}.pdf")
    try:
        path.write_bytes(made.pdf)
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {error.strerror}") from None
    if as_json:
        emit({"file": str(path), "articles": made.articles, "bytes": len(made.pdf)})
        return
    say(f"{path}: {count_of(made.articles, 'article')}, {len(made.pdf):,} bytes")
