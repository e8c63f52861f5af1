"""What every way of sending keeps to, whatever it sends with."""

import pytest

from digest.core.delivery.smtp_outcome import Accepted
from digest.mail.outbox import Outbox
from tests.builders import an_envelope
from tests.mail.conftest import sent


@pytest.fixture(params=["outbox", "smtp"])
def way(request, tmp_path):
    """A mailer, and what it has delivered so far."""
    if request.param == "smtp":
        server = request.getfixturevalue("server")
        mailer = request.getfixturevalue("mailer")
        return mailer, lambda: [received.message for received in server.messages]
    return Outbox(tmp_path), lambda: [
        path.read_bytes() for path in sorted(tmp_path.iterdir(), key=lambda p: p.stat().st_mtime_ns)
    ]


async def test_messages_arrive_in_order_and_unchanged(way):
    mailer, delivered = way
    messages = [b"Subject: %d\r\n\r\n.\r\nend\r\n" % n for n in range(3)]
    for n, message in enumerate(messages):
        assert isinstance(await sent(mailer, f"r{n}@reader.example", message=message), Accepted)
    await mailer.close()
    assert delivered() == messages


async def test_what_is_only_offered_has_not_arrived(way):
    mailer, delivered = way
    assert await mailer.offer(an_envelope()) is None
    assert delivered() == []
    assert isinstance(await mailer.complete(), Accepted)
    assert len(delivered()) == 1


async def test_what_went_ahead_is_no_message_until_it_is_completed(way):
    mailer, delivered = way
    message = b"Subject: 1\r\n\r\n.one\r\n"
    assert await mailer.offer(an_envelope(message=message)) is None
    mailer.advance()
    mailer.advance()
    assert delivered() == []
    assert isinstance(await mailer.complete(), Accepted)
    assert delivered() == [message]


async def test_what_went_ahead_can_still_be_withdrawn(way):
    mailer, delivered = way
    assert await mailer.offer(an_envelope(message=b"Subject: 1\r\n\r\none\r\n")) is None
    mailer.advance()
    mailer.withdraw()
    await sent(mailer, "two@reader.example", message=b"Subject: 2\r\n\r\ntwo\r\n")
    await mailer.close()
    assert delivered() == [b"Subject: 2\r\n\r\ntwo\r\n"]


async def test_what_is_withdrawn_never_arrives_and_harms_nobody_else(way):
    mailer, delivered = way
    assert await mailer.offer(an_envelope(message=b"Subject: 1\r\n\r\none\r\n")) is None
    mailer.withdraw()
    await sent(mailer, "two@reader.example", message=b"Subject: 2\r\n\r\ntwo\r\n")
    await mailer.close()
    assert delivered() == [b"Subject: 2\r\n\r\ntwo\r\n"]


async def test_the_next_message_may_be_offered_along(way):
    mailer, delivered = way
    one, two = an_envelope("one@reader.example"), an_envelope("two@reader.example")
    assert await mailer.offer(one) is None
    assert isinstance(await mailer.complete(two), Accepted)
    assert len(delivered()) == 1
    assert await mailer.offer(two) is None
    assert isinstance(await mailer.complete(), Accepted)
    assert len(delivered()) == 2


async def test_what_was_offered_along_may_be_forgotten(way):
    mailer, delivered = way
    await mailer.offer(an_envelope("one@reader.example"))
    await mailer.complete(an_envelope("two@reader.example"))
    assert isinstance(await sent(mailer, "three@reader.example"), Accepted)
    await mailer.close()
    assert len(delivered()) == 2


async def test_the_reply_says_where_it_went(way):
    mailer, _ = way
    outcome = await sent(mailer)
    assert isinstance(outcome, Accepted)
    assert outcome.reply


async def test_it_may_be_closed_unused_and_twice(way):
    mailer, _ = way
    await mailer.close()
    await mailer.close()


async def test_it_opens_again_after_being_closed(way):
    mailer, delivered = way
    await sent(mailer, "one@reader.example")
    await mailer.close()
    await sent(mailer, "two@reader.example")
    assert len(delivered()) == 2
