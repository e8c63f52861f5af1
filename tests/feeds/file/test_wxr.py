"""Posts of a WordPress export: what is published, and what is not."""

from datetime import UTC, datetime

import pytest

from digest.errors import ArticleError
from digest.feeds.file.files import read_file
from digest.feeds.file.wxr import WxrCounts, is_wxr, read_wxr

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>The Harbour Review</title><wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_login><![CDATA[mara]]></wp:author_login>
<wp:author_display_name><![CDATA[Mara Lind]]></wp:author_display_name></wp:author>
"""
TAIL = "</channel></rss>"


def a_post(title="The tide gauge", *, body="<p>It never sleeps.</p>", excerpt="", **fields):
    values = {
        "status": "publish",
        "post_type": "post",
        "post_id": "7",
        "post_password": "",
        "post_date_gmt": "2026-03-01 09:00:00",
        "post_date": "2026-03-01 10:00:00",
        **fields,
    }
    slug = title.lower().replace(" ", "-")
    rows = "".join(
        f"<wp:{name}><![CDATA[{value}]]></wp:{name}>"
        for name, value in values.items()
        if name != "extra"
    )
    return (
        f"<item><title><![CDATA[{title}]]></title><link>https://harbour.example/{slug}/</link>"
        f'<guid isPermaLink="false">https://harbour.example/?p={slug}</guid>'
        f"<dc:creator><![CDATA[mara]]></dc:creator><content:encoded><![CDATA[{body}]]>"
        f"</content:encoded><excerpt:encoded><![CDATA[{excerpt}]]></excerpt:encoded>{rows}"
        '<category domain="category" nicename="culture"><![CDATA[Culture]]></category>'
        '<category domain="post_tag" nicename="sea"><![CDATA[Sea]]></category>'
        '<category domain="category" nicename="uncategorized"><![CDATA[Uncategorized]]></category>'
        f"{values.get('extra', '')}</item>\n"
    )


def read(tmp_path, *posts, tail=TAIL, counts=None, **options):
    path = tmp_path / "export.xml"
    path.write_text(HEAD + "".join(posts) + tail, encoding="utf-8")
    return list(read_wxr(path, "export.xml", UTC, counts, **options))


def test_a_post_has_its_authors_name_its_categories_and_its_permalink(tmp_path):
    (item,) = read(tmp_path, a_post())
    assert (item.title, item.authors, item.categories) == (
        "The tide gauge",
        ("Mara Lind",),
        ("Culture", "Sea"),
    )
    assert item.url == "https://harbour.example/the-tide-gauge/"
    assert (item.published, item.withheld) == (datetime(2026, 3, 1, 9, tzinfo=UTC), "")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"status": "draft", "post_date_gmt": "0000-00-00 00:00:00"}, "a draft"),
        ({"status": "auto-draft"}, "a draft"),
        ({"status": "pending"}, "waits for review"),
        ({"status": "private"}, "private"),
        ({"status": "trash"}, "in the trash"),
        ({"status": "future", "post_date_gmt": "2027-03-01 09:00:00"}, "scheduled"),
        ({"status": "in-progress"}, 'its status is "in-progress"'),
        ({"post_password": "open sesame"}, "protected by a password"),
        ({"post_type": "page"}, "a page, and no post"),
        ({"post_type": "product"}, 'of the type "product", and no post'),
    ],
)
def test_what_readers_could_not_see_is_withheld_with_its_reason(tmp_path, fields, why):
    (item,) = read(tmp_path, a_post(**fields))
    assert item.withheld.startswith("“The tide gauge” is left out: ")
    assert why in item.withheld


def test_pages_come_where_they_are_asked_for(tmp_path):
    (item,) = read(tmp_path, a_post(post_type="page"), pages=True)
    assert item.withheld == ""


def test_what_wordpress_keeps_beside_is_only_counted(tmp_path):
    counts = WxrCounts()
    posts = [a_post(post_type=kind) for kind in ("attachment", "nav_menu_item", "revision")]
    assert read(tmp_path, *posts, a_post("", body=""), counts=counts) == []
    assert sum(counts.beside.values()) == 4


def test_the_featured_picture_is_found_wherever_it_stands(tmp_path):
    address = "https://harbour.example/gauge.jpg"
    picture = a_post(
        "gauge", post_type="attachment", status="inherit", post_id="99", attachment_url=address
    )
    thumb = (
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>"
        "<wp:meta_value>99</wp:meta_value></wp:postmeta>"
    )
    (item,) = read(tmp_path, a_post(extra=thumb), picture)
    assert item.images[0].url == address


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ("One.\n\nTwo <em>is</em>\nhere.", ["One.", "Two is\nhere."]),
        ('<!-- wp:paragraph -->\n<p>One.</p>\n<!-- /wp:paragraph -->', ["One."]),
        ('[caption id="a1"]<img src="/a.jpg"> A gauge[/caption]\n\nOne.', ["A gauge", "One."]),
        ('[gallery ids="1,2"]\n\nOne [sic].', ["One [sic]."]),
        ('[my-plugin size="big"]\n\nOne.', ["One."]),
    ],
)  # fmt: skip
def test_shortcodes_and_comments_of_blocks_are_cleaned(tmp_path, body, clean):
    (item,) = read(tmp_path, a_post(body=body))
    assert item.body_text.split("\n\n") == clean


def test_what_stands_before_more_is_the_teaser(tmp_path):
    (item,) = read(tmp_path, a_post(body="First words.\n<!--more-->\nAnd the rest."))
    assert item.summary == "First words."
    assert "rest" in item.body_text
    (told,) = read(tmp_path, a_post(excerpt="By hand.", body="x\n<!--more-->y"))
    assert told.summary == "By hand."


def test_of_a_file_that_breaks_off_what_was_whole_is_read(tmp_path):
    counts = WxrCounts()
    whole, cut = a_post("One"), a_post("Two")
    items = read(tmp_path, whole, cut[: len(cut) // 2], tail="", counts=counts)
    assert ([one.title for one in items], counts.cut) == (["One"], True)


def test_a_saved_export_is_known_by_import_too(tmp_path):
    path = tmp_path / "export.xml"
    path.write_text(HEAD + a_post() + a_post("Layoffs", status="draft") + TAIL)
    assert is_wxr(path.read_bytes())
    assert [bool(one.withheld) for one in read_file(path)] == [False, True]
    path.write_text(HEAD + TAIL)
    with pytest.raises(ArticleError, match="without any post"):
        read_file(path)


def test_no_entity_reads_a_file_or_grows(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("password")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    path = tmp_path / "export.xml"
    text = HEAD.replace("<rss", f"{doctype}<rss") + a_post().replace(
        "<![CDATA[<p>It never sleeps.</p>]]>", "before &x; after"
    )
    path.write_text(text + TAIL)
    for item in read_wxr(path, "export.xml"):
        assert "password" not in item.body_text
