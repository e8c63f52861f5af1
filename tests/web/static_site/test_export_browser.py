"""The exported archive on a static server, in a real browser."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from digest.web.static_site.export import export_site
from tests.web.archive.test_edition_lists import PATH
from tests.web.readers.test_browser import faults, visit
from tests.web.static_site.test_export import app, store

__all__ = ["app", "store", "visit"]

pytestmark = pytest.mark.browser


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/favicon.ico":  # a browser asks by itself
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_args):
        pass


@pytest.fixture
def address(app, tmp_path):
    """Where a server that knows nothing but files has the archive."""
    writing = threading.Thread(target=export_site, args=(app, tmp_path / "site"))
    writing.start()  # a loop of Playwright's runs in this thread
    writing.join()
    handler = partial(Quiet, directory=str(tmp_path / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_every_link_leads_to_a_page_that_the_browser_is_content_with(visit, address):
    waiting = ["/", "/authors/bo-lin/"]
    seen: set[str] = set()
    page = visit("/")
    while waiting and len(seen) < 40:
        path = waiting.pop(0)
        page.goto(address + path)
        seen.add(path)
        links = page.evaluate("[...document.querySelectorAll('a')].map(one => one.href)")
        here = {link.removeprefix(address).partition("#")[0] for link in links if address in link}
        for link in here - seen - set(waiting):
            assert page.request.get(address + link).status == 200, (path, link)
            if not link.endswith(".xml"):
                waiting.append(link)
    assert f"{PATH}/" in seen
    assert "/authors/bo-lin/page-2/" in seen


def test_pictures_are_shown(visit):
    page = visit(f"{PATH}/")

    shown = page.evaluate("[...document.images].map(one => one.complete)")
    assert shown


@pytest.mark.parametrize("question", ["fog MARA", "zemaite", "ليلي"])
def test_the_search_finds_without_a_server(visit, question):
    page = visit("/archive/weekly/")
    page.get_by_role("searchbox").fill(question)
    page.get_by_role("button", name="Search").click()
    page.locator("#found li").first.wait_for()

    assert page.locator("#found li").count() in {1, 10}
    assert faults(page) == []
    page.locator("#found a").first.get_attribute("href")


def test_what_is_not_there_is_said(visit):
    page = visit("/search/?q=%3Cb%3Enothing")

    page.get_by_text("No article has all of this: <b>nothing").wait_for()
    assert page.locator("#found li").count() == 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/search/?q=fog", f"{PATH}/", "/authors/bo-lin/"])
def test_it_is_for_everybody(visit, path, dark):
    page = visit(path, 320, dark=dark)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert faults(page) == []
