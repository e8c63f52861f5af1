"""Invented articles, as many as wanted: always the same, and no two alike."""

import random
from functools import cache
from itertools import accumulate

WORDS = 20_000
_SYLLABLES = tuple(
    "bacedifoguhajekilomunaperisotuvawexiyozulqa"[n : n + 2] for n in range(0, 42, 2)
)


def text(number: int, words: int = 230) -> str:
    """The text of the article of this number: paragraphs with a blank line between them."""
    dice = random.Random(number)
    told = dice.choices(_vocabulary(), cum_weights=_weights(), k=words)
    sentences = [
        " ".join(told[start : start + 14]).capitalize() + "." for start in range(0, words, 14)
    ]
    return "\n\n".join(" ".join(sentences[n : n + 4]) for n in range(0, len(sentences), 4))


def title(number: int) -> str:
    """Its headline."""
    told = random.Random(-number - 1).choices(_vocabulary(), cum_weights=_weights(), k=5)
    return f"{' '.join(told).capitalize()} {number}"


def author(number: int) -> str:
    """Who wrote it: one of 20 people."""
    return f"Ada {_SYLLABLES[number % 20]}{_SYLLABLES[number % 20 + 1]}".title()


def dump(number: int) -> str:
    """It as a page dump, as this publication's articles come."""
    day = f"{1 + number % 28}"
    byline = f"Written by [{author(number)}](#) on March {day}, 2026"
    return f"{byline}\n\n{title(number)}\n\n{text(number)}\n\nPhoto: Ruta Vance\n"


def edited(plain: str, seed: int) -> str:
    """The same text with one word in thirty replaced, as another paper prints it."""
    dice = random.Random(seed)
    return " ".join(
        word if dice.random() > 1 / 30 else dice.choice(_vocabulary()) for word in plain.split(" ")
    )


@cache
def _vocabulary() -> list[str]:
    dice = random.Random(19)
    return ["".join(dice.choices(_SYLLABLES, k=dice.randint(1, 4))) for _ in range(WORDS)]


@cache
def _weights() -> list[float]:
    """A word's frequency is one over its rank, as in any language."""
    return list(accumulate(1 / (rank + 3) for rank in range(WORDS)))
