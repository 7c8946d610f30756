"""The side-by-side video: both runners are at the same point of their stride."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gait.history.comparison_clip import load_comparison_clip
from gait.history.comparison_video import HEADER, HEIGHT, WIDTH, fit_to_panel, matching_times
from gait.history.stride_alignment import StrideClock
from gait.io.report_reader import read_report
from gait.report.keypoint_lookup import keypoints_at
from gait.video import probe, read_frames
from tests.flashing_videos import Filmed


def test_slow_motion_is_played_at_true_speed() -> None:
    slow = StrideClock(4 * 0.36 * np.arange(10.0))  # filmed at 240, plays at 60
    times, seconds = matching_times(slow, StrideClock(0.36 * np.arange(10.0)), fps=60, real_per_playback=1 / 4)
    assert len(times) == int(9 * 0.36 * 60) + 1
    np.testing.assert_allclose(seconds, np.arange(len(times)) / 60, atol=1e-9)


def test_the_video_shows_the_same_foot_landing_on_both_sides_at_once(written: Path) -> None:
    clip = written / "compare.mp4"
    meta = probe(clip)
    assert (meta.width, meta.fps) == (2 * WIDTH, pytest.approx(40))
    # The clips are bright where a left foot lands and half-bright where a right one does; the second has 25 frames/s,
    # so that one of its frames is shown for one or two.
    level = []
    for frame in read_frames(clip):
        panel = frame.image[HEADER : HEADER + HEIGHT : 8, ::8]
        level.append([np.median(panel[:, : WIDTH // 8]), np.median(panel[:, WIDTH // 8 :])])
    shown = np.digitize(np.array(level), [75, 180])
    for kind in (1, 2):
        left, right = (_middles(shown[:, half] == kind) for half in (0, 1))
        assert len(left) == len(right) >= 4
        assert np.abs(left - right).max() <= 1.6  # half a frame of each, at 40 and at 25 frames/s


def _middles(on: np.ndarray) -> np.ndarray:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(int), [0]])))
    middles = edges.reshape(-1, 2).mean(axis=1)
    return middles[(middles > 3) & (middles < len(on) - 3)]  # at the ends, half of a landing may be cut off


def test_both_are_drawn_equally_tall(two_runs: tuple[Filmed, Filmed]) -> None:

    reach = []
    for run in two_runs:
        clip = load_comparison_clip(read_report(run.folder), "side")
        transform = fit_to_panel(clip.view, mirrored=run is two_runs[1])
        moment = float(clip.view.clean.time.values[60])
        points = transform.transform_points(keypoints_at(clip.view.clean, moment))
        # Ankle behind knee, head ahead: where a runner faces is seen in the feet.
        reach.append(points["left_foot_index"][0] > points["left_heel"][0])
        assert 0 < points["left_hip"][0] < WIDTH
        assert 0.5 * HEIGHT < points["left_hip"][1] + 0.2 * HEIGHT < HEIGHT
    assert reach == [True, True]  # the one who faces left is mirrored
