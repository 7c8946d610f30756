"""Label files: what people wrote is read, faults are one line with the field's name, nothing is overwritten."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from gait.errors import InputError
from gait.labelling.label_file import (
    LabelledEvent,
    LabelledPoint,
    Labelling,
    add_labelling,
    label_file_from_record,
    read_label_file,
    write_label_file,
)

SHARED = Path(__file__).resolve().parents[3] / "shared" / "labels"
RECORD = {
    "clip": "run",
    "near_side": "left",
    "labellings": {
        "A": {
            "events": [
                {
                    "kind": "initial_contact",
                    "side": "left",
                    "frame": 20.5,
                    "frame_sd": 0.35,
                    "labelled_frame": 21,
                    "points_px": {"hip": [688, 291, 7], "knee": [608, 431, 4]},
                },
                {"kind": "toe_off", "side": "left", "frame": 26, "frame_sd": 0.4},
            ],
            "flat_foot": {"frame": 23, "heel": [723, 610.5, 3], "toe": [614.5, 600.5, 2.5]},
        }
    },
}
ONE = Labelling((LabelledEvent("toe_off", "left", 4.0, 0.3),))


def edited(*path: object, to: object = None, remove: bool = False) -> dict:
    record = copy.deepcopy(RECORD)
    at = record
    for part in path[:-1]:
        at = at[part]
    if remove:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return record


def test_a_file_is_read_and_written_without_change(tmp_path: Path) -> None:
    labels = label_file_from_record(RECORD, where="run.json")
    event = labels.labellings["A"].events[0]
    assert (event.frame, event.labelled_frame, event.points["hip"]) == (20.5, 21, LabelledPoint(688.0, 291.0, 7.0))
    write_label_file(tmp_path / "run.json", labels)
    assert read_label_file(tmp_path / "run.json") == labels
    assert json.loads((tmp_path / "run.json").read_text()) == {"version": 1, **RECORD}


def test_flat_feet_of_both_sides_fit_into_one_labelling(tmp_path: Path) -> None:
    foot = {"frame": 3, "side": "right", "heel": [1, 2, 3], "toe": [4, 5, 6]}
    record = edited("labellings", "A", "flat_foot", to=[{**foot, "side": "left"}, foot])
    labels = label_file_from_record(record, where="run.json")
    assert [f.side for f in labels.labellings["A"].flat_feet] == ["left", "right"]
    write_label_file(tmp_path / "run.json", labels)
    assert read_label_file(tmp_path / "run.json") == labels


EVENT = ("labellings", "A", "events", 0)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ([], "run.json: the file: must be an object"),
        (edited("near_side", remove=True), "run.json: near_side: is missing"),
        (edited("near_side", to="port"), 'near_side: must be left or right, is "port"'),
        (edited("version", to=2), "version 2 is newer"),
        (edited("clips", to=1), "clips: no such field"),
        (edited("labellings", to={}), "labellings: is empty"),
        (edited("labellings", to={"../x": {"events": []}}), "the name '../x'"),
        (edited(*EVENT, "kind", to="landing"), "labellings.A.events[0].kind: must be initial_contact or toe_off"),
        (edited(*EVENT, "frame", to=-1), "events[0].frame: must be 0 or more, is -1"),
        (edited(*EVENT, "frame", to="20"), 'events[0].frame: must be a number, is "20"'),
        (edited(*EVENT, "frame", to=True), "events[0].frame: must be a number, is true"),
        (edited(*EVENT, "frame", to=float("nan")), "events[0].frame: must be a number"),
        (edited(*EVENT, "frame", to=10**400), "events[0].frame: must be a number below 1e308"),
        (edited(*EVENT, "frame_sd", to=0), "events[0].frame_sd: must be above 0"),
        (edited(*EVENT, "labeled_frame", to=3), "events[0].labeled_frame: no such field"),
        (edited(*EVENT, "labelled_frame", to=3.5), "events[0].labelled_frame: must be a whole number"),
        (edited(*EVENT, "labelled_frame", remove=True), "events[0].labelled_frame: is missing"),
        (edited(*EVENT, "points_px", "hip", to=[1, 2]), "points_px.hip: must be [x, y, sd], is [1, 2]"),
        (edited(*EVENT, "points_px", "hip", to=[1, 2, 0]), "points_px.hip: must be above 0"),
        (edited(*EVENT, "points_px", "elbow", to=[1, 2, 3]), "points_px.elbow: no such field"),
        (edited("labellings", "A", "flat_foot", "toe", remove=True), "labellings.A.flat_foot.toe: is missing"),
    ],
)
def test_a_fault_names_file_and_field_in_one_line(record: object, says: str) -> None:
    with pytest.raises(InputError) as refused:
        label_file_from_record(record, where="run.json")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith("run.json: ")


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b""])
def test_a_file_that_is_not_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"run\.json"):
        read_label_file(path)


def test_a_labelling_is_added_and_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps({**RECORD, "comment": "dim light"}))
    before = read_label_file(path).labellings["A"]
    labels = add_labelling(path, clip="run", near_side="left", labeller="Bé 2", labelling=ONE)
    assert labels == read_label_file(path)
    assert labels.labellings == {"A": before, "Bé 2": ONE}
    assert json.loads(path.read_text())["comment"] == "dim light"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"labeller": "A"}, "already has a labelling 'A'"),
        ({"labeller": "a"}, "already has a labelling 'a'"),
        ({"clip": "other"}, "belongs to the clip 'run'"),
        ({"near_side": "right"}, "near side is left, not right"),
        ({"labelling": Labelling(())}, "has no events"),
        ({"labeller": " "}, "must have 1 to 40"),
    ],
)
def test_what_would_overwrite_or_contradict_is_refused(tmp_path: Path, change: dict, says: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(RECORD))
    with pytest.raises(InputError, match=says):
        add_labelling(path, **{"clip": "run", "near_side": "left", "labeller": "B", "labelling": ONE, **change})
    assert json.loads(path.read_text()) == RECORD
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the labelled clips are not beside the project")
def test_the_labelled_clips_beside_the_project_are_read() -> None:
    files = sorted(SHARED.glob("*.json"))
    assert files
    for file in files:
        labels = read_label_file(file)
        assert labels.clip == file.stem
        assert len(labels.labellings) == 2
