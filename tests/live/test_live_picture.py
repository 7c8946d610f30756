"""One picture as a page sends it: JPEG or planes, too large, damaged."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from gait.errors import InputError
from gait.live.live_picture import MAX_PICTURE_BYTES, jpeg_size, open_picture
from gait.video import YuvPlanes


def jpeg(width=64, height=48):
    return cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))[1].tobytes()


def stored(kind=b"I420", width=64, height=48, content=None):
    content = bytes(width * height * 3 // 2) if content is None else content
    return struct.pack("<4sHH", kind, width, height) + content


def test_the_size_is_read_before_anything_is_decoded():
    assert jpeg_size(jpeg(64, 48)) == (64, 48)
    assert open_picture(jpeg(64, 48)) == ((64, 48), jpeg(64, 48))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8",
        b"GIF89a" * 9,
        b"\x89PNG\r\n\x1a\n" * 9,
        b"\xff\xd8\xff\xe0\0\1" * 9,
        b"I420",
        b"NV12\0\0",
        stored(content=b"short"),
        stored() + b"x",
        stored(width=63, height=48),
        stored(width=0, height=0),
        stored(width=64, height=0),
    ],
    ids=lambda content: repr(content[:10]),
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(InputError, match="cannot be read"):
        open_picture(content)


def test_a_hundred_megapixels_are_refused_by_their_header():
    bomb = bytearray(jpeg())
    place = bomb.index(b"\xff\xc0")
    bomb[place + 5 : place + 9] = (10_000).to_bytes(2, "big") * 2
    for content in (bytes(bomb), stored(width=10_000, height=10_000, content=b"")):
        with pytest.raises(InputError, match="10000 × 10000"):
            open_picture(content)


def test_too_many_bytes_are_refused():
    with pytest.raises(InputError, match="400 kB"):
        open_picture(jpeg() + b"\0" * MAX_PICTURE_BYTES)


@pytest.mark.parametrize("kind", [b"I420", b"NV12"])
def test_planes_of_a_camera_are_those_of_the_picture(kind):
    image = np.random.default_rng(5).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    expected = YuvPlanes.from_rgb(image)
    colours = np.stack([expected.u, expected.v])
    if kind == b"NV12":
        colours = np.moveaxis(colours, 0, -1)
    size, picture = open_picture(stored(kind, content=expected.y.tobytes() + colours.tobytes()))
    assert size == (64, 48)
    for name in ("y", "u", "v", "to_rgb", "from_upright"):
        np.testing.assert_array_equal(getattr(picture, name), getattr(expected, name))
