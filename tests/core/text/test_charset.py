"""Which encoding a list is in: all of it decides."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.core.text.charset import encoding


def found(content: bytes, size: int = 7) -> str:
    """What the content is taken for, read in small pieces."""
    return encoding(lambda: (content[n : n + size] for n in range(0, len(content), size)))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "utf-8-sig"),
        (b"plain", "utf-8-sig"),
        ("Jürgen Groß".encode(), "utf-8-sig"),
        ("Jürgen Groß".encode("utf-8-sig"), "utf-8-sig"),
        ("Jürgen".encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + "Jürgen".encode("utf-16-be"), "utf-16"),
        ("Jürgen Groß".encode("cp1252"), "cp1252"),
        (b"x" * 100_000 + b"\xfc", "cp1252"),
        ("Jürgen Groß 😀 ".encode() + b"\xfc", "utf-8-sig"),
        ("ends in the middle of an ü"[:-1].encode() + b"\xc3", "cp1252"),
    ],
)
def test_the_encoding_is_found(content, name):
    assert found(content) == name


@given(st.text())
def test_whatever_is_utf8_is_read_as_such(text):
    content = text.encode("utf-8", "surrogatepass") if text.isprintable() else text.encode()
    assert content.decode(found(content), "strict").removeprefix("\ufeff") == text.removeprefix(
        "\ufeff"
    )


@given(st.binary(max_size=60))
def test_some_encoding_is_found_for_any_bytes(content):
    assert found(content) in {"utf-8-sig", "utf-16", "cp1252"}
