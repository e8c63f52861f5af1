"""What adding a reader to newsletters means, for one we know and for one we don't."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from digest.core.reader import Enrolment, NewReader, Standing


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds of a reader: details, standing by newsletter, scopes of suppression."""

    new: bool = True
    details: Mapping[str, object] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    suppressed: Set[str] = frozenset()


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


def enrol(reader: NewReader, newsletters: Sequence[str], known: Known) -> Step:
    """Decide. Whoever left stays gone; a reader whose list says "unsubscribed" leaves."""
    told = {
        "name": reader.name,
        "tier": reader.tier,
        "topics": list(reader.topics),
        "authors": list(reader.authors),
    }
    # What a list doesn't say, it doesn't take away.
    details = {
        name: value for name, value in told.items() if value and known.details.get(name) != value
    }
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
    if gone:
        result = Enrolment.GONE
    elif known.new:
        result = Enrolment.ADDED
    else:
        result = Enrolment.UPDATED if details or begin or leave else Enrolment.UNCHANGED
    ended = (*begin, *leave) if leaves else ()
    suppress = tuple(slug for slug in ended if slug not in known.suppressed)
    return Step(result, details, begin, tuple(leave), suppress)
