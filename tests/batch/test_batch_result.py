"""The result of a batch counts its sessions and holds their table."""

from __future__ import annotations

from gait.batch.batch_result import BatchResult
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.session_row import SessionRow


def test_sessions_are_counted_by_status_and_tabled() -> None:
    planned = PlannedSession("run", (ClipEntry("/a.mp4", "a.mp4"),), slug="run")
    state = {"status": "failed", "reason": "broken", "view": None}
    result = BatchResult("/out", (SessionRow(planned, "failed", "broken", (state,)),), False)
    assert (result.count("failed"), result.count("ok")) == (1, 0)
    assert list(result.table["reason"]) == ["broken"]
