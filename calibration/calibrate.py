"""Measure what the pipeline must know about itself, and write it to ``gait/knowledge/``.

    python -m calibration.calibrate [--mocap DIR] [--work DIR] [--jobs N] [--engine NAME]

Three things come of it, in this order, because each rests on the one before:

- ``pelvis.toml``: how the drop of the pelvis that the picture shows becomes the drop;
- ``landmarks.toml``: how far the pose engine's landmarks lie from the joints of rendered runners;
- ``stride_model.npz`` and ``.toml``: where contact and toe-off lie on the mean stride, from the joints of recorded
  runners over a force plate and what the pose engine adds to them on rendered runners (`calibration.stride_fit`);
- the same file: what the picture of a landing shoe says of the time of contact (`calibration.landing_fit`), and
  ``feet.toml``: how the turn of the shoe that the picture shows becomes the foot strike angle;
- ``systematic.toml``: what error is left in each metric, by view and frame rate.

Only calibration clips are used, and clips that move as one half of the recorded runners; `gait validate` reports on
others. The stride model in use has learned from all recorded runners; more are made that each leave out one of them
(and half of the clips), so that neither the validation nor this calibration of what comes after judges a model by what
it knows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import t as student

from calibration.landing_fit import JointLanding, ShoeLanding, fit_landing, joint_landings, shoe_landings
from calibration.stride_fit import FORCE_LEADS_S, Leg, Pair, errors, fit, legs_of, spread
from gait._typing import FloatArray
from gait.analysis.view_analysis import analyze_pose
from gait.atomic_files import atomic_write
from gait.errors import RefusedError
from gait.events import stride_model
from gait.events.shoe_landing import followed_motion, turn_at_contact
from gait.events.stride_model import LEG_VIEWS, EventKind, LegView, StrideModel, leg_view, legs_followed, to_arrays
from gait.geometry.camera import Camera, find_camera, measured_leg_px, with_scale
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.frontal import is_marked, seen_drop, seen_drop_midstance
from gait.metrics.register import SHOE, PerStep
from gait.records import Runner
from gait.signal.cleaning import clean_keypoints
from gait.signal.mean_stride import mean_strides
from gait.synthetic.recorded_motion import Recording
from gait.synthetic.run_spec import SIDES
from gait.validation.cases import Case, cases, joint_cases, runner_of
from gait.validation.evaluation import evaluate, filmed_joints, unknowing_model
from gait.validation.mocap import find_recordings, true_camera
from gait.validation.process_pool import ValidationInputs, shared, workers
from gait.validation.rendered_clips import RenderedClip, load_clip, make_clips
from gait.validation.truth_comparison import landmark_rows, match_events, wrong_person

KNOWLEDGE = Path(__file__).resolve().parents[1] / "gait" / "calibration"
COMMAND = "python -m calibration.calibrate"
#: The half of the recorded runners that calibrates; the other half is for reporting.
HALF = 0
#: Frame rate at which the stride model learns. Mean strides do not depend on it.
EVENT_RATE = 60
#: Clips in which somebody else than the runner was followed for more than this share of the frames calibrate nothing:
#: that is an error of another kind, which `gait validate` reports by itself.
WRONG_PERSON = 0.02


def write(name: str, lines: Iterable[str]) -> None:
    """Write a file of ``gait/knowledge``."""
    with atomic_write(KNOWLEDGE / name) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{name} written\n")


def robust_sd(values: FloatArray) -> float:
    """Spread by the median absolute deviation, but not less than half of the plain one."""
    return max(1.4826 * float(np.median(np.abs(values - np.median(values)))), 0.5 * float(np.std(values)))


# --- landmarks ---


def _landmarks_of(case: Case) -> list[dict[str, Any]]:
    clip = load_clip(shared().folder, case)
    return landmark_rows(clip) if isinstance(clip, RenderedClip) and wrong_person(clip) <= WRONG_PERSON else []


def _leg_of(case: Case) -> list[tuple[str, float, float]]:
    """Give the view and how long the leg looks on one clip: joints over length, landmarks over joints."""
    clip = load_clip(shared().folder, case)
    if not isinstance(clip, RenderedClip) or wrong_person(clip) > WRONG_PERSON:
        return []
    joints = measured_leg_px(clip.true_pose())
    exact = true_camera(clip.case.camera, clip.height_m)
    return [(case.camera.view, joints / exact.leg_px, measured_leg_px(clip.pose) / joints)]


def leg_lines(seen: Sequence[tuple[str, float, float]]) -> list[str]:
    """Give the part of ``landmarks.toml`` that says how long legs look."""
    lines = [
        "",
        "# How long thigh plus shank look. joints: between the joints in the picture, over that of a runner of average",
        "# proportions; engine: between landmarks over between joints. Medians; sd from runner to runner of both.",
    ]
    for view in ("side", "rear", "front"):
        ratios = np.array([pair for where, *pair in seen if where == view])
        lines += [
            "",
            f"[leg_seen.{view}]",
            f"joints = {np.median(ratios[:, 0]):.3f}",
            f"engine = {np.median(ratios[:, 1]):.3f}",
            f"sd = {np.std(ratios.prod(axis=1), ddof=1):.3f}",
            f"clips = {len(ratios)}",
        ]
    return lines


def landmark_lines(table: pd.DataFrame, engine: str) -> list[str]:
    """Give ``landmarks.toml``: medians over clips by place and joint."""
    lines = [
        f"# Made by: {COMMAND}",
        f"# Landmarks of the engine {engine} against the joints of {len(table['clip'].unique())} rendered runners, in",
        "# % of body height. bias: steady; locked_sd: repeats with the stride (locked_own_sd: what of it differs from",
        "# runner to runner); random_sd: the rest, forgotten within memory_s.",
        "# x forwards (side view) or to the image's right, y up. near/far: side view; rear, front: those views.",
    ]
    for place in ("near", "far", "rear", "front"):
        for joint, rows in table[table.place == place].groupby("joint"):
            middle = rows.median(numeric_only=True)
            steady = [robust_sd(rows[axis].to_numpy()) for axis in ("bias_x", "bias_y")]
            # Coefficients of cosines and sines, x and y: what each runner has of its own, beside what all share.
            waves = np.array(rows.locked.tolist())
            own = np.median(np.abs(waves - np.median(waves, axis=0)), axis=0) * 1.4826
            own_sd = np.sqrt((own.reshape(-1, 2) ** 2).sum(axis=0) / 2)
            lines += [
                "",
                f"[landmark.{place}.{joint}]",
                f"bias = [{middle.bias_x:.2f}, {middle.bias_y:.2f}]",
                f"bias_sd = [{steady[0]:.2f}, {steady[1]:.2f}]",
                f"locked_sd = [{middle.locked_x:.2f}, {middle.locked_y:.2f}]",
                f"locked_own_sd = [{own_sd[0]:.2f}, {own_sd[1]:.2f}]",
                f"random_sd = [{middle.random_x:.2f}, {middle.random_y:.2f}]",
                f"memory_s = {middle.memory_s:.3f}",
                f"clips = {len(rows)}",
            ]
    return lines


# --- events ---


def _joint_legs(case: Case) -> list[Leg]:
    """Give the exact joints' mean strides of a recorded run, filmed from where people place phones."""
    whole = filmed_joints(case, shared().recordings, locked=False)
    clip = whole.thinned(round(case.camera.fps / EVENT_RATE))
    pose = clip.true_pose()
    camera = _found_camera(clip, pose)
    return legs_of(clip, clean_keypoints(pose, camera), camera) if camera else []


def _found_camera(clip: RenderedClip, pose: xr.Dataset) -> Camera | None:
    """Find the camera as an analysis does; ``None`` where it takes the view for another."""
    camera = with_scale(find_camera(pose), height_m=clip.height_m)
    return camera if camera.view == clip.case.camera.view else None


def _pairs_of(case: Case) -> list[Pair]:
    """Give the mean strides of a rendered clip as the engine saw it and as it was drawn."""
    clip = load_clip(shared().folder, case)
    if not isinstance(clip, RenderedClip) or wrong_person(clip) > WRONG_PERSON:
        return []
    clip = clip.thinned(round(case.camera.fps / EVENT_RATE))
    exact = clip.true_pose()
    try:
        camera, true = _found_camera(clip, clip.pose), _found_camera(clip, exact)
        if camera is None or true is None:
            return []
        cleaned = clean_keypoints(clip.pose, camera)
        if not legs_followed(mean_strides(cleaned, camera), camera.view):
            return []
        seen = legs_of(clip, cleaned, camera)
    except RefusedError:
        return []
    drawn = legs_of(clip, clean_keypoints(exact, true), true)
    return [Pair(*pair) for pair in zip(seen, drawn, strict=True)]


def fit_strides(
    legs: Sequence[Leg], pairs: Sequence[Pair], reporting: Sequence[str]
) -> tuple[dict[str, StrideModel], dict[str, StrideModel]]:
    """Learn from all that is known, and from all but what each model will be judged on.

    Parameters
    ----------
    legs : sequence of Leg
        Joints of recorded runners.
    pairs : sequence of Pair
        Legs of rendered clips.
    reporting : sequence of str
        Runners of the half that reports.

    Returns
    -------
    stored, passing : dict
        To be stored: ``all``, and ``without_<runner>`` for each that reports. For this calibration only: ``rest0`` and
        ``rest1``, which know none of the clips of even, or odd, number, and the same without each runner.
    """

    def fitted(runner: str | None, odd: int | None) -> StrideModel:
        return fit(
            [leg for leg in legs if leg.runner != runner],
            [p for p in pairs if p.seen.number % 2 != odd and (runner is None or p.seen.runner != runner)],
        )

    moved = sorted({pair.seen.runner for pair in pairs if pair.seen.runner})
    passing = {f"rest{odd}": fitted(None, odd) for odd in (0, 1)}
    passing |= {f"rest{odd}_without_{runner}": fitted(runner, odd) for odd in (0, 1) for runner in moved}
    off: dict[tuple[LegView, EventKind], list[float]] = {}
    for pair in pairs:
        if pair.seen.runner:
            model = passing[f"rest{pair.seen.number % 2}_without_{pair.seen.runner}"]
            for key, values in errors(model, [pair.seen]).items():
                off.setdefault(key, []).extend(values)
    known = spread(off)
    stored = {"all": fit(legs, pairs)} | {f"without_{runner}": fitted(runner, None) for runner in reporting}
    return (
        {name: replace(model, sd_s=known) for name, model in stored.items()},
        {name: replace(model, sd_s=known) for name, model in passing.items()},
    )


def save_models(path: Path, models: Mapping[str, StrideModel]) -> None:
    """Store models by name."""
    with atomic_write(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **to_arrays(models))


def stride_lines(model: StrideModel, legs: Sequence[Leg], pairs: Sequence[Pair], engine: str) -> list[str]:
    """Give ``stride_model.toml``: what the model is made of."""
    runners = sorted({leg.runner for leg in legs})
    lines = [
        f"# Made by: {COMMAND}",
        f"# Joints of {len(runners)} force-plate runners of Fukuchi et al. 2017 (PeerJ 5:e3298), 2.5-4.5 m/s:",
        f"# {', '.join(runners)}.",
        "# Contact: 50 N rising, toe-off 50 N falling.",
        f"# Landmark errors of {engine} (BlazePose full) on {len({pair.seen.clip for pair in pairs})} rendered clips.",
        "# error_ms: root mean square on rendered clips that move as runners that the model has not learned from.",
    ]
    for (place, kind), sd in model.sd_s.items():
        legs_there = sum(1 for pair in pairs if pair.seen.place == place)
        lines += ["", f"[{place}.{kind}]", f"error_ms = {1e3 * sd:.1f}", f"legs = {legs_there}"]
        if kind == "contact" and place in model.landing_sd_s:
            lines.append(f"with_shoe_error_ms = {1e3 * model.landing_sd_s[place]:.1f}")
    return lines


# --- pelvis ---

#: How the drop as the picture shows it is measured.
SEEN_DROP = {"pelvic_drop": seen_drop, "pelvic_drop_midstance": seen_drop_midstance}
#: Before anything is learned the picture shows the drop itself, as surely as this many clips would say.
PRIOR_CLIPS, PRIOR_DROP_DEG = 1.0, 5.0


def mean_drop(tracks: KeypointTracks, clip: RenderedClip, measure: PerStep) -> float:
    """Give the mean of both legs of a drop, measured at the true events; NaN where a leg shows none."""
    sides = []
    for side in SIDES:
        contact, off = (clip.events()[side, kind] for kind in ("contact", "toe_off"))
        off = off[off > contact[0]]
        count = min(len(contact), len(off))
        values = measure(tracks, side, contact[:count], off[:count])
        sides.append(float(np.mean(values[np.isfinite(values)])) if np.isfinite(values).any() else np.nan)
    return float(np.mean(sides))


def _drops_of(case: Case) -> list[dict[str, Any]]:
    """Give the drop as the picture shows it beside the true one, by metric; nothing where the hips are hidden."""
    clip = load_clip(shared().folder, case)
    if case.camera.view == "side" or not isinstance(clip, RenderedClip) or wrong_person(clip) > WRONG_PERSON:
        return []
    try:
        camera = _found_camera(clip, clip.pose)
        if camera is None:
            return []
        tracks = KeypointTracks(clean_keypoints(clip.pose, camera).pose, camera)
    except RefusedError:
        return []
    place = camera.view + ("_marked" if is_marked(tracks) else "")
    rows = []
    for key, measure in SEEN_DROP.items():
        seen = mean_drop(tracks, clip, measure)
        true = clip.value(key, "both")
        if true is not None and np.isfinite(seen):
            rows.append({"key": key, "place": place, "seen": seen, "true": true})
    return rows


def drop_lines(table: pd.DataFrame) -> list[str]:
    """Give ``pelvis.toml``: by metric and place the line from the drop seen to the drop, by robust regression."""
    lines = [
        f"# Made by: {COMMAND}",
        "# From the pelvic drop as the picture shows it (gait.pose.appearance.pelvis) to the drop, deg: offset + slope * seen.",
        "# Cloth moves less than the bone under it. _marked: tape or a waistband was followed. sd: what is left over.",
    ]
    for (key, place), rows in table.groupby(["key", "place"]):
        seen, true = rows.seen.to_numpy(dtype=float), rows["true"].to_numpy(dtype=float)
        lines += ["", f"[{key}.{place}]", *robust_line(seen, true, usual=PRIOR_DROP_DEG, around=2.0)]
    return lines


def robust_line(seen: FloatArray, true: FloatArray, *, usual: float, around: float) -> list[str]:
    """Give a line from what is seen to what is true (Huber's regression) as it is written to a file.

    ``usual`` and ``around``: of what nobody has seen, a line of slope 1 through a usual value.
    """
    before = [usual - around, usual + around]
    x, y = np.concatenate([seen, before]), np.concatenate([true, before])
    prior = np.concatenate([np.ones(len(seen)), [PRIOR_CLIPS / 2] * 2])
    weight = prior.copy()
    for _ in range(20):
        slope, offset = np.polyfit(x, y, 1, w=np.sqrt(weight))
        off = y - offset - slope * x
        scale = max(1.4826 * float(np.median(np.abs(off))), 0.2)
        weight = prior / np.maximum(np.abs(off) / (1.5 * scale), 1)
    return [
        f"offset = {offset:.3f}",
        f"slope = {slope:.3f}",
        f"sd = {np.std(true - offset - slope * seen):.3f}",
        f"clips = {len(seen)}",
    ]


# --- landings ---

#: Foot strike of which the picture shows as much as there is, before anything is learned. Degrees.
PRIOR_STRIKE_DEG, STRIKE_AROUND_DEG = 8.0, 8.0


def _landing_joints_of(case: Case) -> list[JointLanding]:
    whole = filmed_joints(case, shared().recordings, locked=False)
    return joint_landings(whole.thinned(round(case.camera.fps / EVENT_RATE)))


def _at_event_rate(case: Case) -> RenderedClip | None:
    """Give a rendered clip from the side at the rate at which is learned; ``None`` where it calibrates nothing."""
    clip = load_clip(shared().folder, case)
    if case.camera.view != "side" or not isinstance(clip, RenderedClip) or wrong_person(clip) > WRONG_PERSON:
        return None
    return clip.thinned(round(case.camera.fps / EVENT_RATE))


def _landing_shoes_of(case: Case) -> list[ShoeLanding]:
    clip = _at_event_rate(case)
    if clip is None:
        return []
    with stride_model.using(unknowing_model(case, shared().models)):
        return shoe_landings(clip, clip.looked_at())


def _landings_of(case: Case) -> list[dict[str, Any]]:
    """Give by followed leg how far contacts are off, s, and how the foot turns at them beside its true strike angle."""
    clip = _at_event_rate(case)
    if clip is None:
        return []
    with stride_model.using(unknowing_model(case, shared().models)):
        try:
            view = analyze_pose(clip.looked_at(), runner=Runner(height_m=clip.height_m), corrected=False)
        except RefusedError:
            return []
    rows = []
    for side in SIDES:
        motion, true = followed_motion(view.clean, side), clip.value("foot_strike_angle", side)
        if motion is None or true is None:
            continue
        found = view.events.time_s[(view.events.side == side) & (view.events.kind == "contact")].to_numpy(dtype=float)
        off, _, _ = match_events(found, clip.events()[side, "contact"], 0.0, float(clip.pose.time.values[-1]))
        turn = turn_at_contact(motion, found)
        if not len(off) or not np.isfinite(turn).any():
            continue
        rows.append(
            {
                "place": leg_view(view.camera, side),
                "recorded": case.recording is not None,
                "off_s": float(np.median(off)),
                "seen": float(np.mean(turn[np.isfinite(turn)])),
                "true": true,
            }
        )
    return rows


def fit_landings(
    models: Mapping[str, StrideModel], joints: Sequence[JointLanding], shoes: Sequence[ShoeLanding]
) -> dict[str, StrideModel]:
    """Add to models what landings say, learned without whom the model's name says that it does not know."""
    made = {}
    for name, model in models.items():
        runner = name.partition("without_")[2] or None
        odd = int(name[4]) if name.startswith("rest") else None
        made[name] = replace(
            model,
            landing=fit_landing(
                [leg for leg in joints if leg.runner != runner],
                [leg for leg in shoes if leg.number % 2 != odd and (runner is None or leg.runner != runner)],
            ),
        )
    return made


def strike_lines(table: pd.DataFrame) -> list[str]:
    """Give ``feet.toml``: by place the line from the turn seen to the foot strike angle."""
    lines = [
        f"# Made by: {COMMAND}",
        "# From the turn of the shoe as the picture shows it (gait.events.shoe_landing) to the foot strike angle, deg:",
        "# offset + slope * seen. sd: what is left over.",
    ]
    for place, rows in table.groupby("place", sort=False):
        seen, true = rows.seen.to_numpy(dtype=float), rows["true"].to_numpy(dtype=float)
        lines += [
            "",
            f"[foot_strike_angle.{place}]",
            *robust_line(seen, true, usual=PRIOR_STRIKE_DEG, around=STRIKE_AROUND_DEG),
        ]
    return lines


# --- metrics ---

#: Two frame rates are compared where the higher one has at least this share of the lower one's clips.
FEWER = 0.6


def systematic_lines(table: pd.DataFrame) -> list[str]:
    """Give ``systematic.toml``: mean and spread of what is left, by metric, place and frame rate."""
    lines = [
        f"# Made by: {COMMAND}",
        "# A metric's own error, in its unit, on rendered runners of many bodies, by view and frame rate:",
        "# bias = median, sd = robust spread from runner to runner (widened for the number of clips by Student's t),",
        "# p95 = 95th percentile of the absolute error. It does not shrink with the number of steps and enters every",
        "# interval.",
        "# near/far: the leg nearer to / farther from the camera in a side view; _seen: its shoe was followed. rear,",
        "# front: those views; _marked: tape or a waistband was followed.",
    ]
    given = table[np.isfinite(table.value)]
    for (key, place), rows in given.groupby(["key", "place"], sort=False):
        lines += ["", f"[metric.{key}.{place}]"]
        least, of_clips, written = 0.0, 0, []
        for rate, at in reversed(list(rows.groupby("fps"))):
            error = (at.value - at.truth).to_numpy(dtype=float)
            clips = len(at["clip"].unique())
            if len(error) < 6 and clips < 5:
                continue
            # Robust: one clip on which the engine fails must not widen the intervals of all others, but not more so.
            widened = (
                max(robust_sd(error), 0.8 * float(np.std(error, ddof=1))) * float(student.ppf(0.975, clips - 1)) / 1.96
            )
            # Fewer frames never show more: a smaller spread at a lower rate is chance, where as many clips say so.
            if of_clips >= FEWER * clips:
                widened = max(widened, least)
            least, of_clips = widened, clips
            written.append(
                f'"{rate:.0f}" = {{ bias = {np.median(error):.4g}, sd = {widened:.4g}, '
                f"p95 = {np.percentile(np.abs(error), 95):.4g}, clips = {clips} }}"
            )
        lines += written[::-1]
    return lines


def _each(pool: Any, work: Callable[[Case], list[dict[str, Any]]], laid: Sequence[Case]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for case, found in zip(laid, pool.map(work, laid), strict=True):
        rows += [{"clip": case.name, **row} for row in found]
    return pd.DataFrame(rows)


def calibrate(recordings: dict[str, Recording], work: Path, *, engine: str, jobs: int | None = None) -> None:
    """Measure and write all files."""
    known = ValidationInputs(recordings, work, engine)
    laid = cases("calibration", recordings, recorded_half=HALF)

    def told(done: int, total: int | None) -> None:
        sys.stderr.write(f"\rclips {done}/{total}")

    make_clips(laid, known, jobs=jobs, progress=told)
    sys.stderr.write("\n")
    # A pool of its own for every step: its processes read what the step before has written.
    with workers(known, jobs) as pool:
        seen = [leg for found in pool.map(_leg_of, laid) for leg in found]
        write("landmarks.toml", landmark_lines(_each(pool, _landmarks_of, laid), engine) + leg_lines(seen))
        write("pelvis.toml", drop_lines(_each(pool, _drops_of, laid)))
    joints = {half: joint_cases(recordings, half=half) for half in (0, 1)}
    with workers(known, jobs) as pool:
        legs = [leg for found in pool.map(_joint_legs, [*joints[0], *joints[1]]) for leg in found]
        pairs = [pair for found in pool.map(_pairs_of, laid) for pair in found]
    reporting = sorted({runner_of(str(case.recording)) for case in joints[1 - HALF]})
    stored, passing = fit_strides(legs, pairs, reporting)
    file = work / "stride_models.npz"
    unknowing = replace(known, models=file)
    save_models(file, passing)
    sided = [case for case in [*joints[0], *joints[1]] if case.camera.view == "side"]
    with workers(unknowing, jobs) as pool:
        landing = [leg for found in pool.map(_landing_joints_of, sided) for leg in found]
        shoes = [leg for found in pool.map(_landing_shoes_of, laid) for leg in found]
    stored, passing = (fit_landings(models, landing, shoes) for models in (stored, passing))
    save_models(file, passing)
    with workers(unknowing, jobs) as pool:
        landings = _each(pool, _landings_of, laid)
    write("feet.toml", strike_lines(landings))
    of_recorded = landings[landings.recorded].groupby("place").off_s
    off_s: dict[tuple[LegView, EventKind], list[float]] = {
        (place, "contact"): (of_recorded.get_group(place) - FORCE_LEADS_S).tolist()
        for place in LEG_VIEWS
        if place in of_recorded.groups
    }
    sd_s = spread(off_s)
    known_to = {place: sd for (place, _), sd in sd_s.items()}
    stored, passing = (
        {name: replace(model, landing_sd_s=known_to) for name, model in models.items()} for models in (stored, passing)
    )
    save_models(KNOWLEDGE / "stride_model.npz", stored)
    save_models(file, passing)
    write("stride_model.toml", stride_lines(stored["all"], legs, pairs, engine))
    results = evaluate(laid, unknowing, jobs=jobs, raw=True)
    # Where a shoe cannot be followed landmarks are left: their errors on all clips, not only on those.
    plain = evaluate([c for c in laid if c.camera.view == "side"], unknowing, jobs=jobs, raw=True, pictures=False)
    by_shoe = results.measurements.place.str.endswith("_seen") | ~results.measurements.key.isin(SHOE)
    by_landmarks = plain.measurements.key.isin(SHOE)
    rows = pd.concat([results.measurements[by_shoe], plain.measurements[by_landmarks]], ignore_index=True)
    right = set(results.clips["clip"][results.clips.wrong_person <= WRONG_PERSON])
    write("systematic.toml", systematic_lines(rows[rows["clip"].isin(right)]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and calibrate."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mocap", type=Path, help="folder of force-plate recordings (rbds_*.npz)")
    parser.add_argument("--work", type=Path, default=Path("build/validation"), help="where clips are kept")
    parser.add_argument("--jobs", type=int, help="processes")
    parser.add_argument("--engine", default="litert", help="pose engine")
    options = parser.parse_args(arguments)
    recordings = find_recordings(options.mocap)
    if not recordings:
        parser.exit(2, "calibrate: needs the force-plate recordings; give their folder with --mocap\n")
    calibrate(recordings, options.work, engine=options.engine, jobs=options.jobs)


if __name__ == "__main__":
    main()
