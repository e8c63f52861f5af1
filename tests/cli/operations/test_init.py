"""From an empty folder to something that runs."""

import stat

import pytest

from digest.config.load import load_config
from digest.config.packaged import packaged


def test_init_makes_a_config_a_key_and_a_store(digest, home):
    ended = digest("init")

    assert (ended.code, ended.err) == (0, "")
    assert (home / "config.toml").read_bytes() == packaged("config.toml").read_bytes()
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert len(load_config(home / "config.toml").web.secret.reveal()) >= 32
    assert (home / "digest.db").stat().st_size
    assert digest("check").code == 0


def test_init_ends_with_what_to_type_next(digest):
    ended = digest("init", "my news")
    assert ended.out.splitlines()[-5:] == [
        "Next, type:",
        "  cd 'my news'",
        "  digest check                   what is set, and when the first edition is due",
        "  digest import FOLDER           take in your articles",
        "  digest preview weekly --open   see the email",
    ]


def test_every_installation_has_a_key_of_its_own(digest, home):
    digest("init", "a")
    digest("init", "b")
    assert (home / "a/secret.key").read_text() != (home / "b/secret.key").read_text()


def test_init_again_changes_nothing_and_says_so(digest, home):
    digest("init")
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    ended = digest("init")

    assert ended.code == 0
    assert "Nothing was missing." in ended.out
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


@pytest.mark.parametrize("name", ["config.toml", "secret.key", "digest.db"])
def test_init_again_completes_what_is_missing(name, digest, home):
    digest("init")
    kept = {path.name: path.read_bytes() for path in home.iterdir() if path.name != name}
    (home / name).unlink()
    ended = digest("init")

    assert f"Made {name}: " in ended.out
    assert (home / name).stat().st_size
    assert {n: (home / n).read_bytes() for n in kept} == kept


def test_a_key_left_empty_by_an_attempt_that_was_cut_short_is_made(digest, home):
    digest("init")
    (home / "secret.key").write_bytes(b"")
    assert "Made secret.key" in digest("init").out
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600


def test_init_follows_the_config_that_is_there(digest, home):
    digest("init")
    text = (home / "config.toml").read_text()
    text = text.replace('"secret.key"', '"keys/links"').replace("///digest.db", "///data/x.db")
    (home / "elsewhere.toml").write_text(text)
    ended = digest("--config", "elsewhere.toml", "init")

    assert (ended.code, ended.err) == (0, "")
    assert (home / "keys/links").exists()
    assert (home / "data/x.db").exists()
    assert "digest --config elsewhere.toml check" in ended.out


def test_init_makes_nothing_beside_an_invalid_config(digest, home):
    (home / "config.toml").write_text("[mail]\n")
    ended = digest("init")
    assert ended.code == 2
    assert "config.toml:1: mail.from: is required" in ended.err
    assert [path.name for path in home.iterdir()] == ["config.toml"]


def test_init_says_where_it_cannot_write(digest, home):
    (home / "file").touch()
    ended = digest("init", "file")
    assert (ended.code, ended.out, ended.err) == (1, "", "file is a file; name a folder\n")
    (home / "link").mkdir()
    (home / "link/config.toml").symlink_to(home / "nowhere")
    ended = digest("init", "link")
    assert ended.code == 1
    assert ended.err == "link/config.toml: can't be written: File exists\n"


def test_a_folder_and_a_file_are_one_too_many(digest):
    ended = digest("--config", "x.toml", "init", "folder")
    assert (ended.code, ended.err) == (2, "give a folder or --config FILE, not both\n")
