"""`digest ingest` and `digest feeds`, with a site on loopback."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.cli.conftest import is_refused
from tests.pictures import jpeg
from tests.publications import found, write_config

RSS = (
    "<rss version='2.0'><channel><item><title>The tide gauge</title><description>It rises.</"
    "description><link>https://harbour.example/tide</link></item></channel></rss>"
)


PAGE = (
    "<!DOCTYPE html><html><head><title>The pier</title><meta property='og:image' content='/a.jpg'>"
    "</head><body><article><h1>The pier</h1><p>By Ada Park</p><p>The pier stands where the pilots"
    " drink their coffee, and it has never been wrong by more than a hand.</p><p>Nobody has moved"
    " it since the great storm, and nobody wants to be the first.</p></article></body></html>"
)
ANSWERS = {"/pier": PAGE.encode(), "/a.jpg": jpeg()}


@pytest.fixture
def site():
    """The address of a site with one feed, and one page that has a picture."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path in ANSWERS:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(ANSWERS[self.path])
            elif self.path != "/feed":
                self.send_error(404)
            elif self.headers["If-None-Match"] == '"1"':
                self.send_response(304)
                self.end_headers()
            else:
                self.send_response(200)
                self.send_header("ETag", '"1"')
                self.end_headers()
                self.wfile.write(RSS.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def feed(home, site):
    """The address of the one feed that the config has."""
    found(home, more=f'[[feed]]\nurl = "{site}/feed"\nallow_private = true\n')
    return f"{site}/feed"


def test_the_feeds_of_the_config_are_taken_in_and_nothing_new_is_said(digest, feed):
    first, second = digest("ingest"), digest("ingest")

    assert (first.code, first.out) == (0, f"{feed}: 1 imported, 0 updated, 0 unchanged\n")
    assert (second.code, second.out) == (0, f"{feed}: nothing new\n")
    assert [one["title"] for one in digest("articles", "--json").answer] == ["The tide gauge"]


def test_the_answer_in_json_holds_counts_and_state(digest, feed):
    (row,) = digest("ingest", "--json").answer["feeds"]

    assert (row["url"], row["imported"], row["not_modified"]) == (feed, 1, False)
    assert (row["error"], row["errors"], row["gone"]) == ("", 0, False)
    assert row["last_good"] < row["next_fetch"]


def test_an_address_may_be_named_that_the_config_does_not_have(digest, home, site):
    found(home)

    refused = digest("ingest", f"{site}/feed")
    taken = digest("ingest", "--allow-private", f"{site}/feed")

    assert (refused.code, refused.out) == (1, "")
    assert "is in a private network" in refused.err
    assert (taken.code, taken.out) == (0, f"{site}/feed: 1 imported, 0 updated, 0 unchanged\n")


def test_a_page_is_taken_in_with_its_picture(digest, home, site):
    found(home)

    taken = digest("ingest", "--allow-private", f"{site}/pier")

    assert (taken.code, taken.err) == (0, "")
    assert taken.out == f"{site}/pier: 1 imported, 0 updated, 0 unchanged\n"
    (article,) = digest("articles", "--json").answer
    assert (article["title"], article["authors"]) == ("The pier", ["Ada Park"])
    assert (article["image"]["width"], article["image_fault"]) == (900, "")
    assert len(list((home / "images").iterdir())) == 2


def test_a_feed_that_fails_is_named_and_the_rest_goes_on(digest, feed, site):
    ended = digest("ingest", "--allow-private", f"{site}/none", feed)

    assert (ended.code, ended.out) == (0, f"{feed}: 1 imported, 0 updated, 0 unchanged\n")
    assert ended.err == f"{site}/none: there is nothing at this address (404)\n"


@pytest.mark.parametrize("word", ["feed.xml", "file:///etc/passwd", "http://"])
def test_what_is_no_address_is_wrong_usage(digest, feed, word):
    assert is_refused(digest("ingest", word), "must be an address with http:// or https://", word)


def test_without_any_feed_it_says_how_to_have_one(digest, home):
    found(home)

    assert is_refused(digest("ingest"), "there is no [[feed]] to fetch", "digest ingest URL")
    assert digest("feeds").out.startswith("There is no feed in the config")
    assert digest("feeds", "--json").answer == {"feeds": []}


def test_the_feeds_are_shown_with_their_trouble(digest, home, feed, site):
    digest("ingest")
    more = "".join(
        f'[[feed]]\nurl = "{url}"\nallow_private = true\n' for url in (feed, f"{site}/none")
    )
    write_config(home, more=f'{more}[[feed]]\nurl = "https://new.example/feed"\n')
    digest("ingest", f"{site}/none")
    digest("ingest", f"{site}/none")

    out = digest("feeds").out
    rows = {row["url"]: row for row in digest("feeds", "--json").answer["feeds"]}

    good, bad, new = out.split("http")[1:]
    assert "last read  never" not in good
    assert "trouble" not in good
    assert "trouble    there is nothing at this address (404), 2 times in a row" in bad
    assert "last read  never\n   next       at once" in new
    assert list(rows) == [feed, f"{site}/none", "https://new.example/feed"]
    assert (rows[feed]["every"], rows[feed]["allow_private"], rows[feed]["errors"]) == (
        1800,
        True,
        0,
    )
    assert rows[f"{site}/none"]["errors"] == 2
