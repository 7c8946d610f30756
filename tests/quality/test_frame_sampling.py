"""Which frames a check is based on, with an engine that needs no model."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gait.errors import RefusedError
from gait.pose.engines.pose_engine import FrameResult, PersonKeypoints
from gait.quality.frame_sampling import (
    BURSTS,
    FRAMES_PER_BURST,
    SEGMENT_FPS,
    SEGMENT_S,
    sample_bursts,
    sample_long_segment,
    sample_video,
)
from gait.video import DecodedFrame, probe
from tests.conftest import write_clip

KEYPOINTS = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


class FixedEngine:
    """Finds the same person in every frame, or nobody; counts the frames."""

    name, model, model_sha256, keypoints, keypoint_family = "fixed", "fixed", "0", KEYPOINTS, "unknown"

    def __init__(self, *, people: int = 1, bystanders: int = 0) -> None:
        self.people, self.bystanders = people, bystanders
        self.times: list[float] = []

    def __enter__(self) -> FixedEngine:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def track(self, frames: Iterable[DecodedFrame], *, fps: float, state: Any = None) -> Generator[FrameResult]:
        position = np.array([[20.0, 10.0], [30.0, 10.0], [20.0, 30.0], [30.0, 30.0]])
        for frame in frames:
            self.times.append(frame.time_s)
            person = PersonKeypoints(position, np.ones(len(KEYPOINTS)), None)
            yield FrameResult((person,) * self.people, bystanders=self.bystanders)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds at 60 frames/s."""
    return write_clip(tmp_path_factory.mktemp("sampling") / "run.mp4", frames=600, fps=60)


def test_bursts_are_spread_over_the_video(clip: Path) -> None:
    bursts = sample_bursts(clip)
    assert [len(burst) for burst in bursts] == [FRAMES_PER_BURST] * BURSTS
    starts = [burst[0].time_s for burst in bursts]
    assert starts == sorted(starts)
    assert np.diff(starts) == pytest.approx(10 / BURSTS, abs=0.4)
    assert bursts[0][0].grey.shape == (48, 64)


def test_bursts_stay_in_the_part_that_is_analysed(clip: Path) -> None:
    times = [frame.time_s for burst in sample_bursts(clip, start=4.0, end=6.0) for frame in burst]
    assert 4.0 - 1e-6 <= min(times) <= max(times) <= 6.0 + 1e-6


def test_the_segment_is_evenly_spaced_at_its_own_rate(clip: Path) -> None:
    sample = sample_video(clip, probe(clip), FixedEngine())  # type: ignore[arg-type]
    times = sample.segment.time.values
    steps = np.diff(times) * SEGMENT_FPS
    # A frame that belongs to a burst too is missing in the segment.
    assert steps == pytest.approx(np.round(steps), abs=0.02)
    assert (np.median(steps), steps.max()) == pytest.approx((1, 2))
    assert np.ptp(times) == pytest.approx(SEGMENT_S, abs=0.2)
    assert (sample.segment.attrs["fps"], sample.pose.attrs["fps"]) == (pytest.approx(20), pytest.approx(60))
    assert sample.pose.sizes["time"] > sample.segment.sizes["time"]


def test_bystanders_are_counted(clip: Path) -> None:
    sample = sample_video(clip, probe(clip), FixedEngine(bystanders=2))  # type: ignore[arg-type]
    assert sample.pose.attrs["bystander_share"] == 1.0
    assert sample.pose.attrs["most_others"] == 2


def test_a_long_segment_has_few_frames_a_second(clip: Path) -> None:
    engine = FixedEngine()
    pose = sample_long_segment(clip, probe(clip), engine)  # type: ignore[arg-type]
    assert pose.attrs["fps"] == pytest.approx(5)
    assert len(engine.times) == pose.sizes["time"] == 50


def test_a_video_without_people_is_refused(clip: Path) -> None:
    with pytest.raises(RefusedError, match="nobody found in 16 frames spread over the video"):
        sample_video(clip, probe(clip), FixedEngine(people=0))  # type: ignore[arg-type]
