"""The contract of ``report.json``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gait.findings.answers import parse_answers
from gait.records import NextStep, Runner
from gait.report.report_json import gait_version, report_dict, report_schema, write_json
from tests.fake_sessions import FakeSession, fake_session, measured


def test_json_keeps_the_contract(session: FakeSession) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(report_schema())
    jsonschema.validate(report_dict(session), report_schema())
    jsonschema.validate(report_dict(fake_session([], views=[])), report_schema())


def test_json_with_answers_keeps_the_contract_and_warns_first() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    made = report_dict(fake_session(answers=parse_answers({"pain_when": ["all_day"], "shoe_miles": 320})))
    jsonschema.validate(made, report_schema())
    assert made["warnings"][0]["code"] == "pain_all_day"
    (shoes,) = [c for c in made["corrections"] if c["id"] == "replace_shoes"]
    assert shoes["kind"] == "habit"
    assert "300–500 miles" in shoes["dose"]


def test_json_has_no_nan_and_no_needless_digits(tmp_path: Path) -> None:
    odd = [
        measured("overstride", 0.312345678, side="left", interval=(0.3, float("nan"))),
        measured("trunk_lean", float("nan"), half=1, grade="refused"),
        measured("contact_time", np.float64(241.98765), side="left", half=4),
    ]
    made = fake_session([], runner=Runner(speed_mps=3.3333333))
    path = write_json(replace(made, measurements=tuple(odd)), tmp_path / "report.json")
    text = path.read_text(encoding="utf-8")
    assert "NaN" not in text
    first, second, third = json.loads(text)["measurements"]
    assert first["value"] == 0.3123
    assert first["interval"] is None
    assert second["value"] is None
    assert second["reason"]
    assert third["value"] == 242.0


def test_a_comparison_carries_the_probability_of_either_side() -> None:
    items = [
        measured("overstride", 0.20, side="left", half=0.04),
        measured("overstride", 0.34, side="right", half=0.02),
        measured("foot_strike_angle", 8.0, side="left", half=3.0),  # no ordinary range
        measured("trunk_lean", None, grade="refused"),
    ]
    made = fake_session([], runner=Runner(speed_mps=2.5))
    inside, above, *without = report_dict(replace(made, measurements=tuple(items)))["measurements"]
    assert max(inside["probability_above"], inside["probability_below"]) < 0.1
    assert above["probability_above"] > 0.99
    assert above["probability_below"] < 1e-3
    assert {(m["probability_above"], m["probability_below"]) for m in without} == {(None, None)}


def test_json_events_are_in_order_of_time(session: FakeSession) -> None:
    times = [e["time_s"] for e in report_dict(session)["events"]]
    assert times == sorted(times)
    assert len(times) == 2 * len(session.views[0].steps)


def test_a_refusal_carries_its_code() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    refused = measured("vertical_oscillation", None, grade="refused", reason="height?", reason_code="height_missing")
    made = report_dict(fake_session([refused, measured("cadence", 170.0)]))
    jsonschema.validate(made, report_schema())
    assert [m["reason_code"] for m in made["measurements"]] == ["height_missing", None]


def test_a_document_of_an_earlier_version_fits_the_schema(session: FakeSession) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    earlier = report_dict(session)
    for measurement in earlier["measurements"]:
        del measurement["reason_code"]
    jsonschema.validate(earlier, report_schema())


def test_toe_off_keeps_its_old_name_in_the_file(session: FakeSession) -> None:
    assert {event["kind"] for event in report_dict(session)["events"]} == {"contact", "off"}


def test_the_version_is_that_of_the_package() -> None:
    assert gait_version()[0].isdigit()


def test_likely_findings_and_the_next_step_keep_the_contract() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    made = fake_session(
        [measured("overstride", 0.275, side="left", half=0.02), measured("trunk_lean", 24.0, half=1.0)],
        runner=Runner(height_m=1.76, speed_mps=3.0),
    )
    record = report_dict(replace(made, next_step=NextStep("give_speed", "Give the speed.", 1.5, 3)))
    jsonschema.validate(record, report_schema())
    (clear,), (likely,) = record["findings"], record["likely"]
    assert (clear["key"], clear["evidence"]) == ("leans_far_forward", "clear")
    assert (likely["key"], likely["evidence"]) == ("lands_far_ahead", "likely")
    assert 0.8 <= likely["probability"] < 0.975
    assert likely["parts"] == []
    assert record["next_step"]["code"] == "give_speed"
    assert report_dict(made)["next_step"] is None


def test_a_report_of_an_earlier_version_keeps_the_contract() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    old = report_dict(fake_session())
    for name in ("likely", "next_step"):
        del old[name]
    for finding in old["findings"]:
        for name in ("evidence", "probability", "parts"):
            del finding[name]
    jsonschema.validate(old, report_schema())
