"""The pictures of articles, for readers of messages."""

import pytest

NAME = "3f2a91c07be24d685a10-wide.jpg"
PIXELS = b"\xff\xd8 not really a picture"


@pytest.fixture
def image(app):
    app.gallery.keep(NAME, PIXELS)
    return f"/images/{NAME}"


def test_a_picture_is_kept_by_whoever_asked_and_shown_on_any_page(client, image):
    answer = client.get(image)

    assert (answer.status_code, answer.content) == (200, PIXELS)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_somebody_has_is_not_sent_again(client, image):
    tag = client.get(image).headers["etag"]

    again = client.get(image, headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert client.get(image, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.head(image).headers["content-length"] == str(len(PIXELS))


@pytest.mark.parametrize(
    "path",
    [
        "/images/", "/images", "/images/none.jpg", "/images/../digest.db",
        "/images/..%2fdigest.db", "/images/%2e%2e%2fsecret.key", "/images/..%5csecret.key",
        f"/images/{NAME}%00", f"/images/{NAME}/..", f"/images/./{NAME}/x", "/images//etc/passwd",
        f"/images/{NAME}%0a", "/images/%2fetc%2fpasswd", "/images/.new-abc",
    ],
)  # fmt: skip
def test_nothing_else_is_reachable(client, app, image, path):
    (app.settings.images_path() / ".new-abc").write_text("half a picture")

    answer = client.get(path)

    assert answer.status_code == 404
    assert "half a picture" not in answer.text


def test_a_picture_is_only_looked_at(client, image):
    assert {client.request(verb, image).status_code for verb in ("POST", "PUT", "DELETE")} == {405}
    assert client.get(image).content == PIXELS


def test_the_folder_may_be_elsewhere(tmp_path):
    from tests.publications import found, open_app, write_config

    app = open_app(found(tmp_path))
    assert app.settings.images_path() == tmp_path / "images"

    config = write_config(tmp_path)
    config.write_text(config.read_text() + '[store]\nimages = "shared/pictures"\n')
    assert open_app(config).settings.images_path() == tmp_path / "shared/pictures"
