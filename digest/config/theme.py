"""The table [theme] of config.toml: how a publication's emails look."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from digest.config import value_types
from digest.config.strict_table import ConfigTable, default
from digest.core.message.theme import (
    COLOURS,
    DARK,
    LIGHT,
    ORDER,
    STACKS,
    Density,
    Font,
    Logo,
    Palette,
    Theme,
    by_night,
    made,
)
from digest.core.text import colour


class LogoTable(ConfigTable):
    """[theme.logo]: a picture instead of the publication's name, above the title."""

    image: value_types.Picture = Field(examples=["https://harbour.example/logo.png"])
    """An https address, or a file (PNG, JPEG or GIF) that your web pages then serve. Make it twice
    as wide as it is shown."""
    width: Annotated[int, Field(ge=16, le=544)] = 200
    """How wide it is shown, in pixels."""
    height: Annotated[int, Field(ge=0, le=240)] = 0
    """How high it is shown, in pixels. 0: as the picture has it."""
    alt: value_types.Line = ""
    """What stands there where pictures are off. Empty: the publication's name."""

    def value(self, publication: str, web_url: str) -> Logo:
        """The logo that it means; a file is served under `web_url`."""
        return Logo(self.image.at(web_url), self.alt or publication, self.width, self.height)


class DarkTable(ConfigTable):
    """[theme.dark]: the colours by night, for readers whose device is set to dark."""

    accent: value_types.ColourOrEmpty = ""
    """Empty: that of the day, as light as it must be to be read."""
    ink: value_types.Colour = DARK.ink
    """Titles."""
    paper: value_types.Colour = DARK.paper
    """The column that everything stands on."""
    text: value_types.ColourOrEmpty = ""
    """What one reads. Empty, as for all that follow: made from ink and paper."""
    muted: value_types.ColourOrEmpty = ""
    """Dates and notes."""
    tint: value_types.ColourOrEmpty = ""
    """Boxes in the column."""
    page: value_types.ColourOrEmpty = ""
    """Around the column."""
    line: value_types.ColourOrEmpty = ""
    """Hairlines."""
    button: value_types.ColourOrEmpty = ""
    """Buttons."""


class ThemeTable(ConfigTable):
    """[theme]: colours, fonts and order. A colour that can't be read on its ground is refused."""

    accent: value_types.Colour = LIGHT.accent
    """Links, the names of topics, the line at the top."""
    ink: value_types.Colour = LIGHT.ink
    """Titles."""
    paper: value_types.Colour = LIGHT.paper
    """The column that everything stands on."""
    text: value_types.ColourOrEmpty = ""
    """What one reads. Empty, as for the colours that follow: made from ink and paper."""
    muted: value_types.ColourOrEmpty = ""
    """Dates and notes."""
    tint: value_types.ColourOrEmpty = ""
    """Boxes in the column, such as a writer's."""
    page: value_types.ColourOrEmpty = ""
    """Around the column."""
    line: value_types.ColourOrEmpty = ""
    """Hairlines."""
    button: value_types.ColourOrEmpty = ""
    """Buttons. What stands on them is chosen so that it can be read."""
    heading_font: Font = "serif"
    """The fonts of titles: the first of a list that a reader's device has."""
    text_font: Font = "sans"
    """The fonts of everything else."""
    density: Density = "full"
    """How much of each story: "full" with pictures, "compact" without, "titles" only."""
    order: value_types.PartsValue = ORDER
    """The parts, from above. What isn't named is left out; "lead" and "sections" must be there."""
    templates: value_types.FolderOrEmpty = ""
    """A folder with templates of your own, which go before those of the product."""
    dark: DarkTable = default({})
    logo: LogoTable | None = None

    def value(self, publication: str, web_url: str) -> Theme:
        """The theme that it means; pictures that are files are served under `web_url`."""
        light, dark = palettes(self.model_dump(include={*COLOURS, "dark"}))
        return Theme(
            light=light,
            dark=dark,
            headings=STACKS[self.heading_font],
            words=STACKS[self.text_font],
            logo=self.logo.value(publication, web_url) if self.logo else None,
            order=self.order,
            density=self.density,
        )


def palettes(table: Mapping[str, Any]) -> tuple[Palette, Palette]:
    """The colours by day and by night that a [theme] means; what is no colour is as by default."""
    given = _given(table)
    day = replace(_made(given, LIGHT), **given)
    given = _given(table.get("dark"))
    dark = _made(given, DARK)
    dark = replace(dark, accent=by_night(day.accent, dark.paper, given.get("tint", dark.tint)))
    return day, replace(dark, **given)


def _made(given: Mapping[str, str], usual: Palette) -> Palette:
    return made(given.get("ink", usual.ink), given.get("paper", usual.paper), usual)


def _given(table: object) -> dict[str, str]:
    """The colours in a table that are some."""
    found: dict[str, str] = {}
    values = table if isinstance(table, dict) else {}
    for name in COLOURS:
        with suppress(ValueError):
            found[name] = colour.parse_colour(str(values.get(name, "")))
    return found
