"""Who may read an edition on the web."""

from datetime import date

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
