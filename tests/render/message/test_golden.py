"""One edition with everything in it, byte for byte."""

from pathlib import Path

import pytest

from tests.render.samples import a_full_edition, printed

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("part", ["html", "text"])
def test_an_edition_is_printed_byte_for_byte_as_agreed(part, request):
    file = GOLDEN / f"edition.{'html' if part == 'html' else 'txt'}"
    printing = getattr(printed(a_full_edition()), part).replace("><", ">\n<")
    if request.config.getoption("--update-golden"):
        file.write_text(printing, encoding="utf-8", newline="\n")

    assert printing == file.read_text(encoding="utf-8")


def test_the_same_edition_is_printed_the_same_every_time():
    assert printed(a_full_edition()) == printed(a_full_edition())
