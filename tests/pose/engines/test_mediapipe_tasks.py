"""The real engine on a real runner, where such footage lies beside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from gait.pose.engines.mediapipe_tasks import MediapipeTasks
from gait.pose.estimation import estimate_keypoints


def test_workers_do_not_change_a_single_number(shared_video):
    video = shared_video("mesh_side.mp4")
    one, two = (estimate_keypoints(video, engine="mediapipe", end=0.3, workers=workers) for workers in (1, 2))
    assert one.identical(two)
    assert np.isfinite(one["position"]).all()


@pytest.mark.parametrize("engine", ["litert", "mediapipe"])
def test_the_runner_stands_upright_inside_the_frame(shared_video, engine):
    ds = estimate_keypoints(shared_video("mesh_rear.mp4"), engine=engine, end=0.2)
    y = ds["position"].sel(space="y", individual="runner").mean("time")
    order = [float(y.sel(keypoint=name)) for name in ("nose", "left_shoulder", "left_hip", "left_knee", "left_heel")]
    assert order == sorted(order)
    assert 0 < order[0] < order[-1] < ds.attrs["image_height"]
    world = ds["world"].sel(individual="runner")
    middle = (world.sel(keypoint="left_hip") + world.sel(keypoint="right_hip")) / 2
    assert float(np.abs(middle).max()) < 0.02  # metres: the origin is mid-hip


def test_the_engine_is_used_inside_its_block():
    with pytest.raises(ValueError, match="outside its with block"):
        MediapipeTasks()(np.zeros((48, 64, 3), np.uint8))


def test_log_lines_of_the_runtime_are_suppressed_and_other_output_is_not(shared_video):
    program = f"""
import os, sys
from gait.pose.estimation import estimate_keypoints
from gait.pose.engines.log_suppression import stderr_filter
with stderr_filter.suppress_logs():
    print("kept", file=sys.stderr)
    os.write(2, b"W0000 00:00:1795317918.476904   14158 somewhere.cc:121] noise\\n")
estimate_keypoints({str(shared_video("mesh_side.mp4"))!r}, engine="mediapipe", end=0.1)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment, timeout=120
    )
    assert done.stderr == "kept\n"
    assert done.stdout == ""
