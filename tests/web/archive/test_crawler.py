"""A crawler reads every public page, feed, map, search and picture, and the exported site.

Whatever is in the store, no byte of what is not public is in any of them.
"""

import re
from collections import deque
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from digest.actions.editions.publish import next_draft, publish
from digest.actions.editions.visibility import hide_article, remove_article
from digest.core.articles.article import Access, Image
from digest.core.articles.picture import ImageState
from digest.core.editions.edition import EditionState
from digest.store.articles import images
from digest.store.editions import editions
from digest.store.tables.articles import ArticleTopicRow
from digest.web.app import site
from digest.web.static_site.export import export_site
from tests.builders import MONDAY, some_rules
from tests.publications import found, open_app
from tests.stock import enrol, keep_article

TOPIC = '\n[[topic]]\nslug = "sea"\nname = "The sea"\nkeywords = ["gauge"]\n'
KINDS = ("unsent", "drafted", "hidden", "removed", "teased", "hidden after", "removed after")
STARTS = (
    "/", "/archive", "/archive/weekly", "/archive/weekly/feed.xml", "/topics/sea",
    "/topics/sea/feed.xml", "/sitemap.xml", "/robots.txt", "/search?q=gauge", "/search?q=qz",
    "/subscribe",
)  # fmt: skip
MOST_PAGES = 400


def letters(number: int) -> str:
    """A number as a word that nothing else has."""
    return "qz" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")


def marks(number: int) -> tuple[str, str, str, str]:
    """The words that give an article away: its title, author, opening, and its end."""
    word = letters(number)
    return f"{word}title", f"{word}name", f"{word}first", f"{word}last"


def keep(app, number: int, kind: str) -> int:
    title, name, first, last = marks(number)
    sentences = " ".join(f"The gauge of {letters(number)}{n} stands still." for n in range(60))
    kept = keep_article(
        app.db,
        f"The gauge {title}",
        authors=(f"Mo {name.title()}",),
        summary="",
        body_text=f"The gauge {first} is new. {sentences} So it ends, {last}.",
        url="" if number % 2 else f"https://harbour.example/{letters(number)}",
        access=Access.SUBSCRIBERS if kind == "teased" else None,
    )
    row = ArticleTopicRow(article_id=kept.id, topic="sea", position=0, score=1.0, why="a test")
    app.db.write(lambda tx: tx.add(row))
    stem = f"{number:020x}"
    state = ImageState((), Image(stem, 1200, 675), "", 0)
    app.db.write(images.save_image_state, kept.id, state)
    app.gallery.keep(f"{stem}-wide.jpg", f"pixels of {letters(number)}picture".encode())
    app.gallery.keep(f"{stem}-small.jpg", f"pixels of {letters(number)}picture".encode())
    return int(kept.id)


def fill(app, kinds: list[str]) -> None:
    """An edition that went out, what was hidden since, and what was never in one."""
    wide = some_rules(max_articles=100, max_per_topic=100, max_per_author=100)
    weekly = replace(app.newsletter("weekly"), rules=wide)
    enrol(app.db, "ada@reader.example")
    numbers = list(enumerate(kinds, 1))
    ids = {
        number: keep(app, number, kind)
        for number, kind in numbers
        if kind in {"public", "teased", "hidden after", "removed after"}
    }
    made = publish(app.db, app.factory, weekly, MONDAY, MONDAY).edition
    for state in (EditionState.SENDING, EditionState.SENT):
        app.db.write(editions.move, made.id, tuple(EditionState), state, "", MONDAY)
    ids |= {number: keep(app, number, kind) for number, kind in numbers if kind == "drafted"}
    if "drafted" in kinds:
        next_draft(app.db, app.factory, weekly, MONDAY + timedelta(days=7), MONDAY)
    ids |= {number: keep(app, number, kind) for number, kind in numbers if number not in ids}
    for number, kind in numbers:
        if kind.startswith("hidden"):
            hide_article(app.db, str(ids[number]), "ada", MONDAY)
        elif kind.startswith("removed"):
            remove_article(app.db, str(ids[number]), "ada", MONDAY)


def crawl(client: TestClient) -> dict[str, bytes]:
    """Every page that is linked from what everybody knows, and all that these link to."""
    found_: dict[str, bytes] = {}
    queue = deque(STARTS)
    while queue and len(found_) < MOST_PAGES:
        path = queue.popleft()
        if path in found_:
            continue
        answer = client.get(path)
        found_[path] = answer.content
        for link in re.findall(
            r"""(?:href|src|content)=["']([^"']+)["']|<(?:loc|link|id)>([^<]+)<""", answer.text
        ):
            address = urlsplit(urljoin(f"http://127.0.0.1:8000{path}", unescape("".join(link))))
            if address.netloc == "127.0.0.1:8000":
                queue.append(address.path + (f"?{address.query}" if address.query else ""))
    return found_


def secrets(kinds: list[str], archive: str) -> list[str]:
    """The words that must be nowhere."""
    out = []
    for number, kind in enumerate(kinds, 1):
        title, name, first, last = marks(number)
        picture = f"{letters(number)}picture"
        if kind in KINDS and kind != "teased":
            out += [title, name, first, last]
        if kind in {"unsent", "drafted", "hidden", "removed"}:
            out.append(picture)
        if kind == "teased":
            out.append(last)
        if archive == "none" or (archive != "public" and kind != "public"):
            out += [first, last]
    return out


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    st.lists(st.sampled_from(KINDS), min_size=30, max_size=30),
    st.sampled_from(["public", "readers", "subscribers", "none"]),
)
def test_nothing_of_what_is_not_public_is_in_any_byte(kinds, archive):
    kinds = ["public", "public", *kinds]
    with TemporaryDirectory() as folder:
        config = found(
            Path(folder), articles="sent", newsletter=f'archive = "{archive}"', more=TOPIC
        )
        app = open_app(config)
        try:
            fill(app, kinds)
            pages = crawl(TestClient(site(lambda: app), base_url="http://127.0.0.1:8000"))
            export_site(app, Path(folder) / "site")
        finally:
            app.db.close()
        files = {
            str(path): path.read_bytes()
            for path in (Path(folder) / "site").rglob("*")
            if path.is_file()
        }
    told = {
        (path, word)
        for path, content in (pages | files).items()
        for word in secrets(kinds, archive)
        if word.encode() in content.lower()
    }
    assert sorted(told)[:5] == []
    public = b"".join(pages.values()).lower()
    assert (marks(1)[0].encode() in public) is (archive != "none")  # titles of what went out
    assert len(pages) >= len(STARTS)
