"""The reference names what there is: every key, command, answer, header line and state."""

import contextlib
import io
import json
import re
import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import click
import pytest

from digest.actions.delivery import circuit_breaker, deliver, ledger
from digest.cli.root import digest, run_command
from digest.config.key_paths import everything, keys, table_at, written
from digest.core.delivery import smtp_outcome
from digest.core.delivery.state import DeliveryState
from digest.core.editions.edition import EditionState
from tests.feeds.file.test_wxr import HEAD, a_post
from tests.smtp_server import SmtpServer, serving
from tests.test_docs import ROOT, begun, terminal

__all__ = ["begun", "terminal"]

REFERENCE = ROOT / "docs" / "reference"
CONFIG, COMMANDS, MESSAGE, STATES = (
    (REFERENCE / f"{name}.md").read_text("utf-8")
    for name in ("config", "commands", "message", "states")
)


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next of its level or above."""
    level = heading.split(" ")[0]
    _, found, after = f"\n{page}".partition(f"\n{heading}\n")
    assert found, f"there is no {heading}"
    return re.split(rf"(?m)^#{{1,{len(level)}}} ", after)[0]


def first_column(text: str) -> list[str]:
    """The names in the first column of the first table."""
    table = re.search(r"(?m)^\|[-|]+\|\n((?:^\|.*\n?)+)", text)
    assert table
    return re.findall(r"(?m)^\| `([^`]+)` \|", table[1])


def test_the_generated_pages_are_current():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "docs.py", "--check"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("loc", [loc for loc in everything() if not table_at(loc)], ids=".".join)
def test_every_key_of_the_config_has_a_row(loc):
    assert loc[-1] in first_column(section(CONFIG, f"## `{written(loc[:-1])}`"))


def test_a_table_has_a_row_for_its_keys_and_no_others():
    for heading in re.findall(r"(?m)^## `\[+(.*?)\]+`$", CONFIG):
        table = table_at(tuple(heading.split(".")))
        assert table
        own = [key for key in keys(table) if not table_at((*heading.split("."), key))]
        assert first_column(section(CONFIG, f"## `{written(tuple(heading.split('.')))}`")) == own


def commands(found: click.Command, path: str = "digest"):
    if isinstance(found, click.Group):
        for name in found.list_commands(click.Context(found)):
            inner = found.get_command(click.Context(found), name)
            assert inner
            yield from commands(inner, f"{path} {name}")
    else:
        yield path, found


@pytest.mark.parametrize(("path", "command"), list(commands(digest)))
def test_every_command_is_told_with_its_options(path, command):
    told = section(COMMANDS, f"### `{path}`")
    assert f"`{path} " in told
    for option in command.params:
        if isinstance(option, click.Option):
            assert all(f"{name}" in told for name in option.opts)


# ---------------------------------------------------------------- answers in JSON


class Moody(SmtpServer):
    """Answers each reader in another way."""

    ANSWERS = {"bo": "550 5.1.1 no such user", "dee": "451 4.2.1 not now"}  # noqa: RUF012

    async def _fault(self, session, phase, address):
        answer = self.ANSWERS.get(address.partition("@")[0])
        if phase == "rcpt" and answer:
            await self._say(session, answer)
        elif (phase, address) == ("dot", "ada@reader.example"):
            return await super()._fault(session, "dot", "dot-drop@reader.example")
        return bool(phase == "rcpt" and answer)


AT = ("--at", "2026-03-16T07:30")
TRIAL = ("--tier", "subscriber", "--tier-until", "2026-03-16")
ASKED: tuple[tuple[str, ...], ...] = (
    ("dkim", "keygen"),
    ("!", "sign"),
    ("dkim", "show"),
    ("import", "articles"),
    ("migrate", "articles", "export.xml"),
    ("ingest",),
    ("feeds",),
    ("articles",),
    ("subscribers", "import", "readers.csv"),
    ("migrate", "readers", "readers.csv", "more.csv", "--yes"),
    ("key", "show"),
    ("subscribers", "export"),
    ("articles", "set", "1", "--summary", "Counted twice."),
    ("articles", "same", "1", "2"),
    ("articles", "distinct", "1", "2"),
    ("plan", "weekly", *AT),
    ("preview", "weekly", *AT, "--out", "preview", "--send-to", "you@harbour.example"),
    ("draft", "weekly", *AT),
    ("!", "edit", "weekly", "--intro", "Good morning."),
    ("publish", "weekly", *AT, "--now", "--yes"),
    ("lint", "1"),
    ("print", "1"),
    ("export-site", "public"),
    ("!", "subscribers", "remove", "cy@reader.example"),
    ("subscribers", "show", "cy@reader.example"),
    ("subscribers", "list"),
    ("deliver",),
    ("!", "subscribers", "add", "dee@reader.example", *TRIAL),
    ("remind",),
    ("send", "weekly", *AT, "--yes"),
    ("status", "1"),
    ("!", "settle", "1", "--failed"),
    ("retry", "1"),
    ("explain", "weekly", "orchestra", *AT),
    ("!", "set"),
    ("check",),
)
"""Every command that answers in JSON; "!" is only to get there."""
GROUPS = {"subscribers", "dkim", "migrate", "key"}
SIGNED = """[mail.dkim]
domain = "harbour.example"
selector = "s1"
key = { file = "dkim.pem" }"""
READERS = """email,name,topics
bo@reader.example,Bo Ferris,culture
cy@reader.example,,
dee@reader.example,,
nobody,,
"""


EXPORT = "".join(
    [HEAD, a_post("Ferries"), a_post("Layoffs", status="draft"), a_post("", post_type="revision")]
)
MORE_READERS = """email,shoe size,status
bo@reader.example,38,active
eli@reader.example,,spam
eli@reader.example,,active
<fay@reader.example>,,pending
"""


def answer(*words):
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()),
    ):
        run_command([*words, "--json"])
    return json.loads(out.getvalue())


def test_answers_in_json_have_the_shapes_that_are_told(begun):
    Path("readers.csv").write_text(READERS)
    Path("more.csv").write_text(MORE_READERS)
    Path("export.xml").write_text(EXPORT)
    begun.set("[[newsletter]]\nslug = 'other'\n")
    begun.set("[trial]\nremind = '7d'\n")
    begun.set("[[feed]]\nurl = 'http://127.0.0.1:9/feed.xml'\n")
    config = Path("config.toml")
    config.write_text(config.read_text().replace("max_articles = 20", "max_articles = 1"))
    told = dict(documented())
    with serving(Moody) as server:
        begun.server = f"127.0.0.1:{server.port}"
        begun.set('[mail]\ntransport = "smtp"\n[mail.smtp]\nhost = "h.example"\nport = 25\n'
                  'security = "none"')  # fmt: skip
        for words in ASKED:
            if words == ("!", "set"):
                begun.set('[mail.smtp]\nusername = "weekly"')
            elif words == ("!", "sign"):
                begun.set(SIGNED)
            elif words[0] == "!":
                begun.digest(*words[1:])
            else:
                pair = words[0] in {"subscribers", "dkim", "migrate", "key"}
                pair = pair or words[1:2] in {("set",), ("same",), ("distinct",)}
                verb = " ".join(words[: 1 + pair])
                found = told.pop(verb, told.get("import", {}).get("articles"))
                assert unlike(found, answer(*words)) == [], verb
                if verb == "import":
                    told[verb] = found  # `articles` has no example of its own
    assert set(told) == {"import"}


def documented():
    """The examples, by verb."""
    for verb, text in re.findall(r"(?ms)^### `digest (.*?)`\n(.*?)(?=^##|\Z)", COMMANDS):
        for block in re.findall(r"(?ms)^```json\n(.*?)^```", text):
            yield verb, json.loads(block)


OPEN = {"counts", "topic_reasons", "had_elsewhere"}
"""Objects whose keys are values."""


def unlike(told, real, where="answer", name="") -> list[str]:
    """Where an answer has another shape than its example; null goes with everything."""
    if told is None or real is None:
        return []
    if type(told) is not type(real) and {type(told), type(real)} != {int, float}:
        return [f"{where}: {told!r} is told, it is {real!r}"]
    if isinstance(told, dict):
        shared = told.keys() & real.keys()
        faults = [f"{where}: {key}" for key in told.keys() ^ real.keys() if name not in OPEN]
        return faults + [
            fault for key in shared for fault in unlike(told[key], real[key], f"{where}.{key}", key)
        ]
    if isinstance(told, list):
        if bool(told) < bool(real):
            return [f"{where}: the example is empty"]
        return [fault for one in real for fault in unlike(told[0], one, f"{where}[]")]
    return []


# ---------------------------------------------------------------- messages and states


def test_a_message_has_the_header_that_is_told_in_its_order(begun):
    begun.digest("dkim", "keygen")
    begun.set(SIGNED)
    begun.digest("preview", "weekly", *AT, "--as", "ada@reader.example", "--out", "preview")
    message = message_from_bytes(Path("preview/message.eml").read_bytes(), policy=policy.default)

    assert message.keys() == first_column(section(MESSAGE, "## The header"))
    assert [part.get_content_type() for part in message.iter_parts()] == first_column(
        section(MESSAGE, "## The parts")
    )


def test_a_message_has_no_scripts_and_loads_nothing_by_its_styles(begun):
    begun.digest("preview", "weekly", *AT, "--out", "preview")
    html = Path("preview/message.html").read_text()
    assert "There are no scripts" in MESSAGE
    assert not re.search(r"<(script|iframe|form)\b|url\(", html)


def test_every_state_is_told():
    assert first_column(section(STATES, "## A delivery")) == list(DeliveryState)
    assert first_column(section(STATES, "## An edition")) == list(EditionState)


def test_the_numbers_of_the_states_are_those_of_the_code():
    told = " ".join(section(STATES, "## A delivery").split())
    minutes = [wait.total_seconds() / 60 for wait in smtp_outcome.RETRY_WAITS]
    assert minutes == [10, 30, 60, 120]
    assert "after 10 minutes, 30 minutes, 1 hour, 2 hours, then every 4 hours" in told
    assert smtp_outcome.MAX_RETRY_WAIT.total_seconds() == 4 * 3600
    assert f"after {smtp_outcome.MOST_ATTEMPTS} attempts" in told
    assert f"under a lease of {ledger.CLAIM_LEASE.total_seconds() / 60:.0f} minutes" in told
    assert f"after {deliver.SECOND_COPY_AFTER.total_seconds() / 60:.0f} minutes with" in told
    assert circuit_breaker.HOST_TROUBLE_LIMIT == 3
    assert "the third in a row ends the run" in told
    assert deliver.SILENCE.days == 1


# ---------------------------------------------------------------- faults

FAULTS = (REFERENCE / "faults.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_every_fault_has_a_test_or_a_reason():
    rows = re.findall(r"(?m)^\| (\d+) \| (.+?) \| (.+?) \| (.*?) ?\|$", FAULTS)
    assert [int(number) for number, *_ in rows] == list(range(1, 85))
    untested = [number for number, _, _, held in rows if not NAMED.search(held)]
    assert untested == ["21"]  # it says why
