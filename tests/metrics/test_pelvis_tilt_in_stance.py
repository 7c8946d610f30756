"""The drop of the free side that the frames show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.pelvis_tilt_in_stance import apparent_midstance_drop, apparent_peak_drop, is_pelvis_marked
from gait.synthetic import presets
from tests.filmed_joints import Run, filmed
from tests.metrics.exact_runs import EXACT, FRONT_CAMERA, tracks_of


def tilted_tracks(run: Run, mark: str, *, scale: float = 1.0) -> KeypointTracks:
    """Tracks with the tilt of the exact hips, as the frames would show it."""
    tracks = tracks_of(run)
    hips = tracks.xy("left_hip") - tracks.xy("right_hip")
    tilt = scale * np.degrees(
        np.arctan2(hips[:, 1], hips[:, 0]) if tracks.camera.view == "front" else np.arctan2(-hips[:, 1], -hips[:, 0])
    )
    pose = run.pose.assign(pelvis_tilt=(("time", "individual"), (tilt - tilt.mean())[:, None]))
    return KeypointTracks(pose.assign_attrs(run.pose.attrs, pelvis_mark=mark), tracks.camera)


@pytest.mark.parametrize("view", ["rear", "front"])
@pytest.mark.parametrize("drop", [2.0, 8.0])
def test_a_free_side_that_is_lower_is_a_drop(view: str, drop: float) -> None:
    run = filmed(presets.neutral(pelvic_drop_deg=drop), camera=replace(FRONT_CAMERA, view=view), **EXACT)
    tracks = tilted_tracks(run, "tape")
    peak = np.mean([np.mean(apparent_peak_drop(tracks, side, *run.stances(side))) for side in ("left", "right")])
    assert peak == pytest.approx(drop, abs=0.6)
    middle = np.mean([np.mean(apparent_midstance_drop(tracks, s, *run.stances(s))) for s in ("left", "right")])
    assert middle == pytest.approx(run.metrics["pelvic_drop_midstance"]["value"], abs=0.6)


@pytest.mark.parametrize(("mark", "expected"), [("tape", True), ("waistband", True), ("none", False)])
def test_tape_and_waistband_are_marks_and_cloth_is_not(mark: str, expected: bool) -> None:
    assert is_pelvis_marked(tilted_tracks(filmed(camera=FRONT_CAMERA, **EXACT), mark)) is expected
