"""Saved feeds by the thousand, each made from its number: every dialect, and all that breaks one.

Number n is always the same file. Most are well formed; the others were cut, mislabelled, or hit by
what editors, proxies and disks do to a file.
"""

import gzip
import json
import random
from collections.abc import Callable
from html import escape
from pathlib import Path

_PLAIN = "tide gauge pier lamp ferry pilot quay harbour net rope mast tower bell storm calm letter"
_OTHER = "Größe café niño smørrebrød Łódź Þóra 港の本 гавань ميناء ὕδωρ naïve 🚢 x&y a<b “so”"
WORDS = (*_PLAIN.split(), *_OTHER.split())
DATES = (
    "Mon, 02 Mar 2026 07:00:00 GMT",
    "02 Mar 26 07:00 +0100",
    "2026-03-02T07:00:00Z",
    "2026-03-02",
    "March 2, 2026",
    "Lun, 02 Mar 2026 07:00:00 +0100",
    "yesterday",
    "",
)


class Story:
    """One entry's text."""

    def __init__(self, number: int, dice: random.Random) -> None:
        self.title = " ".join(dice.choices(WORDS, k=dice.randint(1, 9)))
        self.text = ". ".join(
            " ".join(dice.choices(WORDS, k=dice.randint(3, 20))).capitalize()
            for _ in range(dice.randint(1, 6))
        )
        self.markup = dice.choice(
            (
                "<p>{}</p>",
                "<p>{} <a href='/x'>more</a> <img src=x.png></p><script>1</script>",
                "{}<br><br>And on.",
                "<div><ul><li>{}</ul><svg><p>x",
            )
        ).format(escape(self.text))
        self.link = f"https://harbour.example/{number}/{dice.randint(1, 10**9)}"
        self.author = dice.choice(
            ("Ada Park", "ada@harbour.example (Ada Park)", "By MARA LIND", "")
        )
        self.date = dice.choice(DATES)


def _rss(
    version: str, entry: Callable[[Story], str], more: str = ""
) -> Callable[[list[Story]], str]:
    def feed(stories: list[Story]) -> str:
        items = "".join(f"<item>{entry(story)}</item>\n" for story in stories)
        return (
            f"{{declared}}<rss version='{version}'{more}><channel><title>Harbour</title>"
            f"<link>https://harbour.example</link><description>All of it</description>\n{items}"
            "</channel></rss>"
        )

    return feed


def _plain(one: Story) -> str:
    return (
        f"<title>{escape(one.title)}</title><link>{one.link}</link>"
        f"<description>{escape(one.text)}</description>"
    )


def _whole(one: Story) -> str:
    return (
        f"{_plain(one)}<guid isPermaLink='false'>{one.link}#g</guid><pubDate>{one.date}</pubDate>"
        f"<author>{escape(one.author)}</author><category>Pilots</category>"
    )


def _rich(one: Story) -> str:
    return (
        f"<title><![CDATA[{one.title}]]></title><link>{one.link}</link><dc:date>{one.date}</dc:date>"
        f"<dc:creator>{escape(one.author)}</dc:creator><dc:creator>Ruta Vance</dc:creator>"
        f"<content:encoded><![CDATA[{one.markup}]]></content:encoded>"
        "<media:content url='https://harbour.example/a.jpg' medium='image' width='900'/>"
        "<enclosure url='https://harbour.example/a.mp3' type='audio/mpeg' length='9'/>"
        "<itunes:duration>31:07</itunes:duration>"
    )


def _rdf(stories: list[Story]) -> str:
    items = "".join(
        f"<item rdf:about='{one.link}'>{_plain(one)}<dc:date>{one.date}</dc:date></item>"
        for one in stories
    )
    return (
        "{declared}<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
        " xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<channel rdf:about='x'><title>Harbour</title></channel>{items}</rdf:RDF>"
    )


def _atom(space: str, dated: str, body: Callable[[Story], str]) -> Callable[[list[Story]], str]:
    def feed(stories: list[Story]) -> str:
        entries = "".join(
            f"<entry><id>{one.link}</id><title>{escape(one.title)}</title>"
            f"<link rel='alternate' href='{one.link}'/><{dated}>{one.date}</{dated}>"
            f"<author><name>{escape(one.author)}</name></author>{body(one)}</entry>"
            for one in stories
        )
        return f"{{declared}}<feed xmlns='{space}'><title>Harbour</title>{entries}</feed>"

    return feed


def _json(version: str) -> Callable[[list[Story]], str]:
    def feed(stories: list[Story]) -> str:
        items = [
            {"id": one.link, "url": one.link, "title": one.title, "content_html": one.markup,
             "date_published": one.date, "author": {"name": one.author}}
            for one in stories
        ]  # fmt: skip
        told = {"version": f"https://jsonfeed.org/version/{version}", "title": "H", "items": items}
        return json.dumps(told, ensure_ascii=False, indent=1)

    return feed


SPACES = (
    " xmlns:dc='http://purl.org/dc/elements/1.1/'"
    " xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    " xmlns:media='http://search.yahoo.com/mrss/'"
    " xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
)
OLD, NEW = "http://purl.org/atom/ns#", "http://www.w3.org/2005/Atom"
DIALECTS: dict[str, tuple[str, Callable[[list[Story]], str]]] = {
    "rss091": (".xml", _rss("0.91", _plain)),
    "rss092": (".rss", _rss("0.92", _plain)),
    "rss10": (".rdf", _rdf),
    "rss20": (".xml", _rss("2.0", _whole)),
    "rss20-rich": (".rss", _rss("2.0", _rich, SPACES)),
    "atom03": (".atom", _atom(OLD, "issued", lambda one: f"<summary>{escape(one.text)}</summary>")),
    "atom10": (
        ".xml",
        _atom(NEW, "updated", lambda one: f"<content type='html'>{escape(one.markup)}</content>"),
    ),
    "atom10-xhtml": (
        ".atom",
        _atom(
            NEW,
            "published",
            lambda one: (
                "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
                f"<p>{escape(one.text)}</p></div></content>"
            ),
        ),
    ),
    "json10": (".json", _json("1")),
    "json11": (".json", _json("1.1")),
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "cp1251", "shift_jis")


def _cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data))]


def _flip(data: bytes, dice: random.Random) -> bytes:
    hit = bytearray(data)
    for _ in range(dice.randint(1, 20)):
        hit[dice.randrange(len(hit))] = dice.randrange(256)
    return bytes(hit)


def _drop(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + data[start + dice.randint(1, 200) :]


def _double(data: bytes, dice: random.Random) -> bytes:
    start = dice.randrange(len(data))
    return data[: start + dice.randint(1, 400)] + data[start:]


def _sprinkle(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    odd = (
        b"\0",
        b"\x0c\x0b",
        b"&",
        b"<",
        b"]]>",
        b"\xed\xa0\x80",
        b"&#0;",
        b"&nbsp;",
        b"\xe2\x80\xae",
    )
    return data[:place] + dice.choice(odd) * dice.randint(1, 5) + data[place:]


def _head(data: bytes, dice: random.Random) -> bytes:
    odd = (
        b"\n\n  ", b"<?php notice ?>", b"<!-- cached -->\n", b"<?xml version='1.0'?>\n",
        b"<!DOCTYPE rss [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]>", b"<html><body>",
    )  # fmt: skip
    return dice.choice(odd) + data


BREAKS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "whole": lambda data, dice: data,
    "crlf": lambda data, dice: data.replace(b"\n", b"\r\n"),
    "cut": _cut,
    "flipped": _flip,
    "dropped": _drop,
    "doubled": _double,
    "sprinkled": _sprinkle,
    "headed": _head,
    "packed": lambda data, dice: gzip.compress(data, mtime=0),
    "emptied": lambda data, dice: b" \n" * dice.randint(0, 3),
}


def feed(number: int) -> tuple[str, bytes]:
    """The name and the bytes of the file of this number."""
    dice = random.Random(number)
    kind = list(DIALECTS)[number % len(DIALECTS)]
    suffix, written = DIALECTS[kind]
    damage = dice.choice(list(BREAKS)) if dice.random() < 0.6 else "whole"
    encoding = dice.choice(ENCODINGS) if dice.random() < 0.4 else "utf-8"
    said = (
        dice.choice((encoding, "utf-8", "iso-8859-1", "no-such"))
        if dice.random() < 0.3
        else encoding
    )
    text = written([Story(number, dice) for _ in range(dice.choice((0, 1, 1, 2, 5)))])
    text = text.replace("{declared}", f"<?xml version='1.0' encoding='{said}'?>\n", 1)
    suffix = dice.choice((suffix, suffix, suffix, ".txt", ""))
    data = BREAKS[damage](text.encode(encoding, "replace"), dice)
    return f"{number:05}-{kind}-{damage}-{encoding}{suffix}", data


def write(folder: Path, count: int) -> None:
    """Fill a folder with so many."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        name, data = feed(number)
        (folder / name).write_bytes(data)
