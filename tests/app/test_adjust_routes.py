"""The API of the page *Adjust*: changes with their version, the audit trail, and what a careless user sends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gait.app.adjust_worker import AdjustWorker
from gait.batch.worker_limits import WorkerLimits
from gait.errors import InputError
from tests.app.app_client import measure, signed_in_client, wait_for
from tests.app.stub_adjust import stub_adjust

JOINT = {"kind": "joint", "video": 0, "time_s": 1.0, "side": "left", "joint": "ankle", "x": 30.0, "y": 40.0}
EVENT = {"kind": "event", "video": 0, "side": "left", "event": "contact", "from_s": 1.0, "to_s": 1.02}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory):
    with signed_in_client(tmp_path_factory.mktemp("app")) as client:
        client.app.state.adjust_worker = AdjustWorker(WorkerLimits(), stub_adjust)
        yield client


@pytest.fixture
def session(client) -> int:
    session: int = wait_for(client, measure(client, f"clip {id(client)} {session_count()}".encode())["id"])["session"]
    return session


def session_count(count: list[int] = [0]) -> int:  # noqa: B006 (each session needs a clip of its own)
    count[0] += 1
    return count[0]


def post(client, session: int, version: int, change: dict, status: int = 200) -> dict:
    answer = client.post(f"/api/v1/sessions/{session}/adjust", json={"version": version, "change": change})
    assert answer.status_code == status, answer.text
    record: dict = answer.json()
    return record


def test_a_change_gives_the_new_numbers_and_can_be_undone(client, session: int) -> None:
    first = client.get(f"/api/v1/sessions/{session}/adjust").json()
    assert (first["version"], first["can_undo"], first["trail"]) == (0, False, [])
    moved = post(client, session, 0, JOINT)
    assert (moved["version"], moved["joints_moved"], moved["can_undo"]) == (1, 1, True)
    assert moved["values"][0]["number"] != first["values"][0]["number"]
    undone = post(client, session, 1, {"kind": "undo"})
    assert undone["values"] == first["values"]
    assert (undone["version"], undone["can_redo"]) == (2, True)
    assert post(client, session, 2, {"kind": "redo"})["values"] == moved["values"]
    assert post(client, session, 3, {"kind": "reset"})["joints_moved"] == 0


def test_two_browsers_do_not_overwrite_each_other(client, session: int) -> None:
    post(client, session, 0, JOINT)
    assert post(client, session, 0, EVENT, 409)["code"] == "conflict"
    assert client.get(f"/api/v1/sessions/{session}/adjust").json()["events_moved"] == 0


def test_every_change_is_in_the_audit_trail_with_from_and_to(client, session: int) -> None:
    post(client, session, 0, JOINT)
    post(client, session, 1, EVENT)
    trail = post(client, session, 2, {**JOINT, "kind": "joint_back"})["trail"]
    assert [line["action"] for line in trail] == ["joint_moved", "event_moved", "joint_put_back"]
    moved, event, back = (line["detail"] for line in trail)
    assert (moved["from_x"], moved["x"]) == (10.0, 30.0)
    assert (event["from_s"], event["to_s"]) == (1.0, 1.02)
    assert (back["from_x"], back["x"]) == (30.0, 10.0)
    athlete = (
        client.get(f"/api/v1/sessions/{session}/adjust")
        and client.app.state.store.row("SELECT athlete FROM sessions WHERE id = ?", session)["athlete"]
    )
    audit = client.get(f"/api/v1/athletes/{athlete}/audit").json()
    assert {"joint_moved", "event_moved"} <= {line["action"] for line in audit}


def test_the_measured_report_stays_and_the_page_is_made_again(client, session: int) -> None:
    store = client.app.state.store
    name = store.row("SELECT folder FROM jobs WHERE session = ?", session)["folder"]
    folder = store.folder.session(name)
    before = (folder / "report.json").read_bytes()
    post(client, session, 0, JOINT)
    assert (folder / "measured" / "report.json").read_bytes() == before
    entries = json.loads((folder / "adjust.json").read_text())["entries"]
    assert [(e["joint"], e["x"], e["from_x"]) for e in entries] == [("ankle", 30.0, 10.0)]
    jobs = store.rows("SELECT kind, session FROM jobs WHERE folder = ?", name)
    assert ("remeasure", session) in [tuple(job) for job in jobs]


def test_a_change_that_cannot_be_measured_is_not_kept(client, session: int) -> None:
    refused = post(client, session, 0, {**EVENT, "to_s": 9.0}, 422)
    assert "between two toe-offs" in refused["error"]
    after = client.get(f"/api/v1/sessions/{session}/adjust").json()
    assert (after["version"], after["events_moved"], after["trail"]) == (0, 0, [])


@pytest.mark.parametrize(
    "change",
    [
        {**JOINT, "joint": "nose"},
        {**JOINT, "side": "both"},
        {**JOINT, "x": 1e9},
        {**JOINT, "x": "left"},
        {**JOINT, "scope": "everywhere"},
        {**JOINT, "video": -1},
        {**JOINT, "set_at": "<script>"},
        {**EVENT, "sd_s": 0},
        {**EVENT, "event": "jump"},
        {"kind": "delete"},
        {},
        "undo",
    ],
)
def test_a_careless_change_is_refused_in_one_line(client, session: int, change) -> None:
    answer = client.post(f"/api/v1/sessions/{session}/adjust", json={"version": 0, "change": change})
    assert answer.status_code == 422
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("999999/adjust", 404),
        ("{session}/adjust/picture?time_s=nan", 422),
        ("{session}/adjust/picture?time_s=1&video=7", 404),
        ("{session}/frames/7/0", 404),
        ("{session}/frames/0/-1", 422),
        ("{session}/frames/0/1?box=0,0,1,1", 422),
        ("{session}/frames/0/1?box=../../etc", 422),
        ("999999/frames/0/0", 404),
    ],
)
def test_what_is_not_there_is_refused(client, session: int, path: str, status: int) -> None:
    answer = client.get(f"/api/v1/sessions/{path.format(session=session)}")
    assert answer.status_code == status, answer.text


def test_frames_and_people_come_from_the_worker(client, session: int) -> None:
    answer = client.get(f"/api/v1/sessions/{session}/frames/0/3")
    assert (answer.headers["content-type"], answer.content) == ("image/jpeg", b"\xff\xd8 3")
    assert client.get(f"/api/v1/sessions/{session}/frames/0/3/people").json() == [
        {"x": 1.0, "y": 2.0, "width": 3.0, "height": 4.0}
    ]


def test_another_runner_starts_an_analysis_that_begins_with_that_person(client, session: int) -> None:
    body = {"version": 0, "video": 0, "number": 2, "x": 100.0, "y": 50.0}
    job = client.post(f"/api/v1/sessions/{session}/runner", json=body).json()
    assert job["kind"] == "analysis"
    options = json.loads(client.app.state.store.row("SELECT options FROM jobs WHERE id = ?", job["id"])["options"])
    assert options["runners"] == [{"file_name": "clip run.mp4", "time_s": 0.2, "x": 100.0, "y": 50.0}]
    wait_for(client, job["id"])
    assert client.post(f"/api/v1/sessions/{session}/runner", json={**body, "version": 4}).status_code == 409
    assert client.post(f"/api/v1/sessions/{session}/runner", json={**body, "number": 99}).status_code == 404


def test_a_server_that_only_shows_refuses_changes(tmp_path: Path) -> None:
    with signed_in_client(tmp_path) as client:
        session = wait_for(client, measure(client, b"one")["id"])["session"]
    with signed_in_client(tmp_path, read_only=True) as client:
        client.app.state.adjust_worker = AdjustWorker(WorkerLimits(), stub_adjust)
        assert client.get(f"/api/v1/sessions/{session}/adjust").status_code == 200
        for path, body in (("adjust", {"version": 0, "change": JOINT}), ("runner", {}), ("labels/0/save", {})):
            assert client.post(f"/api/v1/sessions/{session}/{path}", json=body).status_code == 403
        page = client.get(f"/sessions/{session}/adjust").text
        assert 'data-read-only="yes"' in page
        assert "Correct by hand" not in client.get(f"/sessions/{session}/report/").text


def test_a_clip_that_crashes_the_worker_costs_one_request(client, session: int) -> None:
    assert client.get(f"/api/v1/sessions/{session}/frames/0/666").status_code == 422
    assert client.get(f"/api/v1/sessions/{session}/frames/0/3").status_code == 200


def test_an_ended_worker_takes_no_requests() -> None:
    from gait.app.job_process import JobTask

    worker = AdjustWorker(WorkerLimits(), stub_adjust)
    worker.end()
    with pytest.raises(InputError, match="ending"):
        worker.run(JobTask("frame", "frame", (), ""))
