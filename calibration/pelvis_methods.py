"""Four ways to read the drop of the pelvis off a video from behind or in front, set against the truth.

The line through the hip landmarks, a map learned from all landmarks, cloth followed in the picture, and tape or a
waistband followed in the picture (`gait.pose.appearance.pelvis`). What is learned is learned on the clips of the calibration and
judged on those of the validation: other bodies, clothes and motions.

    python -m calibration.pelvis_methods
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from calibration.calibrate import HALF, WRONG_PERSON, mean_drop
from gait._typing import FloatArray
from gait.atomic_files import atomic_write
from gait.errors import RefusedError
from gait.geometry.camera import Camera, find_camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.frontal import is_marked, seen_drop
from gait.signal.cleaning import CleanedPose, clean_keypoints, smooth_tilt
from gait.signal.phase import fold
from gait.validation.cases import Case, cases
from gait.validation.mocap import find_recordings
from gait.validation.process_pool import ValidationInputs, shared, workers
from gait.validation.rendered_clips import RenderedClip, load_clip, make_clips
from gait.validation.truth_comparison import wrong_person
from gait.validation.validation_page import table

COMMAND = "python -m calibration.pelvis_methods"
#: Joints whose paths a map may read: all that BlazePose sees of trunk and legs.
JOINTS = ("ear", "shoulder", "elbow", "hip", "knee", "ankle", "heel", "foot_index")
#: Harmonics of the stride in which left and right differ.
ODD = (1, 3)
PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class Told:
    """One clip: what is true, and what each way has to say before anything is learned (NaN: nothing)."""

    clip: str
    view: str
    kind: str
    true: float
    hips: float
    picture: float
    landmarks: FloatArray


def told_of(case: Case) -> Told | None:
    """Read one kept clip in every way; ``None`` where nobody runs in it."""
    clip = load_clip(shared().folder, case)
    if not isinstance(clip, RenderedClip) or wrong_person(clip) > WRONG_PERSON:
        return None
    try:
        camera = find_camera(clip.pose)
        if camera.view != case.camera.view:
            return None
        cleaned = clean_keypoints(clip.pose, camera)
    except RefusedError:
        return None
    tracks = KeypointTracks(cleaned.pose, camera)
    line = tracks.xy("right_hip") - tracks.xy("left_hip")
    line = line * (1 if camera.view == "rear" else -1)
    tilt = smooth_tilt(cleaned.phase, np.degrees(np.arctan2(line[:, 1], line[:, 0])), 1.0)
    of_hips = KeypointTracks(cleaned.pose.assign(pelvis_tilt=(("time", "individual"), tilt[:, None])), camera)
    seen = {True: "marks", False: "cloth"}[is_marked(tracks)]
    true = clip.value("pelvic_drop", "both")
    if true is None:
        return None
    return Told(
        case.name,
        camera.view,
        seen,
        true,
        mean_drop(of_hips, clip, seen_drop),
        mean_drop(tracks, clip, seen_drop),
        _features(cleaned, camera, clip),
    )


def _features(cleaned: CleanedPose, camera: Camera, clip: RenderedClip) -> FloatArray:
    """Odd harmonics, from a right contact on, of how left and right differ in height and move sideways; in legs."""
    tracks = KeypointTracks(cleaned.pose, camera)
    right = 1.0 if camera.view == "rear" else -1.0
    hips = tracks.xy("left_hip", "right_hip")
    signals = []
    for joint in JOINTS:
        left, other = tracks.xy(f"left_{joint}"), tracks.xy(f"right_{joint}")
        signals += [other[:, 1] - left[:, 1], right * (0.5 * (left + other) - hips)[:, 0]]
    values = np.stack(signals, axis=1) / camera.leg_px
    contact = cleaned.phase.mean_phase_at(clip.events()["right", "contact"])
    wave = fold(cleaned.phase.phase - contact, values, harmonics=max(ODD))
    order = wave.order
    rows = [row for k in ODD for row in (wave.coefficients[k], wave.coefficients[order + k])]
    return np.asarray(np.nan_to_num(np.concatenate(rows)), float)


def learned(train: Sequence[Told], test: Sequence[Told]) -> FloatArray:
    """Ridge regression from landmarks, its penalty chosen by leaving clips of the training out; for the test."""
    x = np.array([t.landmarks for t in train])
    y = np.array([t.true for t in train])
    middle, scale = x.mean(axis=0), x.std(axis=0) + 1e-9

    def solved(rows: FloatArray, truth: FloatArray, penalty: float) -> FloatArray:
        gram = rows.T @ rows + penalty * len(rows) * np.eye(rows.shape[1])
        return np.asarray(np.linalg.solve(gram, rows.T @ (truth - truth.mean())))

    z = (x - middle) / scale
    errors = []
    for penalty in PENALTIES:
        off = []
        for i in range(len(z)):
            rest = np.arange(len(z)) != i
            off.append(y[rest].mean() + z[i] @ solved(z[rest], y[rest], penalty) - y[i])
        errors.append(np.mean(np.square(off)))
    best = PENALTIES[int(np.argmin(errors))]
    seen = (np.array([t.landmarks for t in test]) - middle) / scale
    return np.asarray(y.mean() + seen @ solved(z, y, best))


def _line(train: Sequence[Told], test: Sequence[Told], what: str) -> FloatArray:
    """Straight line from a reading to the drop, for the test; NaN where nothing was read."""
    x, y = np.array([getattr(t, what) for t in train]), np.array([t.true for t in train])
    known = np.isfinite(x)
    seen = np.array([getattr(t, what) for t in test])
    if known.sum() < 4:
        return np.full(len(test), np.nan)
    slope, offset = np.polyfit(x[known], y[known], 1)
    return np.asarray(offset + slope * seen)


def compared(train: Sequence[Told], test: Sequence[Told]) -> pd.DataFrame:
    """Give one row a way and view: clips, clips with a value, median and p95 of the error, rank correlation."""
    rows = []

    def add(way: str, view: str, chosen: Sequence[Told], found: FloatArray) -> None:
        true = np.array([t.true for t in chosen])
        given = np.isfinite(found)
        off = np.abs(found - true)[given]
        ranked = given.sum() > 3 and np.ptp(found[given]) > 0
        rank = float(spearmanr(found[given], true[given]).statistic) if ranked else float("nan")
        rows.append(
            {
                "way": way,
                "view": view,
                "clips": len(chosen),
                "given": int(given.sum()),
                "median": float(np.median(off)) if len(off) else float("nan"),
                "p95": float(np.percentile(off, 95)) if len(off) else float("nan"),
                "rank": rank,
            }
        )

    for view in ("rear", "front"):
        before, after = [t for t in train if t.view == view], [t for t in test if t.view == view]
        if len(before) < 4 or not after:
            continue
        mean = float(np.mean([t.true for t in before]))
        add("the mean of all runners, whoever runs", view, after, np.full(len(after), mean))
        add("line through the hip landmarks, as it is", view, after, np.array([t.hips for t in after]))
        add("line through the hip landmarks, best line to the truth", view, after, _line(before, after, "hips"))
        add("learned from all landmarks", view, after, learned(before, after))
        for kind in ("cloth", "marks"):
            shown = [t for t in after if t.kind == kind]
            if shown:
                add(
                    f"{kind} in the picture, best line to the truth",
                    view,
                    shown,
                    _line([t for t in before if t.kind == kind], shown, "picture"),
                )
    return pd.DataFrame(rows)


def page(rows: pd.DataFrame) -> str:
    """Give the comparison as Markdown."""

    def number(value: float) -> str:
        return "–" if not np.isfinite(value) else f"{value:.2f}"

    body = [
        (
            str(r["way"]),
            str(r["view"]),
            f"{r['given']} of {r['clips']}",
            *(number(float(r[name])) for name in ("median", "p95", "rank")),
        )
        for r in rows.to_dict("records")
    ]
    head = ("read off", "view", "value given", "median error, °", "95th percentile, °", "rank correlation")
    lines = [
        "# Ways to read pelvic drop",
        "",
        f"Made by `{COMMAND}`: rendered runners seen from behind and in front, true peak drop (10–70 % of",
        "stance, mean of both legs) 0 to 11°. Learned on the clips of the calibration, judged on those of the",
        "validation: other bodies, clothes and motions. Hips hidden by a console give no value.",
        "",
        *table(head, body),
        "",
        "The product follows marks where it sees them, else cloth (`gait/pose/appearance/pelvis.py`).",
    ]
    return "\n".join(lines) + "\n"


def _all(size: str, half: int, known: ValidationInputs, jobs: int | None) -> list[Told]:
    laid = [case for case in cases(size, known.recordings, recorded_half=half) if case.camera.view != "side"]  # type: ignore[arg-type]
    make_clips(laid, known, jobs=jobs)
    with workers(known, jobs) as pool:
        return [told for told in pool.map(told_of, laid) if told is not None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, compare and write ``pelvis.md``."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mocap", type=Path, help="folder of force-plate recordings (rbds_*.npz)")
    parser.add_argument("--work", type=Path, default=Path("build/validation"), help="where clips are kept")
    parser.add_argument("--output", type=Path, default=Path("docs"), help="folder of pelvis.md")
    parser.add_argument("--jobs", type=int, help="processes")
    options = parser.parse_args(arguments)
    known = ValidationInputs(find_recordings(options.mocap), options.work, "litert")
    train, test = (_all(size, half, known, options.jobs) for size, half in (("calibration", HALF), ("full", 1 - HALF)))
    target = options.output / "pelvis.md"
    with atomic_write(target) as temporary:
        temporary.write_text(page(compared(train, test)), encoding="utf-8")
    sys.stdout.write(f"{target} written\n")


if __name__ == "__main__":
    main()
