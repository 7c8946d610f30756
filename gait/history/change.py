"""What two measurements of the same metric say about a change: really changed, or within noise.

The interval of a measurement holds two kinds of error (``docs/architecture.md``, Intervals). The *scatter of steps* is
new in every session. The *method's own error* is not: where landmarks sit on this body, under these clothes, is much
the same the next time the same person is filmed from the same side, by the same engine; it shifts both values alike and
drops out of their difference. Of it

- what differs between people only (`gait.metrics.register.Metric.other_bodies_sd`) is taken to be common wholly,
- of what was measured on rendered runners, a share of the variance is common. Seven of them, each filmed from the side
  by three cameras in three outfits and rooms (``python -m calibration.repeatability``), shared one half of it (near leg
  and trunk; median over metrics 0.55, quartiles 0.37 to 0.75) and one fifth (far leg; 0.21, 0.05 to 0.48). Too few to
  tell metrics apart; from behind and in front, two fifths are taken, the median over all of it. [E]

At most three quarters of a measurement's variance are ever taken to be common. [E] Between two people, sides of
the body turned to the camera, or engines, nothing is taken to be common; across views only cadence is compared at all.

Within these errors, people differ from one day to the next. That is what the smallest detectable difference is for: the
published one (``smallest_detectable`` in ``gait/findings/metrics.toml``, between days), or 2 % of cadence and 2° of
trunk lean, which is also the least that counts as drift within a run. [E] Where nobody has published one, the interval
decides alone, and that is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from gait.findings.knowledge_loader import load_knowledge
from gait.records import ASYMMETRY, View

Verdict = Literal["changed", "within noise", "not comparable"]

#: Share of the method's variance on rendered runners that is the runner's, by leg and view; see above.
COMMON_NEAR, COMMON_FAR, COMMON_OTHER_VIEWS = 0.5, 0.2, 0.4
#: The most of any variance that is taken to be. [E]
MOST_COMMON = 0.75
#: Smallest changes worth telling where no smallest detectable difference is published: share of the value, or in the
#: metric's unit.
DRIFT_SHARE = {"cadence": 0.02}
DRIFT = {"trunk_lean": 2.0}
#: Rates of pose estimation differ where the camera is much faster than this; see ``docs/architecture.md``, Rates.
POSES_PER_S = 120


@dataclass(frozen=True)
class Value:
    """One metric of one side in one session, with what decides about its errors. Units are the metric's.

    ``view``, ``facing``, ``engine`` and ``capture_fps`` are those of the video it was measured in.
    """

    key: str
    side: str
    value: float | None
    unit: str
    low: float | None
    high: float | None
    steps: int
    grade: str
    reason: str | None
    view: str
    facing: str
    engine: str
    capture_fps: float

    @property
    def half(self) -> float | None:
        """Half the width of the 95 % interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True)
class Change:
    """Later minus earlier (or second person minus first), in the metric's unit.

    Attributes
    ----------
    difference : float or None
    interval : (low, high) or None
        95 %.
    smallest : float or None
        The smallest detectable difference; ``None`` where there is none.
    verdict : {"changed", "within noise", "not comparable"}
        "changed": the interval leaves out zero, and the difference exceeds the smallest detectable.
    reason : str or None
        Why it cannot be compared, or what to keep in mind.
    """

    difference: float | None
    interval: tuple[float, float] | None
    smallest: float | None
    verdict: Verdict
    reason: str | None = None


def change(before: Value, after: Value, *, same_runner: bool = True) -> Change:
    """Compare two measurements of one metric and side.

    Parameters
    ----------
    before, after : Value
    same_runner : bool
        Whether it is one person, so that errors of the method partly cancel; see the module.

    Returns
    -------
    Change
    """
    reason = obstacle(before, after)
    smallest = smallest_detectable(before.key, before.value)
    if reason is not None or before.value is None or after.value is None:
        return Change(None, None, smallest, "not comparable", reason)
    assert before.half is not None
    assert after.half is not None
    common = (0.0, 0.0)
    if same_runner and alike(before, after):
        common = (common_half(before), common_half(after))
    own = sum(half**2 - shared**2 for half, shared in zip((before.half, after.half), common, strict=True))
    # What is common is fully so: of two sizes (two frame rates, say) their difference is left.
    half = math.sqrt(max(own, 0.0) + (common[1] - common[0]) ** 2)
    difference = after.value - before.value
    interval = (difference - half, difference + half)
    beyond = (interval[0] > 0 or interval[1] < 0) and abs(difference) > (smallest or 0.0)
    remarks = []
    if same_runner and not alike(before, after):
        remarks.append("filmed differently, so that no error of the method cancels")
    if "poor" in (before.grade, after.grade):
        remarks.append("indicative only")
    return Change(difference, interval, smallest, "changed" if beyond else "within noise", "; ".join(remarks) or None)


def obstacle(before: Value, after: Value) -> str | None:
    """Say why two measurements cannot be compared, if so."""
    for which, one in (("first", before), ("second", after)):
        if one.value is None or one.half is None:
            return f"not measured in the {which}: {one.reason or 'no reason given'}"
    if before.view != after.view and before.key != "cadence":
        return f"seen from another side ({before.view}, then {after.view}): film the same side again"
    if before.unit != after.unit:
        return f"measured in {before.unit} and in {after.unit}: make both reports again with this version"
    return None


def alike(before: Value, after: Value) -> bool:
    """Whether both were seen from the same side, with the same leg near, by the same engine."""
    seen = [(v.view, v.facing if v.side in ("left", "right") else "", v.engine) for v in (before, after)]
    return seen[0] == seen[1]


def smallest_detectable(key: str, value: float | None = None) -> float | None:
    """Give the smallest difference of a metric that can be told from chance between two days, in its unit."""
    metric = load_knowledge().metrics.get(key.removesuffix(ASYMMETRY))
    if metric is not None and metric.smallest_detectable is not None:
        return metric.smallest_detectable
    if key in DRIFT_SHARE and value is not None:
        return DRIFT_SHARE[key] * value
    return DRIFT.get(key)


def common_half(value: Value) -> float:
    """Give the part of the interval's half width that the same person has again, filmed the same way."""
    half = value.half or 0.0
    far = value.view == "side" and value.side in ("left", "right") and value.side != _near(value.facing)
    return min(1.96 * _common_sd(value.key, value.view, far, value.engine, value.capture_fps), _most(half))


def _most(half: float) -> float:
    return math.sqrt(MOST_COMMON) * half


def _near(facing: str) -> str:
    return "right" if facing == "right" else "left"


@cache
def _common_sd(key: str, view: View, far: bool, engine: str, capture_fps: float) -> float:
    """Give the spread of the method's error between people, 0 where it is not known; at the rate poses were seen at."""
    from gait.metrics.register import METRICS, calibrated_error

    metric = next((m for m in METRICS if m.key == key), None)
    if metric is None:
        return 0.0
    fps = capture_fps / max(int(capture_fps // POSES_PER_S), 1)
    # Whether the picture showed it (tape, shoe) is not in a report: the smaller error, so that less is taken to cancel.
    rows = [
        calibrated_error(key, view, far=far, engine=engine, fps=fps, marked=shown, followed=shown)
        for shown in (False, True)
    ]
    known = [row.sd for row in rows if row is not None]
    share = COMMON_OTHER_VIEWS if view != "side" else COMMON_FAR if far else COMMON_NEAR
    return math.hypot(metric.other_bodies_sd, math.sqrt(share) * min(known)) if known else 0.0
