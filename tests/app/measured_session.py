"""A session whose report, poses and film are real, in an app whose jobs are stand-ins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import gait
from gait.app.app_settings import AppSettings
from gait.app.app_store import AppStore
from gait.io.sessions import save_session
from tests.app.app_client import measure, wait_for
from tests.conftest import REPOSITORY
from tests.foreign_files import BLAZEPOSE
from tests.run_cache import folder_made_once

FILM = REPOSITORY / "sample_videos" / "treadmill_side.mp4"
#: The app's own name of the film.
FILM_NAME = "clip treadmill_side.mp4"


def add_measured_session(client: Any, data_folder: Path, *, athlete: int | None = None) -> int:
    """The number of the session."""
    if not FILM.is_file():
        pytest.skip("the sample clips are not there")
    job = wait_for(client, measure(client, FILM.read_bytes(), name=FILM.name, athlete=athlete)["id"], seconds=90)
    assert job["state"] == "done", job
    (folder,) = [
        p for p in (data_folder / "sessions").iterdir() if (p / "begun_at").exists() and not (p / "pose_1.nc").exists()
    ]
    for name in ("report.json", "pose_1.nc", "steps.csv"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).write_bytes((measured_folder() / name).read_bytes())
    # As the queue does at the end of a job.
    store = AppStore(AppSettings(data_folder=data_folder))
    name = store.row("SELECT name FROM athletes WHERE id = ?", job["athlete"])["name"]
    with store.history() as history:
        number = history.add(folder, athlete=name).session
    with store.write() as connection:
        connection.execute("UPDATE jobs SET session = ? WHERE folder = ?", (number, folder.name))
    store.close()
    return number


def measured_folder() -> Path:
    """A folder with the report and poses of the sample clip."""

    def fill(folder: Path) -> None:
        pose = gait.load_poses(BLAZEPOSE)
        pose.attrs["source_file"] = FILM_NAME
        save_session(
            gait.assess(gait.analyze_pose(pose, runner=gait.Runner(height_m=1.7)), runner=gait.Runner(height_m=1.7)),
            folder,
        )

    return folder_made_once("measured_session", fill)


def session_folder(data_folder: Path) -> Path:
    """The folder of the only session with poses."""
    (folder,) = [p for p in (data_folder / "sessions").iterdir() if (p / "pose_1.nc").exists()]
    return folder
