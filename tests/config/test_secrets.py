"""Secrets: looked up late, told apart when missing, never shown."""

import pytest

from digest.config.load import load_config
from digest.errors import ConfigError

CONFIG = """\
[publication]
name = "The Pier"
[mail]
from = "pier@pier.example"
[mail.smtp]
password = {password}
[web]
secret = {secret}
[[newsletter]]
slug = "weekly"
"""


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """A function from the TOML of two secrets to the settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PIER_PASSWORD", raising=False)

    def read(password: str = '""', secret: str = '{ file = "secret.key" }'):
        text = CONFIG.format(password=password, secret=secret)
        (tmp_path / "config.toml").write_text(text)
        return load_config((tmp_path / "config.toml").relative_to(tmp_path))

    return read


def test_a_secret_is_text_or_in_the_environment_or_in_a_file(settings, tmp_path, monkeypatch):
    assert settings('"hunter2"').mail.smtp.password.reveal() == "hunter2"
    monkeypatch.setenv("PIER_PASSWORD", "from outside")
    assert settings('{ env = "PIER_PASSWORD" }').mail.smtp.password.reveal() == "from outside"
    (tmp_path / "password").write_text("in a file\n")
    assert settings('{ file = "password" }').mail.smtp.password.reveal() == "in a file"


def test_a_secret_is_never_shown(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("PIER_PASSWORD", "hunter2")
    (tmp_path / "key").write_text("hunter2")
    for password in ('"hunter2"', '{ env = "PIER_PASSWORD" }', '{ file = "key" }'):
        shown = settings(password)
        secret = shown.mail.smtp.password
        dumped = f"{shown.model_dump()} {shown.model_dump_json()}"
        assert "hunter2" not in f"{shown} {shown!r} {secret} {secret!r} {dumped}"


def test_a_secret_that_nobody_asks_for_may_be_missing(settings):
    assert settings('{ env = "PIER_PASSWORD" }').mail.smtp.username == ""


def test_a_missing_secret_is_told_with_key_and_way_out(settings, tmp_path):
    password = settings('{ env = "PIER_PASSWORD" }').mail.smtp.password
    with pytest.raises(ConfigError) as error:
        password.reveal()
    assert str(error.value) == (
        "config.toml:6: mail.smtp.password: the environment variable PIER_PASSWORD is not set;"
        ' set it, or keep the secret in a file: password = { file = "path" }'
    )

    secret = settings().web.secret
    assert secret.missing == (
        f"config.toml:8: web.secret: there is no file {tmp_path}/secret.key;"
        " `digest init` makes one"
    )
    (tmp_path / "secret.key").write_text(" \n")
    assert secret.missing == (
        f"config.toml:8: web.secret: {tmp_path}/secret.key is empty; `digest init` makes one"
    )
    (tmp_path / "secret.key").write_bytes(b"\xff\xfe")
    assert secret.missing == (
        f"config.toml:8: web.secret: can't read {tmp_path}/secret.key: it is not text"
    )
    (tmp_path / "secret.key").write_text("long enough")
    assert secret.missing == ""


def test_a_folder_is_no_secret(settings, tmp_path):
    assert settings(secret='{ file = "." }').web.secret.missing == (
        f"config.toml:8: web.secret: can't read {tmp_path}: Is a directory"
    )
