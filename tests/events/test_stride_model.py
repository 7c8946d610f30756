"""The linear model of the mean stride: what it may rest on, what moves with what, and whom it knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.events import stride_model
from gait.events.stride_model import (
    EVENT_KINDS,
    LEG_VIEWS,
    features,
    first_guess,
    legs_followed,
    load_model,
)
from gait.geometry.camera import find_camera
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


def turned(stride: MeanStride, by: float) -> MeanStride:
    """The same stride with the origin of its phase elsewhere."""
    order = stride.wave.order
    k = np.arange(1, order + 1)[:, None]
    cos, sin = stride.wave.coefficients[1 : order + 1], stride.wave.coefficients[order + 1 :]
    series = (cos - 1j * sin) * np.exp(2j * np.pi * k * by)
    coefficients = np.concatenate([stride.wave.coefficients[:1], series.real, -series.imag])
    return replace(stride, wave=Waveform(coefficients, stride.wave.noise, stride.wave.samples))


def test_where_the_phase_begins_does_not_matter(strides) -> None:
    elsewhere = {side: turned(stride, 0.3) for side, stride in strides.items()}
    model = load_model()
    guesses = [first_guess(s, "side") for s in (strides, elsewhere)]
    for side in ("left", "right"):
        for kind in EVENT_KINDS:
            first, second = (
                model.locate(s[side], g[side], "near", kind).phase
                for s, g in zip((strides, elsewhere), guesses, strict=True)
            )
            assert float(wrap(first - second - 0.3)) == pytest.approx(0.0, abs=1e-6)


def test_a_runner_twice_as_large_in_metres_lands_at_the_same_time(strides) -> None:
    stride = strides["right"]
    large = replace(
        stride,
        wave=Waveform(2 * stride.wave.coefficients, 2 * stride.wave.noise, stride.wave.samples),
        leg_m=2 * stride.leg_m,
    )
    assert features(stride, 0.2, "side") == pytest.approx(features(large, 0.2, "side"))


def test_legs_share_one_first_guess_half_a_stride_apart(strides) -> None:
    guess = first_guess(strides, "side")
    assert float(wrap(guess["right"] - guess["left"] - 0.5)) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("name", ["all", "without_005", "without_027"])
def test_stored_models_know_every_place_and_how_far_they_err(name: str) -> None:
    model = load_model(name)
    assert set(model.events) == {(place, kind) for place in LEG_VIEWS for kind in EVENT_KINDS}
    assert all(0.003 < sd < 0.05 for sd in model.sd_s.values())


def test_landmarks_of_unknown_origin_are_trusted_less(strides) -> None:
    stride, model = strides["right"], load_model()
    guess = first_guess(strides, "side")["right"]
    known, unknown = (
        model.locate(replace(stride, source=source), guess, "near", "contact") for source in ("markers", "elsewhere")
    )
    assert unknown.uncertainty_s > known.uncertainty_s
    assert unknown.phase == pytest.approx(known.phase)


def test_another_model_is_used_for_a_while_only() -> None:
    assert stride_model.model_in_use() is load_model()
    with stride_model.using(load_model("without_005")):
        assert stride_model.model_in_use() is load_model("without_005")
    assert stride_model.model_in_use() is load_model()


def test_feet_that_do_not_rise_in_turn_are_not_followed() -> None:
    run = filmed(camera=CameraSpec(view="rear"))
    camera = find_camera(run.pose)
    strides = mean_strides(clean_keypoints(run.pose, camera), camera)
    assert legs_followed(strides, "rear")
    # Both legs drawn on one, as the pose engine does with dark legs in front of a dark belt.
    assert not legs_followed({"left": strides["left"], "right": strides["left"]}, "rear")
