"""An edition as a paper to print: its articles whole, in columns, as PDF.

WeasyPrint is imported when a paper is made: it comes with the extra `print`, and needs Pango.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import nh3
from markupsafe import Markup

from digest.core.articles.article import Article
from digest.core.editions.edition import minutes
from digest.core.newsletters.newsletter import Newsletter, Publication
from digest.core.text import prose
from digest.dependencies import PANGO
from digest.errors import DependencyError
from digest.render.words.language import Phrases, direction, full_date, long_date
from digest.render.words.plain_text import reading_direction, sound

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

Size = Literal["a4", "letter"]
SIZES: dict[str, str] = {"a4": "A4", "letter": "letter"}
FEATURE = 320
"""Words from which a section's first piece stands over the whole width."""
SHARP = 700
"""Pixels from which a picture may stand over the whole width of a page: 100 an inch."""
PICTURE = "picture:"
_FONT = "font:"
_FAMILIES = {"Source Serif Pro": "SourceSerifPro", "Source Sans Pro": "SourceSansPro"}
_WEIGHTS = {"Regular": (400, "normal"), "It": (400, "italic"), "Bold": (700, "normal")} | {
    "BoldIt": (700, "italic"),
    "Black": (900, "normal"),
}
_PLACE = re.compile(r"(?:picture:[0-9a-f]{20}-(?:wide|small)\.jpg|font:[A-Za-z-]+\.otf)")
_FIRST = re.compile(r"\A<p>([^\W\d_])(?=\w)(?![\u0590-\u08ff\u3040-\u9fff])")
_TEXT = nh3.Cleaner(
    tags={"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "hr", "br"}
    | {"a", "em", "strong", "code", "sub", "sup", "s"},
    clean_content_tags={"script", "style", "svg", "math", "template"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=None,
)


@dataclass(frozen=True, slots=True)
class PrintedArticle:
    """One article as it is printed. `body` is its text as HTML, cleaned once more.

    `dir` is "rtl" or "ltr" where it runs against the paper, else empty.
    """

    number: int
    title: str
    body: Markup
    byline: str
    date: str
    url: str
    words: int
    dir: str
    picture: str = ""
    sharp: bool = True
    """Whether the picture has enough pixels for the width of a page."""
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """One topic's pieces. The feature stands over the whole width, the others in columns."""

    name: str
    feature: PrintedArticle | None
    pieces: tuple[PrintedArticle, ...]

    @property
    def everything(self) -> tuple[PrintedArticle, ...]:
        """All of them, in reading order."""
        return (self.feature, *self.pieces) if self.feature else self.pieces


@dataclass(frozen=True, slots=True)
class Paper:
    """One edition, ready for its template."""

    title: str
    weekday: str
    date: str
    lang: str
    dir: str
    kicker: str
    lead: PrintedArticle
    parts: tuple[PrintedSection, ...]

    @property
    def count(self) -> int:
        """How many articles it has."""
        return 1 + sum(len(part.everything) for part in self.parts)

    @property
    def minutes(self) -> int:
        """How long all of it takes to read."""
        pieces = [self.lead, *(piece for part in self.parts for piece in part.everything)]
        return sum(minutes(piece.words) for piece in pieces)


def lay_out_paper(
    newsletter: Newsletter,
    publication: Publication,
    at: datetime,
    sections: Sequence[tuple[str, Sequence[Article]]],
    say: Phrases,
) -> Paper:
    """The paper of an edition of a moment: the first section is its lead alone."""
    zone, language = ZoneInfo(newsletter.timezone), publication.language
    printer = _Printer(zone, language, direction(language), say)
    (kicker, (first, *_)), *below = sections
    day = at.astimezone(zone).date()
    numbers = iter(range(1, 1 + sum(len(articles) for _, articles in sections)))
    lead = printer.piece(first, next(numbers))
    return Paper(
        title=newsletter.title,
        weekday=full_date(day, language),
        date=long_date(day, language),
        lang=language or "en",
        dir=direction(language),
        kicker=prose.one_line(kicker),
        lead=lead,
        parts=tuple(
            _part(prose.one_line(name), [printer.piece(one, next(numbers)) for one in articles])
            for name, articles in below
        ),
    )


def _part(name: str, pieces: Sequence[PrintedArticle]) -> PrintedSection:
    if pieces[0].words >= FEATURE:
        return PrintedSection(name, pieces[0], tuple(pieces[1:]))
    return PrintedSection(name, None, tuple(pieces))


@dataclass(frozen=True, slots=True)
class _Printer:
    zone: ZoneInfo
    language: str
    dir: str
    say: Phrases

    def piece(self, article: Article, number: int) -> PrintedArticle:
        names = self.say.names([prose.one_line(name) for name in article.authors])
        day = article.published.astimezone(self.zone).date()
        own = reading_direction(article.body_text) or self.dir
        credit = prose.one_line((article.image and article.image.credit) or article.photo_credit)
        return PrintedArticle(
            number=number,
            title=prose.one_line(article.title) or self.say.untitled,
            body=_body(article.body_html, initial=number == 1),
            byline=self.say.by(names) if names else "",
            date=long_date(day, self.language) if article.dated else "",
            url=article.url,
            words=article.words,
            dir="" if own == self.dir else own,
            picture=f"{PICTURE}{article.image.wide}" if article.image else "",
            sharp=article.image is None or article.image.width >= SHARP,
            alt=prose.one_line(article.image.alt) if article.image else "",
            credit=self.say.photo(credit) if credit else "",
        )


def _body(html: str, *, initial: bool) -> Markup:
    """The text of an article, cleaned; the first letter of a paper's first one apart."""
    text = _TEXT.clean(sound(html))
    if initial:
        text = _FIRST.sub(r'<p><span class="initial">\1</span>', text, count=1)
    return Markup(text)  # noqa: S704 - cleaned here


def faces() -> list[tuple[str, str, int, str]]:
    """The fonts that came with the extra: family, address, weight and style."""
    return [
        (family, f"{_FONT}{file}-{name}.otf", weight, style)
        for family, file in _FAMILIES.items()
        if _font_folder(file)
        for name, (weight, style) in _WEIGHTS.items()
    ]


def _font_folder(file: str) -> Path | None:
    package = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", file).lower()
    found = find_spec(f"font_{package}")
    return Path(str(found.origin)).parent / "files" if found and found.origin else None


def make_pdf(html: str, picture: Callable[[str], bytes | None]) -> bytes:
    """Make the PDF. Nothing is fetched but our own pictures and fonts, whatever the HTML asks for.

    Raises ImportError where the extra is missing, and DependencyError where Pango is.
    """
    from PIL import ImageFile

    try:
        from weasyprint import HTML
    except OSError as error:  # its import loads Pango
        raise DependencyError(PANGO) from error
    try:
        made: bytes = HTML(string=html, url_fetcher=_fetcher(picture)).write_pdf(
            pdf_tags=True, pdf_identifier=b"digest", jpeg_quality=90, optimize_images=True
        )
        return made
    finally:
        # It lets Pillow take half a picture for a whole one, in all of this process.
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _fetcher(picture: Callable[[str], bytes | None]) -> "URLFetcher":
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Ours(URLFetcher):  # type: ignore[misc]
        """Gives pictures and fonts of ours; everything else isn't there."""

        def fetch(self, url: str, _headers: object = None) -> URLFetcherResponse:
            content = None
            if _PLACE.fullmatch(url):
                kind, _, name = url.partition(":")
                content = picture(name) if kind == "picture" else _font(name)
            if content is None:
                raise ValueError(f"nothing is fetched for a paper: {url}")
            return URLFetcherResponse(url, content)

    return Ours()


def _font(name: str) -> bytes | None:
    folder = _font_folder(name.partition("-")[0])
    with suppress(OSError):
        return (folder / name).read_bytes() if folder else None
    return None
