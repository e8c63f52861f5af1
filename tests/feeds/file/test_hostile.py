"""Files made to cost time or memory end soon, as an article or with a reason."""

import time
from contextlib import suppress
from datetime import UTC

import pytest

from digest.errors import ArticleError
from digest.feeds.file import markdown, text_page
from digest.feeds.page import page

TEXTS = {
    "100,000 lines": "\n".join(f"Line {n} of it was long." for n in range(100_000)),
    "60,000 paragraphs": "Title of it\n\n" + "Rain was wet.\n\n" * 60_000,
    "5,000 lines": "Title of it\n\n" + "Rain was wet and long.\n" * 5_000,
    "one line of a megabyte": "word " * 200_000,
    "one word of a megabyte": "a" * 1_000_000,
    "one line of prose": "Title of it\n\n" + "The rain was wet and long. " * 10_000,
    "open brackets": "Title\n\n" + "[" * 10_000 + " was said.",
    "open links": "Title\n\n" + "[a](" * 10_000 + " was said.",
    "nested links": "Title\n\n" + "[" * 5_000 + "](x)" * 5_000 + " was said.",
    "stars": "Title\n\n" + "*a **b " * 5_000 + " was said.",
    "underscores": "Title\n\n" + "_" * 50_000 + " was said.",
    "dots": "Title\n\n" + "." * 100_000,
    "quotes": "Title\n\n" + ">" * 10_000 + " It was said.",
    "nested lists": "Title\n\n" + "\n".join("  " * n + "- It was said." for n in range(500)),
    "pitches": "Title\n\n" + "[Subscribe](#)\n\nIt was said again.\n\n" * 1_000,
    "bylines": "By Ada Park on March 3, 2024\n\n" * 1_000 + "It was said again.",
    "related": "Related:\n\nOne title\n\n" * 1_000 + "It was said again.",
    "dates": "1/2/2024 " * 27 + "\n\nIt was said again.",
    "spaces": "Title\n\n" + " " * 900_000 + "It was said again.",
    "names": "Title\n\n" + "By " + "A," * 100_000,
    "elements": "<div>" * 50_000 + "It was said again.",
    "entities": "Title\n\n" + "&amp;" * 50_000 + " was said.",
    "marks": "Title\n\nIt was said" + "\u0301" * 100_000 + ".",
}
PAGES = {
    "deep": "<div>" * 20_000 + "<p>It was said again and again.</p>",
    "deep lists": "<ul><li>" * 5_000 + "It was said again.",
    "links": "<p>It was said again.</p>" + "<a href=/x>It was said</a> " * 5_000,
    "open scripts": "<script>" * 50_000 + "It was said.",
    "open comments": "<!--" * 100_000 + "It was said.",
    "attributes": "<p " + "a=b " * 50_000 + ">It was said again.</p>",
    "junk": "<div class='ad related'>" * 3_000 + "It was said again.",
    "headings": "<h2>Related articles</h2><ul><li><a href=/x>It was said</a></ul>" * 2_000,
    "too large": "<p>It was said again and again.</p>" * 40_000,
    "entities": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><p>&b; it was said.</p>',
}
SECONDS = 10  # each takes one at most on a quiet machine


def seconds(read, text):
    """Of the processor's time: so a busy machine makes it no longer."""
    started = time.process_time()
    with suppress(ArticleError):
        read(text, "a", UTC)
    return time.process_time() - started


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "read", [text_page.read_text_page, markdown.read_markdown], ids=["dump", "markdown"]
)
def test_a_hostile_text_ends_soon(read, name):
    assert seconds(read, TEXTS[name]) < SECONDS


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_ends_soon(name):
    assert seconds(page.read_html_page, f"<html><body>{PAGES[name]}") < SECONDS
