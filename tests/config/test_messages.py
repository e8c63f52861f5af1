"""What a person reads who wrote something wrong: the exact words, in messages.txt.

A case there is where its lines are put into a good config ("in [mail]"; or "alone"), the lines,
and after > what is said about them.
"""

import re
from pathlib import Path

import pytest

from digest.config.load import load_config
from digest.errors import ConfigError

GOOD = """\
[publication]
name = "P"
[mail]
from = "W <w@h.example>"
[[newsletter]]
slug = "weekly"
"""

CASES = [
    (place, lines, re.sub("^> ", "", messages, flags=re.MULTILINE))
    for place, lines, messages in re.findall(
        r"^=== (.*)\n((?:(?!> ).*\n)*)((?:> .*\n)+)",
        Path(__file__).with_name("messages.txt").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
]


def put(lines: str, place: str) -> str:
    """The good config with these lines in it."""
    before = {
        "alone": "",
        "in [publication]": "[mail]\n",
        "in [mail]": "[[newsletter]]\n",
        "in [[newsletter]]": None,
    }[place]
    if before is None:
        return GOOD + lines
    return GOOD.replace(before, lines + before) if before else lines


def refusal(text: str | bytes, folder: Path) -> ConfigError:
    file = folder / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as error:
        load_config(Path("config.toml"))
    return error.value


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("place", "lines", "messages"), CASES)
def test_a_fault_is_told_with_line_key_and_way_out(place, lines, messages, tmp_path):
    assert f"{refusal(put(lines, place), tmp_path)}\n" == messages


def test_there_are_many_such_cases():
    assert len(CASES) > 80


def test_the_config_around_the_cases_is_good(tmp_path):
    (tmp_path / "config.toml").write_text(GOOD)
    assert load_config(Path("config.toml")).newsletter("weekly").title == "Weekly"


def test_every_fault_is_told_at_once_in_the_order_of_the_file(tmp_path):
    error = refusal(
        '[publication]\nnmae = "P"\n[mail]\nfrom = "x"\n[mail.smtp]\nport = "a"\n'
        'host = "far.example"\nsecurity = "none"\n'
        '[[newsletter]]\nslug = "a"\nlate = 6\ntopics = ["b"]\n[[newsletter]]\nslug = "a"\n',
        tmp_path,
    )
    assert [fault.split(": ")[:2] for fault in error.faults] == [
        ["config.toml:1", "publication.name"],
        ["config.toml:2", "publication.nmae"],
        ["config.toml:4", "mail.from"],
        ["config.toml:6", "mail.smtp.port"],
        ["config.toml:8", "mail.smtp.security"],
        ["config.toml:11", "newsletter[a].late"],
        ["config.toml:12", "newsletter[a].topics[1]"],
        ["config.toml:14", "newsletter[a].slug"],
    ]


@pytest.mark.parametrize(
    "lines",
    [
        'smtp.pasword = "hunter2"\n',
        'smtp.password = { env = "A", hunter2 = "hunter2" }\n',
        'password = "hunter2"\n',
        "smtp.password = [ 'hunter2' ]\n",
        "smtp.password = hunter2\n",
    ],
)
def test_a_secret_is_in_no_message(lines, tmp_path):
    error = refusal(put(lines, "in [mail]"), tmp_path)
    assert "hunter2" not in f"{error!r} {error.__cause__!r}"


def test_text_in_another_encoding_is_told_with_its_line(tmp_path):
    text = put('url = "https://ä.example"\n', "in [publication]").encode("latin-1")
    assert (
        str(refusal(text, tmp_path)) == "config.toml:3: is not UTF-8 text; save the file as UTF-8"
    )


def test_a_mark_of_windows_editors_and_their_line_ends_do_no_harm(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_config(file).publication.name == "P"

    file.write_bytes(GOOD.replace("\n", "\r\n").encode() + b"late = 1\r\n")
    with pytest.raises(ConfigError, match=r"config\.toml:7: newsletter\[weekly\]\.late"):
        load_config(file)
