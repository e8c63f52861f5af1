"""Looking over the network, at servers on loopback: feeds, mail servers, the DNS."""

import asyncio

import pytest

from digest.actions.operations.dkim_keys import make_key, signing_keys
from digest.actions.operations.probe_network import ProbeTargets, probe
from digest.config.load import load_config
from digest.core.operations.dns_policy import Health
from digest.feeds.http.fetch import Fetcher
from digest.mail.connect import Server
from digest.mail.lookup import Lookup
from tests.builders import MONDAY
from tests.name_server import NameServer
from tests.publications import found as found_in
from tests.smtp_server import SmtpServer
from tests.web_server import page, serving, status

GOOD_DNS = {
    "harbour.example": ["v=spf1 mx -all"],
    "_dmarc.harbour.example": ["v=DMARC1; p=none; rua=mailto:reports@harbour.example"],
}
SIGNED = """
[mail.dkim]
domain = "harbour.example"
selector = "s1"
key = { file = "dkim.pem" }
"""


class Hurried(Lookup):
    """Waits long for an answer, but not about these names."""

    def __init__(self, servers, names) -> None:
        super().__init__(servers, seconds=30)
        self.names, self.hasty = names, Lookup(servers, seconds=0.3)

    async def ask(self, name, kind):
        if name in self.names:
            return await self.hasty.ask(name, kind)
        return await super().ask(name, kind)


@pytest.fixture
async def fetcher():
    made = Fetcher("digest/test")
    yield made
    await made.close()


@pytest.fixture
def look(tmp_path, fetcher):
    """Look with these ways; gives the health and the words by what was looked at."""

    async def looked(texts=GOOD_DNS, servers=(), more="", deaf_to=(), seconds=20.0, others=()):
        settings = load_config(found_in(tmp_path, more=more))
        async with NameServer(texts, deaf_to, others) as names:
            lookup = Hurried([("127.0.0.1", names.port)], deaf_to)
            ways = ProbeTargets(fetcher, servers, lookup, seconds)
            reached = await probe(settings, ways, MONDAY)
        return {one.what: (one.health, one.says) for one in reached}

    return looked


async def test_where_all_is_well_it_is_said_in_the_order_of_things(look):
    async with serving() as site, SmtpServer() as server:
        site.pages["/feed"] = page("<rss/>")
        feed = f'[[feed]]\nurl = "{site.url("/feed")}"\nallow_private = true'
        reached = await look(servers=[Server("127.0.0.1", server.port, "none")], more=feed)
        assert server.verbs == ["EHLO", "QUIT"]  # nobody is mailed

    assert list(reached) == [
        f"feed {site.url('/feed')}",
        f"mail server 127.0.0.1:{server.port}",
        "SPF of harbour.example",
        "DMARC of harbour.example",
    ]
    assert {health for health, _ in reached.values()} == {Health.GOOD}
    _, offers = reached[f"mail server 127.0.0.1:{server.port}"]
    assert "one round trip a message (PIPELINING)" in offers
    assert "messages up to 10,000,000 bytes (SIZE)" in offers


async def test_a_server_that_lacks_something_says_what_that_means(look):
    async with SmtpServer(extensions=()) as server:
        reached = await look(servers=[Server("127.0.0.1", server.port, "none")])
    health, says = reached[f"mail server 127.0.0.1:{server.port}"]
    assert health is Health.GOOD
    assert "it lacks PIPELINING" in says
    assert "it lacks SMTPUTF8" in says


@pytest.mark.parametrize(
    ("greeting", "login", "says"),
    [
        ("554 go away", None, "it says: 554 go away"),
        ("hang", None, "gave no answer within 0.25 seconds"),
        ("220 hello", ("harbour", "another"), "it says: 535 5.7.8 bad credentials"),
    ],
)
async def test_a_server_that_does_not_let_us_in_is_told_in_words(look, greeting, login, says):
    async with SmtpServer(greeting=greeting, login=login) as server:
        name = ("harbour", "secret") if login else ("", "")
        target = Server("127.0.0.1", server.port, "none", *name)
        reached = await look(servers=[target], seconds=0.5 if greeting == "hang" else 20)
    health, said = reached[f"mail server 127.0.0.1:{server.port}"]
    assert health is Health.WRONG
    assert says in said


async def test_a_feed_that_fails_is_told_with_its_reason_and_hides_nothing(look):
    async with serving() as site:
        site.pages["/feed"] = status(404)
        feed = f'[[feed]]\nurl = "{site.url("/feed")}"\nallow_private = true'
        reached = await look(more=feed)
    health, says = reached[f"feed {site.url('/feed')}"]
    assert health is Health.WRONG
    assert says == "there is nothing at this address (404)"
    assert reached["SPF of harbour.example"][0] is Health.GOOD


async def test_the_key_that_signs_must_be_the_one_in_the_dns(look, tmp_path):
    config = found_in(tmp_path, more=SIGNED)
    make_key(load_config(config), "rsa")
    (key,) = signing_keys(load_config(config))
    name = "s1._domainkey.harbour.example"

    there = await look(GOOD_DNS | {name: [key.record.value]}, more=SIGNED)
    missing = await look(more=SIGNED)
    other = await look(GOOD_DNS | {name: ["v=DKIM1; p=AAAA"]}, more=SIGNED)

    assert there[f"DKIM key {name}"] == (Health.GOOD, "it is ours")
    assert "it isn't there" in missing[f"DKIM key {name}"][1]
    assert "another key" in other[f"DKIM key {name}"][1]


async def test_a_domain_without_records_is_told_so(look):
    reached = await look({})
    assert reached["SPF of harbour.example"][0] is Health.WRONG
    assert reached["DMARC of harbour.example"][0] is Health.WRONG


async def test_a_deaf_name_server_is_not_waited_for_and_not_held_against_the_domain(look):
    async with asyncio.timeout(30):
        reached = await look(deaf_to=["harbour.example"])
    health, says = reached["SPF of harbour.example"]
    assert health is Health.UNKNOWN
    assert says.startswith("the DNS gives no answer about harbour.example")
    assert reached["DMARC of harbour.example"][0] is Health.GOOD


async def test_all_that_the_policy_includes_is_asked_for_and_our_server_looked_for_in_it(look):
    texts = GOOD_DNS | {
        "harbour.example": ["v=spf1 mx include:_spf.provider.example -all"],
        "_spf.provider.example": ["v=spf1 ip4:203.0.113.0/24 -all"],
    }
    others = {
        ("harbour.example", "MX"): ["10 mx.harbour.example."],
        ("mx.harbour.example", "A"): ["192.0.2.1"],
        ("mail.provider.example", "A"): ["203.0.113.9"],
    }
    servers = [Server("mail.provider.example", 1, "none"), Server("127.0.0.1", 1, "none")]
    reached = await look(texts, servers=servers, others=others, seconds=1)
    health, says = reached["SPF of harbour.example"]
    assert health is Health.GOOD
    assert says.endswith("; 2 of 10 looks into the DNS; it lets 203.0.113.9 send, your mail server")

    lost = await look(texts, servers=servers, others=others, deaf_to=["_spf.provider.example"])
    assert lost["SPF of harbour.example"][0] is Health.UNKNOWN

    del texts["_spf.provider.example"]
    health, says = (await look(texts, others=others))["SPF of harbour.example"]
    assert health is Health.WRONG
    assert "_spf.provider.example has no SPF record" in says
