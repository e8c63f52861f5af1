"""`digest migrate articles`: from a WordPress export to the plan of an edition."""

import pytest

from tests.cli.conftest import MONDAY, is_refused
from tests.feeds.file.test_wxr import HEAD, TAIL, a_post
from tests.publications import found

HELD_BACK = {
    "Layoffs": {"status": "draft", "post_date_gmt": "0000-00-00 00:00:00"},
    "Review me": {"status": "pending"},
    "Only for us": {"status": "private"},
    "Thrown away": {"status": "trash"},
    "Next year": {"status": "future", "post_date_gmt": "2027-01-01 00:00:00"},
    "With a password": {"post_password": "sesame"},
    "About us": {"post_type": "page"},
}


@pytest.fixture(autouse=True)
def _place(home):
    found(home)
    posts = [a_post(title, **fields) for title, fields in HELD_BACK.items()]
    posts += [a_post("Menu", post_type="nav_menu_item"), a_post("Ferries"), a_post("The gauge")]
    text = HEAD + "".join(posts) + TAIL
    (home / "export.xml").write_text(text.replace("2026-03-01", "2026-03-08"))


def titles(digest):
    return sorted(row["title"] for row in digest("articles", "--json").answer)


@pytest.mark.parametrize("words", [("migrate", "articles", "wordpress"), ("import",)])
def test_only_what_is_published_comes_in_and_into_the_plan(digest, words):
    ended = digest(*words, "export.xml")

    assert ended.code == 0, ended.err
    assert titles(digest) == ["Ferries", "The gauge"]
    assert all(f"“{title}” is left out" in ended.err for title in HELD_BACK)
    plan = digest("plan", "weekly", "--at", MONDAY).out
    assert "Ferries" in plan
    assert not [title for title in HELD_BACK if title in plan]


def test_again_changes_nothing_and_a_dry_run_changes_nothing(digest):
    dry = digest("migrate", "articles", "export.xml", "--dry-run").out
    assert dry == "would be: 2 imported, 0 updated, 0 unchanged, 7 left out\n"
    assert titles(digest) == []
    digest("migrate", "articles", "export.xml")
    again = digest("migrate", "articles", "export.xml", "--json").answer
    assert (again["imported"], again["unchanged"], len(again["left_out"])) == (0, 2, 7)
    assert again["beside"] == [{"kind": "nav_menu_item", "count": 1}]


def test_a_file_that_breaks_off_goes_on_when_it_is_whole(digest, home):
    whole = (home / "export.xml").read_text()
    (home / "export.xml").write_text(whole[: whole.index("The gauge") + 3])
    first = digest("migrate", "articles", "export.xml")
    assert "breaks off" in first.err
    assert titles(digest) == ["Ferries"]
    (home / "export.xml").write_text(whole)
    assert digest("migrate", "articles", "export.xml").out.startswith("1 imported")


def test_what_is_withdrawn_later_is_hidden(digest, home):
    digest("migrate", "articles", "export.xml")
    text = (home / "export.xml").read_text()
    before, after = text.split("<item><title><![CDATA[Ferries]]>")
    after = after.replace("<![CDATA[publish]]>", "<![CDATA[draft]]>", 1)
    (home / "export.xml").write_text(f"{before}<item><title><![CDATA[Ferries]]>{after}")
    digest("migrate", "articles", "export.xml")
    assert "Ferries: hidden by its source" in digest("plan", "weekly", "--at", MONDAY).out


def test_what_is_no_export_is_named(digest, home):
    (home / "feed.xml").write_text("<rss><channel></channel></rss>")
    assert is_refused(digest("migrate", "articles", "feed.xml"), "no export of WordPress")
    assert is_refused(digest("migrate", "articles", "nowhere.xml"), "can't be read")
