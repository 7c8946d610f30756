"""The quick look before the long work."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.batch.clip_check import check_clips, clips_that_failed, clips_to_film_again
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.session_row import SessionRow
from gait.errors import RefusedError
from gait.quality import video_check


def test_a_clip_that_cannot_be_checked_is_filmed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, **_: object) -> None:
        raise RefusedError(f"{path}: nobody is in the picture", code="nobody")

    monkeypatch.setattr(video_check, "check_video", refuse)
    path = tmp_path / "side.mp4"
    clip = ClipEntry(str(path), "Anna/side.mp4")
    found = check_clips([path], [clip], height_m=None, engine="litert", workers=1)
    session = PlannedSession("side", (ClipEntry("/broken", "broken"), clip), "Anna")
    (again,) = clips_to_film_again(session, [1], found)
    assert (again.file, again.reason, again.measurable) == ("Anna/side.mp4", "nobody is in the picture", False)


def test_clips_that_nobody_can_open_count_too() -> None:
    planned = PlannedSession("side", (ClipEntry("/a", "a"), ClipEntry("/b", "b")), "Anna")
    states = (
        {"status": "failed", "reason": "no such file", "view": None},
        {"status": "ok", "reason": None, "view": None},
    )
    (again,) = clips_that_failed([SessionRow(planned, "failed", "no such file", states)])
    assert (again.athlete, again.file, again.reason) == ("Anna", "a", "no such file")
