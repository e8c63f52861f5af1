"""Articles in, digest out: imports the sample publication and really sends its weekly edition."""

import argparse
import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import webbrowser
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "scripts" / "sample"
PLACE = ROOT / ".demo"
MONDAY = "2026-03-16T07:30"


class DemoError(Exception):
    """Something didn't work; the message says what."""


class Mailbox:
    """What the demo's SMTP server does with a message: keep it as a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.copies: Counter[str] = Counter()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        (reader,) = envelope.rcpt_tos
        self.copies[reader] += 1
        name = re.sub(r"[^\w.@+-]", "_", reader)
        path = self.folder / f"{name}.{self.copies[reader]}.eml"
        await asyncio.to_thread(path.write_bytes, envelope.original_content)
        return "250 OK"


def main() -> int:
    """Run the demo and say what happened."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--open", action="store_true", help="show the digest in the browser")
    options = parser.parse_args()
    try:
        run()
    except DemoError as error:
        print(f"\nThe demo did not work: {error}", file=sys.stderr)
        return 1
    if options.open:
        webbrowser.open((PLACE / "preview" / "message.html").as_uri())
    return 0


def run() -> None:
    """Each step is a command that an admin would type."""
    fresh_place()
    mailbox = Mailbox(PLACE / "received")
    server, port = listen(mailbox)
    try:
        say(f"An SMTP server listens on 127.0.0.1:{port}; everything below is sent to it.\n")
        digest("init", ".")
        use_smtp(port)
        import_articles()
        readers = import_readers()
        plan = preview()
        send(plan, readers)
        verify(mailbox, readers)
    finally:
        server.stop()
    look_further(plan)


def listen(mailbox: Mailbox) -> tuple[Controller, int]:
    """A real SMTP server on a free port of this machine."""
    for _ in range(10):  # somebody may take the port between our look and our use
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        server = Controller(mailbox, hostname="127.0.0.1", port=port)
        try:
            server.start()
        except OSError:
            continue
        return server, port
    raise DemoError("no SMTP server could be started on 127.0.0.1")


def fresh_place() -> None:
    """An empty .demo, made by us."""
    mark = PLACE / ".made-by-scripts-demo"
    if PLACE.exists():
        if not mark.exists():
            raise DemoError(f"{PLACE} exists and is not the demo's; move it away")
        shutil.rmtree(PLACE)
    for folder in (PLACE, PLACE / "received"):
        folder.mkdir()
    mark.touch()


def use_smtp(port: int) -> None:
    """Change four lines of the starter config, as an admin would."""
    config = PLACE / "config.toml"
    text = config.read_text(encoding="utf-8")
    for key, value in (
        ("transport", '"smtp"'),
        ("host", '"127.0.0.1"'),
        ("port", str(port)),
        ("security", '"none"'),
    ):
        text, changed = re.subn(rf"(?m)^{key} = \S+", f"{key} = {value}", text, count=1)
        if not changed:
            raise DemoError(f"{config} has no line for {key}")
    config.write_text(text, encoding="utf-8")


def import_articles() -> None:
    """Every file of the sample publication; one of them is no article."""
    done = digest("import", str(SAMPLE / "articles"), "--json")
    authors = {author for article in done["articles"] for author in article["authors"]}
    files = [path for path in (SAMPLE / "articles").iterdir() if path.is_file()]
    say(f"Imported   {done['imported']} articles by {len(authors)} authors, from page dumps,")
    say(f"           Markdown and HTML ({len(files)} files).")
    for rejected in done["rejected"]:
        say(f"           Not an article: {Path(rejected['path']).name}: {rejected['reason']}")


def import_readers() -> list[str]:
    """The list, with a bad row and somebody who left; returns who gets the digest."""
    done = digest("subscribers", "import", str(SAMPLE / "readers.csv"), "--json")
    readers = digest("subscribers", "export", "--json")
    active = [one["email"] for one in readers if one["status"] == "active"]
    say(f"Readers    {len(active)} get the weekly; {len(readers) - len(active)} left earlier.")
    for rejected in done["rejected"]:
        say(f"           readers.csv line {rejected['line']}: {rejected['reason']}")
    return active


def preview() -> dict[str, Any]:
    """The exact message, and why each article is in or out."""
    digest("preview", "weekly", "--at", MONDAY, "--out", "preview")
    plan: dict[str, Any] = json.loads((PLACE / "preview" / "plan.json").read_text("utf-8"))
    say(f"Edition    “{plan['subject']}”, for Monday 16 March 2026, 07:30 in Harbour.")
    for section in plan["sections"]:
        say(f"           {section['name']}: {len(section['articles'])}")
    say(f"           Left out, each with a reason: {len(plan['left_out'])}")
    return plan


def send(plan: dict[str, Any], readers: list[str]) -> None:
    """Twice: the second time there is nothing left to send."""
    first = digest("send", "weekly", "--at", MONDAY, "--yes", "--json")
    again = digest("send", "weekly", "--at", MONDAY, "--yes", "--json")
    say(f"Sent       {first['sent']} messages; asked again, {again['sent']} more.")
    if first["sent"] != len(readers):
        raise DemoError(f"{len(readers)} messages should have been sent, not {first['sent']}")


def verify(mailbox: Mailbox, readers: list[str]) -> None:
    """Ask the server, not ourselves: everybody once, and each message whole."""
    wrong = {who: count for who, count in mailbox.copies.items() if count != 1}
    if wrong or len(mailbox.copies) != len(readers):
        raise DemoError(f"the server got {dict(mailbox.copies)} for {len(readers)} readers")
    links = set()
    for path in mailbox.folder.iterdir():
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
        if not text or not html or "style=" not in html.get_content():
            raise DemoError(f"{path} has not both parts with inlined styles")
        links.add(message["List-Unsubscribe"])
    if len(links) != len(readers):
        raise DemoError("two readers share an unsubscribe link")
    say(f"Verified   at the server: each of the {len(readers)} readers got exactly one message,")
    say("           with both parts, inlined styles and a one-click unsubscribe link of their own.")


def look_further(plan: dict[str, Any]) -> None:
    """Where to look."""
    example = min((PLACE / "received").iterdir())
    say("\nLook at it:")
    say(f"  the digest as it was sent    {shown(PLACE / 'preview' / 'message.html')}")
    say(f"  one of the received mails    {shown(example)}")
    say(f"  why each article is in       {shown(PLACE / 'preview' / 'plan.json')}")
    say("\nGo on:")
    say("  scripts/demo --open                                  the same, in your browser")
    say("  cd .demo && ../.venv/bin/digest status               the ledger")
    say("  cd .demo && ../.venv/bin/digest explain weekly tram  why that article is in")
    say("  cd .demo && ../.venv/bin/digest rehearse weekly      a whole send with mishaps")
    say("  cd .demo && ../.venv/bin/digest serve                the unsubscribe links work")


def digest(*words: str) -> Any:
    """Run a command of the product in .demo; its JSON if it was asked for."""
    done = subprocess.run(
        [sys.executable, "-m", "digest", *words], cwd=PLACE, capture_output=True, text=True
    )
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise DemoError(f"digest {' '.join(words)} ended with {done.returncode}:\n{said}")
    return json.loads(done.stdout) if "--json" in words else None


def shown(path: Path) -> str:
    """A path as short as it gets from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
