"""The pictures of articles: fetched from servers on loopback, or taken from disk."""

import io
from datetime import UTC, timedelta

import pytest
from PIL import Image

from digest.actions.sources import pictures
from digest.actions.sources.import_articles import import_files
from digest.actions.sources.web_client import MAX_FAILURES_PER_HOST
from digest.core.articles.article import Change
from digest.core.sources.feed import Feed
from digest.store.articles import articles
from tests.actions.web_pages import a_feed as a_page_feed
from tests.actions.web_pages import by_hand, html
from tests.builders import MONDAY, TOPICS
from tests.pictures import jpeg, png_bomb
from tests.web_server import endless, moved, page, serving, status

HOUR = timedelta(hours=1)
PICTURE = page(jpeg(), "image/jpeg")


def rss(site, media="<media:content url='/a.jpg' medium='image'/>", text="It rises.", day="08 Mar"):
    return page(
        "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item>"
        f"<title>The tide</title><link>{site.url('/tide')}</link>{media}"
        f"<description><![CDATA[{text}]]></description><pubDate>{day} 2026 09:00:00 GMT</pubDate>"
        "</item></channel></rss>"
    )


@pytest.fixture
async def site(site):
    site.pages |= {"/feed": rss(site), "/a.jpg": PICTURE}
    return site


@pytest.fixture
def take(take):
    """A function that ingests a feed and gives its report."""

    async def take_one(feed, now=MONDAY):
        (report,) = await take(feed, now=now)
        return report

    return take_one


def a_feed(site, **changes):
    return Feed(site.url("/feed"), allow_private=True, **changes)


def the_article(db):
    (one,) = db.read(articles.list_articles)
    return one


def paths(site):
    return [asked.path for asked in site.asked]


def size(gallery, name):
    return Image.open(io.BytesIO(gallery.open(name))).size


# ---------------------------------------------------------------- where they come from


async def test_an_article_gets_the_picture_of_its_feed(site, db, gallery, take):
    credit = "<media:credit>Ines Rowe</media:credit>"
    site.pages["/feed"] = rss(site, f"<media:content url='/a.jpg' medium='image'/>{credit}")

    report = await take(a_feed(site))

    image = the_article(db).image
    assert (report.notes, image.credit, image.width, image.height) == ((), "Ines Rowe", 900, 450)
    assert (size(gallery, image.wide), size(gallery, image.small)) == ((900, 450), (240, 160))
    assert site.asked[-1].headers["accept"].startswith("image/")
    assert "/robots.txt" not in paths(site)


@pytest.mark.parametrize(
    ("media", "text"),
    [
        ("<enclosure url='/a.jpg' type='image/jpeg' length='1'/>", "x"),
        ("<media:thumbnail url='/a.jpg'/>", "x"),
        ("<media:group><media:content url='/a.jpg' type='image/jpeg'/></media:group>", "x"),
        ("", "<p>x <img src='/logo.png'> <img alt='The &lt;gauge&gt;' src=\"/a.jpg\"></p>"),
        ("", "<p>x <img src='data:image/gif;base64,R0' data-src='/a.jpg'></p>"),
        ("", "<p>x <img src='/tiny.jpg' srcset='/tiny.jpg 90w, /a.jpg 1600w, /b.jpg 4000w'></p>"),
        ("", "<p>x <img src='/dot.gif' width='1' height=1><img src='/a.jpg' width='100%'></p>"),
        ("<media:content url='/v.mp4' type='video/mp4'/>", "<img src=/a.jpg>"),
        ("<media:thumbnail url='/tiny.jpg'/>", "<img src=/a.jpg>"),
    ],
)
async def test_a_feed_may_name_it_in_many_ways(site, db, take, media, text):
    site.pages |= {"/feed": rss(site, media, text), "/tiny.jpg": page(jpeg(75, 75), "image/jpeg")}

    await take(a_feed(site))

    assert the_article(db).image
    assert set(paths(site)) <= {"/feed", "/a.jpg", "/tiny.jpg"}


async def test_words_for_those_who_do_not_see_it_are_kept(site, db, take):
    site.pages["/feed"] = rss(site, "", "<img src=/a.jpg alt='A &quot;gauge&quot;\n on a pier'>")
    await take(a_feed(site))
    assert the_article(db).image.alt == 'A "gauge" on a pier'


@pytest.mark.parametrize(
    ("head", "more"),
    [
        ("<meta property='og:image' content='/a.jpg'>", ""),
        ("<meta name='twitter:image' content='/a.jpg'>", ""),
        ("<meta property='og:image' content='/site-logo.png'>", "<img src='/a.jpg'>"),
        ("", "<figure><img src='/a.jpg'><figcaption>Photo: Ines Rowe</figcaption></figure>"),
    ],
)
async def test_a_page_has_one_too(site, db, take, head, more):
    site.pages["/tide"] = html(head=head, more=more)

    await take(by_hand(site, "/tide"))

    assert the_article(db).image
    assert paths(site) == ["/robots.txt", "/tide", "/a.jpg"]


async def test_a_summary_gets_that_of_its_page(site, db, take):
    head = (
        "<meta property='og:image' content='/a.jpg'><meta property='og:image:alt' content='Gauge'>"
    )
    site.pages |= {"/feed": rss(site, ""), "/tide": html(head=head)}

    await take(a_page_feed(site))

    assert the_article(db).image.alt == "Gauge"


# ---------------------------------------------------------------- how often


async def test_an_article_that_did_not_change_has_its_picture_fetched_once(site, db, take):
    await take(a_feed(site))
    before = the_article(db)
    await take(a_feed(site), MONDAY + HOUR)
    site.pages["/feed"] = rss(site, text="It falls.")
    await take(a_feed(site), MONDAY + 2 * HOUR)

    assert paths(site).count("/a.jpg") == 1
    assert the_article(db).image == before.image


async def test_another_picture_takes_the_place_of_the_old_one(site, db, gallery, take):
    await take(a_feed(site))
    old = the_article(db).image
    other = "<media:content url='/b.jpg' medium='image'/>"
    site.pages |= {"/feed": rss(site, other), "/b.jpg": page(jpeg(600, 400), "image/jpeg")}

    report = await take(a_feed(site), MONDAY + HOUR)

    assert report.counts[Change.SAME] == 1
    assert the_article(db).image.width == 600
    assert gallery.open(old.wide)  # an edition that went out still shows it


async def test_what_was_taken_away_is_shown_no_more(site, db, take):
    await take(a_feed(site))
    site.pages["/feed"] = rss(site, "", "Edited.")
    await take(a_feed(site), MONDAY + HOUR)
    assert (the_article(db).image, the_article(db).image_fault) == (None, "")


async def test_a_server_in_trouble_is_asked_a_few_times(site, db, take):
    site.pages["/a.jpg"] = status(503)
    for turn in range(5):
        await take(a_feed(site), MONDAY + turn * HOUR)
    assert paths(site).count("/a.jpg") == 3

    site.pages["/feed"] = rss(site, "<media:content url='/b.jpg' medium='image'/>")
    site.pages["/b.jpg"] = PICTURE
    await take(a_feed(site), MONDAY + 6 * HOUR)
    assert (the_article(db).image_fault, bool(the_article(db).image)) == ("", True)


async def test_old_articles_need_none(site, db, take):
    site.pages["/feed"] = rss(site, day="01 Jan")
    await take(a_feed(site))
    assert paths(site) == ["/feed"]


async def test_a_run_looks_for_a_few_and_the_next_for_the_rest(site, db, take, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PICTURES_PER_RUN", 1)
    two = (
        "<rss version='2.0'><channel>"
        + "".join(
            f"<item><title>{name}</title><description>x <img src='{site.url('/a.jpg')}'>"
            f"</description><link>{site.url(f'/{name}')}</link></item>"
            for name in ("one", "two")
        )
        + "</channel></rss>"
    )
    site.pages["/feed"] = page(two)

    first = await take(a_feed(site))
    second = await take(a_feed(site), MONDAY + HOUR)

    assert (first.notes, second.notes) == (("1 picture left for the next time",), ())
    assert all(one.image for one in db.read(articles.list_articles))


async def test_a_host_that_fails_again_and_again_is_left_alone(site, db, take):
    names = [f"/{n}.jpg" for n in range(9)]
    site.pages["/feed"] = page(
        "<rss version='2.0'><channel>"
        + "".join(
            f"<item><title>{name}</title><description>x <img src='{site.url(name)}'></description>"
            f"<link>{site.url(name)}</link></item>"
            for name in names
        )
        + "</channel></rss>"
    )
    site.pages |= dict.fromkeys(names, status(500))

    report = await take(a_feed(site))

    assert report.counts[Change.NEW] == 9
    assert len(paths(site)) == 1 + MAX_FAILURES_PER_HOST
    assert report.notes[-1] == "6 pictures left for the next time"


# ---------------------------------------------------------------- hostile servers


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (page(png_bomb(30_000, 30_000), "image/png"), "it is too large: over 40,000,000 pixels"),
        (page("<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
         "it is an SVG drawing, which mail programs don't show"),
        (page("<!DOCTYPE html><p>Log in", "image/jpeg"), "it is a web page, not a picture"),
        (page(b"MZ\x90\0", "image/jpeg"), "it is no picture that we can read"),
        (page(jpeg()[:400], "image/jpeg"), "it is damaged"),
        (page(jpeg(1, 1), "image/gif"), "it is too small: 1 × 1 pixels"),
        (page(jpeg(2000, 300), "image/jpeg"), "it is a strip: 2,000 × 300 pixels"),
        (status(404), "there is nothing at this address (404)"),
        (endless(bytes(65536)), "it is too large: over 8 MB"),
        (moved("file:///etc/passwd"), "its address is no web address: 'file:///etc/passwd'"),
        (moved("/a.jpg"), "it redirects more than 5 times"),
    ],
)  # fmt: skip
async def test_a_bad_picture_costs_the_picture_and_not_the_article(site, db, take, answer, said):
    site.pages["/a.jpg"] = answer

    report = await take(a_feed(site))

    one = the_article(db)
    assert (report.why, report.counts[Change.NEW]) == ("", 1)
    assert (one.image, one.image_fault) == (None, f"{site.url('/a.jpg')}: {said}")
    assert report.notes == (f"1 picture could not be had: {one.image_fault}",)


async def test_a_picture_that_never_ends_is_given_up(site, db, take):
    site.pages["/feed"] = rss(site, "<media:content url='/slow.jpg' medium='image'/>")
    site.pages["/slow.jpg"] = endless(b"x", pause=0.05)

    await take(a_feed(site))

    assert the_article(db).image_fault == f"{site.url('/slow.jpg')}: it took longer than 0.2 s"


async def test_no_picture_is_fetched_from_a_private_network(site, db, take):
    async with serving() as inner:
        site.pages["/a.jpg"] = moved(inner.url("/a.jpg"))
        await take(a_feed(site))
        assert "is in a private network" in the_article(db).image_fault

        other = rss(site, f"<media:content url='{inner.url('/b.jpg')}' medium='image'/>")
        site.pages["/feed"] = other
        await take(a_feed(site), MONDAY + HOUR)
        assert "is in a private network" in the_article(db).image_fault
        assert inner.asked == []


async def test_slow_pictures_hold_up_a_run_for_a_while_only(site, db, take, monkeypatch):
    monkeypatch.setattr(pictures, "PICTURES_SECONDS_PER_RUN", 0.1)
    site.pages["/a.jpg"] = endless(b"x", pause=0.01)

    report = await take(a_feed(site))

    assert report.notes == ("1 picture left for the next time",)
    assert the_article(db).image is None


# ---------------------------------------------------------------- on disk


TEXT = "The gauge stands where the pilots drink their coffee. It has never been wrong yet."


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "articles"
    (folder / "2026" / "img").mkdir(parents=True)
    (folder / "2026" / "img" / "the pier.jpg").write_bytes(jpeg())
    (folder / "cover.jpg").write_bytes(jpeg(800, 600))
    (tmp_path / "secret.jpg").write_bytes(jpeg())
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    return folder


@pytest.fixture
def bring(db, gallery):
    def bring(*paths, now=MONDAY):
        return import_files(paths, db, TOPICS, UTC, now, gallery=gallery)

    return bring


@pytest.mark.parametrize(
    ("name", "written", "alt"),
    [
        ("a.md", "# Tide\n\n![The pier](img/the%20pier.jpg)\n\n" + TEXT, "The pier"),
        ("a.md", "# Tide\n\n<img src='../cover.jpg' alt='Cover'>\n\n" + TEXT, "Cover"),
        ("a.md", "# Tide\n\n![Root](/cover.jpg)\n\n" + TEXT, "Root"),
        ("a.md", f"---\ntitle: Tide\nimage: img/the pier.jpg\nimage_alt: P\n---\n{TEXT}", "P"),
        ("a.md", f"---\ntitle: Tide\ncover: {{image: ../cover.jpg, alt: C}}\n---\n{TEXT}", "C"),
        ("a.html", f"<html><body><article><h1>Tide</h1><img src='img/the pier.jpg' alt='P'>"
         f"<p>{TEXT}</p><p>{TEXT}</p></article></body></html>", "P"),
    ],
)  # fmt: skip
def test_pictures_beside_a_file_come_in_with_it(bring, db, gallery, folder, name, written, alt):
    (folder / "2026" / name).write_text(written)

    done = bring(folder)

    (one,) = done.articles
    assert (one.image.alt, one.image_fault) == (alt, "")
    assert gallery.open(one.image.small)
    assert done.rejected == ()  # a picture in a folder is no article that failed
    assert bring(folder).counts[Change.SAME] == 1


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("../../secret.jpg", "it is not in the folder that is imported"),
        ("../link.jpg", "it is not in the folder that is imported"),
        ("%2e%2e/%2e%2e/secret.jpg", "it is not in the folder that is imported"),
        ("/../secret.jpg", "it is not in the folder that is imported"),
        ("/etc/passwd", "it is not there"),
        ("none.jpg", "it is not there"),
        ("img", "it is no file"),
        ("a.md", "it is no picture that we can read"),
        ("x" * 300, "it is not there"),
        ("a%00b", "it is not there"),
    ],
)
def test_no_other_file_is_taken_for_a_picture(bring, db, folder, path, said):
    (folder / "2026" / "a.md").write_text(f"# Tide\n\n![x]({path})\n\n{TEXT}")

    (one,) = bring(folder).articles

    assert (one.image, one.image_fault) == (None, f"{path}: {said}")


def test_a_file_that_is_named_itself_takes_pictures_from_its_own_folder_only(bring, folder):
    path = folder / "2026" / "a.md"
    path.write_text(f"# Tide\n\n![x](../cover.jpg)\n\n![y](img/the%20pier.jpg)\n\n{TEXT}")

    assert bring(path).articles[0].image.alt == "y"


def test_importing_goes_nowhere(bring, folder):
    (folder / "a.md").write_text(f"# Tide\n\n![x](https://harbour.example/a.jpg)\n\n{TEXT}")
    (one,) = bring(folder).articles
    assert (one.image, one.image_fault) == (None, "")
