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
    with pytest.raises(InputError, match="is not a file but a folder"):
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
    monkeypatch.setitem(sys.modules, "upath", None)
    with pytest.raises(InputError, match=r"s3://b/a: URLs need the extra \[cluster\]; pip install"):
        storage.storage_path("s3://b/a")


@pytest.mark.parametrize(
    "location",
    [
        *("reference://x.mp4", "zip://a.mp4", "github://me:repo@main/a.mp4", "ftp://h/a.mp4", "sftp://h/a.mp4"),
        *(
            "simplecache://a",
            "dir://a",
            "jar://a",
            "blockcache://a",
            "HDFS://a",
            "ssh://h/a",
            "smb://h/a",
            "nosuch://x",
        ),
        *("git://a", "tar://a", "libarchive://a", "dask://a", "jupyter://h", "data://x", "javascript://x", "local://a"),
        *("s3://b/a::reference://x", "s3://b/a\0.mp4", "http://[bad/a.mp4", "https://\x1b[31m"),
    ],
)
def test_only_the_documented_schemes_are_read(location: str) -> None:
    for read in (storage.file_signature, storage.read_file, storage.file_sha256, storage.storage_path):
        with pytest.raises(InputError) as caught:
            read(location)
        assert len(str(caught.value).splitlines()) == 1


def test_a_scheme_in_capitals_is_the_same_scheme() -> None:
    pytest.importorskip("upath", reason="the extra [cluster] is not installed")
    assert storage.is_url("MEMORY://x/a.mp4")
    assert storage.storage_path("MEMORY://x/a.mp4") == storage.storage_path("memory://x/a.mp4")


def test_a_file_url_may_name_this_machine_only(tmp_path: Path) -> None:
    make_clips(tmp_path, "a b.mp4")
    assert storage.local_path(f"FILE://localhost{tmp_path}/a%20b.mp4").exists()
    assert storage.local_path(f"file://{tmp_path}/M%FCller.mp4").name == "M\udcfcller.mp4"
    with pytest.raises(InputError, match="is on the machine 'server'"):
        storage.local_path("file://server/share/a.mp4")
    with pytest.raises(InputError, match="is not the name of a file"):
        storage.file_signature(f"file://{tmp_path}/a%00b.mp4")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_what_is_no_file_is_named_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    (tmp_path / "dangling.mp4").symlink_to("gone.mp4")
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "null.mp4").symlink_to("/dev/null")
    (tmp_path / "folder.mp4").mkdir()
    for name, reason in (
        ("loop.mp4", "a link that leads to itself"),
        ("dangling.mp4", "a link to a file that does not exist"),
        ("pipe.mp4", "not a file but a pipe"),
        ("null.mp4", "not a file but a device"),
        ("folder.mp4", "not a file but a folder"),
        ("x" * 300 + ".mp4", "name too long"),
        ("a\0b.mp4", "not the name of a file"),
    ):
        for read in (storage.file_signature, storage.read_file):
            with pytest.raises(InputError, match=f"(?i){reason}"):
                read(str(tmp_path / name))
    assert storage.find_videos(str(tmp_path)) == ["dangling.mp4", "loop.mp4", "null.mp4", "pipe.mp4"]


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_clips(tmp_path, "a.mp4", "Anna/b.mp4", "locked/c.mp4")
    scan = os.scandir

    def refusing(folder: str) -> object:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied", folder)
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    listing = storage.list_videos(str(tmp_path))
    assert listing.videos == ("Anna/b.mp4", "a.mp4")
    assert listing.unreadable == (("locked", "Permission denied"),)
    with pytest.raises(InputError, match="locked: cannot be read: Permission denied"):
        storage.list_videos(str(tmp_path / "locked"))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep names as Unicode")
def test_a_file_is_found_under_other_spellings_of_its_name(tmp_path: Path) -> None:
    make_clips(tmp_path, "Mu\u0308ller.mp4", "sub/b.mp4", "Zo\udceb.mp4")
    for written, found in (
        ("M\u00fcller.mp4", "Mu\u0308ller.mp4"),
        ("sub\\b.mp4", "sub/b.mp4"),
        ("Zo\u00eb.mp4", "Zo\udceb.mp4"),
        ("Zo\\xeb.mp4", "Zo\udceb.mp4"),
        ("gone.mp4", "gone.mp4"),
        ("a\0.mp4", "a\0.mp4"),
    ):
        assert storage.existing_spelling(str(tmp_path / written)) == str(tmp_path / found)
