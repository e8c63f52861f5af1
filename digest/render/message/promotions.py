"""Sponsors and pitches as they are printed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from digest.core.newsletters.promotion import PITCH, THANKS, Appeal, Pitch, Place, Sponsor
from digest.core.text import prose
from digest.render.words.language import Phrases
from digest.render.words.links import web_address


@dataclass(frozen=True, slots=True)
class Advertisement:
    """What a sponsor says; `url` is empty where it leads nowhere."""

    place: Place
    label: str
    text: str
    url: str
    link: str


@dataclass(frozen=True, slots=True)
class Request:
    """A pitch, for the readers of a flag (see core.promotion); `url` is that of its button."""

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
            url=web_address(sponsor.url),
            link=prose.one_line(sponsor.link or sponsor.name),
        )
        for sponsor in sponsors
        if sponsor.runs(day)
    )


def requests(pitch: Pitch | None, say: Phrases) -> tuple[Request, ...]:
    """What free readers are asked, and what subscribers read in its place."""
    if pitch is None:
        return ()
    both = ((PITCH, pitch.ask), (THANKS, pitch.thanks))
    return tuple(_request(flag, appeal, say) for flag, appeal in both if appeal)


def _request(flag: str, appeal: Appeal, say: Phrases) -> Request:
    return Request(
        flag=flag,
        paragraphs=tuple(prose.one_line(part) for part in prose.paragraphs(appeal.text)),
        url=web_address(appeal.url),
        link=prose.one_line(appeal.link) or say.subscribe,
    )
