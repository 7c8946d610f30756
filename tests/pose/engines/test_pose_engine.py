"""Every engine has the members of the protocol."""

from __future__ import annotations

import pytest

from gait.pose.engines.engine_registry import make_engine
from gait.pose.engines.pose_engine import FrameResult, PoseEngine

MEMBERS = [name for name in vars(PoseEngine) if not name.startswith("_")]


@pytest.mark.parametrize("name", ["litert", "mediapipe"])
def test_engines_have_the_members_of_the_protocol(name):
    engine = make_engine(name)
    assert {"name", "model", "model_sha256", "keypoints", "keypoint_family", "track"} == set(MEMBERS)
    assert all(getattr(engine, member) for member in MEMBERS)


def test_a_result_cannot_be_continued_unless_it_carries_a_state():
    assert FrameResult(()).state is None
    assert FrameResult((), state={}).state == {}
