"""Whatever follows links (scanners, prefetchers, search engines) changes nothing by it."""

import re
from email import message_from_bytes, policy
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from digest.actions.editions.preview import preview
from digest.actions.editions.publish import publish
from digest.actions.transactional import signup
from digest.actions.transactional.signup import SignupForm
from digest.core.editions.edition import EditionState
from digest.core.readers.double_opt_in import Quota
from digest.store.editions import editions
from tests.builders import MONDAY
from tests.publications import SECRET
from tests.web.conftest import token


class Links(HTMLParser):
    """Every address that a page mentions, also where forms go."""

    def __init__(self, html):
        super().__init__()
        self.found = set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found |= {v for k, v in attributes if k in {"href", "src", "action"} and v}
        if tag == "form":
            self.found.add("")  # a form without an action goes to its own page


@pytest.fixture
def message(app):
    """Ada's copy of Monday's edition."""
    newsletter = app.newsletter("weekly")
    shown = preview(app.db, app.factory, newsletter, MONDAY, MONDAY, reader="ada@reader.example")
    return message_from_bytes(shown.envelope.message, policy=policy.default)


def links_in(message):
    """Every link of ours in a message: headers, text and HTML."""
    html = message.get_body(("html",)).get_content()
    text = message.get_body(("plain",)).get_content()
    everywhere = [message["List-Unsubscribe"], text, *Links(html).found]
    return {
        url for part in everywhere for url in re.findall(r"http://127\.0\.0\.1:8000[^\s<>]*", part)
    }


def crawl(client, start):
    """Ask for these addresses, and for all that the answers link to, in every harmless way."""
    waiting, seen = [urlsplit(url).path for url in start], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        client.head(path)
        client.options(path)
        client.get(path, headers={"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"})
        for link in Links(client.get(path).text).found:
            there = urlsplit(urljoin(f"http://127.0.0.1:8000{path}", link))
            if there.netloc == "127.0.0.1:8000":
                waiting.append(there.path)
    return seen


def test_following_every_link_of_a_message_and_of_the_site_changes_nothing(client, message, stored):
    before = stored()

    seen = crawl(client, {*links_in(message), "/", "/healthz", "/nothing"})

    assert f"/unsubscribe/{token()}" in seen
    assert stored() == before


def test_nor_does_it_once_the_edition_is_out_and_a_question_is_open(app, client, message, stored):
    """Then there are an archive, the reader's own copy on the web, and a link that confirms."""
    weekly = app.newsletter("weekly")
    publish(app.db, app.factory, weekly, MONDAY, MONDAY)
    app.db.write(editions.move, 1, [EditionState.FROZEN], EditionState.SENDING, "", MONDAY)
    asked = SignupForm(new := "cy@reader.example", new, (weekly,), "page", "words")
    number = signup.ask(app.db, asked, Quota(), SECRET, MONDAY)
    assert isinstance(number, int)
    own = {f"/{kind}/{token(1, kind)}" for kind in ("unsubscribe", "preferences")}
    own |= {f"/read/weekly/1/{token(1, 'read')}", f"/confirm/{token(number, 'confirm')}"}
    before = stored()

    seen = crawl(client, {*links_in(message), *own, "/", "/archive", "/archive/weekly/1"})

    assert seen >= {*own, "/archive/weekly/1", "/archive/weekly/feed.xml"}
    assert {client.get(path).status_code for path in own} == {200}
    assert stored() == before


def test_one_click_on_the_link_of_a_message_is_enough(client, message, stored):
    before = stored()
    (link,) = re.findall(r"<(http[^>]*)>", message["List-Unsubscribe"])
    body = message["List-Unsubscribe-Post"]

    answer = client.post(urlsplit(link).path, content=body)

    assert body == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert stored() != before
