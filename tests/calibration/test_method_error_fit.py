"""Method errors by frame rate: robust, widened for few clips, and never smaller at a lower rate by chance."""

from __future__ import annotations

import tomllib
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calibration import method_error_fit
from calibration.method_error_fit import clip_errors, method_error_lines
from gait.events.stride_model import load_stride_model


def table_of(
    errors: dict[float, np.ndarray],
    key: str = "cadence",
    place: str = "near",
    *,
    source: str = "recorded",
    level: bool = True,
) -> pd.DataFrame:
    facts = {"network": "heavy", "source": source, "level": level}
    rows = [
        {"key": key, "place": place, "fps": fps, "clip": f"clip {n}", "value": 100.0 + error, "truth": 100.0} | facts
        for fps, values in errors.items()
        for n, error in enumerate(values)
    ]
    return pd.DataFrame(rows)


def entry(table: pd.DataFrame) -> dict[str, Any]:
    return dict(tomllib.loads("\n".join(method_error_lines(table)))["heavy"].get("cadence", {}).get("near", {}))


def test_bias_and_spread_are_those_of_the_errors() -> None:
    errors = np.random.default_rng(4).normal(2.0, 1.0, 500)
    row = entry(table_of({60.0: errors}))["60"]
    assert row["bias"] == pytest.approx(2.0, abs=0.1)
    assert row["sd"] == pytest.approx(1.0, rel=0.1)
    assert row["p95"] == pytest.approx(2 + 1.645, abs=0.2)
    assert row["clips"] == 500


def test_few_clips_widen_the_spread() -> None:
    errors = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    row = entry(table_of({60.0: errors}))["60"]
    assert row["sd"] > 1.3 * np.std(errors, ddof=1) * 0.8


def test_a_lower_rate_is_never_better_where_as_many_clips_say_so() -> None:
    rng = np.random.default_rng(5)
    fast, slow = rng.normal(0, 2.0, 40), rng.normal(0, 1.0, 40)
    row = entry(table_of({30.0: slow, 60.0: fast}))
    assert list(row) == ["30", "60"]
    assert row["30"]["sd"] == row["60"]["sd"]


def test_a_few_fast_clips_do_not_bound_many_slow_ones() -> None:
    rng = np.random.default_rng(5)
    row = entry(table_of({30.0: rng.normal(0, 1.0, 40), 60.0: rng.normal(0, 2.0, 5)}))
    assert row["30"]["sd"] < row["60"]["sd"]


def test_rates_above_sixty_inherit_its_errors() -> None:
    rng = np.random.default_rng(5)
    assert list(entry(table_of({60.0: rng.normal(0, 1.0, 40), 120.0: rng.normal(0, 2.0, 5)}))) == ["60"]


def test_too_few_values_make_no_entry() -> None:
    assert method_error_lines(table_of({60.0: np.zeros(3)}))[-1].startswith("#")


def test_from_the_side_planned_motion_does_not_count() -> None:
    rng = np.random.default_rng(5)
    both = pd.concat(
        [table_of({60.0: rng.normal(0, 1.0, 40)}), table_of({60.0: rng.normal(9, 1.0, 40)}, source="planned")]
    )
    assert abs(entry(both)["60"]["bias"]) < 0.5


def test_a_roll_that_nobody_read_counts_only_where_it_does_no_harm() -> None:
    errors = {60.0: np.random.default_rng(5).normal(0, 1.0, 40)}
    for key, counted in (("tibia_angle", False), ("knee_flexion_contact", True)):
        lines = method_error_lines(table_of(errors, key, level=False))
        assert any(line.startswith(f"[heavy.{key}.") for line in lines) == counted


def clip_with_poses(poses: list[str]) -> SimpleNamespace:
    """A clip at 60 frames/s that can be thinned to 30."""
    case = SimpleNamespace(source="recorded", factors={"body": "sculpted"}, camera=SimpleNamespace(fps=60.0))

    def thinned(step: int) -> SimpleNamespace:
        poses.append(f"thinned by {step}")
        return clip

    clip = SimpleNamespace(case=case, height_m=1.7, thinned=thinned, pose="plain", with_tracked_shoes=lambda: "shoes")
    return clip


def test_a_tracked_shoe_is_measured_with_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    poses: list[str] = []
    clip = clip_with_poses(poses)

    def rows(_: object, pose: str) -> list[dict[str, Any]]:
        suffix = "_seen" if pose == "shoes" else ""
        return [
            {"key": "foot_strike_angle", "side": "left", "place": f"near{suffix}", "value": 1.0},
            {"key": "cadence", "side": "both", "place": "near", "value": 170.0},
        ]

    monkeypatch.setattr(method_error_fit, "worker_inputs", lambda: SimpleNamespace(network="heavy"))
    monkeypatch.setattr(method_error_fit, "usable_clip", lambda *_: clip)
    monkeypatch.setattr(method_error_fit, "held_out_model", lambda _: load_stride_model())
    monkeypatch.setattr(method_error_fit, "_measured", rows)
    found = pd.DataFrame(clip_errors(clip.case))  # type: ignore[arg-type]
    assert poses == ["thinned by 2", "thinned by 1"]
    assert found.groupby(["fps", "place"]).size().to_dict() == {
        (30.0, "near"): 2,
        (30.0, "near_seen"): 1,
        (60.0, "near"): 2,
        (60.0, "near_seen"): 1,
    }
    assert set(found.network) == {"heavy"}


def test_a_clip_that_is_not_usable_has_no_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(method_error_fit, "worker_inputs", lambda: SimpleNamespace(network="heavy"))
    monkeypatch.setattr(method_error_fit, "usable_clip", lambda *_: None)
    assert clip_errors(clip_with_poses([]).case) == []  # type: ignore[arg-type]
