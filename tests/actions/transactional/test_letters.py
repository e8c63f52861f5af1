"""Letters to one reader, over real SMTP."""

from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy

from digest.actions.delivery.context import DeliveryContext
from digest.actions.delivery.deliver import deliver
from digest.actions.editions.publish import publish
from digest.actions.transactional import letters
from digest.core.delivery.state import DeliveryState
from digest.core.message.signed_token import verify
from digest.mail import keys
from digest.mail.dkim import Signer
from digest.render.message.letters import SignupRequest
from tests.actions.conftest import mailers
from tests.builders import MONDAY, a_newsletter
from tests.dkim_verifier import valid
from tests.locale_words import full_day
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article

WEEKLY = a_newsletter()
URL = "https://harbour.example/confirm/12.c2lnbmVk"
SECRET = "a secret of the tests, long enough"


async def part(context, to, newsletter, undo):
    return await letters.mail(
        context, letters.of_goodbye(context, to, newsletter, undo, "bye", MONDAY)
    )


def read(server):
    (received,) = server.messages
    return received, message_from_bytes(received.message, policy=policy.default)


async def test_who_is_asked_to_confirm_is_told_who_asked_and_when(post):
    asked = SignupRequest(("The Harbour Weekly",), MONDAY, "203.0.113.7")

    async with SmtpServer() as server:
        verdict = await letters.ask_to_confirm(post(server), "ada@reader.example", asked, URL)

    received, message = read(server)
    said = message.get_body(("plain",)).get_content()
    assert verdict.state is DeliveryState.SENT
    assert received.rcpt_tos == ("ada@reader.example",)
    assert URL in said
    assert f"{full_day(date(2026, 3, 9))}, 07:30" in said  # in the publication's time zone
    assert "203.0.113.7" in said
    assert message["List-Unsubscribe"] is None


async def test_a_first_reader_is_welcomed_and_can_leave_with_one_click(post):
    async with SmtpServer() as server:
        await letters.send_welcome_letter(post(server), "ada@reader.example", WEEKLY, 7)

    _, message = read(server)
    said = message.get_body(("plain",)).get_content()
    link = message["List-Unsubscribe"].strip("<>")
    assert link in said
    assert verify("unsubscribe", link.rpartition("/")[2], SECRET) == 7
    assert f"Next edition: {full_day(date(2026, 3, 16))}" in said
    assert "archive" not in said


async def test_a_later_reader_is_shown_what_the_latest_edition_began_with(db, post, factory, clock):
    keep_article(db, "The tide gauge that never sleeps", published=MONDAY - timedelta(days=2))
    enrol(db, "bo@reader.example")
    edition = publish(db, factory, WEEKLY, MONDAY, MONDAY).edition

    async with SmtpServer() as server:
        await deliver(post(server))
        server.messages.clear()
        await letters.send_welcome_letter(post(server), "ada@reader.example", WEEKLY, 7)

    _, message = read(server)
    said = message.get_body(("plain",)).get_content()
    assert "The tide gauge that never sleeps" in said
    assert f"https://harbour.example/archive/weekly/{edition.id}" in said


async def test_an_edition_that_nobody_has_got_yet_is_shown_to_nobody(db, post, factory):
    keep_article(db, "A secret until Monday", published=MONDAY - timedelta(days=2))
    publish(db, factory, WEEKLY, MONDAY, MONDAY)

    async with SmtpServer() as server:
        await letters.send_welcome_letter(post(server), "ada@reader.example", WEEKLY, 7)

    _, message = read(server)
    assert "secret" not in message.get_body(("plain",)).get_content()


async def test_who_left_is_told_so_once_and_how_to_undo_it(post):
    undo = "https://harbour.example/preferences/7.c2lnbmVk"

    async with SmtpServer() as server:
        await part(post(server), "ada@reader.example", WEEKLY, undo)

    _, message = read(server)
    assert undo in message.get_body(("plain",)).get_content()
    assert undo in message.get_body(("html",)).get_content()
    assert message["List-Id"] is None


async def test_a_letter_is_signed_as_all_mail_is(db, factory, clock):
    key = keys.generate("harbour.example", "s1", "ed25519")
    signing = replace(factory, sign=Signer([key]))

    async with SmtpServer() as server:
        await part(DeliveryContext(db, signing, mailers(server), clock), "a@b.example", WEEKLY, URL)

    (received,) = server.messages
    assert valid(received.message, {key.record.name: key.record.value})


async def test_a_refusal_is_told_and_not_raised(post):
    async with SmtpServer() as server:
        verdict = await part(post(server), "rcpt-550@fault.test", WEEKLY, URL)

    assert verdict.state is DeliveryState.FAILED
    assert server.messages == []
