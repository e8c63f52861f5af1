"""How much of the corpus the importer gets right.

Each page of `corpus` stands beside the JSON of what is in it: its articles, with their sentences,
and the lines (`not_body`) that are of no article. Sentences are counted by their text; a golden one
is found if it stands whole in what became the body of its article, and what stands there beyond
the golden ones is wrong.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from digest.core.articles.article import Item
from digest.core.text import prose
from digest.errors import ArticleError
from digest.feeds.file import text_page
from digest.feeds.html import charset

CORPUS = Path(__file__).parent / "corpus"
_NOTHING = Item(title="", body_html="", body_text="", source="")
ROUNDS = ("tuned", "held out", "later", "last")
"""Pages by which the rules were made; that were held out until then; and written after that."""
FIELDS = ("title", "authors", "date", "credit", "related")


@dataclass(frozen=True, slots=True)
class Case:
    """One page and what has to become of it."""

    name: str
    language: str
    round: str
    data: bytes
    articles: tuple[dict[str, Any], ...]
    not_body: tuple[str, ...]


@dataclass(slots=True)
class Score:
    """What was counted; `misses` says of each miss what it is."""

    articles: int = 0
    golden: int = 0
    found: int = 0
    kept: int = 0
    right: int = 0
    fields: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIELDS, 0))
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.kept if self.kept else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.golden if self.golden else 1.0

    def add(self, other: "Score") -> None:
        self.articles += other.articles
        self.golden += other.golden
        self.found += other.found
        self.kept += other.kept
        self.right += other.right
        for name in FIELDS:
            self.fields[name] += other.fields[name]
        self.misses += other.misses


def cases() -> list[Case]:
    """Return the corpus, in the order of its names."""
    return [_case(path) for path in sorted(CORPUS.glob("*.json"))]


def score(case: Case) -> Score:
    """Import one page and count."""
    try:
        items = text_page.read_text_pages(charset.decode(case.data), case.name, UTC)
    except ArticleError as error:
        items = []
        total = Score(misses=[f"{case.name}: refused: {error}"])
    else:
        total = Score()
    if len(items) != len(case.articles):
        total.misses.append(f"{case.name}: {len(items)} articles, not {len(case.articles)}")
    for number, golden in enumerate(case.articles):
        item = items[number] if number < len(items) else _NOTHING
        total.add(_compared(case, golden, item))
    for item in items:
        stayed = sorted(set(_lines(item)) & {_plain(line) for line in case.not_body})
        total.misses += [f"{case.name}: stays: {line}" for line in stayed]
    for item in items[len(case.articles) :]:
        total.kept += len(_sentences(item))
    return total


def scored(chosen: Iterable[Case]) -> Score:
    """Import several pages and count."""
    total = Score()
    for case in chosen:
        total.add(score(case))
    return total


def _case(path: Path) -> Case:
    golden = json.loads(path.read_text(encoding="utf-8"))
    return Case(
        name=path.stem,
        language=golden["language"],
        round=golden["round"],
        data=path.with_suffix(".txt").read_bytes(),
        articles=tuple(golden["articles"]),
        not_body=tuple(golden["not_body"]),
    )


def _compared(case: Case, golden: dict[str, Any], item: Item) -> Score:
    result = Score(articles=1)
    told = {
        "title": item.title,
        "authors": list(item.authors),
        "date": item.published.date().isoformat() if item.published else None,
        "credit": item.photo_credit,
        "related": [link.title for link in item.related],
    }
    for name in FIELDS:
        result.fields[name] = int(told[name] == golden[name])
        if told[name] != golden[name]:
            result.misses.append(f"{case.name}: {name}: {told[name]!r}, not {golden[name]!r}")
    wanted = [_plain(sentence) for sentence in golden["body"]]
    got = _sentences(item)
    body = f" {_plain(item.body_text)} "
    lost = [sentence for sentence in wanted if f" {sentence} " not in body]
    wrong = [sentence for sentence in got if sentence not in wanted]
    result.golden, result.found = len(wanted), len(wanted) - len(lost)
    result.kept, result.right = len(got), len(got) - len(wrong)
    result.misses += [f"{case.name}: lost: {sentence}" for sentence in lost]
    result.misses += [f"{case.name}: not of the body: {sentence}" for sentence in wrong]
    return result


def _lines(item: Item) -> list[str]:
    return [_plain(line) for line in item.body_text.split("\n") if line.strip()]


def _sentences(item: Item) -> list[str]:
    told = []
    for paragraph in item.body_text.split("\n\n"):
        lines = paragraph.split("\n")
        listed = len(lines) > 1 and not any(map(prose.is_sentence, lines[:-1]))
        for part in lines if listed else [" ".join(lines)]:
            told += [_plain(sentence) for sentence in prose.sentences(part)]
    return [sentence for sentence in told if sentence]


def _plain(text: str) -> str:
    return prose.one_line(text).removeprefix("• ").removeprefix("- ")
