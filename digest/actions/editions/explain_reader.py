"""What one reader gets of an edition, by mail and on the web, and why."""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from digest.actions.editions.drop_unrenderable import set_in_type
from digest.actions.editions.plan import Plan, course_of
from digest.actions.message.message_factory import READ_PURPOSE, MessageFactory
from digest.core.articles.correction import Correction
from digest.core.editions.edition import EditionState
from digest.core.editions.personalise import allotter, plain_words
from digest.core.editions.reader_filter import NO_CHOICE_MADE, Candidate, FilteredStories
from digest.core.message.encoded_edition import EncodedEdition
from digest.core.message.fragments import SubjectLine
from digest.core.message.signed_token import verify
from digest.core.message.story_choice import Choice, StoryEntry, label_ending
from digest.core.readers.cadence import CadenceDecision
from digest.core.readers.reader import Reader, Subscription, SubscriptionStanding
from digest.core.text.email_address import address_key
from digest.errors import UsageError
from digest.render.message.setting import Setting
from digest.store.database.database import Database
from digest.store.editions import received
from digest.store.editions.corrections import CorrectionRecipients
from digest.store.editions.received import Received
from digest.store.message import encoded_editions
from digest.store.message.encoded_editions import Variant
from digest.store.readers import subscribers

FROZEN = "left out when the edition was made"
TEASED = "; but a few lines of it: it is for subscribers"


@dataclass(frozen=True, slots=True)
class Shown:
    """A reader's share of an edition. Without a `choice` they get no mail, and `why` says why.

    `reasons` has one for each of the edition's stories, those that they don't get included.
    """

    encoded: EncodedEdition
    choice: Choice | None
    words: SubjectLine
    why: str
    reasons: tuple[str, ...]
    tier_ended: date | None = None
    """The last day of their tier, if it was over by then."""
    corrections: tuple[Correction, ...] = ()
    """Those that the edition tells anybody of."""

    @property
    def stories(self) -> list[tuple[StoryEntry, bool, str]]:
        """Each story of the edition, whether they get it, and why."""
        mask = self.choice.mask if self.choice else 0
        return [
            (entry, bool(mask >> place & 1), self.reasons[place] + self._as_teaser(place))
            for place, entry in enumerate(self.encoded.entries)
        ]

    @property
    def told(self) -> list[Correction]:
        """The corrections that they are told of: they got the old text."""
        flags = self.choice.flags if self.choice else ()
        return [one for one in self.corrections if one.flag in flags]

    def _as_teaser(self, place: int) -> str:
        """What is added to the reason of a story that they get but a teaser of."""
        choice = self.choice
        if choice is None or not choice.mask >> place & 1:
            return ""
        if not label_ending(self.encoded.entries, choice, place):
            return ""
        return TEASED + (f"; their tier ended on {self.tier_ended}" if self.tier_ended else "")


def reader_of(db: Database, email: str) -> Reader:
    """Raises UsageError for an address that we don't know."""
    found = db.read(subscribers.find_subscriber, address_key(email))
    if found is None:
        raise UsageError(f"{email}: no such subscriber; `digest subscribers export` lists them")
    return found


def subscription_of(reader: Reader, newsletter: str) -> Subscription:
    """Raises UsageError for somebody who never subscribed to it."""
    for subscription in reader.subscriptions:
        if subscription.newsletter == newsletter:
            return subscription
    raise UsageError(f"{reader.email} is not subscribed to {newsletter}")


def encoded_of(
    db: Database, factory: MessageFactory, planned: Plan, setting: Setting | None
) -> EncodedEdition:
    """The edition of a plan in bytes: frozen, or as it would be. `setting` is its type, if set."""
    if planned.kept:
        return db.read(encoded_editions.encoded_edition, planned.kept.id)
    assert planned.edition is not None
    return factory.encode(planned.edition, setting or factory.set(planned.edition))


def explain_reader(
    db: Database,
    factory: MessageFactory,
    planned: Plan,
    reader: Reader,
    setting: Setting | None = None,
) -> Shown | None:
    """What this reader gets of a planned edition, or of the one that was made; None without one.

    What was frozen for them counts, if it was. `setting` is the edition in type, if it is set.
    """
    found = _share(db, factory, planned, reader, setting)
    wrong = planned.edition.corrections if planned.edition else ()
    day = planned.at.astimezone(ZoneInfo(planned.newsletter.timezone)).date()
    over = reader.tier_until if reader.tier_until and day > reader.tier_until else None
    return replace(found, tier_ended=over, corrections=wrong) if found else None


def _share(
    db: Database, factory: MessageFactory, planned: Plan, reader: Reader, setting: Setting | None
) -> Shown | None:
    newsletter, kept = planned.newsletter, planned.kept
    if not kept and setting is None:
        planned, setting = set_in_type(factory, planned)
    if not kept and setting is None:
        return None
    encoded = encoded_of(db, factory, planned, setting)
    write = setting.words if setting else partial(plain_words, encoded)
    subscription = subscription_of(reader, newsletter.slug)
    back = planned.edition.back if planned.edition else None
    course = course_of(db, newsletter, planned.at, None if kept else back)
    ruling = db.read(course.rule, {reader.id: reader.rhythm(subscription)})[reader.id]
    edition = kept.id if kept else 0
    frozen = kept and kept.state is not EditionState.DRAFT
    before = db.read(
        received.received_before,
        newsletter.slug,
        edition,
        encoded.entries,
        others=not newsletter.repeats,
        at=None if frozen else planned.at,
    )
    candidate = _candidate(db, before, reader, subscription, ruling)
    if planned.edition and planned.edition.corrections:
        telling = [one.id for one in planned.edition.corrections]
        debts = db.read(CorrectionRecipients.of, telling, newsletter.slug)
        owed = db.read(debts.owed, [reader.id]).get(reader.id, ())
        candidate = replace(candidate, corrections=owed)
    give = allotter(newsletter, encoded, write, planned.at)
    tailored = give.tailored(candidate)
    reasons = tailored.why
    if kept and frozen:
        held = db.read(encoded_editions.delivered, kept.id, subscription.id)
        if held is None:
            return Shown(encoded, None, encoded.words, "they were not a reader then", reasons)
        variant, why = held
        if variant is None:
            return Shown(encoded, None, encoded.words, why, reasons)
        return Shown(encoded, variant.choice, variant.words, why, _kept(variant.choice, tailored))
    given = give(candidate)
    why = _stands(reader, subscription) or ruling.why or given.why
    return Shown(encoded, None if why else given.choice, given.words or encoded.words, why, reasons)


def _candidate(
    db: Database,
    before: Received,
    reader: Reader,
    subscription: Subscription,
    ruling: CadenceDecision,
) -> Candidate:
    got = db.read(before.received, [reader.id]).get(reader.id, 0)
    return Candidate(
        topics=reader.topics,
        authors=reader.authors,
        tier=reader.tier,
        tier_until=reader.tier_until,
        received=got | before.before(max(subscription.since, ruling.since)),
        most=ruling.most,
        form=reader.format,
    )


def _kept(choice: Choice, tailored: FilteredStories) -> tuple[str, ...]:
    """The reasons of now, as far as they fit what was frozen."""
    reasons = []
    for place, why in enumerate(tailored.why):
        shown, wanted = choice.mask >> place & 1, tailored.mask >> place & 1
        reasons.append(why if shown == wanted else NO_CHOICE_MADE if shown else FROZEN)
    return tuple(reasons)


def _stands(reader: Reader, subscription: Subscription) -> str:
    """Why this reader gets nothing of the newsletter at all; "" if they get it."""
    for one in reader.suppressions:
        if not one.scope:
            return f"gets nothing: {one.why}"
    return "" if subscription.standing is SubscriptionStanding.ACTIVE else "left, so gets nothing"


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
