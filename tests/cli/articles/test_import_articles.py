"""`digest import`."""

import json

import pytest

from tests.cli.conftest import is_refused
from tests.publications import found, write_article

ROW = {
    *("id", "title", "authors", "published", "url", "topics", "photo_credit", "related"),
    *("body_html", "body_text", "words", "source"),
}
MORE = {
    "dated",
    "topic_reasons",
    "summary",
    "image",
    "image_fault",
    "audio_url",
    "access",
    "withheld",
    "set_by_hand",
}


@pytest.fixture(autouse=True)
def _place(home):
    found(home)


def test_a_folder_is_taken_in_and_counted(digest, home):
    write_article(home / "articles", "The tide gauge")
    write_article(home / "articles/older", "The pilots' coffee")

    ended = digest("import", "articles")

    assert (ended.code, ended.out) == (0, "2 imported, 0 updated, 0 unchanged, 0 rejected\n")
    assert ended.err == ""


def test_the_answer_in_json_holds_the_articles_whole(digest, home):
    path = write_article(home / "articles", on="March 7, 2026")

    answer = digest("import", "articles", "--json").answer

    assert set(answer) == {"imported", "updated", "unchanged", "rejected", "articles"}
    assert [answer[key] for key in ("imported", "updated", "unchanged")] == [1, 0, 0]
    (article,) = answer["articles"]
    assert set(article) == ROW | MORE
    assert article["title"] == "The tide gauge that never sleeps"
    assert article["authors"] == ["Mara Lind"]
    # The day that the source said, in the publication's zone.
    assert article["published"] == "2026-03-07T00:00:00+01:00"
    assert article["source"] == str(path.relative_to(home))
    assert article["body_text"].startswith("The gauge stands")


def test_importing_again_changes_nothing(digest, home):
    write_article(home / "articles")
    first = digest("import", "articles", "--json").answer
    again = digest("import", "articles", "--json").answer

    assert [again[key] for key in ("imported", "updated", "unchanged")] == [0, 0, 1]
    assert again["articles"] == first["articles"]


def test_an_edited_file_updates_its_article(digest, home):
    write_article(home / "articles")
    (before,) = digest("import", "articles", "--json").answer["articles"]
    write_article(home / "articles", text="The gauge was moved to the new pier on Thursday.")

    answer = digest("import", "articles", "--json").answer

    (after,) = answer["articles"]
    assert [answer[key] for key in ("imported", "updated", "unchanged")] == [0, 1, 0]
    assert after["id"] == before["id"]
    assert after["body_text"] == "The gauge was moved to the new pier on Thursday."


def test_what_is_no_article_is_named_with_the_reason_and_the_rest_goes_on(digest, home):
    folder = home / "articles"
    write_article(folder)
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (folder / "empty.txt").touch()

    ended = digest("import", "articles", "nowhere.md")
    answer = digest("import", "articles", "nowhere.md", "--json").answer

    assert (ended.code, ended.out) == (0, "1 imported, 0 updated, 0 unchanged, 3 rejected\n")
    assert "nowhere.md: no such file or directory" in ended.err
    rejected = {one["path"]: one["reason"] for one in answer["rejected"]}
    assert set(rejected) == {"articles/picture.txt", "articles/empty.txt", "nowhere.md"}
    assert all(set(one) == {"path", "reason"} for one in answer["rejected"])
    assert all(rejected.values())
    for path, reason in rejected.items():
        assert f"{path}: {reason}\n" in ended.err


def test_nothing_but_rejected_files_ends_with_1(digest):
    ended = digest("import", "nowhere.md", "--json")

    assert ended.code == 1
    assert json.loads(ended.out)["rejected"] == [
        {"path": "nowhere.md", "reason": "no such file or directory"}
    ]
    assert "Traceback" not in ended.err


def test_a_file_with_several_articles_brings_all_of_them(digest, home):
    page = """\
Ferry Is Late
By Ada Park

The ferry is late again. Nobody on the pier minds, because the tea is hot and it is free.

Bread Runs Out
By Ben Ito

The bakery has run out of flour. Its owner blames the mill, and the mill blames the wind.
"""
    (home / "page.txt").write_text(page)
    (home / "page.md").write_text(page.replace("\nBy", "\n\nBy").replace("By A", "By Ciara A"))

    answer = digest("import", "page.txt", "page.md", "--json").answer

    assert [(one["title"], *one["authors"]) for one in answer["articles"]] == [
        ("Ferry Is Late", "Ada Park"),
        ("Bread Runs Out", "Ben Ito"),
        ("Ferry Is Late", "Ciara Ada Park"),
    ]
    assert (answer["imported"], answer["unchanged"], answer["rejected"]) == (3, 1, [])


def test_an_empty_folder_is_nothing_to_do(digest, home):
    (home / "articles").mkdir()
    assert digest("import", "articles").out == "0 imported, 0 updated, 0 unchanged, 0 rejected\n"


def test_without_a_path_it_is_wrong_usage(digest):
    assert is_refused(digest("import"), "PATH")


def test_without_a_store_nothing_is_read(digest, home):
    (home / "digest.db").unlink()
    write_article(home / "articles")
    assert is_refused(digest("import", "articles"), "there is no store here", "digest init", code=1)
    assert not (home / "digest.db").exists()
