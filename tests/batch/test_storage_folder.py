"""A folder to write to: the same on this machine and in a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.batch.storage_folder import StorageFolder
from gait.errors import InputError


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
    assert [path.name for path in (tmp_path / "out").iterdir()] in ([], [".gait-files.jsonl"])


def test_what_somebody_else_wrote_is_refused_and_stays(folder: StorageFolder, tmp_path: Path) -> None:
    foreign = folder.folder or folder._path
    (foreign / "a").mkdir(parents=True, exist_ok=True)
    (foreign / "a" / "side.mp4").write_bytes(b"my clip")
    assert folder.foreign_files("a", ["side.mp4", "rear.mp4"]) == ["side.mp4"]
    with pytest.raises(InputError, match=r"side\.mp4: was not written by gait"):
        folder.write("a/side.mp4", b"annotated")
    (tmp_path / "drawn").write_bytes(b"annotated")
    with pytest.raises(InputError, match=r"side\.mp4: was not written by gait"):
        folder.put(tmp_path / "drawn", "a/side.mp4")
    assert not folder.remove("a/side.mp4")
    assert folder.read("a/side.mp4") == b"my clip"


def test_files_of_the_folder_itself_are_told_from_those_below(folder: StorageFolder) -> None:
    folder.write("a/index.html", b"page of a session")
    assert folder.foreign_files("", ["index.html"]) == []
    folder.write("index.html", b"first")
    assert folder.foreign_files("", ["index.html"]) == []
    folder.write("index.html", b"second")
    assert folder.read("index.html") == b"second"


def test_a_result_that_was_changed_is_the_users(folder: StorageFolder) -> None:
    folder.write("a/report.html", b"1")
    folder.write("a/report.html", b"2")
    ((folder.folder or folder._path) / "a" / "report.html").write_bytes(b"edited")
    with pytest.raises(InputError, match=r"report\.html: was"):
        folder.write("a/report.html", b"3")
    assert folder.read("a/report.html") == b"edited"


def test_results_of_earlier_versions_are_known_by_their_content(folder: StorageFolder) -> None:
    root = folder.folder or folder._path
    (root / "a").mkdir(parents=True, exist_ok=True)
    (root / "a" / "session.json").write_bytes(b'{"schema": "gait.session/1"')
    (root / "a" / "report.json").write_bytes(b'{"schema": "gait.report/1"}')
    (root / "a" / "notes.txt").write_bytes(b"mine")
    folder.write("a/session.json", b"{}")
    folder.write("a/report.json", b"{}")
    with pytest.raises(InputError):
        folder.write("a/notes.txt", b"x")


def test_a_folder_is_removed_as_far_as_gait_wrote_it(folder: StorageFolder) -> None:
    for name in ("a/report.html", "a/session.json", "b/session.json"):
        folder.write(name, b"1")
    ((folder.folder or folder._path) / "b" / "notes.txt").write_bytes(b"mine")
    assert folder.folders_with("session.json") == ["a", "b"]
    assert folder.remove_folder("a")
    assert not folder.remove_folder("b")
    assert folder.folders_with("session.json") == []
    assert folder.read("b/notes.txt") == b"mine"
