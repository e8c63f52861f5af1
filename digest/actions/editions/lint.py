"""Look over what an edition's readers get, before or after it is frozen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from digest.actions.editions.explain_reader import encoded_of
from digest.actions.editions.preview import NothingToShowError, preview
from digest.actions.message.message_factory import NOBODY, MessageFactory
from digest.core.editions.personalise import plain_words
from digest.core.editions.selection import Selection, Window
from digest.core.message.compose import EncodedVariant
from digest.core.message.encoded_edition import (
    EncodedEdition,
    Scale,
    join_fragments,
    with_all_corrections,
)
from digest.core.message.story_choice import Choice, StoryForm, choose_places
from digest.core.newsletters.newsletter import Newsletter
from digest.errors import DigestError, UsageError
from digest.render.lint.findings import Finding
from digest.render.lint.lint import lint_message
from digest.render.message import specimen
from digest.store.database.database import Database
from digest.store.editions import editions
from digest.store.editions.edition_contents import Contents
from digest.store.message import encoded_editions

SAID = 2
"""Hard faults that a refusal names."""
MAX_MESSAGE_FILE_BYTES = 50 * 1024 * 1024
"""Bytes of a file that are still taken for a message: what the largest servers take."""


@dataclass(frozen=True, slots=True)
class Linted:
    """What was looked at, in words, and what is wrong with it; `why` it could not be looked at."""

    what: str
    findings: tuple[Finding, ...] = ()
    why: str = ""

    @property
    def hard(self) -> bool:
        """Whether it must not be sent."""
        return any(finding.hard for finding in self.findings)


class FaultyError(DigestError):
    """An edition can't be frozen: its message has a hard fault."""


def sample_message(
    factory: MessageFactory, variant: EncodedVariant, edition: int, now: datetime
) -> bytes:
    """A message of this edition to ourselves, with links that unsubscribe nobody."""
    recipient = factory.recipient(
        edition=edition, delivery=0, subscription=NOBODY, email=factory.sender.address, name=""
    )
    return factory.message(variant, recipient, now).message


def freeze_refusal(factory: MessageFactory, contents: Contents, now: datetime) -> str:
    """Why these contents must not be frozen: their hard faults in one line, "" without any."""
    return encoded_refusal(factory, contents.encoded, now)


def encoded_refusal(factory: MessageFactory, encoded: EncodedEdition, now: datetime) -> str:
    """Why these bytes must not be frozen, as `freeze_refusal`."""
    found = _looked_over(factory, encoded, 0, now)
    hard = [f"{whose}{one}" for whose, one in found if one.hard]
    more = f" - and {len(hard) - SAID} more hard faults" if len(hard) > SAID else ""
    return " - ".join(hard[:SAID]) + more


def _looked_over(
    factory: MessageFactory, encoded: EncodedEdition, edition: int, now: datetime
) -> Iterator[tuple[str, Finding]]:
    """What is wrong with the messages of an edition, and with which; each fault of one only."""
    known: set[tuple[str, bool]] = set()
    for whose, message in samples(factory, encoded, edition, now):
        found = lint_message(message)
        yield from ((whose, one) for one in found if (one.id, one.hard) not in known)
        known |= {(one.id, one.hard) for one in found}


def samples(
    factory: MessageFactory, encoded: EncodedEdition, edition: int, now: datetime
) -> Iterator[tuple[str, bytes]]:
    """Messages of an edition to ourselves, and whose they stand for: "" is that of readers without
    wishes. Then the least that anybody may get, a single story, and the other forms.
    """
    for whose, variant in _variants(encoded):
        yield whose, sample_message(factory, variant, edition, now)


def _variants(encoded: EncodedEdition) -> Iterator[tuple[str, EncodedVariant]]:
    yield "", EncodedVariant(with_all_corrections(encoded))
    if len(encoded.entries) > 1:
        least = choose_places(encoded.entries, 1 << len(encoded.entries) - 1)
        yield "for who gets one story only: ", _variant(encoded, least)
    same = encoded.choice
    plain = choose_places(encoded.entries, same.mask, same.flags)
    yield "as plain text: ", _variant(encoded, replace(plain, text_only=True))
    yield (
        "in short: ",
        _variant(encoded, choose_places(encoded.entries, same.mask, same.flags, StoryForm.TITLE)),
    )


def _variant(encoded: EncodedEdition, choice: Choice) -> EncodedVariant:
    words = plain_words(encoded, choice)
    fitting = choice if choice.text_only else Scale(encoded).fit(choice, words)
    return EncodedVariant(join_fragments(encoded, fitting, words))


def lint_file(path: Path) -> Linted:
    """A message in a file, of whichever program. Raises UsageError for one that can't be read."""
    try:
        size = path.stat().st_size
        message = path.read_bytes() if size <= MAX_MESSAGE_FILE_BYTES else b""
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    if not message.strip():
        fault = "is too large for a message" if size > MAX_MESSAGE_FILE_BYTES else "is empty"
        raise UsageError(f"{path}: {fault}")
    if b"\r\n" not in message:  # kept by a program that knows no other ends of lines
        message = message.replace(b"\n", b"\r\n")
    return Linted(str(path), tuple(lint_message(message)))


def lint_edition(db: Database, factory: MessageFactory, edition: int, now: datetime) -> Linted:
    """A message of an edition that is kept. Raises UsageError if there is none, or no message."""
    kept = db.read(editions.by_id, edition)
    if kept is None:
        raise UsageError(f"there is no edition {edition}; `digest status` lists them")
    if not kept.subject:
        raise UsageError(f"edition {edition} has no message: it is {kept.state}, {kept.why}")
    encoded = db.read(encoded_editions.encoded_edition, edition)
    return Linted(f"edition {edition}", _findings(factory, encoded, edition, now))


def _findings(
    factory: MessageFactory, encoded: EncodedEdition, edition: int, now: datetime
) -> tuple[Finding, ...]:
    return tuple(
        replace(one, where=whose + one.where)
        for whose, one in _looked_over(factory, encoded, edition, now)
    )


def lint_specimen(factory: MessageFactory, newsletter: Newsletter, now: datetime) -> list[Finding]:
    """What templates and settings do wrong, whatever the articles are. Raises TemplateError."""
    edition = specimen.full_specimen(newsletter)
    contents = factory.contents(edition, Selection(Window(edition.at, edition.at), (), ()))
    return lint_message(
        sample_message(factory, EncodedVariant(with_all_corrections(contents.encoded)), 0, now)
    )


def lint_next(
    db: Database, factory: MessageFactory, newsletter: Newsletter, at: datetime, now: datetime
) -> Linted:
    """What this newsletter would send at this moment."""
    try:
        shown = preview(db, factory, newsletter, at, now)
    except NothingToShowError as nothing:
        return Linted(newsletter.slug, why=str(nothing))
    planned = shown.plan
    encoded = encoded_of(db, factory, planned, None)
    return Linted(
        newsletter.slug, _findings(factory, encoded, planned.kept.id if planned.kept else 0, now)
    )
