"""Editions to print in tests: one with everything in it, and how to print one."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from digest.core.articles.article import Article
from digest.core.editions.edition import Edition
from digest.core.message.fragments import Rendering
from digest.core.newsletters.newsletter import Publication
from digest.core.newsletters.promotion import Appeal, Pitch, Sponsor
from digest.render.message.edition import Renderer
from tests.builders import (
    MARK,
    MONDAY,
    a_newsletter,
    a_publication,
    an_article,
    an_edition,
    an_image,
    related,
)

TEMPLATES = Path(__file__).parents[2] / "templates"
WEB_URL = "https://read.harbour.example"

RENDERER = Renderer([TEMPLATES])


def printed(edition: Edition, publication: Publication | None = None) -> Rendering:
    return RENDERER.render(edition, publication or a_publication(), MARK, WEB_URL).rendered.proof()


def printed_with(folder: Path, edition: Edition | None = None) -> Rendering:
    """As printed, where a folder of the publication's own templates comes first."""
    renderer = Renderer([folder, TEMPLATES])
    return renderer.render(edition or an_edition(), a_publication(), MARK, WEB_URL).rendered.proof()


def a_full_edition() -> Edition:
    """Every kind of block: author headings, unsigned and unlinked pieces, related ones, RTL,
    pictures, a sponsor, a pitch.
    """
    lead = an_article(
        "The ferry that kept two towns talking",
        topic="world",
        published=_ago(days=1),
        summary="For sixty years the ferry carried gossip, grudges and the school choir across"
        " the strait. Last Thursday it made its last crossing.",
        words=1480,
        image=an_image(),
        audio_url="https://harbour.example/ferry.mp3",
        related=(
            *related("What the crossing treaty says", "A captain’s log, in his own hand"),
            *related("The choir that rehearses on water", url=""),
        ),
    )
    pieces = (
        _by("Mara Lind", "A border post learns to say good morning", "world"),
        _by("Tomas Okafor", "Fishing rights, drawn with a blunt pencil", "world"),
        replace(
            _by("Mara Lind", "Three embassies, one leaking roof", "world"),
            image=an_image(alt="", credit=""),
        ),
        replace(
            _by("Priya Raman", "Moss that remembers the weather", "science"),
            image=an_image(alt="Moss on a wall"),
            audio_url="https://harbour.example/moss.mp3",
        ),
        replace(_by("Ada Ferrer", "Sorting stars by ear", "science"), summary="", body_text=""),
        replace(
            _by("Jonas Weil", "Who pays when the container waits", "economy"),
            authors=("Jonas Weil", "Adaeze Nwosu", "Cy Tan"),
            related=related("Reading a bill of lading", "A glossary", "Rates", "One too many"),
        ),
        replace(_by("Adaeze Nwosu", "Bakers against the electric clock", "economy"), url=""),
        replace(_by("", "Letters: on rats, ropes & the new timetable", ""), authors=()),
        replace(_by("Noa Shapira", "המעבורת האחרונה", ""), dated=False, words=0),
    )
    newsletter = a_newsletter(
        intro="{{ lead.authors[0] }} was on board with a choir and a goat.\n\n"
        "Further on: {{ sections[1].stories[0].title }}, and {{ count - 2 }} more.",
        sponsors=(
            Sponsor(
                "Tarred & Twisted",
                "Ropes that hold, since 1911.",
                "https://ropes.example",
                "See the knots",
                place="after_section",
            ),
        ),
        pitch=Pitch(
            Appeal("You read this for free.\n\nOthers pay for it.", "https://harbour.example/pay"),
            Appeal("Thank you: you pay for the ink."),
        ),
        footer="Printed on no paper at all.",
    )
    return an_edition(lead, *pieces, newsletter=newsletter)


def _by(author: str, title: str, topic: str) -> Article:
    return an_article(
        title,
        topic=topic,
        authors=(author,),
        published=_ago(days=len(title) % 6 + 1),
        summary=f"What there is to say about it: {title.lower()}.",
        words=len(title) * 31,
    )


def _ago(days: int):
    return MONDAY - timedelta(days=days)
