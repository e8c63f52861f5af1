"""What adding a reader to newsletters means, for one we know and for one we don't."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from digest.core.reader import FOREVER, Enrolment, NewReader, Standing


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of a reader: details, standing by newsletter, scopes of suppression.

    `reasons` says of such a scope why; `chosen`, that they chose topics and authors themselves.
    """

    new: bool = True
    details: Mapping[str, object] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    suppressed: Set[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What to write: details that are new, subscriptions to begin, newsletters to leave, and those
    that must not mail this reader from now on.
    """

    result: Enrolment
    details: Mapping[str, object]
    begin: Mapping[str, Standing]
    leave: tuple[str, ...]
    suppress: tuple[str, ...]
    why: str = ""


OWN = ("topics", "authors")
"""What readers choose for themselves on their page."""
KEPT = "as the reader chose on their page"
LISTED = "the list says that they unsubscribed"
LEFT = "they unsubscribed"


def enrol(reader: NewReader, newsletters: Sequence[str], known: Known) -> Step:
    """Decide. Whoever left stays gone; a reader whose list says "unsubscribed" leaves.

    What readers chose for themselves no list changes.
    """
    details = _news(reader, known)
    own = [name for name in OWN if known.chosen and details.pop(name, ())]
    if details.get("tier_until") == FOREVER:
        del details["tier_until"]
        details |= {"tier_until": None} if known.details.get("tier_until") else {}
    leaves = reader.standing is Standing.UNSUBSCRIBED
    begin: dict[str, Standing] = {}
    leave: list[str] = []
    gone = False
    for slug in newsletters:
        standing = known.standings.get(slug)
        if standing is None:
            stays_out = leaves or bool({"", slug} & known.suppressed)
            begin[slug] = Standing.UNSUBSCRIBED if stays_out else Standing.ACTIVE
            gone |= stays_out
        elif not leaves:
            gone |= standing is not Standing.ACTIVE
        elif standing is Standing.ACTIVE:
            leave.append(slug)
    ended = (*begin, *leave) if leaves else ()
    suppress = tuple(slug for slug in ended if slug not in known.suppressed)
    kept = f"{' and '.join(own)} stay {KEPT}" if own else ""
    if gone:
        reasons = [known.reasons[slug] for slug in ("", *newsletters) if slug in known.reasons]
        why = LISTED if suppress else next(iter(reasons), LEFT)
        return Step(Enrolment.GONE, details, begin, tuple(leave), suppress, why)
    if known.new:
        return Step(Enrolment.ADDED, details, begin, tuple(leave), suppress)
    result = Enrolment.UPDATED if details or begin or leave else Enrolment.UNCHANGED
    why = LISTED if leave else kept
    return Step(result, details, begin, tuple(leave), suppress, why)


def _news(reader: NewReader, known: Known) -> dict[str, object]:
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
