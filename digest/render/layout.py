"""What templates see: stories, bylines and blocks, with every word ready to print.

Text in here is plain, scrubbed and on one line. Templates escape it; nothing in it is a template.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import idna

from digest.core import prose
from digest.core.article import Article, Image
from digest.core.edition import Edition, Group, Section
from digest.core.newsletter import Publication
from digest.core.selection import OTHER
from digest.render.language import Phrases, direction, full_date, long_date
from digest.render.text import reading_direction

WORDS_A_MINUTE = 230

# Far beyond what an editor writes; they only keep a broken feed from flooding a message.
TITLE_LIMIT = 600
NAME_LIMIT = 200
AUTHORS_LIMIT = 12

LEAD_DEK = 320
CARD_DEK = 240
LEAD_OPENING, CARD_OPENING = 900, 520
"""Characters of a piece that has no address: what stands in the mail is all that one can read."""
LEAD_RELATED = 6
CARD_RELATED = 3


# What most addresses are: nothing in it to check or to encode.
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?(?:[/?#][\w!#$%&'()*+,./:;=?@~-]*)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Link:
    """A further piece; `url` is empty where it has none. `dir` as in Story."""

    title: str
    url: str
    dir: str


LEAD_PICTURE, THUMB_PICTURE = (600, 300), (120, 80)
"""Width and height in CSS pixels; the files have twice as many."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A story's picture, cropped for its two places; sizes are CSS pixels.

    `lead` is to be shown at 600 × 300 and is empty where the picture is too small for that; `thumb`
    is always there, for 120 × 80. `alt` is empty where nobody described it.
    """

    lead: str
    thumb: str
    alt: str
    credit: str
    lead_width: int = LEAD_PICTURE[0]
    lead_height: int = LEAD_PICTURE[1]
    thumb_width: int = THUMB_PICTURE[0]
    thumb_height: int = THUMB_PICTURE[1]


@dataclass(frozen=True, slots=True)
class Story:
    """One article as it is printed.

    `dir` is "rtl" or "ltr" where the title runs against the edition's own direction, else empty;
    `summary_dir` says the same of the summary.
    `date` is empty where the source had none, `minutes` is 0 where the length is unknown; `facts`
    has both of them, as far as they are known.
    `published` is in the newsletter's time zone. `listen_url` is where one can hear it, or empty.
    """

    title: str
    url: str
    authors: tuple[str, ...]
    byline: str
    published: datetime
    date: str
    minutes: int
    facts: str
    summary: str
    related: tuple[Link, ...]
    dir: str
    summary_dir: str
    picture: Picture | None = None
    listen_url: str = ""

    @property
    def credits(self) -> str:
        """Who wrote it, when, and how long it takes to read, on one line."""
        return " · ".join(known for known in (self.byline, self.facts) if known)


@dataclass(frozen=True, slots=True)
class Byline:
    """The pieces of one byline in a block; with two or more of them it gets a heading."""

    name: str
    initials: str
    stories: tuple[Story, ...]

    @property
    def headed(self) -> bool:
        """Whether the writer stands above the pieces instead of on each."""
        return bool(self.name) and len(self.stories) > 1


@dataclass(frozen=True, slots=True)
class Block:
    """One topic's section."""

    name: str
    anchor: str
    bylines: tuple[Byline, ...]

    @property
    def stories(self) -> tuple[Story, ...]:
        """Its stories in reading order."""
        return tuple(story for byline in self.bylines for story in byline.stories)

    @property
    def count(self) -> int:
        """How many stories it has."""
        return len(self.stories)


@dataclass(frozen=True, slots=True)
class Layout:
    """One edition, ready for its templates."""

    lead: Story
    kicker: str
    blocks: tuple[Block, ...]
    date: str
    weekday: str
    lang: str
    dir: str

    @property
    def start(self) -> str:
        """The side where a line begins, for styles: mail clients don't know logical sides."""
        return "right" if self.dir == "rtl" else "left"

    @property
    def end(self) -> str:
        """The side where a line ends."""
        return "left" if self.dir == "rtl" else "right"

    @property
    def stories(self) -> tuple[Story, ...]:
        """Every story, the lead first."""
        return (self.lead, *(story for block in self.blocks for story in block.stories))

    @property
    def count(self) -> int:
        """How many stories it has."""
        return len(self.stories)

    @property
    def minutes(self) -> int:
        """How long all of it takes to read."""
        return sum(story.minutes for story in self.stories)


def lay_out(edition: Edition, publication: Publication, say: Phrases, web_url: str = "") -> Layout:
    """The edition in the words of its publication, dates in the newsletter's time zone.

    Pictures are at `web_url`; without one there are none.
    """
    zone, language = ZoneInfo(edition.newsletter.timezone), publication.language
    printer = _Printer(zone, language, direction(language), say, web_url.rstrip("/"))
    day = edition.at.astimezone(zone).date()
    return Layout(
        lead=printer.story(edition.lead, LEAD_DEK, LEAD_OPENING, LEAD_RELATED),
        kicker=prose.one_line(edition.lead_section),
        blocks=tuple(printer.block(s, n) for n, s in enumerate(edition.sections, 1)),
        date=long_date(day, language),
        weekday=full_date(day, language),
        lang=language or "en",
        dir=printer.dir,
    )


@dataclass(frozen=True, slots=True)
class _Printer:
    zone: ZoneInfo
    language: str
    dir: str
    say: Phrases
    web_url: str

    def block(self, section: Section, number: int) -> Block:
        name = prose.one_line(section.name) or (
            self.say.more if section.slug == OTHER else prose.one_line(section.slug)
        )
        return Block(name, f"part-{number}", tuple(self.byline(g) for g in section.groups))

    def byline(self, group: Group) -> Byline:
        authors = _names(group.authors)
        return Byline(
            name=self.say.names(authors),
            initials=_initials(authors),
            stories=tuple(
                self.story(a, CARD_DEK, CARD_OPENING, CARD_RELATED) for a in group.articles
            ),
        )

    def story(self, article: Article, dek: int, opening: int, related: int) -> Story:
        authors = _names(article.authors)
        title = prose.cut(prose.one_line(article.title), TITLE_LIMIT) or self.say.untitled
        url = web_address(article.url)
        summary = _summary(article, dek) if url else _opening(article, opening)
        published = article.published.astimezone(self.zone)
        date = long_date(published.date(), self.language) if article.dated else ""
        minutes = ceil(article.words / WORDS_A_MINUTE)
        known = (date, self.say.minutes(minutes) if minutes else "")
        return Story(
            title=title,
            url=url,
            authors=authors,
            byline=self.say.by(self.say.names(authors)) if authors else "",
            published=published,
            date=date,
            minutes=minutes,
            facts=" · ".join(fact for fact in known if fact),
            summary=summary,
            related=tuple(self.link(r.title, r.url) for r in article.related[:related]),
            dir=self.against(title),
            summary_dir=self.against(summary),
            picture=self.picture(article.image),
            listen_url=web_address(article.audio_url),
        )

    def picture(self, image: Image | None) -> Picture | None:
        if image is None or not self.web_url:
            return None
        folder = f"{self.web_url}/images"
        return Picture(
            lead=f"{folder}/{image.wide}" if image.width >= LEAD_PICTURE[0] else "",
            thumb=f"{folder}/{image.small}",
            alt=prose.one_line(image.alt),
            credit=prose.one_line(image.credit),
        )

    def link(self, title: str, url: str) -> Link:
        title = prose.cut(prose.one_line(title), TITLE_LIMIT) or self.say.untitled
        return Link(title, web_address(url), self.against(title))

    def against(self, text: str) -> str:
        """The text's direction where it isn't the edition's own."""
        own = reading_direction(text)
        return "" if own == self.dir else own


def _opening(article: Article, limit: int) -> str:
    """The first sentences of the body, unless the summary says something else."""
    summary, body = prose.one_line(article.summary), prose.one_line(article.body_text)
    if summary and not body.startswith(summary.rstrip("…")):
        return _summary(article, limit)
    return prose.summary(article.body_text, limit) or summary


def _summary(article: Article, limit: int) -> str:
    """The summary, else the first sentences of the body, in so many characters."""
    summary = prose.one_line(article.summary)
    if summary and len(summary) <= limit:
        return summary
    return prose.summary(summary or article.body_text, limit)


def web_address(url: str) -> str:
    """The URL in ASCII if a reader can follow it (http or https, with a host), else "".

    Encoded here, so that both parts of the message have the same bytes of it.
    """
    if _PLAIN_ADDRESS.fullmatch(url):
        return url
    try:
        parts = urlsplit(prose.tidy(url).strip())
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host:
            return ""
        if not host.isascii():
            ascii_host = idna.encode(host, uts46=True).decode()
            parts = parts._replace(netloc=parts.netloc.lower().replace(host, ascii_host))
    except ValueError:  # UnicodeError and IDNAError are ones
        return ""
    return quote(urlunsplit(parts), safe="%/:=?&~#+!$,;'@()*[]")


def _names(authors: Sequence[str]) -> tuple[str, ...]:
    names = (prose.cut(prose.one_line(author), NAME_LIMIT) for author in authors[:AUTHORS_LIMIT])
    return tuple(name for name in names if name)


def _initials(authors: Sequence[str]) -> str:
    """Two letters for a monogram: of one name its first and last word, of several the first two."""
    words = authors[0].split() if len(authors) == 1 else [a.split()[0] for a in authors]
    letters = [w[0].upper() for w in words if w[0].isalpha()]
    if len(authors) == 1 and len(letters) > 1:
        letters = [letters[0], letters[-1]]
    return "".join(letters[:2])
