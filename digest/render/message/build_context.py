"""Sets an edition: from its articles to a layout, every word ready to print."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from digest.core.articles.article import Article, Image
from digest.core.articles.correction import Correction
from digest.core.articles.teaser import is_withheld, teaser
from digest.core.editions.edition import (
    Edition,
    Group,
    Section,
    StoryLength,
    minutes,
    story_entries_of,
)
from digest.core.editions.selection import OTHER
from digest.core.message.story_choice import StoryEntry
from digest.core.newsletters.newsletter import Publication
from digest.core.text import prose
from digest.render.message.promotions import advertisements, requests
from digest.render.message.template_context import (
    LEAD_PICTURE,
    Amendment,
    BylineGroup,
    Layout,
    RelatedLink,
    Story,
    StoryPicture,
    TopicBlock,
)
from digest.render.words.language import Phrases, direction, full_date, long_date
from digest.render.words.links import followable_url
from digest.render.words.plain_text import reading_direction

# Far beyond what an editor writes; they only keep a broken feed from flooding a message.
TITLE_LIMIT = 600
NOTE_LIMIT = 600
NAME_LIMIT = 200
AUTHORS_LIMIT = 12

LEAD_DEK = 320
CARD_DEK = 240
LEAD_OPENING, CARD_OPENING = 900, 520
"""Characters of a piece that has no address: what stands in the mail is all that one can read."""
SHORT_DEK = 110
"""Characters of a story that an editor made short."""
LEAD_RELATED = 6
CARD_RELATED = 3


def build_context(
    edition: Edition, publication: Publication, say: Phrases, web_url: str = ""
) -> Layout:
    """The edition in the words of its publication, dates in the newsletter's time zone.

    Pictures are at `web_url`; without one there are none.
    """
    zone, language = ZoneInfo(edition.newsletter.timezone), publication.language
    subscribe = followable_url(publication.subscribe_url or publication.url)
    printer = _Printer(
        zone, language, direction(language), say, web_url.rstrip("/"), subscribe, edition
    )
    day = edition.at.astimezone(zone).date()
    known = story_entries_of(edition)
    leads = [
        printer.story(place, article, LEAD_DEK, LEAD_OPENING, LEAD_RELATED)
        for place, article in enumerate(edition.articles)
    ]
    blocks, place = [], 1
    for number, section in enumerate(edition.sections):
        blocks.append(printer.block(section, number, known, place))
        place += len(section.articles)
    names = {block.number: block.name for block in blocks}
    kickers = [names[entry.section] if entry.topic else "" for entry in known[1:]]
    return Layout(
        entries=known,
        leads=tuple(leads),
        kickers=(prose.one_line(edition.lead_section), *kickers),
        blocks=tuple(blocks),
        date=long_date(day, language),
        weekday=full_date(day, language),
        lang=language or "en",
        dir=printer.dir,
        sponsors=advertisements(edition.newsletter.sponsors, day, say),
        requests=requests(edition.newsletter.pitch, say),
        footer=prose.one_line(edition.newsletter.footer),
        corrections=tuple(map(printer.amendment, edition.corrections)),
    )


@dataclass(frozen=True, slots=True)
class _Printer:
    zone: ZoneInfo
    language: str
    dir: str
    say: Phrases
    web_url: str
    subscribe_url: str
    edition: Edition

    def block(
        self, section: Section, number: int, known: Sequence[StoryEntry], place: int
    ) -> TopicBlock:
        name = prose.one_line(section.name) or (
            self.say.more if section.slug == OTHER else prose.one_line(section.slug)
        )
        bylines = []
        for group in section.groups:
            bylines += self.bylines(group, known, place)
            place += len(group.articles)
        return TopicBlock(number, name, f"part-{number + 1}", tuple(bylines))

    def bylines(self, group: Group, known: Sequence[StoryEntry], place: int) -> list[BylineGroup]:
        authors = _names(group.authors)
        stories: dict[int, list[Story]] = {}
        for n, article in enumerate(group.articles, place):
            printed = self.story(n, article, CARD_DEK, CARD_OPENING, CARD_RELATED)
            stories.setdefault(known[n].group, []).append(printed)
        name, initials = self.say.names(authors), _initials(authors)
        return [
            BylineGroup(number, name, initials, tuple(them)) for number, them in stories.items()
        ]

    def story(self, place: int, article: Article, dek: int, opening: int, related: int) -> Story:
        """An article as it is printed, with its teaser if it is not for everyone."""
        length = self.edition.lengths.get(article.id, StoryLength.FULL)
        if length is not StoryLength.FULL:
            article, related = replace(article, image=None), 0
            dek = opening = SHORT_DEK if length is StoryLength.SHORT else 0
        whole = self.printed(place, article, dek, opening, related)
        if not is_withheld(article):
            return whole
        cut = self.printed(place, teaser(article), dek, opening, related)
        return replace(whole, teaser=replace(cut, locked=True, subscribe_url=self.subscribe_url))

    def printed(self, place: int, article: Article, dek: int, opening: int, related: int) -> Story:
        authors = _names(article.authors)
        title = prose.shorten(prose.one_line(article.title), TITLE_LIMIT) or self.say.untitled
        url = followable_url(article.url)
        summary = (_summary(article, dek) if url else _opening(article, opening)) if dek else ""
        note = prose.one_line(self.edition.notes.get(article.id, ""))
        published = article.published.astimezone(self.zone)
        date = long_date(published.date(), self.language) if article.dated else ""
        long = minutes(article.words)
        known = (date, self.say.minutes(long) if long else "")
        return Story(
            place=place,
            title=title,
            url=url,
            authors=authors,
            byline=self.say.by(self.say.names(authors)) if authors else "",
            published=published,
            date=date,
            minutes=long,
            facts=" · ".join(fact for fact in known if fact),
            summary=summary,
            related=tuple(self.link(r.title, r.url) for r in article.related[:related]),
            dir=self.against(title),
            summary_dir=self.against(summary),
            picture=self.picture(article.image, article.photo_credit),
            listen_url=followable_url(article.audio_url),
            note=note,
            note_dir=self.against(note) if note else "",
        )

    def picture(self, image: Image | None, photo_credit: str) -> StoryPicture | None:
        if image is None or not self.web_url:
            return None
        folder = f"{self.web_url}/images"
        credit = prose.one_line(image.credit or photo_credit)
        return StoryPicture(
            lead=f"{folder}/{image.wide}" if image.width >= LEAD_PICTURE[0] else "",
            thumb=f"{folder}/{image.small}",
            alt=prose.one_line(image.alt),
            credit=self.say.photo(credit) if credit else "",
        )

    def link(self, title: str, url: str) -> RelatedLink:
        title = prose.shorten(prose.one_line(title), TITLE_LIMIT) or self.say.untitled
        return RelatedLink(title, followable_url(url), self.against(title))

    def amendment(self, told: Correction) -> Amendment:
        link = self.link(told.title, told.url)
        day = long_date(told.at.astimezone(self.zone).date(), self.language)
        note = prose.shorten(prose.one_line(told.note), NOTE_LIMIT)
        return Amendment(told.flag, link.title, link.url, note, day, link.dir)

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


def _names(authors: Sequence[str]) -> tuple[str, ...]:
    names = (
        prose.shorten(prose.one_line(author), NAME_LIMIT) for author in authors[:AUTHORS_LIMIT]
    )
    return tuple(name for name in names if name)


def _initials(authors: Sequence[str]) -> str:
    """Two letters for a monogram: of one name its first and last word, of several the first two."""
    words = authors[0].split() if len(authors) == 1 else [a.split()[0] for a in authors]
    letters = [w[0].upper() for w in words if w[0].isalpha()]
    if len(authors) == 1 and len(letters) > 1:
        letters = [letters[0], letters[-1]]
    return "".join(letters[:2])
