"""What an admin is told: of each thing once, whatever happens between."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import text

from digest.actions.delivery import status
from digest.actions.delivery.deliver import deliver
from digest.actions.delivery.status import Settlement
from digest.actions.editions.publish import publish
from digest.actions.editions.publish_due import publish_due
from digest.actions.transactional.notify_admin import notify
from digest.core.delivery.state import DeliveryState
from digest.core.newsletters.newsletter import Approval
from digest.core.newsletters.timetable import Late
from digest.store.transactional import admin_notices
from tests.builders import MONDAY, a_newsletter, some_rules
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article

ADMIN = "editor@harbour.example"
WEEKLY = a_newsletter()


@pytest.fixture
def tell(post):
    """Tell what there is to tell, through a server; gives the subjects of what came."""

    async def told(server, newsletter=WEEKLY, to=(ADMIN,), **options):
        server.messages.clear()
        await notify(post(server), to, {newsletter.slug: newsletter}, **options)
        return [
            str(message_from_bytes(one.message, policy=policy.default)["Subject"])
            for one in server.messages
        ]

    return told


def text_of(server):
    (received,) = server.messages
    message = message_from_bytes(received.message, policy=policy.default)
    plain = message.get_body(("plain",))
    assert plain
    return plain.get_content()


@pytest.fixture
def edition(db, factory):
    """Freeze an edition for these readers."""

    def frozen_for(*emails):
        keep_article(db, published=MONDAY - timedelta(days=2))
        enrol(db, *emails)
        return publish(db, factory, WEEKLY, MONDAY, MONDAY).edition.id

    return frozen_for


def due(db, factory, newsletter, now=MONDAY):
    """Let the timetable do what is due, having known the newsletter for a week."""
    publish_due(db, factory, [newsletter], MONDAY - timedelta(days=6))
    return publish_due(db, factory, [newsletter], now)


async def test_nobody_is_told_where_nobody_wants_to_be(post):
    async with SmtpServer() as server:
        assert await notify(post(server), (), {}) == []

    assert server.connections == 0


async def test_a_held_edition_is_told_once_also_after_a_restart(db, factory, tell):
    held = a_newsletter(rules=some_rules(min_articles=5))
    keep_article(db, published=MONDAY - timedelta(days=2))
    due(db, factory, held)

    async with SmtpServer() as server:
        first = await tell(server, held)
        assert "digest send weekly --at 2026-03-09T07:30" in text_of(server)
        assert await tell(server, held) == []  # all that is known of it is in the store

    assert first == ["The Harbour Weekly: there was too little for an edition"]


async def test_an_edition_that_was_asked_for_by_hand_and_held_is_told_nobody(db, factory, tell):
    publish(db, factory, WEEKLY, MONDAY, MONDAY)

    async with SmtpServer() as server:
        assert await tell(server) == []


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"late": Late("skip")}, "The Harbour Weekly: an edition was left out"),
        ({"late": Late("ask")}, "The Harbour Weekly: send the late edition?"),
        ({"approval": Approval("required")}, "The Harbour Weekly: a draft waits for you"),
    ],
)
async def test_a_moment_that_needs_a_persons_word_is_told(
    db, factory, clock, tell, changes, subject
):
    keep_article(db, published=MONDAY - timedelta(days=2))
    newsletter = a_newsletter(**changes)
    late = {} if "approval" in changes else {"hours": 9}
    clock.pass_(**late)
    due(db, factory, newsletter, MONDAY + timedelta(**late))

    async with SmtpServer() as server:
        assert await tell(server, newsletter) == [subject]
        assert await tell(server, newsletter) == []


async def test_a_finished_edition_is_told_with_its_numbers(edition, post, clock, tell):
    edition("ada@reader.example", "rcpt-550@fault.test")

    async with SmtpServer() as server:
        await deliver(post(server))
        first = await tell(server)
        said = text_of(server)
        assert await tell(server) == []

    assert first == ["The Harbour Weekly: sent to 1 reader"]
    assert "Failed: 1" in said
    assert "- rcpt-550@fault.test: 550" in said


async def test_nothing_is_told_of_an_edition_that_is_still_going_out(edition, post, tell):
    edition("ada@reader.example", "rcpt-451@fault.test")

    async with SmtpServer() as server:
        await deliver(post(server))
        assert await tell(server) == []


async def test_a_pause_is_told_unless_a_person_made_it(db, edition, post, clock, tell):
    number = edition("ada@reader.example")

    async with SmtpServer() as server:
        status.pause_edition(db, number, MONDAY)
        assert await tell(server) == []
        status.resume_edition(db, number, MONDAY)
        clock.pass_(days=2)
        await deliver(post(server))  # nobody worked on it for two days
        assert await tell(server) == [f"The Harbour Weekly: edition {number} is paused"]
        assert f"digest resume {number}" in text_of(server)
        assert await tell(server) == []


async def test_uncertain_messages_are_named_once_and_not_again_for_fewer(
    db, edition, post, clock, tell
):
    number = edition("dot-drop@fault.test", "dot-drop+2@fault.test")

    async with SmtpServer() as server:
        await deliver(post(server))
        clock.pass_(minutes=11)
        an_hour_ago = "UPDATE delivery SET changed = datetime(changed, '-1 hour') WHERE id = 1"
        db.write(lambda tx: tx.execute(text(an_hour_ago)))
        subjects = await tell(server)
        assert "The Harbour Weekly: nobody knows whether 2 messages arrived" in subjects
        status.settle_uncertain(db, number, ["dot-drop+2@fault.test"], Settlement.SENT, clock())
        clock.pass_(minutes=11)
        assert [one for one in await tell(server) if "arrived" in one] == []


async def test_what_gets_a_second_copy_by_itself_is_not_told_before_it(edition, post, clock, tell):
    edition("dot-drop@fault.test")

    async with SmtpServer() as server:
        await deliver(post(server))
        clock.pass_(minutes=11)
        assert [one for one in await tell(server, resend=True) if "arrived" in one] == []


async def test_a_server_that_takes_nothing_is_told_as_soon_as_it_takes_that(
    edition, post, clock, tell
):
    number = edition("ada@reader.example")

    async with SmtpServer(greeting="554 not today") as shut:
        await deliver(post(shut))
        assert await tell(shut) == []
        clock.pass_(minutes=31)
        await deliver(post(shut))
        assert await tell(shut) == []  # it takes no letter either
    async with SmtpServer() as server:
        assert await tell(server) == []  # in ten minutes
        clock.pass_(minutes=11)
        subjects = await tell(server)
        assert "554" in text_of(server)

    assert subjects == [f"The Harbour Weekly: edition {number} doesn’t get on"]


async def test_what_waits_after_a_trouble_that_is_over_is_not_stuck(edition, post, clock, tell):
    edition("ada@reader.example")

    async with SmtpServer(greeting="554 not today") as shut:
        await deliver(post(shut))
    clock.pass_(hours=2)
    async with SmtpServer() as server:
        assert await tell(server) == []


async def test_each_address_is_told_and_one_that_is_refused_keeps_nobody_from_it(
    edition, post, tell
):
    edition("ada@reader.example")
    both = ("rcpt-550@fault.test", ADMIN)

    async with SmtpServer() as server:
        await deliver(post(server))
        assert len(await tell(server, to=both)) == 1
        assert await tell(server, to=both) == []


async def test_who_may_have_been_told_when_a_process_died_is_not_told_again(
    db, edition, post, clock, tell
):
    edition("ada@reader.example")

    async with SmtpServer() as server:
        await deliver(post(server))
        (notice,) = db.read(admin_notices.notices, clock())
        assert (
            db.write(admin_notices.claim_notice, notice.key, ADMIN, clock()) == 1
        )  # and then it is killed
        assert await tell(server) == []
        assert db.write(admin_notices.claim_notice, notice.key, ADMIN, clock()) == 0


async def test_old_news_is_told_nobody(edition, post, clock, tell):
    edition("ada@reader.example")

    async with SmtpServer() as server:
        await deliver(post(server))
        clock.pass_(days=3)  # notices were switched on just now, or a backup was restored
        assert await tell(server) == []


async def test_a_fault_in_telling_is_nobody_elses(edition, post, factory, tell, clock):
    edition("ada@reader.example")

    async with SmtpServer() as server:
        await deliver(post(server))
        subjects = await tell(server, to=("no address", ADMIN))
        subjects += await tell(server, to=("no address", ADMIN))

    assert subjects == ["The Harbour Weekly: sent to 1 reader"]


async def test_a_newsletter_that_left_the_config_is_nobodys_business(edition, post, tell):
    edition("ada@reader.example")

    async with SmtpServer() as server:
        await deliver(post(server))
        assert await tell(server, a_newsletter(slug="daily")) == []


def test_a_claim_is_one_process_own(db, clock):
    first = db.write(admin_notices.claim_notice, "finished 1", ADMIN, clock())
    second = db.write(admin_notices.claim_notice, "finished 1", ADMIN, clock())

    assert (first, second) == (1, 0)
    db.write(
        admin_notices.record_notice,
        "finished 1",
        ADMIN,
        DeliveryState.DEFERRED,
        "451",
        clock.now,
        clock.now,
    )
    assert db.write(admin_notices.claim_notice, "finished 1", ADMIN, clock()) == 2
