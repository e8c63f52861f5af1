"""Which articles go in, and why; the others, and why not."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.articles.article import Topic
from digest.core.editions.selection import OTHER, Window, select
from tests.builders import MONDAY, an_article, some_rules

WINDOW = Window(MONDAY - timedelta(days=14), MONDAY)


def chosen(articles, seen=frozenset(), **rules):
    return select(articles, some_rules(**rules), WINDOW, seen)


def titles(selection):
    return [pick.article.title for pick in selection.picks]


def why_not(selection):
    return {left.article.title: left.why for left in selection.leftouts}


def days_old(title, days, **changes):
    return an_article(title, published=MONDAY - timedelta(days=days), **changes)


# ---------------------------------------------------------------- when it was published


def test_the_newest_comes_first_and_equal_dates_go_by_number():
    found = chosen(
        [
            an_article("older", id=9, published=MONDAY - timedelta(days=3)),
            an_article("first", id=1),
            an_article("second", id=2),
        ]
    )
    assert titles(found) == ["second", "first", "older"]


@pytest.mark.parametrize(
    ("published", "why"),
    [
        (WINDOW.since, "older than the lookback of 14 days"),
        (WINDOW.since + timedelta(microseconds=1), ""),
        (WINDOW.until, ""),
        (
            WINDOW.until + timedelta(minutes=1),
            "its date is after this edition (2026-03-09 06:31 UTC)",
        ),
    ],
)
def test_the_window_is_open_at_its_start_and_closed_at_its_end(published, why):
    found = chosen([an_article("one", published=published)])
    assert why_not(found) == ({"one": why} if why else {})
    assert len(found.picks) == (not why)


def test_what_an_earlier_edition_had_is_never_in_again():
    article = an_article("one")
    found = chosen([article], seen={article.id})
    assert why_not(found) == {"one": "an earlier edition had it"}


# ---------------------------------------------------------------- one story from two places


ELSEWHERE, FAR = "https://pier.example/strike", "https://quay.example/strike"


def test_of_one_story_the_first_published_is_shown_and_the_other_says_so():
    first = days_old("Ferry strike", 3, id=7)
    again = days_old("Strike on the ferries", 2, id=8, copy_of=7, url=ELSEWHERE)

    found = chosen([again, first])

    assert titles(found) == ["Ferry strike"]
    assert why_not(found) == {
        "Strike on the ferries": 'the same story as "Ferry strike" (article 7)'
    }


def test_a_clearly_fuller_text_is_shown_instead():
    first = days_old("Ferry strike", 3, id=7, words=400)
    longer = days_old("Strike on the ferries", 2, id=8, copy_of=7, words=499, url=ELSEWHERE)
    fuller = days_old("Ferries: strike", 1, id=9, copy_of=7, words=500, url=FAR)

    assert titles(chosen([first, longer])) == ["Ferry strike"]
    assert titles(chosen([first, longer, fuller])) == ["Ferries: strike"]


def test_of_one_site_the_newest_is_shown():
    first = days_old("Ferry strike", 3, id=7, words=900)
    again = days_old("Strike on the ferries", 2, id=8, copy_of=7, words=400)

    assert titles(chosen([first, again])) == ["Strike on the ferries"]


def test_a_copy_stands_in_for_an_original_that_can_not_be_in():
    first = days_old("Ferry strike", 15, id=7)
    again = days_old("Strike on the ferries", 2, id=8, copy_of=7)

    assert titles(chosen([first, again])) == ["Strike on the ferries"]


@pytest.mark.parametrize(
    ("seen", "told"),
    [({7}, set()), ({8}, set()), ({8}, {7}), ({99}, {7})],
    ids=["the original", "another copy", "a copy, as stored", "an older copy"],
)
def test_a_story_that_an_earlier_edition_had_is_never_in_again(seen, told):
    copies = [days_old(f"Copy {n}", n - 7, id=n, copy_of=7) for n in (8, 9)]

    found = select(copies, some_rules(), WINDOW, seen, told)

    assert titles(found) == []
    assert why_not(found)["Copy 9"] == "an earlier edition had the same story"


# ---------------------------------------------------------------- topics


def test_an_article_is_under_its_strongest_topic_with_that_reason():
    article = an_article(
        topics=(Topic("science", 5, '"gauge" in the title'), Topic("world", 2, "an embassy"))
    )
    (pick,) = chosen([article]).picks
    assert (pick.section, pick.why) == ("science", '"gauge" in the title')


def test_a_newsletter_of_some_topics_takes_the_strongest_of_those():
    article = an_article(topics=(Topic("science", 5, "x"), Topic("world", 2, "an embassy")))
    (pick,) = chosen([article], topics=("economy", "world")).picks
    assert (pick.section, pick.why) == ("world", "an embassy")


@pytest.mark.parametrize("topic", ["science", OTHER])
def test_a_newsletter_of_some_topics_has_nothing_else(topic):
    found = chosen([an_article("one", topic=topic)], topics=("economy", "world"))
    assert why_not(found) == {"one": "none of this newsletter's topics"}


def test_without_topics_of_its_own_a_newsletter_takes_articles_that_have_none():
    (pick,) = chosen([an_article()]).picks
    assert (pick.section, pick.why) == (OTHER, "no topic rule matches it")


# ---------------------------------------------------------------- limits


def test_the_newest_articles_fill_an_edition():
    found = chosen([days_old(str(n), n, authors=(str(n),)) for n in range(1, 6)], max_articles=2)
    assert titles(found) == ["1", "2"]
    assert set(why_not(found).values()) == {"max_articles = 2 is reached"}


def test_no_topic_takes_more_than_its_share():
    found = chosen(
        [days_old(f"science {n}", n, topic="science", authors=(str(n),)) for n in range(1, 4)]
        + [days_old("an embassy", 9, topic="world")],
        max_per_topic=2,
    )
    assert titles(found) == ["science 1", "science 2", "an embassy"]
    assert why_not(found) == {"science 3": "max_per_topic = 2 is reached"}


def test_no_author_takes_more_than_their_share_not_even_in_company():
    found = chosen(
        [
            days_old("alone", 1, authors=("Mara Lind",)),
            days_old("together", 2, authors=("Ben Quay", "Mara Lind")),
            days_old("too many", 3, authors=("Mara Lind", "Ben Quay")),
            days_old("another", 4, authors=("Ben Quay",)),
            days_old("unsigned", 5, authors=()),
        ],
        max_per_author=2,
    )
    assert titles(found) == ["alone", "together", "another", "unsigned"]
    assert why_not(found) == {"too many": "max_per_author = 2 is reached for Mara Lind"}


def test_unsigned_pieces_have_no_author_to_be_limited_by():
    found = chosen([days_old(str(n), n, authors=()) for n in range(1, 6)], max_per_author=1)
    assert len(found.picks) == 5


def test_what_is_left_out_takes_nobodys_place():
    seen = days_old("seen", 1)
    found = chosen([seen, days_old("new", 2)], seen={seen.id}, max_articles=1, max_per_author=1)
    assert titles(found) == ["new"]


# ---------------------------------------------------------------- what always holds

SLUGS = ["world", "science", "economy"]
ARTICLES = st.lists(
    st.builds(
        lambda n, minutes, slugs, authors: an_article(
            f"Article {n}",
            id=n,
            published=MONDAY + timedelta(minutes=minutes),
            topics=tuple(Topic(slug, 1.0, f"under {slug}") for slug in slugs),
            authors=tuple(authors),
        ),
        st.integers(1, 60),
        # Around the window, with many at the same minute.
        st.integers(-16, 1).map(lambda days: days * 24 * 60),
        st.lists(st.sampled_from(SLUGS), unique=True),
        st.lists(st.sampled_from(["Mara Lind", "Ben Quay", "Þóra"]), unique=True),
    ),
    unique_by=lambda article: article.id,
)
RULES = st.builds(
    some_rules,
    topics=st.lists(st.sampled_from(SLUGS), unique=True).map(tuple),
    max_articles=st.integers(1, 8),
    max_per_topic=st.integers(1, 4),
    max_per_author=st.integers(1, 4),
)


@given(st.data(), ARTICLES, RULES, st.sets(st.integers(1, 60)))
def test_every_article_is_in_or_out_with_a_reason_whatever_their_order(data, articles, rules, seen):
    found = select(articles, rules, WINDOW, seen)

    both = [pick.article for pick in found.picks] + [left.article for left in found.leftouts]
    assert sorted(one.id for one in both) == sorted(one.id for one in articles)
    assert all(pick.why for pick in found.picks)
    assert all(left.why for left in found.leftouts)
    assert select(data.draw(st.permutations(articles)), rules, WINDOW, seen) == found


@given(ARTICLES, RULES, st.sets(st.integers(1, 60)))
def test_no_limit_is_passed_and_no_seen_or_unwanted_article_is_in(articles, rules, seen):
    found = select(articles, rules, WINDOW, seen)

    picked = [pick.article for pick in found.picks]
    assert len(picked) <= rules.max_articles
    assert all(
        n <= rules.max_per_topic for n in Counter(pick.section for pick in found.picks).values()
    )
    assert all(
        n <= rules.max_per_author
        for n in Counter(name for article in picked for name in article.authors).values()
    )
    assert seen.isdisjoint(article.id for article in picked)
    assert all(WINDOW.since < article.published <= WINDOW.until for article in picked)
    if rules.topics:
        assert {pick.section for pick in found.picks} <= set(rules.topics)
    for pick in found.picks:
        slugs = {topic.slug for topic in pick.article.topics}
        assert pick.section in slugs or (pick.section == OTHER and not slugs)


@given(ARTICLES, RULES)
def test_whoever_is_left_out_for_a_limit_met_a_full_one(articles, rules):
    found = select(articles, rules, WINDOW)
    sections = Counter(pick.section for pick in found.picks)
    authors = Counter(name for pick in found.picks for name in pick.article.authors)
    for left in found.leftouts:
        if left.why.startswith("max_articles"):
            assert len(found.picks) == rules.max_articles
        elif left.why.startswith("max_per_topic"):
            assert rules.max_per_topic in sections.values()
        elif left.why.startswith("max_per_author"):
            assert authors[left.why.rpartition(" for ")[2]] == rules.max_per_author
