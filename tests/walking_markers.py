"""A few frames of somebody who walks, and the files in which other programs would write them; made in no time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

FPS, FRAMES = 60.0, 40
LEGS = [f"{side}_{joint}" for joint in ("hip", "knee", "ankle", "heel", "foot_index") for side in ("left", "right")]
COCO_LEGS = ["left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle"]


def times() -> np.ndarray:
    return np.arange(FRAMES) / FPS


def points_m() -> np.ndarray:
    """(T, K, 3) metres: x forwards, y up, z to the right; legs of 0.8 m."""
    swing = np.sin(9 * times())
    points = np.zeros((FRAMES, len(LEGS), 3))
    for number, name in enumerate(LEGS):
        side, joint = name.split("_", 1)
        sign = 1 if side == "right" else -1
        height = {"hip": 0.9, "knee": 0.5, "ankle": 0.1}.get(joint, 0.05)
        ahead = {"heel": -0.05, "foot_index": 0.15}.get(joint, 0.0)
        points[:, number, 0] = ahead + 0.2 * sign * swing * (0.9 - height)
        points[:, number, 1:] = height, 0.1 * sign
    return points


def points_px() -> np.ndarray:
    """(T, K, 2) pixels, y down."""
    return points_m()[..., :2] * [500, -500] + [400, 600]


def trc_text(
    scale: float = 1.0,
    unit: str = "m",
    *,
    names: list[str] | None = None,
    rate: str = "60",
    time: np.ndarray | None = None,
    position: np.ndarray | None = None,
) -> str:
    names = LEGS if names is None else names
    time = times() if time is None else time
    position = points_m() if position is None else position
    keys = ["DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units"]
    keys += ["OrigDataRate", "OrigDataStartFrame", "OrigNumFrames"]
    values = [rate, rate, str(len(time)), str(len(names)), unit, rate, "1", str(len(time))]
    axes = "\t".join(f"{axis}{n + 1}" for n in range(len(names)) for axis in "XYZ")
    lines = ["PathFileType\t4\t(X/Y/Z)\trun.trc", "\t".join(keys), "\t".join(values)]
    lines += ["Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t", "\t\t" + axes, ""]
    for number, (at, row) in enumerate(zip(time, scale * position.reshape(len(position), -1), strict=True)):
        lines.append(f"{number + 1}\t{at:.6g}\t" + "\t".join(f"{value:.6f}" for value in row))
    return "\n".join(lines) + "\n"


def csv_lines(first: str = "time", separator: str = ",") -> list[str]:
    """Header and rows of keypoints in pixels; the first column is the time in seconds or the frame."""
    lines = [separator.join([first, *(f"{name}_{value}" for name in LEGS for value in ("x", "y", "score"))])]
    for number, row in enumerate(points_px()):
        begin = f"{number / FPS:.5f}" if first == "time" else str(number)
        lines.append(separator.join([begin, *(f"{x:.2f}{separator}{y:.2f}{separator}0.9" for x, y in row)]))
    return lines


def write_openpose(folder: Path, numbers: dict[int, str], *, people: int = 1) -> Path:
    """Frame → name of its file."""
    folder.mkdir(parents=True, exist_ok=True)
    place = dict(zip(COCO_LEGS, (12, 9, 13, 10, 14, 11), strict=True))  # in BODY_25
    for frame, name in numbers.items():
        body = np.zeros((25, 3))
        for joint, at in place.items():
            body[at] = *points_px()[frame, LEGS.index(joint)], 0.9
        crowd = [body + [2000.0 * n, 0, -0.5 * n] * (body[:, 2:] > 0) for n in range(people)]
        record = {"people": [{"pose_keypoints_2d": person.ravel().tolist()} for person in crowd]}
        (folder / name).write_text(json.dumps(record), encoding="utf-8")
    return folder
