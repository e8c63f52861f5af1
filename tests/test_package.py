"""The product as it is installed: a wheel, in an environment and a folder far from the checkout."""

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.publications import write_article

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
OLDEST_PIP = {11: "22.3", 12: "23.2.1", 13: "24.2"}.get(sys.version_info[1], "25.2")
"""The pip that the first release of this Python brought."""
TITLES = ("tide gauge", "A crane is sold", "The dredger is back", "Mussels by post")
TEXT = "The harbour office said so on Friday, and nobody on the quay had heard of it before."
ARTICLES = {
    "crane.html": "<html><head><title>A crane is sold</title>"
    '<meta property="article:published_time" content="2026-03-06T09:00:00+01:00"></head>'
    f"<body><article><h1>A crane is sold</h1><p>{TEXT}</p><p>{TEXT}</p></article></body></html>",
    "dredger.md": f"---\ntitle: The dredger is back\ndate: 2026-03-05\n---\n\n{TEXT}\n",
    "feed.xml": '<rss version="2.0"><channel><title>Harbour</title><item>'
    "<title>Mussels by post</title><link>https://harbour.example/mussels</link>"
    f"<pubDate>Wed, 04 Mar 2026 10:00:00 +0100</pubDate><description>{TEXT}</description>"
    "</item></channel></rss>",
}
"""A web page, a Markdown file and a feed; beside them stands a page dump."""


def run(*command, cwd: Path) -> str:
    """What a command prints; nothing of this environment helps it, but the settings of pip."""
    env = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "HOME"}}
    env |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    ended = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def build(kind: str, source: Path, out: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", out, cwd=source)
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The `bin` of an environment into which the oldest pip put the wheel and all it asks for.

    The versions are those of the lock, so that no release of others makes a test fail.
    """
    place = tmp_path_factory.mktemp("environment")
    pins = re.findall(r"^[\w.-]+==[^\\\n]+", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert len(pins) > 50
    (place / "pins.txt").write_text("\n".join(pins))
    run(sys.executable, "-m", "venv", "--without-pip", place, cwd=place)
    python = place / "bin/python"
    ours = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*ours, "install", "--quiet", "--no-compile", f"pip=={OLDEST_PIP}", cwd=place)
    theirs = (python, "-m", "pip", "--disable-pip-version-check", "--verbose")
    said = run(*theirs, "install", "--no-compile", "-c", "pins.txt", wheel, cwd=place)
    assert said.startswith(f"Using pip {OLDEST_PIP} from {place}/lib")
    return python.parent


def test_the_oldest_pip_installs_all_that_the_main_job_needs(installed, tmp_path):
    def digest(*words):
        return run(installed / "digest", *words, cwd=tmp_path)

    where = run(
        *(installed / "python", "-c"),
        "import digest.errors as e; from digest.config.packaged import packaged as p;"
        "print(e.__file__, p('templates'), p('config.toml'))",
        cwd=tmp_path,
    )
    assert all(path.startswith(str(installed.parent)) for path in where.split())

    digest("init")
    assert (tmp_path / "config.toml").read_bytes() == (ROOT / "config.toml").read_bytes()
    write_article(tmp_path / "articles")
    for name, text in ARTICLES.items():
        (tmp_path / "articles" / name).write_text(text)
    assert json.loads(digest("import", "articles", "--json"))["imported"] == 4
    digest("subscribers", "add", "ada@reader.example")
    planned = digest("plan", "weekly", "--at", "2026-03-09T07:30")
    assert all(title in planned for title in TITLES)
    digest("preview", "weekly", "--at", "2026-03-09T07:30", "--out", "preview")
    assert all(title in (tmp_path / "preview/message.html").read_text() for title in TITLES)
    sent = json.loads(digest("send", "weekly", "--at", "2026-03-09T07:30", "--yes", "--json"))
    assert sent["sent"] == 1
    assert len(list((tmp_path / "outbox").iterdir())) == 1
    digest("check")


def test_the_wheel_holds_what_the_checkout_holds_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if ".dist-info/" not in name}
        metadata = next(n for n in opened.namelist() if n.endswith(".dist-info/METADATA"))
        text = opened.read(metadata).decode()
        assert any(name.endswith("/LICENSE") for name in opened.namelist())

    code = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "digest").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    templates = {
        f"digest/_templates/{path.relative_to(ROOT / 'templates')}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }
    assert names == code | templates | {"digest/_templates/config.toml"}
    assert "Name: digest\n" in text
    assert "/work" not in text


def test_a_wheel_made_from_the_source_archive_is_the_same(wheel, tmp_path):
    (tmp_path / "sdist").mkdir()
    archive = build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    (tmp_path / "wheel").mkdir()
    again = build("wheel", source, tmp_path / "wheel")

    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        assert {one.filename: one.CRC for one in first.infolist()} == {
            one.filename: one.CRC for one in second.infolist()
        }
