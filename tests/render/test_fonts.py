"""What letters tests see, on a machine with whatever fonts."""

import re
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from digest.render.print.paper import make_pdf
from tests import fonts
from tests.builders import a_publication
from tests.render.samples import a_full_edition, printed
from tests.render.squares import font_face

COMMON = ("DejaVu Sans", "Liberation Serif", "Noto Sans", "Arial", "Georgia", "serif", "monospace")
PAGE = "<html><head></head><body>{}</body></html>".format(
    "".join(f'<p style="font-family:{name}">Water • עברית</p>' for name in COMMON)
)


def families(page) -> set[str]:
    """Of which fonts the letters of a page in the browser are."""
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    found = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "body *"})
    asked = (
        session.send("CSS.getPlatformFontsForNode", {"nodeId": node}) for node in found["nodeIds"]
    )
    return {font["familyName"] for answer in asked for font in answer["fonts"]}


@pytest.mark.browser
def test_the_browser_knows_no_fonts_of_this_machine(show):
    assert families(show(PAGE)) == {fonts.SANS, fonts.SERIF}


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("styles", ["with", "without"])
def test_every_letter_of_a_golden_picture_is_a_square(show, language, styles):
    html = printed(a_full_edition(), a_publication(language=language)).html
    if styles == "without":  # they have letters, too
        html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    page = show(html.replace("</head>", f"{font_face(html)}</head>"))
    page.evaluate("document.fonts.ready.then(() => 0)")

    assert families(page) == {"Squares"}


@pytest.mark.paper
def test_a_paper_knows_no_fonts_of_this_machine():
    paper = PdfReader(BytesIO(make_pdf(PAGE, lambda _: None)))

    resources: list[Any] = [page["/Resources"] for page in paper.pages]
    found = (font.get_object() for one in resources for font in one["/Font"].values())
    names = {font["/BaseFont"].partition("+")[2] for font in found}
    assert names == {"Source-Sans-Pro", "Source-Serif-Pro"}
