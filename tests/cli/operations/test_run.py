"""Real processes: they start, say what they do, end without losing anything, and share a store."""

import asyncio
import contextlib
import os
import signal
import socket
from collections import Counter
from datetime import timedelta

import httpx2
import pytest

from digest.actions.editions.publish import publish
from digest.app import App, now
from digest.config.load import load_config
from digest.core.message.signed_token import sign
from tests.processes import SOON, start
from tests.publications import SECRET, found
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article, states

__all__ = ["start"]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def a_publication(folder, *readers, **config):
    """A publication of today in a folder; the app is for looking into its store."""
    path = found(folder, port=free_port(), **config)
    app = App(load_config(path))
    keep_article(app.db, published=now() - timedelta(days=1))
    enrol(app.db, *(readers or ("ada@reader.example",)), now=now() - timedelta(days=3))
    return app


@pytest.fixture
def opened():
    """Apps to close in the end."""
    apps: list[App] = []
    yield apps
    for app in apps:
        app.db.close()


def url(app, path="/healthz"):
    return app.settings.web.url + path


def answers(app):
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(url(app)).status_code == 200
    return False


def greeted(running):
    return "Ctrl-C ends it" in running.out


def counted(app):
    return dict(Counter(states(app.db).values()))


def freeze(app):
    """An edition for everybody, ready to be sent."""
    at = now()
    return publish(app.db, app.factory, app.newsletter("weekly"), at, at)


async def test_run_says_what_it_does_and_ends_when_told(tmp_path, opened, start):
    app = a_publication(tmp_path)
    opened.append(app)
    running = await start(app.settings.path, "run")

    await running.until(lambda _: answers(app))
    token = sign("unsubscribe", 1, SECRET)
    assert httpx2.get(url(app, f"/unsubscribe/{token}")).status_code == 200
    assert httpx2.post(url(app, f"/unsubscribe/{token}/")).status_code == 200
    code = await running.end(signal.SIGINT)

    assert code == 0
    assert app.settings.web.url in running.out
    assert "every Monday at 07:30; next Mon" in running.out
    assert "nothing leaves this machine" in running.out
    assert "Finishing what is in flight" in running.err
    assert "unsubscribed" in running.err
    assert token not in running.err
    assert "Traceback" not in running.err


@pytest.mark.slow
async def test_two_processes_on_one_store_make_one_edition_and_send_each_message_once(
    tmp_path, opened, start
):
    people = [f"reader{n}@reader.example" for n in range(20)]
    daily = 'schedule = { every = "day", at = "00:00" }\nlate = "send"'
    app = a_publication(tmp_path, *people, newsletter=daily)
    opened.append(app)
    other = found_beside(app)

    both = [await start(config, "run") for config in (app.settings.path, other)]
    for one in both:
        await one.until(greeted)
    await both[0].until(lambda _: counted(app) == {"sent": len(people)})
    codes = [await one.end() for one in both]

    assert codes == [0, 0]
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == len(people)
    assert editions_in(app) == 1


def found_beside(app):
    """A second config on the same store, with another port."""
    path = app.settings.path.with_name("second.toml")
    first = str(app.settings.web.listen.rpartition(":")[2])
    path.write_text(app.settings.path.read_text().replace(first, str(free_port())))
    return path


def editions_in(app):
    from sqlalchemy import text

    return app.db.read(lambda tx: tx.execute(text("SELECT count(*) FROM edition")).scalar_one())


FIRST = [f"first{n}@reader.example" for n in range(5)]
REST = [f"stall+{n}@reader.example" for n in range(23)]


async def in_flight(tmp_path, opened, start, server):
    """A process in the middle of a send: five are sent, three are on the wire, the rest waits."""
    app = a_publication(tmp_path, *FIRST, *REST, transport="smtp", smtp_port=server.port)
    opened.append(app)
    freeze(app)
    running = await start(app.settings.path, "run")
    await running.until(
        lambda _: counted(app) == {"sent": len(FIRST), "in_data": 3, "claimed": len(REST) - 3}
    )
    return app, running


@pytest.mark.slow
async def test_sigterm_in_the_middle_of_a_send_finishes_what_is_in_flight(tmp_path, opened, start):
    async with SmtpServer() as server:
        app, running = await in_flight(tmp_path, opened, start, server)
        stalled = [email for email, state in states(app.db).items() if state == "in_data"]

        running.process.send_signal(signal.SIGTERM)
        await running.until(lambda running: "Finishing" in running.err)
        server.resume.set()
        code = await asyncio.wait_for(running.process.wait(), SOON)

        accepted = {message.rcpt_tos[0] for message in server.messages}
    assert code == 0
    assert accepted == {*FIRST, *stalled}
    assert {email for email, state in states(app.db).items() if state == "sent"} == accepted
    assert counted(app) == {"sent": len(accepted), "pending": len(REST) - 3}


@pytest.mark.slow
async def test_a_second_signal_aborts_and_the_next_start_names_what_is_uncertain(
    tmp_path, opened, start
):
    async with SmtpServer() as server:
        app, running = await in_flight(tmp_path, opened, start, server)

        running.process.send_signal(signal.SIGTERM)
        await running.until(lambda running: "Finishing" in running.err)
        assert await running.end() == -signal.SIGTERM

        server.resume.set()
        again = await start(app.settings.path, "work")
        done = {"sent": len(FIRST) + len(REST) - 3, "uncertain": 3}
        await again.until(lambda _: counted(app) == done)
        assert await again.end() == 0

        assert len(server.messages) >= len(FIRST) + len(REST) - 3
    assert "uncertain=3" in again.err


@pytest.mark.slow
async def test_serve_shows_pages_and_sends_nothing(tmp_path, opened, start):
    app = a_publication(tmp_path)
    opened.append(app)
    freeze(app)
    running = await start(app.settings.path, "serve")

    await running.until(lambda _: answers(app))
    assert await running.end() == 0

    assert counted(app) == {"pending": 1}
    assert "written to" not in running.out


# ---------------------------------------------------------------- what stops it from starting


def test_a_port_that_is_taken_is_one_clear_message(tmp_path, opened, digest):
    app = a_publication(tmp_path)
    opened.append(app)
    with socket.create_server(("127.0.0.1", int(app.settings.web.listen.rpartition(":")[2]))):
        answer = digest("--config", app.settings.path, "run")

    assert answer.code == 1
    assert "config.toml:19: web.listen" in answer.err
    assert "taken" in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_damaged_store_is_one_clear_message(tmp_path, opened, digest):
    app = a_publication(tmp_path)
    app.db.close()
    damaged = bytearray(app.db.path.read_bytes())
    damaged[8192:60000] = os.urandom(60000 - 8192)
    app.db.path.write_bytes(damaged)

    answer = digest("--config", app.settings.path, "serve")

    assert answer.code == 1
    assert "damaged" in answer.err
    assert "Traceback" not in answer.err


def test_a_missing_secret_is_one_clear_message(tmp_path, digest):
    config = found(tmp_path)
    (tmp_path / "secret.key").unlink()

    answer = digest("--config", config, "work")

    assert answer.code == 2
    assert "web.secret" in answer.err
    assert len(answer.err.splitlines()) == 1
