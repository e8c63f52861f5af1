"""The fetcher, against a server on loopback that does what the worst ones do."""

import gzip
import tracemalloc
import zlib
from datetime import timedelta

import pytest

from digest.core.sources.feed import Failed, Fetched, Unchanged, Validators
from digest.feeds.http.fetch import Fetcher, retry_after
from tests.feeds.roads import FEED, NOW, fetched, resolving, why
from tests.web_server import endless, moved, page, raw, serving, status

# ---------------------------------------------------------------- what comes


async def test_an_answer_comes_with_what_to_ask_next_time(site, fetcher):
    outcome = await fetched(fetcher, site.url("/feed"))

    assert outcome == Fetched(
        body=FEED.encode(),
        content_type="application/xml",
        etag='"7"',
        last_modified="Mon, 02 Mar 2026 07:00:00 GMT",
        url=site.url("/feed"),
    )
    (asked,) = site.asked
    assert asked.headers["user-agent"] == "digest/test"
    assert asked.headers["accept-encoding"] == "gzip"
    assert asked.headers["host"] == f"127.0.0.1:{site.port}"
    assert not {"cookie", "authorization", "if-none-match"} & set(asked.headers)


async def test_what_is_known_need_not_be_sent_again(site, fetcher):
    site.pages["/feed"] = status(304)
    known = Validators('"7"', "Mon, 02 Mar 2026 07:00:00 GMT")

    assert await fetched(fetcher, site.url("/feed"), known=known) == Unchanged()
    assert site.asked[0].headers["if-none-match"] == '"7"'
    assert site.asked[0].headers["if-modified-since"] == "Mon, 02 Mar 2026 07:00:00 GMT"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(FEED.encode(), mtime=0)),
        (
            "gzip",
            gzip.compress(FEED[:9].encode(), mtime=0) + gzip.compress(FEED[9:].encode(), mtime=0),
        ),
        ("gzip", gzip.compress(FEED.encode(), mtime=0) + b"\0" * 20),
        ("x-gzip", gzip.compress(FEED.encode(), mtime=0)),
        ("deflate", zlib.compress(FEED.encode())),
        ("identity", FEED.encode()),
    ],
)
async def test_compressed_answers_are_unpacked(site, fetcher, encoding, packed):
    site.pages["/feed"] = page(packed, Content_Encoding=encoding)
    assert (await fetched(fetcher, site.url("/feed"))).body == FEED.encode()


@pytest.mark.parametrize(
    ("code", "said", "gone"),
    [
        (401, "it asks for a login (401)", False),
        (403, "it refuses us (403)", False),
        (404, "there is nothing at this address (404)", False),
        (410, "it is gone for good (410)", True),
        (429, "it was asked too often (429)", False),
        (503, "the server is in trouble (503)", False),
        (418, "the server answers with 418", False),
        (302, "the server answers with 302", False),
    ],
)
async def test_a_refusal_is_said_in_plain_words(site, fetcher, code, said, gone):
    site.pages["/feed"] = status(code, Retry_After="120")
    outcome = await fetched(fetcher, site.url("/feed"))
    assert outcome == Failed(said, timedelta(seconds=120), gone)


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("0", timedelta(0)),
        (" 120 ", timedelta(minutes=2)),
        ("Mon, 09 Mar 2026 08:30:00 GMT", timedelta(hours=2)),
        ("Monday, 09-Mar-26 08:30:00 GMT", timedelta(hours=2)),
        ("Mon, 09 Mar 2026 08:30:00 +0100", timedelta(hours=1)),
        ("Sun, 08 Mar 2026 08:30:00 GMT", timedelta(0)),
        ("99999999999999999999", timedelta(days=7)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=7)),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("١٢", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, pause):
    assert retry_after(header, NOW) == pause


# ---------------------------------------------------------------- redirects


async def test_redirects_are_followed_and_those_for_good_are_told(site, fetcher):
    site.pages["/old"] = moved("/new", 301)
    site.pages["/new"] = moved("feed", 308)

    outcome = await fetched(fetcher, site.url("/old"))

    assert (outcome.url, outcome.moved_to) == (site.url("/feed"), site.url("/feed"))


async def test_what_comes_after_a_passing_redirect_is_not_for_good(site, fetcher):
    site.pages["/old"] = moved("/new", 301)
    site.pages["/new"] = moved("/today", 307)
    site.pages["/today"] = moved("/feed", 301)

    outcome = await fetched(fetcher, site.url("/old"))

    assert (outcome.url, outcome.moved_to) == (site.url("/feed"), site.url("/new"))


async def test_a_redirect_loop_ends(site, fetcher):
    site.pages["/feed"] = moved("/feed")

    assert await why(fetcher, site.url("/feed")) == "it redirects more than 5 times"
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://feed.test/x",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
        "gopher://feed.test:25/x",
        "http://@",
        "//[::1",
        "http://[::1",
        "http://feed.test:0/",
        "http://feed.test:99999/",
        "http://feed%00.test/",
        "http://" + "a" * 3000,
    ],
)
async def test_a_redirect_out_of_the_web_is_refused(site, fetcher, target):
    site.pages["/feed"] = moved(target)

    assert (await why(fetcher, site.url("/feed"))).startswith("its address ")
    assert len(site.asked) == 1


async def test_a_redirect_into_a_private_network_is_refused(site):
    async with serving() as canary:
        fetcher = Fetcher("digest/test")
        for target in (canary.url("/"), canary.url("/", "localhost"), "http://169.254.169.254/"):
            site.pages["/feed"] = moved(target, 301)
            assert "is in a private network" in await why(fetcher, site.url("/feed"))
        assert canary.asked == []


async def test_a_login_in_an_address_is_not_sent(site, fetcher):
    site.pages["/feed"] = moved(f"http://user:secret@127.0.0.1:{site.port}/new", 301)
    site.pages["/new"] = page(FEED)

    outcome = await fetched(fetcher, f"http://ada:pw@127.0.0.1:{site.port}/feed")

    assert outcome.moved_to == site.url("/new")
    assert not [asked for asked in site.asked if "authorization" in asked.headers]


# ---------------------------------------------------------------- what costs too much


async def test_a_gzip_bomb_is_not_unpacked(site):
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(50)) + packer.flush()
    site.pages["/feed"] = page(bomb, Content_Encoding="gzip")
    fetcher = Fetcher("digest/test", largest=1_000_000)

    tracemalloc.start()
    said = await why(fetcher, site.url("/feed"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert said == "it is too large: over 1 MB"
    assert peak < 4_000_000


async def test_a_body_without_end_is_cut_off(site, fetcher):
    site.pages["/feed"] = endless(bytes(65536), Content_Type="text/xml")
    assert await why(fetcher, site.url("/feed")) == "it is too large: over 8 MB"


async def test_a_gigabyte_costs_no_more_memory_than_a_feed_may(site):
    site.pages["/feed"] = endless(bytes(65536), Content_Length=10**9)
    fetcher = Fetcher("digest/test", largest=500_000)

    tracemalloc.start()
    said = await why(fetcher, site.url("/feed"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert said == "it is too large: over 0.5 MB"
    assert peak < 3_000_000


async def test_many_empty_gzip_members_are_not_all_looked_at(site, fetcher):
    site.pages["/feed"] = page(gzip.compress(b"") * 300_000, Content_Encoding="gzip")
    assert (await fetched(fetcher, site.url("/feed"))).body == b""


async def test_an_answer_that_drips_has_no_more_time_than_any_other(site):
    site.pages["/feed"] = endless(b"x", pause=0.01, Content_Type="text/xml")
    fetcher = Fetcher("digest/test", seconds=0.2)

    assert await why(fetcher, site.url("/feed")) == "it took longer than 0.2 s"


async def test_header_lines_without_end_are_cut_off(site, fetcher):
    site.pages["/feed"] = raw(b"HTTP/1.1 200 OK\r\n" + b"X-Y: " + b"z" * 1_000_000)
    assert await why(fetcher, site.url("/feed")) == "its answer breaks off, or is no HTTP"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page(gzip.compress(FEED.encode() * 99)[:-30], Content_Encoding="gzip"), "it broke"),
        (page(FEED, Content_Encoding="gzip"), "its compression is damaged"),
        (page(FEED, Content_Encoding="br"),
         "it is compressed in a way that was not asked for (br)"),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "its answer breaks off, or is no HTTP"),
        (raw(b""), "its answer breaks off, or is no HTTP"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc"),
         "its answer breaks off, or is no HTTP"),
    ],
)  # fmt: skip
async def test_a_broken_answer_is_said_to_be_one(site, fetcher, answer, said):
    site.pages["/feed"] = answer
    assert await why(fetcher, site.url("/feed")) == said.replace(
        "it broke", "its answer breaks off"
    )


async def test_a_host_that_is_not_there_is_said_to_be_missing(fetcher):
    async with serving() as site:
        gone = site.url("/feed")
    assert await why(fetcher, gone) == "it can't be connected to"

    lost = Fetcher("digest/test", resolve=resolving())
    assert await why(lost, "https://nowhere.test/feed") == "there is no host nowhere.test"
