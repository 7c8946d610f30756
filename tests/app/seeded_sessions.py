"""Sessions in the app that no video made: reports with given measurements, days and belt speeds."""

from __future__ import annotations

import json
from typing import Any

from gait.app.app_store import AppStore, new_identifier
from gait.app.athlete_details import get_athlete_details
from gait.session_files import REPORT_PAGE, REPORT_RECORD
from tests.made_reports import measured, report


def add_session(
    store: AppStore, athlete: int, day: str, *measurements: dict[str, Any], speed: float = 2.8, **more: Any
) -> int:
    """A session of one side view with its report; `more` are fields of the report."""
    name = get_athlete_details(store, athlete)["name"]
    record = {**report(*measurements, name=name, speed=speed, file=f"{day}.mp4"), **more}
    folder = new_identifier()
    path = store.folder.session(folder)
    path.mkdir(parents=True)
    (path / REPORT_RECORD).write_text(json.dumps(record), encoding="utf-8")
    (path / REPORT_PAGE).write_text("<!doctype html><title>report</title>", encoding="utf-8")
    with store.history() as history:
        session = history.add(path, athlete=name, date=day).session
    with store.write() as connection:
        connection.execute(
            "INSERT INTO jobs (id, athlete, kind, state, options, created_at, folder, session) "
            "VALUES (?, ?, 'analysis', 'done', '{}', ?, ?, ?)",
            (new_identifier(), athlete, store.now_text(), folder, session),
        )
    return session


def three_sessions(store: AppStore, athlete: int) -> list[int]:
    """Cadence from 162 to 171 at one speed; the other metrics stay."""
    finding = {
        "key": "low_cadence",
        "metric": "cadence",
        "side": "both",
        "severity": "moderate",
        "headline": "You take few steps a minute.",
        "corrections": ["raise_cadence"],
    }
    text = "Film once more from behind, with tape on the pelvis: that decides hip drop."
    step = {"code": "film_rear_tape", "text": text, "decides": 1.0, "open_now": 2}
    days = (("2026-09-04", 162.0), ("2026-10-02T18:05", 166.0), ("2026-11-01", 171.0))
    return [
        add_session(
            store,
            athlete,
            day,
            measured("cadence", cadence, 1.0),
            measured("overstride", 0.24, 0.02, side="left"),
            measured("overstride", 0.25, 0.02, side="right"),
            measured("trunk_lean", 7.0 + 0.1 * n, 1.5),
            findings=[finding] if n < 2 else [],
            next_step=step if n == 2 else None,
        )
        for n, (day, cadence) in enumerate(days)
    ]
