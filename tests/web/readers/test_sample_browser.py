"""The sample of the page of choices, as one sees and hears it: in sight of what is clicked."""

import pytest

from tests.web.readers.test_browser import CHOICES, address, edition, faults, visit

__all__ = ["address", "edition", "visit"]

pytestmark = pytest.mark.browser

IN_SIGHT = """() => {
  const {top, bottom} = document.getElementById("sample").getBoundingClientRect();
  return top < innerHeight - 60 && bottom > 60;
}"""
COVERED = """() => {
  const {left, top, width, height} = document.activeElement.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  const sample = document.getElementById("sample");
  return sample.contains(there) && !sample.contains(document.activeElement);
}"""


def test_what_is_clicked_and_what_it_means_are_seen_together(visit, edition):
    page = visit(CHOICES, 360)
    mute = page.get_by_role("group", name="Mara Lind").get_by_label("Mute")

    mute.check()

    page.locator("#sample").get_by_text("would have had nothing for you").wait_for()
    assert page.evaluate(IN_SIGHT)
    assert faults(page) == []


def test_no_one_who_uses_the_keyboard_is_under_it(visit, edition):
    page = visit(CHOICES, 360)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert not page.evaluate(COVERED)


def test_a_screen_reader_hears_how_many_there_are_and_not_every_title(visit, edition):
    page = visit(CHOICES)
    page.get_by_label("Every second edition").check()
    heard = page.locator("#heard")
    heard.get_by_text("would have had 1 story for you").wait_for()
    assert "The tide gauge" not in heard.inner_text()


def test_without_javascript_it_stays_where_it_belongs(browser, address, edition):
    """There it says what was chosen before, so it must not stand beside what is clicked."""
    phone = {"width": 360, "height": 600}
    context = browser.new_context(java_script_enabled=False, viewport=phone)
    page = context.new_page()
    page.goto(address + CHOICES)
    where = page.locator("#sample").evaluate("one => getComputedStyle(one).position")
    assert where == "static"

    page.get_by_role("group", name="Mara Lind").get_by_label("Mute").check()
    page.get_by_role("button", name="Show me").click()

    page.get_by_text("would have had nothing for you").wait_for()
    seen = page.locator("#sample").bounding_box()
    assert 0 <= seen["y"] < 600  # and not somewhere below
    context.close()
