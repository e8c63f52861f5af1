"""Files and folders: which are read, in which encoding, and what is said of the others."""

import os
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from digest.errors import ArticleError
from digest.feeds.file import files

PAGE = "A short title\n\nBy Zoë Ström\n\nThe tide is “high”. Nobody minds at all.\n"


def reason(path: Path) -> str:
    with pytest.raises(ArticleError) as caught:
        files.read_file(path)
    return str(caught.value)


def put(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_every_usual_encoding_is_read(tmp_path, encoding):
    (item,) = files.read_file(put(tmp_path / "page.txt", PAGE.encode(encoding)))

    assert item.authors == ("Zoë Ström",)
    assert item.body_text == "The tide is “high”. Nobody minds at all."


def test_one_broken_byte_does_not_change_the_encoding_of_the_rest(tmp_path):
    broken = PAGE.encode().replace(b"Nobody", b"Nobo\xffdy")

    (item,) = files.read_file(put(tmp_path / "page.txt", broken))

    assert item.authors == ("Zoë Ström",)
    assert "Nobo\ufffddy" in item.body_text


def test_a_page_may_declare_its_charset(tmp_path):
    html = (
        "<html><head><meta charset=iso-8859-2><title>Łódź wakes</title></head>"
        "<body><p>The streets of Łódź are full. Nobody has slept at all.</p></body></html>"
    )

    (item,) = files.read_file(put(tmp_path / "page.html", html.encode("iso-8859-2")))

    assert item.title == "Łódź wakes"


@pytest.mark.parametrize("charset", ["utf-16", "no-such", "rot13", "undefined", "idna"])
def test_a_page_that_declares_nonsense_is_read_as_utf_8(tmp_path, charset):
    html = (
        f"<html><head><meta charset={charset}><title>Łódź wakes</title></head>"
        "<body><p>The streets of Łódź are full. Nobody has slept at all.</p></body></html>"
    )

    (item,) = files.read_file(put(tmp_path / "page.html", html))

    assert item.title == "Łódź wakes"


def test_a_page_is_known_by_its_content_whatever_its_name(tmp_path):
    html = (
        "<!DOCTYPE html><title>Quiet</title><p>The tide is out. Nobody minds at all, she said.</p>"
    )

    (item,) = files.read_file(put(tmp_path / "page.txt", html))

    assert item.title == "Quiet"


def test_front_matter_makes_a_text_file_markdown(tmp_path):
    text = "---\ntitle: Quiet\n---\n\nThe tide is `out`. Nobody minds at all.\n"

    (item,) = files.read_file(put(tmp_path / "page.txt", text))

    assert "<code>out</code>" in item.body_html


def test_a_day_is_one_of_the_publications_zone(tmp_path):
    berlin = ZoneInfo("Europe/Berlin")
    path = put(tmp_path / "page.txt", PAGE.replace("Ström", "Ström on March 3, 2024"))

    (item,) = files.read_file(path, berlin)

    assert item.published == datetime(2024, 3, 3, tzinfo=berlin)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no text: the file is empty"),
        (b" \n\n", "no text: the file is empty"),
        (b"abc\x00def", "not a text file"),
        (bytes(range(256)) * 4, "not a text file"),
        (b"%PDF-1.7\n", "a PDF; save its text as .txt"),
        (b"PK\x03\x04abc", "an office document or zip file; save its text as .txt"),
        (b"<?xml version='1.0'?><rss version='2.0'></rss>",
         "a feed with nothing to read in it"),
        (b"<?xml version='1.0'?><!DOle rss><rs><tit>A sentence. Another one, too.", "not a feed"),
        (b"<opml version='2.0'><body><outline text='x'/></body></opml>",
         "a list of feeds, not a feed; name each as [[feed]] in the config"),
        (b"x" * (files.MAX_FILE_BYTES + 1), "too large for an article: over 5 MB"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_refused_in_plain_words(tmp_path, data, said):
    assert reason(put(tmp_path / "page.txt", data)) == said


def test_a_path_that_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    assert reason(tmp_path / "missing.txt") == "no such file or directory"
    assert reason(tmp_path) == "a folder, not a file"
    assert reason(tmp_path / "pipe") == "not a regular file"


def test_folders_are_walked_in_order_and_hidden_files_passed_over(tmp_path):
    for name in ["b.txt", "a/z.md", "a/b/c.txt", ".git/config", "a/.hidden.txt", "c.txt"]:
        put(tmp_path / name, "x")

    assert [str(path.relative_to(tmp_path)) for path in files.walk([tmp_path])] == [
        "a/b/c.txt",
        "a/z.md",
        "b.txt",
        "c.txt",
    ]


def test_a_file_named_twice_is_read_once_and_a_missing_one_is_handed_on(tmp_path):
    one = put(tmp_path / "one.txt", "x")
    missing = tmp_path / "missing.txt"

    assert list(files.walk([one, missing, tmp_path])) == [one, missing]


def test_a_hidden_file_is_read_if_it_is_named(tmp_path):
    hidden = put(tmp_path / ".draft.txt", "x")

    assert list(files.walk([hidden])) == [hidden]


def test_links_that_go_round_in_a_circle_end(tmp_path):
    put(tmp_path / "a" / "one.txt", "x")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")

    assert [path.name for path in files.walk([tmp_path])] == ["one.txt", "self"]
    assert reason(tmp_path / "self")


def test_the_name_of_a_file_may_be_any_bytes(tmp_path):
    path = put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")), PAGE)

    (item,) = files.read_file(path)

    assert item.source.endswith("caf\ufffd.txt")


def test_reading_text_does_not_pay_for_reading_pages(tmp_path):
    path = put(tmp_path / "page.txt", PAGE)
    program = (
        "import sys, pathlib; from digest.feeds.file import files;"
        f"files.read_file(pathlib.Path({str(path)!r}));"
        "sys.exit('trafilatura' in sys.modules)"
    )

    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", program]) == 0
