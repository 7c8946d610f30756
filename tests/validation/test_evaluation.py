"""Recorded joints as clips, and models that were fitted without the runner of a case."""

from __future__ import annotations

import numpy as np
import pytest

from gait.errors import InputError
from gait.events.stride_model import load_stride_model
from gait.synthetic import CameraSpec, RunnerSpec, SceneSpec
from gait.validation.cases import ValidationCase
from gait.validation.evaluation import held_out_model, joint_clip
from tests.synthetic.test_recorded_motion import made_up


def case_of(recording: str | None) -> ValidationCase:
    camera, scene = CameraSpec(fps=60), SceneSpec()
    return ValidationCase("case", RunnerSpec(), camera, scene, 3.0, 3, recording, 0.5, rendered=False)


def test_joints_scatter_about_the_true_pixels() -> None:
    clip = joint_clip(case_of("005_35"), {"005_35": made_up()})
    found = clip.pose.position.sel(keypoint="left_knee").isel(individual=0).values
    exact = clip.true_pose().position.sel(keypoint="left_knee").isel(individual=0).values
    distance = np.linalg.norm(found - exact, axis=1)
    assert 0.1 < np.median(distance) < 20
    assert clip.video is None


def test_a_missing_recording_is_named() -> None:
    with pytest.raises(InputError, match="005_35"):
        joint_clip(case_of("005_35"), {})


def test_a_planned_run_gets_the_model_of_everybody_and_a_recorded_one_that_without_its_runner() -> None:
    assert held_out_model(case_of(None)) is load_stride_model("all")
    assert held_out_model(case_of("005_35")) is load_stride_model("without_005")
