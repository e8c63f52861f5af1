"""`digest preview`: the exact message, as files, in the browser or in your inbox."""

import json
import tempfile
from email import message_from_bytes, policy

import click
import pytest

from digest.core.message.signed_token import verify
from tests.cli.conftest import MONDAY, is_refused
from tests.publications import SECRET, write_config
from tests.smtp_server import serving

AT = ("--at", MONDAY)


@pytest.fixture(autouse=True)
def _place(publication):
    publication("ada@reader.example")


def message_in(folder):
    return message_from_bytes((folder / "message.eml").read_bytes(), policy=policy.default)


def subscription(message) -> int | None:
    """Whose unsubscribe link this is."""
    token = message["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    return verify("unsubscribe", token, SECRET)


def test_it_writes_the_message_its_parts_and_the_plan(digest, home):
    ended = digest("preview", "weekly", *AT, "--out", "look/here")

    folder = home / "look/here"
    assert (ended.code, ended.err) == (0, "")
    size = (folder / "message.eml").stat().st_size
    assert ended.out.splitlines() == [
        f"“The tide gauge”, {size:,} bytes",
        *(f"  look/here/{n}" for n in ("message.eml", "message.html", "message.txt", "plan.json")),
    ]
    message = message_in(folder)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert html.get_content().encode() == (folder / "message.html").read_bytes()
    assert text.get_content().encode() == (folder / "message.txt").read_bytes()
    plan = json.loads((folder / "plan.json").read_text())
    assert plan["subject"] == message["Subject"] == "The tide gauge"
    assert plan["lead"]["title"] == "The tide gauge"


def test_the_answer_in_json_names_the_files(digest):
    answer = digest("preview", "weekly", *AT, "--out", "p", "--json").answer
    assert set(answer) == {"subject", "bytes", "teasers", "corrections", "findings", "files"}
    assert answer["files"][0] == "p/message.eml"


def test_what_is_wrong_with_it_is_shown(digest, home):
    config = home / "config.toml"
    long = '[[newsletter]]\nsubject = "' + "so much " * 10 + '"'
    config.write_text(config.read_text().replace("[[newsletter]]", long, 1))

    ended = digest("preview", "weekly", *AT, "--out", "p")

    said = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert "warning H3 expected: the subject has at most 70 characters" in said
    assert "found: 79 characters" in said
    (found,) = json.loads((home / "p/plan.json").read_text())["findings"]
    assert (found["id"], found["severity"]) == ("H3", "warning")


def test_a_preview_for_nobody_unsubscribes_nobody(digest, home):
    digest("preview", "weekly", *AT, "--out", "p")
    assert subscription(message_in(home / "p")) == 0
    digest("preview", "weekly", *AT, "--as", "ADA@reader.example", "--out", "p")
    assert subscription(message_in(home / "p")) == 1
    assert message_in(home / "p")["To"] == "ada@reader.example"


def test_a_preview_leaves_the_ledger_untouched(digest):
    digest("preview", "weekly", *AT, "--as", "ada@reader.example", "--out", "p")
    assert digest("status", "--json").answer["editions"] == []


def test_it_is_shown_in_the_browser(digest, home, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    shown: list[str] = []
    monkeypatch.setattr(click, "launch", shown.append)

    ended = digest("preview", "weekly", *AT, "--open")

    assert ended.code == 0
    (page,) = shown
    assert page.endswith("/message.html")
    assert f"  {page}\n" in ended.out


def test_it_can_be_sent_to_oneself_with_links_that_unsubscribe_nobody(digest, home):
    with serving() as server:
        write_config(home, transport="smtp", smtp_port=server.port)
        ended = digest("preview", "weekly", *AT, "--send-to", "editor@harbour.example")
        answer = digest(
            "preview",
            "weekly",
            *AT,
            "--as",
            "ada@reader.example",
            "--json",
            "--send-to",
            "editor@harbour.example",
        ).answer

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Sent to editor@harbour.example: ")
    assert set(answer) == {
        "subject",
        "bytes",
        "teasers",
        "corrections",
        "findings",
        "sent_to",
        "answer",
    }
    for received in server.messages:
        assert received.rcpt_tos == ("editor@harbour.example",)
        message = message_from_bytes(received.message, policy=policy.default)
        assert message["To"] == "editor@harbour.example"
        assert subscription(message) == 0
    assert digest("status", "--json").answer["editions"] == []


@pytest.mark.parametrize(
    ("to", "why"),
    [("rcpt-550@fault.test", "550"), ("dot-drop@fault.test", "the preview was not sent")],
)
def test_a_server_that_does_not_take_it_is_one_message(digest, home, to, why):
    with serving() as server:
        write_config(home, transport="smtp", smtp_port=server.port)
        ended = digest("preview", "weekly", *AT, "--send-to", to)
    assert is_refused(ended, to, why, code=1)


def test_too_little_for_an_edition_is_told(digest):
    ended = digest("preview", "weekly", "--at", "2025-01-06", "--out", "p")
    assert is_refused(ended, "weekly: no edition at this moment: no article was", code=1)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "say where to: --out DIR, --open or --send-to ADDR"),
        (("--out", "p", "--as", "no@reader.example"), "no@reader.example: no such subscriber"),
        (("--send-to", "nobody"), '"nobody" has no @'),
        (("--out", "articles/the-tide-gauge.txt"), "can't be written"),
    ],
)
def test_what_cannot_be_done_is_one_message(digest, words, why):
    assert is_refused(digest("preview", "weekly", *AT, *words), why)


def test_without_the_key_of_the_links_there_is_no_preview(digest, home):
    (home / "secret.key").unlink()
    assert is_refused(digest("preview", "weekly", *AT, "--out", "p"), "web.secret", "digest init")


def test_a_preview_of_plain_text_has_no_html_file(digest, home):
    from digest.app import App
    from digest.config.load import load_config
    from digest.core.message.story_choice import Format
    from digest.store.readers import subscriber_settings

    app = App(load_config(home / "config.toml"))
    app.db.write(subscriber_settings.set_format, "ada@reader.example", Format.TEXT)
    app.db.close()

    ended = digest("preview", "weekly", *AT, "--as", "ada@reader.example", "--out", "x")

    assert ended.code == 0
    assert sorted(path.name for path in (home / "x").iterdir()) == [
        "message.eml",
        "message.txt",
        "plan.json",
    ]
    assert digest("lint", "x/message.eml").code == 0
