"""The tables [[newsletter.sponsor]] and [newsletter.pitch] of config.toml."""

from pydantic import Field, model_validator

from digest.config import value_types
from digest.config.strict_table import ConfigTable
from digest.core.newsletters.promotion import Appeal, Pitch, Sponsor, SponsorPlace


class SponsorTable(ConfigTable):
    """[[newsletter.sponsor]]: an advertisement, for readers whose tier isn't ad-free."""

    name: value_types.Name = Field(examples=["Tarred & Twisted Ropes"])
    """Who pays for it."""
    text: value_types.Name = Field(examples=["Ropes that hold, since 1911."])
    """What they say."""
    url: value_types.UrlOrEmpty = ""
    """Where it leads."""
    link: value_types.Line = ""
    """What the link says. Empty: the name."""
    label: value_types.Line = ""
    """What stands above it. Empty: "Sponsored by" and the name, in the publication's language."""
    place: SponsorPlace = "after_lead"
    """Where it stands: "top", "after_lead", "after_section" (the first one) or "end"."""
    from_: value_types.DateOrNone = Field(default=None, alias="from")
    """The first day that it is shown."""
    until: value_types.DateOrNone = None
    """The last day that it is shown."""

    @model_validator(mode="after")
    def _days_are_in_order(self) -> "SponsorTable":
        if self.from_ and self.until and self.until < self.from_:
            raise ValueError(f"runs until {self.until}, which is before {self.from_}")
        return self

    def value(self) -> Sponsor:
        """The sponsor that it means."""
        return Sponsor(
            name=self.name,
            text=self.text,
            url=self.url,
            link=self.link,
            label=self.label,
            place=self.place,
            since=self.from_,
            until=self.until,
        )


class PitchTable(ConfigTable):
    """[newsletter.pitch]: asks readers to become subscribers, and thanks those who are."""

    text: value_types.Text = ""
    """What is said to readers who are no subscribers; a blank line between paragraphs."""
    url: value_types.UrlOrEmpty = ""
    """Where the button below it leads. Empty: no button."""
    link: value_types.Line = ""
    """What stands on the button. Empty: "Become a subscriber", in the publication's language."""
    thanks: value_types.Text = ""
    """What subscribers read in its place. Empty: nothing."""
    thanks_url: value_types.UrlOrEmpty = ""
    """Where the button below that leads. Empty: no button."""
    thanks_link: value_types.Line = ""
    """What stands on it."""
    every: value_types.Count = 4
    """At most every so many-th edition has it."""

    @model_validator(mode="after")
    def _button_says_something(self) -> "PitchTable":
        if self.thanks_url and not self.thanks_link:
            raise ValueError("has thanks_url, but no thanks_link to stand on the button")
        return self

    def value(self) -> Pitch | None:
        """The pitch that it means; None without any text."""
        ask = Appeal(self.text, self.url, self.link) if self.text.strip() else None
        thanks = (
            Appeal(self.thanks, self.thanks_url, self.thanks_link) if self.thanks.strip() else None
        )
        return Pitch(ask, thanks, self.every) if ask or thanks else None
