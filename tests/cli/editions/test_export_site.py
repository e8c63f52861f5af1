"""`digest export-site`: the archive as files."""

import pytest

from tests.cli.conftest import MONDAY, is_refused


@pytest.fixture(autouse=True)
def edition(publication, digest):
    publication("ada@reader.example")
    assert digest("send", "weekly", "--at", MONDAY, "--yes").code == 0


def test_it_writes_the_archive_and_says_how_much(digest, home):
    first, again = digest("export-site", "out/public"), digest("export-site", "out/public")

    files = sum(path.is_file() for path in (home / "out").rglob("*")) - 1
    assert (first.code, first.err) == (0, "")
    assert first.out == f"out/public: {files} files, {files} written, 0 removed\n"
    assert again.out == f"out/public: {files} files, 0 written, 0 removed\n"
    assert (home / "out/public/archive/weekly/2026-03-09T0630Z/index.html").exists()


def test_the_answer_can_be_json(digest):
    answer = digest("export-site", "public", "--json").answer

    assert (answer["folder"], answer["written"], answer["removed"]) == (
        "public",
        answer["files"],
        0,
    )


def test_a_url_that_is_none_is_refused(digest, home):
    assert is_refused(digest("export-site", "public", "--url", "harbour"), "--url")
    assert not (home / "public").exists()


def test_a_file_in_the_way_is_named(digest, home):
    (home / "public").write_text("")

    assert is_refused(digest("export-site", "public"), "public")
