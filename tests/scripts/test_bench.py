"""The benchmarks run, and what they measure adds up; how fast it was is for `scripts/bench`."""

import math
from datetime import UTC, datetime

import pytest

from digest.feeds.file import text_page
from scripts.bench import QUICK, ROWS, rows_of
from scripts.benchmarks import prose

SMALL = {
    "csv": 50,
    "moving": 50,
    "tailor": 100,
    "site": 50,
    "render": 1,
    "sign": 20,
    "reimport": 20,
    "feed": 1,
    "copies": 60,
    "bayes": 150,
    "drafts": 60,
}
"""How much of each is enough to see that it runs."""
POSTFIX = {"send", "tls", "link", "memory", "web"}
"""What needs its tools."""


SLOW = {"csv", "drafts", "moving", "sign", "site", "tailor"}
"""What starts processes of its own."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in SMALL]
)
def test_a_row_of_the_benchmarks_can_be_measured(name):
    rows = rows_of(name)(SMALL[name])

    assert rows
    for row in rows:
        assert math.isfinite(row.ratio)
        assert row.ratio > 0
        assert row.goal.startswith("goal: ")
        if row.what.startswith("linking"):
            assert "100.0% of the copies found, 0 wrong" in row.peer


def test_every_row_has_a_quick_version():
    assert ROWS.keys() == QUICK.keys() == SMALL.keys() | POSTFIX


def test_invented_articles_are_always_the_same_and_no_two_alike():
    assert prose.text(7) == prose.text(7)
    assert len({prose.text(n) for n in range(50)}) == 50
    item = text_page.read_text_page(prose.dump(3), "3.txt", UTC)
    assert (item.title, item.authors) == (prose.title(3), (prose.author(3),))
    assert item.published == datetime(2026, 3, 4, tzinfo=UTC)
