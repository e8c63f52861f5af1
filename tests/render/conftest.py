"""HTML in a browser."""

import pytest

from tests.render.squares import font_face


@pytest.fixture
def show(tab):
    """Open HTML as a reader would: show(html, width, dark=…, paper=…, wide=…) gives the page.

    `wide` sets it in letters that are wider than those of any font that readers have.
    """

    def show(html: str, width: int = 800, *, dark=False, paper=False, wide=False):
        page = tab(width, dark=dark, paper=paper)
        page.route("**/*", lambda route: route.abort())
        page.set_content(
            html.replace("</head>", f"{font_face(html, 250)}</head>") if wide else html
        )
        page.evaluate("document.fonts.ready.then(() => 0)")
        return page

    return show
