"""The server behind the page: this machine only, with a secret; frames by number; labellings saved once."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from gait.errors import InputError
from gait.labelling.label_file import read_label_file
from gait.labelling.label_server import FrameStore, LabelServer, prepare_task
from gait.owned_files import FILES_LIST
from gait.video import VideoWriter, read_frames

FRAMES = 40
LABELLING = {"events": [{"kind": "toe_off", "side": "left", "frame": 12.5, "frame_sd": 0.3}]}


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Forty frames, each of another grey."""
    path = tmp_path / "run.mp4"
    with VideoWriter(path, width=64, height=48, fps=30) as writer:
        for number in range(FRAMES):
            writer.write(np.full((48, 64, 3), 20 + 5 * number, dtype=np.uint8))
    return path


@pytest.fixture
def server(video: Path) -> Iterator[LabelServer]:
    made = LabelServer(prepare_task(video))
    thread = threading.Thread(target=made.serve)
    thread.start()
    yield made
    made.close()
    thread.join(5)
    assert not thread.is_alive()


def ask(server: LabelServer, path: str, record: object = None, **headers: str) -> tuple[int, bytes]:
    base = server.url.rsplit("/", 1)[0]
    data = None if record is None else json.dumps(record).encode()
    request = urllib.request.Request(f"{base}/{path}", data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def grey(jpeg: bytes) -> float:
    return float(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).mean())


def test_frames_come_by_number_in_any_order(video: Path) -> None:
    store = FrameStore(video)
    true = [float(frame.image.mean()) for frame in read_frames(video)]
    for number in (39, 0, 17, 18, 3, 38):
        assert grey(store.jpeg(number)) == pytest.approx(true[number], abs=1.5)
    for number in (-1, FRAMES):
        with pytest.raises(InputError, match="frames 0 to 39"):
            store.jpeg(number)


def test_the_page_is_served_and_says_what_is_to_be_labelled(server: LabelServer) -> None:
    status, page = ask(server, "label_page.html")
    assert status == 200
    assert b"label_page.js" in page
    about = json.loads(ask(server, "about.json")[1])
    assert (about["clip"], about["width"], about["height"], about["labellers"]) == ("run", 64, 48, [])
    assert len(about["times_s"]) == FRAMES
    assert ask(server, "frame/12")[0] == 200
    assert ask(server, "frame/99")[0] == 400


def test_it_listens_on_this_machine_only(server: LabelServer) -> None:
    assert server.url.startswith("http://127.0.0.1:")


def test_who_lacks_the_secret_or_comes_from_elsewhere_gets_nothing(server: LabelServer, video: Path) -> None:
    record = {"labeller": "A", "near_side": "left", "labelling": LABELLING}
    assert ask(server, "about.json", Host="evil.example")[0] == 404
    assert ask(server, "save", record, Origin="http://evil.example")[0] == 400
    for path in ("/about.json", "/", "/../../etc/passwd"):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://{server.host}{path}", timeout=10)
    assert ask(server, "../about.json")[0] == 404
    assert ask(server, "label_server.py")[0] == 404
    assert not video.with_suffix(".json").exists()


def test_a_labelling_is_saved_once_and_its_draft_goes(server: LabelServer, video: Path) -> None:
    record = {"labeller": "A", "near_side": "left", "labelling": LABELLING}
    draft = {"labeller": "A", "near_side": None, "labels": [{"id": 1}]}
    assert ask(server, "draft", draft)[0] == 200
    assert json.loads(ask(server, "draft.json?labeller=A")[1]) == {"draft": draft, "taken": False}
    assert ask(server, "save", record)[0] == 200
    assert read_label_file(video.with_suffix(".json")).labellings["A"].events[0].frame == 12.5
    assert json.loads(ask(server, "draft.json?labeller=a")[1]) == {"draft": None, "taken": True}
    before = video.with_suffix(".json").read_bytes()
    for path in ("save", "draft"):
        status, answer = ask(server, path, record)
        assert status == 400
        assert "already has a labelling" in json.loads(answer)["error"]
    assert video.with_suffix(".json").read_bytes() == before
    assert {p.name for p in video.parent.iterdir()} == {"run.mp4", "run.json", FILES_LIST}


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ({"labeller": "", "near_side": "left", "labelling": LABELLING}, "1 to 40"),
        ({"labeller": "../B", "near_side": "left", "labelling": LABELLING}, "1 to 40"),
        ({"labeller": "B", "near_side": None, "labelling": LABELLING}, "nearer to the camera"),
        ({"labeller": "B", "near_side": "left", "labelling": {"events": []}}, "no events"),
        ({"labeller": "B", "near_side": "left", "labelling": {"events": [{"kind": "x"}]}}, "events[0].kind"),
        (
            {
                "labeller": "B",
                "near_side": "left",
                "labelling": {"events": [{"kind": "toe_off", "side": "left", "frame": 400, "frame_sd": 1}]},
            },
            "last frame 39",
        ),
        (["B"], "not an object"),
    ],
)
def test_an_unusable_labelling_is_refused_with_a_reason(
    server: LabelServer, video: Path, record: object, says: str
) -> None:
    status, answer = ask(server, "save", record)
    assert status == 400
    assert says in json.loads(answer)["error"]
    assert not video.with_suffix(".json").exists()


def test_finish_ends_the_server(video: Path) -> None:
    made = LabelServer(prepare_task(video))
    thread = threading.Thread(target=made.serve)
    thread.start()
    assert ask(made, "finish", {})[0] == 200
    thread.join(5)
    assert not thread.is_alive()


def test_what_cannot_be_saved_is_refused_before_the_work(video: Path) -> None:
    target = video.with_suffix(".json")
    before = {p.name for p in video.parent.iterdir()}
    with pytest.raises(InputError, match="no such file"):
        prepare_task(video.with_name("absent.mp4"))
    with pytest.raises(InputError, match=r"ends in \.json"):
        prepare_task(video, output=video.with_name("labels.toml"))
    with pytest.raises(InputError, match="cannot be written"):
        prepare_task(video, output=video.parent / "absent" / "run.json")
    target.write_text('{"clip": "other", "near_side": "left", "labellings": {"A": {"events": []}}}')
    with pytest.raises(InputError, match="belongs to the clip 'other'"):
        prepare_task(video)
    target.write_text('{"clip": "run", "near_side": "left", "labellings": {"A": {"events": []}}}')
    with pytest.raises(InputError, match="already has a labelling 'A'"):
        prepare_task(video, labeller="A")
    assert prepare_task(video, labeller="B").labeller == "B"
    assert {p.name for p in video.parent.iterdir()} == before | {"run.json"}
