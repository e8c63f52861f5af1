"""Who may read an edition on the web, and which articles everybody may see there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from digest.core.newsletters.newsletter import Newsletter
from digest.core.newsletters.promotion import is_subscriber
from digest.core.readers.reader import Reader, SubscriptionStanding, tier_on


def is_open(newsletter: Newsletter | None) -> bool:
    """Whether everybody may, as far as the config says: of a newsletter that left it, nothing."""
    return newsletter is not None and newsletter.archive == "public"


def may_read(newsletter: Newsletter, reader: Reader, day: date) -> bool:
    """Whether somebody may who came with their own link, on a day where their newsletter is."""
    gets_it = any(
        one.newsletter == newsletter.slug and one.standing is SubscriptionStanding.ACTIVE
        for one in reader.subscriptions
    )
    if newsletter.archive == "readers":
        return gets_it
    if newsletter.archive == "subscribers":
        tier = tier_on(day, reader.tier, reader.tier_until)
        return gets_it and is_subscriber(tier, newsletter.tiers)
    return newsletter.archive == "public"


Articles = Literal["sent", "all"]


@dataclass(frozen=True, slots=True)
class PublicArticles:
    """Which articles everybody may see at a moment: on pages, in feeds, searches and exports.

    An article is public once an edition of one of these `newsletters` that carries it has gone out.
    With `before_sent` it is public from its own date on, unless only closed newsletters had it.
    """

    now: datetime
    newsletters: frozenset[str]
    before_sent: bool = False


def public_articles(
    newsletters: Iterable[Newsletter], articles: Articles, now: datetime
) -> PublicArticles:
    """What [archive] and the newsletters' own `archive` say; without an open one nothing is."""
    opened = frozenset(one.slug for one in newsletters if is_open(one))
    return PublicArticles(now, opened, before_sent=articles == "all" and bool(opened))
