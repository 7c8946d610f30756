"""What a camera does to a drawn run: when it takes its frames, how its lens bends them, the noise of its sensor.

There are two clocks. *Capture* times are real seconds since the clip began; the motion runs on them. *Playback* times
are the timestamps in the file: capture times × `CameraSpec.playback_per_real`, which is 1 unless slow motion was
retimed on export.
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

_MAX_FIELD_OF_VIEW_DEG = 90.0  # of the pinhole that is drawn, as of `CameraSpec` [E]
_MAX_SIZE_PX = 4096  # of a frame that software OpenGL draws [E]
#: Colour noise against brightness noise: demosaicing makes it weaker and blotchy. [E]
_CHROMA = 0.6
#: Noise in black and in white against mid grey: phones lift the shadows, and their noise with them. [E]
_IN_BLACK, _IN_WHITE = 1.4, 0.6
#: Brightness of red, green and blue (ITU-R BT.601).
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def capture_times(camera: CameraSpec, duration_s: float, *, seed: int) -> FloatArray:
    """Give the moments at which the camera takes the frames of a clip.

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
        Real seconds, strictly increasing, the first 0. Jitter moves each frame about its regular time, so that the
        mean rate is kept and errors do not add up. The first and the last frame are neither moved nor dropped.
    """
    rng = np.random.default_rng([seed, 71])
    count = round(duration_s * camera.fps)
    frames = np.arange(count, dtype=float)
    # The difference of two independent uniform shifts within ± w has the standard deviation w √(2/3). The largest
    # jitter allowed, 0.4, gives w < 0.5: no frame overtakes another.
    shift = camera.timing_jitter * math.sqrt(1.5)
    frames[1:-1] += rng.uniform(-shift, shift, max(count - 2, 0))
    kept = np.ones(count, dtype=bool)
    if count > 2:
        kept[1 + rng.permutation(count - 2)[: round(camera.dropped * (count - 2))]] = False
    times: FloatArray = frames[kept] / camera.fps
    return times


def camera_to_draw(camera: CameraSpec) -> CameraSpec:
    """Give the pinhole camera whose drawing `CameraEffects` turns into the frame of a camera.

    A barrel lens shows more than a pinhole of the same focal length, so its pinhole has a margin. The middle and the
    scale stay the same.

    Parameters
    ----------
    camera : CameraSpec

    Returns
    -------
    CameraSpec
        Without distortion, noise and rotation.

    Raises
    ------
    InputError
        The frame with its margin is too large to be drawn.
    """
    plain = replace(camera, distortion=0.0, noise=0.0, rotation=0)
    if camera.distortion >= 0:
        return plain
    # The corner is the point that lies furthest out, along either axis.
    grow = 1 - camera.distortion
    width, height = (2 * math.ceil(size * grow / 2 + 1) for size in (camera.width, camera.height))
    tangent = math.tan(math.radians(camera.field_of_view_deg) / 2) * height / camera.height
    field_of_view = 2 * math.degrees(math.atan(tangent))
    if field_of_view > _MAX_FIELD_OF_VIEW_DEG or max(width, height) > _MAX_SIZE_PX:
        raise InputError(
            f"distortion={camera.distortion:g} needs a frame of {width}x{height} with a field of view of "
            f"{field_of_view:.0f} degrees to be drawn first; the limits are {_MAX_SIZE_PX} pixels and "
            f"{_MAX_FIELD_OF_VIEW_DEG:g} degrees: lower field_of_view_deg or the size"
        )
    return replace(plain, width=width, height=height, field_of_view_deg=field_of_view)


class CameraEffects:
    """Turns a drawing for `camera_to_draw` into the upright frame of the camera: lens, then noise.

    Parameters
    ----------
    camera : CameraSpec
    seed : int
        Decides the sensor's noise.
    """

    def __init__(self, camera: CameraSpec, *, seed: int) -> None:
        self._noise: SensorNoise | None = None
        if camera.noise > 0:
            self._noise = SensorNoise(camera.width, camera.height, camera.noise, np.random.default_rng([seed, 72]))
        self._maps: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
        if camera.distortion:
            drawn = camera_to_draw(camera)
            x, y = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
            offsets = np.stack([x - camera.width / 2, y - camera.height / 2], axis=-1)
            source = undistorted(offsets, camera.distortion, math.hypot(camera.width, camera.height) / 2)
            # OpenCV counts from the middle of the first pixel, positions here from its corner.
            self._maps = (
                (source[..., 0] + drawn.width / 2 - 0.5).astype(np.float32),
                (source[..., 1] + drawn.height / 2 - 0.5).astype(np.float32),
            )

    def __call__(self, drawn: Image) -> Image:
        """Take one frame.

        Parameters
        ----------
        drawn : (H, W, 3) uint8 array
            RGB, of the size of `camera_to_draw`.

        Returns
        -------
        (H, W, 3) uint8 array
            RGB, of the size of the camera.
        """
        image = drawn
        if self._maps is not None:
            bent = cv2.remap(drawn, *self._maps, interpolation=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
            image = np.asarray(bent, dtype=np.uint8)
        return image if self._noise is None else self._noise.with_noise(image)


class SensorNoise:
    """The noise of a phone's sensor, for frames of one size.

    Parameters
    ----------
    width, height : int
        Pixels.
    strength : float
        Standard deviation of brightness in mid grey, grey levels; more in the dark, less in the light. Colours
        also waver, in blotches of a few pixels, without a change of brightness.
    rng : numpy.random.Generator
    """

    # Pixels by which the field of noise is larger than the frame. Each frame gets another part of one field, which
    # takes a tenth of the time of drawing new numbers and never stands still. [E]
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

    def with_noise(self, image: Image) -> Image:
        """Add noise to a frame.

        Parameters
        ----------
        image : (H, W, 3) uint8 array
            RGB.

        Returns
        -------
        (H, W, 3) uint8 array
            RGB; another pattern of noise in every call.
        """
        y, x = self._rng.integers(0, self._SPARE + 1, 2)
        part = self._field[y : y + self._height, x : x + self._width]
        level = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), self._by_level)
        grain = cv2.multiply(part, cv2.merge([level] * 3))
        return np.asarray(cv2.add(image, grain, dtype=cv2.CV_8U), dtype=np.uint8)
