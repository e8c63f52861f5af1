"""Passwords and keys: looked up when they are needed, and never shown."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from digest.config.origin import Source
from digest.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret of the config: its text, or where it is kept. Printing it shows only the place.

    `key` is its name in the config ("web.secret"), `place` the file and line for messages.
    """

    key: str
    place: str
    text: str = field(default="", repr=False)
    env: str = ""
    file: Path | None = None

    def reveal(self) -> str:
        """The secret itself. Raises ConfigError naming the key, the place and the way out.

        Of a file, white space at both ends doesn't count; "" means that none is set.
        """
        if self.file is not None:
            return self._from_file(self.file)
        if self.env:
            return self._from_environment(self.env)
        return self.text

    @property
    def missing(self) -> str:
        """Why it can't be had, as `reveal` would say it; empty if it can."""
        try:
            self.reveal()
        except ConfigError as fault:
            return str(fault)
        return ""

    @property
    def inline(self) -> bool:
        """Whether it stands in the config file itself."""
        return bool(self.text)

    def __str__(self) -> str:
        if self.file is not None:
            return f"in the file {self.file}"
        return f"in ${self.env}" if self.env else "in the config" if self.text else "not set"

    def __repr__(self) -> str:
        return f"Secret({self.key}, {self})"

    def _from_environment(self, name: str) -> str:
        text = os.environ.get(name, "")
        if not text:
            short = self.key.rpartition(".")[2]
            raise ConfigError(
                f"{self.place}: {self.key}: the environment variable {name} is not set;"
                f' set it, or keep the secret in a file: {short} = {{ file = "path" }}'
            )
        return text

    def _from_file(self, path: Path) -> str:
        try:
            text = path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            way_out = self._way_out()
            raise ConfigError(
                f"{self.place}: {self.key}: there is no file {path}; {way_out}"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ConfigError(f"{self.place}: {self.key}: can't read {path}: {reason}") from None
        if not text:
            raise ConfigError(f"{self.place}: {self.key}: {path} is empty; {self._way_out()}")
        return text

    def _way_out(self) -> str:
        if self.key == "web.secret":
            return "`digest init` makes one"
        return "put the secret into it, or name another file"


def read_secret(key: str, value: object, source: Source) -> Secret:
    """Read what the config says about a secret. Raises ValueError, which never holds the value."""
    place = source.place(tuple(key.split(".")))
    match value:
        case str():
            return Secret(key, place, text=value)
        case {"env": str(name), **others} if name and not others:
            return Secret(key, place, env=name)
        case {"file": str(path), **others} if path.isprintable() and path and not others:
            return Secret(key, place, file=source.folder / Path(path).expanduser())
    raise ValueError('must be text in quotes, { env = "NAME" } or { file = "path" }')
