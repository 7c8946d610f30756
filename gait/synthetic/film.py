"""What a camera does to a drawn run: when it takes its pictures, how its lens bends them, its sensor's noise.

Two clocks run through here. *Capture* times are real seconds since the clip began: what the motion is asked for.
*Playback* times are what the file's timestamps say: capture times × `CameraSpec.time_factor`, which is 1 unless slow
motion was retimed on export.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray, Image
from gait.errors import InputError
from gait.synthetic.pinhole_camera import undistorted
from gait.synthetic.run_spec import CameraSpec

_WIDEST_DEG = 90.0
_LARGEST_PX = 4096
#: Colour noise against brightness noise: demosaicing makes it weaker and blotchy.
_CHROMA = 0.6
#: Noise in black and in white against mid grey: phones lift the shadows, and their noise with them.
_IN_BLACK, _IN_WHITE = 1.4, 0.6
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def capture_times(camera: CameraSpec, duration_s: float, *, seed: int) -> FloatArray:
    """Give the moments at which the camera takes the pictures of a clip, in real time.

    Parameters
    ----------
    camera : CameraSpec
        ``fps``, ``timing_jitter`` and ``dropped`` count.
    duration_s : float
        Real time, s.
    seed : int
        Decides the jitter and which frames are missing.

    Returns
    -------
    (T,) array
        Seconds, strictly increasing, the first 0. Jitter moves each picture about its regular place, so that the mean
        rate is kept and errors do not add up; the first and the last picture are never moved nor dropped.
    """
    rng = np.random.default_rng([seed, 71])
    count = round(duration_s * camera.fps)
    places = np.arange(count, dtype=float)
    # The difference of two independent uniform shifts within ± w has the standard deviation w √(2/3). The largest
    # jitter allowed, 0.4, gives w < 0.5: pictures never change places.
    shift = camera.timing_jitter * math.sqrt(1.5)
    places[1:-1] += rng.uniform(-shift, shift, max(count - 2, 0))
    kept = np.ones(count, dtype=bool)
    if count > 2:
        kept[1 + rng.permutation(count - 2)[: round(camera.dropped * (count - 2))]] = False
    times: FloatArray = places[kept] / camera.fps
    return times


def drawing_camera(camera: CameraSpec) -> CameraSpec:
    """Give the pinhole camera that must be drawn so that `Capture` can make the picture of ``camera`` of it.

    A barrel lens shows more than a pinhole of the same focal length, so that one is drawn with a margin. The middle
    and the scale stay the same.

    Raises
    ------
    InputError
        Where the margin does not fit into what can be drawn.
    """
    plain = replace(camera, distortion=0.0, noise=0.0, rotation=0)
    if camera.distortion >= 0:
        return plain
    # The corner is the point that lies furthest out, along either axis.
    grow = 1 - camera.distortion
    width, height = (2 * math.ceil(size * grow / 2 + 1) for size in (camera.width, camera.height))
    tangent = math.tan(math.radians(camera.field_of_view_deg) / 2) * height / camera.height
    field_of_view = 2 * math.degrees(math.atan(tangent))
    if field_of_view > _WIDEST_DEG or max(width, height) > _LARGEST_PX:
        raise InputError(
            f"distortion={camera.distortion:g} needs a picture of {width}x{height} with a field of view of "
            f"{field_of_view:.0f} degrees to be drawn first; the limits are {_LARGEST_PX} pixels and "
            f"{_WIDEST_DEG:g} degrees: lower field_of_view_deg or the size"
        )
    return replace(plain, width=width, height=height, field_of_view_deg=field_of_view)


class Capture:
    """Turns what `drawing_camera` shows into the picture of the camera, upright.

    Parameters
    ----------
    camera : CameraSpec
    seed : int
        Decides the sensor's noise.
    """

    def __init__(self, camera: CameraSpec, *, seed: int) -> None:
        self._noise: Noise | None = None
        if camera.noise > 0:
            self._noise = Noise(camera.width, camera.height, camera.noise, np.random.default_rng([seed, 72]))
        self._maps: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
        if camera.distortion:
            drawn = drawing_camera(camera)
            x, y = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
            offsets = np.stack([x - camera.width / 2, y - camera.height / 2], axis=-1)
            source = undistorted(offsets, camera.distortion, math.hypot(camera.width, camera.height) / 2)
            # OpenCV counts from the middle of the first pixel, pictures here from its corner.
            self._maps = (
                (source[..., 0] + drawn.width / 2 - 0.5).astype(np.float32),
                (source[..., 1] + drawn.height / 2 - 0.5).astype(np.float32),
            )

    def __call__(self, drawn: Image) -> Image:
        """Take one picture: lens first, then noise. (height, width, 3) uint8 RGB in and out."""
        image = drawn
        if self._maps is not None:
            bent = cv2.remap(drawn, *self._maps, interpolation=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
            image = np.asarray(bent, dtype=np.uint8)
        return image if self._noise is None else self._noise.added(image)


class Noise:
    """The noise of a phone's sensor, for pictures of one size.

    Parameters
    ----------
    width, height : int
        Pixels.
    strength : float
        Standard deviation of brightness in mid grey, grey levels; more in the dark, less in the light. Colours
        waver besides, in blotches of a few pixels, without a change of brightness.
    rng : numpy.random.Generator
    """

    # Pixels by which the field of noise is larger than the picture: each picture gets another part of one field,
    # which takes a tenth of the time of drawing new numbers and is never the same twice in a row.
    _SPARE = 97

    def __init__(self, width: int, height: int, strength: float, rng: np.random.Generator) -> None:
        self._rng = rng
        self._width, self._height = width, height
        size = (height + self._SPARE, width + self._SPARE)
        fine = rng.standard_normal(size, dtype=np.float32)
        coarse = rng.standard_normal((size[0] // 3 + 1, size[1] // 3 + 1, 3), dtype=np.float32)
        blotches = cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_LINEAR)
        colour = blotches - (blotches @ _LUMA)[..., None]
        self._field = fine[..., None] + _CHROMA * colour
        share = np.arange(256, dtype=np.float32) / 255
        self._by_level = strength * (_IN_BLACK + (_IN_WHITE - _IN_BLACK) * share)

    def added(self, image: Image) -> Image:
        """Give a picture, (height, width, 3) uint8 RGB, with noise."""
        y, x = self._rng.integers(0, self._SPARE + 1, 2)
        part = self._field[y : y + self._height, x : x + self._width]
        level = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), self._by_level)
        grain = cv2.multiply(part, cv2.merge([level] * 3))
        return np.asarray(cv2.add(image, grain, dtype=cv2.CV_8U), dtype=np.uint8)
