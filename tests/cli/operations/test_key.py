"""The key that signs links: kept, refused if it is another, and changed without killing links."""

import stat

import pytest

from digest.core.message.signed_token import sign
from tests.cli.conftest import is_refused
from tests.publications import SECRET, found, open_app

ADA = "ada@reader.example"


@pytest.fixture
def begun(digest, home):
    """A publication with a reader."""
    found(home)
    assert digest("init").code == 0
    assert digest("subscribers", "add", ADA).code == 0
    return home


def leave_by(home, token):
    """What an unsubscribe link of this token is about."""
    from digest.actions.readers.subscribe import subscription_of_link

    app = open_app(home / "config.toml")
    return subscription_of_link(app.db, token, app.secret)


def test_another_key_is_refused_with_the_way_out(digest, begun):
    (begun / "secret.key").write_text("another key, which is long enough for anybody\n")
    assert "another key than the one" in digest("check").out + digest("check").err
    for words in (("init",), ("send", "weekly", "--yes"), ("subscribers", "show", ADA)):
        ended = digest(*words)
        assert is_refused(ended, "another key than the one that signed", "Put the old key back")
    (begun / "secret.key").write_text(SECRET)
    assert digest("subscribers", "show", ADA).code == 0


@pytest.mark.parametrize("left", [None, ""])
def test_a_lost_key_is_not_replaced_without_a_word(digest, begun, left):
    (begun / "secret.key").unlink()
    if left is not None:
        (begun / "secret.key").write_text(left)
    ended = digest("init")
    assert is_refused(ended, "Put the old key back", "digest key rotate --lost", code=1)
    assert not (begun / "secret.key").exists() or not (begun / "secret.key").read_text()


def test_a_key_that_signed_nothing_yet_is_made_anew(digest, home):
    digest("init")
    (home / "secret.key").unlink()
    assert digest("init").code == 0
    assert digest("check").code == 0


def test_after_a_change_old_links_go_on_working_and_new_ones_are_of_the_new_key(digest, begun):
    old = sign("unsubscribe", 1, SECRET)

    ended = digest("key", "rotate")

    assert ended.code == 0, ended.err
    app = open_app(begun / "config.toml")
    fresh = sign("unsubscribe", 1, app.secret)
    assert fresh != old
    assert leave_by(begun, old) == leave_by(begun, fresh) is not None
    assert leave_by(begun, sign("unsubscribe", 1, "x" * 64)) is None
    assert stat.S_IMODE((begun / "secret.key").stat().st_mode) == 0o600
    assert len(digest("key", "show", "--json").answer) == 2


def test_the_file_from_before_a_change_is_refused(digest, begun):
    digest("key", "rotate")
    (begun / "secret.key").write_text(SECRET)
    assert is_refused(digest("key", "show"), "Put the old key back")


def test_who_was_forgotten_is_known_again_after_a_change(digest, begun):
    digest("subscribers", "remove", ADA, "--forget")
    digest("key", "rotate")
    (begun / "list.csv").write_text(f"email\n{ADA}\n")
    assert "1 left earlier" in digest("subscribers", "import", "list.csv").out
    assert "was forgotten" in digest("subscribers", "show", ADA).err


def test_a_key_that_is_lost_for_good_may_be_given_up(digest, begun):
    (begun / "secret.key").unlink()
    ended = digest("key", "rotate", "--lost", "--yes")
    assert ended.code == 0, ended.err
    assert leave_by(begun, sign("unsubscribe", 1, SECRET)) is None
    assert len(digest("key", "show", "--json").answer) == 1


def test_a_key_in_the_environment_is_for_a_person_to_change(digest, begun, monkeypatch):
    config = begun / "config.toml"
    text = config.read_text().replace('{ file = "secret.key" }', '{ env = "SIGNS" }')
    config.write_text(text)
    monkeypatch.setenv("SIGNS", SECRET)
    assert is_refused(digest("key", "rotate"), "on a line before the old one")
    monkeypatch.setenv("SIGNS", f"{'n' * 40}\n{SECRET}")
    assert leave_by(begun, sign("unsubscribe", 1, SECRET)) is not None


def test_a_phrase_with_spaces_is_one_key():
    from digest.core.message.signed_token import keys_of, verify

    phrase = "correct horse battery staple"
    assert keys_of(phrase) == [phrase]
    assert verify("unsubscribe", sign("unsubscribe", 1, "horse"), phrase) is None
