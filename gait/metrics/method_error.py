"""The method error of a metric: what more steps do not reduce."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache

import numpy as np

from gait.calibration import constants_file
from gait.metrics.metric_spec import MetricSpec
from gait.pose.dataset import UNMEASURED_NETWORK, NetworkVariant
from gait.records import View

#: Roll of a phone that was set up to stand level, where the picture does not show it, degrees (standard deviation). [E]
UNKNOWN_ROLL_SD_DEG = 1.5


def method_error(
    spec: MetricSpec,
    view: View,
    *,
    far: bool,
    network: NetworkVariant | None,
    fps: float,
    pelvis_marked: bool = False,
    shoe_tracked: bool = False,
    level: bool = True,
) -> float | None:
    """Look up the method error of a metric: its spread over bodies, families of bodies and runners left out.

    Parameters
    ----------
    spec : MetricSpec
    view : {"side", "rear", "front"}
    far : bool
        The leg is the far one of a side view.
    network : {"full", "heavy", "mixed"} or None
        Pose network (`gait.pose.dataset.network_of_errors`).
    fps : float
        Frames per second of real time. Between the measured rates errors change evenly with its logarithm; above the
        highest one they are those of that rate.
    pelvis_marked : bool
        Tape or a waistband shows the pelvis.
    shoe_tracked : bool
        The shoe was tracked in the frames.
    level : bool
        The camera's roll was read and its effect removed. Otherwise a roll of `UNKNOWN_ROLL_SD_DEG` adds to the error.

    Returns
    -------
    float or None
        Standard deviation about the truth, in the metric's unit, mean error included; ``None`` where it was never
        measured.
    """
    rows = _measured_errors()[network or UNMEASURED_NETWORK].get(spec.key, {})
    if view != "side":
        row = f"{view}_marked" if pelvis_marked and "pelvis_tilt" in spec.rests_on else view
        measured = _at_rate(rows.get(row), fps)
    else:
        how = "_seen" if shoe_tracked and "shoe_motion" in spec.rests_on else ""
        near = _at_rate(rows.get(f"near{how}"), fps)
        measured = _at_rate(rows.get(f"far{how}"), fps) if far else near
        if measured is not None and near is not None:
            # The error of the far leg is never smaller than that of the near one, even if a few clips suggest it.
            measured = max(measured, near)
    if measured is None:
        return None
    return measured if level else math.hypot(measured, spec.per_degree_of_roll * UNKNOWN_ROLL_SD_DEG)


#: Frame rate → mean error (``bias``) and spread (``sd``).
_Rates = Mapping[str, Mapping[str, float]]


@cache
def _measured_errors() -> Mapping[str, Mapping[str, Mapping[str, _Rates]]]:
    """Load the method errors: network → metric → ``near``, ``near_seen``, ``rear_marked`` … → frame rate → error."""
    text = constants_file("method_error.toml").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, Mapping[str, _Rates]]] = tomllib.loads(text)
    return table


def _at_rate(rates: _Rates | None, fps: float) -> float | None:
    if not rates:
        return None
    measured = sorted(rates, key=float)
    spreads = [math.hypot(rates[rate]["bias"], rates[rate]["sd"]) for rate in measured]
    return float(np.interp(math.log(fps), [math.log(float(rate)) for rate in measured], spreads))
