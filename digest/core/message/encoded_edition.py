"""A frozen edition: every fragment in wire-ready bytes, from which each message is joined."""

import binascii
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from digest.core.message import mime, size_budget
from digest.core.message.compose import (
    ListHeaders,
    Sender,
    Wire,
    boundary_of,
    shared_lines,
    without_html,
)
from digest.core.message.fragments import Fragment, RenderedFragments, SubjectLine, shown_labels
from digest.core.message.story_choice import MAIL, Choice, StoryEntry

_TOKEN = 96
"""Bytes that a reader's own value may add to the HTML part, where a slot stands."""


@dataclass(frozen=True, slots=True)
class EncodedFragment:
    """A fragment, quoted-printable, that ends where a line does; `size` is its bytes before."""

    label: str
    content: bytes
    size: int


@dataclass(frozen=True, slots=True)
class EncodedEdition:
    """One edition in bytes. `head` is the header lines that all its messages share.

    `choice` and `words` are those of a reader without wishes.
    """

    entries: tuple[StoryEntry, ...]
    head: bytes
    html: tuple[EncodedFragment, ...]
    text: tuple[EncodedFragment, ...]
    boundary: str
    mark: str
    choice: Choice
    words: SubjectLine


def encode_fragments(
    rendered: RenderedFragments, sender: Sender, list_headers: ListHeaders
) -> EncodedEdition:
    """Encode every fragment, once. Same input, same bytes.

    Raises ValueError for a value that can't stand in its header.
    """
    html, text = (_pieces(part, rendered.mark) for part in (rendered.html, rendered.text))
    boundary = boundary_of((piece.content for piece in (*html, *text)), rendered.mark)
    encoded = EncodedEdition(
        entries=rendered.entries,
        head=shared_lines(sender, list_headers, boundary),
        html=html,
        text=text,
        boundary=boundary,
        mark=rendered.mark,
        choice=rendered.choice,
        words=rendered.words,
    )
    choice = Scale(encoded).fit(rendered.choice, rendered.words)
    return EncodedEdition(
        **{name: getattr(encoded, name) for name in encoded.__slots__} | {"choice": choice}
    )


def _pieces(fragments: Iterable[Fragment], mark: str) -> tuple[EncodedFragment, ...]:
    return tuple(
        EncodedFragment(one.label, mime.inset(one.text, mark), _size(one.text)) for one in fragments
    )


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def join_fragments(encoded: EncodedEdition, choice: Choice, words: SubjectLine) -> Wire:
    """Join the fragments of one choice. Equal choices are equal bytes."""
    chosen = shown_labels(encoded.entries, choice, words)
    html, text = (
        _joined(part, chosen, values, encoded.mark)
        for part, values in ((encoded.html, words.for_html), (encoded.text, words.for_text))
    )
    subject = mime.unstructured("Subject", words.subject)
    if encoded.mark.encode() in subject:
        raise ValueError("a slot can't stand in a header")
    head = subject + encoded.head
    if choice.text_only:
        head, html = without_html(head), b""
    return Wire(head=head, text=text, html=html, boundary=encoded.boundary, mark=encoded.mark)


def standard(encoded: EncodedEdition) -> Wire:
    """What a reader without wishes gets."""
    return join_fragments(encoded, encoded.choice, encoded.words)


def with_all_corrections(encoded: EncodedEdition) -> Wire:
    """The same for one who is told of everything that was wrong: nobody gets more than that."""
    labels = {piece.label for piece in encoded.html}
    fixes = {label.partition(" ")[2] for label in labels if label.startswith("with fix")}
    if not fixes:
        return standard(encoded)
    choice = replace(encoded.choice, flags=tuple(sorted({*encoded.choice.flags, *fixes})))
    return join_fragments(encoded, Scale(encoded).fit(choice, encoded.words), encoded.words)


def public(encoded: EncodedEdition) -> str:
    """The HTML of what a reader without wishes gets, but for what is about them or for some tiers.

    Slots stand only where a template puts a reader's values outside of the fragments for mail.
    """
    return on_the_web(encoded, replace(encoded.choice, flags=()), encoded.words)


def on_the_web(encoded: EncodedEdition, choice: Choice, words: SubjectLine) -> str:
    """The HTML of a choice, without what is about its reader."""
    chosen = shown_labels(encoded.entries, choice, words) - {MAIL}
    body = _joined(encoded.html, chosen, words.for_html, encoded.mark)
    return binascii.a2b_qp(body).decode().replace("\r\n", "\n")


def _joined(
    part: Iterable[EncodedFragment], chosen: Set[str], values: Mapping[str, str], mark: str
) -> bytes:
    return _filled(b"".join(p.content for p in part if p.label in chosen), values, mark)


def _filled(body: bytes, values: Mapping[str, str], mark: str) -> bytes:
    """The body with its words in their slots; the readers' own slots stay."""
    parts = mime.slot_pattern(mark).split(body)
    for n in range(1, len(parts), 2):
        name = parts[n].decode("ascii")
        if name in values:
            parts[n] = mime.inset(values[name], mark)
            # The slot's own line ends behind it; what was put in has ended its last line already.
            parts[n + 1] = parts[n + 1].removeprefix(b"=\r\n")
        else:
            parts[n] = f"{mark}{name}Z".encode()
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class Scale:
    """Weighs the messages of a sheet: what Gmail cuts off is counted before any encoding."""

    encoded: EncodedEdition
    weights: Mapping[str, int] = field(init=False)
    slots: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        weights: Counter[str] = Counter()
        slots: Counter[str] = Counter()
        find, mark = mime.slot_pattern(self.encoded.mark), self.encoded.mark.encode()
        for piece in self.encoded.html:
            weights[piece.label] += piece.size
            if mark in piece.content:
                slots.update(name.decode() for name in find.findall(piece.content))
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "slots", slots)

    def fit(self, choice: Choice, words: SubjectLine) -> Choice:
        """The choice with as much of each story as there is room for."""
        return size_budget.fit(self.encoded.entries, self.weights, choice, self._extra(words))

    def weigh(self, choice: Choice, words: SubjectLine) -> int:
        """Bytes of HTML that the message of a choice comes to, at most."""
        extra = self._extra(words)
        return extra + size_budget.weigh(self.encoded.entries, self.weights, choice)

    def _extra(self, words: SubjectLine) -> int:
        """What comes in by slots, in fragments of the message or not."""
        values = words.for_html
        return self.weights.get("intro", 0) + sum(
            count * (len(values[name].encode()) if name in values else _TOKEN)
            for name, count in self.slots.items()
        )
