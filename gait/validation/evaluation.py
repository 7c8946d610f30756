"""Running a validation: clips are drawn and seen, then measured, on all cores."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from pathlib import Path

from gait._typing import ProgressCallback
from gait.events import stride_model
from gait.synthetic.recorded_motion import Recording
from gait.synthetic.render import truth_of
from gait.validation.cases import Case, runner_of
from gait.validation.keypoint_noise import measured_noise
from gait.validation.mocap import film_joints
from gait.validation.process_pool import ValidationInputs, shared, workers
from gait.validation.rendered_clips import RenderedClip, load_clip, make_clips, motion_of, pixels_of
from gait.validation.truth_comparison import Results, Tables, collected, compare, unseen


def filmed_joints(case: Case, recordings: dict[str, Recording], *, locked: bool = True) -> RenderedClip:
    """Film the joints of a recorded run with the scatter that the pose engine has on rendered runners."""
    motion = motion_of(case, recordings)
    camera = case.camera
    near = camera.facing if camera.view == "side" else None
    noise = measured_noise(camera.view, near_side=near, locked=locked)
    pose = film_joints(motion, camera, seconds=case.duration_s, noise=noise, seed=case.seed)
    exact = film_joints(motion, camera, seconds=case.duration_s)
    truth = truth_of(motion, camera, case.scene, duration_s=case.duration_s, seed=case.seed).as_record()
    return RenderedClip(case, pose, truth, pixels_of(exact))


def unknowing_model(case: Case, calibration: Path | None = None) -> stride_model.StrideModel:
    """Give the stride model that does not know who runs in a case; ``calibration``: nor the calibration's own clip."""
    without = f"without_{runner_of(case.recording)}" if case.recording else ""
    if calibration is None:
        return stride_model.load_model(without or "all")
    return stride_model.load_model("_".join(filter(None, (f"rest{case.seed % 2}", without))), calibration)


def _measure_one(case: Case, raw: bool, pictures: bool) -> Tables:
    known = shared()
    with stride_model.using(unknowing_model(case, known.models)):
        if not case.drawn:
            return compare(filmed_joints(case, known.recordings), raw=raw)
        clip = load_clip(known.folder, case)
        return compare(clip, raw=raw, pictures=pictures) if isinstance(clip, RenderedClip) else unseen(*clip)


def evaluate(
    cases: Sequence[Case],
    known: ValidationInputs,
    *,
    jobs: int | None = None,
    raw: bool = False,
    pictures: bool = True,
    drawing: ProgressCallback | None = None,
    measuring: ProgressCallback | None = None,
) -> Results:
    """Draw, see and measure all cases.

    Parameters
    ----------
    cases : sequence of Case
    known : ValidationInputs
    jobs : int, optional
        Processes; one a core without it.
    raw : bool
        Nothing that is known of the pipeline's own errors is taken off, and nothing is refused for them.
    pictures : bool
        ``False`` leaves out what the pictures of shoes add.
    drawing, measuring : callable, optional
        Called with (clips done, clips in all).

    Returns
    -------
    Results
    """
    make_clips([case for case in cases if case.drawn], known, jobs=jobs, progress=drawing)
    parts: list[Tables] = []
    with workers(known, jobs) as pool:
        for tables in pool.map(_measure_one, cases, repeat(raw), repeat(pictures)):
            parts.append(tables)
            if measuring is not None:
                measuring(len(parts), len(cases))
    return collected(parts)
