"""Past editions, authors and topics, for everybody."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from digest.actions.editions.publish import publish
from digest.config.load import load_config
from digest.core.editions.edition import EditionState
from digest.store.editions import editions
from digest.store.message import encoded_editions
from digest.web.app import site
from tests.builders import MONDAY
from tests.locale_words import long_day
from tests.publications import write_config
from tests.stock import keep_article

ATOM = "{http://www.w3.org/2005/Atom}"
HOME = "http://127.0.0.1:8000"
PLEA = '[newsletter.pitch]\ntext = "Only for some: please pay."\n'


def move(app, edition, state):
    app.db.write(editions.move, edition, list(EditionState), state, "", MONDAY)


def send(app, at=MONDAY):
    """An edition that went out."""
    made = publish(app.db, app.factory, app.newsletter("weekly"), at, at).edition
    move(app, made.id, EditionState.SENT)
    return made


@pytest.fixture
def edition(app):
    return send(app)


PATH = "/archive/weekly/2026-03-09T0630Z"


def test_the_archive_lists_what_went_out_newest_first(client, app, edition):
    keep_article(app.db, "Fog over the pilots", published=MONDAY + timedelta(days=5))
    send(app, MONDAY + timedelta(days=7))

    for path in ("/archive", "/archive/weekly"):
        page = client.get(path)
        assert page.status_code == 200
        assert re.findall(r'<h2><a href="([^"]*)">([^<]*)<', page.text) == [
            (f"{HOME}/archive/weekly/2026-03-16T0630Z", "Fog over the pilots"),
            (f"{HOME}{PATH}", "The tide gauge"),
        ]
        assert f"The Harbour Weekly · {long_day(date(2026, 3, 9))}" in page.text


def test_an_archive_without_editions_says_so(client):
    assert "No edition has gone out yet" in client.get("/archive").text
    assert client.get("/archive/weekly").status_code == 200


@pytest.mark.parametrize("state", [s for s in EditionState if s not in {"sent", "sending"}])
def test_what_did_not_go_out_is_not_there(client, app, edition, state):
    move(app, edition.id, state)

    assert client.get(PATH).status_code == 404
    assert client.get(f"/archive/weekly/{edition.id}").status_code == 404
    assert "The tide gauge" not in client.get("/archive").text
    assert "The tide gauge" not in client.get("/archive/weekly/feed.xml").text


def test_an_edition_paused_after_somebody_had_it_stays(client, app, edition):
    app.db.write(lambda tx: tx.connection().exec_driver_sql("UPDATE delivery SET state='sent'"))
    move(app, edition.id, EditionState.PAUSED)

    assert client.get(PATH).status_code == 200


def test_an_edition_is_there_by_its_moment_and_by_its_number(client, edition):
    by_moment, by_number = client.get(PATH), client.get(f"/archive/weekly/{edition.id}")

    assert by_moment.status_code == by_number.status_code == 200
    assert by_moment.text == by_number.text
    assert f'<link rel="canonical" href="{HOME}{PATH}">' in by_number.text


@pytest.mark.parametrize(
    "path",
    [
        *("/archive/daily", "/archive/daily/feed.xml", "/archive/weekly/2", "/archive/daily/1"),
        *("/archive/weekly/2026-03-09T0631Z", "/archive/weekly/2026-13-09T0630Z"),
        *(f"/archive/weekly/{'9' * 30}", "/archive/weekly/%C2%B2", "/archive/weekly/%00"),
        *("/archive?page=0", "/archive?page=2", "/archive?page=x", f"/archive?page={'9' * 40}"),
        *("/authors/nobody", "/authors/mara-lind?page=2", "/topics/world", "/topics/%00"),
    ],
)
def test_what_there_is_not_gets_our_own_page(client, edition, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "The Harbour Review" in answer.text


def test_what_the_message_says_is_the_main_part_of_its_page(client, edition):
    page = client.get(PATH).text

    before, main, after = re.split("</?main>", page)
    assert "All editions" in before
    assert "The tide gauge" in main.partition("<h1")[2]
    assert "</body>" in after


def test_nobodys_own_values_are_in_it(client, edition):
    page = client.get(PATH).text

    assert "The tide gauge" in page
    assert "unsubscribe" not in page.lower()
    assert "reader.example" not in page
    assert "Sent to" not in page
    assert "1 Quay Street" in page
    assert "NDG" not in page


def test_a_template_that_shows_the_readers_values_everywhere_shows_none_here(app, tmp_path):
    (tmp_path / "own" / "email" / "edition").mkdir(parents=True)
    (tmp_path / "own" / "email" / "edition" / "body.html").write_text(
        '{% extends "digest:email/edition/body.html" %}{% block footer %}<p>For {{ email }}.'
        ' <a href="{{ unsubscribe_url }}">Out</a>'
        ' <a href="{{ preferences_url }}">Choose</a></p>{% endblock %}'
    )
    config = app.settings.path
    config.write_text(f'{config.read_text()}\n[theme]\ntemplates = "own"\n')
    app = replace(app, settings=load_config(config))
    send(app)

    page = TestClient(site(lambda: app)).get(PATH).text

    assert "For …." in page
    assert f'href="{HOME}/subscribe"' in page
    assert "unsubscribe/" not in page
    assert "preferences/" not in page
    assert page.count('/subscribe"') == 3


def test_what_is_for_some_tiers_is_not_for_everybody(app):
    config = write_config(app.settings.path.parent, newsletter=PLEA)
    app = replace(app, settings=load_config(config))
    send(app)

    page = TestClient(site(lambda: app)).get(PATH)

    assert page.status_code == 200
    assert "Only for some" not in page.text


def test_the_link_in_a_message_leads_to_its_page(client, app):
    at = MONDAY.replace(second=7, microsecond=12)  # as somebody sends by hand
    made = send(app, at)
    frozen = app.db.read(encoded_editions.encoded_edition, made.id)
    html = b"".join(piece.content for piece in frozen.html).replace(b"=\r\n", b"").decode()

    (path,) = re.findall(HOME + '(/archive/[^"]*)"', html)
    page = client.get(path)

    assert page.status_code == 200
    assert "The tide gauge" in page.text
    assert "Read it in your browser" not in page.text


def test_the_policy_allows_its_own_styles_and_nothing_else(client, edition):
    page = client.get(PATH)
    rules = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))

    styles = re.findall(r"<style[^>]*>(.*?)</style>", page.text, re.DOTALL)
    hashes = [b64encode(sha256(style.encode()).digest()).decode() for style in styles]
    assert rules["style-src"].split() == [f"'sha256-{one}'" for one in hashes]
    assert rules["default-src"] == "'none'"
    assert not re.search(r"\sstyle=", page.text)
    assert "<script" not in page.text
    assert "unsafe" not in page.headers["content-security-policy"]


def test_it_can_be_shared(client, edition):
    page = client.get(PATH).text

    assert '<meta property="og:title" content="The tide gauge">' in page
    assert f'<meta property="og:url" content="{HOME}{PATH}">' in page
    assert '<meta name="robots" content="index, follow">' in page


def test_the_feed_holds_the_editions(client, edition):
    answer = client.get("/archive/weekly/feed.xml")
    feed = ET.fromstring(answer.content)

    assert answer.headers["content-type"].startswith("application/atom+xml")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "The tide gauge"
    assert entry.findtext(f"{ATOM}id") == f"{HOME}{PATH}"
    assert feed.findtext(f"{ATOM}updated") == "2026-03-09T06:30:00+00:00"


def test_long_lists_have_pages(client, app):
    for n in range(31):
        keep_article(
            app.db, f"Piece {n:02}", authors=("Bo Lin",), published=MONDAY - timedelta(hours=n + 1)
        )

    first, second = client.get("/authors/bo-lin"), client.get("/authors/bo-lin?page=2")

    assert first.text.count("<li>") == 30
    assert f'rel="next" href="{HOME}/authors/bo-lin?page=2"' in first.text
    assert "Piece 30" in second.text
    assert f'rel="prev" href="{HOME}/authors/bo-lin"' in second.text
    assert 'rel="next"' not in second.text


def test_an_author_has_a_page_with_what_is_out(client, app):
    keep_article(app.db, "From tomorrow", authors=("Mara Lind",), published=MONDAY + timedelta(1))
    keep_article(app.db, "Older <b>", authors=("MARA LIND",), published=MONDAY - timedelta(days=30))

    page = client.get("/authors/mara-lind").text

    assert "<h1>Mara Lind</h1>" in page
    assert page.index("The tide gauge") < page.index("Older &lt;b&gt;")
    assert "From tomorrow" not in page
    assert long_day(date(2026, 3, 7)) in page


@pytest.mark.parametrize(
    "name", ["Łucja Žemaitė", "ليلى حداد", "王小明", "Ana d'Oré-Smith", "A/B?#%"]
)
def test_an_author_of_any_script_has_an_address(client, app, name):
    keep_article(app.db, "Written", authors=(name, "Bo Lin"), published=MONDAY - timedelta(1))
    listed = client.get("/authors/bo-lin").text

    (path,) = [p for p in re.findall(HOME + '(/authors/[^"]*)', listed) if "bo-lin" not in p]

    assert client.get(path).status_code == 200
    assert path == quote(path, safe="/%-'")


def test_one_person_of_the_config_has_one_page(app):
    keep_article(app.db, "As M", authors=("M. Lind",), published=MONDAY - timedelta(days=3))
    config = write_config(
        app.settings.path.parent, more='[[author]]\nname = "Mara Lind"\naliases = ["M. Lind"]\n'
    )
    app = replace(app, settings=load_config(config))
    client = TestClient(site(lambda: app))

    for path in ("/authors/mara-lind", "/authors/m-lind"):
        page = client.get(path).text
        assert "As M" in page
        assert "The tide gauge" in page
        assert f'rel="canonical" href="{HOME}/authors/mara-lind"' in page


def test_a_topic_has_a_page(app):
    from digest.core.articles.article import Topic
    from digest.core.articles.identity import identify
    from digest.store.articles import intake
    from tests.builders import an_item

    app.db.write(
        intake.save_article,
        identify(an_item("On fog")),
        (Topic("world", 1.0, "a test"),),
        "",
        MONDAY,
    )
    config = write_config(
        app.settings.path.parent, more='[[topic]]\nslug = "world"\nname = "The World"\n'
    )
    app = replace(app, settings=load_config(config))

    page = TestClient(site(lambda: app)).get("/topics/world").text

    assert "<h1>The World</h1>" in page
    assert "On fog" in page
    assert "The tide gauge" not in page
