"""Records of a check: what can be read off them."""

from __future__ import annotations

import pytest

from gait.quality.quality_records import ExpectedMetric, Observation, VideoCheck

FINE = Observation("light", "enough")
SLOW = Observation("speed", "41 steps/min, as in slow motion", "bad", "give the frame rate", code="slow_motion")


def check(*observations: Observation, grade: str = "good") -> VideoCheck:
    expected = ExpectedMetric("cadence", "both", grade)  # type: ignore[arg-type]
    return VideoCheck(
        "run.mp4", 960, 720, 60.0, 60.0, 10.0, "side", "left", 0.0, 168.0, None, tuple(observations), (expected,)
    )


def test_the_worst_verdict_counts() -> None:
    assert check(FINE).verdict == "good"
    assert check(FINE, SLOW).verdict == "bad"


def test_a_refusal_says_why_and_carries_the_code() -> None:
    refused = check(FINE, SLOW, grade="refused")
    assert not refused.usable
    assert refused.refusal == "nothing can be measured: 41 steps/min, as in slow motion: give the frame rate"
    assert refused.refusal_code == "slow_motion"
    assert check(SLOW).refusal == ""
    assert check(SLOW).refusal_code is None


def test_an_aspect_without_observation_is_a_key_error() -> None:
    assert check(FINE).observation("light") is FINE
    with pytest.raises(KeyError, match="tilt"):
        check(FINE).observation("tilt")


def test_the_names_of_the_previous_version_warn() -> None:
    with pytest.warns(DeprecationWarning, match="is now VideoCheck.expected_metrics"):
        assert check(FINE).outlook == check(FINE).expected_metrics
    with pytest.warns(DeprecationWarning, match="is now Observation.text"):
        assert FINE.seen == FINE.text
