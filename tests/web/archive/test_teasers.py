"""On the web, a piece for subscribers is a teaser, wherever it stands."""

import html
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from digest.actions.editions.publish import publish
from digest.core.articles.article import Access
from digest.core.articles.teaser import teaser
from digest.core.editions.edition import EditionState
from digest.store.articles import article_topics
from digest.store.editions import editions
from digest.web.app import site
from tests.builders import MONDAY
from tests.publications import open_app, write_config
from tests.stock import keep_article
from tests.web.conftest import token

SAID = tuple(f"The {word} of it is what the payers know." for word in ("first", "rest", "last"))
TOPIC = '[[topic]]\nslug = "salt"\nname = "Salt"\nkeywords = ["salt"]'


@pytest.mark.parametrize("closed", ["the piece", "its topic"])
def test_no_page_and_no_feed_has_more_than_the_teaser(tmp_path, app, closed):
    app.db.close()
    topic = TOPIC + '\naccess = "subscribers"' * (closed == "its topic")
    app = open_app(write_config(tmp_path, more=topic))
    client = TestClient(site(lambda: app), follow_redirects=False)
    text = " ".join(SAID)
    piece = keep_article(
        app.db,
        "The price of salt",
        body_text=text,
        body_html=f"<p>{text}</p>",
        summary=text,
        url="https://harbour.example/salt",
        access=Access.SUBSCRIBERS if closed == "the piece" else None,
        published=MONDAY - timedelta(days=1),
    )
    app.db.write(article_topics.set_topics, piece.id, ["salt"])
    made = publish(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY).edition
    app.db.write(editions.move, made.id, list(EditionState), EditionState.SENT, "", MONDAY)

    pages = {
        path: client.get(path)
        for path in (
            f"/archive/weekly/{made.id}",
            "/archive",
            "/archive/weekly/feed.xml",
            "/topics/salt",
            "/topics/salt/feed.xml",
            "/authors/mara-lind",
            "/authors/mara-lind/feed.xml",
            "/search?q=salt",
            f"/preferences/{token(1, 'preferences')}",
        )
    }

    told = teaser(piece).summary
    for path, page in pages.items():
        assert page.status_code == 200, path
        said = html.unescape(page.text)
        assert "salt" in said, path
        assert not [one for one in SAID if one in said and one not in told], path
    assert "For subscribers" in pages[f"/archive/weekly/{made.id}"].text
    app.db.close()
