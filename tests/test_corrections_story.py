"""A correction by commands, through real SMTP, and with senders killed on the way."""

import asyncio
from datetime import timedelta

import pytest

from tests.builders import MONDAY
from tests.cli.conftest import digest, home, is_refused
from tests.processes import start
from tests.publications import found, open_app, write_article
from tests.smtp_server import SmtpServer, serving
from tests.stock import enrol

__all__ = ["digest", "home", "start"]

NOTE = "The gauge stands on pier four, not five."
OLD = "The gauge stands on pier five, where the pilots drink their coffee, and it never stopped."


def publication(digest, home, port, readers):
    config = found(home, transport="smtp", smtp_port=port)
    write_article(home / "a", "The tide gauge", text=OLD)
    digest("import", "a")
    app = open_app(config)
    enrol(app.db, *readers, now=MONDAY - timedelta(days=30))
    app.db.close()
    return config


def correct(digest, home):
    write_article(home / "a", "The tide gauge", text=OLD.replace("five", "four"))
    assert digest("import", "a", "--json").answer["updated"] == 1
    listed = digest("corrections")
    assert "text: “five,” is now “four,”" in listed.out
    assert digest("corrections", "add", "gauge", NOTE).code == 0


def test_it_is_listed_marked_planned_and_mailed_by_commands(digest, home):
    with serving() as server:
        publication(digest, home, server.port, ["ada@reader.example", "bo@reader.example"])
        at = MONDAY.isoformat()
        assert digest("send", "weekly", "--at", at, "--yes", "--json").answer["sent"] == 2
        server.messages.clear()
        is_refused(digest("corrections", "send", "gauge", "--yes"), "has no correction")
        correct(digest, home)

        (row,) = digest("corrections", "--json").answer
        assert (row["readers"], row["editions"]) == (2, [1])
        assert row["body_changes"] == [{"before": "five,", "after": "four,"}]
        assert [one["note"] for one in row["corrections"]] == [NOTE]
        is_refused(digest("corrections", "send", "gauge"), "say --yes to send")
        dry = digest("corrections", "send", "gauge", "--dry-run")
        assert dry.out == f"weekly: 2 readers would get “{NOTE}”\n"
        assert server.messages == []

        sent = digest("corrections", "send", "gauge", "--yes")
        again = digest("corrections", "send", "gauge", "--yes")

    assert "2 sent" in sent.out
    assert again.out == "Nobody is left to be told.\n"
    assert sorted(to for one in server.messages for to in one.rcpt_tos) == [
        "ada@reader.example",
        "bo@reader.example",
    ]
    assert NOTE in digest("explain", "weekly", "gauge").out
    assert "weekly/corrections" in digest("status").out


@pytest.mark.slow
async def test_a_sender_that_is_killed_loses_and_repeats_nobody(digest, home, start):
    readers = [f"reader{n}@reader.example" for n in range(120)]
    async with SmtpServer() as server:
        config = await asyncio.to_thread(publication, digest, home, server.port, readers)
        at = MONDAY.isoformat()
        first = await start(config, "send", "weekly", "--at", at, "--yes")
        assert await first.ended() == 0
        assert len(server.messages) == 120
        server.messages.clear()
        await asyncio.to_thread(correct, digest, home)

        for accepted in (1, 30, 70):
            running = await start(config, "corrections", "send", "gauge", "--yes")
            await running.until(lambda _, accepted=accepted: len(server.messages) >= accepted)
            running.process.kill()
            await running.ended()
        last = await start(config, "corrections", "send", "gauge", "--yes")
        assert await last.ended() == 0
        while server.open:  # what the killed ones left in the kernel's hands
            await asyncio.sleep(0.01)

    got = [to for one in server.messages for to in one.rcpt_tos]
    status = await asyncio.to_thread(digest, "status", "2", "--json")
    (edition,) = status.answer["editions"]
    assert len(got) == len(set(got))
    assert set(readers) - set(got) <= set(edition["uncertain"])
    assert len(edition["uncertain"]) <= 3 * 3
    assert edition["counts"]["sent"] + len(edition["uncertain"]) == 120
