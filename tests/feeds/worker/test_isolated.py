"""Feeds are read in a process of its own, which may take so long and no longer."""

import pytest

from digest.errors import ArticleError
from digest.feeds.feed.parse import parse_feed
from digest.feeds.worker import isolated
from tests.feeds.feed.test_parse import SAVED, SOURCE, rss


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item><author>" + b"a." * 50_000 + b"</author></item></channel></rss>",
        b"<rss><channel><item><title>" + b"<a>" * 1_000_000,
    ],
    ids=["addresses", "nesting"],
)
def test_a_feed_that_takes_too_long_is_ended(body):
    with pytest.raises(ArticleError, match="takes more than 1 s"):
        isolated.parse_feed_isolated(body, SOURCE, seconds=1)

    (item,) = isolated.parse_feed_isolated(
        rss("<title>Next</title><description>x</description>"), SOURCE
    ).items
    assert item.title == "Next"


def test_parsing_apart_says_the_same():
    body = (SAVED / "rss2.xml").read_bytes()

    assert isolated.parse_feed_isolated(body, SOURCE, SOURCE) == parse_feed(body, SOURCE, SOURCE)
    with pytest.raises(ArticleError, match="a web page, not a feed"):
        isolated.parse_feed_isolated(b"<html>", SOURCE)


def test_a_process_that_ended_while_it_waited_is_replaced():
    body = rss("<title>Next</title><description>x</description>")
    isolated.parse_feed_isolated(body, SOURCE)
    isolated.close(but=1)
    (waiting,) = isolated._idle
    waiting.kill()
    waiting.wait()

    assert len(isolated.parse_feed_isolated(body, SOURCE).items) == 1
    assert waiting not in isolated._idle
