"""The figures about topics are those that the command gives."""

from pathlib import Path

from digest.core.articles.learning import NOTHING_LEARNED
from scripts.topics import by, generated, score, table, written

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "topics.md"


def test_the_page_says_what_was_measured():
    assert "\n".join(table()) in PAGE.read_text(encoding="utf-8")


def test_the_articles_are_as_the_page_says():
    slugs = [slug for slug, _ in written()]
    lengths = [len(article.body_text.split()) for _, article in generated(0, 60)]

    assert {slug: slugs.count(slug) for slug in slugs} == {
        "": 12, "cities": 24, "culture": 24, "economy": 24, "science": 24, "world": 24,
    }  # fmt: skip
    assert 70 <= min(lengths) <= max(lengths) <= 200


def test_a_wrong_topic_and_a_missing_one_are_counted():
    known = [(slug, article) for slug, article in written() if slug == "world"][:3]
    (_, first), (_, second), _ = known
    given = {first.key: by(NOTHING_LEARNED)(second), second.key: by(NOTHING_LEARNED)(second)}

    counted = score(
        [("world", first), ("economy", second), known[2]], lambda a: given.get(a.key, ())
    )

    assert (counted.of_a_topic, counted.given, counted.right) == (3, 2, 1)
    assert counted.row == "2 | 1 | 50.0% | 33.3%"
