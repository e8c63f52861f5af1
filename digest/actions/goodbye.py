"""Tell who left that they did, with a way to undo it: once a day at most, by any process."""

from datetime import timedelta

from digest.actions import choose, letters
from digest.actions.letters import Desk
from digest.actions.subscribe import Link
from digest.actions.told import tell_once
from digest.core import address
from digest.core.envelope import Envelope
from digest.core.newsletter import Newsletter
from digest.core.outcome import Verdict
from digest.store import notices
from digest.store.database import Tx

ONCE_IN = timedelta(days=1)
"""Who has the link could leave and undo it all day long: that makes one letter."""


async def tell(desk: Desk, link: Link, newsletter: Newsletter, secret: str) -> Verdict | None:
    """Write to who left by this link; None if they were written to within a day."""
    about, whom, now = (
        f"{notices.GOODBYE}{link.subscription}",
        address.key(link.email),
        desk.clock(),
    )
    undo = f"{desk.press.web_url}/undo/{choose.undo_token(link.subscription, secret, now)}"

    def claim(tx: Tx) -> int:
        return notices.claim_goodbye(tx, about, whom, now, ONCE_IN)

    def write() -> Envelope:
        return letters.of_goodbye(desk, link.email, newsletter, undo, about, now)

    return await tell_once(desk, about, whom, claim, write)
