"""A folder of saved feeds, whole and broken. `scripts/feeds-corpus` does it with thousands."""

from pathlib import Path

import pytest

from tests.feeds.dialects import BREAKS, DIALECTS, feed, write
from tests.publications import found

COUNT = 90


def test_each_saved_feed_is_accepted_or_refused_with_a_reason(digest, home):
    found(home)
    write(home / "feeds", COUNT)

    ended = digest("import", "--json", "feeds")

    assert ended.code == 0
    assert "Traceback" not in ended.err
    refused = {Path(one["path"]).name: one["reason"] for one in ended.answer["rejected"]}
    accepted = {Path(row["source"]).name for row in ended.answer["articles"]}
    files = {path.name for path in (home / "feeds").iterdir()}
    assert len(files) == COUNT
    assert accepted | refused.keys() == files
    assert not accepted & refused.keys()
    assert all(reason and "\n" not in reason for reason in refused.values())
    assert "a feed too broken to be read" not in refused.values()
    assert len(accepted) > COUNT / 3
    again = digest("import", "--json", "feeds").answer
    assert (again["imported"], again["updated"]) == (0, 0)


@pytest.mark.parametrize("number", range(3))
def test_a_saved_feed_is_always_the_same_one(number):
    assert feed(number) == feed(number)


def test_every_dialect_and_every_way_to_break_one_is_among_the_saved_feeds():
    names = [feed(number)[0] for number in range(1_000)]

    for kind in DIALECTS:
        for damage in BREAKS:
            assert any(f"-{kind}-{damage}-" in name for name in names), (kind, damage)
