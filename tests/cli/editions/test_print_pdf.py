"""`digest print`: an edition as a paper."""

import sys

import pytest

from digest.dependencies import explain_import_error
from tests.cli.conftest import MONDAY, is_refused

pytestmark = pytest.mark.paper


@pytest.fixture(autouse=True)
def edition(publication, digest):
    publication("ada@reader.example")
    assert digest("publish", "weekly", "--at", MONDAY).code == 0


def test_it_writes_a_pdf(digest, home):
    ended = digest("print", 1)

    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("weekly-2026-03-09.pdf: 1 article, ")
    assert (home / "weekly-2026-03-09.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.slow
def test_the_file_can_be_named_and_the_answer_be_json(digest, home):
    answer = digest("print", 1, "--out", "x.pdf", "--paper", "letter", "--json").answer

    assert answer == {"file": "x.pdf", "articles": 1, "bytes": (home / "x.pdf").stat().st_size}


def test_a_place_that_can_not_be_written_is_named(digest):
    assert is_refused(digest("print", 1, "--out", "no/x.pdf"), "no/x.pdf: can't be written")


def test_an_edition_that_is_not_there_is_named(digest):
    assert is_refused(digest("print", 7), "there is no edition 7", "the newest is 1")


def test_without_the_extra_it_says_what_to_install(digest, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(
        ImportError
    ) as missing:  # which `digest` catches, as it does for any package
        digest("print", 1)
    said = explain_import_error(missing.value)
    assert said
    assert said.startswith("weasyprint is not installed, and without it digest can't make a PDF;")


def test_other_commands_do_not_import_it(digest, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)

    assert digest("preview", "weekly", "--out", "p").code == 0
    assert "weasyprint" not in sys.modules
