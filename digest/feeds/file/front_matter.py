"""The fields that may stand above a Markdown article, in YAML (`---`) or TOML (`+++`)."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

import yaml

from digest.core.articles.article import Access, ImageLink, Related
from digest.core.articles.identity import author, canonical
from digest.errors import ArticleError
from digest.feeds.article import dates
from digest.feeds.article.byline import author_names_in
from digest.feeds.article.headline import Head
from digest.feeds.html.html_images import image_link

_LONGEST = 16_000
_FENCES = {"---": ("---", "..."), "+++": ("+++",)}
_FIELDS = re.compile(r"(?:[ \t]*(?:#.*)?\n)*(?:[\"']?[\w-]+[\"']?[ \t]*[:=]|\[|-[ \t])")
_TOML_LINE = re.compile(r"\(at line (\d+)")

_HINTS = {
    "mapping values are not allowed here": "a value with a colon in it has to stand in quotes",
    "found character '\\t' that cannot start any token": "a tab; indent with spaces",
}

_TITLE = ("title", "headline")
_AUTHORS = ("authors", "author", "byline", "by")
_DATE = ("date", "published", "pubdate", "publish_date", "published_at", "created")
_URL = ("canonical_url", "canonical", "url", "link", "permalink")
_SUMMARY = ("summary", "description", "excerpt", "abstract")
_CREDIT = ("photo_credit", "image_credit", "photo", "credit")
_IMAGE = ("image", "cover", "cover_image", "featured_image", "hero", "thumbnail", "picture")
_AUDIO = ("audio", "audio_url", "podcast")
_ACCESS = ("access", "visibility")
_ACCESSES = dict.fromkeys(("subscribers", "subscriber", "members", "paid"), Access.SUBSCRIBERS)
_ACCESSES |= dict.fromkeys(("everyone", "public", "free"), Access.EVERYONE)
_TOPICS = ("topic", "topics", "section", "category", "categories", "tag", "tags")


_YES, _NO = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}
_NOT_FOR_READERS = {
    "draft": _YES,
    "published": _NO,
    "publish": _NO,
    "status": {"draft", "private", "pending", "scheduled", "unpublished", "trash", "hidden"},
    "unlisted": _YES,
    "hidden": _YES,
    "private": _YES,
    "noindex": _YES,
}
"""Fields by which generators keep a page from readers, and the words that say so."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the fields say."""

    head: Head
    summary: str = ""
    photo_credit: str = ""
    related: tuple[Related, ...] = ()
    categories: tuple[str, ...] = ()
    images: tuple[ImageLink, ...] = ()
    audio_url: str = ""
    access: Access | None = None
    withheld: str = ""


class _Loader(yaml.SafeLoader):
    """Without aliases, which a front matter doesn't need and a few of which can fill all memory."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not allowed", problem_mark=mark)
        return super().compose_node(parent, index)


def _timestamp(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    """Return the date that a value is, or its text, of which we say ourselves what is wrong."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def split(text: str) -> tuple[str, str, str]:
    """Return the fence, what is within it, and the rest; without front matter all is rest.

    Raises ArticleError if it isn't closed or is far too long.
    """
    first, _, after = text.partition("\n")
    fence = first.rstrip()
    if fence not in _FENCES or not _FIELDS.match(after):
        return "", "", text
    end = re.compile(rf"^(?:{'|'.join(map(re.escape, _FENCES[fence]))})[ \t]*$", re.MULTILINE)
    found = end.search(after)
    if not found:
        raise ArticleError(f"front matter, line 1: no closing {fence}")
    if found.start() > _LONGEST:
        raise ArticleError(f"front matter, line 1: longer than {_LONGEST:,} characters")
    return fence, after[: found.start()], after[found.end() :]


def read_front_matter(fence: str, within: str, zone: tzinfo) -> FrontMatter:
    """Read front matter; raises ArticleError naming the line of the file that is wrong."""
    fields = {str(key).lower().replace("-", "_"): value for key, value in _load(fence, within)}
    return FrontMatter(
        head=Head(
            title=_first_text(fields, _TITLE),
            url=next((url for url in _texts(fields, _URL) if canonical(url)), ""),
            authors=tuple(_people(fields)),
            published=_published(fields, within, zone),
        ),
        summary=_first_text(fields, _SUMMARY),
        photo_credit=_first_text(fields, _CREDIT),
        related=tuple(_related(fields.get("related"))),
        categories=tuple(_texts(fields, _TOPICS)),
        images=tuple(_images(fields)),
        audio_url=next((url for url in _texts(fields, _AUDIO) if canonical(url)), ""),
        access=_access(fields, within),
        withheld=_withheld(fields),
    )


def _withheld(fields: Mapping[str, object]) -> str:
    """Why the fields say that it is not for readers; empty where they don't."""
    for name, words in _NOT_FOR_READERS.items():
        said = fields.get(name)
        if str(said).strip().casefold() in words:
            shown = str(said).lower() if isinstance(said, bool) else said
            what = "unlisted" if name in {"unlisted", "noindex", "hidden"} else "a draft"
            return f"{what} ({name}: {shown} in its front matter)"
    return ""


def _load(fence: str, within: str) -> list[tuple[object, object]]:
    try:
        loaded = tomllib.loads(within) if fence == "+++" else yaml.load(within, _Loader)  # noqa: S506
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        raise _wrong(int(found[1]) if found else 0, str(error).split(" (at")[0]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise _wrong(line, _HINTS.get(error.problem or "", error.problem or "not YAML")) from None
    except RecursionError:
        raise _wrong(0, "brackets nested far too deep") from None
    except (yaml.YAMLError, ValueError) as error:
        raise _wrong(0, str(error).split("\n", 1)[0]) from None
    if loaded is None:
        return []
    if not isinstance(loaded, dict):
        raise _wrong(1, "fields are expected, such as title: …")
    return list(loaded.items())


def _wrong(line: int, problem: str) -> ArticleError:
    """Say what is wrong; `line` counts from 1 after the fence, which is the first of the file."""
    return ArticleError(f"front matter, line {line + 1}: {problem}")


def _texts(fields: dict[str, object], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        value = fields.get(key)
        if isinstance(value, str) and key in _TOPICS:
            yield from (part.strip() for part in value.split(",") if part.strip())
        else:
            yield from (str(one).strip() for one in _plain_values(value) if str(one).strip())


def _plain_values(value: object) -> list[str | int | float]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str | int | float) and one is not False]


def _first_text(fields: dict[str, object], keys: tuple[str, ...]) -> str:
    return next(_texts(fields, keys), "")


def _people(fields: dict[str, object]) -> Iterator[str]:
    for key in _AUTHORS:
        value = fields.get(key)
        for one in value if isinstance(value, list) else [value]:
            name = one.get("name") if isinstance(one, dict) else one
            if isinstance(name, str):
                yield from author_names_in(name) or filter(None, [author(name)])


def _published(fields: dict[str, object], within: str, zone: tzinfo) -> datetime | None:
    for key, value in ((key, fields[key]) for key in _DATE if key in fields):
        if str(value).strip().casefold() in _YES | _NO:
            continue  # published: true
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=zone)
        if isinstance(value, date):
            return dates.at_midnight(value, zone)
        if isinstance(value, str) and (when := dates.parse_date(value, zone)):
            return when
        raise _wrong(_line(within, key), f"{value!r} is no date; write it as 2024-03-31")
    return None


def _access(fields: dict[str, object], within: str) -> Access | None:
    """Who may read it, if it says so. What we don't understand is refused: it might be withheld."""
    for key in (one for one in _ACCESS if one in fields):
        found = _ACCESSES.get(str(fields[key]).strip().lower())
        if found is None:
            problem = f"{key}: {fields[key]!r} is unknown; write subscribers or everyone"
            raise _wrong(_line(within, key), problem)
        return found
    return None


def _line(within: str, key: str) -> int:
    """The line within the front matter that a field begins, from 1."""
    before = within[: within.lower().find(key.replace("_", "-")[:4])]
    return before.count("\n") + 1


def _related(value: object) -> Iterator[Related]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and one.strip():
            url = one if canonical(one) else ""
            yield Related(one.strip(), url)
        elif isinstance(one, dict) and isinstance(one.get("title"), str):
            address = one.get("url") or one.get("link")
            yield Related(one["title"].strip(), address if isinstance(address, str) else "")


def _images(fields: dict[str, object]) -> Iterator[ImageLink]:
    """The pictures that are named: as a path, or as a table with its words."""
    for key in _IMAGE:
        value = fields.get(key)
        table = value if isinstance(value, dict) else {"src": value}
        alt = table.get("alt") or fields.get(f"{key}_alt") or fields.get("image_alt")
        source = next(
            (table[name] for name in ("src", "url", "image", "path") if name in table), ""
        )
        if isinstance(source, str) and (
            found := image_link(source, alt=alt if isinstance(alt, str) else "")
        ):
            yield found
