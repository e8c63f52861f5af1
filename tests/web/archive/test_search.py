"""Looking for articles in the archive."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from digest.config.load import load_config
from digest.core.articles.identity import identify
from digest.store.articles import intake
from digest.web.app import site
from digest.web.archive import search
from tests.builders import MONDAY, an_item
from tests.publications import write_config
from tests.stock import keep_article
from tests.web.archive.test_edition_lists import HOME, PATH, send


def titles(client, question, page=""):
    answer = client.get("/search", params={"q": question} | ({"page": page} if page else {}))
    assert answer.status_code == 200
    return re.findall(r"<li><h2>(?:<a [^>]*>)?([^<]*)<", answer.text)


def test_titles_and_names_are_found_newest_first(client, app):
    for n, (title, name) in enumerate((("Fog", "Bo Lin"), ("Ice", "Bo Lin"), ("Fög", "Ana Ruiz"))):
        keep_article(app.db, title, authors=(name,), published=MONDAY - timedelta(days=n + 3))

    assert titles(client, "fog") == ["Fog", "Fög"]
    assert titles(client, "bo LIN") == ["Fog", "Ice"]
    assert titles(client, "bo fog") == ["Fog"]
    assert titles(client, "lind tide") == ["The tide gauge"]


def test_what_nobody_may_see_yet_and_copies_are_not_found(client, app):
    keep_article(app.db, "Tomorrow’s fog", published=MONDAY + timedelta(hours=1))
    text = " ".join(f"word{n}" for n in range(200))
    keep_article(app.db, "Fog", body_text=text, published=MONDAY - timedelta(days=9))
    copy = keep_article(app.db, "Fog again", body_text=text, published=MONDAY - timedelta(days=1))
    assert copy.copy_of

    assert titles(client, "fog") == ["Fog"]


def test_an_edited_article_is_found_by_its_new_title_only(client, app):
    item = an_item("On fog", guid="1", published=MONDAY - timedelta(days=1))
    for version in (item, replace(item, title="On ice", authors=("Bo Lin",))):
        app.db.write(intake.save_article, identify(version), (), "", MONDAY)

    assert titles(client, "fog") == []
    assert titles(client, "ice bo") == ["On ice"]


def test_without_anything_found_it_says_so(client):
    page = client.get("/search", params={"q": '<b>"nothing" & so'})

    assert "No article has all of this: &lt;b&gt;&#34;nothing&#34; &amp; so" in page.text
    assert 'value="&lt;b&gt;&#34;nothing&#34; &amp; so"' in page.text
    assert "<li>" not in client.get("/search").text


def test_results_have_pages(client, app):
    for n in range(31):
        keep_article(app.db, f"Fog & ice {n:02}", published=MONDAY - timedelta(hours=n + 1))

    first = client.get("/search", params={"q": "fog & ice"}).text

    assert first.count("<li>") == 30
    assert f'rel="next" href="{HOME}/search?q=fog%20%26%20ice&amp;page=2"' in first
    assert titles(client, "fog & ice", "2") == ["Fog &amp; ice 30"]
    assert client.get("/search?q=fog&page=3").status_code == 404
    assert client.get("/search?q=fog&page=x").status_code == 404


@pytest.mark.parametrize(
    "question", ["%", "_", "' OR 1=1 --", "\x00", "\ud800", "/", "*", "a" * 9000]
)
def test_no_question_means_anything_to_the_database(client, question):
    answer = client.get("/search", params={"q": question.encode("utf-8", "surrogatepass")})

    assert answer.status_code == 200
    assert "The tide gauge" not in answer.text


def test_search_engines_leave_it_out(client):
    answer = client.get("/search?q=tide")

    assert answer.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex, follow">' in answer.text
    assert "script" not in answer.headers["content-security-policy"]


def test_an_article_without_an_address_leads_to_the_edition_that_had_it(client, app):
    assert "<h2>The tide gauge</h2>" in client.get("/search?q=tide").text
    send(app)

    assert (
        f'<h2><a href="{HOME}{PATH}">The tide gauge</a></h2>' in client.get("/search?q=tide").text
    )


def test_the_other_spellings_of_the_config_are_found(app):
    keep_article(app.db, "As M", authors=("M. Lind",), published=MONDAY - timedelta(days=3))
    config = write_config(
        app.settings.path.parent, more='[[author]]\nname = "Mara Lind"\naliases = ["M. Lind"]\n'
    )
    app = replace(app, settings=load_config(config))

    page = TestClient(site(lambda: app)).get("/search?q=mara").text

    assert "As M" in page
    assert page.count(">Mara Lind<") == 2


def test_a_flood_of_questions_is_told_to_wait(app, monkeypatch):
    monkeypatch.setattr(search, "SECONDS", 0.0)
    pages = search.Search(lambda: app)
    for _ in range(search.TOGETHER):
        pages._free.acquire()
    monkeypatch.setattr("digest.web.app.Search", lambda live: pages)

    answer = TestClient(site(lambda: app)).get("/search?q=tide")

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


def test_the_box_stands_in_the_archive(client, app):
    send(app)

    for path in ("/archive", "/archive/weekly", "/authors/mara-lind", "/search"):
        page = client.get(path).text
        assert '<form class="search" role="search" action="/search">' in page
        assert '<label for="q">' in page
