"""Measure the constants in which gait describes its own errors, and write them to ``calibration/results/``.

    python -m calibration.calibrate [--mocap DIR] [--clips DIR] [--jobs N] [--engine NAME] [-o DIR]

Each step uses the results of the steps before:

1. ``keypoint_errors.toml``: how far the pose engine's keypoints lie from the joints of rendered runners;
2. ``pelvic_drop.toml``: from the pelvic drop that the frames show to the drop of the pelvis;
3. ``stride_model.npz`` and ``.toml``: where contact and toe-off lie on the mean stride, and what a landing shoe
   shows of contact;
4. ``foot_strike.toml``: from the turn of the shoe that the frames show to the foot strike angle;
5. ``method_error.toml``: the error that is left in each metric, by view and frame rate.

Only calibration clips and recorded runners of the calibration half are used; `gait validate` reports on others. The
stride model in use is fitted to all recorded runners. Further models leave out one runner each (and half of the clips),
so that neither the validation nor a later step tests a model on what it was fitted to.

Nothing reaches the package before ``python -m calibration.install``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from calibration.calibration_clips import MAX_WRONG_PERSON, table_of
from calibration.constants_writer import COMMAND, RESULTS, write_constants
from calibration.foot_strike_fit import clip_landings, strike_lines
from calibration.keypoint_errors_fit import (
    clip_keypoint_errors,
    clip_leg_length,
    keypoint_error_lines,
    leg_length_lines,
)
from calibration.method_error_fit import join_shoe_rows, method_error_lines
from calibration.pelvic_drop_fit import clip_drops, drop_lines
from calibration.stride_models_fit import (
    add_landings,
    case_joint_landings,
    case_shoe_landings,
    exact_legs,
    fit_stride_models,
    landing_sd,
    leg_pairs,
    save_models,
    stride_model_lines,
)
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.synthetic.recorded_motion import Recording
from gait.validation.cases import CALIBRATION_HALF, REPORTING_HALF, ValidationCase, clip_cases, joint_cases, runner_id
from gait.validation.evaluation import evaluate
from gait.validation.mocap import find_recordings
from gait.validation.process_pool import ValidationInputs, worker_pool
from gait.validation.rendered_clips import make_clips

#: Files that one run makes. They belong together: each rests on the ones before it.
FILES = (
    "keypoint_errors.toml",
    "pelvic_drop.toml",
    "stride_model.npz",
    "stride_model.toml",
    "foot_strike.toml",
    "method_error.toml",
)
#: Models without the runner or the clip they are tested on; for the later steps of the same run only.
HELD_OUT_MODELS = "held_out_models.npz"


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
    for name in (*FILES, HELD_OUT_MODELS):
        (output / name).unlink(missing_ok=True)
    inputs = ValidationInputs(recordings, clip_folder, engine, trial_constants=output)
    cases = clip_cases("calibration", recordings, recorded_half=CALIBRATION_HALF)
    joints = {half: joint_cases(recordings, half=half) for half in (CALIBRATION_HALF, REPORTING_HALF)}
    all_joints = [*joints[0], *joints[1]]
    make_clips(cases, inputs, jobs=jobs, progress=_show_progress)
    sys.stderr.write("\n")
    _fit_keypoint_errors(cases, inputs, jobs, output)
    _fit_pelvic_drop(cases, inputs, jobs, output)
    reporting_runners = sorted({runner_id(str(case.recording)) for case in joints[REPORTING_HALF]})
    inputs = _fit_events(cases, all_joints, reporting_runners, inputs, jobs, output)
    _fit_method_error(cases, inputs, jobs, output)


# Every step opens a pool of its own, so that its processes read the constants that the steps before have written.


def _fit_keypoint_errors(
    cases: Sequence[ValidationCase], inputs: ValidationInputs, jobs: int | None, output: Path
) -> None:
    with worker_pool(inputs, jobs) as pool:
        ratios = [ratio for ratios in pool.map(clip_leg_length, cases) for ratio in ratios]
        errors = table_of(pool, clip_keypoint_errors, cases)
    lines = keypoint_error_lines(errors, inputs.engine) + leg_length_lines(ratios)
    write_constants(output / "keypoint_errors.toml", lines)


def _fit_pelvic_drop(cases: Sequence[ValidationCase], inputs: ValidationInputs, jobs: int | None, output: Path) -> None:
    with worker_pool(inputs, jobs) as pool:
        drops = table_of(pool, clip_drops, cases)
    write_constants(output / "pelvic_drop.toml", drop_lines(drops))


def _fit_events(
    cases: Sequence[ValidationCase],
    joints: Sequence[ValidationCase],
    reporting_runners: Sequence[str],
    inputs: ValidationInputs,
    jobs: int | None,
    output: Path,
) -> ValidationInputs:
    """Fit the stride models and the foot strike, and return the inputs with the held-out models."""
    with worker_pool(inputs, jobs) as pool:
        legs = [leg for legs in pool.map(exact_legs, joints) for leg in legs]
        pairs = [pair for pairs in pool.map(leg_pairs, cases) for pair in pairs]
    package, held_out = fit_stride_models(legs, pairs, reporting_runners)
    inputs = replace(inputs, stride_models=output / HELD_OUT_MODELS)
    save_models(output / HELD_OUT_MODELS, held_out)

    from_the_side = [case for case in joints if case.camera.view == "side"]
    with worker_pool(inputs, jobs) as pool:
        of_joints = [landing for landings in pool.map(case_joint_landings, from_the_side) for landing in landings]
        of_shoes = [landing for landings in pool.map(case_shoe_landings, cases) for landing in landings]
    package, held_out = (add_landings(models, of_joints, of_shoes) for models in (package, held_out))
    save_models(output / HELD_OUT_MODELS, held_out)

    with worker_pool(inputs, jobs) as pool:
        landings = table_of(pool, clip_landings, cases)
    write_constants(output / "foot_strike.toml", strike_lines(landings))
    sd_s = landing_sd(landings)
    package, held_out = (
        {name: replace(model, landing_sd_s=sd_s) for name, model in models.items()} for models in (package, held_out)
    )
    save_models(output / "stride_model.npz", package)
    save_models(output / HELD_OUT_MODELS, held_out)
    write_constants(output / "stride_model.toml", stride_model_lines(package["all"], legs, pairs, inputs.engine))
    return inputs


def _fit_method_error(
    cases: Sequence[ValidationCase], inputs: ValidationInputs, jobs: int | None, output: Path
) -> None:
    results = evaluate(cases, inputs, jobs=jobs, corrected=False)
    from_the_side = [case for case in cases if case.camera.view == "side"]
    without_shoes = evaluate(from_the_side, inputs, jobs=jobs, corrected=False, track_shoes=False)
    rows = join_shoe_rows(results.measurements, without_shoes.measurements)
    of_the_runner = set(results.clips["clip"][results.clips.wrong_person <= MAX_WRONG_PERSON])
    write_constants(output / "method_error.toml", method_error_lines(rows[rows["clip"].isin(of_the_runner)]))


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
