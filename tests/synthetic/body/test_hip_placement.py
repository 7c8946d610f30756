"""The hip joints of a sculpted body lie as deep as asked, and the rest of the body stays where it was."""

from __future__ import annotations

import numpy as np
import pytest

from gait.synthetic import LookSpec, RunnerSpec
from gait.synthetic.body import sculpt_body
from gait.synthetic.body.hip_placement import hip_depth_share
from gait.synthetic.body_segments import skeleton_of

pytest.importorskip("vtkmodules")


@pytest.mark.parametrize("share", [0.36, 0.40])
def test_the_hip_joints_lie_as_deep_as_asked(share: float) -> None:
    runner = RunnerSpec(hip_depth=share)
    skeleton = skeleton_of(runner)
    plain = sculpt_body(RunnerSpec(), LookSpec(), fineness=0.4)
    moved = sculpt_body(runner, LookSpec(), fineness=0.4)
    assert 0.42 < hip_depth_share(plain.points, skeleton) < 0.47
    assert hip_depth_share(moved.points, skeleton) == pytest.approx(share, abs=1e-4)
    gap = np.abs(moved.points - plain.points).max(axis=1)
    far = np.abs(plain.points[:, 1]) > 0.21 * skeleton.height
    assert gap[far].max() < 1e-6
    assert 0.005 < gap.max() < 0.04
