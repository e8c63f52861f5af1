"""What holds for every page."""

import html
import re
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from digest.config.load import load_config
from digest.render.message.edition import Renderer
from digest.store.readers import subscribers
from digest.web.app import site
from tests.builders import MONDAY
from tests.publications import write_config
from tests.stock import keep_article
from tests.web.archive.test_edition_lists import send
from tests.web.conftest import token

PAGES = [
    ("GET", "/", 200),
    ("GET", "/subscribe", 200),
    ("POST", "/subscribe", 422),
    ("GET", "/confirm/nothing", 404),
    ("GET", f"/unsubscribe/{token()}", 200),
    ("POST", f"/unsubscribe/{token(2)}", 200),
    ("GET", "/unsubscribe/nothing", 404),
    ("GET", "/archive", 200),
    ("GET", "/authors/mara-lind", 200),
    ("GET", "/topics/nothing", 404),
    ("GET", "/nothing/here", 404),
    ("GET", "/unsubscribe", 404),
    ("POST", "/", 405),
]


def test_the_front_door_names_the_publication_and_its_newsletters(client):
    page = client.get("/")

    assert page.status_code == 200
    assert "The Harbour Review" in page.text
    assert "The Harbour Weekly" in page.text
    assert "every Monday at 07:30" in page.text
    assert page.text.count("<form") == 1
    assert client.get("/subscribe").text.count("<form") == 1


@pytest.mark.parametrize(("method", "path", "status"), PAGES)
def test_every_page_is_of_one_family_and_allows_no_script(client, method, path, status):
    page = client.request(method, path)

    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "The Harbour Review" in page.text
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    rules = dict(rule.split(" ", 1) for rule in page.headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["style-src"] == f"'sha256-{digest}'"
    assert rules["form-action"] == "'self'"
    assert "script" not in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert " style=" not in page.text


@pytest.mark.parametrize(("method", "path", "status"), [*PAGES, ("GET", "/healthz", 200)])
def test_every_answer_carries_the_headers_that_protect_it(client, method, path, status):
    headers = client.request(method, path).headers

    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers
    assert "set-cookie" not in headers


def speaking(app, language):
    """A client of the same site in another language."""
    config = app.settings.path
    text = config.read_text()
    config.write_text(text.replace("timezone =", f'language = "{language}"\ntimezone =', 1))
    return TestClient(site(lambda: replace(app, settings=load_config(config))))


def test_every_page_speaks_the_publications_language(app):
    german = speaking(app, "de")

    assert "jeden Montag um 07:30 Uhr" in german.get("/").text
    assert "The Harbour Weekly abbestellen?" in german.get(f"/unsubscribe/{token()}").text
    assert "Sie sind abgemeldet" in german.post(f"/unsubscribe/{token()}").text
    assert "Hier ist nichts" in german.get("/nothing").text
    assert "Dieser Link funktioniert nicht" in german.get("/unsubscribe/x").text
    assert "Das geht hier nicht" in german.post("/").text


def test_a_page_in_arabic_runs_from_right_to_left(app):
    page = speaking(app, "ar").get(f"/unsubscribe/{token()}").text

    assert '<html lang="ar" dir="rtl">' in page
    assert "\u200f\u200ea•••@reader.example\u200e\u200f" in page
    assert "<footer>\u200f\u200e1 Quay Street, 20457 Hamburg\u200e\u200f</footer>" in page


@pytest.mark.parametrize("path", ["/search?q=gauge", "/authors/mara-lind", "/archive"])
def test_a_title_in_another_script_keeps_its_own_order_there(app, path):
    keep_article(app.db, "“Salt & Ledger” is a gauge", published=MONDAY - timedelta(days=1))
    send(app)

    page = html.unescape(speaking(app, "ar").get(path).text)

    assert "\u200f\u200e“Salt & Ledger” is a gauge\u200e\u200f" in page


def test_a_name_in_the_config_can_not_become_markup(app):
    config = write_config(app.settings.path.parent)
    config.write_text(config.read_text().replace("The Harbour Weekly", "<b>&amp; Weekly"))
    odd = replace(app, settings=load_config(config))

    page = TestClient(site(lambda: odd)).get("/")

    assert "&lt;b&gt;&amp;amp; Weekly" in page.text
    assert "<b>" not in page.text


def test_a_changed_config_shows_at_the_next_request(app):
    now = [app]
    client = TestClient(site(lambda: now[0]))
    write_config(app.settings.path.parent, more='[[newsletter]]\nslug = "daily"\ntitle = "Daily"\n')
    assert "Daily" not in client.get("/").text

    now[0] = replace(app, settings=load_config(app.settings.path))

    assert "Daily" in client.get("/").text


# ---------------------------------------------------------------- our own mistakes


def no_clock():
    raise RuntimeError("a mistake of ours, with a secret in it")


def test_a_mistake_of_ours_is_a_page_for_the_visitor_and_a_traceback_for_the_log(app):
    broken = replace(app, clock=no_clock)
    client = TestClient(site(lambda: broken))

    with capture_logs() as logs:
        answer = client.post(f"/unsubscribe/{token()}")

    assert answer.status_code == 500
    assert "It is our mistake" in answer.text
    assert "secret" not in answer.text
    (line,) = [line for line in logs if line["event"] == "web.fault"]
    assert line["exc_info"]
    broken.db.close()


def test_with_broken_templates_leaving_still_works_and_is_said_in_plain_text(app, tmp_path):
    for name in ("message.html", "unsubscribe.html"):
        (tmp_path / "web").mkdir(exist_ok=True)
        (tmp_path / "web" / name).write_text("{{ nothing.of_the_sort }}")
    vars(app)["renderer"] = Renderer([tmp_path])
    client = TestClient(site(lambda: app))

    with capture_logs():
        look = client.get(f"/unsubscribe/{token()}")
        answer = client.post(f"/unsubscribe/{token()}")

    assert look.status_code == 500
    assert answer.status_code == 200
    assert answer.text.startswith("You are unsubscribed")
    assert str(app.db.read(subscribers.subscription_by_id, 1)[2]) == "unsubscribed"


def themed(app, tmp_path, lines: str) -> TestClient:
    """The site, with a [theme]."""
    config = tmp_path / "config.toml"
    config.write_text(f"{config.read_text()}\n[theme]\n{lines}", encoding="utf-8")
    app = replace(app, settings=load_config(config))
    return TestClient(site(lambda: app))


def test_a_logo_in_a_file_is_served_to_mail_programs(app, tmp_path):
    tmp_path.joinpath("gull.png").write_bytes(b"\x89PNG\r\n\x1a\n...")
    client = themed(app, tmp_path, '[theme.logo]\nimage = "gull.png"')

    for name in ("0123456789ab.png", "of-last-year.png"):
        logo = client.get(f"/logo/{name}")
        assert (logo.status_code, logo.content) == (200, b"\x89PNG\r\n\x1a\n...")
        assert logo.headers["content-type"] == "image/png"
        assert logo.headers["cross-origin-resource-policy"] == "cross-origin"
        assert logo.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("lines", ["", '[theme.logo]\nimage = "https://p.example/gull.png"'])
def test_without_a_file_there_is_no_logo(app, tmp_path, lines):
    assert themed(app, tmp_path, lines).get("/logo/x.png").status_code == 404


def test_a_logo_whose_file_went_away_is_missing_not_broken(app, tmp_path):
    gull = tmp_path / "gull.png"
    gull.write_bytes(b"\x89PNG\r\n\x1a\n...")
    client = themed(app, tmp_path, '[theme.logo]\nimage = "gull.png"')
    gull.unlink()

    assert client.get("/logo/x.png").status_code == 404
