"""The product as it is installed: a wheel, in an environment and a folder far from the checkout."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.publications import write_article

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
DEPENDENCIES = sysconfig.get_path("purelib")


def run(*command, cwd: Path) -> str:
    """What a command prints; nothing of this environment helps it."""
    env = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "HOME"}}
    ended = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
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
    """The `bin` of an environment with the wheel, and with what it depends on beside it."""
    place = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", place, cwd=place)
    python = place / "bin/python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=place)
    (site,) = place.glob("lib/python*/site-packages")
    # A path in a .pth file is searched last, and the .pth files in it are not read: so the
    # checkout, which is installed there, stays out of sight.
    (site / "dependencies.pth").write_text(DEPENDENCIES)
    return python.parent


def test_everything_runs_from_the_wheel_alone(installed, tmp_path):
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
    assert json.loads(digest("import", "articles", "--json"))["imported"] == 1
    digest("subscribers", "add", "ada@reader.example")
    digest("preview", "weekly", "--at", "2026-03-09T07:30", "--out", "preview")
    assert "tide gauge" in (tmp_path / "preview/message.html").read_text()
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
