"""Measure the constants in which gait describes its own errors, and write them to ``calibration/results/``.

    python -m calibration.calibrate [--mocap DIR] [--clips DIR] [--jobs N] [--engine NAME] [-o DIR]

Each step uses the results of the steps before:

1. ``keypoint_errors.toml``: how far the keypoints of each pose network scatter about the joints of rendered runners;
2. ``keypoint_correction.toml``: their steady errors, which are subtracted from keypoints;
3. ``pelvic_drop.toml``: from the pelvic drop that the frames show to the drop of the pelvis;
4. ``stride_model.npz`` and ``.toml``: where contact and toe-off lie on the mean stride, and what a landing shoe
   shows of contact;
5. ``foot_strike.toml``: from the turn of the shoe that the frames show to the foot strike angle;
6. ``belt_speed.toml``: how fast the stance foot seems to travel, over the speed of the belt;
7. ``method_error.toml``: the error that is left in each metric, by view and frame rate.

Only calibration clips and recorded runners of the calibration half are used; `gait validate` reports on others. Bodies
of two families are rendered. The constants in use are fitted to both. Steps 2 to 6 are also run without each family,
and the errors of events and metrics are those on clips of the family that was left out, moved as runners that were
left out: what a body of another kind has to expect.

Nothing reaches the package before ``python -m calibration.install``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import pandas as pd

from calibration.belt_speed_fit import belt_speed_lines, clip_belt_ratio
from calibration.calibration_clips import table_of
from calibration.constants_writer import COMMAND, RESULTS, write_constants
from calibration.foot_strike_fit import clip_landings, strike_lines
from calibration.keypoint_correction_fit import JointErrors, clip_joint_errors, keypoint_correction_lines
from calibration.keypoint_errors_fit import (
    LegLengthRatio,
    clip_keypoint_errors,
    clip_leg_length,
    keypoint_error_lines,
    leg_length_lines,
)
from calibration.method_error_fit import clip_errors, method_error_lines
from calibration.pelvic_drop_fit import clip_drops, drop_lines
from calibration.stride_fit import LegPair, LegStride, robust_rms
from calibration.stride_models_fit import (
    StrideModels,
    add_landings,
    case_joint_landings,
    case_shoe_landings,
    exact_legs,
    fit_stride_models,
    held_out_errors,
    landing_sd,
    leg_pairs,
    save_models,
    stride_model_lines,
)
from gait.events.stride_model import EventKey
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.pose.engines.model_file import MODEL_NAMES
from gait.synthetic.recorded_motion import Recording
from gait.validation.cases import CALIBRATION_HALF, REPORTING_HALF, ValidationCase, clip_cases, joint_cases
from gait.validation.mocap import find_recordings
from gait.validation.process_pool import ValidationInputs, worker_pool
from gait.validation.rendered_clips import make_clips

#: Files that one run makes. They belong together: each rests on the ones before it.
FILES = (
    "keypoint_errors.toml",
    "keypoint_correction.toml",
    "pelvic_drop.toml",
    "stride_model.npz",
    "stride_model.toml",
    "foot_strike.toml",
    "belt_speed.toml",
    "method_error.toml",
)
#: Families of bodies (`gait.synthetic.run_spec.RunnerSpec.body_family`).
FAMILIES = ("sculpted", "makehuman")


@dataclass(frozen=True)
class _Trial:
    """Constants fitted without one family of bodies, or (``left_out`` empty) to all."""

    left_out: str
    folder: Path
    inputs: ValidationInputs

    def fitted(self, cases: Sequence[ValidationCase]) -> list[ValidationCase]:
        """Return the cases that these constants are fitted to."""
        return [case for case in cases if case.factors["body"] != self.left_out]

    def tested(self, cases: Sequence[ValidationCase]) -> list[ValidationCase]:
        """Return the cases that these constants are tested on."""
        return [case for case in cases if case.factors["body"] == self.left_out]


def calibrate(
    recordings: dict[str, Recording],
    clip_folder: Path,
    *,
    engine: str,
    jobs: int | None = None,
    output: Path = RESULTS,
) -> None:
    """Render the calibration clips, measure all constants and write them.

    Parameters
    ----------
    recordings : dict
        Name → recorded run.
    clip_folder : Path
        Where clips are stored between runs.
    engine : str
        Pose engine.
    jobs : int, optional
        Number of processes; one a core by default.
    output : Path
        Folder of results, made if it does not exist. `FILES` of an earlier run are removed first.
    """
    output.mkdir(parents=True, exist_ok=True)
    inputs = ValidationInputs(recordings, clip_folder, engine, trial_constants=output, every_frame=True)
    trials = [_trial(inputs, output, family) for family in ("", *FAMILIES)]
    cases = clip_cases("calibration", recordings, recorded_half=CALIBRATION_HALF)
    joints = [case for half in (CALIBRATION_HALF, REPORTING_HALF) for case in joint_cases(recordings, half=half)]
    for network in MODEL_NAMES:
        make_clips(cases, replace(inputs, network=network), jobs=jobs, progress=_show_progress)
        sys.stderr.write("\n")
    with worker_pool(inputs, jobs) as pool:
        legs = [leg for legs in pool.map(exact_legs, joints) for leg in legs]
    keypoints = _measure_keypoints(inputs, cases, jobs)
    models: dict[str, StrideModels] = {}
    errors: dict[EventKey, list[float]] = {}
    landings = []
    for trial in trials:
        _fit_keypoints(trial, keypoints, cases, jobs)
        models[trial.left_out], pairs = _fit_events(trial, cases, joints, legs, jobs)
        if not trial.left_out:
            pairs_in_use = pairs
        tested = {case.name for case in trial.tested(cases)}
        held_out = held_out_errors(models[trial.left_out], [p for p in pairs if p.estimated.clip in tested])
        for key, values in held_out.items():
            errors.setdefault(key, []).extend(values)
        landings.append(_fit_foot_strike(trial, cases, jobs))
    sd_s, landing_sd_s = robust_rms(errors), landing_sd(pd.concat(landings))
    for trial in trials:
        known = {
            name: replace(model, sd_s=sd_s, landing_sd_s=landing_sd_s) for name, model in models[trial.left_out].items()
        }
        save_models(trial.folder / "stride_model.npz", known)
        if not trial.left_out:
            lines = stride_model_lines(known["all"], legs, pairs_in_use, engine)
            write_constants(trial.folder / "stride_model.toml", lines)
    for trial in trials:
        _fit_belt_speed(trial, cases, jobs)
    _fit_method_error(trials[1:], cases, jobs, output)


def _trial(inputs: ValidationInputs, output: Path, left_out: str) -> _Trial:
    folder = output / f"without_{left_out}" if left_out else output
    folder.mkdir(exist_ok=True)
    for name in FILES:
        (folder / name).unlink(missing_ok=True)
    return _Trial(left_out, folder, replace(inputs, trial_constants=folder))


# Every step opens a pool of its own, so that its processes read the constants that the steps before have written.


@dataclass(frozen=True)
class _KeypointTables:
    """What keypoints of all clips show; the trials choose their clips from it."""

    ratios: list[tuple[str, LegLengthRatio]]
    scatter: pd.DataFrame
    errors: list[tuple[str, JointErrors]]


def _measure_keypoints(inputs: ValidationInputs, cases: Sequence[ValidationCase], jobs: int | None) -> _KeypointTables:
    with worker_pool(inputs, jobs) as pool:
        ratios = [
            (case.name, row) for case, rows in zip(cases, pool.map(clip_leg_length, cases), strict=True) for row in rows
        ]
        scatter = table_of(pool, clip_keypoint_errors, cases)
        errors = [
            (case.name, row)
            for case, rows in zip(cases, pool.map(clip_joint_errors, cases), strict=True)
            for row in rows
        ]
    return _KeypointTables(ratios, scatter, errors)


def _fit_keypoints(trial: _Trial, tables: _KeypointTables, cases: Sequence[ValidationCase], jobs: int | None) -> None:
    names = {case.name for case in trial.fitted(cases)}
    ratios = [row for name, row in tables.ratios if name in names]
    scatter = tables.scatter[tables.scatter["clip"].isin(names)]
    lines = keypoint_error_lines(scatter, trial.inputs.engine) + leg_length_lines(ratios)
    write_constants(trial.folder / "keypoint_errors.toml", lines)
    errors = [row for name, row in tables.errors if name in names]
    write_constants(trial.folder / "keypoint_correction.toml", keypoint_correction_lines(errors))
    with worker_pool(trial.inputs, jobs) as pool:
        drops = table_of(pool, clip_drops, trial.fitted(cases))
    write_constants(trial.folder / "pelvic_drop.toml", drop_lines(drops))


def _fit_events(
    trial: _Trial,
    cases: Sequence[ValidationCase],
    joints: Sequence[ValidationCase],
    legs: Sequence[LegStride],
    jobs: int | None,
) -> tuple[StrideModels, list[LegPair]]:
    """Fit the stride models; return them and the legs of all clips by the trial's corrected keypoints."""
    fitted = trial.fitted(cases)
    names = {case.name for case in fitted}
    with worker_pool(trial.inputs, jobs) as pool:
        pairs = [pair for pairs in pool.map(leg_pairs, cases) for pair in pairs]
    models = fit_stride_models(legs, [pair for pair in pairs if pair.estimated.clip in names])
    save_models(trial.folder / "stride_model.npz", models)
    from_the_side = [case for case in joints if case.camera.view == "side"]
    with worker_pool(trial.inputs, jobs) as pool:
        of_joints = [landing for landings in pool.map(case_joint_landings, from_the_side) for landing in landings]
        of_shoes = [landing for landings in pool.map(case_shoe_landings, fitted) for landing in landings]
    models = add_landings(models, of_joints, of_shoes)
    save_models(trial.folder / "stride_model.npz", models)
    return models, pairs


def _fit_foot_strike(trial: _Trial, cases: Sequence[ValidationCase], jobs: int | None) -> pd.DataFrame:
    """Fit the foot strike to the shoes, and return the landings of the clips that are left out."""
    with worker_pool(trial.inputs, jobs) as pool:
        landings = table_of(pool, clip_landings, cases)
    fitted = {case.name for case in trial.fitted(cases)}
    write_constants(trial.folder / "foot_strike.toml", strike_lines(landings[landings["clip"].isin(fitted)]))
    return landings[~landings["clip"].isin(fitted)]


def _fit_belt_speed(trial: _Trial, cases: Sequence[ValidationCase], jobs: int | None) -> None:
    tables = []
    for network in MODEL_NAMES:
        with worker_pool(replace(trial.inputs, network=network), jobs) as pool:
            tables.append(table_of(pool, clip_belt_ratio, trial.fitted(cases)))
    write_constants(trial.folder / "belt_speed.toml", belt_speed_lines(pd.concat(tables, ignore_index=True)))


def _fit_method_error(
    trials: Sequence[_Trial], cases: Sequence[ValidationCase], jobs: int | None, output: Path
) -> None:
    tables = []
    for trial, network in product(trials, MODEL_NAMES):
        with worker_pool(replace(trial.inputs, network=network), jobs) as pool:
            tables.append(table_of(pool, clip_errors, trial.tested(cases)))
    table = pd.concat(tables, ignore_index=True)
    table.to_csv(output / "held_out_errors.csv", index=False)
    write_constants(output / "method_error.toml", method_error_lines(table))


def _show_progress(done: int, total: int | None) -> None:
    sys.stderr.write(f"\rclips {done}/{total}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and calibrate.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.
    """
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mocap", type=Path, help="folder of force-plate recordings (rbds_*.npz)")
    parser.add_argument("--clips", type=Path, default=Path("build/validation"), help="folder that keeps rendered clips")
    parser.add_argument("--jobs", type=int, help="processes; default: one a core")
    parser.add_argument("--engine", default=DEFAULT_ENGINE, help="pose engine")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS, help="folder of results")
    options = parser.parse_args(arguments)
    recordings = find_recordings(options.mocap)
    if not recordings:
        parser.exit(2, "calibrate: no force-plate recordings found; give their folder with --mocap\n")
    calibrate(recordings, options.clips, engine=options.engine, jobs=options.jobs, output=options.output)


if __name__ == "__main__":
    main()
