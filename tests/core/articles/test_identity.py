"""What makes two reports of an article the same, and when it has changed."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.articles.article import Item, Related
from digest.core.articles.identity import (
    article_key,
    author,
    canonical,
    clean_authors,
    content_hash,
    identify,
)

MARCH_3 = datetime(2024, 3, 3, tzinfo=UTC)
ITEM = Item(
    title="The bridge",
    body_html="<p>It stands.</p>",
    body_text="It stands.",
    source="bridge.txt",
    authors=("Ada Park",),
    published=MARCH_3,
)
TEXT = st.text(max_size=40)
ITEMS = st.builds(
    Item,
    title=TEXT,
    body_html=TEXT,
    body_text=TEXT,
    source=TEXT,
    authors=st.lists(TEXT, max_size=3).map(tuple),
    published=st.none() | st.datetimes(timezones=st.just(UTC)),
    url=st.sampled_from(["", "https://a.example/x?b=1", "not a url"]),
    guid=st.sampled_from(["", "17", "tag:a.example,2024:17"]),
)


@given(ITEMS, TEXT, TEXT)
def test_an_edited_body_is_still_the_same_article(item, html, text):
    edited = replace(item, body_html=html, body_text=text, summary=text, photo_credit=text)

    assert article_key(edited) == article_key(item)


@given(ITEMS)
def test_entering_twice_changes_nothing(item):
    entry = identify(item)

    assert identify(entry.item) == entry


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x?b=1&c=2",
        "http://a.example/x?b=1&c=2",
        "HTTPS://A.EXAMPLE:443/x?c=2&b=1",
        "https://a.example/x/?b=1&c=2#part",
        "https://a.example/x?b=1&c=2&utm_source=mail&fbclid=9&gclid=8",
        "https://user:secret@a.example./%78?b=1&&c=2",
    ],
)
def test_an_address_has_one_identity_in_every_spelling(url):
    assert article_key(replace(ITEM, url=url)) == "url:a.example/x?b=1&c=2"


@pytest.mark.parametrize(
    ("url", "spelling"),
    [
        ("https://a.example", "https://a.example/"),
        ("http://a.example:8080/X/", "http://a.example:8080/X"),
        ("https://a.example/%7ea/%c3%a9/é/a b", "https://a.example/~a/%C3%A9/%C3%A9/a%20b"),
        ("https://a.example/a%2Fb?q=a%26b&utm_campaign=x", "https://a.example/a%2Fb?q=a%26b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://a.example/?p=17", "https://a.example/?p=17"),
        ("/relative", ""),
        ("mailto:a@b.example", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("http://[bad", ""),
        ("http://a.example:port/", ""),
        ("", ""),
    ],
)
def test_an_address_is_spelled_one_way(url, spelling):
    assert canonical(url) == spelling
    assert canonical(spelling) == spelling


@given(st.text(max_size=60))
def test_any_text_has_one_spelling_as_an_address(text):
    spelling = canonical("https://a.example/" + text)

    assert canonical(spelling) == spelling


def test_articles_that_all_link_to_the_front_page_stay_apart():
    front = replace(ITEM, url="https://a.example/")

    assert article_key(front) != article_key(replace(front, title="Another"))


def test_a_guid_is_the_identity_where_there_is_no_address():
    assert article_key(replace(ITEM, guid="tag:a.example,2024:17")) == "guid:tag:a.example,2024:17"
    assert article_key(replace(ITEM, guid="https://a.example/17")) == "url:a.example/17"


def test_a_bare_guid_means_something_only_within_its_feed():
    first = replace(ITEM, guid="17", source="https://a.example/feed")
    second = replace(ITEM, guid="17", source="https://b.example/feed")

    assert article_key(first) != article_key(second)
    assert article_key(first) == article_key(replace(first, title="Another"))


def test_without_address_title_authors_and_day_are_the_identity():
    same = replace(
        ITEM,
        title="  THE bridge ",
        source="elsewhere.txt",
        published=MARCH_3 + timedelta(0, 60),
    )

    assert article_key(same) == article_key(ITEM)
    assert article_key(replace(ITEM, title="The other bridge")) != article_key(ITEM)
    assert article_key(replace(ITEM, authors=("Ben Ito",))) != article_key(ITEM)
    assert article_key(replace(ITEM, published=MARCH_3 + timedelta(days=1))) != article_key(ITEM)
    assert article_key(replace(ITEM, published=None)) == article_key(replace(ITEM, published=None))


def test_the_day_is_the_one_the_source_wrote():
    night = datetime(2024, 3, 3, tzinfo=timezone(timedelta(hours=9)))

    assert article_key(replace(ITEM, published=night)) == article_key(ITEM)


def test_parts_of_an_identity_do_not_run_into_each_other():
    one = replace(ITEM, title="a", authors=("b", "c"))

    assert article_key(one) != article_key(replace(ITEM, title="a", authors=("b c",)))
    assert article_key(one) != article_key(replace(ITEM, title="ab", authors=("c",)))


@pytest.mark.parametrize("name", [field.name for field in fields(Item)])
def test_the_content_hash_changes_with_whatever_a_reader_sees(name):
    changes: dict[str, Any] = {
        "authors": ("Ben Ito",),
        "published": datetime(2025, 1, 1, tzinfo=UTC),
        "related": (Related("More"),),
        "categories": ("World",),
    }
    changed = replace(ITEM, **{name: changes.get(name, "other")})
    unseen = {"body_text", "source", "guid", "images", "withheld"}  # the body is hashed as HTML

    assert (content_hash(changed) == content_hash(ITEM)) == (name in unseen)


def test_an_entry_has_clean_fields_a_summary_and_a_count():
    entry = identify(
        replace(
            ITEM,
            title=" The\n bridge\u202e ",
            authors=("By Ada Park,", "<b>ada park</b>", "", "Ben &amp; Co"),
            categories=("World", " world ", ""),
            photo_credit="Bo\x00  Wik",
            related=(Related(" One\nmore ", " https://a.example "),),
        )
    )

    assert entry.item.title == "The bridge"
    assert entry.item.authors == ("Ada Park", "Ben & Co")
    assert entry.item.categories == ("World",)
    assert entry.item.photo_credit == "Bo Wik"
    assert entry.item.related == (Related("One more", "https://a.example"),)
    assert (entry.summary, entry.words) == ("It stands.", 2)
    assert (entry.key, entry.content_hash) == (article_key(entry.item), content_hash(entry.item))


def test_a_summary_of_the_source_is_kept():
    assert identify(replace(ITEM, summary=" Short. ")).summary == "Short."


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("By Ada Park", "Ada Park"),
        ("written by  Ada\tPark, ", "Ada Park"),
        ("<a href='x'>Ada</a> Park", "Ada Park"),
        ("Byron Ito", "Byron Ito"),
        ("Ada &lt;3", "Ada <3"),
        (" , ", ""),
    ],
)
def test_a_name_is_printed_without_what_stood_around_it(raw, name):
    assert author(raw) == name


def test_authors_are_named_once_and_in_order():
    assert clean_authors(["Ben Ito", "Ada Park", "BEN ITO"]) == ("Ben Ito", "Ada Park")
