"""What makes two reports of an article the same article, and when it has changed."""

import hashlib
import html
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from urllib.parse import SplitResult, quote, urlsplit

from digest.core.articles.article import Item, Related
from digest.core.articles.author import author_key
from digest.core.text import prose

# Parameters that say where a click came from, not what it opens.
_TRACKING = re.compile(
    r"utm_.*|mtm_.*|pk_.*|hsa_.*|mc_[ce]id|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid"
    r"|ttclid|igshid|li_fat_id|_hsenc|_hsmi|mkt_tok|vero_id|oly_(?:anon|enc)_id|wickedid|s_cid"
    r"|cmpid|ref_src|ref_url|__twitter_impression|at_medium|at_campaign",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_PORTS = {"http": 80, "https": 443}
_OPENING = re.compile(r"(?:written|reported|words|story)?\s*by\s*:?\s+", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_QUOTES = str.maketrans("‘’‚‛“”„‟‐‑‒–—―", "''''\"\"\"\"------")


@dataclass(frozen=True, slots=True)
class IdentifiedItem:
    """An item with all that the store keeps of it; `item` has clean one-line fields."""

    key: str
    content_hash: str
    item: Item
    summary: str
    words: int


def identify(item: Item) -> IdentifiedItem:
    """Make an item ready to be stored: clean its fields, name it, sum it up and count its words."""
    item = replace(
        item,
        title=prose.one_line(item.title),
        body_text=prose.tidy(item.body_text),
        authors=clean_authors(item.authors),
        url=item.url.strip(),
        summary=prose.one_line(item.summary),
        photo_credit=prose.one_line(item.photo_credit),
        related=tuple(Related(prose.one_line(r.title), r.url.strip()) for r in item.related),
        categories=_distinct(prose.one_line(category) for category in item.categories),
        audio_url=item.audio_url.strip() if canonical(item.audio_url) else "",
    )
    return IdentifiedItem(
        key=article_key(item),
        content_hash=content_hash(item),
        item=item,
        summary=item.summary or prose.summary(item.body_text),
        words=prose.count_words(item.body_text),
    )


def article_key(item: Item) -> str:
    """Return the identity of an article; it survives every edit of the body.

    The canonical address if it has one, else the feed's guid, else a fingerprint of title,
    authors and day. A bare guid ("1234") only means something within its feed.
    """
    if address := _page(item.url) or _page(item.guid):
        return f"url:{address}"
    if guid := item.guid.strip():
        return f"guid:{guid}" if ":" in guid else f"guid:{item.source}#{guid}"
    day = item.published.date().isoformat() if item.published else ""
    parts = [_folded(item.title), *sorted(_folded(name) for name in item.authors), day]
    return f"text:{_digest(parts)[:32]}"


def content_hash(item: Item) -> str:
    """Return a hash over every field a reader can see, who may, and the categories that sort it.

    Not over the picture, which has its own life (see picture). Of the address of a recording
    what it is called: what follows is mostly new with every fetch.
    """
    published = item.published.astimezone(UTC).isoformat() if item.published else ""
    audio = item.audio_url.partition("?")[0]
    return _digest(
        [
            *([audio] if audio else ()),
            *([item.access] if item.access else ()),
            item.title,
            item.authors,
            published,
            item.url,
            item.summary,
            item.body_html,
            item.photo_credit,
            [(link.title, link.url) for link in item.related],
            item.categories,
        ]
    )


def canonical(url: str) -> str:
    """Return the one spelling of a web address, or "" if it is none.

    Host in lower case, no default port, fragment, user name or tracking parameters, query in
    order, percent-encoding and trailing slash normalised.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    scheme, host = parts.scheme.lower(), _host(parts)
    if scheme not in _PORTS or not host:
        return ""
    if port and port != _PORTS[scheme]:
        host += f":{port}"
    path = encoded(parts.path).rstrip("/") or "/"
    pairs = sorted(pair for pair in encoded(parts.query).split("&") if pair)
    query = "&".join(pair for pair in pairs if not _TRACKING.fullmatch(pair.partition("=")[0]))
    return f"{scheme}://{host}{path}" + (f"?{query}" if query else "")


def clean_authors(names: Iterable[str]) -> tuple[str, ...]:
    """Return names without "By", markup, stray commas or repetition, in their order."""
    kept: dict[str, str] = {}
    for name in map(author, names):
        if name:
            kept.setdefault(author_key(name), name)
    return tuple(kept.values())


def author(name: str) -> str:
    """Return one name as it should be printed; "" if nothing is left of it."""
    plain = prose.one_line(html.unescape(_TAG.sub(" ", name)))
    return _OPENING.sub("", plain, count=1).strip(" ,;|·") if plain else ""


def _page(url: str) -> str:
    """Return the canonical address without its scheme, or "" for a site's front page.

    A feed whose entries all link to the front page would otherwise be one article.
    """
    address = canonical(url).partition("://")[2]
    host, _, rest = address.partition("/")
    return f"{host}/{rest}" if rest else ""


def is_same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site: the same host, or one within the other ("m.", "www.").

    A page may say what its own address is, and never that it is another site's article.
    """
    hosts = [canonical(url).partition("://")[2].partition("/")[0] for url in (one, other)]
    shorter, longer = sorted((host.removeprefix("www.") for host in hosts), key=len)
    return bool(shorter) and (longer == shorter or longer.endswith(f".{shorter}"))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def encoded(part: str) -> str:
    """Return a path or query with every character that needs it percent-encoded, and no other."""
    return _ESCAPE.sub(_unreserved, quote(part, safe="%/:?@!$&'()*+,;=~"))


def _unreserved(escape: re.Match[str]) -> str:
    char = chr(int(escape[1], 16))
    return char if char.isascii() and (char.isalnum() or char in "-._~") else escape[0].upper()


def _folded(text: str) -> str:
    """Return `text` so that spellings a person would not tell apart are equal."""
    folded = unicodedata.normalize("NFKC", prose.one_line(text)).casefold()
    return folded.translate(_QUOTES)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    kept: dict[str, str] = {}
    for text in texts:
        if text:
            kept.setdefault(text.casefold(), text)
    return tuple(kept.values())


def _digest(parts: Sequence[object]) -> str:
    packed = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode("ascii")).hexdigest()
