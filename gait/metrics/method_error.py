"""The method error of a metric: what more steps do not reduce."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from gait.calibration import constants_file
from gait.metrics.metric_spec import MetricSpec
from gait.records import View

#: Thighs that come forwards lift the cloth in front of the pelvis, on some clothes more than on the few that were
#: rendered: so much more uncertain is the drop seen from the front, degrees. A body rendered by others read 3.5 degrees
#: too much. [E]
FRONT_CLOTH_SD = 1.5
#: Share of the measured bias that is subtracted. The rendered bodies are one family, and their bias carries over to
#: other bodies only in part; the rest counts as spread. [E]
SUBTRACTED_BIAS = 0.5


@dataclass(frozen=True)
class MethodError:
    """The method error of a metric, in its unit.

    Attributes
    ----------
    bias : float
        What is subtracted from the value.
    sd : float
        Standard deviation that the interval carries.
    """

    bias: float
    sd: float


def calibrated_error(
    spec: MetricSpec,
    view: View,
    *,
    far: bool,
    family: str,
    fps: float,
    pelvis_marked: bool = False,
    shoe_tracked: bool = False,
) -> MethodError | None:
    """Look up the method error of a metric as it was measured on rendered runners.

    Parameters
    ----------
    spec : MetricSpec
    view : {"side", "rear", "front"}
    far : bool
        The leg is the far one of a side view.
    family : str
        Keypoint family of the poses (`gait.pose.dataset.keypoint_family`). The bias belongs to BlazePose, on which it
        was measured; with other keypoints nothing is subtracted and the spread is the best guess.
    fps : float
        Frames per second of real time. Between the measured rates errors change evenly with its logarithm.
    pelvis_marked : bool
        Tape or a waistband shows the pelvis.
    shoe_tracked : bool
        The shoe was tracked in the frames.

    Returns
    -------
    MethodError or None
        ``None`` where it was never measured.

    Notes
    -----
    Event times come from a model that is calibrated already. They are not corrected a second time: their bias counts as
    spread.
    """
    rows = _calibrated_errors().get(spec.key, {})
    if view != "side":
        row = f"{view}_marked" if pelvis_marked and "pelvis_tilt" in spec.rests_on else view
        return _from_row(spec, rows.get(row), family, fps)
    how = "_seen" if shoe_tracked and "shoe_motion" in spec.rests_on else ""
    near = _from_row(spec, rows.get(f"near{how}"), family, fps)
    chosen = _from_row(spec, rows.get(f"far{how}"), family, fps) if far else near
    if chosen is None or near is None:
        return chosen
    # The error of the far leg is never smaller than that of the near one, even if a few clips suggest it.
    return MethodError(chosen.bias, max(chosen.sd, near.sd))


def method_error(
    spec: MetricSpec,
    view: View,
    *,
    far: bool,
    family: str,
    fps: float,
    pelvis_marked: bool = False,
    shoe_tracked: bool = False,
) -> MethodError | None:
    """Give the method error of a metric as it enters intervals: as measured, and between people.

    Parameters
    ----------
    spec : MetricSpec
    view : {"side", "rear", "front"}
    far : bool
        The leg is the far one of a side view.
    family : str
        Keypoint family of the poses.
    fps : float
        Frames per second of real time.
    pelvis_marked : bool
        Tape or a waistband shows the pelvis.
    shoe_tracked : bool
        The shoe was tracked in the frames.

    Returns
    -------
    MethodError or None
        As :func:`calibrated_error`, with the spread between other bodies (`MetricSpec.other_bodies_sd`) added.
    """
    measured = calibrated_error(
        spec, view, far=far, family=family, fps=fps, pelvis_marked=pelvis_marked, shoe_tracked=shoe_tracked
    )
    if measured is None:
        return None
    lifted = FRONT_CLOTH_SD if "pelvis_tilt" in spec.rests_on and view == "front" and not pelvis_marked else 0.0
    return replace(measured, sd=math.hypot(measured.sd, spec.other_bodies_sd, lifted))


@cache
def _calibrated_errors() -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]:
    """Load the method errors: metric → ``near``, ``near_seen``, ``rear_marked`` … → frame rate → error."""
    text = constants_file("method_error.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]] = tomllib.loads(text)["metric"]
    return table


def _at_rate(row: Mapping[str, Mapping[str, float]], name: str, fps: float) -> float:
    rates = sorted(row, key=float)
    logs = [math.log(float(rate)) for rate in rates]
    return float(np.interp(math.log(fps), logs, [row[rate][name] for rate in rates]))


def _from_row(
    spec: MetricSpec, row: Mapping[str, Mapping[str, float]] | None, family: str, fps: float
) -> MethodError | None:
    """Split what was measured into what is subtracted and what the interval carries."""
    if not row:
        return None
    bias, sd = _at_rate(row, "bias", fps), _at_rate(row, "sd", fps)
    if spec.measure is None:
        return MethodError(0.0, math.hypot(bias, sd))
    if family != "blazepose":
        return MethodError(0.0, sd)
    subtracted = SUBTRACTED_BIAS * bias
    return MethodError(subtracted, math.hypot(bias - subtracted, sd))
