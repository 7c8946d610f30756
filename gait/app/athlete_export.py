"""Everything about one athlete in one ZIP file, and nothing about anybody else."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gait.app.app_store import AppStore
from gait.app.athlete_details import get_athlete_details
from gait.app.diary_store import latest_answers, list_audit, list_notes, list_pain
from gait.app.session_store import list_sessions, report_folder
from gait.app.upload_store import list_uploads
from gait.checked_json import parse_json
from gait.report.single_file_report import portable_record, report_videos
from gait.session_files import REPORT_PAGE, REPORT_RECORD, STEPS_TABLE
from gait.text_tables import rows_as_csv

_NOTE_COLUMNS = ("at", "changed_at", "author", "session", "text")
_PAIN_COLUMNS = ("day", "area", "level", "text")


def write_export(store: AppStore, athlete: int, *, films: bool = False) -> Path:
    """Pack reports with their videos, tables, notes, answers and the pain diary.

    Parameters
    ----------
    store : AppStore
    athlete : int
    films : bool
        Whether the films that were uploaded go with it.

    Returns
    -------
    Path
        A temporary file, which the caller removes.

    Raises
    ------
    InputError
        No such athlete (``not_found``).
    """
    details = get_athlete_details(store, athlete)
    notes, pain = list_notes(store, athlete), list_pain(store, athlete)
    record = {
        "athlete": details,
        "notes": notes,
        "answers": latest_answers(store, athlete),
        "pain": pain,
        "audit": list_audit(store, athlete=athlete),
        "live": [
            {**dict(row), "result": json.loads(row["result"])}
            for row in store.rows("SELECT at, target, seconds, result FROM live_sessions WHERE athlete = ?", athlete)
        ],
    }
    with tempfile.NamedTemporaryFile(prefix="gait-export-", suffix=".zip", delete=False) as packed:
        path = Path(packed.name)
    try:
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive,
            tempfile.TemporaryDirectory() as folder,
        ):
            archive.writestr("athlete.json", json.dumps(record, ensure_ascii=False, indent=1, default=list))
            archive.writestr("notes.csv", _table(_NOTE_COLUMNS, notes))
            archive.writestr("pain.csv", _table(_PAIN_COLUMNS, pain))
            with store.history() as history:
                for table in history.export(Path(folder) / "tables", details["name"], folders=False):
                    archive.write(table, f"tables/{table.name}")
            for session in list_sessions(store, athlete):
                if session["report"]:
                    _add_report(archive, report_folder(store, session["id"]), f"session_{session['id']}")
            for number, upload in enumerate(list_uploads(store, athlete) if films else (), start=1):
                clip = store.folder.clip(upload["id"], upload["file_name"])
                if clip.is_file():  # films are packed already
                    archive.write(clip, f"films/{number} {clip.name}", zipfile.ZIP_STORED)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _add_report(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    for file in (REPORT_PAGE, STEPS_TABLE):
        if (folder / file).is_file():
            archive.write(folder / file, f"{name}/{file}")
    if (folder / REPORT_RECORD).is_file():
        record = portable_record(parse_json((folder / REPORT_RECORD).read_bytes()))
        archive.writestr(f"{name}/{REPORT_RECORD}", json.dumps(record, ensure_ascii=False, indent=1))
    for video in report_videos(folder):
        archive.write(video, f"{name}/{video.name}", zipfile.ZIP_STORED)


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    return rows_as_csv(columns, [["" if row[c] is None else row[c] for c in columns] for row in rows]).encode(
        "utf-8-sig", errors="replace"
    )
