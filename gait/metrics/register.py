"""The register of metrics: for each key its unit, the views that show it, the code that measures it.

Definitions, signs, bands and sources stand under the same key in ``gait/findings/metrics.toml``; the method's own
error under the same key in ``gait/calibration/method_error.toml``.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np

from gait._typing import FloatArray
from gait.geometry.camera import LANDMARK_FAMILY
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics import frontal, sagittal
from gait.records import View

#: Measures one value a step from the tracks, a side, and the times of contact and toe-off.
PerStep = Callable[[KeypointTracks, str, FloatArray, FloatArray], FloatArray]
#: Moment of a step that shows the metric best.
Moment = Literal["contact", "mid_stance", "toe_off", "widest"]
#: Column of the steps table for metrics that `gait.events.steps` has already measured.
TIMING = ("contact_time", "flight_time", "duty_factor")
#: Metrics that rest on the tilt of the pelvis (`gait.pose.appearance.pelvis`).
PELVIS = ("pelvic_drop", "pelvic_drop_midstance")
#: Metrics that the picture of the shoe shows better than landmarks do (`gait.events.shoe_landing`).
SHOE = ("foot_strike_angle",)
#: Thighs that come forwards lift the cloth in front of the pelvis, on some clothes more than on the few that were
#: drawn: by so much more its drop is uncertain, degrees. A body rendered by others read 3.5 degrees too much. [E]
FRONT_CLOTH_SD = 1.5
#: Skin moves over bone: one millimetre between strips of tape nine centimetres apart, degrees. [E]
TAPE_SD = 0.6


@dataclass(frozen=True)
class MetricSpec:
    """How one metric is measured.

    Attributes
    ----------
    key, unit : str
    views : tuple
        Views that show it, best first.
    moment : {"contact", "mid_stance", "toe_off", "widest"}
        The moment of a step to show as evidence.
    measure : callable or None
        ``None`` for what the steps table or the whole clip gives, and for what is always refused.
    sided : bool
        One value per leg; otherwise one for both.
    needs_scale : bool
        Needs metres, hence the runner's height or leg length.
    largest_sd : float
        Own error (standard deviation) above which a value would say nothing about a runner. [E]
    other_bodies_sd : float
        By how much more the error may differ between people than between the rendered bodies it was measured on, which
        are one family: where a joint sits under skin and clothes. Knee: 5° between runners from the placing of markers
        alone (Fukuchi 2017); single-camera systems err by 6° to 8° (Van Hooren 2023). [E]
    refused : str or None
        Why this version never gives a value.
    """

    key: str
    unit: str
    views: tuple[View, ...]
    moment: Moment
    measure: PerStep | None
    sided: bool = True
    needs_scale: bool = False
    largest_sd: float = math.inf
    other_bodies_sd: float = 0.0
    refused: str | None = None


METRICS: tuple[MetricSpec, ...] = (
    MetricSpec("cadence", "steps/min", ("side", "rear", "front"), "contact", None, sided=False),
    MetricSpec(
        "overstride", "fraction of L", ("side",), "contact", sagittal.overstride, largest_sd=0.05, other_bodies_sd=0.01
    ),
    MetricSpec("tibia_angle", "deg", ("side",), "contact", sagittal.tibia_angle, largest_sd=5, other_bodies_sd=1.0),
    MetricSpec(
        "foot_strike_angle", "deg", ("side",), "contact", sagittal.foot_strike_angle, largest_sd=9, other_bodies_sd=2.0
    ),
    MetricSpec(
        "knee_flexion_contact",
        "deg",
        ("side",),
        "contact",
        sagittal.knee_flexion_contact,
        largest_sd=7,
        other_bodies_sd=3.0,
    ),
    MetricSpec(
        "knee_flexion_stance",
        "deg",
        ("side",),
        "mid_stance",
        sagittal.knee_flexion_stance,
        largest_sd=7,
        other_bodies_sd=3.0,
    ),
    MetricSpec(
        "trunk_lean",
        "deg",
        ("side",),
        "mid_stance",
        sagittal.trunk_lean,
        sided=False,
        largest_sd=4,
        other_bodies_sd=1.0,
    ),
    MetricSpec("hip_extension", "deg", ("side",), "toe_off", sagittal.hip_extension, largest_sd=6, other_bodies_sd=2.0),
    MetricSpec(
        "foot_pickup",
        "fraction of L",
        ("side",),
        "toe_off",
        sagittal.foot_pickup,
        largest_sd=0.06,
        other_bodies_sd=0.01,
    ),
    MetricSpec("contact_time", "ms", ("side", "rear"), "mid_stance", None, largest_sd=40),
    MetricSpec("flight_time", "ms", ("side",), "toe_off", None, largest_sd=40),
    MetricSpec("duty_factor", "%", ("side",), "mid_stance", None, largest_sd=6),
    MetricSpec(
        "vertical_oscillation",
        "cm",
        ("side",),
        "mid_stance",
        sagittal.vertical_oscillation,
        sided=False,
        needs_scale=True,
        largest_sd=1.5,
        other_bodies_sd=0.3,
    ),
    MetricSpec(
        "pelvic_drop",
        "deg",
        ("rear", "front"),
        "mid_stance",
        frontal.pelvic_drop,
        sided=False,
        largest_sd=2.5,
        other_bodies_sd=TAPE_SD,
    ),
    MetricSpec(
        "pelvic_drop_midstance",
        "deg",
        ("rear", "front"),
        "mid_stance",
        frontal.pelvic_drop_midstance,
        sided=False,
        largest_sd=2.5,
        other_bodies_sd=TAPE_SD,
    ),
    MetricSpec(
        "step_width",
        "cm",
        ("rear", "front"),
        "mid_stance",
        frontal.step_width,
        sided=False,
        needs_scale=True,
        largest_sd=2.5,
    ),
    MetricSpec(
        "knee_window", "fraction of hip width", ("rear", "front"), "mid_stance", frontal.knee_window, largest_sd=0.15
    ),
    MetricSpec(
        "lateral_trunk_lean",
        "deg",
        ("rear", "front"),
        "mid_stance",
        frontal.lateral_trunk_lean,
        sided=False,
        largest_sd=2.0,
        other_bodies_sd=0.3,
    ),
    MetricSpec("arm_crossover", "shoulder widths", ("front",), "widest", frontal.arm_crossover, largest_sd=0.12),
    MetricSpec(
        "arm_swing_lateral", "shoulder widths", ("front",), "widest", frontal.arm_swing_lateral, largest_sd=0.12
    ),
)


#: Joints of either side that a metric rests on, itself or by the times of contact and toe-off, which the whole leg
#: tells; and what the camera's model needs in any case.
_LEG = ("hip", "knee", "ankle", "heel", "foot_index")
_TRUNK, _ARMS = ("shoulder", "hip"), ("shoulder", "hip", "wrist")
NEEDS: Mapping[str, tuple[str, ...]] = {
    **{metric.key: _LEG for metric in METRICS},
    "cadence": ("hip", "knee", "ankle"),
    "trunk_lean": _TRUNK,
    "lateral_trunk_lean": _TRUNK,
    "vertical_oscillation": (*_LEG, "shoulder", "elbow", "wrist", "ear"),
    "arm_crossover": _ARMS,
    "arm_swing_lateral": _ARMS,
    **dict.fromkeys(PELVIS, ("hip",)),
}


def missing_keypoints(key: str, keypoints: Collection[str]) -> str | None:
    """Say which keypoints a metric needs that a skeleton does not have, if so.

    Parameters
    ----------
    key : str
        Of the metric.
    keypoints : collection of str
        What the skeleton has.
    """
    joints = [j for j in NEEDS[key] if not {f"left_{j}", f"right_{j}"} <= set(keypoints)]
    if not joints:
        return None
    names = ", ".join(f"{side}_{joint}" for joint in joints for side in ("left", "right"))
    return f"these poses lack {names}: estimate them with a skeleton that has them, such as BlazePose's or Halpe-26"


@dataclass(frozen=True)
class MethodError:
    """The method's own error of a metric, in its unit: mean over runners (taken off) and spread (in the interval)."""

    bias: float
    sd: float


@cache
def calibrated_errors() -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]:
    """Load the method's own errors: metric → ``near``, ``near_seen``, ``rear_marked`` … → frame rate → error."""
    text = resources.files("gait.calibration").joinpath("method_error.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]] = tomllib.loads(text)["metric"]
    return table


def calibrated_error(
    key: str, view: View, *, far: bool, engine: str, fps: float, marked: bool = False, followed: bool = False
) -> MethodError | None:
    """Look up a metric's own error; ``None`` where it was never measured.

    Parameters
    ----------
    key : str
    view : {"side", "rear", "front"}
    far : bool
        The leg that is hidden in a side view.
    engine : str
        The bias belongs to the pose engine it was measured on; with landmarks from elsewhere nothing is taken off,
        and the spread is left as the best guess.
    marked : bool
        Whether tape or a waistband shows the pelvis.
    followed : bool
        Whether the shoe was followed in the picture.
    fps : float
        Frames per second of real time; between the rates measured, errors change evenly with its logarithm.

    Notes
    -----
    The rendered bodies are one family, and a bias seen on them carries over to other bodies in part only: half of it is
    taken off, the other half counts as spread. [E]

    Times come from events whose model is calibrated already: they are not corrected a second time, what bias is left
    counts as spread.
    """
    rows = calibrated_errors().get(key, {})
    if view != "side":
        return _own_error(key, rows.get(f"{view}_marked" if marked and key in PELVIS else view), engine, fps)
    how = "_seen" if followed and key in SHOE else ""
    near = _own_error(key, rows.get(f"near{how}"), engine, fps)
    hidden = _own_error(key, rows.get(f"far{how}"), engine, fps) if far else near
    if hidden is None or near is None:
        return hidden
    # A hidden leg is never better known than the other, whatever a few clips say.
    return MethodError(hidden.bias, max(hidden.sd, near.sd))


def method_error(
    metric: MetricSpec,
    view: View,
    *,
    far: bool,
    engine: str,
    fps: float,
    marked: bool = False,
    followed: bool = False,
) -> MethodError | None:
    """Give a metric's own error as it enters intervals: as measured (:func:`calibrated_error`), and between people."""
    row = calibrated_error(metric.key, view, far=far, engine=engine, fps=fps, marked=marked, followed=followed)
    lifted = FRONT_CLOTH_SD if metric.key in PELVIS and view == "front" and not marked else 0.0
    return None if row is None else replace(row, sd=math.hypot(row.sd, metric.other_bodies_sd, lifted))


def _at_rate(row: Mapping[str, Mapping[str, float]], name: str, fps: float) -> float:
    rates = sorted(row, key=float)
    logs = [math.log(float(rate)) for rate in rates]
    return float(np.interp(math.log(fps), logs, [row[rate][name] for rate in rates]))


def _own_error(key: str, row: Mapping[str, Mapping[str, float]] | None, engine: str, fps: float) -> MethodError | None:
    """Turn one row of the data into what to take off and what to carry."""
    if not row:
        return None
    bias, sd = _at_rate(row, "bias", fps), _at_rate(row, "sd", fps)
    if key in TIMING or key == "cadence":
        return MethodError(0.0, math.hypot(bias, sd))
    if LANDMARK_FAMILY.get(engine) != "blazepose":
        return MethodError(0.0, sd)
    return MethodError(bias / 2, math.hypot(bias / 2, sd))
