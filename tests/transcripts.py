"""Documents whose examples are run: files to save, settings to change, and commands to type.

In a document that is run,

    "Save this as `PATH`" and a block after it      is a file
    a ```toml block                                 is put into config.toml; a [[table]] with a
                                                    slug that is there changes that one
    a ```console block                              holds commands, after "$ ", and their answers
    <!-- do: SOMETHING -->                          is what only a person can do; see Terminal.acts

In an answer a line "…" stands for any lines, and "…" at the end of a line for any rest of it.
"""

import contextlib
import io
import os
import re
import shlex
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from difflib import ndiff
from pathlib import Path

import time_machine

from digest.cli.root import run_command

ELSEWHERE = "/home/you"
"""Where the documents pretend to be."""
PORT = "127.0.0.1:8000"
TODAY = "2026-03-14"

_FENCE = re.compile(r"```(\w*)$")
_SAVE = re.compile(r"[Ss]ave (?:this|it) as\s+`([^`]+)`")
_DO = re.compile(r"<!-- do: (.+?) -->$")


@dataclass(frozen=True)
class Part:
    """Something to do: `kind` is save, set, type or act; `line` is where it stands."""

    line: int
    kind: str
    what: str
    text: str = ""


def parts(document: Path) -> Iterator[Part]:
    """What a document tells its reader to do, in order."""
    lines = document.read_text(encoding="utf-8").split("\n")
    number, paragraph = 0, ""
    while number < len(lines):
        line = lines[number]
        number += 1
        if act := _DO.match(line):
            yield Part(number, "act", act[1])
        fence = _FENCE.match(line)
        if not fence:
            begins = line and not lines[number - 2]
            paragraph = line if begins else f"{paragraph} {line}"
            continue
        end = lines.index("```", number)
        block, start = lines[number:end], number
        named = _SAVE.search(paragraph)
        number, paragraph = end + 1, ""
        if named:
            yield Part(start, "save", named[1], "\n".join(block) + "\n")
        elif fence[1] == "toml":
            yield Part(start, "set", "config.toml", "\n".join(block))
        elif fence[1] == "console":
            yield from _commands(block, start)


def _commands(block: Sequence[str], start: int) -> Iterator[Part]:
    places = [n for n, line in enumerate(block) if line.startswith("$ ")]
    for place, following in zip(places, [*places[1:], len(block)], strict=True):
        answer = "\n".join(block[place + 1 : following])
        yield Part(start + place + 1, "type", block[place][2:], answer)


@dataclass
class Terminal:
    """A person at a terminal, who does what a document says. `acts` are what `do:` may name."""

    home: Path
    setenv: Callable[[str, str], None]
    acts: dict[str, Callable[["Terminal"], None]] = field(default_factory=dict)
    server: str = ""
    """host:port of the mail server that stands in for the one in the document."""
    port: int = 0
    real: dict[str, str] = field(default_factory=dict)
    left_running: list[subprocess.Popen[str]] = field(default_factory=list)

    def follow(self, document: Path, *, update: bool = False) -> None:
        """Do everything that a document says, and compare what it says with what is.

        With `update` the answers in the document are written anew instead, but for those with "…".
        """
        lines = document.read_text(encoding="utf-8").split("\n")
        moved = 0
        for part in parts(document):
            where = f"{document.name}:{part.line}: {part.what}"
            if part.kind == "save":
                _save(part)
            elif part.kind == "set":
                self.set(part.text)
            elif part.kind == "act":
                self.acts[part.what](self)
            elif difference := differs(said := self.type(part.what), part.text):
                assert update, f"{where}\n{difference}"
                assert "…" not in part.text, f"{where}\n{difference}"
                told = len(part.text.split("\n")) if part.text else 0
                said_now = said.rstrip("\n").split("\n") if said else []
                lines[part.line + moved : part.line + moved + told] = said_now
                moved += len(said_now) - told
        if moved or update:
            document.write_text("\n".join(lines), encoding="utf-8")

    def save_files(self, document: Path) -> None:
        """Save the files of a document, and do nothing else in it."""
        for part in parts(document):
            if part.kind == "save":
                _save(part)

    def type(self, command: str) -> str:
        """Run one command; what it printed, as the documents would show it."""
        words = shlex.split(command)
        if words[0] == "cd":
            os.chdir(words[1])
            return ""
        if words[0] == "export":
            self.setenv(*words[1].split("=", 1))
            return ""
        if words[:2] in (["digest", "serve"], ["digest", "run"]):
            return self._shown(self._left_running(words))
        if words[0] == "digest" and not re.search(r"[|<>]", command):
            said = self._shown(self.digest(*words[1:]))
            if words[1] == "init":
                self._move_pages()
            return said
        done = subprocess.run(
            command, shell=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return self._shown(done.stdout)

    def digest(self, *words: str) -> str:
        """Run a command of ours in this process; both streams, as a terminal shows them."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            run_command(words)
        # On a terminal, progress is a bar that goes away.
        return re.sub(r"(?m)^(Reading|Sending): \d+ of \d+\n", "", printed.getvalue())

    def set(self, settings: str) -> None:
        """Put settings into config.toml, each where it stands; a [[table]] goes to the end."""
        config = Path("config.toml")
        config.write_text(changed(config.read_text("utf-8"), settings), encoding="utf-8")
        smtp = tomllib.loads(settings).get("mail", {}).get("smtp", {})
        if self.server and "host" in smtp:
            port, security = smtp.get("port", 587), smtp.get("security", "starttls")
            place = f"{smtp['host']}:{port} ({security})"
            self.real[f"{self.server} (none)"] = place
            host, port = self.server.split(":")
            stand_in = f'[mail.smtp]\nhost = "{host}"\nport = {port}\nsecurity = "none"'
            config.write_text(changed(config.read_text("utf-8"), stand_in), encoding="utf-8")

    def close(self) -> None:
        """End what was left running."""
        for process in self.left_running:
            process.terminate()
            process.communicate(timeout=60)

    def _left_running(self, words: list[str]) -> str:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.left_running.append(process)
        assert process.stdout
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                break
        return said

    def _move_pages(self) -> None:
        """Another program may have the port of the starter config."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        for config in {*self.home.glob("*/config.toml"), *self.home.glob("config.toml")}:
            text = config.read_text(encoding="utf-8")
            config.write_text(text.replace(PORT, f"127.0.0.1:{self.port}"), encoding="utf-8")

    def _shown(self, text: str) -> str:
        for real, pretended in {
            str(self.home): ELSEWHERE,
            f"127.0.0.1:{self.port}": PORT,
            f"{time_machine.escape_hatch.datetime.datetime.now(UTC):%Y-%m-%d}": TODAY,
            **self.real,
        }.items():
            text = text.replace(real, pretended)
        return text


def _save(part: Part) -> None:
    path = Path(part.what)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(part.text, encoding="utf-8")


def changed(config: str, settings: str) -> str:
    """The text of a config with these settings in it. Commented-out keys are switched on."""
    tables = re.split(r"(?m)^(?=\[)", settings)
    for table in filter(str.strip, tables):
        header, _, body = table.partition("\n")
        own_line = re.search(r'(?m)^slug = ".*"$', body)
        if header.startswith("[[") and not (own_line and f"\n{own_line[0]}\n" in config):
            config = f"{config.rstrip()}\n\n{table.strip()}\n"
            continue
        config = re.sub(rf"(?m)^# {re.escape(header)}$", lambda _: header, config)  # noqa: B023
        known = f"\n{own_line[0]}\n" if own_line else f"\n{header}\n"
        before, found, after = config.partition(known)
        assert found, f"there is no {header} in the config"
        own, rest = re.fullmatch(r"(.*?)(\n\[.*|\Z)", after, re.DOTALL).groups()  # type: ignore[union-attr]
        for line in filter(None, (line.partition(" #")[0].strip() for line in body.split("\n"))):
            if own_line and line == own_line[0]:
                continue
            key = line.partition(" = ")[0]
            own, times = re.subn(
                rf"(?m)^(?:# )?{key} = .*$", lambda _, line=line: line, own, count=1
            )
            own += "" if times else f"\n{line}\n"
        config = before + found + own + rest
    return config


def differs(said: str, told: str) -> str:
    """What a document tells wrongly; what differs every time doesn't count."""
    wanted, got = plain(told).split("\n"), plain(said).split("\n")
    return "" if _matches(wanted, got) else "\n".join(ndiff(wanted, got))


def _matches(wanted: list[str], got: list[str]) -> bool:
    if not wanted:
        return not got
    if wanted[0] == "…":
        return any(_matches(wanted[1:], got[n:]) for n in range(len(got) + 1))
    if not got:
        return False
    first, rest = wanted[0], wanted[1:]
    alike = got[0].startswith(first[:-1]) if first.endswith("…") else got[0] == first
    return alike and _matches(rest, got[1:])


_DIFFERS = (
    (r"/unsubscribe/[\w.…-]+", "/unsubscribe/TOKEN"),
    (r"\.[0-9a-f]{12}@", ".ID@"),
    (r"\b[\d,]+ bytes", "N bytes"),
    (r"\b\d\d:\d\d UTC", "TIME UTC"),
    (r"in (?:\d+ (?:days?|h|min) ?){1,2}\.", "in SOME TIME."),
    (r"\r\n", "\n"),
)


def plain(text: str) -> str:
    """Text without what differs from run to run."""
    for pattern, stand_in in _DIFFERS:
        text = re.sub(pattern, stand_in, text)
    lines: list[str] = []
    for line in text.strip("\n").split("\n"):
        if re.match(r" {4}\S", line) and lines and lines[-1].startswith("  - "):
            lines[-1] += line[3:]  # wrapped elsewhere, for real paths are longer or shorter
        else:
            lines.append(line)
    return "\n".join(lines)
