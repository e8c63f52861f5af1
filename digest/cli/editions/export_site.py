"""`digest export-site`: the archive as files for any web server."""

from pathlib import Path

import click

from digest.cli.console import Invocation, count_of, json_option, say
from digest.errors import UsageError


@click.command("export-site")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--url", default="", help="Where it will be. Default: a copy of the pages at web.url."
)
@json_option
@click.pass_obj
def export_site(asked: Invocation, folder: Path, url: str, *, as_json: bool) -> None:
    """Write the archive as static files into DIR: pages, feeds, pictures, sitemap, search.

    Asked again, it writes what changed and takes away what is gone. Nothing of a reader is in it.
    """
    from digest.cli.console import emit, progress
    from digest.config.fields import web_base
    from digest.web.archive.sitemap import places
    from digest.web.static_site.export import export_site as export

    app = asked.app()
    try:
        base = web_base(url) if url else ""
    except ValueError as error:
        raise UsageError(f"--url {error}") from None
    with progress("pages", len(places(app))) as seen:
        done = export(app, folder, base, seen)
    if as_json:
        emit(
            {
                "folder": str(folder),
                "files": done.files,
                "written": done.written,
                "removed": done.removed,
            }
        )
        return
    changes = f"{done.written:,} written, {done.removed:,} removed"
    say(f"{folder}: {count_of(done.files, 'file')}, {changes}")
