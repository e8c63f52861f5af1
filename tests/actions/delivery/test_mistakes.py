"""A mistake of ours in one message, which must not stand in everybody's way."""

from dataclasses import replace

from digest.actions.delivery.context import DeliveryContext
from digest.actions.delivery.deliver import deliver
from digest.actions.editions.publish import publish
from tests.actions.conftest import mailers
from tests.builders import MONDAY, a_newsletter
from tests.smtp_server import SmtpServer
from tests.stock import enrol, keep_article, states


async def test_a_message_that_we_fail_to_compose_costs_nobody_else_theirs(db, factory, clock):
    def clumsy(envelope):
        if envelope.rcpt_to.startswith("ada"):
            raise KeyError("ada")
        return envelope

    keep_article(db)
    enrol(db, "ada@reader.example", "ben@reader.example")
    publish(db, factory, a_newsletter(), MONDAY, MONDAY)
    async with SmtpServer() as server:
        post = DeliveryContext(db, replace(factory, sign=clumsy), mailers(server), clock)
        await deliver(post)
        again = await deliver(post)

    assert states(db) == {"ada@reader.example": "failed", "ben@reader.example": "sent"}
    assert again.counts == {}
