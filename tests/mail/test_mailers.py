"""What every way of sending keeps to, whatever it sends with."""

import pytest

from digest.core.outcome import Accepted
from digest.mail.outbox import Outbox
from tests.builders import an_envelope
from tests.mail.conftest import Ledger, sent


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


async def test_it_is_written_down_before_anything_can_arrive(way):
    mailer, delivered = way
    seen = []

    async def before_dot():
        seen.append(list(delivered()))

    assert isinstance(await mailer.send(an_envelope(), before_dot), Accepted)
    assert seen == [[]]


async def test_a_lease_that_was_lost_delivers_nothing(way):
    mailer, delivered = way
    with pytest.raises(RuntimeError, match="lost"):
        await mailer.send(an_envelope(), Ledger(RuntimeError("lost")))
    await mailer.close()
    assert delivered() == []


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
