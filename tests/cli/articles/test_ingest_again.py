"""`digest ingest` three times, against feeds on loopback: new, the same, and edited."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.publications import found

TITLES = ("The tide gauge", "The pier", "The night ferry")


def rss(**edits):
    items = "".join(
        f"<item><title>{title}</title><link>https://harbour.example/{n}</link><description>"
        f"{edits.get(f'n{n}', f'It is number {n}.')}</description>"
        "<pubDate>Sun, 08 Mar 2026 09:00:00 GMT</pubDate></item>"
        for n, title in enumerate(TITLES)
    )
    return f"<rss version='2.0'><channel><title>H</title>{items}</channel></rss>"


ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom'><title>H</title><entry><id>tag:h,1</id>"
    "<title>The lamp</title><updated>2026-03-08T09:00:00Z</updated><summary>It shines.</summary>"
    "</entry></feed>"
)


class Site:
    """Feeds by path; each has the hash of its text as its ETag."""

    def __init__(self):
        self.pages = {"/rss": rss(), "/atom": ATOM}
        self.answers: list[tuple[str, int]] = []
        site = self

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self):
                body = site.pages[self.path].encode()
                tag = f'"{hashlib.sha256(body).hexdigest()[:8]}"'
                known = self.headers["If-None-Match"] == tag
                site.answers.append((self.path, 304 if known else 200))
                self.send_response(304 if known else 200)
                self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(b"" if known else body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self.thread.start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def asked(self):
        taken, self.answers = sorted(self.answers), []
        return taken

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


def counts(answer):
    keys = ("imported", "updated", "unchanged", "not_modified")
    return {
        row["url"].rpartition("/")[2]: tuple(row[key] for key in keys) for row in answer["feeds"]
    }


def test_the_second_time_is_all_304_and_the_third_takes_just_what_was_edited(digest, home, site):
    feeds = "".join(
        f'[[feed]]\nurl = "{site.url(path)}"\nallow_private = true\n' for path in site.pages
    )
    found(home, more=feeds)

    assert counts(digest("ingest", "--json").answer) == {
        "rss": (3, 0, 0, False),
        "atom": (1, 0, 0, False),
    }
    assert site.asked() == [("/atom", 200), ("/rss", 200)]
    before = digest("articles", "--json").answer

    assert counts(digest("ingest", "--json").answer) == {
        "rss": (0, 0, 0, True),
        "atom": (0, 0, 0, True),
    }
    assert site.asked() == [("/atom", 304), ("/rss", 304)]
    assert digest("articles", "--json").answer == before

    site.pages["/rss"] = rss(n1="It stands no longer.")
    assert counts(digest("ingest", "--json").answer) == {
        "rss": (0, 1, 2, False),
        "atom": (0, 0, 0, True),
    }
    assert site.asked() == [("/atom", 304), ("/rss", 200)]
    after = digest("articles", "--json").answer
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [(row["title"], row["body_text"]) for row in changed] == [
        ("The pier", "It stands no longer.")
    ]
