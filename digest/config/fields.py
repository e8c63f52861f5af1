"""Reading one value of the config: from what TOML gives to what the product works with.

Every function raises ValueError with a sentence that can follow the key's name.
"""

import re
from difflib import get_close_matches
from urllib.parse import SplitResult, urlsplit

from digest.core.text import email_address

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_RATE = re.compile(r"[1-9][0-9]{0,8}/(second|minute|hour|day)")
_SELECTOR = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_MAILBOX = re.compile(r"(?:(?P<name>[^<>]*?)\s*<(?P<angle>[^<>]*)>|(?P<bare>[^<>\s]+))")


def shown_value(value: object) -> str:
    """A value as its writer would recognise it, cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}…'"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    return str(value)


def near(word: object, known: list[str]) -> str:
    """A question to append, `; did you mean 'x'?`, where one of the known words is near."""
    found = get_close_matches(str(word).lower(), known, n=1, cutoff=0.6)
    return f"; did you mean '{found[0]}'?" if found else ""


def any_text(value: object) -> str:
    """Any text."""
    if isinstance(value, str):
        return value
    raise ValueError(f"must be text in quotes, got {shown_value(value)}")


def one_line_text(value: object) -> str:
    """Text on one line: it may end up in a header."""
    words = any_text(value).strip()
    if not words.isprintable():
        raise ValueError("must be on one line, without line breaks, tabs and invisible characters")
    return words


def required_line(value: object) -> str:
    """Text on one line that isn't empty."""
    words = one_line_text(value)
    if not words:
        raise ValueError("must not be empty")
    return words


def slug_text(value: object) -> str:
    """A name for addresses and commands."""
    word = any_text(value)
    if _SLUG.fullmatch(word):
        return word
    would_do = re.sub(r"[^a-z0-9]+", "-", word.lower())[:63].strip("-")
    hint = f"; '{would_do}' would do" if would_do else ""
    raise ValueError(f"must be made of a-z, 0-9 and -, got {shown_value(word)}{hint}")


def language(value: object) -> str:
    """A language tag (BCP 47): "en", "pt-BR"."""
    tag = any_text(value)
    if _LANGUAGE.fullmatch(tag):
        return tag
    hint = (
        f"; write '{tag.replace('_', '-')}'" if _LANGUAGE.fullmatch(tag.replace("_", "-")) else ""
    )
    raise ValueError(f'must be a language such as "en" or "pt-BR", got {shown_value(tag)}{hint}')


def web_url(value: object) -> str:
    """A URL of a page, http or https."""
    url = any_text(value).strip()
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url:
        raise ValueError(f"must be an address with http:// or https://, got {shown_value(value)}")
    return url


def web_address_or_empty(value: object) -> str:
    """A URL of a page, or nothing."""
    return "" if value == "" else web_url(value)


def web_base(value: object) -> str:
    """A URL that paths are put after; comes back without the last slash."""
    url = web_url(value)
    parts: SplitResult = urlsplit(url)
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise ValueError(f"must be an address without ? and #, got {shown_value(value)}")
    return url.rstrip("/")


def mailbox_value(value: object) -> tuple[str, str]:
    """One address with or without a name, as (name, address): `Name <a@b.example>`."""
    given = one_line_text(value)
    match = _MAILBOX.fullmatch(given)
    if match is None or (match["bare"] and "," in match["bare"]):
        raise ValueError(
            f'must be exactly one address, "Name <name@host.example>", got {shown_value(given)}'
        )
    return (match["name"] or "").strip().strip('"').strip(), email(match["angle"] or match["bare"])


def email(value: object) -> str:
    """An address alone."""
    given = any_text(value)
    try:
        return str(email_address.parse_address(given))
    except ValueError as error:
        raise ValueError(f"{shown_value(given)} is no address: it {error}") from None


def email_or_empty(value: object) -> str:
    """An address alone, or nothing."""
    return "" if value == "" else email(value)


def domain(value: object) -> str:
    """A domain; comes back in ASCII and lower case, as DNS and signatures have it."""
    given = any_text(value).strip()
    try:
        return email_address.a_label(given)
    except ValueError:
        raise ValueError(
            f'must be a domain such as "harbour.example", got {shown_value(given)}'
        ) from None


def selector(value: object) -> str:
    """The name of a key in the DNS (RFC 6376, 3.1)."""
    given = any_text(value)
    if len(given) <= 63 and _SELECTOR.fullmatch(given):
        return given
    raise ValueError(f'must be letters, digits and hyphens such as "s1", got {shown_value(given)}')


def store_url(value: object) -> str:
    """A database that this version can use: a file of SQLite."""
    url = any_text(value)
    scheme, _, rest = url.partition("://")
    if scheme.split("+")[0] in {"postgresql", "postgres"}:
        raise ValueError(
            'PostgreSQL is not supported in this version; use a file: "sqlite:///digest.db"'
        )
    if scheme != "sqlite" or not re.fullmatch(r"/[^?]*[^/?]", rest) or not rest.isprintable():
        raise ValueError(
            f'must name a file: "sqlite:///digest.db" beside this file, or'
            f' "sqlite:////srv/digest.db" anywhere, got {shown_value(url)}'
        )
    return url


def rate(value: object) -> str:
    """How many messages in which time, or nothing for as fast as it goes."""
    given = any_text(value)
    if given and not _RATE.fullmatch(given):
        raise ValueError(
            f'must be a number per second, minute, hour or day such as "600/minute",'
            f" got {shown_value(given)}"
        )
    return given


def template(value: object) -> str:
    """Text with {{ names }}; its syntax is checked."""
    given = any_text(value)
    if "{" in given:
        from jinja2 import Environment, TemplateSyntaxError

        try:
            Environment(autoescape=True).parse(given)
        except TemplateSyntaxError as error:
            row = f" in its line {error.lineno}" if "\n" in given.strip() else ""
            raise ValueError(f"is no valid template{row}: {error.message}") from None
    return given
