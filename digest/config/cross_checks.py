"""What must fit together across tables. Looks at the raw config, so that every fault is found at
once, also beside faults inside the tables.
"""

import ipaddress
from collections.abc import Iterator
from typing import Any

from digest.config.contrast import contrasts
from digest.config.faults import ConfigFault, Raw
from digest.config.fields import near, shown_value
from digest.core.articles.author import author_key


def relations(raw: Raw) -> list[ConfigFault]:
    """Every fault between tables."""
    return [
        *_newsletters(raw),
        *_same_slug(raw, "newsletter"),
        *_same_slug(raw, "topic"),
        *_topics(raw),
        *_authors(raw),
        *_clear_text(raw),
        *_second_key(raw),
        *contrasts(raw),
    ]


def _listed(raw: Raw, key: str) -> list[dict[str, Any]]:
    """The tables of an array of tables; what is none of them is a fault that others tell."""
    value = raw.get(key)
    tables = value if isinstance(value, list) else []
    return [table if isinstance(table, dict) else {} for table in tables]


def _newsletters(raw: Raw) -> Iterator[ConfigFault]:
    if raw.get("newsletter", []) == []:
        yield ConfigFault(
            ("newsletter",), 'there must be at least one: [[newsletter]] with slug = "weekly"'
        )
    for n, newsletter in enumerate(_listed(raw, "newsletter")):
        if newsletter.get("cron") and "schedule" in newsletter:
            yield ConfigFault(("newsletter", n, "cron"), "there is also schedule; keep one of them")
        few, many = newsletter.get("min_articles", 1), newsletter.get("max_articles", 20)
        if isinstance(few, int) and isinstance(many, int) and few > many >= 1:
            yield ConfigFault(
                ("newsletter", n, "min_articles"),
                f"must not be more than max_articles ({many}), got {few}",
            )


def _same_slug(raw: Raw, key: str) -> Iterator[ConfigFault]:
    seen: set[str] = set()
    for n, table in enumerate(_listed(raw, key)):
        slug = table.get("slug")
        if isinstance(slug, str) and slug in seen:
            yield ConfigFault(
                (key, n, "slug"), f"there is already a {key} {shown_value(slug)}; choose another"
            )
        elif isinstance(slug, str):
            seen.add(slug)


def _topics(raw: Raw) -> Iterator[ConfigFault]:
    known = [t["slug"] for t in _listed(raw, "topic") if isinstance(t.get("slug"), str)]
    for n, newsletter in enumerate(_listed(raw, "newsletter")):
        wanted = newsletter.get("topics")
        slugs = wanted if isinstance(wanted, list) else []
        for m, slug in enumerate(slugs):
            if isinstance(slug, str) and slug not in known:
                yield ConfigFault(("newsletter", n, "topics", m), _no_topic(slug, known))
            elif slug in slugs[:m]:
                yield ConfigFault(
                    ("newsletter", n, "topics", m), f"{shown_value(slug)} is there twice"
                )
    for n, feed in enumerate(_listed(raw, "feed")):
        slug = feed.get("topic")
        if isinstance(slug, str) and slug and slug not in known:
            yield ConfigFault(("feed", n, "topic"), _no_topic(slug, known))


def _authors(raw: Raw) -> Iterator[ConfigFault]:
    """A spelling can belong to one person only."""
    whose: dict[str, str] = {}
    for n, author in enumerate(_listed(raw, "author")):
        aliases = author.get("aliases")
        others = enumerate(aliases if isinstance(aliases, list) else [])
        named: dict[tuple[str | int, ...], object] = {("author", n, "name"): author.get("name")}
        named |= {("author", n, "aliases", m): alias for m, alias in others}
        for place, name in named.items():
            if not isinstance(name, str):
                continue
            owner = whose.setdefault(author_key(name), str(author.get("name")))
            if owner != author.get("name"):
                yield ConfigFault(
                    place, f"{shown_value(name)} is already a spelling of {shown_value(owner)}"
                )


def _no_topic(slug: str, known: list[str]) -> str:
    hint = near(slug, known) or (
        f"; there are {', '.join(known)}" if known else "; there is no [[topic]] at all"
    )
    return f"there is no [[topic]] with slug {shown_value(slug)}{hint}"


def _clear_text(raw: Raw) -> Iterator[ConfigFault]:
    mail = raw.get("mail")
    smtp = mail.get("smtp") if isinstance(mail, dict) else None
    if not isinstance(smtp, dict):
        return
    servers: list[tuple[tuple[str | int, ...], dict[str, Any]]] = [(("mail", "smtp"), smtp)]
    servers += [(("mail", "smtp", "relay", n), one) for n, one in enumerate(_listed(smtp, "relay"))]
    for place, server in servers:
        host = server.get("host", "localhost")
        if server.get("security") == "none" and isinstance(host, str) and not _loopback(host):
            yield ConfigFault(
                (*place, "security"),
                f'"none" would send passwords and mail in clear to {host}; it is for this same'
                ' machine only (localhost). Write "starttls", or "tls" for port 465',
            )
    if len(servers) > 1 and all(server.get("weight") == 0 for _, server in servers):
        yield ConfigFault(("mail", "smtp", "weight"), "one server must have a weight of 1 or more")


def _second_key(raw: Raw) -> Iterator[ConfigFault]:
    mail = raw.get("mail")
    dkim = mail.get("dkim") if isinstance(mail, dict) else None
    second = dkim.get("second") if isinstance(dkim, dict) else None
    if isinstance(dkim, dict) and isinstance(second, dict):
        name = dkim.get("selector")
        if isinstance(name, str) and second.get("selector") == name:
            yield ConfigFault(
                ("mail", "dkim", "second", "selector"),
                f"{shown_value(name)} is the name of the first key; two keys need two names",
            )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in {"localhost", "localhost.localdomain", "ip6-localhost"}
