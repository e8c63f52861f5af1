"""The heartbeats end without cutting anything off."""

import asyncio
from dataclasses import replace

from digest.config.load import load_config
from digest.scheduler import Scheduler
from tests.office import (
    PEOPLE,
    SOON,
    Hands,
    app,
    counted,
    editions_in,
    in_flight,
    store,
)
from tests.publications import write_config
from tests.web_server import endless, serving

__all__ = ["app", "store"]


async def test_stopping_finishes_what_is_in_flight_and_begins_nothing_more(app):
    app.office.open.clear()
    scheduler = Scheduler(Hands(app))
    scheduler.start()
    await in_flight(app.office, 1)

    stopping = asyncio.create_task(scheduler.stop())
    await asyncio.sleep(0)
    app.office.open.set()

    assert await stopping
    assert len(app.office.sent) == 1
    assert counted(app) == {"pending": len(PEOPLE) - 1, "sent": 1}


async def test_what_takes_longer_than_the_grace_is_named_as_uncertain(app):
    app.office.open.clear()
    scheduler = Scheduler(Hands(app))
    scheduler.start()
    await in_flight(app.office, 1)

    assert not await scheduler.stop(grace=0.01)

    assert counted(app) == {"pending": len(PEOPLE) - 1, "uncertain": 1}


async def test_after_stopping_no_beat_begins(app):
    scheduler = Scheduler(Hands(app))
    await scheduler.stop()

    await scheduler.beat("deliver")
    await scheduler.beat("publish")

    assert editions_in(app) == []


async def test_stopping_twice_is_harmless(app):
    scheduler = Scheduler(Hands(app))
    scheduler.start()

    assert await scheduler.stop()
    assert await scheduler.stop()


async def test_stopping_does_not_wait_for_a_slow_feed(app):
    async with serving() as site:
        site.pages["/slow"] = endless(b"x", pause=0.01)
        more = f'[[feed]]\nurl = "{site.url("/slow")}"\nallow_private = true\n'
        write_config(app.settings.path.parent, more=more)
        slow = replace(app, settings=load_config(app.settings.path))
        scheduler = Scheduler(Hands(slow))
        going = asyncio.create_task(scheduler.beat("ingest"))
        async with asyncio.timeout(SOON):
            while not site.asked:
                await asyncio.sleep(0.01)

        assert await scheduler.stop(grace=SOON)
        await going
        slow.db.close()
