"""Keys that sign: which are taken, which are refused and in which words, and their DNS records."""

import base64
import stat
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from digest.config.secrets import Secret
from digest.errors import ConfigError, UsageError
from digest.mail import keys

GOOD = keys.generate("harbour.example", "s1", "rsa", 1024)


def loaded(secret):
    return keys.load_key("harbour.example", "s1", secret)


def inline(text: str) -> Secret:
    return Secret("mail.dkim.key", "config.toml:9", text=text)


def in_file(path) -> Secret:
    return Secret("mail.dkim.key", "config.toml:9", file=path)


def pem(private, encryption=None) -> str:
    made = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())
    return str(made, "ascii")


def refused(secret, *words: str) -> None:
    with pytest.raises(ConfigError) as fault:
        loaded(secret)
    said = str(fault.value)
    assert said.startswith("config.toml:9: mail.dkim.key: ")
    for word in words:
        assert word in said
    assert "\n" not in said
    assert "PRIVATE" not in said


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_key_that_was_written_is_the_one_that_is_read(tmp_path, kind):
    made = keys.generate("harbour.example", "s1", kind)
    keys.write_key(made, tmp_path / "keys" / "dkim.pem")
    read = loaded(in_file(tmp_path / "keys" / "dkim.pem"))
    assert read.record == made.record
    assert read.sign(b"x") == made.sign(b"x")
    assert (read.bits, read.weak) == ((2048, False) if kind == "rsa" else (256, False))


def test_only_its_owner_can_read_a_new_key(tmp_path):
    keys.write_key(GOOD, tmp_path / "dkim.pem")
    assert stat.S_IMODE((tmp_path / "dkim.pem").stat().st_mode) == 0o600


def test_a_key_is_never_overwritten(tmp_path):
    (tmp_path / "dkim.pem").write_text("something")
    with pytest.raises(UsageError, match="is there already, and mail on its way"):
        keys.write_key(GOOD, tmp_path / "dkim.pem")
    assert (tmp_path / "dkim.pem").read_text() == "something"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620, 0o602])
def test_a_key_that_anybody_may_read_or_change_is_refused(tmp_path, mode):
    keys.write_key(GOOD, tmp_path / "dkim.pem")
    (tmp_path / "dkim.pem").chmod(mode)
    refused(in_file(tmp_path / "dkim.pem"), "every user", f"chmod 600 {tmp_path}/dkim.pem")


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640])
def test_a_key_that_its_group_may_read_is_taken(tmp_path, mode):
    keys.write_key(GOOD, tmp_path / "dkim.pem")
    (tmp_path / "dkim.pem").chmod(mode)
    assert loaded(in_file(tmp_path / "dkim.pem")).record == GOOD.record


def test_an_rsa_key_that_is_too_short_is_refused():
    made = subprocess.run(["openssl", "genrsa", "768"], capture_output=True, check=True)
    refused(inline(made.stdout.decode()), "too short", "2048")


def test_a_short_key_that_is_still_taken_is_called_weak():
    assert loaded(inline(pem(GOOD.private))).weak


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "that is no key"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "that is no key"),
        (
            GOOD.private.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode(),
            "that is a public key; the private one is needed",
        ),
        (pem(GOOD.private, BestAvailableEncryption(b"x")), "has a password"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "RSA or Ed25519"),
    ],
    ids=["text", "damaged", "public", "password", "elliptic"],
)
def test_what_is_no_key_to_sign_with_is_refused_in_plain_words(text, words):
    refused(inline(text), words)


def test_a_missing_file_is_told(tmp_path):
    refused(in_file(tmp_path / "dkim.pem"), "there is no file")


def test_a_record_holds_the_public_key_in_strings_that_the_dns_takes():
    record = keys.generate("harbour.example", "s1", "rsa", 2048).record
    assert record.name == "s1._domainkey.harbour.example"
    assert record.value.startswith("v=DKIM1; k=rsa; p=")
    assert len(record.value) > 255
    assert max(map(len, record.strings)) == 255
    assert "".join(record.strings) == record.value
    assert record.zone_line == (
        f'{record.name}. IN TXT ( "{record.strings[0]}" "{record.strings[1]}" )'
    )


def test_a_record_of_ed25519_has_the_bare_key():
    value = keys.generate("harbour.example", "s2", "ed25519").record.value
    assert value.startswith("v=DKIM1; k=ed25519; p=")
    assert len(base64.b64decode(value.rpartition("=")[0].partition("p=")[2] + "=")) == 32


def test_a_key_never_shows_itself():
    assert "PRIVATE" not in repr(GOOD)
    assert "private" not in repr(GOOD)
