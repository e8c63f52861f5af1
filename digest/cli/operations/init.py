"""`digest init`: from nothing to something that runs."""

from pathlib import Path
from shlex import quote

import click

from digest.cli.console import Invocation, heading, say
from digest.errors import UsageError


@click.command()
@click.argument("folder", metavar="[DIR]", required=False)
@click.pass_obj
def init(asked: Invocation, folder: str | None) -> None:
    """Make a config, a secret key and an empty store in DIR, or here.

    What is there already is left as it is; what is missing is added.
    """
    from digest.actions.operations.init import init as make
    from digest.app import now
    from digest.config.load import CONFIG_NAME

    if folder and asked.config:
        raise UsageError("give a folder or --config FILE, not both")
    config = Path(asked.config) if asked.config else Path(folder or "") / CONFIG_NAME
    settings, made = make(config, now())
    for thing in made:
        path = _short(thing.path)
        say(f"Made {path}: {thing.what}." if thing.new else f"{path} is there already; kept.")
    if not any(thing.new for thing in made):
        say("Nothing was missing.")
    _next(config, folder, settings.newsletters[0].slug)


def _next(config: Path, folder: str | None, newsletter: str) -> None:
    """The commands to type after this one."""
    named = "" if config.name == "config.toml" else f" --config {quote(str(config))}"
    steps = [
        *([(f"cd {quote(folder)}", "")] if folder else []),
        (f"digest{named} check", "what is set, and when the first edition is due"),
        (f"digest{named} import FOLDER", "take in your articles"),
        (f"digest{named} preview {newsletter} --open", "see the email"),
    ]
    say()
    say(heading("Next, type:"))
    widest = max(len(command) for command, _ in steps)
    for command, why in steps:
        say(f"  {command.ljust(widest)}   {why}".rstrip())


def _short(path: Path) -> str:
    """Relative to where one stands, if it is below."""
    here = Path.cwd()
    whole = path.absolute()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)
