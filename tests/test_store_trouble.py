"""A store that can't be written in the middle of a send, by real processes.

Nothing goes out that isn't in the ledger before, nobody is lost, and the send goes on by itself
when the cause is gone.
"""

import resource
import sqlite3
from collections import Counter
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from digest.actions.editions.publish import publish
from digest.app import App, now
from digest.config.load import load_config
from tests.processes import start
from tests.publications import found
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article, states

__all__ = ["start"]

pytestmark = pytest.mark.slow
READERS = [f"reader{n}@reader.example" for n in range(400)]
BEGUN = {"sent", "in_data"}


def a_publication(folder, server):
    """A frozen edition for four hundred readers; the app is for looking into its store."""
    app = App(load_config(found(folder, transport="smtp", smtp_port=server.port)))
    keep_article(app.db, published=now() - timedelta(days=1))
    enrol(app.db, *READERS, now=now() - timedelta(days=3))
    publish(app.db, app.factory, app.newsletter("weekly"), now(), now())
    return app


def copies(server):
    """How often each reader was sent a whole message."""
    return Counter(one.rcpt_tos[0] for one in server.completed)


async def in_the_middle(server, running):
    await running.until(lambda _: len(server.messages) >= 20)


def begun(app):
    """Whose message may have gone out, by the ledger."""
    return {who for who, state in states(app.db).items() if state in BEGUN}


async def goes_on(server, app, running):
    """It comes to its end by itself, and everybody has one."""
    await running.until(lambda _: set(states(app.db).values()) == {"sent"})
    assert await running.end() == 0, running.err
    assert copies(server) == Counter(READERS)
    app.db.close()


async def test_a_full_disk_stops_it_before_the_dot_and_room_lets_it_go_on(tmp_path, start):
    async with SmtpServer() as server:
        app = a_publication(tmp_path, server)
        running = await start(app.settings.path, "work")
        await in_the_middle(server, running)
        # No file of that process may grow; what the log of the store holds may be written anew.
        limit(running, 0)
        await running.until(lambda one: "deliver.waits" in one.err)
        assert "the disk is full, at its limit or failing" in running.err
        stopped = copies(server)
        assert set(stopped) <= begun(app)
        assert len(stopped) < len(READERS)

        limit(running, resource.RLIM_INFINITY)
        await goes_on(server, app, running)


def limit(running, size):
    """How large a file of a process may become."""
    _, most = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (size, most))


async def test_while_another_program_holds_the_store_nothing_is_begun(tmp_path, start):
    async with SmtpServer() as server:
        app = a_publication(tmp_path, server)
        running = await start(app.settings.path, "work")
        await in_the_middle(server, running)
        with lock(app):
            may = begun(app)
            await running.until(lambda _: set(copies(server)) == may)
            # The server wants the next bodies by now, and gets none of their dots.
            await running.until(lambda _: server.verbs.count("DATA") > len(may))
            assert set(copies(server)) == may == begun(app)
            assert len(may) < len(READERS)
        await goes_on(server, app, running)


@contextmanager
def lock(app):
    """Hold the store as another program would that writes for long."""
    with closing(sqlite3.connect(app.db.path, timeout=30, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


async def test_a_store_that_is_taken_away_is_not_written_and_goes_on_when_it_is_back(
    tmp_path, start
):
    async with SmtpServer() as server:
        app = a_publication(tmp_path, server)
        running = await start(app.settings.path, "work")
        await in_the_middle(server, running)
        away = app.db.path.rename(tmp_path / "away.db")
        await running.until(lambda one: "deliver.waits" in one.err)
        assert "was moved away or replaced while it was in use" in running.err
        assert len(copies(server)) < len(READERS)

        away.rename(app.db.path)
        await goes_on(server, app, running)


async def test_a_store_that_another_takes_the_place_of_is_not_written(tmp_path, start):
    async with SmtpServer() as server:
        app = a_publication(tmp_path, server)
        running = await start(app.settings.path, "work")
        await in_the_middle(server, running)
        away = app.db.path.rename(tmp_path / "away.db")
        app.db.path.write_bytes(b"")
        await running.until(lambda one: "deliver.waits" in one.err)

        away.replace(app.db.path)
        await goes_on(server, app, running)
