"""Feeds of every dialect, well-formed and not: bytes in, items out, in bounded time."""

import json
import re
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.articles.identity import article_key, identify
from digest.errors import ArticleError
from digest.feeds.feed import limit_entries
from digest.feeds.feed.entry import absolute_link
from digest.feeds.feed.parse import parse_feed
from digest.feeds.file import files
from digest.feeds.html.sanitise import sanitise_html
from digest.store.articles import articles, intake

SAVED = Path(__file__).parents[1] / "saved"
FEEDS = sorted(path for path in SAVED.iterdir() if not path.name.endswith(".golden"))
SOURCE = "https://harbour.example/feed"
NOTHING = "<rss version='2.0'><channel><title>Harbour</title></channel></rss>"


def rss(*items: str) -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return NOTHING.replace("</channel>", f"{inside}</channel>").encode(errors="surrogatepass")


def reason(body: bytes, **more) -> str:
    with pytest.raises(ArticleError) as caught:
        parse_feed(body, SOURCE, **more)
    return str(caught.value)


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_a_feed_gives_these_items(path, request):
    found = parse_feed(path.read_bytes(), SOURCE, SOURCE, zone=ZoneInfo("Europe/Berlin"))
    told = json.dumps(asdict(found), default=str, ensure_ascii=False, indent=1) + "\n"
    golden = path.with_name(f"{path.name}.golden")
    if request.config.getoption("--update-golden"):
        golden.write_text(told, encoding="utf-8")

    assert told == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.name)
def test_a_saved_feed_is_read_as_a_file(path):
    items = files.read_file(path)

    assert [item.title for item in items] == [
        item.title for item in parse_feed(path.read_bytes(), str(path)).items
    ]
    assert {item.source for item in items} == {str(path)}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not a feed: the answer is empty"),
        (b" \n", "not a feed: the answer is empty"),
        (b"<!DOCTYPE html><html><head><title>x</title></head><body></body></html>",
         "a web page, not a feed"),
        (b"<!-- x --><HTML><body><p>Log in to this network", "a web page, not a feed"),
        (b"<opml version='2.0'><body><outline text='x'/></body></opml>",
         "a list of feeds, not a feed; name each as [[feed]] in the config"),
        (b"Not found", "not a feed"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a feed"),
        (b"<rss version='2.0'><chan", "a broken feed without any whole entry"),
        (b"{", "not a feed: broken JSON"),
        (b"[" * 100_000, "not a feed: broken JSON"),
        (b"[1]", "not a feed: JSON of another kind"),
        (b'{"version": 1, "items": []}', "not a feed: JSON of another kind"),
        (b"/etc/passwd", "not a feed"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_said_to_be_none(body, said):
    assert reason(body) == said


def test_a_body_that_names_a_file_is_not_opened(tmp_path):
    path = tmp_path / "canary.xml"
    path.write_bytes(rss("<title>Secret</title><description>x</description>"))

    assert reason(str(path).encode()) == "not a feed"
    assert reason(path.as_uri().encode()) == "not a feed"


def test_an_empty_feed_is_a_feed():
    assert parse_feed(NOTHING.encode(), SOURCE).items == ()


def test_an_entity_bomb_does_not_go_off():
    names = "abcdefghijk"
    chain = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names))
    bomb = f'<!DOCTYPE rss [<!ENTITY a "boom">{chain}]>{NOTHING}'.replace(
        "</channel>", "<item><title>x &k;</title><description>y</description></item></channel>"
    )

    found = parse_feed(bomb.encode(), SOURCE)

    assert sum(len(item.title) for item in found.items) < 100


def test_an_external_entity_is_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("canary")
    body = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{NOTHING}'.replace(
        "</channel>", "<item><title>a &x;</title><description>&x;</description></item></channel>"
    )

    assert "canary" not in repr(parse_feed(body.encode(), SOURCE))


@pytest.mark.parametrize(
    ("declared", "said", "real"),
    [
        ("utf-8", "", "utf-8"),
        ("utf-8", "text/xml", "utf-8"),
        ("utf-8", "text/xml; charset=iso-8859-1", "utf-8"),
        ("utf-8", "text/xml; charset=us-ascii", "utf-8"),
        ("iso-8859-1", "", "utf-8"),
        ("utf-8", "", "cp1252"),
        ("no-such", "text/xml; charset=neither", "cp1252"),
        ("iso-8859-1", "", "iso-8859-1"),
        ("us-ascii", "application/xml; charset='ISO-8859-15'", "iso-8859-15"),
        ("utf-16", "", "utf-16"),
        ("utf-16", "application/xml", "utf-16-le"),
    ],
)
def test_whatever_the_feed_says_of_its_encoding_it_is_read(declared, said, real):
    body = f'<?xml version="1.0" encoding="{declared}"?>' + NOTHING.replace(
        "</channel>", "<item><title>Größe</title><description>café</description></item></channel>"
    )

    (item,) = parse_feed(body.encode(real), SOURCE, content_type=said).items

    assert (item.title, item.body_text) == ("Größe", "café")


def test_an_encoding_of_escapes_is_read():
    body = '<?xml version="1.0" encoding="iso-2022-jp"?>' + NOTHING.replace(
        "</channel>", "<item><title>港の本</title><description>茶</description></item></channel>"
    )
    (item,) = parse_feed(body.encode("iso-2022-jp"), SOURCE).items
    assert item.title == "港の本"


def test_an_entry_that_breaks_off_is_left_out_and_it_is_said():
    body = rss("<title>A</title><description>a</description>", "<title>B</title><description>ab")

    found = parse_feed(body[: body.rindex(b"</item>") - 1], SOURCE)

    assert [item.title for item in found.items] == ["A"]
    assert found.notes == ("it breaks off; its last entry was left out",)


def dated(number: int) -> str:
    when = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=number)
    return (
        f"<title>Number {number}</title><link>https://harbour.example/{number}</link>"
        f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
    )


def test_of_too_many_entries_the_newest_are_kept_and_it_is_said():
    start = datetime(2020, 1, 1, tzinfo=UTC)
    items = (
        f"<title>{n}</title><description>x</description>"
        f"<pubDate>{(start + timedelta(hours=n)).isoformat()}</pubDate>"
        for n in range(100_000)
    )

    found = parse_feed(rss(*items), SOURCE, most=200)

    assert [int(item.title) for item in found.items] == list(range(99_800, 100_000))
    assert found.notes == ("only the newest 200 of 100,000 entries were taken",)


def test_of_too_many_entries_without_dates_the_first_are_kept():
    found = parse_feed(rss(*(dated(n).partition("<pubDate>")[0] for n in range(1500))), SOURCE)

    assert len(found.items) == limit_entries.MOST_ENTRIES
    assert [found.items[0].title, found.items[-1].title] == ["Number 0", "Number 999"]


def test_of_too_many_json_entries_the_newest_are_kept():
    items = [
        {"id": str(n), "content_text": f"n {n}", "date_published": f"{2000 + n}-01-01T00:00:00Z"}
        for n in range(150)
    ]
    feed = {"version": "https://jsonfeed.org/version/1", "items": items}

    found = parse_feed(json.dumps(feed).encode(), SOURCE, most=2)

    assert [item.body_text for item in found.items] == ["n 148", "n 149"]
    assert found.notes == ("only the newest 2 of 150 entries were taken",)


@pytest.mark.parametrize("guid", ["c", "tag:a.example,2026:", "https://a.example/changes/"])
def test_entries_that_lead_to_one_page_stay_several(guid):
    entry = "<title>Change {0}</title><link>https://a.example/changes</link><guid>{1}{0}</guid>"

    found = parse_feed(
        rss(*(entry.format(n, guid) + "<description>x</description>" for n in (1, 2))), SOURCE
    )

    assert [item.title for item in found.items] == ["Change 1", "Change 2"]
    assert len({article_key(item) for item in found.items}) == 2


def test_an_element_in_the_place_of_another_does_no_harm():
    (item,) = parse_feed(
        rss(
            "<title>A</title><authors>x</authors><tags>x</tags><content_detail>x</content_detail>"
            "<title_detail>x</title_detail><description>y</description><links>z</links>"
        ),
        SOURCE,
    ).items

    assert (item.authors, item.body_text) == ((), "y")


def test_an_entry_that_comes_twice_is_one_and_keeps_its_link():
    entry = "<title>{0}</title><link>https://a.example/1</link><guid>7</guid>"

    found = parse_feed(rss(entry.format("First"), entry.format("Again")), SOURCE)

    assert [(item.title, item.url) for item in found.items] == [("First", "https://a.example/1")]
    assert found.notes == ("1 entry that came twice left out",)


def test_entries_that_share_a_guid_and_have_links_of_their_own_stay_several():
    entry = "<title>{0}</title><link>https://a.example/{0}</link><guid>7</guid>"

    found = parse_feed(rss(entry.format("one"), entry.format("two")), SOURCE)

    assert [item.title for item in found.items] == ["one", "two"]
    assert len({article_key(item) for item in found.items}) == 2


ODD = "A\ud800\x00\x07 title\u202e \u2066of\u200b tides\udfff"


@pytest.mark.parametrize("kind", ["rss", "json"])
def test_controls_lone_surrogates_and_overrides_of_direction_leave_a_title(kind, db):
    written = ODD.replace("\ud800", "&#xD800;").replace("\udfff", "&#xDFFF;")
    body = rss(f"<title>{written}</title><guid>1</guid><description>{written}</description>")
    if kind == "json":  # JSON can escape what no encoding holds
        entry = {"id": "1", "title": ODD, "content_text": ODD, "authors": [{"name": ODD}]}
        told = {"version": "https://jsonfeed.org/version/1.1", "items": [entry]}
        body = json.dumps(told).encode()

    (item,) = parse_feed(body, SOURCE).items
    _, number = db.write(
        intake.save_article, identify(item), (), "", datetime(2026, 3, 9, tzinfo=UTC)
    )
    (kept,) = db.read(articles.by_ids, [number])

    assert kept.title.replace("\ufffd", "") == "A title of tides"
    assert kept.body_text.replace("\ufffd", "") == "A title of tides"


@pytest.mark.parametrize(
    "odd", ["&#xD800;", "&#55296", "&#x110000;", "&#9999999999;", "&#0;", "\x0b"]
)
def test_a_character_that_there_is_not_costs_no_other_entry(odd):
    found = parse_feed(
        rss(f"<title>A{odd}b</title><guid>1</guid><description>{odd}c</description>",
            "<title>Next</title><guid>2</guid><description>It rises &#38; &#x2014;.</description>"),
        SOURCE,
    )  # fmt: skip

    assert [item.title for item in found.items] == ["Ab", "Next"]
    assert [item.body_text for item in found.items] == ["c", "It rises & —."]


def test_line_ends_within_the_strings_of_json_do_no_harm():
    body = (
        b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","content_text":"a\nb"}]}'
    )

    assert [item.body_text for item in parse_feed(body, SOURCE).items] == ["a\nb"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('<a href="/x">y</a>', '<a href="https://a.example/x">y</a>'),
        ("<A Class='q' HREF = x?a=1&amp;b=2>y</A>",
         '<a href="https://a.example/feeds/x?a=1&amp;b=2">y</a>'),
        ('<a href="//b.example/x">y</a>', '<a href="https://b.example/x">y</a>'),
        ('<a href="HTTP://b.example/x">y</a>', '<a href="HTTP://b.example/x">y</a>'),
        ('<a href="javascript:alert(1)">y</a>', "y"),
        ('<a href="http://[">y</a>', "y"),
        ('<code>a href="/x"</code> <i>y</i>', '<code>a href="/x"</code> <em>y</em>'),
    ],
)  # fmt: skip
def test_links_lead_where_they_lead_on_the_page_of_the_feed(written, read):
    item = f"<title>A</title><description><![CDATA[{written}]]></description>"

    (found,) = parse_feed(rss(item), SOURCE, "https://a.example/feeds/main.xml").items

    assert found.body_html == f"<p>{read}</p>"


TEXTS = st.text(max_size=60) | st.sampled_from(
    ["<b>", "</item>", "<![CDATA[", "]]>", "&", "&amp;lt;", "\x00", "\ud800", "\u202e", "<svg><p>"]
)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=4), st.integers(0, 400))
def test_whatever_the_feed_holds_its_items_are_clean(entries, cut):
    body = rss(
        *(
            f"<title>{title}</title><guid>{n}</guid><link>{link}</link><description>{text}"
            "</description>"
            for n, (title, link, text) in enumerate(entries)
        )
    )
    try:
        items = parse_feed(body[: len(body) - cut], SOURCE).items
    except ArticleError:
        return
    for item in items:
        assert sanitise_html(item.body_html) == item.body_html
        assert not re.search(r"[\x00-\x1f\x7f\ud800-\udfff\u202a-\u202e]", item.title)
        identify(item).content_hash.encode("ascii")
        json.dumps(asdict(item), default=str).encode()
        assert item.url == "" or item.url.lower().startswith(("http://", "https://"))
    assert len({article_key(item) for item in items}) == len(items)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(body):
    for data in (body, NOTHING.encode() + body, b"{" + body, b"<?xml version='1.0'?>" + body):
        with suppress(ArticleError):
            parse_feed(data, SOURCE)


@given(
    st.sampled_from(["https://a.example/b/c?d#e", "HTTP://A.example:81", "feed://a.example/b", "x"])
    | st.text(max_size=20),
    st.from_regex(r"[/.]*[\w./~?;:-]{0,20}", fullmatch=True) | st.text("/.a-~;?#: ", max_size=12),
)
def test_a_link_leads_where_the_standard_says(base, link):
    try:
        wanted = urljoin(base, link.strip())
    except ValueError:
        wanted = ""

    assert absolute_link(base, link) == wanted
