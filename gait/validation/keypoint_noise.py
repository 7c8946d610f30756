"""How a pose engine's keypoints scatter about the joints: measured on rendered runners, applied to recorded ones."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from gait._typing import FloatArray
from gait.calibration import constants_file
from gait.pose.dataset import Network
from gait.records import View
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.run_spec import SIDES


@dataclass(frozen=True)
class KeypointNoise:
    """Scatter of keypoints about the joints, as shares of body height in the image.

    Attributes
    ----------
    random_sd : (J, 2) array
        Scatter from frame to frame, along x and y, in the order of `gait.synthetic.body_segments.JOINTS`.
    memory_s : (J,) array
        Time constant of the random scatter (first-order autoregressive).
    stride_locked_sd : (J, 2) array
        Scatter that repeats with the stride. Averaging over strides does not remove it.
    """

    random_sd: FloatArray
    memory_s: FloatArray
    stride_locked_sd: FloatArray

    def draw(self, times: FloatArray, phase: FloatArray, body_px: float, rng: np.random.Generator) -> FloatArray:
        """Draw the scatter of one clip.

        Parameters
        ----------
        times : (T,) array
            s.
        phase : (T,) array
            Stride phase; one stride is 1.
        body_px : float
            Height of the body in the image, pixels.
        rng : numpy.random.Generator

        Returns
        -------
        (T, J, 2) array
            Pixels.
        """
        count = len(JOINTS)
        keep = np.exp(-np.diff(times, prepend=times[0])[:, None] / self.memory_s)[..., None]
        fresh = rng.standard_normal((len(times), count, 2))
        walk = np.empty_like(fresh)
        walk[0] = fresh[0]
        for n in range(1, len(times)):
            walk[n] = keep[n] * walk[n - 1] + np.sqrt(1 - keep[n] ** 2) * fresh[n]
        harmonics = np.arange(1, 4)
        size = rng.standard_normal((len(harmonics), 2, count, 2)) / np.sqrt(len(harmonics))
        angle = 2 * np.pi * phase[:, None] * harmonics
        repeated = np.einsum("th,hjc->tjc", np.cos(angle), size[:, 0]) + np.einsum(
            "th,hjc->tjc", np.sin(angle), size[:, 1]
        )
        scatter: FloatArray = body_px * (self.random_sd * walk + self.stride_locked_sd * repeated)
        return scatter


@cache
def _table() -> Mapping[str, Any]:
    text = constants_file("keypoint_errors.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def measured_noise(
    view: View, *, near_side: str | None, stride_locked: bool = True, network: Network = "heavy"
) -> KeypointNoise:
    """Return the scatter measured on rendered runners (``gait/calibration/keypoint_errors.toml``).

    Parameters
    ----------
    view : {"side", "rear", "front"}
    near_side : {"left", "right"} or None
        The side nearer to the camera in a side view.
    stride_locked : bool
        Include the part that repeats with the stride and differs from runner to runner. The part that repeats and is
        common to all runners is in the keypoint correction and the stride model.
    network : {"full", "heavy"}

    Returns
    -------
    KeypointNoise
        Zero for joints that the pose engine does not find.
    """
    rows = _table()[network]["landmark"]
    random_sd, memory, repeated = (np.zeros((len(JOINTS), 2)), np.ones(len(JOINTS)), np.zeros((len(JOINTS), 2)))
    for index, name in enumerate(JOINTS):
        side, _, part = name.partition("_")
        leg_view = view if view != "side" else ("near" if side == near_side or side not in SIDES else "far")
        row = rows[leg_view].get(part if side in SIDES else name)
        if row is None:  # no keypoint of the engine
            continue
        random_sd[index] = row["random_sd"]
        memory[index] = row["memory_s"]
        repeated[index] = row["locked_own_sd"] if stride_locked else 0.0
    return KeypointNoise(random_sd / 100, memory, repeated / 100)
