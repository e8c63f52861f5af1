"""How a publication's emails look: colours by day and by night, fonts, logo, order of the parts."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Literal

from digest.core.text import colour

Font = Literal["serif", "book", "slab", "sans", "grotesque", "humanist", "typewriter"]
ThemePart = Literal["intro", "contents", "lead", "sections", "pitch"]
Density = Literal["full", "compact", "titles"]


@dataclass(frozen=True, slots=True)
class Stack:
    """A list of fonts that most readers have one of; `word` is what Outlook's Word knows of it.

    Names stand without quotes: inlined styles are in double quotes, and some clients mend what
    isn't.
    """

    css: str
    word: str


STACKS: dict[Font, Stack] = {
    "serif": Stack("Georgia, Times New Roman, serif", "Georgia,serif"),
    "book": Stack(
        "Palatino, Palatino Linotype, Book Antiqua, Georgia, serif", "Palatino Linotype,serif"
    ),
    "slab": Stack("Rockwell, Roboto Slab, Cambria, Georgia, serif", "Rockwell,Cambria,serif"),
    "sans": Stack(
        "-apple-system, BlinkMacSystemFont, Segoe UI, Roboto, Helvetica, Arial, sans-serif",
        "Arial,sans-serif",
    ),
    "grotesque": Stack("Helvetica Neue, Helvetica, Arial, sans-serif", "Arial,sans-serif"),
    "humanist": Stack("Verdana, Geneva, sans-serif", "Verdana,sans-serif"),
    "typewriter": Stack("Courier New, Courier, monospace", "Courier New,monospace"),
}


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one scheme, each #rrggbb in lower case.

    `ink` is for titles, `text` for what one reads, `muted` for dates and notes, `accent` for links
    and kickers. They stand on `paper` (the column), on `tint` (boxes in it) and, the muted one
    only, on `page` (around it). `line` is for hairlines. `button` is the ground of the buttons.
    """

    accent: str
    ink: str
    text: str
    muted: str
    paper: str
    tint: str
    page: str
    line: str
    button: str

    @property
    def label(self) -> str:
        """What can be read on a button: the paper's colour if it can be, else ink, white, black."""
        choices = (self.paper, self.ink, "#ffffff", "#000000")
        return next(c for c in choices if colour.contrast(c, self.button) >= colour.READABLE)


LIGHT = Palette(
    accent="#0b57d0",
    ink="#14171a",
    text="#33383d",
    muted="#5a6068",
    paper="#ffffff",
    tint="#f7f5f1",
    page="#f3f1ec",
    line="#dcd8cf",
    button="#14171a",
)
DARK = Palette(
    accent="#8ab4f8",
    ink="#f3f5f7",
    text="#dfe3e8",
    muted="#a9b1ba",
    paper="#1b1e22",
    tint="#24282d",
    page="#121416",
    line="#3a4047",
    button="#f3f5f7",
)
COLOURS = tuple(one.name for one in fields(Palette))

GROUNDS: dict[str, tuple[str, ...]] = {
    "ink": ("paper", "tint"),
    "text": ("paper", "tint"),
    "muted": ("paper", "tint", "page"),
    "accent": ("paper", "tint"),
}
"""What is text, and what it stands on."""

NIGHT = 7.0
"""The contrast that an accent for the night is looked for with: thin strokes fade on dark paper."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A text colour that can't be read on one of its grounds; `instead` is one that can, if any."""

    name: str
    ground: str
    ratio: float
    instead: str | None


def unreadable(palette: Palette) -> Iterator[Unreadable]:
    """Every text colour that can't be read everywhere it stands, with the first such ground."""
    for name, grounds in GROUNDS.items():
        shade, under = getattr(palette, name), [getattr(palette, ground) for ground in grounds]
        for ground, behind in zip(grounds, under, strict=True):
            ratio = colour.contrast(shade, behind)
            if ratio < colour.READABLE:
                yield Unreadable(name, ground, ratio, colour.readable(shade, under))
                break


def made(ink: str, paper: str, usual: Palette) -> Palette:
    """A palette with this ink on this paper; unless they are the usual ones, the rest is made."""
    if (ink, paper) == (usual.ink, usual.paper):
        return usual
    tint, page = colour.mixed(ink, paper, 0.04), colour.mixed(ink, paper, 0.07)
    text, muted = colour.mixed(ink, paper, 0.86), colour.mixed(ink, paper, 0.66)
    return Palette(
        accent=usual.accent,
        ink=ink,
        text=colour.readable(text, (paper, tint)) or ink,
        muted=colour.readable(muted, (paper, tint, page)) or ink,
        paper=paper,
        tint=tint,
        page=page,
        line=colour.mixed(ink, paper, 0.16),
        button=ink,
    )


def by_night(accent: str, paper: str, tint: str) -> str:
    """An accent for dark paper: the same hue, as light as it must be; white if nothing will do."""
    return colour.readable(accent, (paper, tint), NIGHT) or "#ffffff"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture above the title; width and height in CSS pixels, height 0 as it comes."""

    url: str
    alt: str
    width: int
    height: int = 0


ORDER: tuple[ThemePart, ...] = ("intro", "contents", "lead", "sections", "pitch")


@dataclass(frozen=True, slots=True)
class Theme:
    """All of it. Colours are readable: the config refuses others (`unreadable`)."""

    light: Palette = LIGHT
    dark: Palette = DARK
    headings: Stack = field(default_factory=lambda: STACKS["serif"])
    words: Stack = field(default_factory=lambda: STACKS["sans"])
    logo: Logo | None = None
    order: tuple[ThemePart, ...] = ORDER
    density: Density = "full"
