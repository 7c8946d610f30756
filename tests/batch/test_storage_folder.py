"""A folder to write to: the same on this machine and in a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.batch.storage_folder import StorageFolder


@pytest.fixture(params=["path", "file", "memory"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> StorageFolder:
    if request.param == "path":
        return StorageFolder(str(tmp_path / "out"))
    if request.param == "file":
        return StorageFolder((tmp_path / "out here").as_uri())
    pytest.importorskip("upath", reason="the extra [cluster] is not installed")
    return StorageFolder(f"memory://{tmp_path.name}")


def test_written_files_are_read_and_removed(folder: StorageFolder, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"2")
    assert folder.read("a/one.json") is None
    folder.write("a/one.json", b"1")
    folder.write("a/one.json", b"one")
    folder.put(tmp_path / "source", "Zoë + 1/two")
    assert folder.read("a/one.json") == b"one"
    assert folder.read_all(["a/one.json", "gone", "Zoë + 1/two"]) == {"a/one.json": b"one", "Zoë + 1/two": b"2"}
    for _ in range(2):  # also where it is gone already
        folder.remove("a/one.json")
    assert folder.read("a/one.json") is None


def test_only_a_folder_on_this_machine_has_a_path(folder: StorageFolder, tmp_path: Path) -> None:
    expected = {"o": tmp_path / "out", "e": tmp_path / "out here"}
    assert folder.folder in (*expected.values(), None)
    assert (folder.folder is None) == folder.root.startswith("memory")


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    folder = StorageFolder(str(tmp_path / "out"))
    with pytest.raises(FileNotFoundError):
        folder.put(tmp_path / "gone", "a")
    assert list((tmp_path / "out").iterdir()) == []
