"""Only what gait wrote itself, and nobody has changed since, is replaced or removed."""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from gait.errors import InputError
from gait.owned_files import (
    FILES_LIST,
    adopt_files,
    check_may_write,
    is_own_file,
    is_own_folder,
    may_write,
    only_writer,
    owned_write,
    remove_own_file,
    remove_own_folder,
    written_files,
)
from tests.conftest import REPOSITORY


def write(path: Path, text: str = "result") -> Path:
    with owned_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def test_a_result_of_gait_is_replaced(tmp_path: Path) -> None:
    path = write(tmp_path / "report.html", "first")
    write(path, "second")
    assert path.read_text() == "second"
    assert {p.name for p in tmp_path.iterdir()} == {"report.html", FILES_LIST}


def test_a_file_of_somebody_else_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / "side.mp4").write_text("my clip")
    with pytest.raises(InputError, match=r"side\.mp4: was not written by gait and is not written over; move it away"):
        write(tmp_path / "side.mp4")
    assert not remove_own_file(tmp_path / "side.mp4")
    assert (tmp_path / "side.mp4").read_text() == "my clip"
    assert [p.name for p in tmp_path.iterdir()] == ["side.mp4"]


def test_a_result_that_was_edited_is_the_users(tmp_path: Path) -> None:
    path = write(tmp_path / "steps.csv")
    path.write_text("my notes")
    with pytest.raises(InputError, match="was changed after gait wrote it"):
        write(path)
    assert not remove_own_file(path)
    assert path.read_text() == "my notes"


def test_a_file_that_appears_during_the_work_stays(tmp_path: Path) -> None:
    target = tmp_path / "side.mp4"

    def work() -> None:
        with owned_write(target) as temporary:
            temporary.write_text("annotated")
            target.write_text("copied here meanwhile")

    with pytest.raises(InputError, match="is not written over"):
        work()
    assert target.read_text() == "copied here meanwhile"
    assert {p.name for p in tmp_path.iterdir()} == {"side.mp4", FILES_LIST}


def test_links_and_folders_are_never_replaced(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_text("my clip")
    (tmp_path / "side.mp4").symlink_to(clip)
    os.link(clip, tmp_path / "rear.mp4")
    (tmp_path / "front.mp4").mkdir()
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nothing")
    for name in ("side", "rear", "front", "gone"):
        with pytest.raises(InputError):
            write(tmp_path / f"{name}.mp4")
        assert not remove_own_file(tmp_path / f"{name}.mp4")
    own = write(tmp_path / "report.html")
    (tmp_path / "steps.csv").symlink_to(own)
    with pytest.raises(InputError, match="is a link"):
        write(tmp_path / "steps.csv")
    assert clip.read_text() == "my clip"
    assert (tmp_path / "gone.mp4").is_symlink()


def test_what_is_read_is_never_written_even_if_gait_made_it(tmp_path: Path) -> None:
    poses = write(tmp_path / "pose_1.nc")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert may_write(poses)
    assert not may_write(poses, sources=[tmp_path / "again" / "pose_1.nc"])
    with pytest.raises(InputError, match="is what gait reads"):
        check_may_write([poses], sources=[os.path.relpath(poses)])


def test_a_copy_of_a_folder_keeps_its_list(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    path = write(tmp_path / "a" / "report.html")
    for file in (path, path.with_name(FILES_LIST)):
        (tmp_path / "b" / file.name).write_bytes(file.read_bytes())
    write(tmp_path / "b" / "report.html", "again")
    assert is_own_file(tmp_path / "b" / "report.html")


@pytest.mark.parametrize("damage", [b"", b"\n{", b"\0\0\0", b"\xff\xfe"])
def test_torn_lines_of_the_list_spoil_no_other(tmp_path: Path, damage: bytes) -> None:
    first = write(tmp_path / "a.csv")
    with (tmp_path / FILES_LIST).open("ab") as file:
        file.write(damage)
    second = write(tmp_path / "b.csv")
    assert is_own_file(first)
    assert is_own_file(second)


def test_a_list_of_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILES_LIST).write_text('{"file": "a.csv", "sha256": "0"}')
    (tmp_path / "a.csv").write_text("x")
    with pytest.raises(InputError, match="is not the list that gait keeps"):
        write(tmp_path / "a.csv")
    assert (tmp_path / FILES_LIST).read_text() == '{"file": "a.csv", "sha256": "0"}'


def test_files_of_an_earlier_version_are_known_by_their_content(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(json.dumps({"schema": "gait.report/1"}))
    (tmp_path / "steps.csv").write_text("video,view,side,contact_s,off_s\n")
    (tmp_path / "report.html").write_text("<!doctype html>\nmine")
    (tmp_path / "side.mp4").write_text("annotated, or a clip")
    write(tmp_path / "pose_1.nc")
    assert set(written_files(tmp_path)) == {"report.json", "steps.csv", "pose_1.nc"}
    write(tmp_path / "report.json")
    write(tmp_path / "steps.csv")
    for name in ("report.html", "side.mp4"):
        with pytest.raises(InputError, match="was not written by gait"):
            write(tmp_path / name)


def test_a_table_of_steps_without_a_report_is_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "steps.csv").write_text("video,view,side,contact_s,off_s\n")
    with pytest.raises(InputError, match="was not written by gait"):
        write(tmp_path / "steps.csv")


@pytest.mark.parametrize(
    ("content", "own"),
    [
        ('{\n "schema": "gait.session/1", "key', True),
        ('{"schema": "gait.sess', True),
        ("\0\0", True),
        ("", True),
        ("[]", False),
        ("my own notes", False),
        ('{"schema": "other/1"}', False),
    ],
)
def test_a_damaged_stamp_is_replaced_while_its_beginning_is_gaits(tmp_path: Path, content: str, own: bool) -> None:
    path = write(tmp_path / "session.json")
    path.write_text(content)
    assert may_write(path) == own


def test_an_empty_file_of_somebody_else_is_no_damaged_stamp(tmp_path: Path) -> None:
    (tmp_path / "session.json").touch()
    assert not may_write(tmp_path / "session.json")


def test_a_folder_is_removed_as_far_as_gait_wrote_it(tmp_path: Path) -> None:
    folder = tmp_path / "anna"
    folder.mkdir()
    write(folder / "report.html")
    write(folder / "side.mp4")
    assert is_own_folder(folder)
    (folder / "side.mp4").write_text("my clip")
    (folder / "notes.txt").write_text("x")
    assert not is_own_folder(folder)
    assert remove_own_folder(folder) == ["notes.txt", "side.mp4"]
    assert {p.name for p in folder.iterdir()} == {"notes.txt", "side.mp4", FILES_LIST}
    (folder / "notes.txt").unlink()
    (folder / "side.mp4").unlink()
    assert remove_own_folder(folder) == []
    assert not folder.exists()


def test_no_name_in_a_list_leads_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_text("mine")
    folder = tmp_path / "out"
    folder.mkdir()
    write(folder / "report.html")
    adopt_files([tmp_path / "clip.mp4"])
    line = (tmp_path / FILES_LIST).read_text().replace("clip.mp4", "../clip.mp4")
    (folder / FILES_LIST).write_text((folder / FILES_LIST).read_text() + line)
    remove_own_folder(folder)
    assert (tmp_path / "clip.mp4").read_text() == "mine"


def test_two_writers_at_once_are_told_apart(tmp_path: Path) -> None:
    imports = "import sys; from pathlib import Path; from gait.owned_files import only_writer"
    program = f"{imports}\nwith only_writer(Path(sys.argv[1])): pass"
    with only_writer(tmp_path):
        other = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, cwd=REPOSITORY, check=False
        )
    assert "another gait is writing there; wait for it to end" in other.stderr
    with only_writer(tmp_path):
        pass


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "report.html", "old")
    whole_write = os.write

    def no_space(handle: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", no_space)
    with pytest.raises(OSError, match="No space left"):
        write(path, "new")
    monkeypatch.setattr(os, "write", whole_write)
    assert path.read_text() == "old"
    assert {p.name for p in tmp_path.iterdir()} == {"report.html", FILES_LIST}
    write(path, "new")


def test_a_list_that_was_cut_off_by_a_full_disk_is_repaired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "report.html", "old")
    whole_write = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: whole_write(handle, content[:20]))
    with pytest.raises(OSError, match="No space left"):
        write(path, "new")
    monkeypatch.setattr(os, "write", whole_write)
    assert path.read_text() == "old"
    write(path, "new")
    write(path, "newer")
    assert path.read_text() == "newer"


def test_a_limit_of_the_system_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    program = f"""
import resource, signal
from pathlib import Path
from gait.owned_files import owned_write
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
with owned_write({str(tmp_path / "big.csv")!r}) as temporary:
    temporary.write_bytes(bytes(5000))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert "File too large" in ended.stderr
    assert not list(tmp_path.iterdir())
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1000


def test_a_long_list_is_shortened_to_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gait.owned_files._LONG_LIST", 1000)
    for number in range(40):
        write(tmp_path / "index.html", str(number))
    assert (tmp_path / FILES_LIST).stat().st_size < 3000
    assert is_own_file(tmp_path / "index.html")


#: Modules that write or remove without asking who made a file, and why they may.
WITHOUT_ASKING = {
    "gait/atomic_files.py": "temporary files, by their name",
    "gait/owned_files.py": "the rule itself",
    "gait/pose/checkpoints.py": "chunks in a folder that gait made for itself",
    "gait/io/export_formats.py": "files in a temporary folder",
    "gait/batch/storage_folder.py": "objects of a store, by the same list",
    "gait/batch/batch_output.py": "an empty folder that the batch made",
    "gait/batch/job.py": "files in a temporary folder",
    "gait/batch/worker_pool.py": "temporary files of its workers",
    "gait/cli/output_folder.py": "empty folders that the command made",
    "gait/history/database.py": "a temporary copy of the database",
    "gait/app/adjust_store.py": "corrections and the first report, in a session folder of the app",
    "gait/app/athlete_export.py": "a temporary archive",
    "gait/app/batch_store.py": "a link to a film, in an upload folder of the app",
    "gait/app/label_routes.py": "drafts of labels, in a session folder of the app",
    "gait/app/data_folder.py": "uploads and reports of the app, in folders under random names of its own",
    "gait/app/own_certificate.py": "the certificate of the server, in the data folder of the app",
    "gait/app/job_process.py": "files in a temporary folder",
    "gait/app/upload_store.py": "an upload that is complete gets its name, in its own folder",
}


def test_no_other_module_writes_or_removes_without_asking() -> None:
    calls = (
        r"\.unlink",
        r"rmtree",
        r"\batomic_write",
        r"\.rmdir",
        r"os\.remove",
        r"os\.replace",
        r"mkstemp",
        r"mkdtemp",
    )
    pattern = re.compile("|".join(rf"{call}\(" for call in calls))
    found = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "gait").rglob("*.py")
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    assert found <= set(WITHOUT_ASKING), found - set(WITHOUT_ASKING)
