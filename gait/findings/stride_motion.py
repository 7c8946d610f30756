"""The runner's mean stride as a figure from the side, and how healthy runners hold their legs at that speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from gait._typing import BoolArray, FloatArray
from gait.findings.bands import Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.ordinary_cycles import OrdinaryCycle, ordinary_cycle
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.gait_cycles import MAX_LENGTH_DIFFERENCE
from gait.metrics.grading import is_far_leg
from gait.metrics.method_error import method_error
from gait.metrics.register import METRIC_BY_KEY
from gait.pose.dataset import CAMERA_ROLL_ATTR, network_of_errors
from gait.pose.frame_rates import FrameRates
from gait.signal.distributions import NORMAL_95
from gait.signal.tracking_errors import without_impossible

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis

#: Phases of the stride at which the figure stands still; enough for a smooth movement. [E]
PHASES = 50
#: Fewest strides for a mean. [E]
MIN_STRIDES = 3
#: Length of the part of a clip that is averaged, seconds of real time. [E]
AVERAGED_S = 60.0
#: Speeds between which ordinary strides hold, m/s: the recorded ones (2.5 to 4.5) and 0.25 m/s beyond. [E]
ORDINARY_SPEEDS = (2.25, 4.75)
#: A difference counts where it lasts for at least this share of the stride. [E]
MIN_LASTING = 0.06
#: Signal → the metrics whose method error holds for it, and the part of the figure that shows it.
COMPARED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "thigh_angle": (("knee_drive", "hip_extension"), "thigh"),
    "knee_flexion": (("knee_flexion_stance", "knee_flexion_swing"), "knee"),
}
#: Harmonics of the stride in the height of the ordinary figure's hips, which its feet on the ground determine. [E]
HEIGHT_HARMONICS = 6
_ARMS = ("shoulder", "elbow", "wrist")
_LEG = ("hip", "knee", "ankle", "heel", "foot_index")

Side = Literal["left", "right"]


@dataclass(frozen=True)
class StrideMotion:
    """A figure over one stride, from the contact of the near foot to its next.

    Attributes
    ----------
    points : mapping
        Keypoint (`left_knee`, `head` …) → (PHASES, 2) array in leg lengths (thigh plus shank): forwards of the middle
        of the hips, and up from the ground.
    """

    points: Mapping[str, FloatArray]


@dataclass(frozen=True)
class StrideDifference:
    """Where a part of the figure is held otherwise than by ordinary runners.

    Attributes
    ----------
    part : str
        ``"thigh"``, ``"knee"`` or ``"trunk"``.
    side : {"left", "right", "both"}
    above : (PHASES,) int array
        By phase of the near foot: +1 above the ordinary range (further forward, more bent), −1 below it, 0 within it
        or not clear.
    own_phase : (PHASES,) float array
        The same phases on the leg's own stride, 0 to 1 from its own contact.
    """

    part: str
    side: str
    above: FloatArray
    own_phase: FloatArray


@dataclass(frozen=True)
class StridePair:
    """The runner's mean stride and an ordinary one at the same speed.

    Attributes
    ----------
    near_side : {"left", "right"}
    runner : StrideMotion
    ordinary : StrideMotion or None
        ``None`` where no ordinary stride is known; ``reason`` says why.
    reason : {"", "speed_unknown", "speed_outside"}
    differences : tuple of StrideDifference
        Those that are clear.
    toe_off : float
        Toe-off of the near foot, share of its stride.
    stride_s : float
        Duration of the mean stride, seconds of real time.
    strides : int
        Number of strides averaged.
    runners : int
        Number of runners behind the ordinary stride; 0 without one.
    """

    near_side: Side
    runner: StrideMotion
    ordinary: StrideMotion | None
    reason: str
    differences: tuple[StrideDifference, ...]
    toe_off: float
    stride_s: float
    strides: int
    runners: int


def stride_pair(view: ViewAnalysis, *, speed_mps: tuple[float, float] | None) -> StridePair | None:
    """Average the runner's stride, and build an ordinary one with the runner's own segment lengths.

    Parameters
    ----------
    view : ViewAnalysis
    speed_mps : (float, float) or None
        Range of the speed, m/s.

    Returns
    -------
    StridePair or None
        ``None`` for another view than from the side, and with fewer than three complete strides.

    Notes
    -----
    The runner's figure is the mean of the clean keypoints. The ordinary figure has the thigh and knee angles of healthy
    runners at that speed (`gait.findings.ordinary_cycles`) and a trunk in the middle of its ordinary range. What
    nobody tabled is the runner's own: arms, head, timing of both feet, and the ankle. A difference is clear where the
    runner's angle is beyond two standard deviations between runners by more than 1.96 method errors.
    """
    near = view.camera.near_side
    if near is None:
        return None
    far: Side = "right" if near == "left" else "left"
    times = np.asarray(view.clean["time"].values, dtype=float)
    middle, half = (times[0] + times[-1]) / 2, AVERAGED_S / 2 / view.info.real_per_playback
    tracks = KeypointTracks(view.clean, view.camera).between(middle - half, middle + half)
    tracks = KeypointTracks(without_impossible(tracks.pose), view.camera)
    begin, length, toe_offs = _strides(view, near, tracks.time)
    phases = np.arange(PHASES) / PHASES
    if len(begin) < MIN_STRIDES:
        return None
    averaged = _mean_points(tracks, begin[:, None] + length[:, None] * phases)
    if averaged is None or not np.isfinite(toe_offs).any():
        return None
    points, strides = averaged
    far_contact = _far_contact(view, far, begin, length)
    runner = StrideMotion(_on_the_ground(points))
    toe_off = float(np.nanmean(toe_offs))
    reason = "speed_unknown" if speed_mps is None else ""
    if speed_mps is not None and not ORDINARY_SPEEDS[0] <= np.mean(speed_mps) <= ORDINARY_SPEEDS[1]:
        reason = "speed_outside"
    stride_s = float(length.mean()) * view.info.real_per_playback
    if reason or speed_mps is None or far_contact is None:
        return StridePair(near, runner, None, reason or "speed_unknown", (), toe_off, stride_s, strides, 0)
    own_phase = {near: phases, far: (phases - far_contact) % 1.0}
    ordinary, runners = _ordinary_motion(points, own_phase, toe_off, float(np.mean(speed_mps)))
    differences = _differences(view, points, own_phase, speed_mps)
    return StridePair(near, runner, ordinary, "", differences, toe_off, stride_s, strides, runners)


def _strides(view: ViewAnalysis, side: Side, times: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return begin and length (s) of the strides within the times, and toe-off as a share of each."""
    events = view.events[(view.events.side == side) & view.events.time_s.between(times[0], times[-1])]
    contacts = np.sort(events.time_s[events.kind == "contact"].to_numpy(dtype=float))
    toe_offs = np.sort(events.time_s[events.kind == "toe_off"].to_numpy(dtype=float))
    begin, length = contacts[:-1], np.diff(contacts)
    if len(length) == 0:
        return begin, length, begin
    usual = np.abs(length / np.median(length) - 1) <= MAX_LENGTH_DIFFERENCE
    begin, length = begin[usual], length[usual]
    share = (np.append(toe_offs, np.nan)[np.searchsorted(toe_offs, begin)] - begin) / length
    return begin, length, np.where(share < 1, share, np.nan)


def _far_contact(view: ViewAnalysis, far: Side, begin: FloatArray, length: FloatArray) -> float | None:
    """Return the contact of the far foot as a share of the near foot's stride."""
    events = view.events[(view.events.side == far) & (view.events.kind == "contact")]
    contacts = np.append(np.sort(events.time_s.to_numpy(dtype=float)), np.nan)
    share = (contacts[np.searchsorted(contacts[:-1], begin)] - begin) / length
    share = share[share < 1]
    return float(np.median(share)) if len(share) else None


def _mean_points(tracks: KeypointTracks, times: FloatArray) -> tuple[dict[str, FloatArray], int] | None:
    """Average keypoints over strides, in leg lengths about the mean height of the hips; return the number of strides.

    Strides with a gap in a leg do not count. Arms and head are averaged over the strides that show them.
    """
    names = {str(name) for name in tracks.pose.keypoint.values}
    legs = [f"{side}_{joint}" for side in ("left", "right") for joint in _LEG]
    if not set(legs) <= names:
        return None
    others = [f"{side}_{joint}" for side in ("left", "right") for joint in _ARMS]
    wanted: dict[str, tuple[str, ...]] = {name: (name,) for name in (*legs, *others) if name in names}
    if {"left_ear", "right_ear"} <= names:
        wanted["head"] = ("left_ear", "right_ear")
    sampled = {
        name: tracks.at(times.ravel(), *keypoints).reshape(*times.shape, 2) / tracks.camera.leg_px
        for name, keypoints in wanted.items()
    }
    hips = (sampled["left_hip"] + sampled["right_hip"]) / 2
    complete = np.all([np.isfinite(sampled[name]).all(axis=(1, 2)) for name in legs], axis=0)
    if complete.sum() < MIN_STRIDES:
        return None
    # Forwards from the hips of that moment; up from their mean height in that stride, so that the bounce stays.
    origin = np.stack([hips[..., 0], np.broadcast_to(hips[..., 1].mean(axis=1, keepdims=True), times.shape)], axis=-1)
    points = {name: (values - origin)[complete] for name, values in sampled.items()}
    means = {
        name: values[np.isfinite(values).all(axis=(1, 2))].mean(axis=0)
        for name, values in points.items()
        if np.isfinite(values).all(axis=(1, 2)).any()
    }
    return means, int(complete.sum())


def _on_the_ground(points: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Move the origin of the heights to the lowest point of both feet."""
    feet = [points[f"{side}_{joint}"][:, 1] for side in ("left", "right") for joint in ("heel", "foot_index")]
    lift = np.array([0.0, float(np.min(feet))])
    return {name: values - lift for name, values in points.items()}


def _lean(low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the angle of a segment from the vertical, degrees, + = its upper end is ahead."""
    return np.asarray(np.degrees(np.arctan2(*(high - low).T)))


def _below(angle_deg: FloatArray, length: float) -> FloatArray:
    """Return the vector from the upper to the lower end of a segment whose lower end is ``angle_deg`` ahead."""
    return length * np.stack([np.sin(np.radians(angle_deg)), -np.cos(np.radians(angle_deg))], axis=1)


def _turned(vectors: FloatArray, degrees: FloatArray | float) -> FloatArray:
    """Turn vectors (P, 2) so that what hangs down moves forwards."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.stack([cos * vectors[:, 0] - sin * vectors[:, 1], sin * vectors[:, 0] + cos * vectors[:, 1]], axis=1)


def _at_phase(cycle: OrdinaryCycle, phase: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both limits of an ordinary angle at phases of the leg's own stride."""
    return np.interp(100 * phase, cycle.percent, cycle.low), np.interp(100 * phase, cycle.percent, cycle.high)


def _ordinary_motion(
    points: Mapping[str, FloatArray], own_phase: Mapping[Side, FloatArray], toe_off: float, speed_mps: float
) -> tuple[StrideMotion, int]:
    """Build the ordinary figure by forward kinematics from the hips downwards."""
    speeds = (speed_mps, speed_mps)
    cycles = {signal: ordinary_cycle(signal, speed_mps=speeds) for signal in ("thigh_angle", "knee_flexion")}
    middle = (points["left_hip"] + points["right_hip"]) / 2
    made: dict[str, FloatArray] = {}
    on_ground = {}
    for side, phase in own_phase.items():
        hip, knee, ankle, heel, toe = (points[f"{side}_{joint}"] for joint in _LEG)
        thigh_cycle, knee_cycle = cycles["thigh_angle"], cycles["knee_flexion"]
        assert thigh_cycle is not None
        assert knee_cycle is not None
        thigh = np.mean(_at_phase(thigh_cycle, phase), axis=0)
        shank = thigh - np.mean(_at_phase(knee_cycle, phase), axis=0)
        made[f"{side}_hip"] = hip - middle
        made[f"{side}_knee"] = made[f"{side}_hip"] + _below(thigh, float(np.median(np.hypot(*(knee - hip).T))))
        made[f"{side}_ankle"] = made[f"{side}_knee"] + _below(shank, float(np.median(np.hypot(*(ankle - knee).T))))
        # In stance the foot lies as the runner's does; in swing it follows the shank.
        swing = np.clip((phase - toe_off) / (1 - toe_off), 0, 1)
        turn = np.sin(np.pi * swing) ** 2 * (shank + _lean(ankle, knee))
        made[f"{side}_heel"] = made[f"{side}_ankle"] + _turned(heel - ankle, turn)
        made[f"{side}_foot_index"] = made[f"{side}_ankle"] + _turned(toe - ankle, turn)
        on_ground[side] = phase < toe_off
    upper = [name for name in points if name not in made]
    if "left_shoulder" in points and "right_shoulder" in points:
        lean = _lean(middle, (points["left_shoulder"] + points["right_shoulder"]) / 2)
        turn = float(lean.mean()) - _ordinary_lean()
        made |= {name: _turned(points[name] - middle, turn) for name in upper}
    else:
        made |= {name: points[name] - middle for name in upper}
    height = _hip_height(made, on_ground)
    lifted = {name: values + np.stack([np.zeros(PHASES), height], axis=1) for name, values in made.items()}
    return StrideMotion(_on_the_ground(lifted)), min(c.runners for c in cycles.values() if c is not None)


def _lean_limits() -> Limits | None:
    metric = load_knowledge().metric("trunk_lean")
    return None if metric is None or metric.band is None else metric.band.at(None)


def _ordinary_lean() -> float:
    limits = _lean_limits()
    if limits is None or limits.low is None or limits.high is None:
        return 7.0  # [E]
    return (limits.low + limits.high) / 2


def _hip_height(points: Mapping[str, FloatArray], on_ground: Mapping[Side, BoolArray]) -> FloatArray:
    """Find the height of the hips at which the foot in stance stands on the ground; smooth, and on through flight."""
    known, heights = [], []
    for side, stands in on_ground.items():
        lowest = np.minimum(points[f"{side}_heel"][:, 1], points[f"{side}_foot_index"][:, 1])
        known.append(np.flatnonzero(stands))
        heights.append(-lowest[stands])
    at, height = np.concatenate(known) / PHASES, np.concatenate(heights)
    # Two flights a stride: few harmonics and a light penalty on the high ones carry the curve across them.
    orders = np.arange(1, HEIGHT_HARMONICS + 1)

    def waves(phase: FloatArray) -> FloatArray:
        turns = 2 * np.pi * phase[:, None] * orders
        return np.concatenate([np.ones((len(phase), 1)), np.cos(turns), np.sin(turns)], axis=1)

    penalty = np.diag(np.concatenate([[0.0], orders**4, orders**4]) * 1e-3)
    matrix = waves(at)
    fitted = np.linalg.solve(matrix.T @ matrix + penalty, matrix.T @ height)
    return np.asarray(waves(np.arange(PHASES) / PHASES) @ fitted)


def _differences(
    view: ViewAnalysis,
    points: Mapping[str, FloatArray],
    own_phase: Mapping[Side, FloatArray],
    speed_mps: tuple[float, float],
) -> tuple[StrideDifference, ...]:
    """Compare thighs, knees and trunk with ordinary runners."""
    found = []
    measured = {(m.key, m.side) for m in view.measurements if m.value is not None}
    for side, phase in own_phase.items():
        hip, knee, ankle = (points[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
        thigh = -_lean(knee, hip)
        angles = {"thigh_angle": thigh, "knee_flexion": thigh + _lean(ankle, knee)}
        for signal, (keys, part) in COMPARED.items():
            cycle = ordinary_cycle(signal, speed_mps=speed_mps)
            errors = [_error(view, key, side) for key in keys if (key, side) in measured]
            if cycle is None or not errors or None in errors:
                continue
            margin = NORMAL_95 * max(error for error in errors if error is not None)
            low, high = _at_phase(cycle, phase)
            above = _lasting((angles[signal] > high + margin) * 1.0 - (angles[signal] < low - margin) * 1.0)
            if above.any():
                found.append(StrideDifference(part, side, above, phase))
    return (*found, *_trunk_difference(view, own_phase))


def _trunk_difference(view: ViewAnalysis, own_phase: Mapping[Side, FloatArray]) -> tuple[StrideDifference, ...]:
    """Compare the trunk lean with its range; it holds for the whole stride."""
    limits = _lean_limits()
    lean = next((m for m in view.measurements if m.key == "trunk_lean" and m.interval is not None), None)
    if limits is None or lean is None or lean.interval is None:
        return ()
    over = limits.high is not None and lean.interval[0] > limits.high
    under = limits.low is not None and lean.interval[1] < limits.low
    if not (over or under):
        return ()
    phase = next(iter(own_phase.values()))
    return (StrideDifference("trunk", "both", np.full(PHASES, 1.0 if over else -1.0), phase),)


def _error(view: ViewAnalysis, key: str, side: Side) -> float | None:
    network = network_of_errors(view.pose)
    return method_error(
        METRIC_BY_KEY[key],
        "side",
        far=is_far_leg(side, view.camera),
        network=network,
        fps=FrameRates.of(view.pose).sampled_fps,
        level=CAMERA_ROLL_ATTR in view.pose.attrs or network is None,
    )


def _lasting(signs: FloatArray) -> FloatArray:
    """Drop differences that last for less than `MIN_LASTING` of the stride, which has no beginning."""
    kept = np.zeros(PHASES)
    for sign in (-1.0, 1.0):
        twice = np.tile(signs == sign, 2)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], twice, [False]]).astype(int)))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            if stop - start >= MIN_LASTING * PHASES:
                kept[np.arange(start, stop) % PHASES] = sign
    return kept


def moments(pair: StridePair) -> Sequence[tuple[str, int]]:
    """Return the moments of the near foot that divide the stride.

    Parameters
    ----------
    pair : StridePair

    Returns
    -------
    sequence of (str, int)
        ``contact``, ``mid_stance``, ``toe_off`` and ``mid_swing``, each with its number among the phases.
    """
    shares = {
        "contact": 0.0,
        "mid_stance": pair.toe_off / 2,
        "toe_off": pair.toe_off,
        "mid_swing": (1 + pair.toe_off) / 2,
    }
    return [(name, round(share * PHASES) % PHASES) for name, share in shares.items()]
