"""Less about each story where a message would be too large: mail clients cut a long message off.

Cards become text, then titles, then single lines, always from the last story up; the lead stays
as it is. If even that is too much, the last stories are left out: they are not marked as received,
so they come again.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from digest.core.message.story_choice import FORMS, Choice, StoryEntry, label_ending, labels

ROOM = 90_000
"""Bytes of HTML to stay under. Gmail cuts at 102,400, and a relay's link tracking adds to ours."""


def fit(
    entries: Sequence[StoryEntry],
    weights: Mapping[str, int],
    choice: Choice,
    extra: int = 0,
    room: int = ROOM,
) -> Choice:
    """The choice as it fits: with the fullest forms that stay within `room`.

    `weights` has the bytes of HTML behind each label, `extra` those that stand in no fragment.
    """
    size = extra + weigh(entries, weights, choice)
    if size <= room:
        return choice
    forms = list(choice.forms)
    below = [place for place in choice.places if place != choice.lead][::-1]
    manner = _manners(entries, below)
    for fuller, thinner in pairwise(FORMS):
        for place in below:
            if forms[place] is not fuller:
                continue
            forms[place] = thinner
            end = label_ending(entries, choice, place)
            size += weights.get(f"{manner[place]} {place} {thinner.name.lower()}{end}", 0)
            size -= weights.get(f"{manner[place]} {place} {fuller.name.lower()}{end}", 0)
            thin = replace(choice, forms=tuple(forms))
            # What stands above single lines comes in with them, so it is weighed anew.
            if size <= room and extra + weigh(entries, weights, thin) <= room:
                return thin

    def without(count: int) -> Choice:
        gone = frozenset(below[:count])
        return replace(
            choice, forms=tuple(f if p not in gone else None for p, f in enumerate(forms))
        )

    def fits(count: int) -> bool:
        return extra + weigh(entries, weights, without(count)) <= room

    # Nearly always fewer stories are fewer bytes; where not, the next count that fits will do.
    fewest = bisect_left(range(len(below)), True, key=fits)
    return without(next((n for n in range(fewest, len(below)) if fits(n)), len(below)))


def weigh(entries: Sequence[StoryEntry], weights: Mapping[str, int], choice: Choice) -> int:
    """Bytes of HTML of a choice."""
    return sum(weights.get(label, 0) for label in labels(entries, choice))


def _manners(entries: Sequence[StoryEntry], places: Sequence[int]) -> dict[int, str]:
    groups = Counter(entries[place].group for place in places)
    return {p: "grouped" if groups[entries[p].group] > 1 else "solo" for p in places}
