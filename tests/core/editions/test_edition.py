"""An edition's order: lead, sections, bylines."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.editions.edition import Edition, arrange
from digest.core.editions.selection import OTHER, Selection
from tests.builders import MONDAY, TOPICS, a_newsletter, a_selection, an_article, some_rules


def made(*articles, **rules) -> Edition:
    newsletter = a_newsletter(rules=some_rules(**rules))
    return arrange(newsletter, a_selection(*articles), MONDAY)


def sections(edition: Edition):
    return {section.name: [one.title for one in section.articles] for section in edition.sections}


# ---------------------------------------------------------------- the lead


def test_the_longest_piece_under_a_topic_leads():
    edition = made(
        an_article("newest", topic="world", words=100),
        an_article("longest", topic="science", words=900),
        an_article("longer, but under no topic", words=2000),
    )
    assert (edition.lead.title, edition.lead_section) == ("longest", "Science")


def test_of_two_equally_long_pieces_the_better_pick_leads():
    edition = made(
        an_article("newer", topic="world", words=500), an_article("older", topic="world", words=500)
    )
    assert edition.lead.title == "newer"


def test_without_topics_the_longest_leads():
    edition = made(an_article("short", words=10), an_article("long", words=20))
    assert (edition.lead.title, edition.lead_section) == ("long", "")


def test_the_lead_is_not_repeated_in_its_section():
    edition = made(an_article("one", topic="world"), an_article("two", topic="world", words=10))
    assert sections(edition) == {"World": ["two"]}
    assert [one.title for one in edition.articles] == ["one", "two"]


def test_a_single_article_is_an_edition():
    edition = made(an_article("one", topic="world"))
    assert (edition.lead.title, edition.sections) == ("one", ())


def test_there_is_no_empty_edition():
    with pytest.raises(ValueError, match="at least one article"):
        arrange(a_newsletter(), a_selection(), MONDAY)


# ---------------------------------------------------------------- sections


def of_each_topic():
    return [
        an_article("lead", topic="world", words=5000),
        an_article("no topic"),
        an_article("tariff", topic="economy"),
        an_article("comet", topic="science"),
        an_article("embassy", topic="world"),
    ]


def test_sections_follow_the_config_and_the_rest_comes_last():
    assert list(sections(made(*of_each_topic()))) == ["World", "Science", "Economy", ""]


def test_a_newsletters_own_order_of_topics_counts():
    edition = made(*of_each_topic(), topics=("economy", "world", "science"))
    assert list(sections(edition)) == ["Economy", "World", "Science", ""]


def test_a_topic_that_has_left_the_config_keeps_its_slug_and_comes_after_those_there_are():
    edition = made(*of_each_topic(), an_article("old", topic="gardens"))
    assert list(sections(edition)) == ["World", "Science", "Economy", "gardens", ""]


# ---------------------------------------------------------------- bylines


def test_the_pieces_of_a_byline_stand_together_in_the_order_of_the_best():
    edition = made(
        an_article("lead", topic="world", words=5000),
        an_article("a", topic="world", authors=("Ben Quay",)),
        an_article("b", topic="world", authors=()),
        an_article("c", topic="world", authors=("Mara Lind",)),
        an_article("d", topic="world", authors=("Ben Quay", "Mara Lind")),
        an_article("e", topic="world", authors=("Ben Quay",)),
        an_article("f", topic="world", authors=()),
    )
    (section,) = edition.sections
    assert [(group.authors, [one.title for one in group.articles]) for group in section.groups] == [
        (("Ben Quay",), ["a", "e"]),
        (("Mara Lind",), ["c"]),
        (("Ben Quay", "Mara Lind"), ["d"]),
        ((), ["b", "f"]),
    ]


# ---------------------------------------------------------------- what always holds

SLUGS = [*(rule.slug for rule in TOPICS), OTHER]
SELECTIONS = st.lists(
    st.builds(
        lambda n, topic, words, authors: an_article(
            f"Article {n}", id=n, topic=topic, words=words, authors=tuple(authors)
        ),
        st.integers(1, 99),
        st.sampled_from(SLUGS),
        st.integers(0, 3).map(lambda n: n * 100),
        st.lists(st.sampled_from(["Mara Lind", "Ben Quay"]), unique=True),
    ),
    min_size=1,
    unique_by=lambda article: article.id,
).map(lambda articles: a_selection(*articles))
ORDERS = st.permutations([rule.slug for rule in TOPICS]).map(tuple) | st.just(())


@given(SELECTIONS, ORDERS)
def test_every_pick_is_there_exactly_once(selection: Selection, topics):
    edition = arrange(a_newsletter(rules=some_rules(topics=topics)), selection, MONDAY)
    assert sorted(one.id for one in edition.articles) == sorted(
        pick.article.id for pick in selection.picks
    )


@given(SELECTIONS, ORDERS)
def test_sections_come_in_order_and_hold_only_their_own(selection: Selection, topics):
    edition = arrange(a_newsletter(rules=some_rules(topics=topics)), selection, MONDAY)

    order = [*(topics or SLUGS[:-1]), OTHER]
    slugs = [section.slug for section in edition.sections]
    assert slugs == sorted(set(slugs), key=order.index)
    section_of = {pick.article.id: pick.section for pick in selection.picks}
    for section in edition.sections:
        assert section.articles
        assert {section_of[one.id] for one in section.articles} == {section.slug}


@given(SELECTIONS)
def test_a_byline_is_met_once_in_a_section_and_unsigned_pieces_end_it(selection: Selection):
    edition = arrange(a_newsletter(), selection, MONDAY)
    rank = {pick.article.id: n for n, pick in enumerate(selection.picks)}
    for section in edition.sections:
        bylines = [byline for byline, _ in groupby(one.authors for one in section.articles)]
        assert len(bylines) == len(set(bylines))
        assert () not in bylines[:-1]
        for group in section.groups:
            assert {one.authors for one in group.articles} == {group.authors}
            ranks = [rank[one.id] for one in group.articles]
            assert ranks == sorted(ranks)
