"""What adding a reader to newsletters means, for one we know and for one we don't."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field

from digest.core.readers.delivery_options import NO_NEWS, NOBODYS, News, StoredOptions, news
from digest.core.readers.reader import FOREVER, Enrolment, NewReader, SubscriptionStanding


@dataclass(frozen=True, slots=True)
class StoredReader:
    """What the store holds of a reader: details, standing by newsletter, scopes of suppression.

    `reasons` says of such a scope why; `chosen`, that they chose on their page; `held`, when and
    how they want newsletters.
    """

    new: bool = True
    details: Mapping[str, object] = field(default_factory=dict)
    standings: Mapping[str, SubscriptionStanding] = field(default_factory=dict)
    suppressed: Set[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)
    chosen: bool = False
    held: StoredOptions = NOBODYS


@dataclass(frozen=True, slots=True)
class SubscribeStep:
    """What to write: details that are new, subscriptions to begin, newsletters to leave, and those
    that must not mail this reader from now on; then `news` of when and how they want them.
    """

    result: Enrolment
    details: Mapping[str, object]
    begin: Mapping[str, SubscriptionStanding]
    leave: tuple[str, ...]
    suppress: tuple[str, ...]
    why: str = ""
    news: News = NO_NEWS
    kept: bool = False
    """Something stays as the reader chose it on their page."""


OWN = ("topics", "authors")
"""What readers choose for themselves on their page."""
KEPT_AS_CHOSEN = "as the reader chose on their page"
LISTED = "the list says that they unsubscribed"
LEFT = "they unsubscribed"


def enrol(reader: NewReader, newsletters: Sequence[str], known: StoredReader) -> SubscribeStep:
    """Decide. Whoever left stays gone; a reader whose list says "unsubscribed" leaves.

    What readers chose for themselves no list changes.
    """
    details = _details(reader, known)
    wanted = news(reader.wants, newsletters, known.held, chosen=known.chosen)
    own = [name for name in OWN if known.chosen and details.pop(name, ())]
    leaves = reader.standing is SubscriptionStanding.UNSUBSCRIBED
    begin: dict[str, SubscriptionStanding] = {}
    leave: list[str] = []
    gone = False
    for slug in newsletters:
        standing = known.standings.get(slug)
        if standing is None:
            stays_out = leaves or bool({"", slug} & known.suppressed)
            begin[slug] = (
                SubscriptionStanding.UNSUBSCRIBED if stays_out else SubscriptionStanding.ACTIVE
            )
            gone |= stays_out
        elif not leaves:
            gone |= standing is not SubscriptionStanding.ACTIVE
        elif standing is SubscriptionStanding.ACTIVE:
            leave.append(slug)
    ended = (*begin, *leave) if leaves else ()
    suppress = tuple(slug for slug in ended if slug not in known.suppressed)
    if gone:
        reasons = [known.reasons[slug] for slug in ("", *newsletters) if slug in known.reasons]
        why = LISTED if suppress else next(iter(reasons), LEFT)
        return SubscribeStep(Enrolment.GONE, details, begin, tuple(leave), suppress, why, wanted)
    if known.new:
        return SubscribeStep(Enrolment.ADDED, details, begin, tuple(leave), suppress, news=wanted)
    changes = _changes([*details, *wanted.changed], begin)
    result = Enrolment.UPDATED if changes or leave else Enrolment.UNCHANGED
    chosen = [*own, *wanted.kept]
    why = LISTED if leave else "; ".join(filter(None, (*changes, _kept(chosen))))
    kept = bool(chosen) and not leave
    return SubscribeStep(result, details, begin, tuple(leave), suppress, why, wanted, kept)


def _changes(names: Sequence[str], begin: Collection[str]) -> list[str]:
    """What becomes another for somebody we know, in words."""
    changes = [f"new: {', '.join(names)}"] if names else []
    return [*changes, f"joins {', '.join(begin)}"] if begin else changes


def _kept(own: Sequence[str]) -> str:
    """That these stay; "" for none."""
    if not own:
        return ""
    *most, last = own
    names = f"{', '.join(most)} and {last}" if most else last
    return f"{names} {'stay' if most or last in OWN else 'stays'} {KEPT_AS_CHOSEN}"


def _details(reader: NewReader, known: StoredReader) -> dict[str, object]:
    """What a list says of a reader that isn't known. What it doesn't say, it doesn't take away."""
    told = {
        "name": reader.name,
        "tier": reader.tier,
        "tier_until": reader.tier_until,
        "topics": list(reader.topics),
        "authors": list(reader.authors),
    }
    news: dict[str, object] = {
        name: value for name, value in told.items() if value and known.details.get(name) != value
    }
    if news.get("tier_until") == FOREVER:
        del news["tier_until"]
        news |= {"tier_until": None} if known.details.get("tier_until") else {}
    return news
