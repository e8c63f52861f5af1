"""Editions as papers."""

import os
import re
import socket
import threading
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image as Drawing
from PIL import ImageFile

from digest.actions.editions.print_pdf import print_edition
from digest.actions.editions.publish import publish
from digest.config.load import load_config
from digest.core.articles.article import Image
from digest.core.articles.identity import identify
from digest.core.articles.picture import ImageState
from digest.errors import UsageError
from digest.render.print.paper import make_pdf
from digest.store.articles import images, intake
from digest.store.message import encoded_editions
from tests.builders import MONDAY, an_item
from tests.locale_words import long_day
from tests.publications import found, open_app, write_config
from tests.stock import enrol, keep_article

try:
    make_pdf("<p>Can we?</p>", lambda _: None)
except UsageError:
    NO_PANGO = "Pango is not installed (scripts/system pango)"
    if os.environ.get("CI") == "true":
        pytest.fail(NO_PANGO)
    pytest.skip(NO_PANGO, allow_module_level=True)

from pypdf import PdfReader

pytestmark = pytest.mark.paper


@pytest.fixture
def app(tmp_path):
    app = open_app(found(tmp_path))
    enrol(app.db, "ada@reader.example")
    yield app
    app.db.close()


def words(mark, count):
    """A text of which each word is another, and too short to be broken."""
    return " ".join(f"{mark}{n}" for n in range(count))


def keep(app, title, text, html="", **changes):
    changes = {"published": MONDAY - timedelta(days=2)} | changes
    return keep_article(
        app.db, title, body_html=html or f"<p>{text}</p>", body_text=text, **changes
    )


def frozen(app):
    return publish(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY).edition


def printed(app, edition, size="a4"):
    settings = app.settings
    return print_edition(
        app.db,
        app.gallery,
        app.renderer,
        settings.publication_value(),
        settings.newsletter_values(),
        edition.id,
        size,
    )


def text_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def language(pdf):
    root: Any = PdfReader(BytesIO(pdf)).trailer["/Root"]
    return root["/Lang"]


def order_in(text, *parts):
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    return places == sorted(places)


def test_it_has_every_article_whole_and_in_reading_order(app):
    texts = {name: words(name, count) for name, count in (("a", 900), ("b", 400), ("c", 60))}
    for name, text in texts.items():
        keep(app, f"Title {name}", text, authors=(f"Ada {name.upper()}",))
    edition = frozen(app)

    made = printed(app, edition)
    said = text_of(made.pdf)

    assert made.articles == 3
    order = [one.title[-1] for one in app.db.read(encoded_editions.story_entries, edition.id)]
    starts = [said.index(f"By Ada {name.upper()} · {long_day(date(2026, 3, 7))}") for name in order]
    assert starts == sorted(starts)
    for name in order:
        assert order_in(said, *(f" {name}{n} " for n in range(1, len(texts[name].split()) - 1)))
    assert "The Harbour Weekly" in said
    assert "1 Quay Street, 20457 Hamburg" in said


@pytest.mark.slow
def test_pages_are_numbered_and_carry_the_name_and_the_day(app):
    keep(app, "Long", words("w", 1600))
    pages = [
        page.extract_text() for page in PdfReader(BytesIO(printed(app, frozen(app)).pdf)).pages
    ]

    assert len(pages) > 1
    for number, page in enumerate(pages[1:], 2):
        assert "The Harbour Weekly" in page
        assert long_day(date(2026, 3, 9)) in page
        assert re.search(rf"(?m)^{number}$", page)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "points"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_paper_has_the_size_that_was_asked_for(app, size, points):
    keep(app, "Fog", words("w", 40))
    box = PdfReader(BytesIO(printed(app, frozen(app), size).pdf)).pages[0].mediabox

    assert (round(box.width), round(box.height)) == points


def test_it_says_what_was_frozen_whatever_was_edited_since(app):
    item = an_item("Fog", guid="f", body_html="<p>The old words.</p>", body_text="The old words.")
    app.db.write(intake.save_article, identify(item), (), "", MONDAY)
    edition = frozen(app)
    later = replace(
        item, title="Ice", body_html="<p>The new words.</p>", body_text="The new words."
    )
    app.db.write(intake.save_article, identify(later), (), "", MONDAY)

    said = text_of(printed(app, edition).pdf)

    assert "he old words." in said
    assert "Fog" in said
    assert "new words" not in said
    assert "Ice" not in said


@pytest.mark.slow
def test_the_same_edition_is_the_same_file(app):
    keep(app, "Fog", words("w", 400))
    edition = frozen(app)

    assert printed(app, edition).pdf == printed(app, edition).pdf


HOSTILE = (
    '<script>alert(1)</script><p style="position:fixed;content:url(URL/a)" onclick="x()">{{ 7*7 }}'
    ' seen <img src="URL/b"><link rel="stylesheet" href="URL/c"><a href="javascript:x()">here</a>'
    '</p><style>@import "URL/d"; p { display: none }</style><iframe src="URL/e"></iframe>'
    '<object data="URL/f"></object><svg><image href="URL/g"/></svg><base href="URL/">'
    '<link rel="attachment" href="file:///etc/hostname"><img src="file:///etc/hostname">'
)


@pytest.fixture
def visited():
    """An address on loopback, and who connected to it."""
    door, seen = socket.create_server(("127.0.0.1", 0)), []

    def wait():
        while True:
            try:
                guest, _ = door.accept()
            except OSError:
                return
            seen.append(guest)
            guest.close()

    threading.Thread(target=wait, daemon=True).start()
    yield f"http://127.0.0.1:{door.getsockname()[1]}", seen
    door.close()


def test_hostile_text_is_printed_and_does_nothing(app, visited):
    url, seen = visited
    keep(
        app,
        '<img src=x>{{ 7*7 }}"; } @import',
        "text",
        html=HOSTILE.replace("URL", url),
        authors=('Ada & "Bo"',),
    )
    made = printed(app, frozen(app))
    said = text_of(made.pdf)

    assert '<img src=x>{{ 7*7 }}"; } @import' in said
    assert "{{ 7*7 }} seen here" in said
    assert "alert" not in said
    assert 'By Ada & "Bo"' in said
    assert seen == []
    assert b"javascript" not in made.pdf.lower()
    assert PdfReader(BytesIO(made.pdf)).attachments == {}


def test_nothing_is_fetched_even_if_a_template_asks_for_it(visited):
    url, seen = visited
    pdf = make_pdf(
        f"<style>@import '{url}/x';</style>{HOSTILE.replace('URL', url)}", lambda _: None
    )

    assert pdf.startswith(b"%PDF")
    assert seen == []
    assert PdfReader(BytesIO(pdf)).attachments == {}


@pytest.mark.slow
def test_half_a_picture_is_still_none_for_who_reads_pictures_after_it():
    make_pdf("<p>A page</p>", lambda _: None)

    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_pictures_come_from_our_own_folder(app):
    article = keep(app, "Fog", words("w", 400))
    name, drawing = "3f2a91c07be24d685a10", BytesIO()
    Drawing.new("RGB", (1200, 600), "#336699").save(drawing, "JPEG")
    app.gallery.keep(f"{name}-wide.jpg", drawing.getvalue())
    edition = frozen(app)
    for width in (1200, 300):
        image = Image(name, width, width // 2, "The gauge on its pier", "Ines Rowe")
        app.db.write(images.save_image_state, article.id, ImageState((), image, "", 0))

        made = printed(app, edition)
        page = PdfReader(BytesIO(made.pdf)).pages[0]

        assert len(page.images) == 1
        assert "The gauge on its pier Photo: Ines Rowe" in text_of(made.pdf)


@pytest.mark.slow
def test_words_are_broken_as_their_language_does(app):
    config = write_config(app.settings.path.parent)
    config.write_text(config.read_text().replace("[publication]", '[publication]\nlanguage = "de"'))
    app = replace(app, settings=load_config(config))
    long = "Hafenschifffahrtsgesellschaftskapitän"
    keep(app, "Nebel", " ".join([long] * 30))

    made = printed(app, frozen(app))

    assert re.search(r"\w\u2010\n", PdfReader(BytesIO(made.pdf)).pages[0].extract_text())
    assert language(made.pdf) == "de"


@pytest.mark.slow
def test_it_runs_from_right_to_left_where_that_is_the_way(app):
    config = write_config(app.settings.path.parent)
    config.write_text(config.read_text().replace("[publication]", '[publication]\nlanguage = "ar"'))
    app = replace(app, settings=load_config(config))
    keep(app, "العبّارة التي تعلّمت الانتظار", words("منذ", 300))

    assert language(printed(app, frozen(app)).pdf) == "ar"


def test_what_was_held_back_or_is_not_there_is_said(app):
    edition = frozen(app)
    assert edition.state == "held"

    with pytest.raises(UsageError, match="was held back, so there is nothing to print"):
        printed(app, edition)
    with pytest.raises(UsageError, match="there is no edition 7"):
        printed(app, replace(edition, id=7))
