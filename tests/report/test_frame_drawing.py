"""Drawing on frames: skeleton and ribbon."""

from __future__ import annotations

import numpy as np
import pytest

from gait.report.frame_drawing import COLOURS, PELVIS, RIBBON_ROW, Ribbon, draw_skeleton
from gait.report.keypoint_lookup import add_pelvis, keypoints_at
from tests.fake_sessions import stick_runner

STANCES = [("left" if i % 2 else "right", 0.36 * i, 0.36 * i + 0.24) for i in range(20)]


def has_colour(image: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((image == np.array(colour, dtype=np.uint8)).all(axis=-1).any())


def test_the_skeleton_is_blue_left_and_orange_right() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    points = keypoints_at(stick_runner(), 1.0)
    draw_skeleton(image, points, stance=("left",))
    assert has_colour(image, COLOURS["left"])
    assert has_colour(image, COLOURS["right"])
    assert not has_colour(image, PELVIS)
    draw_skeleton(image, add_pelvis(dict(points), 3.0))
    assert has_colour(image, PELVIS)


def test_without_keypoints_nothing_is_drawn() -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    draw_skeleton(image, {}, stance=("left", "right"))
    assert not image.any()


def test_the_ribbon_knows_the_stance_foot() -> None:
    ribbon = Ribbon(640, STANCES)
    assert ribbon.stance_at(0.1) == ("right",)
    assert ribbon.stance_at(0.3) == ()
    assert ribbon.stance_at(0.36) == ("left",)


@pytest.mark.parametrize("slow", [1, 8])
def test_the_ribbon_shows_the_cadence_of_real_time(slow: int) -> None:
    stances = [(side, slow * contact, slow * toe_off) for side, contact, toe_off in STANCES]
    ribbon = Ribbon(640, stances, real_per_playback=1 / slow)
    assert ribbon.cadence_at(3.0 * slow) == pytest.approx(60 / 0.36)
    assert Ribbon(640, STANCES[:3]).cadence_at(0.5) is None


def test_the_ribbon_has_a_row_for_each_foot() -> None:
    ribbon = Ribbon(640, STANCES)
    strip = np.zeros((ribbon.height, 640, 3), np.uint8)
    ribbon.draw(strip, 3.0, 3.0)
    for colour in (COLOURS["left"], COLOURS["right"], RIBBON_ROW):
        assert has_colour(strip, colour)
