"""Nothing in a folder of clips is passed over in silence."""

from __future__ import annotations

from pathlib import Path

from gait.batch.batch_source import plan_sessions
from gait.batch.skipped_files import find_skipped_files
from tests.batch.conftest import make_clips


def test_every_other_file_has_its_reason(tmp_path: Path) -> None:
    names = (
        "Anna/side.mp4",
        "Anna/IMG_1.HEIC",
        "Anna/._side.mp4",
        "Tom/run.mp4.part",
        "notes",
        "Tom/a.insv",
        "roster.csv",
    )
    clips = make_clips(tmp_path / "clips", *names, ".trash/x.mp4", "out/report.html")
    found = find_skipped_files(str(clips), str(clips / "out"), plan_sessions(str(clips)))
    assert [(one.name, one.reason) for one in found] == [
        (".trash", "hidden folder"),
        ("Anna/._side.mp4", "a helper file of macOS"),
        ("Anna/IMG_1.HEIC", "a photo, not a video"),
        ("Tom/a.insv", "not a video that gait reads (.insv)"),
        ("Tom/run.mp4.part", "not whole yet: still being copied or downloaded"),
        ("notes", "has no suffix, such as .mp4"),
    ]
    assert find_skipped_files("s3://bucket/week", str(tmp_path), []) == []
