"""What has to be known of a language to read pages in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """What pages in one language say around an article.

    `str` fields are patterns without groups, matched without regard to case.
    """

    code: str
    common: str
    """No pattern but words that most texts in it have, in lower case, with spaces between: by
    them the language is known."""
    months: tuple[tuple[str, ...], ...]
    """Twelve tuples of names and abbreviations, in lower case and without a dot."""
    weekdays: str
    zones: dict[str, int]
    """Names of time zones: minutes east of UTC."""
    day_first: bool
    """Whether 3/4/2024 is the third of April; if not, it could be either and is no date."""
    on: str
    """Before a date."""
    at: str
    """Before a time of day."""
    oclock: str
    """After a time of day."""
    by: str
    """Before the names of the authors."""
    by_name: str
    """Likewise, but it begins headlines as well ("Von Haus zu Haus"): only before full names."""
    conjunction: str
    """Between two authors."""
    affiliation: str
    """Between an author and who they write for; whatever follows is left out."""
    role: str
    """Words that make a part of a byline a job or an agency, not a person."""
    published: str
    """Before the date of publication."""
    updated: str
    """Before the date of a later change."""
    reading_time: str
    photo: str
    """Before who took the picture, without the colon."""
    photo_by: str
    """Between such a word and a name, where there is no colon."""
    courtesy: str
    """Words in lower case with which the name in a credit may begin."""
    related: str
    """A line above links to other articles, without the colon."""
    furniture: str
    """Whole lines that belong to the page and to no article."""
    pitch: str
    """How a line begins that asks for something; with an `offer` in it, it begins a pitch."""
    pitch_heading: str
    """Whole headings within such a pitch."""
    button: str
    """Whole labels of the links and buttons of a pitch."""
    offer: str
    """What is offered: found within a line, it makes the line more likely part of a pitch."""
    invitation: str
    """How a sentence begins that invites the reader to something."""
    address: str
    """Words by which a publication speaks of itself to its readers."""
    narrative: str
    """Words of reports: a paragraph with one of them is taken for the article's own."""
