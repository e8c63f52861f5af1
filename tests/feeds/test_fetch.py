"""The fetcher, against a server on loopback that does what the worst ones do."""

import gzip
import re
import ssl
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import trustme

from digest.core.feed import Failed, Fetched, Known, Unchanged
from digest.feeds.addresses import is_public
from digest.feeds.fetch import Fetcher, retry_after
from tests.web_server import endless, moved, page, raw, serving, status

NOW = datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
FEED = "<rss version='2.0'><channel><title>Harbour</title></channel></rss>"
DAY = timedelta(days=1)


@pytest.fixture
async def site():
    async with serving() as site:
        site.pages["/feed"] = page(FEED, ETag='"7"', Last_Modified="Mon, 02 Mar 2026 07:00:00 GMT")
        yield site


@pytest.fixture
async def fetcher():
    fetcher = Fetcher("digest/test", seconds=5)
    yield fetcher
    await fetcher.close()


async def fetched(fetcher, url, **more):
    return await fetcher.fetch(url, NOW, **({"allow_private": True} | more))


async def why(fetcher, url, **more):
    outcome = await fetched(fetcher, url, **more)
    assert isinstance(outcome, Failed), outcome
    return outcome.why


def resolving(**hosts):
    """A resolver that knows these hosts (dots written as _), each with a list of its answers."""
    answers = {name.replace("_", "."): list(each) for name, each in hosts.items()}

    async def resolve(host, port):
        if host not in answers:
            raise OSError("no such host")
        each = answers[host]
        return each.pop(0) if len(each) > 1 else each[0]

    return resolve


class Recorder(httpx2.AsyncBaseTransport):
    """Goes nowhere, and notes where it would have gone."""

    def __init__(self, *answers):
        self.answers = list(answers) or [httpx2.Response(200, stream=httpx2.ByteStream(b"x"))]
        self.hosts = []
        self.requests = []

    async def handle_async_request(self, request):
        self.hosts.append(request.url.host)
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


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
    known = Known('"7"', "Mon, 02 Mar 2026 07:00:00 GMT")

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


# ---------------------------------------------------------------- where we go


PRIVATE = [
    *(
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
    ),
    *(
        "100.127.255.255",
        "169.254.1.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
    ),
    *(
        "192.0.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
    ),
    *(
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
    ),
    *(
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
    ),
    *(
        "::ffff:7f00:1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1",
    ),
    *(
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
    ),
    *(
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::",
        "3fff::1",
        "5f00::1",
    ),
    *(
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ),
    *("nonsense",),
]
PUBLIC = [
    *(
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
    ),
    *(
        "126.255.255.255",
        "128.0.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "192.169.0.1",
    ),
    *(
        "198.17.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::1",
    ),
    *(
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_public_internet_is_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_internet_is_known(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001"),
        *("0177.0.0.1", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "127.0.0.1."),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "user@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1\uff0e"),
        *(
            "１２７.０.０.１",
            "①②⑦.⓪.⓪.①",
            "127。0。0。1",
            "example.com\\@127.0.0.1",
            "127.0.0.1%00",
        ),
    ],
)
async def test_no_spelling_of_loopback_reaches_it(host):
    async with serving() as canary:
        fetcher = Fetcher("digest/test", seconds=5)

        said = await why(fetcher, f"http://{host}:{canary.port}/", allow_private=False)

        assert re.search("is in a private network|^its address |^there is no host ", said)
        assert canary.asked == []
        await fetcher.close()


async def test_the_connection_goes_to_the_address_that_was_checked():
    road = Recorder()
    rebinding = resolving(evil_test=[["93.184.215.14"], ["127.0.0.1"]])
    fetcher = Fetcher("digest/test", resolve=rebinding, transport=road)

    assert isinstance(await fetched(fetcher, "https://evil.test/x", allow_private=False), Fetched)
    (request,) = road.requests
    assert (request.url.host, request.headers["host"]) == ("93.184.215.14", "evil.test")
    assert request.extensions["sni_hostname"] == "evil.test"

    assert "private network" in await why(fetcher, "https://evil.test/x", allow_private=False)
    assert len(road.requests) == 1


async def test_a_name_that_is_public_and_private_at_once_is_refused():
    road = Recorder()
    both = resolving(evil_test=[["93.184.215.14", "127.0.0.1"]])
    fetcher = Fetcher("digest/test", resolve=both, transport=road)

    assert "private network" in await why(fetcher, "http://evil.test/", allow_private=False)
    assert road.hosts == []


async def test_a_redirect_to_the_same_name_is_checked_anew():
    road = Recorder(httpx2.Response(302, headers={"location": "/x"}))
    rebinding = resolving(evil_test=[["93.184.215.14"], ["127.0.0.1"]])
    fetcher = Fetcher("digest/test", resolve=rebinding, transport=road)

    assert "private network" in await why(fetcher, "http://evil.test/", allow_private=False)
    assert road.hosts == ["93.184.215.14"]


async def test_the_next_address_is_tried_where_the_first_is_deaf():
    answer = httpx2.Response(200, stream=httpx2.ByteStream(b"x"))
    road = Recorder(httpx2.ConnectError("deaf"), answer)
    two = resolving(feed_test=[["2606:4700::1", "93.184.215.14"]])
    fetcher = Fetcher("digest/test", resolve=two, transport=road)

    outcome = await fetched(fetcher, "http://feed.test/x", allow_private=False)

    assert (outcome.body, outcome.url) == (b"x", "http://feed.test/x")
    assert road.hosts == ["2606:4700::1", "93.184.215.14"]


async def test_the_environments_proxy_is_not_asked(site, fetcher, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert isinstance(await fetched(fetcher, site.url("/feed")), Fetched)


async def test_the_certificate_must_be_that_of_the_name():
    authority = trustme.CA()
    serve, trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("feed.test").configure_cert(serve)
    authority.configure_trust(trust)
    async with serving(serve) as site:
        site.pages["/feed"] = page(FEED)
        here = resolving(feed_test=[["127.0.0.1"]], other_test=[["127.0.0.1"]])
        road = httpx2.AsyncHTTPTransport(verify=trust, trust_env=False)
        fetcher = Fetcher("digest/test", resolve=here, transport=road)

        good = await fetched(fetcher, f"https://feed.test:{site.port}/feed")
        bad = await why(fetcher, f"https://other.test:{site.port}/feed")
        await fetcher.close()

    assert good.body == FEED.encode()
    assert bad.startswith("its certificate is not valid: Hostname mismatch")


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
