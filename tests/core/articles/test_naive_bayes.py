"""What a topic reads like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.articles.naive_bayes import (
    MIN_ARTICLES_PER_TOPIC,
    UNTRAINED,
    classify,
    telling_words,
    train,
)

SKY = ("telescope", "comet", "orbit", "planet", "lens", "dome", "night", "tail", "gravity")
SOUP = ("onion", "broth", "butter", "spoon", "kettle", "supper", "pepper", "garlic", "flour")
PLAIN = ("people", "morning", "street", "window", "letter", "friend", "winter", "answer", "paper")


def examples(count=MIN_ARTICLES_PER_TOPIC, **topics):
    """As many of each topic; every text has seven of nine of its words and some plain ones."""
    for n in range(count):
        for slug, own in topics.items():
            some = [own[(n + k) % len(own)] for k in range(7)]
            yield slug.strip("_"), frozenset([*some, *PLAIN[n % 5 : n % 5 + 4]])


MODEL = train(examples(sky=SKY, soup=SOUP, _=PLAIN))


def test_a_text_goes_where_its_words_come_from_and_says_which():
    guess = classify(MODEL, {*SKY[:6], "people"}, {"sky", "soup"})

    assert guess
    assert guess.slug == "sky"
    assert guess.confidence > 0.9
    assert set(guess.words) <= set(SKY)


def test_what_reads_like_nothing_in_particular_gets_no_topic():
    assert classify(MODEL, set(PLAIN), {"sky", "soup"}) is None


def test_half_of_each_is_not_sure():
    guess = classify(MODEL, {*SKY[:5], *SOUP[:5]}, {"sky", "soup"})

    assert guess is None or guess.confidence < 0.8


def test_a_topic_that_is_not_asked_for_is_not_given():
    assert classify(MODEL, set(SKY), {"gone"}) is None
    guess = classify(MODEL, set(SKY), {"soup"})
    assert guess is None or guess.confidence < 0.8


def test_a_few_words_are_not_enough():
    assert classify(MODEL, set(SKY[:4]), {"sky", "soup"}) is None


def test_too_few_examples_teach_nothing():
    assert train(examples(MIN_ARTICLES_PER_TOPIC - 1, sky=SKY, soup=SOUP)) == UNTRAINED
    assert train(examples(sky=SKY)) == UNTRAINED
    assert classify(UNTRAINED, set(SKY), {"sky"}) is None


def test_a_topic_with_too_few_examples_is_not_learned_beside_others():
    model = train(
        [*examples(sky=SKY, soup=SOUP), *examples(MIN_ARTICLES_PER_TOPIC - 1, rare=PLAIN)]
    )

    assert model.topics == ("sky", "soup")


def test_the_order_of_examples_does_not_matter():
    every = list(examples(sky=SKY, soup=SOUP))

    assert train(every) == train(every[::-1])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The Comet's TAIL", {"the", "comet", "tail"}),
        ("at 7.30 in 1986", set()),
        ("地震速報", {"地震", "震速", "速報"}),
        ("NASA衛星", {"nasa", "衛星"}),
        ("Straße", {"strasse"}),
    ],
)
def test_words_are_folded_and_scripts_without_spaces_give_pairs(text, found):
    assert telling_words("", text) == found


@given(st.text(max_size=300), st.text(max_size=50))
def test_any_text_can_be_classified(body, title):
    guess = classify(MODEL, telling_words(title, body), {"sky", "soup"})

    assert guess is None or 0 < guess.confidence <= 1
