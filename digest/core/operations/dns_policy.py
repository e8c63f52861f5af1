"""What the rest of the net says of us: which answers are good, and what to do about the others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How it is."""

    GOOD = "good"
    WRONG = "wrong"
    """To be mended before anything goes out."""
    UNKNOWN = "unknown"
    """Nobody answered, or it is for somebody else to know."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What one look found. `what` was looked at, and `says` is a clause for people."""

    what: str
    health: Health
    says: str


def judge_dkim(name: str, expected: str, texts: Sequence[str]) -> Reach:
    """Judge the TXT records under a key's name: the one that `expected` is must be there."""
    what = f"DKIM key {name}"
    ours = _tags(expected)["p"]
    found = [tags["p"] for tags in map(_tags, texts) if "p" in tags]
    if not found:
        return Reach(
            what,
            Health.WRONG,
            "it isn't there, so no signature of ours is valid. `digest dkim show` prints it",
        )
    if len(found) > 1:
        return Reach(what, Health.WRONG, "there are several records: only one may be there")
    if not found[0]:
        return Reach(what, Health.WRONG, "it is withdrawn (p= is empty): use another selector")
    if found[0] != ours:
        return Reach(
            what,
            Health.WRONG,
            "it is that of another key, so no signature of ours is valid. `digest dkim show` prints"
            " the right one",
        )
    return Reach(what, Health.GOOD, "it is ours")


def dmarc(domain: str, found: Sequence[tuple[str, Sequence[str]]]) -> Reach:
    """Judge what stands at _dmarc of the sender's domain and of those above it, in this order.

    The first that has a record counts (RFC 9989, 4.10).
    """
    what = f"DMARC of {domain}"
    for where, texts in found:
        records = [text for text in texts if re.match(r"v=DMARC1\s*(?:;|$)", text)]
        if len(records) > 1:
            says = f"{where} has {len(records)} records, which counts as none: keep one"
            return Reach(what, Health.WRONG, says)
        if records:
            policy = _tags(records[0]).get("p", "none").lower()
            if policy not in {"none", "quarantine", "reject"}:
                says = f'p={policy} at {where} means nothing: "none", "quarantine" or "reject"'
                return Reach(what, Health.WRONG, says)
            reports = "" if "rua" in _tags(records[0]) else "; without rua= nobody reports to you"
            return Reach(what, Health.GOOD, f"p={policy} at {where}{reports}")
    return Reach(
        what,
        Health.WRONG,
        "there is none, and large mailboxes refuse newsletters without. Begin with a TXT record at"
        f' _dmarc.{domain}: "v=DMARC1; p=none"',
    )


def above(domain: str) -> list[str]:
    """A domain and those above it, down to two labels."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def _tags(record: str) -> dict[str, str]:
    """The tags of a record (RFC 6376, 3.2)."""
    pairs = (one.partition("=") for one in record.split(";"))
    return {name.strip(): re.sub(r"\s", "", value) for name, sep, value in pairs if sep}
