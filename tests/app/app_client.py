"""A browser that is signed in to an app of its own, with stand-ins for the work of jobs."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from gait.app.app_settings import AppSettings
from gait.app.invitation_link import invitation
from gait.app.web_app import create_app
from tests.app.stub_tasks import stub_task

HOST = "http://127.0.0.1:8765"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = TUS | {"Content-Type": "application/offset+octet-stream"}


@contextmanager
def signed_in_client(folder: Path, **settings: Any) -> Iterator[TestClient]:
    """A client with cookie and token; ``client.app.state.store`` is the store."""
    app = create_app(AppSettings(data_folder=folder / "data", task_function=stub_task, **settings))
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as client:
        sign_in(client)
        yield client


def sign_in(client: Any, url: str | None = None) -> None:
    """Come in with an invitation, and take the token that changes need."""
    url = url or invitation(client.app.state.store, 8765, "local").url
    assert client.get(url, follow_redirects=False).status_code == 303
    client.headers["X-CSRF-Token"] = client.get("/api/v1/me").json()["csrf_token"]


def add_athlete(client: Any, name: str = "Anna") -> int:
    """The athlete's number."""
    number: int = client.post("/api/v1/athletes", json={"name": name}).json()["id"]
    return number


def announce(client: Any, size: int, *, name: str = "run.mp4", athlete: int | None = None) -> str:
    """The address of a new upload."""
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    if athlete is not None:
        metadata += f",athlete {base64.b64encode(str(athlete).encode()).decode()}"
    answer = client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata})
    assert answer.status_code == 201, answer.text
    location: str = answer.headers["location"]
    return location


def upload(client: Any, content: bytes, *, name: str = "run.mp4", athlete: int | None = None) -> str:
    """The identifier of a whole upload."""
    location = announce(client, len(content), name=name, athlete=athlete)
    answer = client.patch(location, content=content, headers={**PIECE, "Upload-Offset": "0"})
    assert answer.status_code == 204, answer.text
    return location.rsplit("/", 1)[-1]


def measure(client: Any, content: bytes, *, athlete: int | None = None, name: str = "run.mp4") -> dict[str, Any]:
    """Upload a clip, queue its analysis, and return the job."""
    athlete = add_athlete(client) if athlete is None else athlete
    body = {"athlete": athlete, "uploads": [upload(client, content, athlete=athlete, name=name)]}
    answer = client.post("/api/v1/jobs", json=body)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


def wait_for(client: Any, job: str, *states: str, seconds: float = 90.0) -> dict[str, Any]:
    """The job as soon as it has one of the states; by default a final one."""
    states = states or ("done", "failed", "cancelled")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        record: dict[str, Any] = client.get(f"/api/v1/jobs/{job}").json()
        if record["state"] in states:
            return record
        time.sleep(0.05)
    raise AssertionError(f"still {record['state']} ({record['stage']}) after {seconds} s")


def wait_for_steps(client: Any, job: str, steps: int, seconds: float = 20.0) -> None:
    """Wait until a job of `stub_task` has done some steps."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (client.get(f"/api/v1/jobs/{job}").json()["done"] or 0) >= steps:
            return
        time.sleep(0.05)
    raise AssertionError(f"fewer than {steps} steps after {seconds} s")
