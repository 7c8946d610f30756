"""Poses of windows with gaps between: measured as if they were one clip, and nothing is made up for the gaps."""

from types import SimpleNamespace

import numpy as np
import pytest

from gait.analysis import chunks, sampling_need
from gait.analysis.sampling_need import parts_where_change_begins, times_needed
from gait.analysis.view_analysis import analyze_pose
from gait.events.detection import drop_out_of_order
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.gait_cycles import gait_cycles
from gait.pose.dataset import (
    SAMPLED_WINDOWS_ATTR,
    VIDEO_FPS_ATTR,
    VIDEO_FRAMES_ATTR,
    length_per_seen,
    load_pose,
    save_pose,
    seen_seconds,
    seen_windows,
    window_starts,
)
from gait.records import Runner
from gait.signal.phase import StridePhase, mean_rate, track_phase
from tests.filmed_joints import repeated

WINDOWS = [(0.0, 3.4), (9.0, 12.4), (20.3, 23.5)]
RUNNER = Runner(height_m=1.75)


def cut(pose, windows):
    time = pose.time.values
    keep = np.zeros(len(time), dtype=bool)
    for start, end in windows:
        keep |= (time >= start - 1e-6) & (time < end - 1e-6)
    return pose.isel(time=keep).assign_attrs(
        {
            SAMPLED_WINDOWS_ATTR: np.array(windows).ravel(),
            VIDEO_FRAMES_ATTR: len(time),
            VIDEO_FPS_ATTR: pose.attrs["fps"],
        }
    )


@pytest.fixture(scope="module")
def whole():
    return repeated(24.0)[0]


@pytest.fixture(scope="module")
def views(whole):
    return analyze_pose(whole, runner=RUNNER), analyze_pose(cut(whole, WINDOWS), runner=RUNNER)


def test_windows_are_kept_in_a_file(whole, tmp_path):
    save_pose(cut(whole, WINDOWS), tmp_path / "pose.nc")
    loaded = load_pose(tmp_path / "pose.nc")
    assert seen_windows(loaded) == WINDOWS
    assert window_starts(loaded).tolist() == [9.0, 20.3]
    assert seen_seconds(loaded) == pytest.approx(10.0, abs=0.1)
    assert length_per_seen(loaded) == pytest.approx(24 / 10, rel=0.05)


def test_a_whole_clip_is_one_window(whole):
    assert len(seen_windows(whole)) == 1
    assert len(window_starts(whole)) == 0
    assert length_per_seen(whole) == 1


def test_windows_give_what_the_whole_clip_gives(views):
    every, sampled = views
    of_sampled = {(m.key, m.side): m for m in sampled.measurements}
    for m in every.measurements:
        other = of_sampled[m.key, m.side]
        assert (m.value is None) == (other.value is None), m.key
        if m.value is not None:
            half = 0.5 * (m.interval[1] - m.interval[0])
            assert abs(other.value - m.value) < max(0.25 * half, 0.003 * abs(m.value)), m.key
            assert other.grade == m.grade or {other.grade, m.grade} <= {"good", "fair"}, m.key


def test_no_step_or_event_lies_in_a_gap(views):
    sampled = views[1]
    for start, end in [(3.45, 8.95), (12.45, 20.25)]:
        assert not sampled.events.time_s.between(start, end).any()
    inside = [
        any(a <= contact and toe_off <= b for a, b in WINDOWS)
        for contact, toe_off in zip(sampled.steps.contact_s, sampled.steps.toe_off_s, strict=True)
    ]
    assert all(inside)
    assert sampled.info.frames_seen == sampled.pose.sizes["time"]
    assert sampled.info.duration_s == pytest.approx(views[0].info.duration_s)


def test_events_are_those_of_the_whole_clip(views):
    every, sampled = views
    for row in sampled.events.itertuples():
        if not any(a + 0.2 < row.time_s < b - 0.2 for a, b in WINDOWS):
            continue  # half of the neighbourhood is missing
        same = every.events[(every.events.side == row.side) & (every.events.kind == row.kind)]
        assert np.abs(same.time_s - row.time_s).min() < 0.02


def test_nothing_is_interpolated_over_a_gap(views):
    sampled = views[1]
    tracks = KeypointTracks(sampled.clean, sampled.camera)
    assert np.isnan(tracks.at(np.array([6.0, 15.0]), "left_hip")).all()
    assert np.isfinite(tracks.at(np.array([1.5, 10.5]), "left_hip")).all()


def test_cycles_do_not_cross_a_gap(views):
    every, sampled = (gait_cycles(view) for view in views)
    assert 0 < int(sampled.strides.max()) < int(every.strides.max())
    knee = [c["mean"].sel(signal="knee_flexion", side="left") for c in (every, sampled)]
    assert float(np.abs(knee[0] - knee[1]).max()) < 6


def test_a_long_run_goes_in_chunks_of_windows(whole, monkeypatch):
    monkeypatch.setattr(chunks, "WHOLE_S", 5.0)
    monkeypatch.setattr(chunks, "CHUNK_S", 4.0)
    monkeypatch.setattr(chunks, "OVERLAP_S", 2.0)
    sampled = cut(whole, WINDOWS)
    assert chunks.is_long(sampled)
    view = analyze_pose(sampled, runner=RUNNER)
    at_once = analyze_pose(whole, runner=RUNNER)
    assert view.measurements[0].value == pytest.approx(at_once.measurements[0].value, rel=0.01)
    assert view.events.time_s.is_monotonic_increasing


def test_a_runner_who_is_away_in_a_window(whole):
    sampled = cut(whole, WINDOWS)
    sampled["position"] = sampled.position.where((sampled.time < 9) | (sampled.time > 13))
    view = analyze_pose(sampled, runner=RUNNER)
    assert not view.events.time_s.between(8.9, 13).any()
    assert view.measurements[0].value is not None


def test_the_phase_goes_on_through_a_gap_at_the_rhythm():
    time = np.arange(0, 30, 1 / 60)
    time = time[((time < 4) | (time > 12)) & ((time < 16) | (time > 25))]
    phase = 1.4 * time
    tracked = track_phase(
        time, np.cos(2 * np.pi * phase), 0.3 * np.cos(4 * np.pi * phase + 1), starts=np.array([12.0, 25.0])
    )
    assert tracked.frequency_hz == pytest.approx(1.4, rel=2e-3)
    assert np.ptp(tracked.phase - phase) < 0.05
    assert tracked.strides == pytest.approx(1.4 * 13, rel=0.02)


def test_the_rate_does_not_rest_on_the_strides_of_a_gap():
    time = np.concatenate([np.arange(0, 3, 0.02), np.arange(10, 13, 0.02)])
    phase = 1.4 * time + np.where(time > 5, 1.0, 0.0)  # one stride too many was counted
    assert mean_rate(time, phase, np.array([10.0])) == pytest.approx(1.4)
    assert StridePhase(time, phase, 1.4, 1.0, np.array([10.0])).segments == [slice(0, 150), slice(150, 300)]


def test_the_order_of_events_begins_anew_after_a_gap():
    import pandas as pd

    events = pd.DataFrame({"side": "left", "kind": "contact", "time_s": [1.0, 10.0], "uncertainty_s": 0.01})
    assert len(drop_out_of_order(events)) == 1
    assert len(drop_out_of_order(events, starts=np.array([9.8]))) == 2


def test_more_is_asked_for_where_little_was_seen(whole):
    assert times_needed(cut(whole, WINDOWS)) < 1.3
    assert times_needed(cut(whole, [(0.0, 2.5), (10.0, 11.0)])) > 1.3
    nobody = cut(whole, WINDOWS)
    nobody["position"] = nobody.position * np.nan
    assert times_needed(nobody) == np.inf


def test_a_change_whose_beginning_is_known_badly_is_looked_at_again(whole, monkeypatch):
    def drift(*interval):
        return SimpleNamespace(onset_interval_s=interval or None)

    pose, told = cut(whole, WINDOWS), []
    assert parts_where_change_begins(pose, on_measured=told.append) == []
    assert len(told) == 1
    monkeypatch.setattr(
        sampling_need, "measure_drifts", lambda views, smallest: (drift(600.0, 645.0), drift(), drift(900.0, 1100.0))
    )
    assert parts_where_change_begins(pose) == [(900.0, 1100.0)]
    assert parts_where_change_begins(pose.isel(time=slice(0, 3))) == []
