"""The row of a session: from its stamp, or without one."""

from __future__ import annotations

from typing import Any

from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.session_row import row_from_stamp, row_without_job, row_without_stamp

PLANNED = PlannedSession("run", (ClipEntry("/a.mp4", "a.mp4"), ClipEntry("/b.mp4", "b.mp4")), slug="run")


def state(status: str = "ok", reason: str | None = None) -> dict[str, Any]:
    return {"status": status, "reason": reason, "view": None}


def test_a_session_of_copies_only_is_a_duplicate() -> None:
    copy = state("duplicate", "holds the same as c.mp4")
    assert row_without_job(PLANNED, [copy, copy]).status == "duplicate"
    mixed = row_without_job(PLANNED, [copy, state("failed", "no such file")])
    assert (mixed.status, mixed.reason) == ("failed", "holds the same as c.mp4; no such file")


def test_measurements_have_the_number_of_their_planned_clip() -> None:
    clip = {"status": "ok", "reason": None, "view": "side", "file": "/b.mp4"}
    stamp = {"status": "ok", "reason": None, "clips": [clip], "findings": [], "thumbnail": None}
    row = row_from_stamp(
        PLANNED, [state("failed", "broken"), state()], [1], {**stamp, "measurements": [{"clip": 0}]}, kept=True
    )
    assert row.measurements == ({"clip": 1},)
    assert [c["status"] for c in row.clips] == ["failed", "ok"]
    assert row.clips[1]["view"] == "side"


def test_a_lost_session_fails_its_usable_clips() -> None:
    row = row_without_stamp(PLANNED, [state("failed", "broken"), state()], [1], "the worker died", "out_of_memory")
    assert [c["reason"] for c in row.clips] == ["broken", "the worker died"]
    assert row.reason_code == "out_of_memory"
