"""The whole story, through real parts: files, the store, SMTP, the web site and processes."""

import asyncio
import json
import re
import signal
from collections import Counter
from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from digest.actions.delivery.claims import CLAIMS_PER_QUERY
from digest.app import load
from digest.web.app import site
from tests.cli.conftest import MONDAY, digest, home
from tests.processes import start
from tests.publications import found, open_app, write_article
from tests.smtp_server import SmtpServer, serving
from tests.stock import enrol, keep_article, states

__all__ = ["digest", "home", "start"]

AT = ("--at", MONDAY)
SEND = ("send", "weekly", *AT, "--yes", "--json")
LIST = """\
email,name,tier,status
ada@reader.example,Ada Quay,subscriber,active
ben@reader.example,"Großkopf, Bénédicte",free,
leser@bücher.example,,,
cleo@reader.example,Cleo,,unsubscribed
nobody at all,,,
"""


def use_smtp(home, port):
    """Change the starter config as an admin does who begins to send for real."""
    config = home / "config.toml"
    text = config.read_text()
    for key, value in {
        "transport": '"smtp"',
        "host": '"127.0.0.1"',
        "port": str(port),
        "security": '"none"',
    }.items():
        text, changed = re.subn(rf"(?m)^{key} = \S+", f"{key} = {value}", text)
        assert changed == 1
    config.write_text(text)


def begin(digest, home, port):
    """A new publication of three readers, made with commands only."""
    assert digest("init").code == 0
    use_smtp(home, port)
    write_article(home / "articles", "The tide gauge", on="March 7, 2026")
    write_article(home / "articles", "Tram 7 waits", by="Þóra Einarsdóttir", on="March 5, 2026")
    (home / "readers.csv").write_text(LIST)
    assert digest("import", "articles", "--json").answer["imported"] == 2
    assert digest("subscribers", "import", "readers.csv", "--json").answer["added"] == 3


def test_from_nothing_to_a_reader_who_leaves_for_good(digest, home):
    with serving() as server:
        begin(digest, home, server.port)
        plan = digest("plan", "weekly", *AT, "--json").answer
        first = digest(*SEND).answer
        received = {one.rcpt_tos[0]: one.message for one in server.messages}

        assert plan["audience"] == first["sent"] == 3
        assert set(received) == {
            *("ada@reader.example", "ben@reader.example", "leser@xn--bcher-kva.example")
        }
        message = message_from_bytes(received["ben@reader.example"], policy=policy.default)
        assert message["Subject"] == plan["lead"]["title"]
        assert message["To"].addresses[0].display_name == "Großkopf, Bénédicte"

        # What a mail program does at the press of its button (RFC 8058).
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = urlsplit(message["List-Unsubscribe"].strip("<>"))
        app = load(str(home / "config.toml"))
        with TestClient(site(lambda: app), follow_redirects=False) as pages:
            assert pages.get(link.path).status_code == 200
            answer = pages.post(link.path, data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
        app.db.close()

        # They stay gone: from the next edition, and from the next import of the list.
        again = digest("subscribers", "import", "readers.csv", "--json").answer
        assert (again["added"], again["left_earlier"]) == (0, 1)
        write_article(home / "articles", "The night ferry", on="March 12, 2026")
        digest("import", "articles")
        second = digest("send", "weekly", "--at", "2026-03-16T07:30", "--yes", "--json").answer

    assert (second["audience"], second["sent"]) == (2, 2)
    copies = Counter(one.rcpt_tos[0] for one in server.messages)
    assert copies == {
        "ada@reader.example": 2,
        "leser@xn--bcher-kva.example": 2,
        "ben@reader.example": 1,
    }
    # And the second edition held only what was new to its readers.
    news = message_from_bytes(server.messages[-1].message, policy=policy.default)
    assert news["Subject"] == "The night ferry"
    for part in news.walk():
        assert "tide gauge" not in str(part.get_payload(decode=True))


@pytest.mark.parametrize("reader", ["ada@reader.example", "ben@reader.example"])
def test_the_preview_is_the_send(digest, home, reader):
    with serving() as server:
        begin(digest, home, server.port)
        digest("preview", "weekly", *AT, "--as", reader, "--out", "before")
        digest(*SEND)
        digest("preview", "weekly", *AT, "--as", reader, "--out", "after")

    (received,) = (one.message for one in server.messages if one.rcpt_tos == (reader,))
    for folder in ("before", "after"):
        ours, theirs = _but_for_the_moment((home / folder / "message.eml").read_bytes(), received)
        assert ours == theirs


def _but_for_the_moment(*messages: bytes):
    """Each message without what says when it was composed, and as which delivery."""
    for message in messages:
        head, end, body = message.partition(b"\r\n\r\n")
        head, dropped = re.subn(rb"(?m)^(?:Date|Message-ID): [^\r]*\r\n", b"", head + end)
        assert dropped == 2
        yield head + body


def test_a_test_message_differs_only_by_its_reader(digest, home):
    with serving() as server:
        begin(digest, home, server.port)
        digest("preview", "weekly", *AT, "--send-to", "editor@harbour.example")
        digest(*SEND)

    for_test, *real = (one.message for one in server.messages)
    token, address = rb"\b\d+\.[\w-]{43}", rb"^(?:To: [^\r]*|(?:editor|ada|ben|leser)@[^\r]*)"
    theirs = re.compile(token + rb"|" + address, re.MULTILINE)
    plain = theirs.sub(b"", next(_but_for_the_moment(for_test)))
    for message in real:
        assert theirs.sub(b"", next(_but_for_the_moment(message))) == plain


def test_a_second_send_sends_nothing(digest, home):
    with serving() as server:
        begin(digest, home, server.port)
        first, second = digest(*SEND).answer, digest(*SEND).answer
        deliver = digest("deliver", "--json").answer

    assert (first["edition"], first["sent"]) == (second["edition"], 3)
    assert (second["sent"], deliver["counts"]) == (0, {})
    assert Counter(one.rcpt_tos[0] for one in server.completed).most_common(1)[0][1] == 1


def test_the_starter_config_runs_as_it_is(digest, home):
    digest("init")
    write_article(home / "articles")
    digest("import", "articles")
    digest("subscribers", "add", "ada@reader.example")

    sent = digest(*SEND).answer

    assert (sent["audience"], sent["sent"]) == (1, 1)
    (path,) = (home / "outbox").iterdir()
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["To"] == "ada@reader.example"
    assert message["From"] == "The Harbour Review <weekly@harbour.example>"
    assert message["Subject"] == "The tide gauge that never sleeps"
    assert digest("check").code == 0


# ---------------------------------------------------------------- processes that are ended

FIRST = [f"first{n}@reader.example" for n in range(5)]
EVERYBODY = [*FIRST, *(f"stall+{n}@reader.example" for n in range(23))]


def a_publication(folder, server, *readers):
    """A publication with one article, that sends over three connections; its app."""
    app = open_app(found(folder, transport="smtp", smtp_port=server.port))
    keep_article(app.db)
    enrol(app.db, *readers)
    return app


def counted(app):
    return dict(Counter(states(app.db).values()))


def copies(server):
    """How often each reader was sent the whole message, answered or not."""
    return Counter(one.rcpt_tos[0] for one in server.completed)


async def in_the_middle(app, start):
    """A send of which five messages are accepted, three on the wire, and the rest claimed."""
    running = await start(app.settings.path, *SEND)
    await running.until(lambda _: counted(app) == {"sent": 5, "in_data": 3, "claimed": 20})
    return running


async def answer_of(start, app, *words):
    """What a command answers in JSON; it must end well."""
    running = await start(app.settings.path, *words)
    assert await running.ended() == 0, running.err
    return json.loads(running.out)


async def test_a_killed_send_is_completed_by_the_next_one_and_nobody_gets_two(tmp_path, start):
    async with SmtpServer() as server:
        app = a_publication(tmp_path, server, *EVERYBODY)
        running = await in_the_middle(app, start)
        running.process.kill()
        assert await running.ended() == -signal.SIGKILL
        server.resume.set()  # what was on the wire may arrive after all: nobody can know

        (edition,) = (await answer_of(start, app, "status", "--json"))["editions"]
        stalled = edition["uncertain"]
        assert len(stalled) == 3
        assert {state: n for state, n in edition["counts"].items() if n} == {
            **{"sent": 5, "uncertain": 3},
            "pending": 20,
        }

        again = await answer_of(start, app, *SEND)
        assert (again["sent"], again["uncertain"]) == (20, 3)
        got = copies(server)
    assert max(got.values()) == 1
    assert set(EVERYBODY) - set(got) <= set(stalled)
    assert counted(app) == {"sent": 25, "uncertain": 3}
    app.db.close()


@pytest.mark.slow
async def test_a_send_whose_terminal_goes_away_finishes_what_is_in_flight(tmp_path, start):
    async with SmtpServer() as server:
        app = a_publication(tmp_path, server, *EVERYBODY)
        running = await in_the_middle(app, start)
        in_flight = [email for email, state in states(app.db).items() if state == "in_data"]
        running.process.hear_no_more(2)  # nobody reads what it says
        running.process.send_signal(signal.SIGHUP)
        server.resume.set()

        assert await running.ended() == 1
        got = copies(server)
    assert set(in_flight) <= set(got)
    assert max(got.values()) == 1
    # Whether it hears the answers first or the signal, nobody can say.
    assert 8 <= len(got) <= 8 + 3
    assert counted(app) == {"sent": len(got), "pending": 28 - len(got)}
    app.db.close()


async def test_a_send_that_is_interrupted_finishes_what_is_in_flight_and_says_what_is_left(
    tmp_path, start
):
    async with SmtpServer() as server:
        app = a_publication(tmp_path, server, *EVERYBODY)
        running = await in_the_middle(app, start)
        in_flight = [email for email, state in states(app.db).items() if state == "in_data"]
        running.process.send_signal(signal.SIGINT)
        await running.until(lambda one: "inishing what is in flight" in one.err)
        server.resume.set()

        assert await running.ended() == 1
        # What was offered along with the end of these is not begun.
        assert copies(server) == Counter([*FIRST, *in_flight])
        assert len(in_flight) == 3
        offered = {line for _, line in server.commands if line.startswith("RCPT")}
        assert len(offered) == 8 + 3
        got = copies(server)
    answer = json.loads(running.out)
    assert (answer["sent"], answer["uncertain"]) == (len(got), 0)
    left = f"{28 - len(got)} of 28 are still to be sent; `digest deliver` goes on"
    assert left in running.err
    assert "Traceback" not in running.err
    assert counted(app) == {"sent": len(got), "pending": 28 - len(got)}
    app.db.close()


@pytest.mark.slow
async def test_two_sends_at_once_share_the_work_and_mail_nobody_twice(tmp_path, start):
    slow = [f"rcpt-late+{n}@reader.example" for n in range(3)]
    readers = [*slow, *(f"reader{n}@reader.example" for n in range(CLAIMS_PER_QUERY + 47))]
    async with SmtpServer() as server:
        app = a_publication(tmp_path, server, *readers)
        first = await start(app.settings.path, *SEND)
        await first.until(lambda _: counted(app) == {"claimed": CLAIMS_PER_QUERY, "pending": 50})
        second = await start(app.settings.path, *SEND)
        assert await second.ended() == 0, second.err
        server.resume.set()
        assert await first.ended() == 0, first.err

        assert copies(server) == Counter(readers)
    assert [json.loads(one.out)["sent"] for one in (first, second)] == [CLAIMS_PER_QUERY, 50]
    assert json.loads(first.out)["edition"] == json.loads(second.out)["edition"] == 1
    assert counted(app) == {"sent": CLAIMS_PER_QUERY + 50}
    app.db.close()


@pytest.mark.slow
async def test_after_any_number_of_kills_everybody_has_it_once_or_is_named(tmp_path, start):
    readers = [f"reader{n}@reader.example" for n in range(300)]
    async with SmtpServer() as server:
        app = a_publication(tmp_path, server, *readers)
        for accepted in (1, 40, 41, 150, 260):
            running = await start(app.settings.path, *SEND)
            await running.until(lambda _, accepted=accepted: len(server.messages) >= accepted)
            running.process.kill()
            await running.ended()
        last = await answer_of(start, app, *SEND)
        while server.open:  # what the killed ones left in the kernel's hands
            await asyncio.sleep(0.01)
        got = copies(server)

    (edition,) = (await answer_of(start, app, "status", "--json"))["editions"]
    assert max(got.values()) == 1
    assert set(readers) - set(got) <= set(edition["uncertain"])
    assert len(edition["uncertain"]) <= 5 * 3
    assert edition["counts"]["sent"] + len(edition["uncertain"]) == 300
    assert last["uncertain"] == len(edition["uncertain"])
    app.db.close()
