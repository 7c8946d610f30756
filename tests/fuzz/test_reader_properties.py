"""Whatever a document holds, its reader returns what it promises, or raises one line for the user (Hypothesis)."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gait.checked_json import parse_json
from gait.checked_toml import parse_toml
from gait.errors import GaitError
from gait.findings.answers import Answers, parse_answers
from gait.io.report_reader import SavedReport, read_report
from gait.labelling.adjust_file import read_adjust_file
from gait.labelling.label_file import LabelFile, label_file_from_record
from gait.synthetic.clip_request import TABLES, SpecLayer, table_keys
from tests.fuzz.corpus import given_answers
from tests.fuzz.strategies import changed, values
from tests.made_reports import measured, report

#: The same examples every time, and none kept on disk.
steady = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

LABELS = {
    "version": 1,
    "clip": "run",
    "near_side": "left",
    "labellings": {
        "A": {
            "events": [
                {
                    **{"kind": "initial_contact", "side": "left", "frame": 20.5, "frame_sd": 0.35},
                    **{"labelled_frame": 21, "points_px": {"hip": [688, 291, 7], "knee": [608, 431, 4]}},
                },
                {"kind": "toe_off", "side": "left", "frame": 26, "frame_sd": 0.4},
            ],
            "flat_foot": {"frame": 23, "heel": [723, 610.5, 3], "toe": [614.5, 600.5, 2.5]},
        }
    },
}
JOINTS = {
    "version": 1,
    "video": "run.mp4",
    "entries": [
        {"time_s": 3.2, "side": "left", "joint": "hip", "x": 412, "y": 603.5, "sd": 4},
        {"frame": 3, "side": "right", "joint": "toe", "x": 1, "y": 2},
    ],
}
REPORT = report(measured("cadence", 165.0), measured("trunk_lean", 6.0))


def one_line_or(read: Callable[[], Any]) -> Any:
    """Return what a reader returns; ``None`` where it refuses in one line."""
    try:
        return read()
    except GaitError as error:
        message = str(error)
    assert message.strip(), "a refusal says why"
    assert "\n" not in message
    return None


@steady
@given(changed(LABELS))
def test_labels(record: Any) -> None:
    labels = one_line_or(lambda: label_file_from_record(record, where="run.json"))
    assert labels is None or isinstance(labels, LabelFile)
    for labelling in labels.labellings.values() if labels else ():
        assert all(math.isfinite(event.frame) and event.frame_sd > 0 for event in labelling.events)


@steady
@given(changed(JOINTS))
def test_joints_moved_by_hand(tmp_path: Path, record: Any) -> None:
    file = tmp_path / "joints.json"
    try:
        file.write_text(json.dumps(record), encoding="utf-8")
    except ValueError:  # a number with more digits than Python writes
        return
    read = one_line_or(lambda: read_adjust_file(file))
    for joint in read.joints if read else ():
        assert all(math.isfinite(value) for value in (joint.x, joint.y, joint.sd))


@steady
@given(changed(given_answers()))
def test_answers(record: Any) -> None:
    answers = one_line_or(lambda: parse_answers(record)) if isinstance(record, dict) else None
    assert answers is None or isinstance(answers, Answers)


@steady
@given(changed(REPORT))
def test_reports(record: Any) -> None:
    saved = one_line_or(lambda: read_report(record)) if isinstance(record, dict) else None
    if saved is not None:
        assert isinstance(saved, SavedReport)
        saved.name, saved.speed_mps, saved.content_hash(), saved.clip_signature()


@steady
@given(st.sampled_from(tuple(TABLES)), st.data())
def test_specs_of_clips(table: str, data: st.DataObject) -> None:
    keys = one_line_or(lambda: sorted(table_keys(table)))
    for key in keys or ():
        value = data.draw(values)
        one_line_or(lambda key=key, value=value: SpecLayer().set_value(table, key, value, f"{key} = {value!r:.40}"))


@steady
@given(st.binary(max_size=200) | values.map(lambda v: json.dumps(str(v)).encode()))
def test_json_and_toml_of_any_bytes(content: bytes) -> None:
    for parse in (parse_json, parse_toml):
        with contextlib.suppress(ValueError):
            parse(content)


@pytest.mark.parametrize("depth", [2_000, 200_000])
def test_deep_nesting_is_a_fault_of_the_document(depth: int) -> None:
    for parse, content in (
        (parse_json, b"[" * depth + b"]" * depth),
        (parse_toml, b"x = " + b"[" * depth + b"]" * depth),
    ):
        with pytest.raises(ValueError, match="nested too deeply"):
            parse(content)


def test_endless_digits_are_a_fault_of_the_document() -> None:
    with pytest.raises(ValueError, match="thousands of digits"):
        parse_toml(b"x = " + b"9" * 5000)
    with pytest.raises(ValueError, match="too large"):
        parse_json(b"9" * 5000)


def test_half_a_character_is_a_fault_of_the_document() -> None:
    assert parse_json(b'"\\ud83c\\udfc3"') == "\U0001f3c3"
    assert parse_json(b'"M\\udcfcller.mp4"') == "M\udcfcller.mp4", "a name of a file that is not UTF-8"
    with pytest.raises(ValueError, match="half a character"):
        parse_json(b'{"name": "\\ud83c"}')
