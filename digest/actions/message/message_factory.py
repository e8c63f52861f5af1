"""Set an edition in type: from an arrangement to the bytes that are frozen with it."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from digest.core.articles.topic_rules import rules_fingerprint
from digest.core.editions.edition import Edition
from digest.core.editions.selection import Selection
from digest.core.message.compose import (
    EncodedVariant,
    ListHeaders,
    OutgoingMessage,
    Recipient,
    Sender,
    compose,
)
from digest.core.message.encoded_edition import EncodedEdition, encode_fragments
from digest.core.message.signed_token import newest_key, sign, verify
from digest.core.message.single_email import WayOut, enclose
from digest.core.newsletters.newsletter import Publication
from digest.render.message.edition import Renderer
from digest.render.message.letters import Content
from digest.render.message.setting import Setting
from digest.render.words.language import Phrases
from digest.store.editions.edition_contents import Contents

PREFERENCES = "preferences"
"""What the tokens of the page of choices are for."""
READ_PURPOSE = "read"
"""What the tokens are for that open an edition on the web, and nothing else."""
NOBODY = 0
"""The subscription behind the links of a preview."""


def subscription_of_token(token: str, secret: str) -> int | None:
    """The subscription that a link in an edition is of; None if we didn't sign it."""
    found = (
        verify(purpose, token, secret) for purpose in ("unsubscribe", PREFERENCES, READ_PURPOSE)
    )
    return next((one for one in found if one is not None), None)


@dataclass(frozen=True, slots=True)
class MessageFactory:
    """What turns an edition into messages; made once by the app."""

    renderer: Renderer
    publication: Publication
    sender: Sender
    secret: str
    web_url: str
    sign: Callable[[OutgoingMessage], OutgoingMessage] | None = None
    """Puts our DKIM signature on a message; None where the mail server does that."""

    def set(self, edition: Edition) -> Setting:
        """Set an edition in type, once for all its readers."""
        mark = self.mark(edition.newsletter.slug, edition.at)
        return self.renderer.render(edition, self.publication, mark, self.web_url)

    def encode(self, edition: Edition, setting: Setting) -> EncodedEdition:
        """Encode it. The same edition gives the same bytes, so a preview is what is frozen."""
        newsletter = edition.newsletter
        list_headers = ListHeaders(
            list_id=newsletter.slug,
            list_name=newsletter.title,
            feedback_id=f"{edition.at:%Y%m%d}:{newsletter.slug}",
        )
        return encode_fragments(setting.rendered, self.sender, list_headers)

    def contents(
        self, edition: Edition, selection: Selection, setting: Setting | None = None
    ) -> Contents:
        """What is frozen with an edition, of which `setting` has the type if it is set already."""
        encoded = self.encode(edition, setting or self.set(edition))
        return Contents(
            encoded=encoded,
            selection=selection,
            content_hash=hash_of(encoded),
            rules_hash=rules_fingerprint(edition.newsletter.topics),
            back=edition.back,
            corrections=tuple(one.id for one in edition.corrections),
        )

    def message(
        self, variant: EncodedVariant, recipient: Recipient, date: datetime
    ) -> OutgoingMessage:
        """One reader's message, signed if we sign. Safe to call from several threads at once."""
        made = compose(variant, recipient, self.sender, f"{self.web_url}/unsubscribe/", date)
        return self.sign(made) if self.sign else made

    async def message_off_loop(
        self, variant: EncodedVariant, recipient: Recipient, date: datetime
    ) -> OutgoingMessage:
        """`message`; where it takes as long as a signature, in a thread, so that others go on."""
        if self.sign is None:
            return self.message(variant, recipient, date)
        return await asyncio.to_thread(self.message, variant, recipient, date)

    def recipient(
        self, *, edition: int, delivery: int, subscription: int, email: str, name: str
    ) -> Recipient:
        """A reader with their own signed links."""
        return Recipient(
            delivery=delivery,
            edition=edition,
            email=email,
            name=name,
            unsubscribe=sign("unsubscribe", subscription, self.secret),
            preferences=sign(PREFERENCES, subscription, self.secret),
            read=sign(READ_PURPOSE, subscription, self.secret),
        )

    @property
    def say(self) -> Phrases:
        """Our own words in the publication's language."""
        return self.renderer.phrases(self.publication.language)

    def letter(
        self,
        content: Content,
        to: str,
        *,
        about: str,
        date: datetime,
        say: Phrases | None = None,
        way_out: WayOut | None = None,
    ) -> OutgoingMessage:
        """An email that is no edition, signed if we sign; `about` as in single_email.enclose.

        Raises TemplateError, and ValueError for an address that no message can go to.
        """
        letter = self.renderer.letter(content, self.publication, say or self.say)
        made = enclose(letter, self.sender, to, about=about, date=date, way_out=way_out)
        return self.sign(made) if self.sign else made

    def unsubscribe_url(self, subscription: int) -> str:
        """The link that a subscription is ended by."""
        return f"{self.web_url}/unsubscribe/{sign('unsubscribe', subscription, self.secret)}"

    def preferences_url(self, subscription: int) -> str:
        """The page on which the reader of a subscription chooses."""
        return f"{self.web_url}/preferences/{sign(PREFERENCES, subscription, self.secret)}"

    def mark(self, slug: str, at: datetime) -> str:
        """What begins a slot: nobody can guess it, and the same edition always has the same."""
        seed = f"{slug} {at.isoformat()}".encode()
        key = newest_key(self.secret).encode()
        return "NDG" + hmac.new(key, seed, hashlib.sha256).hexdigest()[:16]


def hash_of(encoded: EncodedEdition) -> str:
    """A name for the bytes of an edition."""
    pieces = (*encoded.html, *encoded.text)
    parts = (part for piece in pieces for part in (piece.label.encode(), piece.content))
    return hashlib.sha256(b"".join((encoded.head, *parts))).hexdigest()
