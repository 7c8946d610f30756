from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from gait.pose.dataset import VIDEO_FRAMES_ATTR, seen_windows
from gait.validation import sampling_comparison as sampling
from gait.validation.cases import clip_cases
from gait.validation.evaluation import joint_clip
from gait.validation.rendered_clips import RenderedClip


@pytest.fixture(scope="module")
def clip() -> RenderedClip:
    case = next(case for case in clip_cases("quick", {}) if case.camera.view == "side")
    return joint_clip(replace(case, duration_s=8.0, rendered=False), {})


def flat_pose(seconds: float, fps: float = 60.0) -> xr.Dataset:
    time = np.arange(round(seconds * fps)) / fps
    return xr.Dataset(coords={"time": time}, attrs={"fps": fps, "capture_fps": fps})


def test_only_the_windows_are_left_and_they_are_named() -> None:
    cut = sampling.cut_windows(flat_pose(10), [(1.0, 2.0), (5.0, 6.5)])
    assert cut.sizes["time"] == 150
    assert seen_windows(cut) == [(1.0, 2.0), (5.0, 6.5)]
    assert cut.attrs[VIDEO_FRAMES_ATTR] == 600


def test_windows_over_everything_leave_the_poses_as_they_are() -> None:
    pose = flat_pose(4)
    assert sampling.cut_windows(pose, [(0.0, 2.0), (2.0, 9.0)]) is pose


def test_a_short_film_is_seen_whole() -> None:
    assert sampling.planned_windows(flat_pose(5)) == [(0.0, 5.0)]


def test_the_plan_decides_from_the_windows_that_it_has_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    shares = []

    def needed(pose: xr.Dataset) -> float:
        shares.append(pose.sizes["time"] / 3600)
        return 1.5 if len(shares) == 1 else 1.0

    monkeypatch.setattr(sampling, "times_needed", needed)
    windows = sampling.planned_windows(flat_pose(60))
    assert 0 < shares[0] < shares[1] < 1
    assert sum(end - start for start, end in windows) == pytest.approx(60 * shares[1], abs=0.1)


def test_a_run_is_measured_both_ways(clip: RenderedClip) -> None:
    rows = sampling.SamplingPair(clip, sampling.cut_windows(clip.pose, [(0.0, 3.5), (4.5, 8.0)])).rows()
    cadence = next(row for row in rows if row["key"] == "cadence")
    assert cadence["seen"] == pytest.approx(7 / 8, abs=0.01)
    assert cadence["value_sampled"] == pytest.approx(cadence["truth"], rel=0.01)
    assert cadence["value_sampled"] != cadence["value_every"]


def test_a_run_that_sampling_refuses_counts_as_refused(clip: RenderedClip) -> None:
    rows = pd.DataFrame(sampling.SamplingPair(clip, clip.pose.isel(time=slice(0, 20))).rows())
    assert np.isnan(rows.value_sampled).all()
    assert np.isfinite(rows.value_every).any()


def made_rows(worse: float, wider: float) -> pd.DataFrame:
    random = np.random.default_rng(3)
    error = random.normal(0, 1, 40)
    return pd.DataFrame(
        {
            "clip": [f"clip {n}" for n in range(40)],
            "view": "side",
            "runner": "a",
            "source": "joints",
            "seen": 0.5,
            "key": "cadence",
            "side": "both",
            "place": "near",
            "truth": 170.0,
            "value_every": 170 + error,
            "low_every": 168 + error,
            "high_every": 172 + error,
            "value_sampled": 170 + worse * error,
            "low_sampled": 170 + worse * error - 2 * wider,
            "high_sampled": 170 + worse * error + 2 * wider,
        }
    )


def test_ratios_are_those_of_errors_and_widths() -> None:
    (row,) = sampling.summarise_sampling(made_rows(1.1, 1.25)).to_dict("records")
    assert row["error_ratio"] == pytest.approx(1.1)
    assert row["rms_ratio"] == pytest.approx(1.1)
    assert row["width_ratio"] == pytest.approx(1.25)
    assert row["rms_ratio_low"] <= row["rms_ratio"] <= row["rms_ratio_high"]
    assert row["error_ratio_low"] <= row["error_ratio"] <= row["error_ratio_high"]
    assert (row["clips"], row["refused_sampled"]) == (40, 0)


def test_how_far_sampling_moves_a_value_is_a_share_of_the_interval() -> None:
    rows = made_rows(1.0, 1.0).assign(value_sampled=lambda made: made.value_every + 0.5)
    (row,) = sampling.summarise_sampling(rows).to_dict("records")
    assert row["moved"] == pytest.approx(0.25)


def test_a_value_that_only_every_frame_gives_is_counted() -> None:
    rows = made_rows(1.0, 1.0)
    rows.loc[:2, ["value_sampled", "low_sampled", "high_sampled"]] = np.nan
    (row,) = sampling.summarise_sampling(rows).to_dict("records")
    assert (row["clips"], row["refused_sampled"], row["refused_every"]) == (37, 3, 0)


def test_few_runs_say_nothing_of_a_metric() -> None:
    assert sampling.summarise_sampling(made_rows(1.0, 1.0).head(sampling.MIN_CLIPS - 1)).empty


def test_the_page_names_its_command_and_the_metric() -> None:
    page = sampling.sampling_page(made_rows(1.02, 1.04), "python -m gait.validation.sampling_comparison")
    assert "Made by `python -m gait.validation.sampling_comparison`. 40 runs" in page
    assert "| cadence (steps/min) | near | 40 |" in page
    assert all(len(line) <= 120 for line in page.splitlines() if not line.startswith("|"))


def test_runs_whose_rows_are_kept_are_not_compared_again(tmp_path: Path, clip: RenderedClip) -> None:
    cases = [clip.case, replace(clip.case, name="another")]
    for number, case in enumerate(cases):
        sampling._keep_rows(tmp_path, case, [{"clip": case.name, "value_every": np.nan, "value_sampled": 1.5 + number}])
    inputs = sampling.ValidationInputs({}, tmp_path, "litert")
    rows = sampling.compare_sampling(cases, inputs, sampling.planned_windows, jobs=1, keep=tmp_path)
    assert list(rows.value_sampled) == [1.5, 2.5]
    assert np.isnan(rows.value_every).all()
    (tmp_path / f"{clip.case.name}.json").write_text("[{", encoding="utf-8")
    assert sampling._kept_rows(tmp_path, clip.case) is None
