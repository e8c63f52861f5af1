"""What readers choose for themselves: topics, authors, which newsletters; and what that means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.actions.message.message_factory import PREFERENCES
from digest.core.articles.author import spellings
from digest.core.editions import preferences
from digest.core.editions.personalise import PreferenceReader
from digest.core.editions.preferences import Offer
from digest.core.editions.reader_filter import Candidate, tailor
from digest.core.message.signed_token import sign, verify
from digest.core.message.story_choice import Format, StoryEntry
from digest.core.newsletters.newsletter import Newsletter
from digest.core.readers.cadence import MOST_AT_ONCE, Cadence, begins, pause_reason, together
from digest.core.readers.reader import Reader, SubscriptionStanding
from digest.core.text.email_address import address_key
from digest.store.database.database import Database, Tx
from digest.store.editions import confirmed_signup, removed_stories
from digest.store.editions import preferences as choosing
from digest.store.readers import subscriber_settings, subscribers

LATELY = timedelta(days=120)
MOST_WRITERS = 30
"""Whom one can follow: those who wrote most, lately."""
UNDO_FOR = timedelta(hours=1)
"""So long after leaving the way to undo it is shown; it works for up to an hour more."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a reader can choose from, with what they chose."""

    topics: tuple[Offer, ...]
    authors: tuple[Offer, ...]
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    """How often they get each of their newsletters, by its slug."""
    format: Format = Format.FULL

    def answered(
        self,
        topics: Mapping[str, str],
        authors: Mapping[str, str],
        cadences: Mapping[str, str],
        wanted: str = "",
    ) -> "Offers":
        """The same with what a form says; what means nothing to us changes nothing."""
        return replace(
            self,
            topics=preferences.form_answers(self.topics, topics),
            authors=preferences.form_answers(self.authors, authors),
            cadences={
                slug: _CADENCES.get(cadences.get(slug, ""), now)
                for slug, now in self.cadences.items()
            },
            format=_FORMATS.get(wanted, self.format),
        )


_CADENCES = {one.value: one for one in Cadence}
_FORMATS = {one.value: one for one in Format}


@dataclass(frozen=True, slots=True)
class Sample:
    """What the last edition for somebody with these choices would have had: what was new, in
    reading order, then what it would have brought of the ones before.
    """

    at: datetime
    titles: tuple[str, ...]
    of: int


def reader_of_token(db: Database, token: str, secret: str) -> tuple[Reader, str] | int | None:
    """The reader behind a token, and the newsletter that it came with.

    0 for the token of a preview; None for what isn't ours, or is forgotten.
    """
    subscription = verify(PREFERENCES, token, secret)
    return db.read(_look, subscription) if subscription else subscription


def _look(tx: Tx, subscription: int) -> tuple[Reader, str] | None:
    reader = subscribers.of_subscription(tx, subscription)
    if reader is None:
        return None
    slugs = [one.newsletter for one in reader.subscriptions if one.id == subscription]
    return reader, slugs[0]


def offers(db: Database, newsletter: Newsletter, reader: Reader, now: datetime) -> Offers:
    """What this reader can choose from."""
    wishes = PreferenceReader(newsletter.topics, newsletter.writers)
    names = [
        known[1] if len(known := spellings(name, newsletter.writers)) > 1 else name
        for name in db.read(choosing.recent_authors, now - LATELY, MOST_WRITERS)
    ]
    return Offers(
        preferences.topic_offers(wishes, reader.topics),
        preferences.author_offers(wishes, names, reader.authors),
        {
            one.newsletter: one.cadence
            for one in reader.subscriptions
            if one.standing is SubscriptionStanding.ACTIVE
        },
        reader.format,
    )


def save_preferences(db: Database, reader: Reader, offers: Offers, now: datetime) -> None:
    """Write down what a reader chose; the next edition that is made goes by it, and no list
    changes it from now on.
    """
    topics, authors = (
        preferences.chosen_values(offers.topics),
        preferences.chosen_values(offers.authors),
    )
    if not reader.chosen or (topics, authors) != (reader.topics, reader.authors):
        db.write(
            subscriber_settings.set_preferences, address_key(reader.email), topics, authors, now
        )
    for one in reader.subscriptions:
        wanted = offers.cadences.get(one.newsletter, one.cadence)
        if wanted is not one.cadence:
            db.write(subscriber_settings.set_cadence, one.id, wanted, now)
    if offers.format is not reader.format:
        db.write(subscriber_settings.set_format, address_key(reader.email), offers.format)


def pause_reader(
    db: Database, reader: Reader, day: date, zone: ZoneInfo, now: datetime, *, catch_up: bool
) -> None:
    """Send a reader nothing before a day begins in a zone."""
    why = pause_reason(day, catch_up=catch_up)
    db.write(
        subscriber_settings.set_pause,
        address_key(reader.email),
        begins(day, zone),
        why,
        now,
        catch_up=catch_up,
    )


def resume_reader(db: Database, reader: Reader, now: datetime) -> None:
    """End a reader's pause; if there is none, nothing changes."""
    db.write(subscriber_settings.end_pause, address_key(reader.email), now)


def preference_sample(
    db: Database, newsletters: Iterable[Newsletter], reader: Reader, offers: Offers
) -> Sample | None:
    """What the last edition would have had, by the rule that a freeze goes by; None without one.

    Of these newsletters it is the first that has one.
    """
    return next(filter(None, (_sample(db, one, reader, offers) for one in newsletters)), None)


def _sample(db: Database, newsletter: Newsletter, reader: Reader, offers: Offers) -> Sample | None:
    zone = ZoneInfo(newsletter.timezone)
    out = db.read(choosing.latest, newsletter.slug, LATELY)
    cadence = offers.cadences.get(newsletter.slug, Cadence.EVERY)
    *earlier, at = together(cadence, out, zone) or (None,)
    if at is None:
        return None
    new, *missed = _still_shown(
        db, db.read(choosing.new_in, [out[one] for one in (at, *reversed(earlier))])
    )
    wishes = PreferenceReader(newsletter.topics, newsletter.writers)
    candidate = Candidate(
        preferences.chosen_values(offers.topics),
        preferences.chosen_values(offers.authors),
        reader.tier,
    )
    entries = *new, *(replace(one, since=at) for before in missed for one in before)
    most = max(newsletter.rules.max_articles, MOST_AT_ONCE * bool(missed))
    mask = tailor(entries, wishes.taste(candidate), 0, most).mask
    titles = tuple(one.title for place, one in enumerate(entries) if mask >> place & 1)
    return Sample(at.astimezone(zone), titles, len(entries))


def _still_shown(
    db: Database, editions: Sequence[tuple[StoryEntry, ...]]
) -> list[tuple[StoryEntry, ...]]:
    """The stories of editions without what was hidden or removed since."""
    every = [entry.article for entries in editions for entry in entries]
    gone = db.read(removed_stories.withheld_stories, every)
    return [tuple(one for one in entries if one.article not in gone) for entries in editions]


def leave_everything(db: Database, reader: Reader, now: datetime) -> None:
    """End everything that a reader gets, for good; doing it again changes nothing."""
    db.write(subscriber_settings.end_all_subscriptions, address_key(reader.email), now)


def undo_token(subscription: int, secret: str, now: datetime) -> str:
    """What takes back, for an hour or two, that a subscription ended."""
    return sign(_purpose(now), subscription, secret)


def undo_leaving(db: Database, token: str, secret: str, now: datetime) -> bool | None:
    """Take back that a reader left, and whatever they left in the same moment.

    None for a token that isn't ours, or too old; False if they may not be mailed.
    """
    subscription = _undoing(token, secret, now)
    return db.write(_undo, subscription) if subscription else None


def can_undo(db: Database, token: str, secret: str, now: datetime) -> bool:
    """Whether this is a token for `undo`, and there is a reader behind it."""
    subscription = _undoing(token, secret, now)
    return bool(subscription) and db.read(subscribers.subscription_by_id, subscription) is not None


def _undoing(token: str, secret: str, now: datetime) -> int:
    found = (verify(_purpose(made), token, secret) for made in (now, now - UNDO_FOR))
    return next((one for one in found if one), 0)


def _undo(tx: Tx, subscription: int) -> bool | None:
    if subscribers.subscription_by_id(tx, subscription) is None:
        return None
    left = subscriber_settings.left_with(tx, subscription)
    return not left or confirmed_signup.undo_unsubscribe(tx, left)


def _purpose(now: datetime) -> str:
    return f"undo {now:%Y%m%d%H}"
