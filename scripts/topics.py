"""How often topics are right: the rules of config.toml on articles whose topics are known.

Two sets. The hand-written one (tests/core/data/topics.tsv) holds 132 articles of two or three
lines; the keywords of config.toml were not fitted to it. The generated one is to see what reading
adds where a store is large enough to learn from: its articles are words of a topic among everyday
words, half of them without any keyword of their topic.
"""

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from digest.config.load import load_config
from digest.core.articles import naive_bayes
from digest.core.articles.article import Article, Topic
from digest.core.articles.learning import NOTHING_LEARNED, Learned, learn_topics
from digest.core.articles.topic_classifier import Sorter
from digest.core.articles.topic_rules import TopicRule
from scripts.vocabulary import EVERYDAY, TOPICS
from tests.builders import an_article

ROOT = Path(__file__).parents[1]
WRITTEN = ROOT / "tests" / "core" / "data" / "topics.tsv"
STORE, UNSEEN = 1_200, 600
FOLDS = 12

Known = tuple[str, Article]
"""The slug of an article's topic, or "", and the article."""


@dataclass(frozen=True)
class Score:
    """How many articles are of a topic, how many got one, and how many got theirs first."""

    of_a_topic: int
    given: int
    right: int

    @property
    def row(self) -> str:
        """It as cells of a table."""
        precision = self.right / self.given if self.given else 1.0
        recall = self.right / self.of_a_topic
        return f"{self.given} | {self.right} | {precision:.1%} | {recall:.1%}"


def main() -> int:
    """Print the figures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print("\n".join(table()))
    return 0


def table() -> list[str]:
    """The figures, a row of a Markdown table each."""
    hand, (store, unseen) = written(), (generated(0, STORE), generated(STORE, STORE + UNSEEN))
    learned = learn_topics([article for _, article in store], rules())
    sets = (
        (f"hand-written, {len(hand)} | rules", hand, by(NOTHING_LEARNED)),
        (f"hand-written, {len(hand)} | rules, else reading ({FOLDS} folds)", hand, folded(hand)),
        (f"generated, {UNSEEN} | rules", unseen, by(NOTHING_LEARNED)),
        (f"generated, {UNSEEN} | rules, else reading ({STORE:,} to learn from)", unseen,
         by(learned)),
    )  # fmt: skip
    return [
        "| articles | topics by | given | right | precision | recall |",
        "|---|---|---|---|---|---|",
        *(f"| {name} | {score(known, give).row} |" for name, known, give in sets),
    ]


def score(known: Iterable[Known], give: Callable[[Article], Sequence[Topic]]) -> Score:
    """Count; what has no topic and gets one is wrong like any other."""
    of_a_topic = given = right = 0
    for slug, article in known:
        topics = give(article)
        of_a_topic += bool(slug)
        given += bool(topics)
        right += bool(topics) and topics[0].slug == slug
    return Score(of_a_topic, given, right)


def by(learned: Learned) -> Callable[[Article], Sequence[Topic]]:
    """The rules, and after them what was learned."""
    return Sorter(rules(), learned).topics


def folded(known: Sequence[Known]) -> Callable[[Article], Sequence[Topic]]:
    """Reading that has learned from the others' known topics, as if a person had set them."""
    turn = {article.key: n % FOLDS for n, (_, article) in enumerate(known)}
    sorters = []
    for fold in range(FOLDS):
        examples = [
            (slug, naive_bayes.telling_words(article.title, article.body_text))
            for slug, article in known
            if turn[article.key] != fold
        ]
        sorters.append(Sorter(rules(), Learned("folded", model=naive_bayes.train(examples))))
    return lambda article: sorters[turn[article.key]].topics(article)


def rules() -> tuple[TopicRule, ...]:
    """The topics of the example config."""
    (newsletter,) = load_config(ROOT / "config.toml").newsletter_values()
    return newsletter.topics


def written() -> list[Known]:
    """The articles that were written by hand."""
    lines = WRITTEN.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return [(slug, an_article(title, body_text=text, summary="")) for slug, title, text in rows]


def generated(start: int, end: int) -> list[Known]:
    """Articles that are made: five in six are of a topic, half of those without a keyword."""
    keywords = {word for rule in rules() for word in rule.keywords}
    slugs = [*TOPICS, ""]
    made = []
    for number in range(start, end):
        dice = random.Random(number)
        slug = slugs[number % len(slugs)]
        own = [
            word
            for word in TOPICS.get(slug, EVERYDAY)
            if number // len(slugs) % 2 or word not in keywords
        ]
        stray = [word for words in TOPICS.values() for word in words]
        told = [
            dice.choice(own if roll < 0.16 else stray if roll < 0.2 else _common(dice))
            for roll in (dice.random() for _ in range(dice.randint(70, 200)))
        ]
        body = " ".join(told).capitalize() + "."
        title = f"{dice.choice(own)} {number}".capitalize()
        made.append((slug, an_article(title, body_text=body, summary="")))
    return made


def _common(dice: random.Random) -> list[str]:
    """One everyday word, the first ones of the list more often."""
    return dice.choices(EVERYDAY, cum_weights=_WEIGHTS)


_WEIGHTS = list(accumulate(1 / (rank + 4) for rank in range(len(EVERYDAY))))


if __name__ == "__main__":
    sys.exit(main())
