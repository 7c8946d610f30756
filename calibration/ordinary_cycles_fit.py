"""``ordinary_cycles.toml``: how knee, thigh and shank of healthy runners move over the stride.

    python -m calibration.ordinary_cycles_fit [--mocap DIR] [-o DIR]

The report draws them as the band behind its plots.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from calibration.constants_writer import RESULTS, write_constants
from gait._typing import FloatArray
from gait.synthetic.recorded_motion import Recording
from gait.validation.mocap import find_recordings

FILE = "ordinary_cycles.toml"
COMMAND = "python -m calibration.ordinary_cycles_fit"
#: Every fourth per cent of the stride is enough for a plot. [E]
PERCENT = np.arange(0, 101, 4)
#: Strides whose duration differs more than this from the median do not count, share. [E]
MAX_DURATION_DEVIATION = 0.25
_HEADER = f"""\
# Made by: {COMMAND}
# Healthy runners on a treadmill: mean and standard deviation between runners of each angle (deg) over the stride, from
# one contact of a foot to its next. From joint centres recorded by Fukuchi, Fukuchi & Duarte 2017 (PeerJ 5:e3298,
# CC BY 4.0); the legs of one runner are averaged first.

source = "fukuchi2017"
"""

#: Angle → speed (m/s) → mean, standard deviation between runners (degrees, at `PERCENT`) and number of runners.
OrdinaryCycles = Mapping[str, Mapping[float, tuple[FloatArray, FloatArray, int]]]


def mean_angles(recording: Recording, side: str) -> dict[str, FloatArray]:
    """Compute the mean of each angle over the strides of a leg.

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
    duration = np.diff(contacts)
    ordinary = np.abs(duration / np.median(duration) - 1) < MAX_DURATION_DEVIATION
    times = contacts[:-1][ordinary][:, None] + duration[ordinary][:, None] * PERCENT / 100
    hip, knee, ankle = (recording.points[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))

    def lean(low: FloatArray, high: FloatArray) -> FloatArray:
        return np.degrees(np.arctan2(low[:, 0] - high[:, 0], high[:, 1] - low[:, 1]))

    thigh, shank = lean(knee, hip), lean(ankle, knee)
    return {
        name: np.interp(times.ravel(), recording.time, values).reshape(times.shape).mean(axis=0)
        for name, values in (("knee_flexion", thigh - shank), ("thigh_angle", thigh), ("shank_angle", shank))
    }


def ordinary_cycles(recordings: Iterable[Recording]) -> OrdinaryCycles:
    """Compute mean and spread of each angle between runners, by speed.

    Parameters
    ----------
    recordings : iterable of Recording

    Returns
    -------
    OrdinaryCycles
    """
    means: dict[str, dict[float, list[FloatArray]]] = {}
    for recording in recordings:
        sides = [mean_angles(recording, side) for side in ("left", "right")]
        for name in sides[0]:
            mean = np.mean([angles[name] for angles in sides], axis=0)
            means.setdefault(name, {}).setdefault(recording.speed_mps, []).append(mean)
    return {
        name: {v: (np.mean(rows, axis=0), np.std(rows, axis=0, ddof=1), len(rows)) for v, rows in by_speed.items()}
        for name, by_speed in means.items()
    }


def ordinary_cycle_lines(cycles: OrdinaryCycles) -> list[str]:
    """Format the cycles as the file of the package.

    Parameters
    ----------
    cycles : OrdinaryCycles

    Returns
    -------
    list of str
        Lines of ``ordinary_cycles.toml``.
    """
    lines = [_HEADER, f"percent = {PERCENT.tolist()}"]
    for name, by_speed in cycles.items():
        for speed, (mean, sd, count) in sorted(by_speed.items()):
            lines += [
                f'\n[[cycle]]\nsignal = "{name}"\nspeed = {speed:g}\nrunners = {count}',
                f"mean = [{', '.join(f'{v:.1f}' for v in mean)}]",
                f"sd = [{', '.join(f'{v:.1f}' for v in sd)}]",
            ]
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the file.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.
    """
    parser = argparse.ArgumentParser(prog=COMMAND, description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mocap", type=Path, help="folder of force-plate recordings (rbds_*.npz)")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS, help="folder of results")
    options = parser.parse_args(arguments)
    recordings = find_recordings(options.mocap)
    if not recordings:
        parser.exit(2, "ordinary_cycles_fit: no force-plate recordings found; give their folder with --mocap\n")
    options.output.mkdir(parents=True, exist_ok=True)
    write_constants(options.output / FILE, ordinary_cycle_lines(ordinary_cycles(recordings.values())))


if __name__ == "__main__":
    main()
