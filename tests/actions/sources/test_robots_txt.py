"""Pages that their sites ask robots not to read are not read."""

import pytest

from tests.actions.web_pages import HOUR, by_hand, html, kept, paths, robots
from tests.builders import MONDAY
from tests.web_server import endless, moved, serving, status


async def test_a_site_that_asks_us_not_to_read_it_is_left_alone(site, db, take):
    site.pages["/robots.txt"] = robots("User-agent: digest\nDisallow: /tide")
    site.pages |= {"/tide": html(), "/pier": html("The pier")}

    tide, pier = await take(by_hand(site, "/tide"), by_hand(site, "/pier"))

    assert (tide.why, pier.why) == ("its robots.txt asks us not to read it", "")
    assert sorted(paths(site)) == ["/pier", "/robots.txt"]
    assert set(kept(db)) == {"The pier"}


async def test_robots_are_asked_also_where_a_redirect_leads(site, db, take):
    async with serving() as other:
        site.pages["/robots.txt"] = robots("User-agent: *\nDisallow: /hidden")
        site.pages |= {"/tide": moved("/hidden"), "/hidden": html()}
        site.pages["/away"] = moved(other.url("/tide"))

        hidden, away = await take(by_hand(site, "/tide"), by_hand(site, "/away"))

        assert hidden.why == "its robots.txt asks us not to read it"
        assert "is in a private network" in away.why  # leave is for the host that was named
        assert "/hidden" not in paths(site)
        assert other.asked == []


async def test_robots_are_remembered_for_a_day(site, take):
    site.pages["/tide"] = html()
    for hours in (0, 12, 23, 25):
        await take(by_hand(site, "/tide"), now=MONDAY + hours * HOUR)
    assert paths(site).count("/robots.txt") == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status(404), ""),
        (status(403), ""),
        (status(503), "its robots.txt can't be read now: the server is in trouble (503)"),
        (status(429), "its robots.txt can't be read now: it was asked too often (429)"),
        (robots(b"\xff\0\xfe" * 1000), ""),
        (moved("/robots"), ""),
    ],
)
async def test_a_missing_robots_txt_allows_all_and_one_in_trouble_nothing_now(
    site, take, answer, why
):
    site.pages |= {"/robots.txt": answer, "/tide": html()}

    (report,) = await take(by_hand(site, "/tide"))

    assert report.why == why
    assert ("/tide" in paths(site)) is (why == "")


async def test_a_robots_txt_that_never_ends_allows_nothing(site, take):
    site.pages |= {"/robots.txt": endless(b"x", pause=0.05), "/slow": html()}

    (report,) = await take(by_hand(site, "/slow"))

    assert report.why == "it took longer than 0.2 s"
    assert paths(site) == ["/robots.txt"]


async def test_trouble_with_robots_is_not_remembered(site, take):
    site.pages |= {"/robots.txt": status(503), "/tide": html()}
    await take(by_hand(site, "/tide"))
    site.pages["/robots.txt"] = status(404)
    (report,) = await take(by_hand(site, "/tide"), now=MONDAY + HOUR)
    assert report.why == ""
