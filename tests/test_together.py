"""Several processes at once on one store, as two machines in a hurry would be."""

import asyncio
import json
import signal
import socket
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.app import App, now
from digest.config.load import load_config
from digest.store.editions import editions
from digest.store.newsletters import slots
from scripts.killing.crowd import meet, plan
from tests.processes import start
from tests.publications import found
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article, states

__all__ = ["start"]
SEEDS = (5, 8)
"""Of the crowds; `scripts/kill-matrix crowd --crowds 100` meets more of them."""

pytestmark = pytest.mark.slow
READERS = [f"reader{n}@reader.example" for n in range(240)]
BERLIN = ZoneInfo("Europe/Berlin")
DONE = {"sent", "uncertain"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def a_publication(folder, server):
    """A newsletter that was due two minutes ago, in a store with two configs; its app and slot."""
    slot = (now() - timedelta(minutes=2)).replace(second=0, microsecond=0)
    due = f'schedule = {{ every = "day", at = "{slot.astimezone(BERLIN):%H:%M}" }}'
    port = free_port()
    config = found(
        folder,
        transport="smtp",
        smtp_port=server.port,
        port=port,
        newsletter=f'{due}\nlate = "send"',
    )
    text = config.read_text()
    (folder / "second.toml").write_text(text.replace(f":{port}", f":{free_port()}"))
    app = App(load_config(config))
    app.db.write(slots.know, "weekly", slot - timedelta(hours=1))
    keep_article(app.db, published=slot - timedelta(days=1))
    enrol(app.db, *READERS, now=slot - timedelta(days=1))
    return app, slot


def all_done(app) -> bool:
    return len(left := states(app.db)) == len(READERS) and set(left.values()) <= DONE


def copies(server):
    return Counter(one.rcpt_tos[0] for one in server.completed)


@pytest.mark.parametrize("asked_for", ["the slot", "now"])
async def test_two_schedulers_and_a_person_who_sends_mail_nobody_twice(tmp_path, start, asked_for):
    async with SmtpServer() as server:
        app, slot = a_publication(tmp_path, server)
        at = ("--at", slot.isoformat()) if asked_for == "the slot" else ()
        one, other, person = await asyncio.gather(
            start(app.settings.path, "run"),
            start(tmp_path / "second.toml", "run"),
            start(app.settings.path, "send", "weekly", *at, "--yes", "--json"),
        )
        assert await person.ended() in {0, 1}, person.err
        await one.until(lambda _: all_done(app))
        assert [await running.end() for running in (one, other)] == [0, 0]

        assert copies(server) == Counter(READERS)
    assert set(states(app.db).values()) == {"sent"}
    sent = [kept for kept in app.db.read(editions.newest_editions) if kept.state == "sent"]
    assert len(sent) == 1
    app.db.close()


async def test_senders_who_share_an_edition_send_each_message_once(tmp_path, start):
    async with SmtpServer() as server:
        app, slot = a_publication(tmp_path, server)
        at = ("--at", slot.isoformat())
        published = await start(app.settings.path, "publish", "weekly", *at)
        assert await published.ended() == 0, published.err
        senders = await asyncio.gather(
            *(start(app.settings.path, "send", "weekly", *at, "--yes", "--json") for _ in range(3))
        )
        assert [await one.ended() for one in senders] == [0, 0, 0], senders[0].err

        assert copies(server) == Counter(READERS)
    assert sum(json.loads(one.out)["sent"] for one in senders) == len(READERS)
    app.db.close()


async def test_of_two_schedulers_one_is_killed_and_the_other_goes_on(tmp_path, start):
    async with SmtpServer() as server:
        app, _ = a_publication(tmp_path, server)
        one, other = await asyncio.gather(
            start(app.settings.path, "run"), start(tmp_path / "second.toml", "run")
        )
        await one.until(lambda _: len(server.messages) >= 40)
        one.process.kill()
        assert await one.ended() == -signal.SIGKILL
        await other.until(lambda _: all_done(app))  # without waiting for a lease
        assert await other.end() == 0, other.err
        got = copies(server)

    left = states(app.db)
    uncertain = {email for email, state in left.items() if state == "uncertain"}
    assert max(got.values()) == 1
    assert set(READERS) - set(got) <= uncertain
    assert len(uncertain) <= 3
    app.db.close()


@pytest.mark.parametrize("seed", SEEDS)
async def test_whoever_comes_and_goes_nobody_is_mailed_twice_or_lost(tmp_path, seed):
    met = await meet(tmp_path, seed, 150)

    assert met.well, (met.audit, met.said)
    assert met.audit.readers == 150
    assert max(met.copies.values()) == 1


def test_crowds_differ_and_the_same_seed_is_the_same_crowd():
    plans = [plan(seed, 400) for seed in range(200)]
    assert plans == [plan(seed, 400) for seed in range(200)]
    assert {step.words[0] for steps in plans for step in steps if step.words} == {
        *("run", "work", "send", "deliver")
    }
    assert all(steps[0].words for steps in plans)
    assert {step.how for steps in plans for step in steps if not step.words} == {
        signal.SIGKILL,
        signal.SIGTERM,
    }
