"""Running commands as a person does, in this process and in a folder of their own."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from digest.cli.root import run


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to stand in, with no settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in ("DIGEST_CONFIG", "DIGEST_SMTP_PASSWORD", "DIGEST_ADMIN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def digest(home, capsys) -> Callable[..., Ended]:
    """A function that runs `digest` with these words."""

    def command(*words: object) -> Ended:
        capsys.readouterr()
        code = run([str(word) for word in words])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return command
