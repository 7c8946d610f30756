"""Compare four ways to read the drop of the pelvis off a video from behind or in front with the truth.

    python -m calibration.pelvis_methods [--mocap DIR] [--clips DIR] [--jobs N] [-o docs/pelvis.md]

The ways: the line through the hip keypoints, a map fitted to all keypoints, cloth tracked in the frames, and tape or a
waistband tracked in the frames (`gait.pose.appearance.pelvis`). Everything is fitted on the calibration clips and
tested on those of the validation: other bodies, clothes and motions.
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

from calibration.calibration_clips import usable_clip
from calibration.pelvic_drop_fit import mean_drop
from gait._typing import FloatArray
from gait.atomic_files import atomic_write
from gait.errors import RefusedError
from gait.geometry.camera import Camera, find_camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.pelvis_tilt_in_stance import apparent_peak_drop, is_pelvis_marked
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.signal.cleaning import CleanedPose, clean_keypoints, smooth_tilt
from gait.signal.phase import fold
from gait.validation.cases import CALIBRATION_HALF, REPORTING_HALF, Size, ValidationCase, clip_cases
from gait.validation.mocap import find_recordings
from gait.validation.process_pool import ValidationInputs, worker_pool
from gait.validation.rendered_clips import RenderedClip, make_clips
from gait.validation.validation_page import markdown_table

COMMAND = "python -m calibration.pelvis_methods"
#: Joints whose paths a map may use: all that BlazePose finds of trunk and legs.
JOINTS = ("ear", "shoulder", "elbow", "hip", "knee", "ankle", "heel", "foot_index")
#: Harmonics of the stride in which left and right differ.
ODD = (1, 3)
#: Penalties of the ridge regression to choose from. [E]
PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
#: A view is compared with at least this many clips to fit. [E]
MIN_CLIPS = 4


@dataclass(frozen=True)
class DropReadings:
    """The true drop of one clip, and what each way reads before anything is fitted.

    Attributes
    ----------
    clip, view : str
    surface : {"tape or waistband", "cloth"}
        What was tracked in the frames.
    true : float
        Degrees.
    hips, surface_drop : float
        Line through the hip keypoints, and the tracked surface, degrees; NaN: no reading.
    keypoints : (F,) array
        Features of all keypoints.
    """

    clip: str
    view: str
    surface: str
    true: float
    hips: float
    surface_drop: float
    keypoints: FloatArray


def read_drop(case: ValidationCase) -> DropReadings | None:
    """Read one clip in every way.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    DropReadings or None
        ``None`` where the clip is not usable or has no true drop.
    """
    clip = usable_clip(case, "heavy")
    if clip is None:
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
    true = clip.value("pelvic_drop", "both")
    if true is None:
        return None
    return DropReadings(
        case.name,
        camera.view,
        "tape or waistband" if is_pelvis_marked(tracks) else "cloth",
        true,
        mean_drop(of_hips, clip, apparent_peak_drop),
        mean_drop(tracks, clip, apparent_peak_drop),
        _features(cleaned, camera, clip),
    )


def _features(cleaned: CleanedPose, camera: Camera, clip: RenderedClip) -> FloatArray:
    """Return odd harmonics of how left and right differ in height and sideways, in legs; right contact is phase 0."""
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


def predict_from_keypoints(train: Sequence[DropReadings], test: Sequence[DropReadings]) -> FloatArray:
    """Predict the drop from all keypoints by ridge regression; leaving clips out chooses the penalty.

    Parameters
    ----------
    train, test : sequences of DropReadings

    Returns
    -------
    (len(test),) array
        Degrees.
    """
    x = np.array([clip.keypoints for clip in train])
    y = np.array([clip.true for clip in train])
    middle, scale = x.mean(axis=0), x.std(axis=0) + 1e-9

    def solved(rows: FloatArray, truth: FloatArray, penalty: float) -> FloatArray:
        gram = rows.T @ rows + penalty * len(rows) * np.eye(rows.shape[1])
        return np.asarray(np.linalg.solve(gram, rows.T @ (truth - truth.mean())))

    z = (x - middle) / scale
    errors = []
    for penalty in PENALTIES:
        residuals = []
        for i in range(len(z)):
            rest = np.arange(len(z)) != i
            residuals.append(y[rest].mean() + z[i] @ solved(z[rest], y[rest], penalty) - y[i])
        errors.append(np.mean(np.square(residuals)))
    best = PENALTIES[int(np.argmin(errors))]
    z_test = (np.array([clip.keypoints for clip in test]) - middle) / scale
    return np.asarray(y.mean() + z_test @ solved(z, y, best))


def _predict_by_line(train: Sequence[DropReadings], test: Sequence[DropReadings], reading: str) -> FloatArray:
    """Predict the drop from one reading by a straight line; NaN where there is no reading."""
    x, y = np.array([getattr(clip, reading) for clip in train]), np.array([clip.true for clip in train])
    finite = np.isfinite(x)
    if finite.sum() < MIN_CLIPS:
        return np.full(len(test), np.nan)
    slope, offset = np.polyfit(x[finite], y[finite], 1)
    return np.asarray(offset + slope * np.array([getattr(clip, reading) for clip in test]))


def compare_methods(train: Sequence[DropReadings], test: Sequence[DropReadings]) -> pd.DataFrame:
    """Compare all ways by view.

    Parameters
    ----------
    train, test : sequences of DropReadings

    Returns
    -------
    DataFrame
        One row a ``way`` and ``view``: ``clips``, ``given`` (clips with a value), ``median`` and ``p95`` of the error
        (degrees), ``rank`` correlation.
    """
    rows = []

    def add(way: str, view: str, chosen: Sequence[DropReadings], predicted: FloatArray) -> None:
        true = np.array([clip.true for clip in chosen])
        given = np.isfinite(predicted)
        error = np.abs(predicted - true)[given]
        ranked = given.sum() > 3 and np.ptp(predicted[given]) > 0
        rows.append(
            {
                "way": way,
                "view": view,
                "clips": len(chosen),
                "given": int(given.sum()),
                "median": float(np.median(error)) if len(error) else float("nan"),
                "p95": float(np.percentile(error, 95)) if len(error) else float("nan"),
                "rank": float(spearmanr(predicted[given], true[given]).statistic) if ranked else float("nan"),
            }
        )

    for view in ("rear", "front"):
        fit, judge = [clip for clip in train if clip.view == view], [clip for clip in test if clip.view == view]
        if len(fit) < MIN_CLIPS or not judge:
            continue
        mean = float(np.mean([clip.true for clip in fit]))
        add("the mean of all runners, the same for everybody", view, judge, np.full(len(judge), mean))
        add("line through the hip keypoints, as it is", view, judge, np.array([clip.hips for clip in judge]))
        add("line through the hip keypoints, best line to the truth", view, judge, _predict_by_line(fit, judge, "hips"))
        add("fitted to all keypoints", view, judge, predict_from_keypoints(fit, judge))
        for surface in ("cloth", "tape or waistband"):
            chosen = [clip for clip in judge if clip.surface == surface]
            if chosen:
                train_chosen = [clip for clip in fit if clip.surface == surface]
                predicted = _predict_by_line(train_chosen, chosen, "surface_drop")
                add(f"{surface} in the frames, best line to the truth", view, chosen, predicted)
    return pd.DataFrame(rows)


def methods_page(rows: pd.DataFrame) -> str:
    """Format the comparison as a page.

    Parameters
    ----------
    rows : DataFrame
        As `compare_methods` returns.

    Returns
    -------
    str
        Markdown.
    """

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
        f"Made by `{COMMAND} -o docs/pelvis.md`, which compares ways to read pelvic drop",
        "on rendered runners, seen from the rear and from the front. Their true peak drop (10–70 % of stance, mean of",
        "both legs) is 0 to 11°. Each way is fitted on the clips of the calibration and tested on the clips of the",
        "validation, which have other bodies, clothes and motions. If a console hides the hips, there is no value.",
        "",
        *markdown_table(head, body),
        "",
        "gait tracks tape or a waistband if there is one, and cloth otherwise (`gait/pose/appearance/pelvis.py`).",
    ]
    return "\n".join(lines) + "\n"


def _read_all(size: Size, half: int, inputs: ValidationInputs, jobs: int | None) -> list[DropReadings]:
    cases = [case for case in clip_cases(size, inputs.recordings, recorded_half=half) if case.camera.view != "side"]
    make_clips(cases, inputs, jobs=jobs)
    with worker_pool(inputs, jobs) as pool:
        return [readings for readings in pool.map(read_drop, cases) if readings is not None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, compare and print or write the page.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.
    """
    parser = argparse.ArgumentParser(prog=COMMAND, description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mocap", type=Path, help="folder of force-plate recordings (rbds_*.npz)")
    parser.add_argument("--clips", type=Path, default=Path("build/validation"), help="folder that keeps rendered clips")
    parser.add_argument("--jobs", type=int, help="processes; default: one a core")
    parser.add_argument("-o", "--output", type=Path, help="page to write, as docs/pelvis.md; printed by default")
    options = parser.parse_args(arguments)
    inputs = ValidationInputs(find_recordings(options.mocap), options.clips, DEFAULT_ENGINE, every_frame=True)
    train = _read_all("calibration", CALIBRATION_HALF, inputs, options.jobs)
    test = _read_all("full", REPORTING_HALF, inputs, options.jobs)
    text = methods_page(compare_methods(train, test))
    if options.output is None:
        sys.stdout.write(text)
        return
    with atomic_write(options.output) as temporary:
        temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
