"""The pages *Label*: blind, two rounds, agreement after, and a label file that other commands read."""

from __future__ import annotations

import json

import pytest

from gait.app.adjust_worker import AdjustWorker
from gait.batch.worker_limits import WorkerLimits
from gait.labelling.label_file import read_label_file
from tests.app.app_client import measure, signed_in_client, wait_for
from tests.app.stub_adjust import stub_adjust

CONTACT = {"kind": "initial_contact", "side": "left", "frame": 10.5, "frame_sd": 0.3, "labelled_frame": 11}
LABELLING = {"events": [{**CONTACT, "points_px": {"ankle": [30, 40, 4]}}]}


@pytest.fixture
def client(tmp_path):
    with signed_in_client(tmp_path) as client:
        client.app.state.adjust_worker = AdjustWorker(WorkerLimits(), stub_adjust)
        yield client


@pytest.fixture
def address(client) -> str:
    return f"/api/v1/sessions/{wait_for(client, measure(client, b'one')['id'])['session']}/labels/0"


def save(client, address: str, labeller: str = "Ada", status: int = 201, **changes) -> dict:
    body = {"labeller": labeller, "near_side": "left", "labelling": LABELLING, **changes}
    answer = client.post(f"{address}/save", json=body)
    assert answer.status_code == status, answer.text
    record: dict = answer.json()
    return record


def test_the_task_is_blind(client, address: str) -> None:
    save(client, address)
    about = client.get(f"{address}/about.json").json()
    assert set(about) == {
        *("clip", "video", "output", "labeller", "labellers", "near_side", "width", "height", "times_s"),
    }
    assert (about["clip"], about["labellers"], len(about["times_s"])) == ("run", ["Ada"], 30)
    page = client.get(address.replace("/api/v1", "").replace("labels", "label") + "/").text
    assert f'data-api="{address}/"' in page
    assert "csrf-token" in page
    for word in ("joints", "measured", "Ada"):
        assert word not in page


def test_the_second_round_does_not_see_the_first_and_both_are_compared_after(client, address: str) -> None:
    save(client, address)
    assert client.get(f"{address}/draft.json?labeller=Ben").json() == {"draft": None, "taken": False}
    overview = address.replace("/api/v1", "").replace("labels/0", "label")
    assert "A second labelling" in client.get(overview).text
    moved = {"events": [{**CONTACT, "frame": 11.5, "points_px": {"ankle": [33, 44, 4]}}]}
    save(client, address, "Ben", labelling=moved)
    text = client.get(overview).text
    assert "1.00 frames" in text
    assert "5.0 px" in text


def test_the_file_is_a_label_file(client, address: str, tmp_path) -> None:
    assert client.get(f"{address}/file").status_code == 404
    save(client, address)
    answer = client.get(f"{address}/file")
    assert "run.json" in answer.headers["content-disposition"]
    (tmp_path / "run.json").write_bytes(answer.content)
    labels = read_label_file(tmp_path / "run.json")
    assert labels.labellings["Ada"].events[0].points["ankle"].x == 30


def test_a_name_is_taken_once(client, address: str) -> None:
    save(client, address)
    assert "already has a labelling" in save(client, address, "ada", 422)["error"]
    assert client.get(f"{address}/draft.json?labeller=ADA").json()["taken"]


def test_a_draft_comes_back_and_goes_when_it_is_saved(client, address: str) -> None:
    draft = {"labeller": "Ada", "near_side": None, "labels": [{"kind": "toe_off", "frame": 3}]}
    assert client.post(f"{address}/draft", json=draft).status_code == 200
    assert client.get(f"{address}/draft.json?labeller=Ada").json()["draft"] == draft
    save(client, address)
    assert client.get(f"{address}/draft.json?labeller=Ada").json()["draft"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"labeller": "../../x"},
        {"labeller": ""},
        {"near_side": "middle"},
        {"labelling": {"events": []}},
        {"labelling": {"events": [{**CONTACT, "frame": 500}]}},
        {"labelling": {"events": [{**CONTACT, "frame": -1}]}},
        {"labelling": {"events": [{**CONTACT, "kind": "jump"}]}},
        {"labelling": {"events": "all"}},
        {"labelling": {"events": [], "more": json.loads("[" * 50 + "]" * 50)}},
    ],
)
def test_a_careless_labelling_is_refused_in_one_line(client, address: str, changes: dict) -> None:
    labeller = changes.pop("labeller", "Ada")
    error = save(client, address, labeller, 422, **changes)["error"]
    assert "\n" not in error
    assert client.get(f"{address}/file").status_code == 404


@pytest.mark.parametrize("path", ["labels/7/about.json", "labels/0/frame/-1", "labels/x/file"])
def test_what_is_not_there_is_refused(client, address: str, path: str) -> None:
    assert client.get(address.replace("labels/0", path)).status_code in (404, 422)


def test_a_server_that_only_shows_has_no_tool(tmp_path) -> None:
    with signed_in_client(tmp_path) as client:
        session = wait_for(client, measure(client, b"one")["id"])["session"]
    with signed_in_client(tmp_path, read_only=True) as client:
        assert client.get(f"/sessions/{session}/label/0/").status_code == 422
        assert "Begin to label" not in client.get(f"/sessions/{session}/label").text
        assert client.get("/label").status_code == 200
        assert client.get(f"/sessions/{session}/label/0/label_page.js").status_code == 200
        assert client.get(f"/sessions/{session}/label/0/label_server.py").status_code == 404
