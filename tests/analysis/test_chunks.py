"""A long run measured in chunks gives what it gives when measured at once."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import gait
from calibration.landing_fit import joint_foot_motion
from gait.analysis import chunks
from gait.analysis.view_analysis import ViewAnalysis, analyze_pose
from gait.errors import RefusedError
from gait.events.shoe_landing import SHOE_WEIGHT
from gait.geometry.camera import find_camera, leg_view_of
from gait.netcdf import blocks
from gait.pose.dataset import FOOT_AHEAD, FOOT_TURN, TRACKED_FEET_ATTR, load_pose, save_pose
from gait.records import Runner
from gait.synthetic import CameraSpec
from tests.conftest import REPOSITORY
from tests.filmed_joints import edited, repeated

#: Length (s) and frame rate (1/s) of the long run.
SECONDS, FPS = 75.0, 30.0
RUNNER = Runner(height_m=1.76)
CAMERAS = {"side": CameraSpec(), "rear": CameraSpec(view="rear")}


@pytest.fixture(scope="module", params=list(CAMERAS))
def both_ways(request, tmp_path_factory) -> tuple[ViewAnalysis, ViewAnalysis, list[tuple[float, str, str]]]:
    """The same run measured at once and in four chunks, from a file and into a file; and its true events."""
    pose, true = repeated(SECONDS, camera=CAMERAS[request.param], fps=FPS)
    folder = tmp_path_factory.mktemp("long")
    save_pose(pose, folder / "pose.nc")
    whole = analyze_pose(pose, runner=RUNNER)
    with pytest.MonkeyPatch.context() as patch:
        cut_up(patch)
        in_chunks = analyze_pose(load_pose(folder / "pose.nc"), runner=RUNNER, keep=folder / "clean.nc")
    return whole, in_chunks, true


def cut_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "WHOLE_S", 30.0)
    monkeypatch.setattr(chunks, "CHUNK_S", 20.0)
    monkeypatch.setattr(chunks, "SAMPLE_FRAMES", 750)


def test_no_event_is_lost_or_doubled_at_a_seam(both_ways) -> None:
    _, in_chunks, true = both_ways
    for side in ("left", "right"):
        for kind in ("contact", "toe_off"):
            chosen = (in_chunks.events.side == side) & (in_chunks.events.kind == kind)
            found = in_chunks.events.time_s[chosen].to_numpy(dtype=float)
            expected = np.array([t for t, *what in true if what == [side, kind] and 0.2 < t < SECONDS - 0.2])
            near = np.abs(found[:, None] - expected) < 0.1
            assert (near.sum(axis=0) == 1).all()
            assert len(found) - len(expected) in (0, 1, 2)  # at the very ends of the clip


def test_events_alternate_through_the_seams(both_ways) -> None:
    _, in_chunks, _ = both_ways
    contacts = in_chunks.events[in_chunks.events.kind == "contact"]
    assert all(a != b for a, b in pairwise(contacts.side))
    for side in ("left", "right"):
        assert all(a != b for a, b in pairwise(in_chunks.events.kind[in_chunks.events.side == side]))
    assert in_chunks.events.time_s.is_monotonic_increasing
    assert (np.diff(in_chunks.steps.step) == 1).all()


def test_measurements_are_those_of_the_whole_clip(both_ways) -> None:
    whole, in_chunks, _ = both_ways
    for at_once, joined in zip(whole.measurements, in_chunks.measurements, strict=True):
        assert (joined.key, joined.side, joined.grade) == (at_once.key, at_once.side, at_once.grade)
        assert abs(joined.steps - at_once.steps) <= 1
        if at_once.value is None:
            assert joined.reason == at_once.reason
            continue
        half = (at_once.interval[1] - at_once.interval[0]) / 2
        assert joined.value == pytest.approx(at_once.value, abs=0.1 * half)
        assert joined.interval == pytest.approx(at_once.interval, abs=0.15 * half)
    assert (in_chunks.info.frames, in_chunks.info.detected_fraction) == (whole.info.frames, 1.0)
    assert (in_chunks.info.view, in_chunks.info.facing) == (whole.info.view, whole.info.facing)
    assert in_chunks.info.duration_s == whole.info.duration_s


def test_the_clean_poses_of_all_chunks_lie_in_one_file(both_ways) -> None:
    whole, in_chunks, _ = both_ways
    assert in_chunks.clean.sizes == whole.clean.sizes
    assert set(in_chunks.clean.data_vars) == set(whole.clean.data_vars)
    assert np.array_equal(in_chunks.clean.time, whole.clean.time)
    apart = np.abs(in_chunks.clean.position.values - whole.clean.position.values)
    assert np.nanmedian(apart) < 0.5
    assert np.isfinite(apart).mean() > 0.99
    assert in_chunks.clean.attrs["source_file"] == "run.mp4"


@pytest.fixture(scope="module")
def long_run() -> xr.Dataset:
    return repeated(SECONDS, fps=FPS)[0]


def test_a_runner_who_steps_off_leaves_a_gap(long_run, monkeypatch) -> None:
    cut_up(monkeypatch)
    away = (long_run.time.values > 12) & (long_run.time.values < 63)

    def step_off(position, _names) -> None:
        position[away] = np.nan

    view = analyze_pose(edited(long_run, step_off))
    (warning,) = [w for w in view.info.warnings if w.startswith("nothing could be measured")]
    assert "from 19 to 56 s" in warning
    assert "film" in warning
    times = view.events.time_s.to_numpy()
    assert not ((times > 12.5) & (times < 62.5)).any()
    assert ((times > 9) & (times < 11)).any()
    assert ((times > 64) & (times < 66)).any()
    assert (np.diff(view.steps.step) > 0).all()
    assert view.clean.sizes["time"] == view.pose.sizes["time"]
    assert np.isnan(view.clean.position.values[away]).all()
    assert view.info.detected_fraction == pytest.approx(1 - away.mean(), abs=1e-6)
    (cadence,) = [m for m in view.measurements if m.key == "cadence"]
    (true,) = [m for m in analyze_pose(long_run).measurements if m.key == "cadence"]
    assert cadence.value == pytest.approx(true.value, rel=0.01)


def test_nobody_who_runs_is_refused_and_leaves_nothing(long_run, monkeypatch, tmp_path) -> None:
    cut_up(monkeypatch)

    def stand_still(position, _names) -> None:
        position[:] = position[:1]

    with pytest.raises(RefusedError, match="film"):
        analyze_pose(edited(long_run, stand_still), keep=tmp_path / "clean.nc")
    assert not list(tmp_path.iterdir())


def test_the_camera_is_found_from_some_of_the_frames(long_run, monkeypatch) -> None:
    every = find_camera(long_run)
    cut_up(monkeypatch)
    sample, found = chunks.sample_frames(long_run)
    assert sample.sizes["time"] == 750
    assert found == long_run.sizes["time"]
    some = find_camera(sample)
    assert (some.view, some.facing) == (every.view, every.facing)
    assert some.leg_px == pytest.approx(every.leg_px, rel=0.01)


def test_a_short_clip_read_from_its_file_gives_the_very_same(tmp_path) -> None:
    pose, _ = repeated(12.0)
    save_pose(pose, tmp_path / "pose.nc")
    kept = analyze_pose(load_pose(tmp_path / "pose.nc"), runner=RUNNER, keep=tmp_path / "clean.nc")
    assert kept.measurements == analyze_pose(pose, runner=RUNNER).measurements
    assert not (tmp_path / "clean.nc").exists()


def test_what_is_refused_in_a_chunk_keeps_its_reason(monkeypatch) -> None:
    pose, _ = repeated(45.0, camera=CAMERAS["side"], fps=FPS)

    def astray(position: np.ndarray, names: list[str]) -> None:
        position[:, names.index("right_knee"), 0] -= 45.0

    cut_up(monkeypatch)
    made = analyze_pose(edited(pose, astray), runner=RUNNER)
    (knee,) = (m for m in made.measurements if (m.key, m.side) == ("tibia_angle", "right"))
    assert "bend backwards" in knee.reason


def test_what_shoes_in_the_middle_show_of_contact_holds_for_all_of_a_long_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pose, true = repeated(SECONDS, fps=FPS)
    camera, time = find_camera(pose), pose.time.values
    shod = pose.copy()
    for side in ("left", "right"):
        motion = joint_foot_motion(pose, side, direction=camera.direction, leg_px=camera.leg_px)
        near = np.zeros(len(time), dtype=bool)
        for at, *what in true:
            if what == [side, "contact"] and 30 < at < 45:
                near |= (time > at - 0.06) & (time < at + 0.12)
        for name, values in zip((FOOT_TURN[side], FOOT_AHEAD[side]), (motion.turn, motion.ahead), strict=True):
            # The shoe lands 14 ms later than heel and toe do.
            late = np.interp(time - 0.014, time, values)
            shod[name] = (("time", "individual"), np.where(near, late, np.nan)[:, None])
    shod = shod.assign_attrs(pose.attrs, **{TRACKED_FEET_ATTR: "left,right"})
    save_pose(shod, tmp_path / "pose.nc")
    cut_up(monkeypatch)
    plain = analyze_pose(pose, runner=RUNNER)
    view = analyze_pose(load_pose(tmp_path / "pose.nc"), runner=RUNNER, keep=tmp_path / "clean.nc")
    for side in ("left", "right"):
        before, after = (
            each.events.time_s[(each.events.side == side) & (each.events.kind == "contact")].to_numpy(dtype=float)
            for each in (plain, view)
        )
        assert len(before) == len(after)
        later = after - before
        assert np.ptp(later) < 0.003
        expected_s = SHOE_WEIGHT[leg_view_of(camera, side)] * 0.014
        assert later.mean() == pytest.approx(expected_s, abs=0.003)
    strike = next(m for m in view.measurements if (m.key, m.side) == ("foot_strike_angle", camera.near_side))
    assert strike.value is not None
    assert 15 < strike.steps < 30  # those with a tracked shoe


@pytest.mark.parametrize("view", list(CAMERAS))
def test_the_stages_one_by_one_give_the_same_to_the_last_digit(
    view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_up(monkeypatch)
    pose, _ = repeated(35.0, camera=CAMERAS[view])
    whole = analyze_pose(pose, runner=RUNNER)
    clean = gait.clean_pose(pose, height_m=RUNNER.height_m)
    staged = gait.measure(clean, gait.detect_events(clean), runner=RUNNER)
    save_pose(pose, tmp_path / "pose.nc")
    from_file = analyze_pose(load_pose(tmp_path / "pose.nc"), runner=RUNNER, keep=tmp_path / "clean.nc")
    for other in (staged, from_file):
        assert other.measurements == whole.measurements
        assert other.info == whole.info
        pd.testing.assert_frame_equal(other.steps, whole.steps, check_exact=True)
        pd.testing.assert_frame_equal(other.events, whole.events, check_exact=True)
        np.testing.assert_array_equal(other.clean.position, whole.clean.position)


def test_no_more_than_a_chunk_of_a_file_is_loaded_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_up(monkeypatch)
    save_pose(repeated(45.0, fps=FPS)[0], tmp_path / "pose.nc")
    loaded: list[int] = []
    load = xr.Dataset.load

    def counted(dataset: xr.Dataset, **options: object) -> xr.Dataset:
        if "position" in dataset:
            loaded.append(dataset.sizes["time"])
        return load(dataset, **options)

    pose = load_pose(tmp_path / "pose.nc")
    monkeypatch.setattr(chunks, "blocks", partial(blocks, frames=300))
    monkeypatch.setattr(xr.Dataset, "load", counted)
    analyze_pose(pose, keep=tmp_path / "clean.nc")
    assert len(loaded) > 3
    assert max(loaded) < 1.4 * chunks.CHUNK_S * FPS  # a chunk and what it shares with its neighbours


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="needs the memory of a child process")
def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    """At once, the longer run takes a fifth more; a whole `gait analyze` is measured in ``tests/end_to_end``."""
    program = """
import sys
from pathlib import Path
from gait.analysis import chunks
from gait.analysis.view_analysis import analyze_pose
from gait.pose.dataset import load_pose
chunks.WHOLE_S, chunks.CHUNK_S, chunks.SAMPLE_FRAMES = 30.0, 20.0, 1500
folder = Path(sys.argv[1])
analyze_pose(load_pose(folder / "pose.nc"), keep=folder / "clean.nc")
"""
    peaks = []
    for seconds in (50.0, 150.0):
        save_pose(repeated(seconds)[0], tmp_path / "pose.nc")
        process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=REPOSITORY)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        peaks.append(usage.ru_maxrss)
    assert peaks[1] < 1.1 * peaks[0]
