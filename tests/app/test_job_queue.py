"""The queue: quick check first, live progress, cancel, retry; a video that crashes its worker costs one job."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gait.batch.worker_limits import WorkerLimits
from tests.app.app_client import add_athlete, announce, measure, signed_in_client, wait_for, wait_for_steps


@pytest.fixture
def client(tmp_path: Path):
    with signed_in_client(tmp_path) as made:
        yield made


def test_a_run_is_checked_measured_and_kept(client) -> None:
    job = measure(client, b"good run")
    ended = wait_for(client, job["id"])
    assert ended["state"] == "done"
    assert ended["result"]["headlines"] == ["You land far in front."]
    check = wait_for(client, job["after"])
    assert check["result"]["advice"] == ["Step back: the feet are cut off."]
    session = client.get(f"/api/v1/sessions/{ended['session']}").json()
    assert (session["athlete_name"], session["report"], session["views"]) == ("Anna", True, ["side"])
    report = client.get(f"/api/v1/sessions/{ended['session']}/report").json()
    assert report["schema"] == "gait.report/1"


def test_progress_is_told_while_it_happens(client) -> None:
    job = measure(client, b"good run")
    seen = []
    with client.stream("GET", f"/api/v1/jobs/{job['id']}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        seen = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    assert seen[-1]["state"] == "done"
    assert len(seen) > 1


@pytest.mark.parametrize(("content", "code"), [(b"CRASH", "crashed"), (b"REFUSE", "nobody"), (b"FAULT", "crashed")])
def test_a_bad_video_costs_its_own_job_only(client, content: bytes, code: str) -> None:
    athlete = add_athlete(client)
    bad, good = measure(client, content, athlete=athlete), measure(client, b"good run", athlete=athlete)
    failed = wait_for(client, bad["id"])
    assert (failed["state"], failed["reason_code"]) == ("failed", code)
    assert "uploads" not in failed["reason"]  # no path of this machine
    assert wait_for(client, good["id"])["state"] == "done"


def test_a_hungry_video_is_ended(tmp_path: Path) -> None:
    with signed_in_client(tmp_path, limits=WorkerLimits(memory_bytes=600_000_000)) as client:
        failed = wait_for(client, measure(client, b"HUNGRY")["id"])
        assert failed["state"] == "failed"
        assert failed["reason_code"] in ("memory_limit", "out_of_memory")


def test_a_job_is_stopped_and_goes_on_where_it_was(client) -> None:
    job = measure(client, b"SLOW run")
    wait_for_steps(client, job["id"], 4)
    client.post(f"/api/v1/jobs/{job['id']}/cancel")
    assert wait_for(client, job["id"])["state"] == "cancelled"
    assert client.post(f"/api/v1/jobs/{job['id']}/cancel").status_code == 202
    client.post(f"/api/v1/jobs/{job['id']}/retry")
    assert wait_for(client, job["id"])["state"] == "done"
    store = client.app.state.store
    begun = (store.folder.session(job["id"]) / "begun_at").read_text().split()
    assert int(begun[1]) > 3


def test_only_failed_jobs_are_tried_again(client) -> None:
    job = measure(client, b"good run")
    wait_for(client, job["id"])
    assert client.post(f"/api/v1/jobs/{job['id']}/retry").status_code == 409


def test_jobs_of_missing_things_are_refused(client) -> None:
    athlete = add_athlete(client)
    unfinished = announce(client, 100, athlete=athlete).rsplit("/", 1)[-1]
    for body, status in (
        ({"athlete": athlete, "uploads": ["0" * 32]}, 404),
        ({"athlete": 999, "uploads": [unfinished]}, 404),
        ({"athlete": athlete, "uploads": [unfinished]}, 409),
        ({"athlete": athlete, "uploads": []}, 422),
        ({"athlete": athlete, "uploads": ["../../x"]}, 422),
    ):
        assert client.post("/api/v1/jobs", json=body).status_code == status, body


def test_a_deleted_session_leaves_no_file_and_no_row(client) -> None:
    job = measure(client, b"good run")
    session = wait_for(client, job["id"])["session"]
    root = client.app.state.store.folder.root
    assert client.delete(f"/api/v1/sessions/{session}").status_code == 204
    assert [
        p for p in root.rglob("*") if (p.is_file() and "uploads" in p.parts) or ("sessions" in p.parts and p.is_file())
    ] == []
    assert client.get(f"/api/v1/sessions/{session}").status_code == 404
    assert client.get("/api/v1/jobs").json() == []


def test_an_athlete_is_deleted_for_good_also_in_the_middle_of_a_job(client) -> None:
    athlete = add_athlete(client, "Zacharias Unusualname")
    wait_for(client, measure(client, b"good run", athlete=athlete)["id"])
    client.post(f"/api/v1/athletes/{athlete}/notes", json={"text": "Unusualnote"})
    client.post(f"/api/v1/athletes/{athlete}/pain", json={"day": "2026-11-01", "area": "knee_left", "level": 3})
    measure(client, b"SLOW run", athlete=athlete)
    assert client.delete(f"/api/v1/athletes/{athlete}").status_code == 204
    root = client.app.state.store.folder.root
    left = b"".join(p.read_bytes() for p in root.rglob("*") if p.is_file())
    assert b"Unusualname" not in left
    assert b"Unusualnote" not in left
    assert list((root / "uploads").iterdir()) == []
    assert list((root / "sessions").iterdir()) == []
