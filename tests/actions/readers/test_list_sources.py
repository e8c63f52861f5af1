"""Lists in files, folders and zips, whole and broken."""

import zipfile
from pathlib import Path

import pytest

from digest.actions.readers import list_sources as module
from digest.actions.readers.list_sources import list_sources
from digest.errors import UsageError


def a_zip(folder: Path, **files: str) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name.replace("__", "/"), text)
    return path


def names(path, **options):
    with list_sources([path], **options) as found:
        return [(one.name, one.path.read_text()) for one in found.lists], found.passed_over


def test_lists_of_a_zip_are_found_and_what_is_none_is_named(tmp_path):
    path = a_zip(tmp_path, **{"a.csv": "email\n", "in__b.csv": "email\n", "photo.png": "x"})
    with list_sources([path]) as found:
        assert [one.stem for one in found.lists] == ["a", "b"]
        kept = [one.path for one in found.lists]
        assert found.passed_over == [f"{path}/photo.png: no list (.csv)"]
    assert not any(one.exists() for one in kept)


def test_lists_of_a_folder_are_found(tmp_path):
    for name in ("b.csv", "a.csv", "notes.md"):
        (tmp_path / name).write_text("email\n")
    found, passed = names(tmp_path)
    assert [Path(name).name for name, _ in found] == ["a.csv", "b.csv"]
    assert passed == [f"{tmp_path / 'notes.md'}: no list (.csv)"]


@pytest.mark.parametrize("cut", [1, 30, 60, 0.5])
def test_half_a_zip_is_named_and_nothing_is_taken(tmp_path, cut):
    path = a_zip(tmp_path, **{"a.csv": "email\n" + "ada@reader.example\n" * 500})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * cut) if cut < 1 else -cut])
    with pytest.raises(UsageError, match="damaged, or was not downloaded"):
        names(path)


def test_a_zip_with_a_wrong_byte_is_named(tmp_path):
    path = a_zip(tmp_path, **{"a.csv": "email\n" + "ada@reader.example\n" * 500})
    whole = bytearray(path.read_bytes())
    whole[60] ^= 0xFF
    path.write_bytes(whole)
    with pytest.raises(UsageError, match="damaged"):
        names(path)


def test_what_unpacks_to_more_than_there_is_room_for_is_refused(tmp_path):
    path = a_zip(tmp_path, **{"a.csv": "email\n" * 200, "b.csv": "email\n" * 200})
    with pytest.raises(UsageError, match=r"b\.csv: it unpacks to far more than a list"):
        names(path, most_bytes=2000)


def test_what_is_packed_too_well_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LARGE", 100_000)
    path = a_zip(tmp_path, **{"a.csv": "0" * 200_000})
    with pytest.raises(UsageError, match="far more"):
        names(path)


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "c:\\evil.csv"]
)
def test_a_path_that_climbs_out_is_passed_over_and_written_nowhere(tmp_path, name):
    folder = tmp_path / "inner"
    folder.mkdir()
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(name, "email\nada@reader.example\n")
        packed.writestr("good.csv", "email\n")
    found, passed = names(path)
    assert [text for _, text in found] == ["email\n"]
    assert len(passed) == 1
    assert "its path leads out of the zip" in passed[0]
    assert not list(tmp_path.glob("**/evil*"))


def test_a_zip_without_lists_is_named(tmp_path):
    with pytest.raises(UsageError, match="there is no list in it"):
        names(a_zip(tmp_path, **{"readme.md": "x", "__MACOSX__a.csv": "x"}))


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="can't be read"):
        names(tmp_path / "nowhere.zip")
