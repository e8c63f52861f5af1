"""`digest import`: articles from files."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from digest.cli.console import Invocation, emit, json_option, note, progress, say


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def import_(asked: Invocation, paths: tuple[Path, ...], *, as_json: bool) -> int:
    """Take in articles from files and folders: page dumps, Markdown, HTML, saved feeds.

    Doing it again changes nothing; an edited file updates its article. A file that is no article
    is named with the reason, and the rest goes on. Ends with 1 if nothing was an article.
    """
    from digest.actions.sources.import_articles import import_files
    from digest.cli.json_output import article_row
    from digest.core.articles.article import Change
    from digest.feeds.file.files import walk

    app = asked.app()
    total = sum(1 for _ in walk(paths))
    zone = ZoneInfo(app.settings.publication.timezone)
    with progress("Reading", total) as advance:
        done = import_files(
            paths,
            app.db,
            app.settings.topic_rules(),
            zone,
            app.clock(),
            lambda _: advance(1),
            app.gallery,
        )
    if as_json:
        emit(
            {change.value: count for change, count in done.counts.items()}
            | {
                "rejected": done.rejected,
                "articles": [article_row(article, zone) for article in done.articles],
            }
        )
    else:
        counts = done.counts
        say(
            f"{counts[Change.NEW]} imported, {counts[Change.EDITED]} updated,"
            f" {counts[Change.SAME]} unchanged, {len(done.rejected)} rejected"
        )
        for rejection in done.rejected:
            note(f"{rejection.path}: {rejection.reason}")
    return 0 if done.articles or not done.rejected else 1
