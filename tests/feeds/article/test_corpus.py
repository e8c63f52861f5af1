"""The corpus: pages in four languages, and the articles that are in them.

`scripts/corpus` prints the figures; docs/reference/importing.md says them.
"""

from collections import Counter
from dataclasses import replace

import pytest

from tests.feeds.measure import CORPUS, cases, score

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_becomes_its_articles_and_nothing_else(case):
    assert score(case).misses == []


def test_every_page_has_its_articles_beside_it_and_a_third_was_held_out():
    assert {path.stem for path in CORPUS.glob("*.txt")} == {case.name for case in CASES}
    assert len(CASES) >= 40
    assert 3 * sum(case.round != "tuned" for case in CASES) >= len(CASES)
    assert all(count >= 10 for count in Counter(case.language for case in CASES).values())


def test_a_sentence_that_is_lost_or_added_is_counted():
    case = next(case for case in CASES if case.name == "de-06-ohne-autor")
    (article,) = case.articles
    more = {**article, "title": "Etwas anderes", "body": ["Das steht nicht da.", *article["body"]]}
    less = {**article, "body": article["body"][1:]}

    lost = score(replace(case, articles=(more,)))
    added = score(replace(case, articles=(less,)))

    assert [miss.split(": ")[1] for miss in lost.misses] == ["title", "lost"]
    assert lost.golden - lost.found == 1
    assert added.kept - added.right == 1
    assert added.precision < 1 == added.recall
