"""Reports of clips that are gone: told, and removed where that was asked for."""

from __future__ import annotations

import shutil
from pathlib import Path

from gait.owned_files import FILES_LIST
from tests.quick_batch import run_batch


def test_reports_of_clips_that_are_gone_are_told_and_removed_on_request(tmp_path: Path) -> None:
    clip_folder, out = tmp_path / "clips", tmp_path / "out"
    clip_folder.mkdir()
    for name in "abc":
        (clip_folder / f"{name}.mp4").write_text(name, encoding="utf-8")
    run_batch(clip_folder, out)
    for name in "ab":
        (clip_folder / f"{name}.mp4").unlink()
    (out / "b" / "notes.txt").write_text("of the coach", encoding="utf-8")
    told = run_batch(clip_folder, out)
    assert [(report.slug, report.removed) for report in told.stale] == [("a", False), ("b", False)]
    assert (out / "a" / "report.html").is_file()
    pruned = run_batch(clip_folder, out, prune=True)
    assert [(report.slug, report.removed) for report in pruned.stale] == [("a", True), ("b", False)]
    assert {path.name for path in out.iterdir() if path.is_dir()} == {"b", "c"}
    assert {path.name for path in (out / "b").iterdir()} == {"notes.txt", FILES_LIST}
    assert run_batch(clip_folder, out).stale == ()


def test_reports_of_another_folder_are_not_stale(tmp_path: Path) -> None:
    for folder in ("w1", "w2"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{folder}.mp4").write_text(folder, encoding="utf-8")
        run_batch(tmp_path / folder, tmp_path / "out")
    shutil.rmtree(tmp_path / "w1")  # or a disk that is not connected
    assert run_batch(tmp_path / "w2", tmp_path / "out", prune=True).stale == ()
    assert (tmp_path / "out" / "w1" / "report.html").is_file()
