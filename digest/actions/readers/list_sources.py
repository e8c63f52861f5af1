"""The lists in files, folders and zips: each as a file that can be read."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zlib import error as ZlibError  # noqa: N812 (it is an exception)

from digest.errors import UsageError

LIST_ENDINGS = (".csv", ".txt", ".tsv")
MOST_BYTES = 1 << 30
"""Unpacked, of all lists in a zip together: ten million readers."""
MOST_LISTS = 1000
MOST_TIMES = 200
"""So many times a list may be larger than packed, once it is large; text is some 10 times."""
LARGE = 50 << 20
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ListSource:
    """A list: where it is to be read, and how it is called for people."""

    path: Path
    name: str

    @property
    def stem(self) -> str:
        """Its name without folders and ending."""
        return PurePosixPath(self.name.replace("\\", "/")).stem


@dataclass(frozen=True, slots=True)
class ListSources:
    """The lists that were found, and what else was there and why it isn't one."""

    lists: list[ListSource]
    passed_over: list[str]


@contextmanager
def list_sources(paths: Sequence[Path], most_bytes: int = MOST_BYTES) -> Iterator[ListSources]:
    """All lists of these files, folders and zips; what was unpacked goes away afterwards.

    Raises UsageError for what can't be read. Nothing is written under a name of a zip's choice.
    """
    found = ListSources([], [])
    with TemporaryDirectory(prefix="digest-") as folder:
        for path in paths:
            if path.is_dir():
                inside = sorted(one for one in path.iterdir() if one.is_file())
                for one in inside:
                    _add(found, one, Path(folder), most_bytes, by_itself=False)
            else:
                _add(found, path, Path(folder), most_bytes, by_itself=True)
        if not found.lists:
            names = ", ".join(map(str, paths))
            raise UsageError(f"{names}: there is no list in it (a file that ends in .csv)")
        yield found


def _add(into: ListSources, path: Path, folder: Path, most: int, *, by_itself: bool) -> None:
    ending = path.suffix.lower()
    if ending == ".zip":
        _unpack(into, path, folder, most)
    elif by_itself or ending in LIST_ENDINGS:
        into.lists.append(ListSource(path, str(path)))
    else:
        into.passed_over.append(f"{path}: no list (.csv)")


def _unpack(into: ListSources, path: Path, folder: Path, most: int) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            entries = [one for one in packed.infolist() if not one.is_dir()]
            if len(entries) > MOST_LISTS:
                raise UsageError(f"{path}: {len(entries)} files in it; that is no export of lists")
            room = most
            for entry in entries:
                room = _unpack_one(into, path, packed, entry, folder, room)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, ZlibError, EOFError):
        raise UsageError(
            f"{path}: this zip is damaged, or was not downloaded to its end; nothing was taken in"
        ) from None
    except (RuntimeError, NotImplementedError):
        raise UsageError(
            f"{path}: this zip has a password, or is packed in a way that we can't read; unpack it,"
            " and give the folder"
        ) from None


def _unpack_one(
    into: ListSources,
    path: Path,
    packed: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    folder: Path,
    room: int,
) -> int:
    """Write an entry under a name of ours; gives how many bytes may still come."""
    name = f"{path}/{entry.filename}"
    inside = PurePosixPath(entry.filename.replace("\\", "/"))
    if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0]:
        into.passed_over.append(f"{name}: its path leads out of the zip")
    elif inside.parts[0] == "__MACOSX" or inside.name.startswith("."):
        pass
    elif inside.suffix.lower() not in LIST_ENDINGS:
        into.passed_over.append(f"{name}: no list (.csv)")
    else:
        large = entry.file_size > LARGE
        if large and entry.file_size > MOST_TIMES * max(entry.compress_size, 1):
            raise UsageError(_too_large(name))
        target = folder / f"{len(into.lists)}.csv"
        with packed.open(entry) as source, target.open("wb") as out:
            # By what comes, not by what the zip says of itself.
            while chunk := source.read(_CHUNK):
                room -= len(chunk)
                if room < 0:
                    raise UsageError(_too_large(name))
                out.write(chunk)
        into.lists.append(ListSource(target, name))
    return room


def _too_large(name: str) -> str:
    return f"{name}: it unpacks to far more than a list of readers has; nothing was taken in"
