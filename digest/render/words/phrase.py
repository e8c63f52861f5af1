"""A phrase of ours, and whoever says it in a language."""

from typing import Protocol, overload


class Speaker(Protocol):
    """Says phrases in a language."""

    def text(self, source: str, **values: str) -> str:
        """A phrase, with these values in place of {their names}."""


class Phrase:
    """A phrase with nothing to fill in; read from a Speaker it is in its language."""

    def __init__(self, source: str) -> None:
        self._source = source

    @overload
    def __get__(self, say: None, owner: object) -> "Phrase": ...
    @overload
    def __get__(self, say: Speaker, owner: object) -> str: ...
    def __get__(self, say: Speaker | None, owner: object) -> "Phrase | str":
        """The phrase in the language of `say`."""
        return self if say is None else say.text(self._source)
