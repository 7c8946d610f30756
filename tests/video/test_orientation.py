"""Frames are upright, whichever way the phone stored them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from gait.video import (
    frame_at,
    probe,
    read_decoded_frames,
    read_frames,
)
from tests.conftest import red_corner, write_clip


@pytest.mark.parametrize(
    ("counter_clockwise", "clockwise", "corner"),
    [(0, 0, "top left"), (90, 270, "bottom left"), (-90, 90, "top right"), (180, 180, "bottom right")],
)
def test_phone_rotation_is_applied(tmp_path, counter_clockwise, clockwise, corner):
    path = write_clip(tmp_path / "turned.mp4", rotation=counter_clockwise)
    meta, frame = probe(path), next(read_frames(path))
    assert meta.rotation == clockwise
    assert red_corner(frame.image) == corner
    assert frame.image.shape == (meta.height, meta.width, 3) == ((48, 64, 3) if clockwise % 180 == 0 else (64, 48, 3))
    assert red_corner(frame_at(path, 0.3).image) == corner


def test_a_mirrored_recording_is_shown_as_players_show_it(tmp_path):
    path = write_clip(tmp_path / "mirrored.mp4", hflip=True)
    assert red_corner(next(read_frames(path)).image) == "top right"


def test_non_square_pixels_are_stretched(tmp_path):
    path = write_clip(tmp_path / "wide.mp4", aspect=Fraction(4, 3), size=(48, 48))
    assert (probe(path).width, probe(path).height) == (64, 48)
    assert next(read_frames(path)).image.shape == (48, 64, 3)


@pytest.mark.parametrize(("rotation", "hflip"), [(None, False), (90, False), (180, False), (-90, False), (0, True)])
def test_brightness_is_upright_too(tmp_path, rotation, hflip):
    path = write_clip(tmp_path / "turned.mp4", frames=3, rotation=rotation, hflip=hflip)
    frame = next(iter(read_decoded_frames(path)))
    grey = frame.rgb() @ (0.299, 0.587, 0.114)
    assert frame.grey().shape == grey.shape
    assert np.abs(frame.grey() - grey).mean() < 2.5


@pytest.mark.parametrize("rotation", [None, 90, 180, -90])
def test_the_map_into_the_stored_frame_leads_to_the_same_pixels(tmp_path, rotation):
    path = write_clip(tmp_path / "turned.mp4", frames=1, rotation=rotation)
    frame = next(iter(read_decoded_frames(path)))
    planes, grey = frame.planes(), frame.grey().astype(int)
    for x, y in ((3, 5), (40, 12), (frame.width - 1, frame.height - 1)):
        column, row = np.rint(planes.from_upright @ (x, y, 1)).astype(int)
        stored = planes.to_rgb[0, 0] * (int(planes.y[row, column]) - 16)
        assert abs(stored - grey[y, x]) < 2


@pytest.mark.parametrize("box", [(0, 0, 500, 500), (7, 11, 30, 28), (-9, 3, 21, 22), (33, 40, 90, 90), (5, 5, 6, 6)])
@pytest.mark.parametrize(
    ("rotation", "hflip", "options"),
    [
        (None, False, {}),
        (90, False, {}),
        (180, False, {}),
        (-90, False, {}),
        (0, True, {}),
        (90, False, {"pix_fmt": "yuvj420p"}),
        (None, False, {"aspect": Fraction(4, 3), "size": (48, 48)}),
        (90, False, {"codec": "libx264", "pix_fmt": "yuv420p10le"}),
    ],
)
def test_a_part_of_a_frame_is_cut_from_the_whole(tmp_path, rotation, hflip, options, box):
    path = write_clip(tmp_path / "turned.mp4", frames=1, rotation=rotation, hflip=hflip, **options)
    frame = next(iter(read_decoded_frames(path)))
    left, top, right, bottom = box
    inside = slice(max(top, 0), bottom), slice(max(left, 0), right)
    np.testing.assert_array_equal(frame.rgb_part(*box), frame.rgb()[inside])
    np.testing.assert_array_equal(frame.grey_part(*box), frame.grey()[inside])


@pytest.mark.parametrize("box", [(60, 40, 99, 99), (13, 9, 65, 47)])
def test_a_part_at_an_odd_edge_is_cut_from_the_whole(tmp_path, box):
    path = write_clip(tmp_path / "odd.mkv", frames=1, codec="ffv1", pix_fmt="yuv420p", size=(65, 47))
    frame = next(iter(read_decoded_frames(path)))
    left, top, right, bottom = box
    np.testing.assert_array_equal(frame.rgb_part(*box), frame.rgb()[top:bottom, left:right])
    np.testing.assert_array_equal(frame.grey_part(*box), frame.grey()[top:bottom, left:right])
    assert frame.rgb_part(80, 80, 90, 90).size == frame.grey_part(80, 80, 90, 90).size == 0
