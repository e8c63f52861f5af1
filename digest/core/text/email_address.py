"""Email addresses: what may be stored, how two are compared, what SMTP is told."""

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PLAIN = re.compile(  # the usual address: ASCII, no A-labels; valid beyond doubt
    r"(?=[^@]{1,64}@)(?=.{6,254}\Z)(?!.*@.*[xX][nN]--)"
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
_USUAL = re.compile(  # of at most 64 characters, so that no part of it can be too long
    r"\n(?:[A-Za-z0-9_+.-]++@[A-Za-z0-9.-]+\.[A-Za-z][A-Za-z0-9]++\n)*+"
)
_EDGES = bytes.maketrans(b"@-\n", b"...")  # no two of these are side by side
_NAMES = {" ": "a space", "\t": "a tab", "\r": "a line break", "\n": "a line break", "\0": "a NUL"}


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """A valid address, in Unicode NFC and otherwise as its owner wrote it."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def parse_address(text: str) -> EmailAddress:
    """Check an address strictly; white space around it is dropped.

    RFC 5321, 4.1.2 and 4.5.3.1 without quoted local parts, address literals and source routes;
    RFC 6531 for local parts beyond ASCII; IDNA 2008 for the domain. Raises ValueError with a
    reason that can follow the address in a report: `has no @`.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        local, _, domain = text.partition("@")
        return EmailAddress(local, domain)
    if not text:
        raise ValueError("is empty")
    if len(text) > 320:  # before anything that takes more than linear time
        raise ValueError(f"is too long ({len(text)} characters; 254 is the most)")
    text = unicodedata.normalize("NFC", text)
    _refuse_characters(text)
    local, at, domain = text.rpartition("@")
    if not at:
        raise ValueError("has no @")
    _check_local(local)
    ascii_domain = a_label(domain)
    if len(local.encode()) + 1 + len(ascii_domain) > 254:
        raise ValueError("is too long (254 octets is the most)")
    return EmailAddress(local, domain)


def address_key(email: str) -> str:
    """What two spellings of one address have in common. Never raises: it is for comparing only.

    Sending keeps the case of the local part (RFC 5321, 2.4), but no two readers differ by it.
    """
    email = email.strip()
    if _PLAIN.fullmatch(email):
        return email.lower()
    local, _, domain = unicodedata.normalize("NFC", email).rpartition("@")
    try:
        domain = a_label(domain.rstrip("."))
    except ValueError:
        domain = domain.casefold()
    return f"{unicodedata.normalize('NFC', local.casefold())}@{domain}"


def usual_keys(emails: Sequence[str]) -> list[str] | None:
    """The keys of usual ASCII addresses, if all are valid as they stand.

    None may also mean that one is only less usual: then `parse` knows.
    """
    text = "\n".join(("", *emails, ""))
    if max(map(len, emails)) > 64 or not _USUAL.fullmatch(text):
        return None
    if b".." in text.encode().translate(_EDGES):
        return None
    keys = text.lower().split("\n")[1:-1]
    return keys if len(keys) == len(emails) else None


@functools.lru_cache(maxsize=512)  # each is asked for several times, within a moment
def wire(email: str) -> str:
    """The address as SMTP is told it: an ASCII domain (A-labels), the local part untouched.

    Raises ValueError with the reason where `parse` would. Cheap for the usual ASCII address.
    """
    if _PLAIN.fullmatch(email):
        return email
    address = parse_address(email)
    return f"{address.local}@{a_label(address.domain)}"


def needs_smtputf8(email: str) -> bool:
    """Whether the local part goes beyond ASCII, so that only SMTPUTF8 can carry it (RFC 6531)."""
    return not email.rpartition("@")[0].isascii()


def masked(email: str) -> str:
    """The address so that its owner knows it and nobody else learns it: `r•••@harbour.example`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def _refuse_characters(text: str) -> None:
    """Name the first character that no address may hold, in words a person knows."""
    if "<" in text or ">" in text:
        raise ValueError("holds < or >: give only the address, without a name")
    if text.startswith('"'):
        raise ValueError("has a quoted part before the @, which many servers refuse")
    for char in text:
        if char in _NAMES:
            raise ValueError(f"has {_NAMES[char]} in it")
        if unicodedata.category(char)[0] in "CZ":
            raise ValueError(f"has an invisible character in it (U+{ord(char):04X})")


def _check_local(local: str) -> None:
    if not local:
        raise ValueError("has nothing before the @")
    if len(local.encode()) > 64:
        raise ValueError("is too long before the @ (64 octets is the most)")
    if "@" in local:
        raise ValueError("has more than one @")
    for atom in local.split("."):
        if not atom:
            raise ValueError("has a dot at the wrong place before the @")
        odd = _ATOM.sub("", "".join(c for c in atom if c.isascii()))
        if odd:
            raise ValueError(f'has "{odd[0]}" before the @')


@functools.lru_cache(maxsize=256)
def a_label(domain: str) -> str:
    """Give a domain in ASCII and lower case (IDNA 2008). Raises ValueError with the reason."""
    if not domain:
        raise ValueError("has nothing after the @")
    if ".." in domain or domain.startswith(".") or domain.endswith("."):
        raise ValueError("has a dot at the wrong place after the @")
    ascii_domain = domain.lower()
    if not domain.isascii() or "xn--" in ascii_domain:
        ascii_domain = _idna(domain)
    labels = ascii_domain.split(".")
    if domain.startswith("[") or labels[-1].isdigit():
        raise ValueError("has a number instead of a domain after the @")
    if len(labels) < 2 and ascii_domain != "localhost":
        raise ValueError(f'has a domain without a dot ("{domain}")')
    if len(ascii_domain) > 255 or max(map(len, labels)) > 63:
        raise ValueError("is too long after the @ (255 octets is the most, 63 between two dots)")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f'has a domain that can\'t exist ("{domain}")')
    return ascii_domain


def _idna(domain: str) -> str:
    import idna  # its tables are large, and few addresses need them

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError(f'has a domain that can\'t exist ("{domain}")') from None
