"""What can be practised live: one metric, with the band to stay in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from gait._typing import FloatArray
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.records import View

#: Over which part of a step a value is taken, and whose steps make the number: those of the leg nearer to the camera,
#: of both legs, or of the side that reads higher.
StepPart = Literal["contact", "stance", "stride"]
Legs = Literal["near", "both", "largest"]
_INDEX = {name: number for number, name in enumerate(BLAZEPOSE_KEYPOINTS)}


@dataclass(frozen=True)
class LiveCamera:
    """What a window of pictures says about the camera.

    Attributes
    ----------
    view : {"side", "rear", "front"}
    direction : int
        −1 when the runner faces the left edge of the image, +1 otherwise.
    leg_length_px : float
        Hip joint to floor, pixels.
    near_side : {"left", "right"} or None
    """

    view: View
    direction: int
    leg_length_px: float
    near_side: Literal["left", "right"] | None


#: Positions (T, 33, 2), camera, side → the signal of every picture, (T,).
SignalFunction = Callable[[FloatArray, LiveCamera, str], FloatArray]


@dataclass(frozen=True)
class LiveTarget:
    """One metric that can be practised.

    Attributes
    ----------
    key : str
        Of the metric (`gait.metrics`): unit, sign and definition are the metric's.
    view : {"side", "front"} or None
        Where the camera must stand; ``None``: anywhere.
    part : {"contact", "stance", "stride"}
    legs : {"near", "both", "largest"}
    signal : callable or None
        Its value in every picture, up to an offset that `gait.live.stride_stream` finds; ``None`` for cadence.
    low, high : float
        Band that is offered where nothing is known of the runner.
    step : float
        Smallest change that is shown and set.
    """

    key: str
    view: View | None
    part: StepPart
    legs: Legs
    signal: SignalFunction | None
    low: float
    high: float
    step: float


def _xy(position: FloatArray, *names: str) -> FloatArray:
    return np.asarray(position[:, [_INDEX[name] for name in names]].mean(axis=1))


def _overstride(position: FloatArray, camera: LiveCamera, side: str) -> FloatArray:
    ahead = _xy(position, f"{side}_ankle")[:, 0] - _xy(position, f"{side}_hip")[:, 0]
    return np.asarray(camera.direction * ahead / camera.leg_length_px)


def _foot_pitch(position: FloatArray, camera: LiveCamera, side: str) -> FloatArray:
    foot = _xy(position, f"{side}_foot_index") - _xy(position, f"{side}_heel")
    return np.degrees(np.arctan2(-foot[:, 1], camera.direction * foot[:, 0]))


def _trunk(position: FloatArray, sign: int) -> FloatArray:
    line = _xy(position, "left_shoulder", "right_shoulder") - _xy(position, "left_hip", "right_hip")
    return np.degrees(np.arctan2(sign * line[:, 0], -line[:, 1]))


def _trunk_lean(position: FloatArray, camera: LiveCamera, side: str) -> FloatArray:
    return _trunk(position, camera.direction)


def _lateral_lean(position: FloatArray, camera: LiveCamera, side: str) -> FloatArray:
    return _trunk(position, _image_direction(camera, side))


def _wrist_past_midline(position: FloatArray, camera: LiveCamera, side: str) -> FloatArray:
    shoulder, hip = _xy(position, "left_shoulder", "right_shoulder"), _xy(position, "left_hip", "right_hip")
    wrist = _xy(position, f"{side}_wrist")
    share = (wrist[:, 1] - hip[:, 1]) / (shoulder[:, 1] - hip[:, 1])
    midline = hip[:, 0] + share * (shoulder[:, 0] - hip[:, 0])
    breadth = np.abs(_xy(position, "left_shoulder")[:, 0] - _xy(position, "right_shoulder")[:, 0])
    return np.asarray(-_image_direction(camera, side) * (wrist[:, 0] - midline) / np.nanpercentile(breadth, 95))


def _image_direction(camera: LiveCamera, side: str) -> int:
    towards_right = {"left": -1, "right": 1}[side]
    return -towards_right if camera.view == "front" else towards_right


#: By key. The bands are engineering choices within what [method](method.md) lists: cadence 171 ± 11 at 3.5 m/s
#: (Fukuchi 2017); overstride up to 0.28; foot between fore- and rearfoot (Altman and Davis 2012); lean between the
#: upright and the leaning group (Teng and Powers 2015); sideways ± 3; hands on their own side. [E]
LIVE_TARGETS: Mapping[str, LiveTarget] = MappingProxyType(
    {
        target.key: target
        for target in (
            LiveTarget("cadence", None, "contact", "both", None, 165.0, 175.0, 1.0),
            LiveTarget("overstride", "side", "contact", "near", _overstride, 0.15, 0.28, 0.01),
            LiveTarget("foot_strike_angle", "side", "contact", "near", _foot_pitch, -2.0, 8.0, 1.0),
            LiveTarget("trunk_lean", "side", "stance", "both", _trunk_lean, 4.0, 11.0, 0.5),
            LiveTarget("lateral_trunk_lean", "front", "stance", "both", _lateral_lean, -3.0, 3.0, 0.5),
            LiveTarget("arm_crossover", "front", "stride", "largest", _wrist_past_midline, -1.0, 0.0, 0.05),
        )
    }
)
