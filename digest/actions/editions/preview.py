"""Show exactly what would be sent. The ledger is untouched."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.actions.editions.drop_unrenderable import set_in_type
from digest.actions.editions.explain_reader import (
    encoded_of,
    explain_reader,
    reader_of,
    subscription_of,
)
from digest.actions.editions.plan import Plan, plan
from digest.actions.message.message_factory import NOBODY, MessageFactory
from digest.core.articles.correction import corrections_of
from digest.core.message.compose import EncodedVariant, OutgoingMessage
from digest.core.message.encoded_edition import EncodedEdition, join_fragments
from digest.core.message.fragments import SubjectLine
from digest.core.message.story_choice import Choice, label_ending
from digest.core.newsletters.newsletter import Newsletter
from digest.core.readers.reader import Reader
from digest.errors import DigestError, TemplateError
from digest.render.lint.findings import Finding
from digest.render.lint.lint import lint_message
from digest.render.message.setting import Setting
from digest.store.articles import images
from digest.store.database.database import Database

SHOWN_FOR = timedelta(days=14)
"""The pictures of an edition that isn't made yet can be seen in its preview for so long."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as a reader would get it, the plan behind it, and what is wrong with it.

    If the plan is of an edition that is kept, these are its very bytes. `teasers` counts the pieces
    that its reader may not read whole, `corrections` those that they are told of.
    """

    envelope: OutgoingMessage
    subject: str
    plan: Plan
    findings: tuple[Finding, ...]
    teasers: int = 0
    corrections: int = 0


@dataclass(frozen=True, slots=True)
class MessageSummary:
    """What readers without wishes see in their inbox, and the bytes of the whole message.

    `fault` is why it can't be printed; the others are empty then.
    """

    subject: str = ""
    preheader: str = ""
    size: int = 0
    fault: str = ""


def message_summary(
    db: Database, factory: MessageFactory, planned: Plan, now: datetime
) -> MessageSummary | None:
    """The message of a plan in short; None where there is no edition. Writes nothing."""
    setting = None
    try:
        if not planned.kept:
            planned, setting = set_in_type(factory, planned)
        if planned.edition is None:
            return None
        encoded = encoded_of(db, factory, planned, setting)
    except TemplateError as fault:
        return MessageSummary(fault=str(fault))
    variant = EncodedVariant(join_fragments(encoded, encoded.choice, encoded.words))
    to_us = factory.recipient(
        edition=0, delivery=0, subscription=NOBODY, email=factory.sender.address, name=""
    )
    size = len(factory.message(variant, to_us, now).message)
    return MessageSummary(encoded.words.subject, encoded.words.preheader, size)


class NothingToShowError(DigestError):
    """There is too little for an edition at this moment."""


def preview(
    db: Database,
    factory: MessageFactory,
    newsletter: Newsletter,
    at: datetime,
    now: datetime,
    *,
    reader: str = "",
    to: str = "",
) -> Preview:
    """Compose the message for this moment, from the frozen edition if there is one.

    `reader` is the address of a subscriber whose message it shall be; `to` sends it to another
    address, with links that unsubscribe nobody. Raises NothingToShowError, or UsageError for a
    reader that we don't know.
    """
    planned = plan(db, newsletter, at)
    kept, setting = planned.kept, None
    who = reader_of(db, reader) if reader else None
    if not kept:
        planned, setting = set_in_type(factory, planned)
        if planned.edition is None or setting is None:
            raise NothingToShowError(f"{newsletter.slug}: no edition at this moment: {planned.why}")
        shown = [article.id for article in planned.edition.articles]
        db.write(images.allow_preview, shown, now + SHOWN_FOR)
    encoded, choice, words = _chosen(db, factory, planned, setting, who)
    variant, subject = EncodedVariant(join_fragments(encoded, choice, words)), words.subject
    recipient = factory.recipient(
        edition=kept.id if kept else 0,
        delivery=0,
        subscription=subscription_of(who, newsletter.slug).id if who and not to else NOBODY,
        email=to or (who.email if who else factory.sender.address),
        name=who.name if who and not to else "",
    )
    envelope = factory.message(variant, recipient, now)
    return Preview(
        envelope,
        subject,
        planned,
        tuple(lint_message(envelope.message)),
        teasers=sum(bool(label_ending(encoded.entries, choice, place)) for place in choice.places),
        corrections=len(corrections_of(choice.code)),
    )


def _chosen(
    db: Database,
    factory: MessageFactory,
    planned: Plan,
    setting: Setting | None,
    who: Reader | None,
) -> tuple[EncodedEdition, Choice, SubjectLine]:
    """What is shown: a reader's own share, or what one without wishes gets."""
    if who:
        shown = explain_reader(db, factory, planned, who, setting)
        if shown and shown.choice:
            return shown.encoded, shown.choice, shown.words
        if shown:
            slug = planned.newsletter.slug
            raise NothingToShowError(f"{slug}: {who.email} gets no mail: {shown.why}")
    encoded = encoded_of(db, factory, planned, setting)
    return encoded, encoded.choice, encoded.words
