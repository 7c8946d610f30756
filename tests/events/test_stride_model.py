"""The linear model of the mean stride: what its results may and may not depend on."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gait.events import stride_model
from gait.events.stride_model import (
    EVENT_KINDS,
    LEG_VIEWS,
    LinearMap,
    are_legs_tracked,
    initial_phases,
    load_stride_model,
    stride_features,
    to_arrays,
    view_of,
)
from gait.geometry.camera import find_camera, leg_view_of
from gait.pose.dataset import CALIBRATED_NETWORKS
from gait.signal.cleaning import clean_keypoints
from gait.signal.mean_stride import MeanStride, mean_strides
from gait.signal.phase import Waveform, wrap
from gait.synthetic import CameraSpec
from tests.filmed_joints import filmed


@pytest.fixture(scope="module")
def strides() -> dict[str, MeanStride]:
    run = filmed()
    camera = find_camera(run.pose)
    return mean_strides(clean_keypoints(run.pose, camera), camera)


def shift_phase(stride: MeanStride, by: float) -> MeanStride:
    """Return the same stride with its phase counted from elsewhere."""
    order = stride.wave.order
    k = np.arange(1, order + 1)[:, None]
    cos, sin = stride.wave.coefficients[1 : order + 1], stride.wave.coefficients[order + 1 :]
    series = (cos - 1j * sin) * np.exp(2j * np.pi * k * by)
    coefficients = np.concatenate([stride.wave.coefficients[:1], series.real, -series.imag])
    return replace(stride, wave=Waveform(coefficients, stride.wave.noise, stride.wave.samples))


def test_the_origin_of_the_phase_does_not_matter(strides) -> None:
    shifted = {side: shift_phase(stride, 0.3) for side, stride in strides.items()}
    model = load_stride_model()
    guesses = [initial_phases(s, "side") for s in (strides, shifted)]
    for side in ("left", "right"):
        for kind in EVENT_KINDS:
            first, second = (
                model.locate(s[side], g[side], "near", kind).phase
                for s, g in zip((strides, shifted), guesses, strict=True)
            )
            assert float(wrap(first - second - 0.3)) == pytest.approx(0.0, abs=1e-6)


def test_the_size_of_the_runner_in_metres_does_not_matter(strides) -> None:
    stride = strides["right"]
    large = replace(
        stride,
        wave=Waveform(2 * stride.wave.coefficients, 2 * stride.wave.noise, stride.wave.samples),
        leg_m=2 * stride.leg_m,
    )
    assert stride_features(stride, 0.2, "side") == pytest.approx(stride_features(large, 0.2, "side"))


def test_the_first_guesses_of_both_legs_are_half_a_stride_apart(strides) -> None:
    guess = initial_phases(strides, "side")
    assert float(wrap(guess["right"] - guess["left"] - 0.5)) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("name", ["all", "without_005", "without_027"])
def test_stored_models_have_every_leg_view_and_its_error(name: str) -> None:
    model = load_stride_model(name)
    assert set(model.events) == set(product(CALIBRATED_NETWORKS, LEG_VIEWS, EVENT_KINDS))
    assert all(0.003 < sd < 0.05 for sd in model.sd_s.values())


def test_events_from_keypoints_of_unknown_origin_are_less_certain(strides) -> None:
    stride, model = strides["right"], load_stride_model()
    guess = initial_phases(strides, "side")["right"]
    markers, unknown = (
        model.locate(replace(stride, keypoint_family=family), guess, "near", "contact")
        for family in ("markers", "unknown")
    )
    assert unknown.uncertainty_s > markers.uncertainty_s
    assert unknown.phase == pytest.approx(markers.phase)


def test_the_mean_error_of_a_network_is_removed_from_its_keypoints_only(strides) -> None:
    line = LinearMap(np.zeros(3), 0.02, 0.005)
    assert line(np.ones(3), shifted=False) == pytest.approx(0.02)
    assert line(np.ones(3), shifted=True) == pytest.approx(0.015)


def test_each_network_has_its_own_maps_and_markers_take_the_best(strides) -> None:
    stride, model = strides["right"], load_stride_model()
    guess = initial_phases(strides, "side")["right"]
    of_network = {n: model.locate(replace(stride, network=n), guess, "near", "contact") for n in CALIBRATED_NETWORKS}
    markers = model.locate(stride, guess, "near", "contact")
    assert of_network["full"].uncertainty_s == pytest.approx(model.sd_s["full", "near", "contact"])
    assert markers.uncertainty_s == pytest.approx(model.sd_s["heavy", "near", "contact"])


def test_a_stored_model_reads_back_as_it_was_written(tmp_path) -> None:
    model = load_stride_model()
    np.savez(tmp_path / "model.npz", **to_arrays({"all": model}))
    again = load_stride_model("all", tmp_path / "model.npz")
    assert again.sd_s == model.sd_s
    assert again.landing_sd_s == model.landing_sd_s
    for key, lines in model.events.items():
        for line, line_again in zip(lines, again.events[key], strict=True):
            np.testing.assert_array_equal(line_again.weights, line.weights)
            assert (line_again.offset, line_again.shift) == (line.offset, line.shift)


@pytest.mark.parametrize(
    ("camera", "leg_views"),
    [
        (CameraSpec(facing="right"), {"right": "near", "left": "far"}),
        (CameraSpec(facing="left"), {"right": "far", "left": "near"}),
        (CameraSpec(view="rear"), {"right": "rear", "left": "rear"}),
    ],
    ids=["facing right", "facing left", "rear"],
)
def test_a_leg_is_near_or_far_in_a_side_view_only(camera: CameraSpec, leg_views: dict[str, str]) -> None:
    found = find_camera(filmed(camera=camera, seconds=4).pose)
    assert {side: leg_view_of(found, side) for side in ("left", "right")} == leg_views
    assert {view_of(leg_view_of(found, side)) for side in ("left", "right")} == {found.view}


def test_another_model_is_used_inside_the_with_block_only() -> None:
    assert stride_model.current_stride_model() is load_stride_model()
    with stride_model.use_stride_model(load_stride_model("without_005")):
        assert stride_model.current_stride_model() is load_stride_model("without_005")
    assert stride_model.current_stride_model() is load_stride_model()


def test_legs_that_do_not_alternate_are_not_tracked() -> None:
    run = filmed(camera=CameraSpec(view="rear"))
    camera = find_camera(run.pose)
    strides = mean_strides(clean_keypoints(run.pose, camera), camera)
    assert are_legs_tracked(strides, "rear")
    # The pose engine puts both legs on one where dark legs run on a dark belt.
    assert not are_legs_tracked({"left": strides["left"], "right": strides["left"]}, "rear")
