"""The arithmetic around BlazePose's networks, on made-up outputs whose meaning is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gait.pose.engines.blazepose import (
    BOXES,
    DETECTOR_SIDE,
    LANDMARK_SIDE,
    LANDMARKS,
    BodyLandmarks,
    PersonCrop,
    _anchors,
    decode_detections,
    decode_landmarks,
    refine_with_heatmap,
    whole_frame_crop,
)

FRAME = whole_frame_crop(640, 480)


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def anchor_at(x: float, y: float) -> int:
    """The anchor nearest to a point, fractions of the detector's input; of the finest grid."""
    return int(np.linalg.norm(_anchors()[: 28 * 28 * 2] - (x, y), axis=1).argmin())


def detector_output(*people: tuple[float, float, float], number: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Raw output for people at (x, y, score), fractions of the input: hips there, the circle's point 0.2 above."""
    boxes = np.zeros(BOXES[0][1:], np.float32)
    logits = np.full(BOXES[1][1], -20.0, np.float32)
    for x, y, score in people:
        cell = anchor_at(x, y) + number
        anchor = _anchors()[cell]
        points = np.array([(x, y), (x, y - 0.2), (x, y), (x, y)])
        box = np.concatenate([[(x, y) - anchor], [(0.3, 0.4)], points - anchor])
        boxes[cell], logits[cell] = DETECTOR_SIDE * box.reshape(-1), logit(score)
    return boxes, logits


# --- anchors ---


def test_anchors_are_the_middles_of_the_grids_cells():
    anchors = _anchors()
    assert anchors.shape == (BOXES[0][1], 2)
    assert anchors[0].tolist() == anchors[1].tolist() == [0.5 / 28, 0.5 / 28]  # two anchors per cell, row by row
    assert anchors[2].tolist() == [1.5 / 28, 0.5 / 28]
    assert anchors[28 * 28 * 2].tolist() == [0.5 / 14, 0.5 / 14]
    assert anchors[-6:].tolist() == [[6.5 / 7, 6.5 / 7]] * 6
    assert ((anchors > 0) & (anchors < 1)).all()


# --- the detector ---


def test_a_detection_becomes_the_crop_round_the_person():
    (crop,) = decode_detections(*detector_output((0.3, 0.6, 0.9)), FRAME, min_score=0.3)
    # The detector is given a square of 640 pixels about the middle of the frame of 640 by 480.
    assert (crop.x, crop.y) == pytest.approx((0.3 * 640, 0.6 * 640 - 80), abs=1e-3)
    assert crop.side == pytest.approx(2 * 0.2 * 640 * 1.25, rel=1e-5)
    assert crop.angle == pytest.approx(0, abs=1e-6)


def test_nobody_is_found_below_the_least_score():
    output = detector_output((0.3, 0.6, 0.29))
    assert decode_detections(*output, FRAME, min_score=0.3) == []
    assert len(decode_detections(*output, FRAME, min_score=0.28)) == 1


def test_people_come_best_first():
    crops = decode_detections(*detector_output((0.2, 0.5, 0.5), (0.8, 0.5, 0.9)), FRAME, min_score=0.3)
    assert [round(crop.x / 640, 3) for crop in crops] == [0.8, 0.2]


def test_overlapping_detections_are_one_person_at_their_weighted_mean():
    crops = decode_detections(*detector_output((0.40, 0.5, 0.9), (0.46, 0.5, 0.6)), FRAME, min_score=0.3)
    assert len(crops) == 1
    assert crops[0].x == pytest.approx(640 * (0.9 * 0.40 + 0.6 * 0.46) / 1.5, rel=1e-4)


def test_people_who_overlap_little_stay_two():
    assert len(decode_detections(*detector_output((0.3, 0.5, 0.9), (0.5, 0.5, 0.8)), FRAME, min_score=0.3)) == 2


def test_a_body_without_size_is_left_out():
    boxes, logits = detector_output((0.3, 0.6, 0.9))
    boxes[:, 6:8] = boxes[:, 4:6]  # both points in one place
    assert decode_detections(boxes, logits, FRAME, min_score=0.3) == []


# --- crops ---


def test_a_crop_is_turned_so_that_the_person_stands_upright():
    # The circle's point lies to the right of the hips: the person lies with the head to the right.
    crop = PersonCrop.around(np.array([100.0, 100.0]), np.array([140.0, 100.0]))
    assert crop.angle == pytest.approx(math.pi / 2)
    assert crop.side == pytest.approx(2 * 40 * 1.25)
    # In the cropped image the head is up: the middle of its upper edge lies to the right in the frame.
    x, y = crop.matrix(256) @ (128, 0, 1)
    assert (x, y) == pytest.approx((100 + crop.side / 2, 100))


def test_the_middle_of_the_crop_is_the_middle_of_the_cropped_image():
    crop = PersonCrop(320, 240, 200, 0.3)
    assert crop.matrix(256) @ (128, 128, 1) == pytest.approx((320, 240))


def test_a_difference_undoes_itself_also_across_a_half_turn():
    a, b = PersonCrop(100, 200, 80, math.pi - 0.1), PersonCrop(130, 190, 100, -math.pi + 0.1)
    assert a.difference(b)[3] == pytest.approx(0.2)
    back = a.changed(a.difference(b))
    assert (back.x, back.y, back.side) == pytest.approx((b.x, b.y, b.side))
    assert math.cos(back.angle - b.angle) == pytest.approx(1)


def test_between_two_crops():
    a, b = PersonCrop(100, 200, 80), PersonCrop(180, 200, 320)
    assert (a.towards(b, 0).x, a.towards(b, 1).x) == pytest.approx((100, 180))
    assert a.towards(b, 0.5).side == pytest.approx(160)  # half-way in the logarithm


@pytest.mark.parametrize(
    ("other", "near"),
    [
        (PersonCrop(124, 100, 100), True),
        (PersonCrop(126, 100, 100), False),
        (PersonCrop(100, 100, 159), True),
        (PersonCrop(100, 100, 161), False),
    ],
)
def test_crops_of_one_person_are_near_in_place_and_size(other, near):
    assert PersonCrop(100, 100, 100).is_near(other) is near
    assert other.is_near(PersonCrop(100, 100, 100)) is near


def test_the_crop_of_the_whole_frame_holds_it():
    assert (FRAME.x, FRAME.y, FRAME.side, FRAME.angle) == (320, 240, 640, 0)


# --- the landmark network ---


def landmark_output(points: np.ndarray, crop: PersonCrop, **options: float) -> BodyLandmarks:
    """Decode landmarks at ``points`` (39, 2), pixels of the crop, without a heatmap."""
    raw = np.zeros((39, 5), np.float32)
    raw[:, :2] = points
    raw[:, 3] = logit(0.8)
    world = np.zeros((39, 3), np.float32)
    world[0] = (0.0, -0.5, 0.1)
    heatmap = np.full(LANDMARKS[2][1:], -20.0, np.float32)
    return decode_landmarks(raw.reshape(-1), options.get("flag", 0.9), heatmap, world.reshape(-1), crop)


def test_landmarks_are_placed_in_the_frame():
    points = np.full((39, 2), 128.0)
    points[0] = (128, 64)
    points[34] = (128, 28)  # the point on the circle, above the hips
    body = landmark_output(points, PersonCrop(300, 200, 256))
    assert body.presence == 0.9
    assert body.position.shape == (33, 2)
    assert body.position[0] == pytest.approx((300, 136))
    assert body.visibility == pytest.approx(np.full(33, 0.8))
    assert body.world[0] == pytest.approx((0, -0.5, 0.1))
    assert (body.crop.x, body.crop.y, body.crop.side) == pytest.approx((300, 200, 2 * 100 * 1.25))


def test_in_a_turned_crop_landmarks_and_metres_turn_along():
    points = np.full((39, 2), LANDMARK_SIDE / 2)
    points[0] = (128, 64)
    points[34] = (128, 28)
    body = landmark_output(points, PersonCrop(300, 200, 256, math.pi / 2))
    assert body.position[0] == pytest.approx((364, 200))  # up in the crop is right in the frame
    assert body.world[0] == pytest.approx((0.5, 0, 0.1), abs=1e-6)
    assert body.crop.angle == pytest.approx(math.pi / 2)


def test_one_person_in_two_crops_is_one_and_a_neighbour_is_not():
    points = np.random.default_rng(1).uniform(40, 216, (39, 2))
    points[33:35] = (128, 128), (128, 28)
    first = landmark_output(points, PersonCrop(300, 200, 256))
    assert first.is_same_person(landmark_output(points + 4, PersonCrop(300, 200, 256)))
    assert not first.is_same_person(landmark_output(points, PersonCrop(340, 200, 256)))


# --- heatmaps ---


def test_a_landmark_moves_to_the_centre_of_gravity_of_its_heatmap():
    heatmap = np.full((64, 64, 2), -50.0, np.float32)
    heatmap[30, 33, 0], heatmap[30, 34, 0] = logit(0.6), logit(0.6)
    points = np.array([[32 / 64, 32 / 64], [10 / 64, 10 / 64]])
    moved = refine_with_heatmap(points, heatmap)
    assert moved[0] == pytest.approx((33.5 / 64, 30 / 64))
    assert moved[1].tolist() == points[1].tolist()  # its heatmap is empty


def test_a_faint_or_distant_peak_moves_nothing():
    heatmap = np.full((64, 64, 2), -50.0, np.float32)
    heatmap[32, 33, 0] = logit(0.49)  # too faint
    heatmap[32, 36, 1] = logit(0.9)  # beyond the kernel of 7 cells
    points = np.full((2, 2), 0.5)
    assert refine_with_heatmap(points, heatmap).tolist() == points.tolist()


def test_a_landmark_outside_the_crop_stays():
    heatmap = np.full((64, 64, 1), 10.0, np.float32)
    points = np.array([[1.2, 0.5]])
    assert refine_with_heatmap(points, heatmap).tolist() == points.tolist()


def test_at_the_border_the_kernel_is_cut():
    heatmap = np.full((64, 64, 1), -50.0, np.float32)
    heatmap[0, 0, 0] = logit(0.9)
    assert refine_with_heatmap(np.array([[1 / 64, 2 / 64]]), heatmap)[0] == pytest.approx((0, 0), abs=1e-6)
