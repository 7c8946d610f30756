"""What counts as found, missed, invented and exchanged_legs, and what summary_tables say of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gait.synthetic import CameraSpec, SceneSpec, presets
from gait.synthetic.motion_solver import solve
from gait.synthetic.render import truth_of
from gait.validation.cases import ValidationCase, clip_cases
from gait.validation.mocap import film_joints
from gait.validation.rendered_clips import FailedClip, RenderedClip, pixels_in_truth_order
from gait.validation.truth_comparison import (
    body_px,
    collect_results,
    compare_clip,
    exchanged_legs,
    failed_clip_tables,
    keypoint_rows,
    match_events,
    stride_phase,
    wrong_person_share,
)


def test_events_are_paired_with_the_nearest_true_one() -> None:
    errors, missed, invented = match_events(np.array([1.01, 1.69, 2.42]), np.array([1.0, 1.7, 2.4]), 0.3, 3.0)
    np.testing.assert_allclose(errors, [0.01, -0.01, 0.02])
    assert (missed, invented) == (0, 0)


def test_a_missed_and_an_invented_event_are_counted() -> None:
    errors, missed, invented = match_events(np.array([1.0, 2.0]), np.array([1.0, 1.7]), 0.3, 3.0)
    assert (len(errors), missed, invented) == (1, 1, 1)


def test_a_second_event_is_invented_only_far_from_the_true_one() -> None:
    # A second one 30 ms later doubles the same event; half a stride later it is invented.
    assert match_events(np.array([1.0, 1.4]), np.array([1.0]), 0.3, 3.0)[2] == 1


def test_events_at_the_ends_of_a_clip_do_not_count() -> None:
    errors, missed, invented = match_events(np.array([0.29, 1.0]), np.array([0.31, 1.0, 2.9]), 0.3, 2.8)
    assert missed == 0
    assert invented == 0
    assert len(errors) == 2


def test_without_found_events_all_are_missed() -> None:
    assert match_events(np.array([]), np.array([1.0, 2.0]), 0.3, 3.0)[1:] == (2, 0)


def test_an_exchange_of_the_legs_counts_only_where_they_are_apart() -> None:
    left = np.zeros((3, 4, 2))
    right = left + np.array([100.0, 0.0])
    right[2] = left[2] + 1.0  # legs together: an exchange does not show
    found_left, found_right = left.copy(), right.copy()
    found_left[1], found_right[1] = right[1], left[1]
    found_left[2], found_right[2] = right[2], left[2]
    apart, swapped = exchanged_legs(found_left, found_right, left, right, 500.0)
    assert apart.tolist() == [True, True, False]
    assert swapped.tolist() == [False, True, False]


def test_missing_legs_do_not_count() -> None:
    gone = np.full((2, 4, 2), np.nan)
    apart, swapped = exchanged_legs(gone, gone, np.zeros((2, 4, 2)), np.full((2, 4, 2), 100.0), 500.0)
    assert not apart.any()
    assert not swapped.any()


def test_a_clip_without_a_runner_is_a_row_with_its_reason() -> None:
    case = clip_cases("quick")[0]
    results = collect_results([failed_clip_tables(FailedClip(case, "nobody found"))])
    assert list(results.clips.refused) == ["nobody found"]
    assert results.measurements.empty


def filmed(fps: float = 60.0) -> RenderedClip:
    """Film the exact joints of a planned run, as `gait.validation.evaluation.joint_clip` does with recorded ones."""
    camera = CameraSpec(fps=fps)
    case = ValidationCase("run", presets.neutral(), camera, SceneSpec(), 5.0, 1, rendered=False)
    motion = solve(presets.neutral(), 5.0, seed=1)
    pose = film_joints(motion, camera, seconds=5.0)
    truth = truth_of(motion, camera, case.scene, duration_s=5.0, seed=1).as_record()
    return RenderedClip(case, pose, truth, pixels_in_truth_order(pose))


def test_the_stride_phase_is_whole_at_right_contacts() -> None:
    clip = filmed()
    phase = np.interp(clip.events()["right", "contact"], clip.pose.time.values, stride_phase(clip))
    np.testing.assert_allclose(phase, np.round(phase), atol=0.02)


@pytest.mark.filterwarnings("ignore:invalid value")  # nothing is left to correlate
def test_exact_joints_have_no_keypoint_errors_and_no_wrong_person() -> None:
    clip = filmed()
    rows = keypoint_rows(clip)
    assert {"knee", "ankle", "hip", "nose"} <= {row["joint"] for row in rows}
    assert max(row["distance"] for row in rows) < 1e-9
    assert wrong_person_share(clip) == 0


def test_poses_beside_the_runner_are_of_a_wrong_person() -> None:
    clip = filmed()
    moved = clip.pose.copy()
    moved["position"] = moved.position + 0.3 * body_px(clip)
    assert wrong_person_share(replace(clip, pose=moved)) == 1


def test_exact_joints_give_the_true_events_and_cadence() -> None:
    results = collect_results([compare_clip(filmed(), rates=(60.0,))])
    events = results.events
    assert (events.outcome == "found").all()
    assert events.error_ms.abs().median() < 12
    (cadence,) = results.measurements[results.measurements.key == "cadence"].to_dict("records")
    assert cadence["value"] == pytest.approx(cadence["truth"], abs=0.5)
    assert cadence["place"] == "near"


def test_a_clip_is_analysed_at_the_rates_that_its_own_is_a_multiple_of() -> None:
    results = collect_results([compare_clip(filmed(60.0))])
    assert sorted(results.clips.fps) == [30.0, 60.0]
