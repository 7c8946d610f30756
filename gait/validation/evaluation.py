"""A validation run: clips are rendered and measured on all cores."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from gait._typing import ProgressCallback
from gait.events import stride_model
from gait.pose.dataset import CAMERA_ROLL_ATTR
from gait.synthetic.recorded_motion import Recording
from gait.synthetic.render import truth_of
from gait.validation.cases import ValidationCase, runner_id
from gait.validation.keypoint_noise import measured_noise
from gait.validation.mocap import film_joints
from gait.validation.process_pool import ValidationInputs, worker_inputs, worker_pool
from gait.validation.rendered_clips import (
    FailedClip,
    RenderedClip,
    case_motion,
    load_clip,
    make_clips,
    pixels_in_truth_order,
)
from gait.validation.truth_comparison import (
    ClipTables,
    ValidationResults,
    collect_results,
    compare_clip,
    failed_clip_tables,
)


def joint_clip(case: ValidationCase, recordings: dict[str, Recording], *, stride_locked: bool = True) -> RenderedClip:
    """Project the joints of a recorded run into a camera, with the scatter of the pose engine's keypoints.

    Parameters
    ----------
    case : ValidationCase
        One of `gait.validation.cases.joint_cases`.
    recordings : dict
        Name → recorded run.
    stride_locked : bool
        Include the scatter that repeats with the stride (`gait.validation.keypoint_noise.measured_noise`).

    Returns
    -------
    RenderedClip
        Without a video.
    """
    motion = case_motion(case, recordings)
    camera = case.camera
    near = camera.facing if camera.view == "side" else None
    noise = measured_noise(camera.view, near_side=near, stride_locked=stride_locked)
    pose = film_joints(motion, camera, seconds=case.duration_s, noise=noise, seed=case.seed)
    pose.attrs[CAMERA_ROLL_ATTR] = camera.roll_deg
    exact = film_joints(motion, camera, seconds=case.duration_s)
    truth = truth_of(motion, camera, case.scene, duration_s=case.duration_s, seed=case.seed).as_record()
    return RenderedClip(case, pose, truth, pixels_in_truth_order(exact))


def held_out_model(case: ValidationCase) -> stride_model.StrideModel:
    """Load the stride model that was fitted without the runner of a case.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    StrideModel
    """
    return stride_model.load_stride_model(f"without_{runner_id(case.recording)}" if case.recording else "all")


def _measure_case(case: ValidationCase, corrected: bool, track_shoes: bool) -> ClipTables:
    inputs = worker_inputs()
    with stride_model.use_stride_model(held_out_model(case)):
        if not case.rendered:
            return compare_clip(joint_clip(case, inputs.recordings), corrected=corrected)
        clip = load_clip(inputs.clip_folder, case, inputs.network)
        if isinstance(clip, FailedClip):
            return failed_clip_tables(clip)
        return compare_clip(clip, corrected=corrected, track_shoes=track_shoes)


def evaluate(
    cases: Sequence[ValidationCase],
    inputs: ValidationInputs,
    *,
    jobs: int | None = None,
    corrected: bool = True,
    track_shoes: bool = True,
    drawing: ProgressCallback | None = None,
    measuring: ProgressCallback | None = None,
) -> ValidationResults:
    """Render all cases, run the pose engine on them and compare their measurements with the truth.

    Parameters
    ----------
    cases : sequence of ValidationCase
    inputs : ValidationInputs
    jobs : int, optional
        Number of processes; one a core by default.
    corrected : bool
        ``False``: known mean errors of the method are not removed, and no value is refused for them.
    track_shoes : bool
        ``False``: nothing is measured from the images of the shoes.
    drawing, measuring : callable, optional
        Called with (clips done, clips in all) after each clip rendered or measured.

    Returns
    -------
    ValidationResults
    """
    make_clips([case for case in cases if case.rendered], inputs, jobs=jobs, progress=drawing)
    parts: list[ClipTables] = []
    with worker_pool(inputs, jobs) as pool:
        for tables in pool.map(_measure_case, cases, repeat(corrected), repeat(track_shoes)):
            parts.append(tables)
            if measuring is not None:
                measuring(len(parts), len(cases))
    return collect_results(parts)
