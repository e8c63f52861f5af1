"""An article that can't be printed is left out with a reason; the others go out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.actions.editions.preview import preview
from digest.actions.editions.publish import publish
from digest.core.editions.edition import EditionState
from digest.errors import TemplateError
from digest.render.message.edition import Renderer
from digest.store.editions import editions
from tests.actions.conftest import TEMPLATES
from tests.builders import MONDAY, a_newsletter, some_rules
from tests.stock import keep_article

EDGE = datetime(1, 1, 1, 0, 0, 1, tzinfo=UTC)
"""It was another year in New York, and there is none before."""


@pytest.fixture
def picky(factory, tmp_path):
    """A press whose own template takes every story to have an author."""
    file = tmp_path / "looks" / "email" / "edition" / "body.txt"
    file.parent.mkdir(parents=True)
    ours = (TEMPLATES / "email" / "edition" / "body.txt").read_text(encoding="utf-8")
    wrong = ours.replace("{{ story.title | wrap }}\n", "{{ story.authors[0] }}\n")
    assert wrong != ours
    file.write_text(wrong.replace("{{ body(story) }}", "{{ story.authors[0] }}{{ body(story) }}"))
    return replace(factory, renderer=Renderer([tmp_path / "looks", TEMPLATES]))


def reasons(db, edition):
    """Why the articles of an edition are out, by their titles."""
    return [why for _, taken, _, why, _ in db.read(editions.choices, edition) if not taken]


def test_the_article_is_left_out_with_the_reason_and_the_others_go_out(db, picky):
    keep_article(db, "Signed")
    keep_article(db, "Unsigned", authors=())

    made = publish(db, picky, a_newsletter(), MONDAY, MONDAY)

    assert made.edition.state is EditionState.FROZEN
    assert made.edition.subject == "Signed"
    (why,) = reasons(db, made.edition.id)
    assert why.startswith("it can't be printed: ")
    assert "body.txt:" in why


def test_a_preview_shows_what_would_be_sent(db, picky):
    keep_article(db, "Signed")
    keep_article(db, "Unsigned", authors=())

    shown = preview(db, picky, a_newsletter(), MONDAY, MONDAY)

    assert shown.subject == "Signed"
    assert [left.article.title for left in shown.plan.selection.leftouts] == ["Unsigned"]


def test_it_may_come_in_the_next_edition_once_it_can_be_printed(db, factory, picky):
    keep_article(db, "Signed")
    keep_article(db, "Unsigned", authors=())
    publish(db, picky, a_newsletter(), MONDAY, MONDAY)

    later = MONDAY + timedelta(days=7)
    again = publish(db, factory, a_newsletter(), later, later)

    assert again.edition.subject == "Unsigned"


def test_with_too_few_left_the_edition_is_held(db, picky):
    keep_article(db, "Signed")
    keep_article(db, "Unsigned", authors=())

    made = publish(db, picky, a_newsletter(rules=some_rules(min_articles=2)), MONDAY, MONDAY)

    assert made.edition.state is EditionState.HELD
    assert made.edition.why == "only 1 of at least 2 articles (min_articles)"


def test_a_fault_that_is_no_articles_stops_the_edition(db, factory, tmp_path):
    tmp_path.joinpath("email").mkdir()
    tmp_path.joinpath("email", "_base.html").write_text("{{ nothing }}")
    broken = replace(factory, renderer=Renderer([tmp_path, TEMPLATES]))
    keep_article(db, "Signed")
    keep_article(db, "Another")

    with pytest.raises(TemplateError, match=r"_base\.html:1: 'nothing' is undefined"):
        publish(db, broken, a_newsletter(), MONDAY, MONDAY)


def test_where_no_article_can_be_printed_the_edition_is_held(db, factory):
    keep_article(db, "Ancient", published=EDGE)
    west = a_newsletter(
        timezone="America/New_York",
        rules=some_rules(lookback=MONDAY - datetime.min.replace(tzinfo=UTC)),
    )

    made = publish(db, factory, west, MONDAY, MONDAY)

    assert made.edition.state is EditionState.HELD
    assert made.edition.why == "nothing new: every recent article was left out"


def test_a_date_at_the_edge_of_time_takes_nothing_down(db, factory):
    keep_article(db, "Signed")
    keep_article(db, "Ancient", published=EDGE)
    west = a_newsletter(
        timezone="America/New_York",
        rules=some_rules(lookback=MONDAY - datetime.min.replace(tzinfo=UTC)),
    )

    made = publish(db, factory, west, MONDAY, MONDAY)

    assert made.edition.subject == "Signed"
    (why,) = reasons(db, made.edition.id)
    assert why.startswith("it can't be printed: ")
