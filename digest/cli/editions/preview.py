"""`digest preview`: the exact message, as files, in the browser or in your inbox."""

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.console import Invocation, Moment, at_option, count_of, json_option, say
from digest.errors import MailError, UsageError

if TYPE_CHECKING:
    from digest.actions.editions.preview import Preview
    from digest.app import App


@click.command()
@click.argument("newsletter")
@click.option("--as", "reader", metavar="ADDR", default="", help="As this reader gets it.")
@at_option
@click.option("--out", type=click.Path(path_type=Path), help="Write the files into this folder.")
@click.option("--open", "show", is_flag=True, help="Show it in the browser.")
@click.option("--send-to", "to", metavar="ADDR", default="", help="Send it to this address.")
@json_option
@click.pass_obj
def preview(
    asked: Invocation,
    newsletter: str,
    reader: str,
    at: Moment | None,
    out: Path | None,
    show: bool,
    to: str,
    *,
    as_json: bool,
) -> None:
    """See the exact email that would go out. The ledger is untouched.

    --out DIR writes message.eml, message.html, message.txt and plan.json; no message.html for a
    reader who wants plain text only. The bytes are those that
    a send would give, but for the reader's own links: in a preview they unsubscribe nobody, unless
    it is made --as a reader.
    """
    from digest.cli.console import emit
    from digest.cli.editions.lint import finding_lines, finding_row

    if not (out or show or to):
        raise UsageError("say where to: --out DIR, --open or --send-to ADDR")
    app = asked.app()
    made = _composed(app, newsletter, at, reader, _address(to))
    size = len(made.envelope.message)
    answer: dict[str, object] = {"subject": made.subject, "bytes": size}
    answer |= {"teasers": made.teasers, "corrections": made.corrections}
    answer["findings"] = [finding_row(finding) for finding in made.findings]
    tell = (lambda _: None) if as_json else say
    if out or show:
        folder = out or Path(tempfile.mkdtemp(prefix="digest-preview-"))
        files = _write(made, folder)
        answer["files"] = [str(path) for path in files]
        tell("\n  ".join([f"“{made.subject}”, {size:,} bytes", *map(str, files)]))
        for line in (*_parts(made), *finding_lines(made.findings)):
            tell(line)
        if show:
            click.launch(str(files[1]))
    if to:
        answer |= {"sent_to": to, "answer": _send(app, made)}
        tell(f"Sent to {to}: {answer['answer']}")
    if as_json:
        emit(answer)


def _parts(made: "Preview") -> list[str]:
    """What depends on who the reader is."""
    lines = []
    if made.teasers:
        lines.append(f"{count_of(made.teasers, 'piece')} for subscribers: only a teaser of each")
    if made.corrections:
        lines.append(f"{count_of(made.corrections, 'correction')} of what they got before")
    return lines


def _composed(app: "App", newsletter: str, at: Moment | None, reader: str, to: str) -> "Preview":
    from digest.actions.editions.preview import preview as compose
    from digest.cli.moments import when

    chosen = app.newsletter(newsletter)
    moment = when(app, chosen, at)
    return compose(app.db, app.factory, chosen, moment, app.clock(), reader=reader, to=to)


def _address(text: str) -> str:
    from digest.core.text.email_address import parse_address

    try:
        return str(parse_address(text)) if text else ""
    except ValueError as error:
        raise UsageError(f'"{text}" {error}') from None


def _write(made: "Preview", folder: Path) -> list[Path]:
    import json
    from email import message_from_bytes, policy

    from digest.cli.console import to_json
    from digest.cli.editions.lint import finding_row
    from digest.cli.json_output import plan_row

    message = message_from_bytes(made.envelope.message, policy=policy.default)
    parts = {
        "message.html": message.get_body(("html",)),
        "message.txt": message.get_body(("plain",)),
    }
    findings = [finding_row(finding) for finding in made.findings]
    plan = {"subject": made.subject} | plan_row(made.plan) | {"findings": findings}
    contents = {
        "message.eml": made.envelope.message,
        **{name: part.get_content().encode() for name, part in parts.items() if part is not None},
        "plan.json": json.dumps(plan, default=to_json, ensure_ascii=False, indent=2).encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{folder}: can't be written: {error.strerror}") from None
    return [folder / name for name in contents]


def _send(app: "App", made: "Preview") -> str:
    from digest.core.delivery.smtp_outcome import Accepted

    async def transfer() -> object:
        mailer = app.mailer()
        try:  # a preview has no row in the ledger, so nothing is to be written between
            return await mailer.offer(made.envelope) or await mailer.complete()
        finally:
            await mailer.close()

    outcome = asyncio.run(transfer())
    if isinstance(outcome, Accepted):
        return outcome.reply
    why = getattr(outcome, "reply", None) or getattr(outcome, "why", str(outcome))
    raise MailError(f"{made.envelope.rcpt_to}: the preview was not sent: {why}")
