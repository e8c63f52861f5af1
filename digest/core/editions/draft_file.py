"""A draft as a short TOML file that an editor changes, and the edits that this means."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from digest.core.editions.draft_edit import DraftEdit, EditKind
from digest.core.editions.edition import Edition, StoryLength

_HEAD = """\
# The draft of edition {number}. Change it, save and close: what you changed is done, and can be
# undone. Take a [[story]] away and it is dropped; add one with the number of an article and it
# comes in. The first story is the lead. Within their sections the others stand in this order.
# form is "full", "short" or "title". The subject, preheader and intro may be templates.
"""
_TEXTS = (EditKind.SUBJECT, EditKind.PREHEADER, EditKind.INTRO)
_STORY = {"number", "title", "section", "summary", "form", "note"}


class DraftFileError(ValueError):
    """The file of a draft can't be used; the message says why, for people."""


def draft_to_toml(edition: Edition, number: int) -> str:
    """Write a draft down: its texts, then a [[story]] each, the lead first."""
    lines = [_HEAD.format(number=number)]
    newsletter = edition.newsletter
    lines += [f"{kind} = {_quoted(getattr(newsletter, kind))}" for kind in _TEXTS]
    for article in edition.articles:
        if article.id in edition.carried:
            continue
        section = _sections(edition)[article.id]
        lines += [
            "",
            "[[story]]",
            f"number = {article.id}",
            f"title = {_quoted(article.title)}",
            f"section = {_quoted(section)}",
            f"summary = {_quoted(article.summary)}",
            f"form = {_quoted(edition.lengths.get(article.id, StoryLength.FULL))}",
            f"note = {_quoted(edition.notes.get(article.id, ''))}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML string; over several lines where the text has them."""
    plain = all(letter == "\n" or letter.isprintable() for letter in text)
    if "\n" in text and plain and "'''" not in text and not text.endswith("'"):
        return f"'''\n{text}'''"
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    named = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    if letter in named:
        return named[letter]
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x20 or letter == "\x7f" else letter


def _sections(edition: Edition) -> dict[int, str]:
    found = {edition.lead.id: edition.lead_topic}
    for section in edition.sections:
        found |= {article.id: section.slug for article in section.articles}
    return found


def edits_of_toml(edition: Edition, text: str) -> list[DraftEdit]:
    """The edits that make this file of a draft. Raises DraftFileError, naming the fault."""
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise DraftFileError(f"this is no TOML: {fault}") from None
    stories = _stories(held, edition)
    edits = [*_membership(edition, stories), *_moves(edition, stories)]
    newsletter = edition.newsletter
    edits += [
        DraftEdit(kind, text=held[kind])
        for kind in _TEXTS
        if kind in held and held[kind] != getattr(newsletter, kind)
    ]
    known = {one.id: one for one in edition.articles}
    for number, story in stories.items():
        article = known.get(number)
        before = {
            EditKind.TITLE: article.title if article else None,
            EditKind.SUMMARY: article.summary if article else None,
            EditKind.FORM: edition.lengths.get(number, StoryLength.FULL).value,
            EditKind.NOTE: edition.notes.get(number, ""),
        }
        edits += [
            DraftEdit(kind, number, text=story[kind])
            for kind, was in before.items()
            if kind in story and story[kind] != was
        ]
    return edits


def _stories(held: Mapping[str, Any], edition: Edition) -> dict[int, dict[str, Any]]:
    """What the file says of each story, by its number."""
    _expect_known("", held, {"story", *_TEXTS})
    _expect_texts("", held, _TEXTS)
    stories: dict[int, dict[str, Any]] = {}
    for place, story in enumerate(held.get("story", []), 1):
        number = story.get("number")
        if not isinstance(number, int) or isinstance(number, bool):
            raise DraftFileError(f"story {place} needs number = the number of its article")
        if number in stories:
            raise DraftFileError(f"article {number} is there twice")
        if number in edition.carried:
            raise DraftFileError(f"an earlier edition had article {number}: it is in by itself")
        _expect_known(f"article {number}: ", story, _STORY)
        _expect_texts(f"article {number}: ", story, sorted(_STORY - {"number"}))
        stories[number] = story
    if not stories:
        raise DraftFileError("no story is left; an edition needs one")
    return stories


def _expect_known(where: str, held: Mapping[str, Any], known: Set[str]) -> None:
    if unknown := set(held) - known:
        raise DraftFileError(f"{where}{min(unknown)} means nothing here")


def _expect_texts(where: str, held: Mapping[str, Any], keys: Iterable[str]) -> None:
    for key in keys:
        if not isinstance(held.get(key, ""), str):
            raise DraftFileError(f"{where}{key} must be a text")


def _membership(edition: Edition, stories: Mapping[int, object]) -> Iterator[DraftEdit]:
    """Who comes in, who leads, who goes, in an order in which there always is a lead."""
    inside = [one.id for one in edition.articles if one.id not in edition.carried]
    for number in stories:
        if number not in inside:
            yield DraftEdit(EditKind.BRING, number)
    lead = next(iter(stories))
    if lead != edition.lead.id:
        yield DraftEdit(EditKind.LEAD, lead)
    for number in inside:
        if number not in stories:
            yield DraftEdit(EditKind.DROP, number)


def _moves(edition: Edition, stories: Mapping[int, Mapping[str, Any]]) -> Iterator[DraftEdit]:
    """The fewest moves that put each story where the file has it."""
    lead, *rest = stories
    where = _sections(edition)
    now: dict[str, list[int]] = {
        section.slug: [one.id for one in section.articles] for section in edition.sections
    }
    if lead != edition.lead.id:
        _take(now, lead)
        now.setdefault(edition.lead_topic, []).insert(0, edition.lead.id)
    inside = {*stories, *edition.carried}
    now = {slug: [one for one in them if one in inside] for slug, them in now.items()}
    wanted: dict[str, list[int]] = {}
    for number in rest:
        section = stories[number].get("section", where.get(number, ""))
        wanted.setdefault(section, []).append(number)
    for slug, them in wanted.items():
        for place, number in enumerate(them):
            if now.get(slug, [])[place : place + 1] != [number]:
                _take(now, number)
                now.setdefault(slug, []).insert(place, number)
                yield DraftEdit(EditKind.MOVE, number, section=slug, place=place + 1)


def _take(now: dict[str, list[int]], number: int) -> None:
    for them in now.values():
        if number in them:
            them.remove(number)
