"""What a reader may follow or mute, and what they did: from their lists to a form, and back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from digest.core.articles.author import author_key
from digest.core.editions.personalise import PreferenceReader
from digest.core.editions.reader_filter import MUTED, Candidate


class PreferenceStanding(StrEnum):
    """What a reader said of a topic or an author; the value is what a form sends."""

    OPEN = ""
    FOLLOWED = "+"
    MUTED = "-"


@dataclass(frozen=True, slots=True)
class Offer:
    """A topic or an author. `value` is what stands in the reader's list, `name` what they see."""

    value: str
    name: str
    standing: PreferenceStanding = PreferenceStanding.OPEN


def topic_offers(wishes: PreferenceReader, chosen: Sequence[str]) -> tuple[Offer, ...]:
    """Every topic of the config, and those that the reader chose and the config lost since."""
    offers = {rule.slug: Offer(rule.slug, rule.name) for rule in wishes.topics}
    for wish in chosen:
        taste = wishes.taste(Candidate(topics=(wish,)))
        (slug,), standing = _one(taste.topics, taste.muted_topics)
        offers[slug] = replace(offers.get(slug, Offer(slug, slug)), standing=standing)
    return tuple(offers.values())


def author_offers(
    wishes: PreferenceReader, names: Iterable[str], chosen: Sequence[str]
) -> tuple[Offer, ...]:
    """These authors, and those that the reader chose, by name."""
    offers: dict[str, Offer] = {}
    for name in names:
        offers.setdefault(author_key(name), Offer(name, name))
    for wish in chosen:
        taste = wishes.taste(Candidate(authors=(wish,)))
        (known,), standing = _one(taste.authors, taste.muted_authors)
        name = wish.removeprefix(MUTED).strip()
        offers[known] = replace(offers.get(known, Offer(name, name)), standing=standing)
    return tuple(sorted(offers.values(), key=lambda offer: offer.name.casefold()))


def _one(
    followed: frozenset[str], muted: frozenset[str]
) -> tuple[frozenset[str], PreferenceStanding]:
    return (
        (followed, PreferenceStanding.FOLLOWED) if followed else (muted, PreferenceStanding.MUTED)
    )


def form_answers(offers: Sequence[Offer], answers: Mapping[str, str]) -> tuple[Offer, ...]:
    """The offers as a form has them, by value. What it doesn't mention stays as it was."""
    known = {standing.value: standing for standing in PreferenceStanding}
    return tuple(
        replace(offer, standing=known.get(answers.get(offer.value, "?"), offer.standing))
        for offer in offers
    )


def chosen_values(offers: Iterable[Offer]) -> tuple[str, ...]:
    """The reader's list that these mean."""
    marks = {PreferenceStanding.FOLLOWED: "", PreferenceStanding.MUTED: MUTED}
    return tuple(
        f"{marks[offer.standing]}{offer.value}" for offer in offers if offer.standing in marks
    )
