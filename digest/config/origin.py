"""The file that a config came from, for messages and for paths beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from digest.config.toml_lines import Loc


@dataclass(frozen=True, slots=True)
class Source:
    """A config file as the user named it, and the line of each of its keys."""

    path: Path = Path("config.toml")
    lines: Mapping[Loc, int] = field(default_factory=dict, repr=False)

    @property
    def folder(self) -> Path:
        """What relative paths in the file are relative to."""
        return self.path.absolute().parent

    def line(self, loc: Loc) -> int:
        """The line of a key, else of the table that it would stand in; 0 where there is none."""
        while loc:
            if loc in self.lines:
                return self.lines[loc]
            loc = loc[:-1]
        return 0

    def place(self, loc: Loc) -> str:
        """`config.toml:14`, or only the file's name."""
        line = self.line(loc)
        return f"{self.path}:{line}" if line else str(self.path)
