"""What a feed says of one article, and the item that it makes."""

import html
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from digest.core.articles.article import ImageLink, Item
from digest.core.articles.identity import article_key, canonical, clean_authors
from digest.core.articles.picture import likely
from digest.core.text import prose
from digest.feeds.article import dates
from digest.feeds.article.byline import author_names_in
from digest.feeds.html import sanitise
from digest.feeds.html.html_images import images_of

MAX_ENTRY_CHARS = 1_000_000
"""Characters of one entry's text."""

_TEASER = 600  # characters; a longer summary is an article
_TITLE = 90  # characters of a title made from the text
_MAIL = re.compile(r"[^\s@()<>]+@[^\s@()<>]+")
_PARAGRAPH = re.compile(r"\n\s*\n")
_YEARS = range(1600, 2200)
_LINKING = re.compile(r"<[a-z][^<>]*\s(?:href|src)\s*=[^<>]*>", re.IGNORECASE)
_LINK = re.compile(r"(\s(?:href|src)\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)
_WHOLE = re.compile(r"\s*[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# From the root of a site, without anything to work out: most relative links are.
_PATH = re.compile(r"(?:/[\w~-]++(?:\.[\w-]++)*+)++/?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry as the feed has it. `title`, `body` and `summary` are untrusted HTML.

    `images` are those beside the text.
    """

    title: str = ""
    body: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    url: str = ""
    guid: str = ""
    categories: tuple[str, ...] = ()
    images: tuple[ImageLink, ...] = ()
    audio_url: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The items of a feed. `notes` say in plain words what was left out, and why."""

    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()


def parsed(entries: list[FeedEntry], source: str, total: int, most: int) -> Parsed:
    """Make items of the newest entries of a feed that had `total` of them."""
    kept = newest_entries(entries, most)
    made = [(entry, entry_to_item(entry, source)) for entry in kept]
    items = [one for _, one in made if one]
    guids: dict[str, set[str]] = {}
    for one in items:
        guids.setdefault(canonical(one.url), set()).add(one.guid)
    # Where many entries lead to one page ("/changes"), it isn't what tells them apart.
    apart = [
        replace(one, url="") if one.guid and len(guids[canonical(one.url)]) > 1 else one
        for one in items
    ]
    distinct = {article_key(one): one for one in reversed(apart)}
    notes = []
    if total > len(kept):
        notes.append(f"only the newest {len(kept):,} of {total:,} entries were taken")
    if empty := len(made) - len(items):
        notes.append(f"{_entries(empty)} with nothing to read left out")
    if doubled := len(apart) - len(distinct):
        notes.append(f"{_entries(doubled)} that came twice left out")
    return Parsed(tuple(reversed(distinct.values())), tuple(notes))


def newest_entries(entries: list[FeedEntry], most: int) -> list[FeedEntry]:
    """Return the newest entries, in their order; the first ones if any has no date."""
    moments = [entry.published for entry in entries if entry.published]
    if len(entries) <= most or len(moments) < len(entries):
        return entries[:most]
    last = sorted(range(len(entries)), key=lambda n: moments[n], reverse=True)[:most]
    return [entries[n] for n in sorted(last)]


def entry_to_item(entry: FeedEntry, source: str) -> Item | None:
    """Make an item of an entry; None if there is nothing to read in it."""
    body, summary = entry.body[:MAX_ENTRY_CHARS], entry.summary[:MAX_ENTRY_CHARS]
    if not body.strip():
        body, summary = summary, ""
    body_html = sanitise.sanitise_html(body)
    body_text = sanitise.html_to_text(body_html)
    title = html_to_line(entry.title) or prose.summary(body_text, _TITLE)
    if not title or not (body_text or canonical(entry.url)):
        return None
    teaser = html_to_line(summary) if summary else ""
    return Item(
        title=title,
        body_html=body_html,
        body_text=body_text,
        source=source,
        authors=clean_authors(name for one in entry.authors for name in people(one)),
        published=entry.published,
        url=entry.url if canonical(entry.url) else "",
        guid=prose.one_line(entry.guid)[:1000],
        summary=teaser if len(teaser) <= _TEASER and teaser != prose.one_line(body_text) else "",
        categories=tuple(category for one in entry.categories if (category := html_to_line(one))),
        images=likely((*entry.images, *images_of(body, entry.url or source))),
        audio_url=entry.audio_url,
    )


def html_to_line(untrusted: str) -> str:
    """Return the words of untrusted HTML as one line."""
    untrusted = untrusted[:MAX_ENTRY_CHARS]
    if "<" not in untrusted and "&" not in untrusted:
        return prose.one_line(untrusted)
    return prose.one_line(sanitise.html_to_text(sanitise.sanitise_html(untrusted)))


def people(said: str) -> tuple[str, ...]:
    """Return the people that a feed names, without their email addresses."""
    said = prose.one_line(said)[:200]
    if "(" in said and "@" in said.partition("(")[0]:  # ada@harbour.example (Ada Park)
        said = said.partition("(")[2].rstrip(") ")
    said = _MAIL.sub("", said).strip(" ()<>\"'")
    return author_names_in(said) or clean_authors([said])


def text_to_html(text: str) -> str:
    """Write plain text as HTML, a paragraph for each that it has."""
    return text_to_paragraphs(html.escape(text[:MAX_ENTRY_CHARS], quote=False)).replace(
        "\n", "<br>"
    )


def text_to_paragraphs(escaped: str) -> str:
    """Set text between blank lines in paragraphs; where there are none, it stays as it is."""
    if not _PARAGRAPH.search(escaped):
        return escaped
    return "".join(f"<p>{part.strip()}</p>" for part in _PARAGRAPH.split(escaped))


def absolute(untrusted: str, base: str) -> str:
    """Return HTML in which the addresses of links and pictures begin at `base`, where relative."""
    if not base:
        return untrusted
    return _LINKING.sub(lambda tag: _LINK.sub(lambda link: _joined(link, base), tag[0]), untrusted)


def absolute_link(base: str, link: str) -> str:
    """Return the address that a link on the page `base` leads to; "" if it is none."""
    link = link.strip()
    try:
        if _PATH.fullmatch(link) and (site := _site(base)):
            return site + link
        return urljoin(base, link)
    except ValueError:
        return ""


@lru_cache(maxsize=256)
def _site(base: str) -> str:
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else ""


def _joined(link: re.Match[str], base: str) -> str:
    said = link[2].strip("\"'")
    if _WHOLE.match(said):
        return link[0]
    return f'{link[1]}"{html.escape(absolute_link(base, html.unescape(said)))}"'


def entry_moment(text: str, zone: tzinfo, known: datetime | None = None) -> datetime | None:
    """Return when that is: a day alone is midnight in `zone`. `known` is how others read it."""
    text = text.strip()[:100]
    if known is None or _DAY.fullmatch(text):
        known = dates.parse_date(text, zone) or _iso(text, zone) or known
    return known.astimezone(UTC) if known and known.year in _YEARS else None


def _iso(text: str, zone: tzinfo) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=zone)


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"
