"""Running commands as a person does, in this process and in a folder of their own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from digest.cli.root import run_command
from tests.publications import found, write_article


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """What it printed as JSON, and nothing else."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to stand in, with no settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in ("DIGEST_CONFIG", "DIGEST_SMTP_PASSWORD", "DIGEST_ADMIN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    yield tmp_path
    structlog.reset_defaults()


@pytest.fixture
def digest(home, capsys) -> Callable[..., Ended]:
    """A function that runs `digest` with these words."""

    def command(*words: object) -> Ended:
        capsys.readouterr()
        code = run_command([str(word) for word in words])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return command


MONDAY = "2026-03-09T07:30"
"""A slot of the weekly, in its own time zone."""


@pytest.fixture
def publication(digest, home) -> Callable[..., None]:
    """A function that makes a publication here, with articles of the week before MONDAY.

    `config` is for tests.publications.write_config.
    """

    def make(*readers: str, titles: tuple[str, ...] = ("The tide gauge",), **config: Any) -> None:
        found(home, **config)
        for title in titles:
            write_article(home / "articles", title)
        if titles:
            assert digest("import", "articles").code == 0
        for reader in readers:
            assert digest("subscribers", "add", reader).code == 0

    return make


def is_refused(ended: Ended, *words: str, code: int = 2) -> bool:
    """Whether it ended with one message that says these words, and with nothing else."""
    assert (ended.code, ended.out) == (code, ""), ended
    assert "Traceback" not in ended.err
    said = [line for line in ended.err.splitlines() if not line.startswith("Try: digest ")]
    assert len(said) == 1, ended.err
    for word in words:
        assert word in said[0]
    return True
