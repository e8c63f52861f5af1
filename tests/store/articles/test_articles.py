from datetime import timedelta

from digest.core.articles.article import Access, Change, Related, Topic
from digest.core.articles.identity import identify
from digest.store.articles import article_access, articles, intake
from digest.store.articles.intake import Filed
from tests.builders import MONDAY, an_item
from tests.stock import keep_article


def save(db, item, topics=(), now=MONDAY):
    return db.write(intake.save_article, identify(item), topics, "rules", now)


def saying(text, **fields):
    return an_item(body_text=text, body_html=f"<p>{text}</p>", **fields)


def test_an_article_comes_back_as_it_was_given(db):
    item = an_item(
        authors=("Mara Lind", "José-Luis Ferreira"),
        url="https://harbour.example/tide",
        photo_credit="Ada Quay",
        related=(Related("The gauge"), Related("The pilots", "https://harbour.example/pilots")),
        categories=("Science",),
    )
    topics = (Topic("science", 3.0, '"gauge" in the title'), Topic("world", 1.0, "a border"))

    change, article_id = save(db, item, topics)
    (article,) = db.read(articles.by_ids, [article_id])

    assert change is Change.NEW
    assert article.authors == ("Mara Lind", "José-Luis Ferreira")
    assert article.published == item.published
    assert article.dated
    assert article.related == item.related
    assert article.categories == ("Science",)
    assert article.topics == topics
    assert article.photo_credit == "Ada Quay"
    assert article.words > 0


def test_who_may_read_an_article_is_kept_and_changing_it_is_an_edit(db):
    _, number = save(db, an_item(access=Access.SUBSCRIBERS))
    (article,) = db.read(articles.by_ids, [number])
    assert article.access is Access.SUBSCRIBERS

    change, same = save(db, an_item())
    assert (change, same) == (Change.EDITED, number)
    (article,) = db.read(articles.by_ids, [number])
    assert article.access is Access.EVERYONE


def test_who_may_read_it_by_hand_stays_when_its_source_edits_it(db):
    _, number = save(db, an_item())
    db.write(article_access.set_access, number, Access.SUBSCRIBERS)

    change, _ = save(db, saying("The gauge was moved."))

    (article,) = db.read(articles.by_ids, [number])
    assert change is Change.EDITED
    assert article.access is Access.SUBSCRIBERS


def test_importing_the_same_article_again_changes_nothing(db):
    _, first = save(db, an_item())
    before = db.read(articles.by_ids, [first])

    change, again = save(db, an_item(), now=MONDAY + timedelta(days=1))

    assert (change, again) == (Change.SAME, first)
    assert db.read(articles.by_ids, [first]) == before
    assert db.read(articles.count) == 1


def test_an_edited_article_keeps_its_identity(db):
    _, first = save(db, an_item(), (Topic("science", 1.0, "x"),))
    edited = an_item(body_text="The gauge was moved.", body_html="<p>The gauge was moved.</p>")

    change, again = save(db, edited, (Topic("world", 1.0, "y"),))
    (article,) = db.read(articles.by_ids, [first])

    assert (change, again) == (Change.EDITED, first)
    assert article.body_text == "The gauge was moved."
    assert [topic.slug for topic in article.topics] == ["world"]


def test_two_sources_that_tell_an_article_differently_do_not_take_turns(db):
    def report(source, text, day):
        item = saying(text, url="https://harbour.example/tide", source=source)
        return save(db, item, now=MONDAY + timedelta(days=day))[0]

    whole, teaser = "https://a.example/all.xml", "https://a.example/short.xml"
    first = [report(whole, "It rises, and falls.", 0), report(teaser, "It rises.", 0)]
    again = [report(whole, "It rises, and falls.", 1), report(teaser, "It rises.", 1)]
    edited = report(whole, "It rises, and falls again.", 2)
    after = [report(teaser, "It rises.", 3), report(whole, "It rises, and falls again.", 3)]

    assert first == [Change.NEW, Change.EDITED]
    assert again == [Change.SAME, Change.SAME]
    assert edited is Change.EDITED
    assert after == [Change.SAME, Change.SAME]
    (article,) = db.read(articles.list_articles)
    assert article.body_text == "It rises, and falls again."


def test_one_source_may_take_back_what_it_said(db):
    texts = ("It rises.", "It falls.", "It rises.")

    assert [save(db, saying(text))[0] for text in texts] == [
        Change.NEW,
        Change.EDITED,
        Change.EDITED,
    ]


def test_a_name_in_capitals_gives_way_to_one_that_is_written_out(db):
    save(db, an_item("One", authors=("MARA LIND",)))
    save(db, an_item("Two", authors=("Mara Lind",)))
    save(db, an_item("Three", authors=("mara lind",)))

    assert {article.authors for article in db.read(articles.list_articles)} == {("Mara Lind",)}


def test_an_undated_article_keeps_the_date_of_first_sight(db):
    _, first = save(db, an_item(published=None))
    save(db, an_item(published=None, summary="Now with a summary"), now=MONDAY + timedelta(days=3))

    (article,) = db.read(articles.by_ids, [first])

    assert article.published == MONDAY
    assert not article.dated
    assert article.summary == "Now with a summary"


def test_a_window_is_open_at_its_start_and_closed_at_its_end(db):
    for title, published in (
        ("too old", MONDAY - timedelta(days=1)),
        ("oldest", MONDAY - timedelta(days=1) + timedelta(seconds=1)),
        ("newest", MONDAY),
        ("too new", MONDAY + timedelta(seconds=1)),
    ):
        keep_article(db, title, published=published)

    found = db.read(articles.published_in, MONDAY - timedelta(days=1), MONDAY)

    assert [article.title for article in found] == ["newest", "oldest"]


def test_an_author_is_found_in_any_case_of_letters(db):
    keep_article(db, "one", authors=("Þóra Einarsdóttir",))
    keep_article(db, "two", authors=("Mara Lind", "þóra einarsdóttir"))
    keep_article(db, "three", authors=("Mara Lind",))

    found = db.read(articles.list_articles, "ÞÓRA EINARSDÓTTIR")

    assert {article.title for article in found} == {"one", "two"}
    assert {author for article in found for author in article.authors} == {
        "Þóra Einarsdóttir",
        "Mara Lind",
    }


def test_more_articles_than_one_query_takes(db):
    filed = [Filed(identify(an_item(f"Article {n}"))) for n in range(1200)]

    db.write(intake.save_all, filed, "", MONDAY)

    assert len(db.read(articles.by_ids, list(range(1, 1201)))) == 1200
    assert all(article.authors for article in db.read(articles.list_articles))
