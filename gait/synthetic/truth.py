"""What a clip truly shows: events and metrics from the geometry that was drawn.

Every metric has the definition and the sign of the measurement method and is computed from exact joint positions at
exact event times. This module shares no code with the rooms that measure videos.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray, PathLike
from gait.owned_files import owned_write
from gait.synthetic.body_segments import JOINTS, SEGMENT_CENTRE, SEGMENT_MASS
from gait.synthetic.motion import Motion
from gait.synthetic.run_spec import LEG_LENGTH_FRACTION, SIDES

#: Kinds of event as `gait.truth/1` names them.
FILE_KINDS = {"contact": "contact", "toe_off": "off"}
FORMAT = "gait.truth/1"
"""Format of the file."""

UNITS = {
    "cadence": "steps/min",
    "overstride": "L",
    "braking_distance": "L",
    "tibia_angle": "deg",
    "foot_strike_angle": "deg",
    "knee_flexion_contact": "deg",
    "knee_flexion_stance": "deg",
    "knee_flexion_swing": "deg",
    "knee_drive": "deg",
    "trunk_lean": "deg",
    "head_posture": "deg",
    "elbow_flexion": "deg",
    "hip_extension": "deg",
    "foot_pickup": "L",
    "contact_time": "ms",
    "flight_time": "ms",
    "duty_factor": "%",
    "vertical_oscillation": "cm",
    "vertical_oscillation_hip": "cm",
    "step_length": "cm",
    "vertical_ratio": "%",
    "pelvic_drop": "deg",
    "pelvic_drop_midstance": "deg",
    "step_width": "cm",
    "arm_crossover": "shoulder widths",
    "arm_swing_lateral": "shoulder widths",
    "lateral_trunk_lean": "deg",
}
"""Key → unit of every metric of the truth."""

_STANCE = np.linspace(0, 1, 101)
_STRIDE = np.linspace(0, 1, 161)
_MIN_STEPS_OF_TREND = 8  # for a change per minute [E]


@dataclass(frozen=True)
class Event:
    """The first touch (``contact``) or the last touch (``toe_off``) of one shoe.

    Attributes
    ----------
    side : {"left", "right"}
    kind : {"contact", "toe_off"}
    time_s : float
        Seconds: in a `Truth` on the timeline of the file, from `events_of` in real time. The two differ only in slow
        motion.
    """

    side: Literal["left", "right"]
    kind: Literal["contact", "toe_off"]
    time_s: float


@dataclass(frozen=True)
class Truth:
    """The truth of one clip.

    Attributes
    ----------
    runner, camera, scene : dict
        The specs that the clip was made from.
    seed : int
        Decides all random variation.
    duration_s : float
        Length of the clip, real seconds.
    times : (T,) array
        Presentation time of each frame in the file, s; empty where no frames were made.
    events : tuple of Event
        All inside the clip, in time order, on the timeline of the file.
    metrics : dict
        key → ``{"unit", "value", "left", "right"}``; each side ``{"value", "sd", "n", "per_minute", "steps"}`` with
        one number per step (or per stride for the arms) in time order. ``value`` is the mean over both sides,
        ``per_minute`` the change over the clip, by least squares.
    joints : (T, J, 3) array or None
        World positions of `gait.synthetic.body_segments.JOINTS`, m.
    pixels : (T, J, 2) array or None
        The same in the upright frame, pixels, x right and y down.
    playback_per_real : float
        Seconds on the timeline of the file per second of real time; above 1 in slow motion. Metrics are in real time.
    """

    runner: dict[str, Any]
    camera: dict[str, Any]
    scene: dict[str, Any]
    seed: int
    duration_s: float
    times: FloatArray
    events: tuple[Event, ...]
    metrics: dict[str, dict[str, Any]]
    joints: FloatArray | None = field(default=None, repr=False)
    pixels: FloatArray | None = field(default=None, repr=False)
    playback_per_real: float = 1.0

    @property
    def capture_times(self) -> FloatArray:
        """When each frame was taken, (T,), real seconds since the clip began."""
        return self.times / self.playback_per_real

    def value(self, key: str, side: str = "both") -> float:
        """Give the mean of a metric.

        Parameters
        ----------
        key : str
            One of `UNITS`.
        side : {"both", "left", "right"}

        Returns
        -------
        float
            In the unit of the metric.
        """
        metric = self.metrics[key]
        return float(metric["value"] if side == "both" else metric[side]["value"])

    def event_times(self, side: str, kind: str) -> FloatArray:
        """Give the times of one kind of event of one side.

        Parameters
        ----------
        side : {"left", "right"}
        kind : {"contact", "toe_off"}

        Returns
        -------
        (n,) array
            Seconds on the timeline of the file.
        """
        return np.array([event.time_s for event in self.events if event.side == side and event.kind == kind])

    def as_record(self) -> dict[str, Any]:
        """Give the truth as plain values for JSON.

        Returns
        -------
        dict
            In the format `FORMAT`; joints are left out.
        """
        return {
            "format": FORMAT,
            "runner": self.runner,
            "camera": self.camera,
            "scene": self.scene,
            "seed": self.seed,
            "duration_s": self.duration_s,
            "time_factor": self.playback_per_real,
            "frames": len(self.times),
            "times_s": [round(float(time), 6) for time in self.times],
            "capture_times_s": [round(float(time), 6) for time in self.capture_times],
            "events": [{"side": e.side, "kind": FILE_KINDS[e.kind], "time_s": round(e.time_s, 6)} for e in self.events],
            "metrics": self.metrics,
        }

    def write(self, path: PathLike) -> None:
        """Write the truth as JSON and, where joints are kept, an ``.npz`` beside it.

        Parameters
        ----------
        path : path
            ``NAME.json``; the arrays ``joints``, ``pixels``, ``names``, ``times`` and ``capture_times`` go to
            ``NAME.npz``.
        """
        with owned_write(path) as temporary:
            temporary.write_text(json.dumps(self.as_record(), separators=(",", ":")) + "\n", encoding="utf-8")
        if self.joints is not None and self.pixels is not None:
            target = Path(path)
            with owned_write(target.with_name(target.name.removesuffix(".json") + ".npz")) as temporary:
                np.savez_compressed(
                    temporary,
                    joints=self.joints.astype(np.float32),
                    pixels=self.pixels.astype(np.float32),
                    names=np.array(JOINTS),
                    times=self.times,
                    capture_times=self.capture_times,
                )


class _Points:
    """Joint positions by name, and ``mid_…`` for the middle between both sides."""

    def __init__(self, joints: FloatArray) -> None:
        self.joints = joints

    def __getitem__(self, name: str) -> FloatArray:
        if name.startswith("mid_"):
            return (self[f"left_{name[4:]}"] + self[f"right_{name[4:]}"]) / 2
        point: FloatArray = self.joints[..., JOINTS.index(name), :]
        return point


def centre_of_mass(joints: FloatArray) -> FloatArray:
    """Give the centre of mass of the whole body by Winter's segment masses.

    Parameters
    ----------
    joints : (..., J, 3) array
        In the order of `JOINTS`.

    Returns
    -------
    (..., 3) array
    """
    p = _Points(joints)

    def along(start: FloatArray, end: FloatArray, segment: str) -> FloatArray:
        return SEGMENT_MASS[segment] * (start + SEGMENT_CENTRE[segment] * (end - start))

    total = along(p["mid_shoulder"], p["mid_hip"], "trunk") + SEGMENT_MASS["head"] * p["mid_ear"]
    chain = (
        ("hip", "knee", "thigh"),
        ("knee", "ankle", "shank"),
        ("heel", "foot_index", "foot"),
        ("shoulder", "elbow", "upper_arm"),
        ("elbow", "wrist", "forearm"),
        ("wrist", "index", "hand"),
    )
    for side in SIDES:
        for start, end, segment in chain:
            total = total + along(p[f"{side}_{start}"], p[f"{side}_{end}"], segment)
    whole: FloatArray = total / (
        SEGMENT_MASS["trunk"] + SEGMENT_MASS["head"] + 2 * sum(SEGMENT_MASS[c[2]] for c in chain)
    )
    return whole


def _degrees(y: FloatArray, x: FloatArray) -> FloatArray:
    return np.degrees(np.arctan2(y, x))


def _knee(p: _Points, side: str) -> FloatArray:
    thigh = p[f"{side}_hip"] - p[f"{side}_knee"]
    shank = p[f"{side}_ankle"] - p[f"{side}_knee"]
    cosine = (thigh * shank).sum(-1) / np.linalg.norm(thigh, axis=-1) / np.linalg.norm(shank, axis=-1)
    flexion: FloatArray = 180.0 - np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return flexion


def _thigh(p: _Points, side: str) -> FloatArray:
    thigh = p[f"{side}_knee"] - p[f"{side}_hip"]
    return _degrees(thigh[..., 0], -thigh[..., 1])


def _elbow(p: _Points, side: str) -> FloatArray:
    """Mean bend over the last axis of times, in the sagittal plane and weighted by the lengths seen there.

    0 = straight, + = forearm ahead; −90 to 270, since no arm bends back that far.
    """
    upper, fore = (p[f"{side}_{b}"] - p[f"{side}_{a}"] for a, b in (("shoulder", "elbow"), ("elbow", "wrist")))
    sine = (upper[..., 0] * fore[..., 1] - upper[..., 1] * fore[..., 0]).sum(-1)
    cosine = (upper[..., 0] * fore[..., 0] + upper[..., 1] * fore[..., 1]).sum(-1)
    flexion: FloatArray = (_degrees(sine, cosine) + 90) % 360 - 90
    return flexion


def _at(motion: Motion, times: FloatArray) -> _Points:
    joints = motion.joints(times.ravel())
    return _Points(joints.reshape(*times.shape, *joints.shape[1:]))


def events_of(motion: Motion, duration_s: float) -> tuple[Event, ...]:
    """Give all contacts and toe-offs inside ``[0, duration_s]``, in time order.

    Parameters
    ----------
    motion : Motion
        Planned or recorded.
    duration_s : float
        Real seconds, from the beginning of the motion.

    Returns
    -------
    tuple of Event
        Real time.
    """
    events = []
    for right, contact, toe_off in zip(motion.steps.right, motion.steps.contact, motion.steps.toe_off, strict=True):
        side: Literal["left", "right"] = "right" if right else "left"
        events += [Event(side, "contact", float(contact)), Event(side, "toe_off", float(toe_off))]
    return tuple(sorted((e for e in events if 0 <= e.time_s <= duration_s), key=lambda e: e.time_s))


def _per_minute(times: FloatArray, values: FloatArray) -> float | None:
    """Least-squares change per minute of a per-step series; ``None`` for few steps."""
    if len(values) < _MIN_STEPS_OF_TREND:
        return None
    return round(60 * float(np.polyfit(times, values, 1)[0]), 4)


def _cadence_per_minute(numbers: NDArray[np.int_], contacts: FloatArray) -> float | None:
    """Change of cadence per minute, from the bend of contact time against step number."""
    if len(contacts) < _MIN_STEPS_OF_TREND:
        return None
    bend, step, _ = np.polyfit(numbers - numbers.mean(), contacts, 2)
    return round(-60 * 60 * 2 * float(bend) / float(step) ** 3, 4)


def metrics_of(motion: Motion, duration_s: float) -> dict[str, dict[str, Any]]:
    """Compute every metric of a clip from its geometry.

    Parameters
    ----------
    motion : Motion
    duration_s : float
        Only steps (for the arms: strides) that lie wholly inside the clip count.

    Returns
    -------
    dict
        As `Truth.metrics`.

    Notes
    -----
    ``step_width`` takes the ankles. ``arm_crossover`` and ``arm_swing_lateral`` divide by the 95th percentile of the
    distance between the shoulder joints in the frontal plane. ``lateral_trunk_lean`` is the stance mean of the
    mid-hip to mid-shoulder line. ``elbow_flexion`` and ``head_posture`` are those of the sagittal plane, as a camera
    at the side shows them. In ``elbow_flexion`` each moment counts by the lengths of upper arm and forearm in that
    plane.
    """
    steps, leg = motion.steps, LEG_LENGTH_FRACTION * motion.skeleton.height
    contact, toe_off, right = steps.contact, steps.toe_off, steps.right
    found: dict[str, dict[str, list[float]]] = {key: {side: [] for side in SIDES} for key in UNITS}
    when: dict[str, dict[str, list[float]]] = {key: {side: [] for side in SIDES} for key in UNITS}

    in_clip = np.flatnonzero((contact >= 0) & (contact <= duration_s))
    slope = float(np.polyfit(in_clip, contact[in_clip], 1)[0]) if len(in_clip) > 1 else float("nan")

    p_all = _at(motion, np.linspace(0, duration_s, max(int(duration_s * 120), 2)))
    shoulders = p_all["right_shoulder"] - p_all["left_shoulder"]
    shoulder_width = float(np.percentile(np.hypot(shoulders[:, 1], shoulders[:, 2]), 95))

    for side, sign in (("left", -1.0), ("right", 1.0)):
        other = "right" if side == "left" else "left"

        def put(key: str, values: FloatArray, which: NDArray[np.int_], side: str = side) -> None:
            found[key][side] = [float(value) for value in np.atleast_1d(values)]
            when[key][side] = [float(time) for time in contact[which]]

        stances = np.flatnonzero((right == (side == "right")) & (contact >= 0) & (toe_off <= duration_s))
        if not len(stances):
            continue
        p = _at(motion, contact[stances])
        ankle, knee, hip = p[f"{side}_ankle"], p[f"{side}_knee"], p[f"{side}_hip"]
        put("overstride", (ankle - hip)[:, 0] / leg, stances)
        put("tibia_angle", _degrees((ankle - knee)[:, 0], (knee - ankle)[:, 1]), stances)
        put("knee_flexion_contact", _knee(p, side), stances)
        put("braking_distance", (p[f"{side}_heel"] - centre_of_mass(p.joints))[:, 0] / leg, stances)

        stance = _at(motion, contact[stances][:, None] + _STANCE * (toe_off - contact)[stances][:, None])
        foot = stance[f"{side}_foot_index"] - stance[f"{side}_heel"]
        pitch = _degrees(foot[..., 1], np.hypot(foot[..., 0], foot[..., 2]))
        put("foot_strike_angle", pitch[:, 0] - pitch[:, 36], stances)
        put("knee_flexion_stance", _knee(stance, side)[:, :86].max(axis=1), stances)
        trunk = stance["mid_shoulder"] - stance["mid_hip"]
        put("trunk_lean", _degrees(trunk[..., 0], trunk[..., 1]).mean(axis=1), stances)
        neck = stance["mid_ear"] - stance["mid_shoulder"]
        ahead = _degrees(neck[..., 0], neck[..., 1]) - _degrees(trunk[..., 0], trunk[..., 1])
        put("head_posture", ahead.mean(axis=1), stances)
        put("lateral_trunk_lean", _degrees(sign * trunk[..., 2], trunk[..., 1]).mean(axis=1), stances)
        tilt = stance[f"{side}_hip"] - stance[f"{other}_hip"]
        drop = _degrees(tilt[..., 1], np.abs(tilt[..., 2]))
        put("pelvic_drop", drop[:, 10:71].max(axis=1), stances)
        put("pelvic_drop_midstance", drop[:, 50], stances)

        p = _at(motion, toe_off[stances])
        thigh = p[f"{side}_hip"] - p[f"{side}_knee"]
        put("hip_extension", _degrees(thigh[:, 0], thigh[:, 1]), stances)
        put("foot_pickup", (p[f"{side}_hip"] - p[f"{side}_ankle"])[:, 0] / leg, stances)
        put("contact_time", 1e3 * (toe_off - contact)[stances], stances)

        stepping = stances[(stances + 1 < len(contact))]
        stepping = stepping[contact[stepping + 1] <= duration_s]
        put("flight_time", 1e3 * (contact[stepping + 1] - toe_off[stepping]), stepping)
        if len(stepping):
            span = (contact[stepping + 1] - contact[stepping])[:, None]
            p = _at(motion, contact[stepping][:, None] + _STRIDE * span)
            bounce = 100 * np.ptp(centre_of_mass(p.joints)[..., 1], axis=1)
            length = 100 * motion.runner.speed_mps * span[:, 0]
            put("vertical_oscillation", bounce, stepping)
            put("step_length", length, stepping)
            put("vertical_ratio", 100 * bounce / length, stepping)
            put("vertical_oscillation_hip", 100 * np.ptp(p["mid_hip"][..., 1], axis=1), stepping)
            here, there = (contact[n] + 0.5 * (toe_off[n] - contact[n]) for n in (stepping, stepping + 1))
            width = _at(motion, here)[f"{side}_ankle"] - _at(motion, there)[f"{other}_ankle"]
            put("step_width", 100 * sign * width[:, 2], stepping)

        striding = stances[stances + 2 < len(contact)]
        striding = striding[contact[striding + 2] <= duration_s]
        if len(striding):
            span = (contact[striding + 2] - contact[striding])[:, None]
            put("duty_factor", 100 * (toe_off - contact)[striding] / span[:, 0], striding)
            p = _at(motion, contact[striding][:, None] + _STRIDE * span)
            wrist, shoulder, hip = p[f"{side}_wrist"], p["mid_shoulder"], p["mid_hip"]
            share = (wrist[..., 1] - hip[..., 1]) / (shoulder - hip)[..., 1]
            midline = hip[..., 2] + share * (shoulder - hip)[..., 2]
            put("arm_crossover", (sign * (midline - wrist[..., 2])).max(axis=1) / shoulder_width, striding)
            put("arm_swing_lateral", np.ptp(wrist[..., 2], axis=1) / shoulder_width, striding)
            put("knee_flexion_swing", _knee(p, side).max(axis=1), striding)
            put("elbow_flexion", _elbow(p, side), striding)
            swing = toe_off[striding][:, None] + _STANCE * (contact[striding + 2] - toe_off[striding])[:, None]
            put("knee_drive", _thigh(_at(motion, swing), side).max(axis=1), striding)

    metrics: dict[str, dict[str, Any]] = {}
    for key, unit in UNITS.items():
        if key == "cadence":
            metrics[key] = {
                "unit": unit,
                "value": 60.0 / slope,
                "n": len(in_clip),
                "per_minute": _cadence_per_minute(in_clip, contact[in_clip]),
            }
            continue
        record: dict[str, Any] = {"unit": unit}
        means = []
        for side in SIDES:
            values = found[key][side]
            if values:
                means.append(float(np.mean(values)))
            record[side] = {
                "value": round(means[-1], 5) if values else None,
                "sd": round(float(np.std(values, ddof=1)), 5) if len(values) > 1 else None,
                "n": len(values),
                "per_minute": _per_minute(np.array(when[key][side]), np.array(values)),
                "steps": [round(value, 4) for value in values],
            }
        record["value"] = round(float(np.mean(means)), 5) if means else None
        metrics[key] = record
    return metrics
