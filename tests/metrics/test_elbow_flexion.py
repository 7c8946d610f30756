"""Mean bend of the elbow over the stride."""

from __future__ import annotations

import numpy as np
import pytest

from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.elbow_flexion import SPEC, measure_elbow_flexion
from gait.synthetic import CameraSpec
from tests.filmed_joints import edited, filmed
from tests.metrics.exact_runs import SIDE_RUNS, assert_same_when_mirrored, assert_true_from_the_side, tracks_of


@pytest.mark.parametrize(("name", "facing"), SIDE_RUNS)
def test_value_is_that_of_the_geometry(name: str, facing: str) -> None:
    assert_true_from_the_side(SPEC, name, facing, tolerance=2.0)


def test_a_mirrored_run_has_the_same_value() -> None:
    assert_same_when_mirrored(SPEC)


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize(
    ("forearm", "flexion"), [((0, -1), 0), ((1, 0), 90), ((0.5, 0.866), 150), ((-0.5, -0.866), -30)]
)
def test_sign_of_an_arm_drawn_by_hand(facing: str, forearm: tuple[float, float], flexion: float) -> None:
    base = filmed(camera=CameraSpec(facing=facing), seconds=1.0, noise_px=0)
    ahead = 1 if facing == "right" else -1

    def draw(position: np.ndarray, names: list[str]) -> None:
        elbow = np.array([400.0, 300.0])
        position[:, names.index("left_shoulder")] = elbow - np.array([0.0, 80.0])
        position[:, names.index("left_elbow")] = elbow
        position[:, names.index("left_wrist")] = elbow + 60 * np.array([ahead * forearm[0], -forearm[1]])

    tracks = KeypointTracks(edited(base.pose, draw), tracks_of(base).camera)
    contact = np.array([0.05, 0.55])
    assert measure_elbow_flexion(tracks, "left", contact, contact + 0.2)[0] == pytest.approx(flexion, abs=0.1)


def test_a_forearm_seen_end_on_does_not_count() -> None:
    base = filmed(seconds=1.0, noise_px=0)

    def draw(position: np.ndarray, names: list[str]) -> None:
        position[:, names.index("left_shoulder")] = (400, 220)
        position[:, names.index("left_elbow")] = (400, 300)
        position[:, names.index("left_wrist")] = (460, 300)
        position[20:30, names.index("left_wrist")] = (398, 299)

    tracks = KeypointTracks(edited(base.pose, draw), tracks_of(base).camera)
    contact = np.array([0.05, 0.75])
    assert measure_elbow_flexion(tracks, "left", contact, contact + 0.2)[0] == pytest.approx(90, abs=1.0)


def test_one_contact_is_no_stride() -> None:
    run = filmed(noise_px=0, seconds=1.0)
    assert np.isnan(measure_elbow_flexion(tracks_of(run), "left", np.array([0.1]), np.array([0.3]))).all()
