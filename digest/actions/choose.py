"""What readers choose for themselves: topics, authors, which newsletters; and what that means."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.actions.press import PREFERENCES
from digest.core import preferences
from digest.core.address import key
from digest.core.allot import Wishes
from digest.core.author import spellings
from digest.core.newsletter import Newsletter
from digest.core.preferences import Offer
from digest.core.reader import Reader
from digest.core.tailor import Candidate, tailor
from digest.core.token import sign, verify
from digest.store import choosing, joining, subscribers
from digest.store.database import Database, Tx

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

    def answered(self, topics: Mapping[str, str], authors: Mapping[str, str]) -> "Offers":
        """The same with what a form says."""
        return replace(
            self,
            topics=preferences.answered(self.topics, topics),
            authors=preferences.answered(self.authors, authors),
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """What the last edition would have had for somebody with these choices, in reading order."""

    at: datetime
    titles: tuple[str, ...]
    of: int


def look(db: Database, token: str, secret: str) -> tuple[Reader, str] | int | None:
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
    wishes = Wishes(newsletter.topics, newsletter.writers)
    names = [
        known[1] if len(known := spellings(name, newsletter.writers)) > 1 else name
        for name in db.read(choosing.writers, now - LATELY, MOST_WRITERS)
    ]
    return Offers(
        preferences.topics(wishes, reader.topics),
        preferences.authors(wishes, names, reader.authors),
    )


def save(db: Database, reader: Reader, offers: Offers, now: datetime) -> None:
    """Write down what a reader chose; the next edition that is made goes by it, and no list
    changes it from now on.
    """
    topics, authors = preferences.chosen(offers.topics), preferences.chosen(offers.authors)
    if not reader.chosen or (topics, authors) != (reader.topics, reader.authors):
        db.write(choosing.choose, key(reader.email), topics, authors, now)


def sample(db: Database, newsletter: Newsletter, reader: Reader, offers: Offers) -> Sample | None:
    """What the last edition would have had, by the rule that a freeze goes by; None without one."""
    found = db.read(choosing.latest, newsletter.slug)
    if found is None:
        return None
    wishes = Wishes(newsletter.topics, newsletter.writers)
    candidate = Candidate(
        preferences.chosen(offers.topics), preferences.chosen(offers.authors), reader.tier
    )
    entries = tuple(entry for entry in found.entries if entry.fresh)
    mask = tailor(entries, wishes.taste(candidate), 0, newsletter.rules.max_articles).mask
    titles = tuple(one.title for place, one in enumerate(entries) if mask >> place & 1)
    at = found.at.astimezone(ZoneInfo(newsletter.timezone))
    return Sample(at, titles, len(entries))


def leave_all(db: Database, reader: Reader, now: datetime) -> None:
    """End everything that a reader gets, for good; doing it again changes nothing."""
    db.write(choosing.leave_all, key(reader.email), now)


def undo_token(subscription: int, secret: str, now: datetime) -> str:
    """What takes back, for an hour or two, that a subscription ended."""
    return sign(_purpose(now), subscription, secret)


def undo(db: Database, token: str, secret: str, now: datetime) -> bool | None:
    """Take back that a reader left, and whatever they left in the same moment.

    None for a token that isn't ours, or too old; False if they may not be mailed.
    """
    for made in (now, now - UNDO_FOR):
        subscription = verify(_purpose(made), token, secret)
        if subscription:
            return db.write(_undo, subscription)
    return None


def _undo(tx: Tx, subscription: int) -> bool:
    left = choosing.left_with(tx, subscription)
    return not left or joining.undo(tx, left)


def _purpose(now: datetime) -> str:
    return f"undo {now:%Y%m%d%H}"
