"""A weekly that needs approval, its articles, and commands at a moment."""

import email
from email import policy

import pytest
import time_machine

from tests.publications import found

MONDAY = "2026-03-09T06:30:00+00:00"
"""Half past seven in Berlin: the moment of the weekly."""
FRIDAY, SATURDAY = "2026-03-06T17:00:00+00:00", "2026-03-07T17:00:00+00:00"
AT = ("--at", "2026-03-09T07:30")

PIECE = """---
title: {title}
url: https://harbour.example/{slug}
author: {author}
date: 2026-03-0{day}
---

{text}
"""
TEXTS = {
    "ferry": "The line goes to the other shore since Monday, and takes a quarter of an hour. " * 4,
    "tram": "It stands still at the market, since the wire is down. A man with a ladder came. " * 3,
    "pool": "Children swim there in winter now, for the roof was closed and the water is warm. "
    * 2,
    "mill": "Its wheel turns again after ninety years. Flour costs more there, and is sold out.",
}


@pytest.fixture
def week(digest, home):
    """A function that writes the week's pieces and imports them: slug to title."""

    def imported(**titles):
        folder = home / "articles"
        folder.mkdir(exist_ok=True)
        for day, (slug, title) in enumerate(titles.items(), 1):
            (folder / f"{slug}.md").write_text(
                PIECE.format(
                    title=title,
                    slug=slug,
                    author=f"Ada {slug.title()}",
                    day=day,
                    text=TEXTS[slug],
                )
            )
        with time_machine.travel(FRIDAY, tick=False):
            ended = digest("import", "articles")
        assert ended.code == 0, ended.err

    return imported


@pytest.fixture
def weekly(digest, home, week):
    """A weekly that needs approval, with four pieces and two readers, made on Friday."""
    with time_machine.travel("2026-03-05T07:00:00+00:00", tick=False):
        found(home, newsletter='approval = "required"')
        for reader in ("ada@reader.example", "ben@reader.example"):
            assert digest("subscribers", "add", reader).code == 0
    week(ferry="The ferry", tram="The tram", pool="The pool", mill="The mill")


@pytest.fixture
def at(digest):
    """A function that runs a command at a moment."""

    def run(moment, *words):
        with time_machine.travel(moment, tick=False):
            return digest(*words)

    return run


def titles(ended):
    """The stories of a plan or draft in JSON, in reading order."""
    answer = ended.answer
    if "stories" in answer:
        return [story["title"] for story in answer["stories"]]
    lead = [answer["lead"]["title"]] if answer["lead"] else []
    return lead + [one["title"] for part in answer["sections"] for one in part["articles"]]


def sent(home):
    """What went out: the plain text of each message, by its reader."""
    found_ = {}
    for path in sorted((home / "outbox").rglob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body
        found_[str(message["To"])] = f"{message['Subject']}\n{body.get_content()}"
    return found_
