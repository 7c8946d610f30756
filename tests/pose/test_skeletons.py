"""Names of keypoints in other programs."""

from __future__ import annotations

import pytest

from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.skeletons import REQUIRED_KEYPOINTS, SKELETONS, blazepose_name, detect_skeleton


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("left_heel", "left_heel"),
        ("LHeel", "left_heel"),
        ("heel_right", "right_heel"),
        ("Right-Ankle", "right_ankle"),
        ("RBigToe", "right_foot_index"),
        ("Anna:LKNE", "left_knee"),
        ("heel", None),
        ("Neck", None),
        ("LNose", None),
    ],
)
def test_spellings(name, ours):
    assert blazepose_name(name) == ours


@pytest.mark.parametrize(("count", "skeleton"), [(17, "coco17"), (25, "body25"), (26, "halpe26"), (33, "blazepose33")])
def test_a_skeleton_is_recognised_by_its_number_of_keypoints(count, skeleton):
    assert detect_skeleton(count) == SKELETONS[skeleton]


def test_the_whole_body_skeleton_begins_with_the_body():
    names = detect_skeleton(133)
    assert names is not None
    assert len(names) == 133
    assert tuple(names[:23]) == SKELETONS["coco23"]


def test_no_skeleton_has_so_many():
    assert detect_skeleton(99) is None


@pytest.mark.parametrize("skeleton", SKELETONS)
def test_every_skeleton_has_what_a_measurement_needs(skeleton):
    assert set(REQUIRED_KEYPOINTS) <= set(SKELETONS[skeleton])
    assert len(set(SKELETONS[skeleton])) == len(SKELETONS[skeleton])


def test_required_keypoints_are_blazeposes():
    assert set(REQUIRED_KEYPOINTS) <= set(BLAZEPOSE_KEYPOINTS)
