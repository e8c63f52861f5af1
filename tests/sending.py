"""Editions handed over without a server: what each reader would have in their inbox."""

from datetime import timedelta
from email import message_from_bytes, policy

from sqlalchemy import text

from digest.actions.editions.publish import publish
from digest.core.editions.edition import EditionState
from digest.core.message.compose import EncodedVariant
from digest.core.message.encoded_edition import join_fragments
from digest.store.delivery import deliveries
from digest.store.message import encoded_editions
from tests.builders import MONDAY


def send(db, factory, newsletter, at=MONDAY, failing=()):
    """Make an edition and hand it over; gives each reader's titles, as the message has them."""
    kept = publish(db, factory, newsletter, at, at).edition
    got: dict[str, list[str]] = {}
    if kept.state is EditionState.HELD:
        return got
    encoded = db.read(encoded_editions.encoded_edition, kept.id)
    titles = {entry.title for entry in encoded.entries}
    while claims := db.write(
        deliveries.claim_deliveries, "me", 100, at, timedelta(days=1), kept.id
    ):
        for claim in claims:
            variant = db.read(encoded_editions.variant_by_id, claim.variant)
            variant = EncodedVariant(join_fragments(encoded, variant.choice, variant.words))
            recipient = factory.recipient(
                edition=kept.id,
                delivery=claim.delivery,
                subscription=claim.subscription,
                email=claim.email,
                name="",
            )
            message = factory.message(variant, recipient, at).message
            html, plain = parts(message)
            assert {t for t in titles if t in html} == {t for t in titles if t in plain}
            if claim.email not in failing:
                got[claim.email] = sorted(title for title in titles if title in plain)
        ids = [claim.delivery for claim in claims]
        lost = [c.delivery for c in claims if c.email in failing]
        db.write(finish, ids, "sent")
        db.write(finish, lost, "failed")
    return got


def finish(tx, ids, state):
    for one in ids:
        tx.execute(
            text("UPDATE delivery SET state = :state WHERE id = :id"), {"state": state, "id": one}
        )


def parts(message):
    """The HTML and the plain text of a message; of one that is text only, the text as both."""
    whole = message_from_bytes(message, policy=policy.default)
    if not whole.is_multipart():
        return whole.get_content(), whole.get_content()
    plain, html = (part.get_content() for part in whole.iter_parts())
    return html, plain
