"""How knee, thigh and shin of healthy runners go over the stride: the band behind the plots of a report.

``python -m calibration.ordinary_cycles_fit --mocap DIR`` writes ``gait/calibration/ordinary_cycles.toml`` from recorded runners.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from gait._typing import FloatArray
from gait.atomic_files import atomic_write
from gait.synthetic.recorded_motion import Recording
from gait.validation.mocap import find_recordings

TARGET = Path("gait/calibration/ordinary_cycles.toml")
#: Every fourth per cent is enough to draw.
PERCENT = np.arange(0, 101, 4)
_HEAD = """\
# Healthy runners on a treadmill: mean and standard deviation between runners of each angle (deg) over the stride, from
# one contact of a foot to its next. Made by `python -m calibration.ordinary_cycles_fit` from joint centres, recorded by
# Fukuchi, Fukuchi & Duarte 2017 (PeerJ 5:e3298, CC BY 4.0); legs of one runner are averaged first.

source = "fukuchi2017"
"""


def angles(recording: Recording, side: str) -> dict[str, FloatArray]:
    """Give the mean of each angle over the strides of a leg.

    Parameters
    ----------
    recording : Recording
    side : {"left", "right"}

    Returns
    -------
    dict
        ``knee_flexion`` (0 = straight), ``thigh_angle`` (+ = knee ahead of the hip), ``shank_angle`` (+ = ankle
        ahead of the knee) → (26,) degrees at `PERCENT`.
    """
    contacts = recording.contact[side]
    length = np.diff(contacts)
    usual = np.abs(length / np.median(length) - 1) < 0.25
    times = contacts[:-1][usual][:, None] + length[usual][:, None] * PERCENT / 100
    hip, knee, ankle = (recording.points[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))

    def lean(low: FloatArray, high: FloatArray) -> FloatArray:
        return np.degrees(np.arctan2(low[:, 0] - high[:, 0], high[:, 1] - low[:, 1]))

    thigh, shank = lean(knee, hip), lean(ankle, knee)
    return {
        name: np.interp(times.ravel(), recording.time, values).reshape(times.shape).mean(axis=0)
        for name, values in (("knee_flexion", thigh - shank), ("thigh_angle", thigh), ("shank_angle", shank))
    }


def usual(recordings: Iterable[Recording]) -> Mapping[str, Mapping[float, tuple[FloatArray, FloatArray, int]]]:
    """Give mean, standard deviation between runners and their number, by angle and speed (m/s)."""
    found: dict[str, dict[float, list[FloatArray]]] = {}
    for recording in recordings:
        sides = [angles(recording, side) for side in ("left", "right")]
        for name in sides[0]:
            mean = np.mean([one[name] for one in sides], axis=0)
            found.setdefault(name, {}).setdefault(recording.speed_mps, []).append(mean)
    return {
        name: {v: (np.mean(rows, axis=0), np.std(rows, axis=0, ddof=1), len(rows)) for v, rows in by_speed.items()}
        for name, by_speed in found.items()
    }


def as_toml(found: Mapping[str, Mapping[float, tuple[FloatArray, FloatArray, int]]]) -> str:
    """Write what `usual` found as the knowledge file."""
    lines = [_HEAD, f"percent = {PERCENT.tolist()}"]
    for name, by_speed in found.items():
        for speed, (mean, sd, count) in sorted(by_speed.items()):
            lines += [
                f"\n[[cycle]]\nsignal = {name!r}\nspeed = {speed:g}\nrunners = {count}".replace("'", '"'),
                f"mean = [{', '.join(f'{v:.1f}' for v in mean)}]",
                f"sd = [{', '.join(f'{v:.1f}' for v in sd)}]",
            ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mocap", type=Path)
    with atomic_write(TARGET) as file:
        file.write_text(as_toml(usual(find_recordings(parser.parse_args().mocap).values())), encoding="utf-8")


if __name__ == "__main__":
    main()
