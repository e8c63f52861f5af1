"""Tell who left that they did, with a way to undo it: once a day at most, by any process."""

from datetime import timedelta

from digest.actions.readers.subscribe import UnsubscribeLink
from digest.actions.transactional import letters, preferences
from digest.actions.transactional.letters import LetterContext
from digest.actions.transactional.send_once import tell_once
from digest.core.delivery.smtp_outcome import Verdict
from digest.core.message.compose import OutgoingMessage
from digest.core.newsletters.newsletter import Newsletter
from digest.core.text import email_address
from digest.store.database.database import Tx
from digest.store.transactional import admin_notices

ONCE_IN = timedelta(days=1)
"""Who has the link could leave and undo it all day long: that makes one letter."""


async def send_unsubscribe_email(
    context: LetterContext, link: UnsubscribeLink, newsletter: Newsletter, secret: str
) -> Verdict | None:
    """Write to who left by this link; None if they were written to within a day."""
    about, whom, now = (
        f"{admin_notices.GOODBYE}{link.subscription}",
        email_address.address_key(link.email),
        context.clock(),
    )
    undo = (
        f"{context.factory.web_url}/undo/{preferences.undo_token(link.subscription, secret, now)}"
    )

    def claim(tx: Tx) -> int:
        return admin_notices.claim_goodbye(tx, about, whom, now, ONCE_IN)

    def write() -> OutgoingMessage:
        return letters.of_goodbye(context, link.email, newsletter, undo, about, now)

    return await tell_once(context, about, whom, claim, write)
