"""A folder of files that we wrote: only what changed is written, and only ours is taken away."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile

from digest.errors import UsageError

LIST = ".digest-site.json"
"""The file with the names of all that we wrote."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a folder."""

    files: int
    written: int
    removed: int


class Folder:
    """A folder that is brought up to date: `put` every file, then `finish`.

    Raises UsageError where something of somebody else is in the way, or can't be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ours, self._broken_off = self._listed()
        self._begun = False
        self._put: set[str] = set()
        self._written = 0

    def put(self, name: str, content: bytes) -> None:
        """See that this file says this; `name` is relative, with slashes."""
        assert _is_inside(name)
        path = self._path / name
        self._put.add(name)
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
            elif path.read_bytes() == content:
                return
            elif name not in self._ours and not self._broken_off:
                raise UsageError(
                    f"{path}: is in the way, and not from here; choose an empty folder, or move it"
                )
            self._begin()
            _replace(path, content)
        except OSError as error:
            raise UsageError(f"{path}: can't be written: {error.strerror}") from None
        self._written += 1

    def finish(self) -> Written:
        """Take away what we wrote once and nobody put now."""
        stale = sorted(self._ours - self._put)
        try:
            for name in stale:
                self._begin()
                (self._path / name).unlink(missing_ok=True)
                for parent in PurePosixPath(name).parents[:-1]:
                    with suppress(OSError):  # others are in it
                        (self._path / parent).rmdir()
            self._ours = set(self._put)
            self._list()
        except OSError as error:
            raise UsageError(f"{self._path}: can't be written: {error.strerror}") from None
        return Written(len(self._put), self._written, len(stale))

    def _begin(self) -> None:
        """Note before the first change that a run is under way: what a killed one left is ours."""
        if not self._begun:
            self._begun = True
            self._list(done=False)

    def _listed(self) -> tuple[set[str], bool]:
        path = self._path / LIST
        try:
            known = json.loads(path.read_text("utf-8"))
            names = {str(name) for name in known["files"]}
            broken_off = not known["done"]
        except FileNotFoundError:
            return set(), False
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise UsageError(f"{path}: can't be read: {error}") from None
        return {name for name in names if _is_inside(name)}, broken_off

    def _list(self, *, done: bool = True) -> None:
        known = {"done": done, "files": sorted(self._ours)}
        content = json.dumps(known, ensure_ascii=False, indent=0).encode()
        path = self._path / LIST
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, content)


def _is_inside(name: str) -> bool:
    return not name.startswith("/") and ".." not in PurePosixPath(name).parts


def _replace(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(content)
            file.flush()
            written.chmod(0o644)
            written.replace(path)
        finally:
            written.unlink(missing_ok=True)
