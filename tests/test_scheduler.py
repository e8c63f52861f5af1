"""The heartbeats go on, whatever happens."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from digest.config.load import load_config
from digest.core.delivery.smtp_outcome import Accepted, Broken, Phase
from digest.scheduler import Scheduler
from digest.store.newsletters import slots
from digest.store.readers.bulk_subscribe import enrol_all
from tests.builders import MONDAY
from tests.office import (
    PEOPLE,
    Hands,
    Office,
    all_sent,
    app,
    counted,
    editions_in,
    in_flight,
    store,
)
from tests.publications import write_config
from tests.stock import a_reader, keep_article
from tests.web_server import page, serving

__all__ = ["app", "store"]

FEED = (
    "<rss version='2.0'><channel><item><title>From a feed</title><description>It rises.</"
    "description><link>https://harbour.example/tide</link></item></channel></rss>"
)


async def test_what_is_due_goes_out_at_the_start_to_everybody_once(app):
    scheduler = Scheduler(Hands(app))

    scheduler.start()
    await all_sent(app)
    assert await scheduler.stop()

    assert sorted(app.office.sent) == sorted(PEOPLE)
    assert editions_in(app) == ["sent"]


async def test_without_publishing_only_what_is_frozen_already_goes_out(app):
    write_config(app.settings.path.parent, newsletter='cron = "30 7,8 * * *"')
    first = replace(app, settings=load_config(app.settings.path))
    await Scheduler(Hands(first)).beat("publish")
    keep_article(app.db, "The last ferry", published=MONDAY)
    an_hour_later = replace(first, clock=lambda: MONDAY + timedelta(hours=1))
    scheduler = Scheduler(Hands(an_hour_later))

    scheduler.start(publish=False)
    await all_sent(app)
    await scheduler.stop()

    assert editions_in(app) == ["sent"]
    await Scheduler(Hands(an_hour_later)).beat("publish")
    assert editions_in(app) == ["sent", "frozen"]
    first.db.close()
    an_hour_later.db.close()


async def test_who_has_a_trial_is_told_that_it_ends(app):
    write_config(app.settings.path.parent, more='[trial]\nremind = "7d"')
    trial = {"tier": "subscriber", "tier_until": (MONDAY + timedelta(days=3)).date()}
    app.db.write(enrol_all, [a_reader(PEOPLE[0], **trial)], ["weekly"], MONDAY)
    by_day = replace(
        app, settings=load_config(app.settings.path), clock=lambda: MONDAY.replace(hour=10)
    )
    scheduler = Scheduler(Hands(by_day))

    with capture_logs() as logs:
        await scheduler.beat("remind")
        await scheduler.beat("remind")

    assert [line["sent"] for line in of("remind", logs)] == [1]
    by_day.db.close()


async def test_a_failing_sender_is_counted_and_said_once_and_the_next_beat_comes(app):
    scheduler = Scheduler(Hands(app))
    await scheduler.beat("publish")
    app.office.fault = RuntimeError("a mistake of ours")

    with capture_logs() as logs:
        for _ in range(3):
            await scheduler.beat("deliver")
        app.office.fault = None
        await scheduler.beat("deliver")

    assert scheduler.faults["deliver"] == 3
    said = [line.get("why") or line.get("what") for line in of("deliver", logs)]
    assert said == ["a mistake of ours", None, "works again"]
    assert counted(app) == {"sent": len(PEOPLE)}


async def test_trouble_with_the_mail_server_is_said_once_until_it_changes(app):
    hands = Hands(app)
    scheduler = Scheduler(hands)
    await scheduler.beat("publish")

    with capture_logs() as logs:
        for why in ["it has expired", "it has expired", "the login is refused"]:
            app.office.answer = Broken(Phase.CONNECT, why, stop=True)
            await scheduler.beat("deliver")
            hands.pass_time(timedelta(minutes=10))

    assert [line["why"] for line in of("mail", logs)] == ["it has expired", "the login is refused"]
    assert scheduler.faults["mail"] == 3


async def test_a_server_in_trouble_is_left_in_peace_for_longer_and_longer(app):
    hands = Hands(app)
    scheduler = Scheduler(hands)
    await scheduler.beat("publish")
    app.office.answer = Broken(Phase.CONNECT, "the login is refused", stop=True)

    tries = []
    for second in range(0, 600, 10):
        before = scheduler.faults["mail"]
        await scheduler.beat("deliver")
        if scheduler.faults["mail"] > before:
            tries.append(second)
        hands.pass_time(timedelta(seconds=10))

    assert tries == [0, 20, 60, 140, 300]


async def test_another_config_is_tried_at_once_after_trouble(app):
    hands = Hands(app)
    scheduler = Scheduler(hands)
    await scheduler.beat("publish")
    app.office.answer = Broken(Phase.CONNECT, "the login is refused", stop=True)
    await scheduler.beat("deliver")

    app.office.answer = Accepted("250 ok")
    await scheduler.beat("deliver")
    assert counted(app) == {"pending": len(PEOPLE)}

    hands.app = replace(app)
    await scheduler.beat("deliver")
    assert counted(app) == {"sent": len(PEOPLE)}
    hands.app.db.close()


async def test_a_newsletter_that_can_not_be_made_does_not_hold_up_the_others(app):
    write_config(
        app.settings.path.parent,
        newsletter='subject = "{{ lead.nobody_has_this }}"',
        more='[[newsletter]]\nslug = "monthly"\nschedule = { every = "month", on = [9] }\n',
    )
    app = replace(app, settings=load_config(app.settings.path))
    app.db.write(slots.know, "monthly", MONDAY - timedelta(days=30))
    scheduler = Scheduler(Hands(app))

    with capture_logs() as logs:
        await scheduler.beat("publish")
        await scheduler.beat("publish")

    assert scheduler.faults == {"publish weekly": 2}
    (line,) = of("publish weekly", logs)
    assert "nobody_has_this" in line["why"]
    assert [e["newsletter"] for e in of("publish", logs)] == ["monthly"]
    app.db.close()


async def test_uncertain_messages_get_a_second_copy_only_if_the_config_says_so(app):
    scheduler = Scheduler(Hands(app))
    await scheduler.beat("publish")
    app.office.answer = Broken(Phase.DOT, "the connection was lost")
    await scheduler.beat("deliver")
    assert counted(app) == {"uncertain": len(PEOPLE)}
    app.office.answer = Accepted("250 ok")
    later = replace(app, clock=lambda: MONDAY + timedelta(hours=1))

    await Scheduler(Hands(later)).beat("deliver")
    assert counted(app) == {"uncertain": len(PEOPLE)}

    write_config(app.settings.path.parent, mail='uncertain = "resend_once"')
    await Scheduler(Hands(replace(later, settings=load_config(app.settings.path)))).beat("deliver")
    assert counted(app) == {"sent": len(PEOPLE)}


async def test_a_changed_config_counts_from_the_next_beat_and_not_for_a_running_send(app):
    hands = Hands(app)
    scheduler = Scheduler(hands)
    await scheduler.beat("publish")
    app.office.open.clear()
    running = asyncio.create_task(scheduler.beat("deliver"))
    await in_flight(app.office, 1)

    hands.app = replace(app, office=Office())
    app.office.open.set()
    await running

    assert len(app.office.sent) == len(PEOPLE)
    assert hands.app.office.sent == []


def of(event, logs):
    return [line for line in logs if line["event"] == event]


async def test_feeds_that_are_due_are_taken_in_and_trouble_is_said_once(app):
    async with serving() as site:
        site.pages["/feed"] = page(FEED)
        feeds = "".join(
            f'[[feed]]\nurl = "{site.url(path)}"\nallow_private = true\n'
            for path in ("/feed", "/none")
        )
        write_config(app.settings.path.parent, more=feeds)
        hands = Hands(replace(app, settings=load_config(app.settings.path)))
        scheduler = Scheduler(hands)

        with capture_logs() as logs:
            for _ in range(3):
                await scheduler.beat("ingest")
                hands.pass_time(timedelta(hours=2))
            site.pages["/none"] = site.pages["/feed"]
            hands.pass_time(timedelta(days=1))
            await scheduler.beat("ingest")
        hands.app.db.close()

    none = [line for line in of("ingest", logs) if line["feed"] == site.url("/none")]
    assert [line.get("why") or line.get("what") for line in none] == [
        "there is nothing at this address (404)",
        "works again",
    ]
    assert [asked.path for asked in site.asked].count("/feed") == 4
    taken = [line for line in of("ingest", logs) if "imported" in line]
    assert [(line["feed"], line["imported"]) for line in taken] == [(site.url("/feed"), 1)]


async def test_the_admin_is_told_that_an_edition_is_done_once_and_after_its_readers(app):
    path = app.settings.path
    path.write_text(path.read_text().replace("[mail]", '[mail]\nnotices = ["ed@h.example"]', 1))
    for _ in range(2):  # the second time after a restart
        scheduler = Scheduler(Hands(app.renewed()))
        await scheduler.beat("publish")
        await scheduler.beat("deliver")
        await scheduler.beat("deliver")

    assert sorted(app.office.sent[:-1]) == sorted(PEOPLE)
    assert app.office.sent[-1] == "ed@h.example"
