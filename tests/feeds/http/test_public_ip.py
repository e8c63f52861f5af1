"""Where the fetcher goes, and where it never does: addresses, names, certificates."""

import re
import ssl

import httpx2
import pytest
import trustme

from digest.core.sources.feed import Fetched
from digest.feeds.http.fetch import Fetcher
from digest.feeds.http.public_ip import is_public
from tests.feeds.roads import FEED, Recorder, fetched, resolving, why
from tests.web_server import page, serving

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
