"""Specs accept what can be and refuse the rest, with the value and the range."""

from __future__ import annotations

import pytest

from gait.errors import InputError
from gait.synthetic.run_spec import (
    CameraSpec,
    Drift,
    LookSpec,
    RunnerSpec,
    SceneSpec,
    left_and_right,
    spec_as_record,
)


@pytest.mark.parametrize(
    ("spec", "change", "reason"),
    [
        (RunnerSpec, {"height_m": 3.0}, "height_m=3 is outside 1.2 to 2.2 m"),
        (RunnerSpec, {"overstride": (0.2, 0.6)}, "overstride=0.6"),
        (RunnerSpec, {"knee_flexion_stance_deg": 45.0, "vertical_oscillation_cm": 8.0}, "give one of them"),
        (Drift, {"cadence_spm": 100.0}, "drift.cadence_spm=100"),
        (CameraSpec, {"rotation": 45}, "rotation=45"),
        (LookSpec, {"shirt": (2.0, 0.0, 0.0)}, "shirt="),
        (SceneSpec, {"clutter": -1.0}, "clutter=-1"),
    ],
)
def test_values_out_of_range_are_refused(spec: type, change: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError, match=reason.replace(".", r"\.")):
        spec(**change)


def test_a_value_may_be_one_number_for_both_sides() -> None:
    assert left_and_right(3) == (3.0, 3.0)
    assert left_and_right((1.0, 2.0)) == (1.0, 2.0)


def test_contact_time_follows_from_the_speed_where_it_is_left_out() -> None:
    slow, fast = (RunnerSpec(speed_mps=speed, cadence_spm=170).contact_times_s()[0] for speed in (2.5, 4.5))
    assert slow == pytest.approx(2 * 60 / 170 * 0.37)
    assert fast < slow
    assert RunnerSpec(contact_time_ms=(240.0, 250.0)).contact_times_s() == (0.24, 0.25)


def test_slow_motion_stretches_the_file() -> None:
    assert CameraSpec(fps=240, playback_fps=30).playback_per_real == 8
    assert CameraSpec(fps=60).playback_per_real == 1


def test_tape_or_waistband_bare_the_waist() -> None:
    assert not LookSpec().waist_is_bare
    assert LookSpec(tape=(1.0, 1.0, 0.0)).waist_is_bare
    assert LookSpec(waistband=(1.0, 1.0, 0.0)).waist_is_bare


def test_a_record_holds_nested_specs() -> None:
    record = spec_as_record(SceneSpec())
    assert record["look"]["hair_style"] == "short"
    assert spec_as_record(RunnerSpec())["drift"] == {
        "cadence_spm": 0.0,
        "contact_time_ms": 0.0,
        "overstride": 0.0,
        "trunk_lean_deg": 0.0,
        "pelvic_drop_deg": 0.0,
    }
