"""Vertices hang on the bones that lie near them, the same on both sides."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from gait.synthetic.body import BONES
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.skinning import Attachment, bone_weights
from tests.synthetic.body.parts import mirrored, points_around

POINTS = points_around(np.zeros(3), 0.9, 3000)
OTHER_SIDE = {"left": "right", "right": "left"}
#: For each bone, the index of the same bone of the other side.
SWAPPED = [
    BONES.index("_".join([OTHER_SIDE.get(side, side), *rest])) for side, *rest in (bone.split("_") for bone in BONES)
]


@pytest.mark.parametrize("attachment", get_args(Attachment))
def test_shares_add_up_and_mirror_each_other(body: BareBody, attachment: Attachment) -> None:
    weights = bone_weights(POINTS, attachment, body)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert weights.min() >= 0
    # Near the middle, where both legs have a share, the right one takes from the left one.
    beside = np.abs(POINTS[:, 2]) > 0.04
    mirror = bone_weights(mirrored(POINTS), attachment, body)[:, SWAPPED]
    np.testing.assert_allclose(mirror[beside], weights[beside], atol=0.01)


@pytest.mark.parametrize("bone", ["head", "chest", "left_forearm", "right_thigh", "left_shank", "right_foot"])
def test_the_middle_of_a_segment_follows_its_bone(body: BareBody, bone: str) -> None:
    along = {"head": 0.05, "chest": 0.0, "left_forearm": -0.07, "right_thigh": -0.12, "left_shank": -0.12}
    point = body.proportions.point(bone, 0.0, along.get(bone, -0.02), 0.0)[None]
    weights = bone_weights(point, "leg" if "thigh" in bone or "shank" in bone else "body", body)[0]
    assert BONES[int(weights.argmax())] == bone


@pytest.mark.parametrize("bone", ["head", "pelvis"])
def test_rigid_parts_follow_one_bone_alone(body: BareBody, bone: str) -> None:
    weights = bone_weights(POINTS, bone, body)  # type: ignore[arg-type]
    assert (weights[:, BONES.index(bone)] == 1).all()
