"""What ``gait check`` expects of a video is what its analysis gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gait.metrics.grading import FAIR_STEPS, GOOD_STEPS
from gait.pose.engines import model_file
from gait.quality.quality_records import VideoCheck
from gait.quality.video_check import check_video
from gait.records import Grade
from tests.end_to_end.conftest import Outcome
from tests.sample_clips import check_of_sample

pytestmark = pytest.mark.slow
ORDER: tuple[Grade, ...] = ("good", "fair", "poor", "refused")


def assert_as_expected(check: VideoCheck, report: dict[str, Any]) -> None:
    """Compare metric by metric. The check estimates the number of steps, so grades near a limit may differ."""
    given = {(m["key"], m["side"]): m for m in report["measurements"]}
    for one in check.expected_metrics:
        m = given[one.key, one.side]
        if one.reason_code == "speed_missing":  # a check is not told the speed of the belt, the analysis may be
            continue
        assert one.possible == (m["value"] is not None), (one, m["reason"])
        near_a_limit = any(
            abs(m["steps"] / (1 if one.side != "both" else 2) - n) <= 2 for n in (FAIR_STEPS, GOOD_STEPS)
        )
        if one.possible and not near_a_limit:
            assert ORDER.index(one.grade) == ORDER.index(m["grade"]), one


@pytest.fixture(autouse=True)
def usual_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The samples are analysed as for a user who names no network."""
    monkeypatch.setattr(model_file, "DEFAULT_MODEL", "mixed")


@pytest.mark.parametrize("view", ["side", "rear", "front"])
def test_samples_meet_the_expectation(sample: Callable[[str], tuple[Outcome, dict[str, Any]]], view: str) -> None:
    outcome, _ = sample(view)
    check = check_of_sample(view)
    assert_as_expected(check, outcome.report)
    (video,) = outcome.report["videos"]
    assert (video["view"], video["facing"]) == (check.view, check.facing)
    assert video["warnings"] == []


def test_a_real_run_meets_the_expectation(real: Outcome, real_clip: Path) -> None:
    check = check_video(real_clip, height_m=1.78)
    assert_as_expected(check, real.report)
    (video,) = real.report["videos"]
    assert any("smeared" in text for text in video["warnings"])
    assert len(set(video["warnings"])) == len(video["warnings"])
    assert check.cadence == pytest.approx(168.4, abs=2.5)
