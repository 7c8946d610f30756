"""One picture as a page sends it: a JPEG, or the planes as the camera stored them.

Planes cost a browser half a millisecond and a JPEG ten, but they are ten times as large: pages on the own computer send
planes. They begin with "I420" or "NV12", width and height (two bytes each, little endian).
"""

from __future__ import annotations

import struct

import numpy as np

from gait.display_language import _
from gait.errors import InputError
from gait.video import YuvPlanes

#: Largest JPEG, bytes and pixels. A page sends 640 × 480 as about 40 kB. [E]
MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS = 400_000, 2_100_000
#: Pixels of the largest picture in planes. [E]
MAX_STORED_PIXELS = 640 * 480
_STORED = struct.Struct("<4sHH")


def open_picture(content: bytes) -> tuple[tuple[int, int], bytes | YuvPlanes]:
    """Check a picture before anything is decoded.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    (width, height) : (int, int)
        Pixels.
    picture : bytes or YuvPlanes
        The JPEG, or planes.

    Raises
    ------
    InputError
        It is no picture, or larger than a live picture may be.
    """
    if content[:4] not in (b"I420", b"NV12"):
        return jpeg_size(content), content
    unreadable = InputError(_("a picture cannot be read; send JPEG"), code="media_type")
    if len(content) < _STORED.size:
        raise unreadable
    kind, width, height = _STORED.unpack_from(content)
    if width * height > MAX_STORED_PIXELS:
        raise _too_many_pixels(width, height)
    if width % 2 or height % 2 or not width * height or len(content) != _STORED.size + width * height * 3 // 2:
        raise unreadable
    stored = np.frombuffer(content, np.uint8, offset=_STORED.size)
    y, colours = stored[: width * height].reshape(height, width), stored[width * height :]
    if kind == b"I420":
        u, v = colours.reshape(2, height // 2, width // 2)
    else:
        u, v = np.ascontiguousarray(colours.reshape(-1, 2).T).reshape(2, height // 2, width // 2)
    return (width, height), YuvPlanes.from_planes(y, u, v)


def jpeg_size(content: bytes) -> tuple[int, int]:
    """Read the size of a JPEG from its header, before anything is decoded.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    (int, int)
        Width and height, pixels.

    Raises
    ------
    InputError
        It is no JPEG, or larger than a live picture may be.
    """
    if len(content) > MAX_PICTURE_BYTES:
        raise InputError(
            _("a picture has {size} kB, at most {limit} kB can be taken; send smaller pictures").format(
                size=len(content) // 1000, limit=MAX_PICTURE_BYTES // 1000
            ),
            code="too_large",
        )
    size = _frame_header(content)
    if size is None:
        raise InputError(_("a picture cannot be read; send JPEG"), code="media_type")
    if not 0 < size[0] * size[1] <= MAX_PICTURE_PIXELS:
        raise _too_many_pixels(*size)
    return size


def _frame_header(content: bytes) -> tuple[int, int] | None:
    """Find the frame header (ITU-T T.81, B.2.2: markers C0 to CF but C4, C8 and CC)."""
    place = 2
    if content[:2] != b"\xff\xd8":
        return None
    while place + 9 < len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = (int.from_bytes(content[at : at + 2], "big") for at in (place + 5, place + 7))
            return width, height
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if marker in (0xD8, 0xD9, 0xDA) or length < 2:
            return None
        place += 2 + length
    return None


def _too_many_pixels(width: int, height: int) -> InputError:
    return InputError(
        _("a picture has {width} × {height} pixels; send at most 1920 × 1080").format(width=width, height=height),
        code="too_large",
    )
