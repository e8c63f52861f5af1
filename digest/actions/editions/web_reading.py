"""What a reader sees of an edition on the web who came with the link of their message."""

from digest.actions.message.message_factory import READ_PURPOSE
from digest.core.message.signed_token import verify
from digest.core.readers.reader import Reader
from digest.store.database.database import Database
from digest.store.message import encoded_editions
from digest.store.message.encoded_editions import Variant
from digest.store.readers import subscribers


def reader_of_link(db: Database, token: str, secret: str) -> tuple[Reader, int] | int | None:
    """The reader behind a link and their subscription.

    0 for the link of a preview; None for what isn't ours, or is forgotten.
    """
    subscription = verify(READ_PURPOSE, token, secret)
    if not subscription:
        return subscription
    reader = db.read(subscribers.of_subscription, subscription)
    return (reader, subscription) if reader else None


def variant_of_reader(db: Database, edition: int, subscription: int) -> Variant:
    """What they were sent; of an edition that they didn't get, what one without wishes gets."""
    sent = db.read(encoded_editions.delivered, edition, subscription)
    return (sent[0] if sent else None) or db.read(encoded_editions.standard_variant, edition)


def was_open(db: Database, edition: int) -> bool:
    """Whether an edition was for everybody when it was frozen: its messages link to its page."""
    encoded = db.read(encoded_editions.encoded_edition, edition)
    said = b"".join(piece.content for piece in (*encoded.text, *encoded.html)).replace(
        b"=\r\n", b""
    )
    return b"/archive/" in said and f"{encoded.mark}READZ".encode() not in said
