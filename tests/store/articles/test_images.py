"""What the store knows of the pictures of articles, and their files."""

import pytest

from digest.core.articles.picture import ImageState
from digest.errors import StoreError
from digest.store.articles import articles, images
from digest.store.articles.images import Gallery
from tests.builders import an_image
from tests.stock import keep_article

STEM = "3f2a91c07be24d685a10"


def test_an_article_has_its_picture_or_says_why_not(db):
    one, other, third = (keep_article(db, title) for title in ("One", "Other", "Third"))
    asked = ("https://harbour.example/a.jpg",)
    db.write(images.save_image_state, one.id, ImageState(asked, an_image()))
    db.write(images.save_image_state, other.id, ImageState(asked, None, "it is too small", 1))

    found = {one.title: one for one in db.read(articles.list_articles)}

    assert (found["One"].image, found["One"].image_fault) == (an_image(), "")
    assert (found["Other"].image, found["Other"].image_fault) == (None, "it is too small")
    assert (found["Third"].image, found["Third"].image_fault) == (None, "")
    assert third.image is None
    known = db.read(images.image_states, [one.id, other.id, third.id])
    assert known == {
        one.id: ImageState(asked, an_image()),
        other.id: ImageState(asked, None, "it is too small", 1),
    }


def test_what_is_found_later_takes_its_place(db):
    article = keep_article(db)
    db.write(images.save_image_state, article.id, ImageState(("a",), None, "it is too small", 2))
    db.write(images.save_image_state, article.id, ImageState(("b",), an_image(alt="")))

    (found,) = db.read(articles.list_articles)

    assert (found.image, found.image_fault) == (an_image(alt=""), "")


def test_a_file_is_there_whole_and_only_under_its_own_name(tmp_path):
    gallery = Gallery(tmp_path / "new" / "images")
    name = f"{STEM}-wide.jpg"
    gallery.keep(name, b"content")
    gallery.keep(name, b"content")

    assert gallery.open(name) == b"content"
    assert [path.name for path in (tmp_path / "new/images").iterdir()] == [name]


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "secret", "../secret", "..%2fsecret", "%2e%2e/secret", "/etc/passwd",
        f"{STEM}-wide.jpg\n", f"{STEM}-wide.jpg\0", f"{STEM}-wide.jpg/../../secret",
        f"../images/{STEM}-wide.jpg", f"{STEM}-large.jpg", f"{STEM.upper()}-wide.jpg",
        f"{STEM}0-wide.jpg", "٠" * 20 + "-wide.jpg",
    ],
)  # fmt: skip
def test_nothing_else_is_reachable_by_any_name(tmp_path, name):
    gallery = Gallery(tmp_path / "images")
    gallery.keep(f"{STEM}-wide.jpg", b"content")
    (tmp_path / "secret").write_text("x")
    (tmp_path / "images/secret").write_text("x")

    assert gallery.open(name) is None


def test_a_folder_that_takes_nothing_is_named(tmp_path):
    (tmp_path / "images").write_text("a file")
    with pytest.raises(StoreError, match="images: a picture can't be kept there"):
        Gallery(tmp_path / "images").keep(f"{STEM}-wide.jpg", b"content")
