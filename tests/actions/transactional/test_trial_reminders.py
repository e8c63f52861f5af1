"""The letter that a trial ends: who gets it, when, and once."""

import asyncio
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest

from digest.actions.transactional.trial_reminders import (
    MAX_REMINDERS_PER_RUN,
    due_reminders,
    send_trial_reminders,
)
from digest.core.delivery.state import DeliveryState
from digest.core.newsletters.promotion import Tiers
from digest.core.readers.trial_expiry import Reminder
from digest.core.text import email_address
from digest.store.operations import personal_data
from digest.store.readers import subscriber_settings, subscribers
from digest.store.readers.bulk_subscribe import enrol_all
from digest.store.transactional import trial_expiry
from digest.store.transactional.trial_expiry import Asked
from tests.builders import MONDAY, a_newsletter, a_publication
from tests.locale_words import full_day
from tests.sending import parts
from tests.smtp_server import SmtpServer
from tests.stock import a_reader

ADA, BO = "ada@reader.example", "bo@reader.example"
TODAY = MONDAY.date()
WEEK = Reminder(timedelta(days=7))
WEEKLY, DAILY = a_newsletter(), a_newsletter(slug="daily", title="The Harbour Daily")
LISTS = (WEEKLY, DAILY)


@pytest.fixture(autouse=True)
def by_day(clock):
    """It is half past nine in Berlin."""
    clock.pass_(hours=2)


def enrol(db, *emails, until=TODAY + timedelta(days=5), tier="subscriber", lists=("weekly",)):
    readers = [a_reader(one, tier=tier, tier_until=until) for one in emails]
    db.write(enrol_all, readers, list(lists), MONDAY - timedelta(days=30))


@pytest.fixture
def tell(post):
    """Remind through a server; gives the addresses that were written to, in order."""

    async def told(server, reminder=WEEK, lists=LISTS, **more):
        server.messages.clear()
        await send_trial_reminders(post(server), reminder, lists, **more)
        return [to for one in server.messages for to in one.rcpt_tos]

    return told


def read(server):
    message = message_from_bytes(server.messages[0].message, policy=policy.default)
    _, said = parts(server.messages[0].message)
    return message, said


async def test_who_has_a_trial_that_ends_within_a_week_is_told_the_day_and_where_to_stay(db, tell):
    enrol(db, ADA)
    async with SmtpServer() as server:
        assert await tell(server) == [ADA]

    message, said = read(server)
    assert message["Subject"] == f"Your trial ends on {full_day(date(2026, 3, 14))}"
    assert f"Last day: {full_day(date(2026, 3, 14))}" in said
    assert "After that, The Harbour Weekly comes as before" in said
    assert f"Stay a subscriber:\r\n{a_publication().url}" in said
    assert "/preferences/1." in said
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_the_words_may_be_the_admins(db, tell):
    enrol(db, ADA)
    own = Reminder(WEEK.before, "Until {{ date }}, {{date}}", "Dear reader,\n\nit was {{ date }}.")
    async with SmtpServer() as server:
        await tell(server, own)

    message, said = read(server)
    day = full_day(date(2026, 3, 14))
    assert message["Subject"] == f"Until {day}, {day}"
    assert f"Dear reader,\r\n\r\nit was {day}." in said
    assert "for subscribers" not in said


async def test_each_end_is_told_once_and_another_end_anew(db, post, tell, clock):
    enrol(db, ADA)
    async with SmtpServer() as server:
        assert await tell(server) == [ADA]
        assert await tell(server) == []
        clock.pass_(days=3)
        assert await tell(server) == []
        enrol(db, ADA, until=TODAY + timedelta(days=9))  # it was prolonged
        assert await tell(server) == [ADA]


@pytest.mark.parametrize(("days", "told"), [(-1, False), (0, True), (7, True), (8, False)])
async def test_it_is_told_from_so_many_days_before_up_to_the_last_day(db, tell, days, told):
    enrol(db, ADA, until=TODAY + timedelta(days=days))
    async with SmtpServer() as server:
        assert bool(await tell(server)) is told


@pytest.mark.parametrize(("hours", "told"), [(-3, False), (0, True), (10, True), (11, False)])
async def test_nobody_is_told_at_night(db, tell, clock, hours, told):
    enrol(db, ADA)
    clock.pass_(hours=hours)  # from half past nine
    async with SmtpServer() as server:
        assert bool(await tell(server)) is told


@pytest.mark.parametrize("tier", ["friend", "patron"])
async def test_nobody_is_told_without_a_reminder_or_of_another_tier(db, tell, tier):
    """The words are about what is for subscribers; also who sees no sponsors may be none."""
    enrol(db, ADA, tier=tier)
    lists = (a_newsletter(tiers=Tiers(("subscriber",), ("patron",))),)
    async with SmtpServer() as server:
        assert await tell(server, lists=lists) == []
        enrol(db, BO)
        assert await tell(server, None) == []


async def test_every_tier_of_subscribers_counts_whatever_its_case(db, tell):
    enrol(db, ADA, tier="Patron")
    lists = (a_newsletter(tiers=Tiers(("subscriber", "patron"))),)
    async with SmtpServer() as server:
        assert await tell(server, lists=lists) == [ADA]


async def test_who_gets_two_newsletters_gets_one_letter(db, tell):
    enrol(db, ADA, lists=("daily", "weekly"))
    async with SmtpServer() as server:
        assert await tell(server) == [ADA]
    assert "After that, The Harbour Weekly comes" in read(server)[1]


def leave(db):
    db.write(subscribers.end_subscription, 1, "by their link", MONDAY)


def remove(db):
    db.write(subscribers.suppress_address, ADA, subscribers.REMOVED, MONDAY)


def pause(db):
    db.write(
        subscriber_settings.set_pause,
        ADA,
        MONDAY + timedelta(days=2),
        "a break",
        MONDAY,
        catch_up=False,
    )


def forget(db):
    db.write(personal_data.erase_person, ADA, "mark", MONDAY)


@pytest.mark.parametrize("go", [leave, remove, pause, forget])
async def test_who_left_pauses_or_may_not_be_mailed_is_not_told(db, tell, go):
    enrol(db, ADA, BO)
    go(db)
    async with SmtpServer() as server:
        assert await tell(server) == [BO]


async def test_after_a_break_it_is_told_if_there_is_still_time(db, tell, clock):
    enrol(db, ADA)
    pause(db)
    clock.pass_(days=2)
    async with SmtpServer() as server:
        assert await tell(server) == [ADA]


async def test_who_leaves_while_others_are_told_is_not(db, clock):
    """The list was read; the claim looks again."""
    enrol(db, ADA)
    asked = Asked((TODAY, TODAY + timedelta(days=7)), Tiers(), ("weekly",))
    (one,) = db.read(trial_expiry.ending_trials, asked, clock(), MAX_REMINDERS_PER_RUN)
    leave(db)
    assert db.write(trial_expiry.claim_reminder, asked, one, clock()) == 0


async def test_two_schedulers_tell_each_reader_once(db, post):
    enrol(db, *(f"r{n}@reader.example" for n in range(12)))
    async with SmtpServer() as server:
        first, second = post(server), post(server)
        await asyncio.gather(
            send_trial_reminders(first, WEEK, LISTS), send_trial_reminders(second, WEEK, LISTS)
        )
        to = [one for message in server.messages for one in message.rcpt_tos]
    assert sorted(to) == sorted({*to})
    assert len(to) == 12


async def test_what_a_killed_process_was_telling_is_not_told_again(db, tell, clock):
    enrol(db, ADA)
    asked = Asked((TODAY, TODAY + timedelta(days=7)), Tiers(), ("weekly",))
    (one,) = db.read(trial_expiry.ending_trials, asked, clock(), MAX_REMINDERS_PER_RUN)
    assert db.write(trial_expiry.claim_reminder, asked, one, clock()) == 1  # and then it died
    clock.pass_(hours=1)
    async with SmtpServer() as server:
        assert await tell(server) == []


async def test_what_surely_did_not_go_out_is_tried_again(db, post, tell, clock):
    enrol(db, ADA, BO)
    async with SmtpServer() as server:
        gone = post(server)
    counts = await send_trial_reminders(gone, WEEK, LISTS)
    assert counts == {DeliveryState.PENDING: 1}  # one was enough to see that it is down
    clock.pass_(minutes=11)
    async with SmtpServer() as server:
        assert await tell(server) == [ADA, BO]


async def test_being_told_to_stop_ends_it_before_the_next(db, tell):
    enrol(db, ADA)
    stop = asyncio.Event()
    stop.set()
    async with SmtpServer() as server:
        assert await tell(server, stop=stop) == []
        assert await tell(server) == [ADA]


async def test_the_reader_can_see_that_they_were_told_and_it_is_forgotten_in_time(db, tell, clock):
    enrol(db, ADA)
    async with SmtpServer() as server:
        await tell(server)
        (row,) = db.read(personal_data.held_about, ADA)["notice"]
        assert (row["key"], row["state"]) == ("trial 2026-03-14", "sent")
        clock.pass_(days=98)
        await tell(server)
    assert db.read(personal_data.held_about, ADA)["notice"] == []


async def test_addresses_that_need_it_are_found_again(db, tell):
    """A comparison key is one of itself, or forgetting would miss what stands under it."""
    odd = "Ünal.O'Neil@Bücher.example"
    enrol(db, odd)
    async with SmtpServer() as server:
        await tell(server)
    assert db.read(personal_data.held_about, email_address.address_key(odd))["notice"]


def test_a_look_at_who_is_to_be_told_changes_nothing(db, post):
    enrol(db, ADA, until=date(2026, 3, 14))
    context = post(None)
    assert [one.email for one in due_reminders(context, WEEK, LISTS)] == [ADA]
    assert [one.email for one in due_reminders(context, WEEK, LISTS)] == [ADA]
    assert due_reminders(context, None, LISTS) == []
