"""`digest key`: the key that signs the links in emails."""

import click

from digest.cli.console import Invocation, emit, json_option, note, say


@click.group()
def key() -> None:
    """See and change the key that signs the links in emails."""


@key.command("show")
@json_option
@click.pass_obj
def show_key(asked: Invocation, *, as_json: bool) -> None:
    """Say which keys signed links, by their fingerprints, and whether they are all there."""
    from digest.actions.operations.signing_key import keys_held

    app = asked.app()
    held = keys_held(app.db, app.settings.web.secret)
    if as_json:
        emit([{"fingerprint": one.fingerprint, "since": one.since} for one in held])
        return
    for one in held:
        say(f"{one.fingerprint}  since {one.since:%Y-%m-%d}")
    if not held:
        say("The store knows no key yet; `digest init` lets it know yours.")


@key.command()
@click.option("--lost", is_flag=True, help="The old key is gone: links that it signed are dead.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.pass_obj
def rotate(asked: Invocation, *, lost: bool, yes: bool) -> None:
    """Sign with a new key from now on; links of old ones go on working."""
    from digest.actions.operations.signing_key import rotate_key

    app = asked.app()
    if lost and not yes:
        click.confirm("Links in emails that went out will be dead. Go on?", abort=True, err=True)
    done = rotate_key(app.db, app.settings.web.secret, app.clock(), lost=lost)
    say(f"Links are signed with a new key, {done.fingerprint}, in {done.file}.")
    if done.old:
        say("Those that went out go on working. Keep a copy of the file.")
    note("Start `digest run`, `serve` and `work` anew, so that they have it.")
