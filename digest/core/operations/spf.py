"""Which servers an SPF policy lets send, and whether receivers can work it out (RFC 7208).

Nothing is asked here: `examine` yields each question to the DNS, and is sent the answer.
"""

import re
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal, TypeVar

from digest.core.operations.dns_policy import Health, Reach

LOOKUPS = 10
"""So many terms, with those of what is included, may need a look into the DNS (RFC 7208, 4.6.4)."""
VOIDS = 2
"""So many of these looks may find nothing."""
HOSTS = 10
"""So many servers an `mx` may have."""
MAX_LOOKUPS = 40
"""Looks that we take ourselves, to tell how many there are."""

RecordType = Literal["TXT", "A", "AAAA", "MX"]
IpAddress = IPv4Address | IPv6Address
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """What the DNS is to be asked; where there is nothing, the answer is an empty list."""

    name: str
    kind: RecordType


Looking = Generator[Question, Sequence[str], T]


@dataclass(frozen=True, slots=True)
class Term:
    """A mechanism, or the modifier `redirect` (RFC 7208, 4.6.1). `said` is how it stands there."""

    said: str
    name: str
    qualifier: str = "+"
    value: str = ""
    prefixes: tuple[str, str] = ("", "")
    """Of IPv4 and IPv6 addresses, "/24" and "/64"; empty: the whole address."""


class UnsoundError(Exception):
    """Receivers can't work it out (a "permerror"): says why, in a clause."""


# ---------------------------------------------------------------- reading

_MECHANISM = re.compile(r"([+?~-]?)([a-z0-9]+)(?::([^/]+))?(/\d+)?(/(/\d+))?", re.IGNORECASE)
_NETWORK = re.compile(r"([+?~-]?)(ip4|ip6):(.+)", re.IGNORECASE)
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.IGNORECASE)
_NAMED = {"include", "exists", "redirect"}


def policies(texts: Iterable[str]) -> list[str]:
    """Those of a name's TXT records that are SPF policies (RFC 7208, 4.5)."""
    return [text for text in texts if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]


def parse_policy(record: str) -> list[Term]:
    """The terms of a policy that count, `redirect` last. Raises UnsoundError for what is none."""
    terms, redirects = list[Term](), list[Term]()
    for said in record.split()[1:]:
        if modifier := _MODIFIER.fullmatch(said):
            if modifier[1].lower() == "redirect":
                redirects.append(Term(said, "redirect", value=modifier[2]))
        else:
            terms.append(_mechanism(said))
    ends = [number for number, term in enumerate(terms) if term.name == "all"]
    if len(redirects) > 1:
        raise UnsoundError("redirect= may stand there once only")
    return terms[: ends[0] + 1] if ends else [*terms, *redirects]


def _mechanism(said: str) -> Term:
    if found := _NETWORK.fullmatch(said):
        try:
            network = ip_network(found[3], strict=False)
        except ValueError:
            raise UnsoundError(f'"{said}" names no address') from None
        if network.version == int(found[2][-1]):
            return Term(said, found[2].lower(), found[1] or "+", found[3])
        raise UnsoundError(f'"{said}" names an address of the other kind')
    found = _MECHANISM.fullmatch(said)
    name = found[2].lower() if found else ""
    if found is None or name not in {"all", "include", "a", "mx", "ptr", "exists"}:
        raise UnsoundError(f'"{said}" means nothing there')
    if name in _NAMED and not found[3]:
        raise UnsoundError(f'"{said}" lacks a name')
    prefixes = (found[4] or "", found[6] or "")
    if int(prefixes[0][1:] or 0) > 32 or int(prefixes[1][1:] or 0) > 128:
        raise UnsoundError(f'"{said}" has a prefix that is too long')
    return Term(said, name, found[1] or "+", found[3] or "", prefixes)


# ---------------------------------------------------------------- looking


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """What a policy says of the addresses that it was asked about, and of all others: "+", "-", "~"
    or "?" as it stands there, "" for nothing.
    """

    ours: dict[IpAddress, str]
    others: str = ""


@dataclass
class _Walk:
    """Through a policy and all that it includes, as a receiver goes whom nothing matches."""

    addresses: Sequence[IpAddress]
    looks: int = 0
    voids: list[str] = field(default_factory=list)
    """Names at which there is nothing."""
    unknown: list[str] = field(default_factory=list)
    """Terms that depend on the message."""

    def policy(self, domain: str, record: str) -> Looking[PolicyResult]:
        """What it says; the first term that matches counts."""
        ours: dict[IpAddress, str] = {}
        for term in parse_policy(record):
            if term.name == "all":
                return self._rest(ours, term)
            if term.name in {"include", "redirect"}:
                inner = yield from self._other(term)
                if term.name == "redirect":
                    return PolicyResult(inner.ours | ours, inner.others)
                passed = (one for one, said in inner.ours.items() if said == "+")
                ours = dict.fromkeys(passed, term.qualifier) | ours
                if inner.others == "+":
                    return self._rest(ours, term)
            else:
                matched = yield from self._matched(term, domain)
                ours = dict.fromkeys(matched, term.qualifier) | ours
        return PolicyResult(ours)

    def _rest(self, ours: dict[IpAddress, str], term: Term) -> PolicyResult:
        return PolicyResult(dict.fromkeys(self.addresses, term.qualifier) | ours, term.qualifier)

    def _look(self, term: Term, name: str) -> bool:
        """Count a look; whether it can be taken without a message."""
        self.looks += 1
        if self.looks > MAX_LOOKUPS:
            raise UnsoundError(
                f"it takes more than {MAX_LOOKUPS} looks into the DNS: it may include itself"
            )
        if "%" in name:
            self.unknown.append(term.said)
        return "%" not in name

    def _other(self, term: Term) -> Looking[PolicyResult]:
        """What the policy of another domain says."""
        if not self._look(term, term.value):
            return PolicyResult({})
        records = policies((yield Question(term.value, "TXT")))
        if not records:
            raise UnsoundError(f'"{term.said}" leads nowhere: {term.value} has no SPF record')
        if len(records) > 1:
            raise UnsoundError(f"{term.value} has {len(records)} SPF records")
        try:
            return (yield from self.policy(term.value, records[0]))
        except UnsoundError as error:
            if " has " in str(error) or "looks into" in str(error):
                raise
            raise UnsoundError(f"{term.value} has a record in which {error}") from None

    def _matched(self, term: Term, domain: str) -> Looking[list[IpAddress]]:
        """Those of the addresses that a term matches."""
        if term.name in {"ip4", "ip6"}:
            network = ip_network(term.value, strict=False)
            return [one for one in self.addresses if one in network]
        name = term.value or domain
        if not self._look(term, name) or term.name == "ptr":
            return []
        hosts: Sequence[str] = [name]
        if term.name == "mx":
            hosts = yield Question(name, "MX")
        if len(hosts) > HOSTS:
            raise UnsoundError(
                f'"{term.said}" names {len(hosts)} servers, and {HOSTS} are looked at'
            )
        found = list[str]()
        for host in hosts:
            for kind in _KINDS[: 1 if term.name == "exists" else 2]:
                found += yield Question(host, kind)
        if not found:
            self.voids.append(name)
        if term.name == "exists":
            return list(self.addresses) if found else []
        return [one for one in self.addresses if any(_within(one, at, term) for at in found)]


_KINDS: tuple[RecordType, RecordType] = ("A", "AAAA")


def _within(address: IpAddress, at: str, term: Term) -> bool:
    prefix = term.prefixes[ip_address(at).version == 6]
    return address in ip_network(at + prefix, strict=False)


# ---------------------------------------------------------------- judging


def examine(domain: str, addresses: Sequence[IpAddress] = ()) -> Looking[Reach]:
    """Judge the policy of the domain that returned mail goes to, with all that it includes.

    `addresses` are those of our mail servers; what the policy says of them is told.
    """
    records = policies((yield Question(domain, "TXT")))
    walk = _Walk(addresses)
    try:
        wrong, found = _unusable(records), PolicyResult({})
        if not wrong:
            found = yield from walk.policy(domain, records[0])
            wrong = _wrong(walk, found)
    except UnsoundError as error:
        wrong = f"{error}. So the whole record counts for nothing"
    what = f"SPF of {domain}"
    if wrong:
        return Reach(what, Health.WRONG, wrong)
    return Reach(what, Health.GOOD, "; ".join([records[0], *_notes(walk, found)]))


def _unusable(records: Sequence[str]) -> str:
    if not records:
        return (
            "there is none, so nobody knows which servers may send for it. Ask whoever runs your"
            ' mail server for the record; it is a TXT record such as "v=spf1 mx -all"'
        )
    if len(records) > 1:
        return f"there are {len(records)}, which counts as none: join them in one"
    return ""


def _wrong(walk: _Walk, found: PolicyResult) -> str:
    if found.others == "+":
        return 'it lets every server send for it: end it with "-all"'
    if walk.looks > LOOKUPS:
        return (
            f"it takes {walk.looks} looks into the DNS, with all that it includes, and only"
            f" {LOOKUPS} are made: shorten it"
        )
    if len(walk.voids) > VOIDS:
        names = ", ".join(walk.voids)
        return f"there is nothing at {names}, and receivers give up after {VOIDS}: take them out"
    return ""


def _notes(walk: _Walk, found: PolicyResult) -> list[str]:
    notes = [f"{walk.looks} of {LOOKUPS} looks into the DNS"] if walk.looks else []
    notes += [f"there is nothing at {name}" for name in walk.voids]
    if not found.others:
        notes.append('it says nothing of other servers: end it with "-all"')
    for address in walk.addresses:
        if found.ours.get(address) == "+":
            notes.append(f"it lets {address} send, your mail server")
        elif not walk.unknown:
            notes.append(
                f"it doesn't let {address} send, your mail server, which is well only if that hands"
                " mail to the world by another"
            )
    return notes
