"""Keypoints of a better network in a few strides move those of every frame to where it would place them."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from gait.geometry.camera import find_camera
from gait.pose.dataset import POSITION_DIMS, REFINED_POSITION
from gait.pose.refinement import refinement_windows
from gait.signal.cleaning import clean_keypoints
from gait.synthetic import CameraSpec
from tests.filmed_joints import JOINTS, LEG_JOINTS, exchange, filmed

ANKLE = JOINTS.index("left_ankle")


def track(ds: xr.Dataset, variable: str = "position") -> np.ndarray:
    return ds[variable].isel(individual=0).transpose("time", "keypoint", "space").values


def as_first_network_sees_it(pose: xr.Dataset) -> xr.Dataset:
    """Move the left ankle by a steady amount and once a stride, as a worse network would."""
    worse = track(pose).copy()
    sway = worse[:, ANKLE, 0] - worse[:, JOINTS.index("right_ankle"), 0]
    worse[:, ANKLE] += np.stack([8 + 0.05 * sway, np.full(len(sway), -5.0)], axis=1)
    return pose.copy().assign(position=(POSITION_DIMS, worse.swapaxes(1, 2)[..., None]))


def with_second_network(first: xr.Dataset, second: np.ndarray, frames: int = 150) -> xr.Dataset:
    refined = np.full_like(second, np.nan)
    for window in refinement_windows(first.time.values, 1.0, frames=frames):
        refined[window] = second[window]
    return first.assign({REFINED_POSITION: (POSITION_DIMS, refined.swapaxes(1, 2)[..., None])})


def cleaned(pose: xr.Dataset, variable: str = "position") -> np.ndarray:
    return track(clean_keypoints(pose, find_camera(pose)).pose, variable)


def median_error(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.nanmedian(np.linalg.norm(a - b, axis=-1)[20:-20]))


@pytest.mark.parametrize("camera", [CameraSpec(), CameraSpec(view="rear")], ids=lambda c: c.view)
def test_a_few_strides_of_the_second_network_are_enough(camera: CameraSpec) -> None:
    run = filmed(camera=camera)
    worse = as_first_network_sees_it(run.pose)
    alone, wanted, mixed = (
        clean_keypoints(pose, find_camera(pose)).pose
        for pose in (worse, run.pose, with_second_network(worse, track(run.pose)))
    )
    for variable in ("position", "observed"):
        first, best, reached = (track(ds, variable) for ds in (alone, wanted, mixed))
        before = median_error(first[:, ANKLE], best[:, ANKLE])
        assert before > 8
        assert median_error(reached[:, ANKLE], best[:, ANKLE]) < 0.15 * before
        others = [k for k in range(len(JOINTS)) if k != ANKLE]
        assert median_error(reached[:, others], best[:, others]) < 1.0


def test_legs_that_the_second_network_exchanged_do_no_harm() -> None:
    run = filmed()
    second = track(run.pose).copy()
    exchange(second, list(JOINTS), np.arange(len(second)) % 3 == 0)
    mixed = cleaned(with_second_network(run.pose, second))
    legs = [JOINTS.index(f"{s}_{j}") for s in ("left", "right") for j in LEG_JOINTS]
    assert median_error(mixed[:, legs], cleaned(run.pose)[:, legs]) < 1.0


def test_a_body_that_the_second_network_mirrored_does_no_harm() -> None:
    run = filmed(camera=CameraSpec(view="rear"))
    left = [k for k, name in enumerate(JOINTS) if name.startswith("left_")]
    right = [JOINTS.index(JOINTS[k].replace("left", "right")) for k in left]
    second = track(run.pose).copy()
    mirrored = second[:40].copy()
    mirrored[:, left + right] = second[:40][:, right + left]
    second[:40] = mirrored
    mixed = cleaned(with_second_network(run.pose, second))
    assert median_error(mixed, cleaned(run.pose)) < 1.0


def test_poses_of_one_network_stay_as_they_are() -> None:
    run = filmed()
    nothing = with_second_network(run.pose, np.full_like(track(run.pose), np.nan))
    np.testing.assert_array_equal(cleaned(nothing), cleaned(run.pose))
