"""The row of a session: from its stamp, or without one."""

from __future__ import annotations

from dataclasses import replace
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
        PLANNED,
        [state("failed", "broken"), state()],
        [1],
        {**stamp, "measurements": [{"clip": 0, "value": 1.0}]},
        kept=True,
    )
    assert row.measurements == ({"clip": 1, "value": 1.0},)
    assert [c["status"] for c in row.clips] == ["failed", "ok"]
    assert row.clips[1]["view"] == "side"


def test_a_lost_session_fails_its_usable_clips() -> None:
    row = row_without_stamp(PLANNED, [state("failed", "broken"), state()], [1], "the worker died", "out_of_memory")
    assert [c["reason"] for c in row.clips] == ["broken", "the worker died"]
    assert row.reason_code == "out_of_memory"


def test_a_session_of_refusals_only_is_not_measured() -> None:
    # What version 0.1 wrote of a clip in slow motion: "ok", and a report without a value.
    clip = {"status": "ok", "reason": None, "view": "side", "file": "/a.mp4"}
    refused = {"clip": 0, "value": None, "reason": "96 steps/min is no running: slow motion"}
    stamp = {"status": "ok", "reason": None, "clips": [clip], "findings": [], "thumbnail": None}
    planned = PlannedSession("run", (ClipEntry("/a.mp4", "a.mp4"),), slug="run", date="2026-03-01")
    row = row_from_stamp(planned, [state()], [0], {**stamp, "measurements": [refused, refused]}, kept=True)
    assert row.status == "failed"
    assert row.reason == "nothing could be measured: 96 steps/min is no running: slow motion"
    assert row.clips[0]["status"] == "failed"
    assert not row.complete


def test_doubts_about_the_film_come_with_the_row() -> None:
    clip = {"status": "ok", "reason": None, "view": "side", "file": "/a.mp4"}
    notices = [{"code": "slow_motion_suspected", "message": "perhaps slow motion"}, {"code": "x", "message": "y"}]
    stamp = {"status": "ok", "reason": None, "clips": [clip], "findings": [], "thumbnail": None, "notices": notices}
    planned = PlannedSession("run", (ClipEntry("/a.mp4", "a.mp4"),), slug="run", date="2026-03-01")
    row = row_from_stamp(planned, [state()], [0], {**stamp, "measurements": [{"clip": 0, "value": 1.0}]}, kept=True)
    assert row.notices == ("perhaps slow motion",)
    assert (row.measured, row.complete) == (1, True)


def test_likely_findings_come_with_the_row_and_old_stamps_have_none() -> None:
    clip = {"status": "ok", "reason": None, "view": "side"}
    likely = {"key": "k", "metric": "overstride", "side": "both", "severity": "mild", "headline": "h"}
    stamp = {"status": "ok", "reason": None, "clips": [clip], "findings": [], "thumbnail": None}
    stamp["measurements"] = [{"clip": 0, "value": 1.0}]
    planned = replace(PLANNED, clips=PLANNED.clips[:1])
    assert row_from_stamp(planned, [state()], [0], stamp, kept=True).likely == ()
    assert row_from_stamp(planned, [state()], [0], {**stamp, "likely": [likely]}, kept=True).likely == (likely,)
