"""The pages that entries lead to: which are read, and what becomes of the two of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.core.articles.article import ImageLink
from digest.core.articles.identity import identify, is_same_site
from digest.core.sources.page import (
    MAX_PAGE_TRIES,
    PageState,
    is_fuller,
    is_page_due,
    join_entry_and_page,
    page_failed,
)
from tests.builders import MONDAY, an_item

ENTRY = identify(an_item(url="https://harbour.example/tide"))
READ = PageState(ENTRY.key, ENTRY.key, ENTRY.content_hash, read=True)


def of(**changes):
    return identify(an_item(**{"url": "https://harbour.example/tide"} | changes))


@pytest.mark.parametrize(
    ("entry", "state", "due"),
    [
        (ENTRY, None, True),
        (ENTRY, READ, False),
        (of(title="Edited"), READ, True),
        (ENTRY, replace(READ, read=False, tries=1), True),
        (ENTRY, replace(READ, read=False, tries=MAX_PAGE_TRIES), False),
        (of(url=""), None, False),
        (of(published=MONDAY - timedelta(days=61)), None, False),
        (of(published=None), None, True),
    ],
)
def test_a_page_is_read_once_and_again_when_its_entry_was_edited(entry, state, due):
    assert is_page_due(entry, state, MONDAY) is due


def test_a_page_that_fails_is_tried_a_few_times():
    state, edited, tries = None, of(title="Edited"), 0
    while is_page_due(ENTRY, state, MONDAY):
        state, tries = page_failed(ENTRY, state, "it refuses us (403)"), tries + 1
    assert state
    assert (tries, state.read, state.why) == (MAX_PAGE_TRIES, False, "it refuses us (403)")

    state, tries = READ, 0
    while is_page_due(edited, state, MONDAY):
        state, tries = page_failed(edited, state, "it refuses us (403)"), tries + 1
    assert (tries, state.read, state.article_key) == (MAX_PAGE_TRIES, True, ENTRY.key)


def test_the_feed_has_the_fields_and_the_page_the_text():
    said = an_item(
        "The tide", authors=("Ada Park",), categories=("Sea",), body_text="It rises.", guid="7",
        source="https://harbour.example/feed", images=(ImageLink("https://a.example/1.jpg"),),
    )  # fmt: skip
    found = an_item(
        "The tide | Harbour", authors=("A. Park",), categories=("News",),
        body_text="It rises. " * 9,
        url="https://harbour.example/2026/tide", photo_credit="Ines Rowe", published=None,
        images=(ImageLink("https://a.example/2.jpg"),), audio_url="https://a.example/a.mp3",
    )  # fmt: skip

    both = join_entry_and_page(said, found)

    assert (both.title, both.authors, both.published) == ("The tide", ("Ada Park",), said.published)
    assert (both.body_text, both.url) == (found.body_text, found.url)
    assert (both.summary, both.guid, both.source) == ("It rises.", "7", said.source)
    assert both.categories == ("Sea", "News")
    assert [image.url[-5:] for image in both.images] == ["1.jpg", "2.jpg"]
    assert (both.photo_credit, both.audio_url) == ("Ines Rowe", "https://a.example/a.mp3")


def test_what_says_less_than_the_feed_is_no_article():
    said = an_item(body_text="It rises every day at the same pier.")
    assert not is_fuller(an_item(body_text="Please accept our cookies."), said)
    assert is_fuller(an_item(body_text="It rises every day at the same pier. " * 2), said)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://harbour.example/a", "http://harbour.example/b", True),
        ("https://www.harbour.example/", "https://harbour.example/", True),
        ("https://m.harbour.example/", "https://www.harbour.example/", True),
        ("https://harbour.example/", "https://notharbour.example/", False),
        ("https://harbour.example.evil.test/", "https://harbour.example/", False),
        ("https://harbour.example:8080/", "https://harbour.example/", False),
        ("", "https://harbour.example/", False),
        ("", "", False),
    ],
)
def test_a_site_is_a_host_with_what_is_within_it(one, other, same):
    assert is_same_site(one, other) is same
    assert is_same_site(other, one) is same
