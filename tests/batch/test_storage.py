"""Locations: paths and URLs, joined, compared and read."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from gait.batch import storage
from gait.errors import InputError
from tests.batch.conftest import make_clips


@pytest.mark.parametrize(
    ("location", "url"),
    [("s3://b/a.mp4", True), ("file:///a.mp4", False), ("C:/a.mp4", False), ("a/b.mp4", False), ("s3/a.mp4", False)],
)
def test_only_what_upath_has_to_read_is_a_url(location: str, url: bool) -> None:
    assert storage.is_url(location) is url


@pytest.mark.parametrize(
    ("folder", "relative", "joined"),
    [
        ("s3://b/week/", "Anna/a b.mp4", "s3://b/week/Anna/a b.mp4"),
        ("/week", "Anna/a.mp4", "/week/Anna/a.mp4"),
        ("file:///my%20week", "a.mp4", "/my week/a.mp4"),
        ("/week", "/elsewhere/a.mp4", "/elsewhere/a.mp4"),
        ("/week", "s3://b/a.mp4", "s3://b/a.mp4"),
    ],
)
def test_locations_are_joined(folder: str, relative: str, joined: str) -> None:
    assert storage.join_location(folder, relative) == joined
    assert storage.base_name(joined) == relative.rpartition("/")[2]


def test_a_path_becomes_absolute_and_a_url_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert storage.absolute_location("out") == str(tmp_path / "out")
    assert storage.absolute_location("s3://b/out/") == "s3://b/out"


def test_the_signature_changes_with_size_and_time(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(b"1")
    first = storage.file_signature(str(file))
    assert storage.file_signature(file.as_uri()) == first
    os.utime(file, (1, 1))
    assert storage.file_signature(str(file)) == storage.FileSignature(1, "1000000000")
    with pytest.raises(InputError, match="is not a file"):
        storage.file_signature(str(tmp_path))
    with pytest.raises(InputError, match=r"b\.mp4: no such file"):
        storage.file_signature(str(tmp_path / "b.mp4"))


def test_files_are_read_and_hashed_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(b"x" * 3_000_000)
    assert storage.file_sha256(str(file)) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert storage.read_file(str(file)) == file.read_bytes()
    assert storage.fetch_file(str(file), tmp_path / "copies") == file
    with pytest.raises(InputError, match="no such file"):
        storage.read_file(str(tmp_path / "b.mp4"))


def test_hidden_files_and_reports_are_no_clips(tmp_path: Path) -> None:
    make_clips(
        tmp_path, "b.MOV", "Anna/a.mp4", ".hidden/c.mp4", ".d.mp4", "notes.txt", "out/side.mp4", "out/report.json"
    )
    assert storage.find_videos(str(tmp_path)) == ["Anna/a.mp4", "b.MOV"]


def test_a_store_in_memory_is_read_like_a_folder(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec", reason="the extra [cluster] is not installed")
    system = fsspec.filesystem("memory")
    for name in ("Anna/a b.mp4", ".hidden/c.mp4", "out/side.mp4", "out/report.json"):
        system.pipe_file(f"/storage-test/{name}", b"content")
    root = "memory://storage-test"
    assert storage.find_videos(root) == ["Anna/a b.mp4"]
    clip = storage.join_location(root, "Anna/a b.mp4")
    assert storage.file_signature(clip).size == 7
    assert storage.fetch_file(clip, tmp_path).read_bytes() == storage.read_file(clip) == b"content"
    with pytest.raises(InputError, match="no such file"):
        storage.file_sha256(f"{root}/gone.mp4")
    system.rm("/storage-test", recursive=True)


def test_a_url_without_its_packages_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"gait\[cluster\]"):
        storage.storage_path("nosuch://x/y")
    monkeypatch.setitem(sys.modules, "upath", None)
    with pytest.raises(InputError, match=r"s3://b/a: URLs need the extra \[cluster\]; pip install"):
        storage.storage_path("s3://b/a")
