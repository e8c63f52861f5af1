"""An edition on the web says what was wrong in it."""

from datetime import date, timedelta

import pytest

from digest.actions.editions.publish import publish
from digest.actions.transactional import corrections
from digest.core.editions.edition import EditionState
from digest.store.editions import editions
from tests.builders import MONDAY
from tests.locale_words import long_day
from tests.stock import keep_article

NOTE = "It has <four> floors & no lift."


@pytest.fixture
def edition(app):
    made = publish(app.db, app.factory, app.newsletter("weekly"), MONDAY, MONDAY).edition
    app.db.write(editions.move, made.id, list(EditionState), EditionState.SENT, "", MONDAY)
    app.db.write(lambda tx: tx.connection().exec_driver_sql("UPDATE delivery SET state = 'sent'"))
    return made


def edit(app, said):
    when = MONDAY - timedelta(days=2)
    keep_article(
        app.db, "The tide gauge", body_text=said, body_html=f"<p>{said}</p>", published=when
    )


def test_the_edition_with_the_old_text_says_what_was_wrong_and_since_when(client, app, edition):
    path = f"/archive/weekly/{edition.id}"
    before = client.get(path).text
    edit(app, "The gauge has four floors.")
    unmarked = client.get(path).text
    corrections.add_correction(app.db, "tide gauge", NOTE, MONDAY + timedelta(days=1))

    page = client.get(path)

    assert unmarked == before
    assert (
        f"<strong>The tide gauge</strong> · Corrected on {long_day(date(2026, 3, 10))}: "
        in page.text
    )
    assert "It has &lt;four&gt; floors &amp; no lift." in page.text
    assert "Corrected on" not in before


def test_an_edition_that_had_the_right_text_says_nothing(client, app, edition):
    edit(app, "The gauge has four floors.")
    corrections.add_correction(app.db, "tide gauge", NOTE, MONDAY + timedelta(days=1))
    keep_article(app.db, "Fog", published=MONDAY + timedelta(days=5))
    at = MONDAY + timedelta(days=7)
    later = publish(app.db, app.factory, app.newsletter("weekly"), at, at).edition
    app.db.write(editions.move, later.id, list(EditionState), EditionState.SENT, "", at)

    page = client.get(f"/archive/weekly/{later.id}").text

    assert "Fog" in page
    assert "floors" not in page
