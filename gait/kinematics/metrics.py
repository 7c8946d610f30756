"""The register of metrics: for each key its unit, the views that show it, the code that measures it.

Definitions, signs, bands and sources stand under the same key in ``gait/knowledge/metrics.toml``; the method's own
error under the same key in ``gait/knowledge/systematic.toml``.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from gait.kinematics import frontal, sagittal
from gait.kinematics.phase import Array
from gait.kinematics.tracks import Tracks
from gait.results import View

#: Measures one value a step from the tracks, a side, and the times of contact and toe-off.
PerStep = Callable[[Tracks, str, Array, Array], Array]
#: Moment of a step that shows the metric best.
Moment = Literal["contact", "mid_stance", "off", "widest"]
#: Column of the steps table for metrics that `gait.kinematics.steps` has already measured.
TIMING = ("contact_time", "flight_time", "duty_factor")


@dataclass(frozen=True)
class Metric:
    """How one metric is measured.

    Attributes
    ----------
    key, unit : str
    views : tuple
        Views that show it, best first.
    moment : {"contact", "mid_stance", "off", "widest"}
        The moment of a step to show as evidence.
    measure : callable or None
        ``None`` for what the steps table or the whole clip gives, and for what is always refused.
    sided : bool
        One value per leg; otherwise one for both.
    needs_scale : bool
        Needs metres, hence the runner's height or leg length.
    largest_sd : float
        Own error (standard deviation) above which a value would say nothing about a runner. [E]
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
    refused: str | None = None


#: Roll of the camera that this version neither measures nor corrects, degrees (standard deviation): it adds to every
#: angle against the vertical. [E]
UNKNOWN_ROLL_DEG = 1.5
AGAINST_VERTICAL = ("tibia_angle", "trunk_lean", "hip_extension")

_BODY = (
    "not given yet: on rendered runners other than those it was calibrated on, this was wrong by more than it varies "
    "between runners"
)
_UNCHECKED = "not given yet: how exact it is was not checked on runners other than those it was calibrated on"
_PELVIS = (
    "not measured yet: the hip points that pose estimation finds do not tilt with the pelvis (on rendered runners "
    "their line hardly moves while the true drop goes from 2° to 8°), so any number read off them would be invented"
)

METRICS: tuple[Metric, ...] = (
    Metric("cadence", "steps/min", ("side", "rear", "front"), "contact", None, sided=False),
    Metric("overstride", "fraction of L", ("side",), "contact", sagittal.overstride, largest_sd=0.04),
    Metric("tibia_angle", "deg", ("side",), "contact", sagittal.tibia_angle, largest_sd=5),
    Metric("foot_strike_angle", "deg", ("side",), "contact", sagittal.foot_strike_angle, refused=_BODY),
    Metric("knee_flexion_contact", "deg", ("side",), "contact", sagittal.knee_flexion_contact, refused=_BODY),
    Metric("knee_flexion_stance", "deg", ("side",), "mid_stance", sagittal.knee_flexion_stance, refused=_BODY),
    Metric("trunk_lean", "deg", ("side",), "mid_stance", sagittal.trunk_lean, sided=False, largest_sd=4),
    Metric("hip_extension", "deg", ("side",), "off", sagittal.hip_extension, refused=_BODY),
    Metric("foot_pickup", "fraction of L", ("side",), "off", sagittal.foot_pickup, refused=_UNCHECKED),
    Metric("contact_time", "ms", ("side", "rear"), "mid_stance", None, largest_sd=40),
    Metric("flight_time", "ms", ("side",), "off", None, largest_sd=40),
    Metric("duty_factor", "%", ("side",), "mid_stance", None, largest_sd=6),
    Metric(
        "vertical_oscillation",
        "cm",
        ("side",),
        "mid_stance",
        sagittal.vertical_oscillation,
        sided=False,
        needs_scale=True,
        largest_sd=1.5,
    ),
    Metric("pelvic_drop", "deg", ("rear", "front"), "mid_stance", None, refused=_PELVIS),
    Metric("pelvic_drop_midstance", "deg", ("rear", "front"), "mid_stance", None, refused=_PELVIS),
    Metric("arm_crossover", "shoulder widths", ("front",), "widest", frontal.arm_crossover, largest_sd=0.12),
    Metric("arm_swing_lateral", "shoulder widths", ("front",), "widest", frontal.arm_swing_lateral, largest_sd=0.12),
)


@dataclass(frozen=True)
class Systematic:
    """The method's own error of a metric, in its unit: mean over runners (taken off) and spread (in the interval)."""

    bias: float
    sd: float


@cache
def systematic_errors() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Load the method's own errors, by metric and then ``near``, ``far``, ``rear`` or ``front``."""
    text = resources.files("gait.knowledge").joinpath("systematic.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, Mapping[str, float]]] = tomllib.loads(text)["metric"]
    return table


#: Pose engine on whose landmarks ``systematic.toml`` was measured.
MEASURED_ENGINE = "mediapipe"


def systematic(key: str, view: View, *, far: bool, engine: str) -> Systematic | None:
    """Look up a metric's own error; ``None`` where it was never measured.

    The bias belongs to the pose engine it was measured on; with landmarks from elsewhere nothing is taken off, and the
    spread is left as the best guess.

    The rendered bodies are one family, and a bias seen on them carries over to other bodies in part only: half of it is
    taken off, the other half counts as spread. [E]

    Times come from events whose detectors are calibrated already: they are not corrected a second time, what bias is
    left counts as spread.
    """
    rows = systematic_errors().get(key, {})
    if view != "side":
        return _own_error(key, rows.get(view), engine)
    near = _own_error(key, rows.get("near"), engine)
    hidden = _own_error(key, rows.get("far"), engine) if far else near
    if hidden is None or near is None:
        return hidden
    # A hidden leg is never better known than the other, whatever a few clips say.
    return Systematic(hidden.bias, max(hidden.sd, near.sd))


def _own_error(key: str, row: Mapping[str, float] | None, engine: str) -> Systematic | None:
    """Turn one row of the data into what to take off and what to carry."""
    if row is None:
        return None
    sd = math.hypot(row["sd"], UNKNOWN_ROLL_DEG) if key in AGAINST_VERTICAL else row["sd"]
    if key in TIMING or key == "cadence":
        return Systematic(0.0, math.hypot(row["bias"], sd))
    if engine != MEASURED_ENGINE:
        return Systematic(0.0, sd)
    half = row["bias"] / 2
    return Systematic(half, math.hypot(half, sd))
