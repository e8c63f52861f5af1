"""Choices that lead nowhere are named with how many made them, and come back with their topic."""

from dataclasses import replace

import pytest

from digest.actions.readers.subscribe import remove_subscriber, show
from digest.actions.readers.unknown_preferences import lost_choices
from digest.core.articles.author import Writer
from digest.core.articles.topic_rules import TopicRule
from digest.store.readers import bulk_subscribe, subscriber_settings
from tests.builders import MONDAY, a_newsletter
from tests.stock import a_reader, keep_article

ADA, BEN, CLEO = (f"{name}@reader.example" for name in ("ada", "ben", "cleo"))
KEPT = "it is kept, and does nothing"


@pytest.fixture(autouse=True)
def _readers(db):
    keep_article(db, authors=("Mara Lind",))
    readers = [
        a_reader(ADA, topics=("World", "-sport"), authors=("Mara Lind", "M. Unknown")),
        a_reader(BEN, topics=("sport",), authors=("-mara lind",)),
        a_reader(CLEO, topics=("sport",)),
    ]
    db.write(bulk_subscribe.enrol_all, readers, ["weekly"], MONDAY)
    remove_subscriber(db, CLEO, MONDAY)


def test_what_readers_chose_and_nothing_goes_by_is_named_with_how_many_they_are(db):
    assert list(lost_choices(db, [a_newsletter()])) == [
        '1 reader has chosen the author "M. Unknown", of whom there is no article and no'
        f" [[author]]: {KEPT}",
        f'2 readers have chosen the topic "sport", which is not in the config: {KEPT}',
    ]


def test_what_the_config_has_again_counts_again(db):
    sport = TopicRule("sport", "Sport", keywords=("regatta",))
    newsletter = a_newsletter(
        topics=(*a_newsletter().topics, sport), writers=(Writer("Mo Unknown", ("M. Unknown",)),)
    )
    assert list(lost_choices(db, [newsletter])) == []
    assert show(db, ADA).topics == ("World", "-sport")


def test_an_author_renamed_in_the_config_keeps_who_followed_the_old_name(db):
    renamed = replace(a_newsletter(), writers=(Writer("Mara Lind-Voss", ("Mara Lind",)),))
    assert not any("Mara" in one for one in lost_choices(db, [renamed]))


def test_names_from_right_to_left_and_emoji_are_named_as_they_are(db):
    db.write(subscriber_settings.set_preferences, ADA, ["خبر 😀"], ["עדה רציף"], MONDAY)
    said = " ".join(lost_choices(db, [a_newsletter()]))
    assert 'the topic "خبر 😀"' in said
    assert 'the author "עדה רציף"' in said
