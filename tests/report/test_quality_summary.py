"""The summary of a check, from records alone."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from gait.quality.quality_records import ExpectedMetric, Observation, VideoCheck
from gait.report.quality_summary import (
    check_json,
    filming_advice,
    measurable_lines,
    not_measurable_lines,
    print_check,
)

OBSERVATIONS = (
    Observation("view", "side view, facing left, square", value=2.0, unit="deg"),
    Observation("length", "12 s, about 17 steps a leg", "watch", "film 30 s", 12.0, "s"),
    Observation("speed", "41 steps/min [sic]", "bad", "give the true rate", 41.0, "steps/min", "slow_motion_suspected"),
)
EXPECTED = (
    ExpectedMetric("cadence", "both", "good"),
    ExpectedMetric("tibia_angle", "left", "fair", "the leg away from the camera"),
    ExpectedMetric("tibia_angle", "right", "good"),
    ExpectedMetric(
        "arm_crossover", "left", "refused", "not visible from this side: film the front view", "not_visible"
    ),
    ExpectedMetric(
        "arm_crossover", "right", "refused", "not visible from this side: film the front view", "not_visible"
    ),
    ExpectedMetric("vertical_oscillation", "both", "refused", "needs the height", "height_missing"),
)
CHECK = VideoCheck("run.mp4", 960, 720, 60.0, 60.0, 12.0, "side", "left", 2.0, 41.0, None, OBSERVATIONS, EXPECTED)


def test_a_side_is_named_only_where_the_legs_differ() -> None:
    assert measurable_lines(EXPECTED) == [
        "reliable: cadence, tibia angle (right)",
        "fair (the leg away from the camera): tibia angle (left)",
    ]


def test_what_another_view_shows_comes_with_that_view() -> None:
    assert not_measurable_lines(EXPECTED) == ["arm crossover: film the front view", "oscillation: needs the height"]


def test_the_worst_advice_comes_first() -> None:
    assert filming_advice(CHECK) == ["Give the true rate.", "Film 30 s."]


def test_brackets_are_no_markup_on_the_terminal() -> None:
    out = io.StringIO()
    print_check(CHECK, Console(file=out, width=80, color_system=None))
    text = out.getvalue()
    for part in ("run.mp4", "41 steps/min [sic]", "Can be measured", "Cannot be measured", "Film it better"):
        assert part in text


def test_json_keeps_its_names() -> None:
    document = json.loads(check_json([CHECK], [(Path("other.mp4"), "nobody found")]))
    (video,) = document["videos"]
    assert {"aspect", "seen", "verdict", "advice", "value", "unit", "code", "known"} == set(video["observations"][0])
    assert {"key", "side", "grade", "reason", "reason_code", "ever", "possible"} == set(video["metrics"][0])
    assert not {"expected_metrics", "outlook"} & set(video)
    assert document["refused"] == [{"file": "other.mp4", "reason": "nobody found"}]


def test_what_could_not_be_told_is_not_called_good() -> None:
    unsure = replace(CHECK, observations=(Observation("tilt", "no upright lines", known=False),))
    out = io.StringIO()
    print_check(unsure, Console(file=out, width=80, color_system=None))
    (line,) = [line for line in out.getvalue().splitlines() if "no upright lines" in line]
    assert line.split()[0] == "unknown"
