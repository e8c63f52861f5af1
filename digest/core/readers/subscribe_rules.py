"""What adding a reader to newsletters means, for one we know and for one we don't."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial

from digest.core.readers.delivery_options import NO_NEWS, NOBODYS, News, StoredOptions, news
from digest.core.readers.reader import (
    FOREVER,
    AddedReader,
    Enrolment,
    Exclusion,
    NewReader,
    SubscriptionStanding,
)
from digest.core.readers.reason import WEIGHTS, SuppressionReason


@dataclass(frozen=True, slots=True)
class StoredReader:
    """What the store holds of a reader: details, standing by newsletter, scopes of suppression.

    `reasons` says of such a scope why, in words; `chosen`, that they chose on their page; `held`,
    when and how they want newsletters.
    """

    new: bool = True
    details: Mapping[str, object] = field(default_factory=dict)
    standings: Mapping[str, SubscriptionStanding] = field(default_factory=dict)
    suppressed: Mapping[str, SuppressionReason] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    chosen: bool = False
    held: StoredOptions = NOBODYS
    later: Set[str] = frozenset()
    """Newsletters that came when they had left every one that there was."""


@dataclass(frozen=True, slots=True)
class SubscribeStep:
    """What to write: details that are new, subscriptions to begin, newsletters to leave, and those
    that must not mail this reader from now on; then `news` of when and how they want them.
    """

    result: Enrolment
    details: Mapping[str, object]
    begin: Mapping[str, SubscriptionStanding]
    leave: tuple[str, ...]
    suppress: Mapping[str, SuppressionReason]
    why: str = ""
    news: News = NO_NEWS
    kept: bool = False
    """Something stays as the reader chose it on their page."""
    stays_out: tuple[str, ...] = ()

    def told(self) -> AddedReader:
        """What it does, for the report."""
        joins = tuple(
            slug for slug, standing in self.begin.items() if standing is SubscriptionStanding.ACTIVE
        )
        return AddedReader(self.result, self.why, self.kept, joins, self.stays_out, self.leave)


OWN = ("topics", "authors")
"""What readers choose for themselves on their page."""
KEPT_AS_CHOSEN = "as the reader chose on their page"
SAID_BY_LIST = {
    SuppressionReason.LEFT: "the list says that they unsubscribed",
    SuppressionReason.DEAD: "the list says that their address is dead",
    SuppressionReason.COMPLAINED: "the list says that they complained",
}
LEFT = "they unsubscribed"
LEFT_BEFORE = "they had left every newsletter that there was"


def enrol(reader: NewReader, newsletters: Sequence[str], known: StoredReader) -> SubscribeStep:
    """Decide. Whoever left stays gone; a reader whose list says "unsubscribed" leaves.

    What readers chose for themselves no list changes.
    """
    details = _details(reader, known)
    wanted = news(reader.wants, newsletters, known.held, chosen=known.chosen)
    own = [name for name in OWN if known.chosen and details.pop(name, ())]
    leaves = reader.standing is SubscriptionStanding.UNSUBSCRIBED
    begin, leave, out = _by_newsletter(newsletters, known, leaves=leaves)
    ended = (*begin, *leave)
    suppress = newly_suppressed(reader.exclusion, ended, known.suppressed) if leaves else {}
    listed = SAID_BY_LIST.get(reader.exclusion.reason, LEFT)
    step = partial(
        SubscribeStep,
        details=details,
        begin=begin,
        leave=tuple(leave),
        suppress=suppress,
        news=wanted,
        stays_out=tuple(out),
    )
    if out and not (leaves and not begin):
        reasons = [known.reasons[slug] for slug in ("", *newsletters) if slug in known.reasons]
        before = LEFT_BEFORE if known.later & begin.keys() else LEFT
        return step(Enrolment.GONE, why=listed if suppress else next(iter(reasons), before))
    if known.new:
        return step(Enrolment.ADDED)
    changes = _changes([*details, *wanted.changed], begin)
    result = Enrolment.UPDATED if changes or leave or suppress else Enrolment.UNCHANGED
    chosen = [*own, *wanted.kept]
    why = listed if leave or suppress else "; ".join(filter(None, (*changes, _kept(chosen))))
    return step(result, why=why, kept=bool(chosen) and not leave)


def _by_newsletter(
    newsletters: Sequence[str], known: StoredReader, *, leaves: bool
) -> tuple[dict[str, SubscriptionStanding], list[str], list[str]]:
    """The newsletters to begin, with the standing, those to leave, and those they stay out of."""
    begin: dict[str, SubscriptionStanding] = {}
    leave: list[str] = []
    out: list[str] = []
    for slug in newsletters:
        standing = known.standings.get(slug)
        if standing is None:
            barred = bool({"", slug} & known.suppressed.keys())
            begin[slug] = SubscriptionStanding.ACTIVE
            if leaves or barred or slug in known.later:
                begin[slug] = SubscriptionStanding.UNSUBSCRIBED
                out.append(slug)
        elif leaves and standing is SubscriptionStanding.ACTIVE:
            leave.append(slug)
        elif standing is not SubscriptionStanding.ACTIVE:
            out.append(slug)
    return begin, leave, out


def newly_suppressed(
    exclusion: Exclusion, ended: Sequence[str], known: Mapping[str, SuppressionReason]
) -> dict[str, SuppressionReason]:
    """The scopes in which somebody must not be mailed from now on, where it isn't known already."""
    reason = exclusion.reason
    scopes = [""] if exclusion.everywhere else ended
    return {
        scope: reason for scope in scopes if scope not in known or _outweighs(reason, known[scope])
    }


def _outweighs(reason: SuppressionReason, other: SuppressionReason) -> bool:
    return WEIGHTS.index(reason) > WEIGHTS.index(other)


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
