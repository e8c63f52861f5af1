"""`digest dkim`: the keys that sign emails, and what the DNS must say of them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.console import Invocation, emit, heading, json_option, say
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.mail.keys import SigningKey


@click.group()
def dkim() -> None:
    """Make a key that signs emails, and show its DNS record."""


@dkim.command()
@click.option("--selector", metavar="NAME", default="", help="The key's name in the DNS.")
@click.option("--ed25519", is_flag=True, help="Make an Ed25519 key, to sign with beside RSA.")
@click.option(
    "--bits", type=click.Choice(["2048", "3072", "4096"]), default="2048", show_default=True,
    help="How long an RSA key is.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="The file to keep it in.")
@json_option
@click.pass_obj
def keygen(
    asked: Invocation,
    selector: str,
    ed25519: bool,
    bits: str,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Make a key in a file that only you can read, and print the DNS record that goes with it.

    The key goes where [mail.dkim] of the config says, else into dkim.pem beside the config. A file
    that is there already is never overwritten.
    """
    from digest.actions.operations.dkim_keys import make_key
    from digest.config import fields

    try:
        fields.selector(selector or "s1")
    except ValueError as error:
        raise UsageError(f"--selector {error}") from None
    app = asked.app()
    made = make_key(app.settings, "ed25519" if ed25519 else "rsa", int(bits), selector, out)
    if as_json:
        emit({"file": made.path, "config": made.table, **_row(made.key)})
        return
    say(f"Made {made.path}: {_kind(made.key)}. Only you can read it; keep it so.")
    say()
    _tell(made.key)
    if made.table:
        say()
        say(f"Once the record is there, let emails be signed, in {app.settings.path}:")
        say("\n".join(f"  {line}" for line in made.table.splitlines()))


@dkim.command()
@json_option
@click.pass_obj
def show(asked: Invocation, *, as_json: bool) -> None:
    """Print the DNS records that the keys of the config need."""
    from digest.actions.operations.dkim_keys import signing_keys

    found = signing_keys(asked.app().settings)
    if as_json:
        emit({"keys": [_row(key) for key in found]})
        return
    if not found:
        say("There is no [mail.dkim] in the config: emails are not signed here.")
        say("`digest dkim keygen` makes a key and tells the rest.")
    for n, key in enumerate(found):
        if n:
            say()
        _tell(key)


def _tell(key: "SigningKey") -> None:
    record = key.record
    say(heading(f"A TXT record in the DNS of {key.domain}:"))
    say(f"  name   {record.name}")
    say(f"  value  {record.value}")
    say(heading("The same as a line of a zone file:"))
    say(f"  {record.zone_line}")


def _kind(key: "SigningKey") -> str:
    return f"an RSA key of {key.bits} bits" if key.algorithm.startswith("rsa") else "an Ed25519 key"


def _row(key: "SigningKey") -> dict[str, object]:
    record = key.record
    return {
        "domain": key.domain,
        "selector": key.selector,
        "algorithm": key.algorithm,
        "bits": key.bits,
        "record": {"name": record.name, "value": record.value, "strings": record.strings},
    }
