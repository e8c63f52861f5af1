"""Sponsors and pitches as they are printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from digest.core.newsletters.promotion import PITCH, THANKS, Appeal, Pitch, Sponsor, SponsorPlace
from digest.core.text import prose
from digest.render.words.language import Phrases
from digest.render.words.links import followable_url


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a sponsor says; `url` is empty where it leads nowhere."""

    place: SponsorPlace
    label: str
    text: str
    url: str
    link: str


@dataclass(frozen=True, slots=True)
class PitchRequest:
    """A pitch, for the readers of a flag (see promotion); `url` is that of its button."""

    flag: str
    paragraphs: tuple[str, ...]
    url: str
    link: str


def advertisements(
    sponsors: Iterable[Sponsor], day: date, say: Phrases
) -> tuple[Advertisement, ...]:
    """Those that run on a day."""
    return tuple(
        Advertisement(
            place=sponsor.place,
            label=prose.one_line(sponsor.label) or say.sponsored(prose.one_line(sponsor.name)),
            text=prose.one_line(sponsor.text),
            url=followable_url(sponsor.url),
            link=prose.one_line(sponsor.link or sponsor.name),
        )
        for sponsor in sponsors
        if sponsor.runs(day)
    )


def requests(pitch: Pitch | None, say: Phrases) -> tuple[PitchRequest, ...]:
    """What free readers are asked, and what subscribers read in its place."""
    if pitch is None:
        return ()
    both = ((PITCH, pitch.ask), (THANKS, pitch.thanks))
    return tuple(_request(flag, appeal, say) for flag, appeal in both if appeal)


def _request(flag: str, appeal: Appeal, say: Phrases) -> PitchRequest:
    return PitchRequest(
        flag=flag,
        paragraphs=tuple(prose.one_line(part) for part in prose.plain_paragraphs(appeal.text)),
        url=followable_url(appeal.url),
        link=prose.one_line(appeal.link) or say.subscribe,
    )
