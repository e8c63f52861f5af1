"""Look whether feeds, mail servers and the DNS are as a send needs them. No mail is sent."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any

from digest.actions.operations.dkim_keys import signing_keys
from digest.actions.sources.web_client import is_trusted
from digest.config.settings import Settings
from digest.core.delivery.smtp_outcome import Broken, Refused
from digest.core.operations import dns_policy, spf
from digest.core.operations.dns_policy import Health, Reach
from digest.core.sources.feed import Failed, Feed
from digest.core.text import email_address
from digest.errors import DigestError, MailError
from digest.feeds.http.fetch import Fetcher
from digest.mail.connect import Opened, Server, connect
from digest.mail.lookup import Lookup
from digest.mail.transfer import SmtpConnection, Timeouts

PROBE_SECONDS = 20.0
"""For each mail server; a feed has what its fetcher gives it, and a question to the DNS 5 s."""
MAX_PARALLEL_PROBES = 20
"""Things that are looked at at the same time."""
INSIDE = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    )
) + tuple(map(ip_network, ("::1/128", "fc00::/7", "fe80::/10")))
"""Networks of machines that no receiver ever sees."""


@dataclass(frozen=True, slots=True)
class ProbeTargets:
    """How the net is reached. `servers` are empty where no mail server is used."""

    fetcher: Fetcher
    servers: Sequence[Server]
    lookup: Lookup | None
    """None where this machine knows no name server."""
    seconds: float = PROBE_SECONDS


async def probe(settings: Settings, ways: ProbeTargets, now: datetime) -> list[Reach]:
    """Everything, at once, in the order in which it is told. Raises nothing for what it finds."""
    turns = asyncio.Semaphore(MAX_PARALLEL_PROBES)

    async def in_turn(look: Coroutine[Any, Any, Reach]) -> Reach:
        async with turns:
            return await look

    looks = [
        *(_feed(feed, ways.fetcher, now) for feed in settings.feed_values()),
        *(_server(server, ways.seconds) for server in ways.servers),
        *_records(settings, ways),
    ]
    return await asyncio.gather(*map(in_turn, looks))


async def _feed(feed: Feed, fetcher: Fetcher, now: datetime) -> Reach:
    allowed = is_trusted(feed, feed.url)
    found = await fetcher.fetch(feed.url, now, allow_private=allowed)
    what = f"feed {feed.url}"
    if isinstance(found, Failed):
        return Reach(what, Health.WRONG, found.why)
    return Reach(what, Health.GOOD, "it answers")


# ---------------------------------------------------------------- mail servers


async def _server(server: Server, seconds: float) -> Reach:
    what = f"mail server {server.place}"
    try:
        async with asyncio.timeout(seconds):
            opened = await connect(server, seconds / 2)
            if isinstance(opened, Opened):
                return Reach(what, Health.GOOD, await _offers(server, opened))
    except TimeoutError:
        return Reach(what, Health.WRONG, f"it lets nobody in within {seconds:g} s")
    if isinstance(opened, Refused):
        return Reach(what, Health.WRONG, f"it says: {opened.code} {opened.reply}")
    return Reach(what, Health.WRONG, opened.why if isinstance(opened, Broken) else str(opened))


async def _offers(server: Server, opened: Opened) -> str:
    """What it can do, and what that means for a send."""
    said = ["it lets us in"]
    if server.security != "none":
        version = opened.transport.get_extra_info("ssl_object")
        said[0] += f" with {version.version()}" if version else ""
    if server.username:
        said[0] += f" as {server.username}"
    if "pipelining" in opened.extensions:
        said.append("one round trip a message (PIPELINING)")
    else:
        said.append("four round trips a message: it lacks PIPELINING")
    if opened.largest:
        said.append(f"messages up to {opened.largest:,} bytes (SIZE)")
    if "smtputf8" not in opened.extensions:
        said.append("no reader whose address is beyond ASCII: it lacks SMTPUTF8")
    await SmtpConnection(opened, server.place, Timeouts(quit=2), pipelining=False).quit()
    return "; ".join(said)


# ---------------------------------------------------------------- the DNS


def _records(settings: Settings, ways: ProbeTargets) -> Iterable[Coroutine[Any, Any, Reach]]:
    lookup, sender = ways.lookup, settings.sender()
    returns = email_address.a_label(
        settings.mail.bounce_address.rpartition("@")[2] or sender.domain
    )
    if lookup is None:
        yield _no_lookup(sender.domain)
        return
    yield _spf(lookup, returns, ways.servers)
    try:
        for key in signing_keys(settings):
            yield _dkim(lookup, key.record.name, key.record.value)
    except DigestError:
        pass  # `digest check` says what is wrong with the keys
    yield _dmarc(lookup, sender.domain)


async def _no_lookup(domain: str) -> Reach:
    return Reach(f"DNS of {domain}", Health.UNKNOWN, "this machine knows no name server")


async def _spf(lookup: Lookup, domain: str, servers: Sequence[Server]) -> Reach:
    what = f"SPF of {domain}"
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            walk = spf.examine(domain, await _addresses(lookup, servers))
            question = next(walk)
            while True:
                question = walk.send(await lookup.ask(question.name, question.kind))
    except StopIteration as done:
        found: Reach = done.value
        return found
    except MailError as error:
        return Reach(what, Health.UNKNOWN, str(error))
    except TimeoutError:
        return Reach(
            what, Health.UNKNOWN, f"the DNS doesn't tell all of it within {PROBE_SECONDS:g} s"
        )


async def _addresses(lookup: Lookup, servers: Sequence[Server]) -> list[spf.IpAddress]:
    """The addresses of mail servers out in the world, as far as they are known."""
    found = list[str]()
    for host in dict.fromkeys(server.host.strip("[]") for server in servers):
        try:
            ip_address(host)
        except ValueError:
            with suppress(MailError):
                found += [*await lookup.ask(host, "A"), *await lookup.ask(host, "AAAA")]
        else:
            found.append(host)
    every = [ip_address(one) for one in dict.fromkeys(found)]
    return [one for one in every if not any(one in network for network in INSIDE)]


async def _dkim(lookup: Lookup, name: str, expected: str) -> Reach:
    try:
        return dns_policy.judge_dkim(name, expected, await lookup.texts(name))
    except MailError as error:
        return Reach(f"DKIM key {name}", Health.UNKNOWN, str(error))


async def _dmarc(lookup: Lookup, domain: str) -> Reach:
    names = [f"_dmarc.{one}" for one in dns_policy.above(domain)]
    try:
        found = [(name, await lookup.texts(name)) for name in names]
    except MailError as error:
        return Reach(f"DMARC of {domain}", Health.UNKNOWN, str(error))
    return dns_policy.dmarc(domain, found)
