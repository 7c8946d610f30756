"""Which leg is left: following limbs through the frames where the pose engine confuses them.

Seen from the side, every pose engine now and then exchanges the legs as they pass each other, puts both on the
same leg, or throws a joint onto the background. Continuity alone cannot mend this, because in such a frame there
may be no right answer to continue with. The gait cycle can: each limb has a mean path over the stride, the two
limbs run it half a stride apart, and a frame either fits the paths as labelled, fits them exchanged, or does not
fit and is an outlier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.signal.phase import StridePhase, Waveform, fold

#: A joint farther than this from its mean path (share of leg length) is never an ordinary variation of a step. [E]
OUTLIER_FLOOR = 0.07
#: Cost of changing the labelling between two frames, in squared shares of leg length, summed over joints. [E]
SWITCH_COST = 0.012
#: Beyond this distance (share of leg length) a joint tells nothing more about identity. [E]
CAP = 0.25


@dataclass(frozen=True)
class Identity:
    """Result of `follow_pair`.

    Attributes
    ----------
    swapped : (T,) bool
        Left and right were exchanged by the engine.
    outlier : (T, J, 2) bool
        The joint lies on neither path; last axis is (left, right) after the exchange.
    left, right : Waveform
        Mean path of each limb: channels are x, y of joint 0, joint 1, …
    """

    swapped: NDArray[np.bool_]
    outlier: NDArray[np.bool_]
    left: Waveform
    right: Waveform


def _distance(points: FloatArray, path: FloatArray) -> FloatArray:
    """Distance of each joint to its path: (T, J, 2) and (T, 2J) give (T, J)."""
    return np.asarray(np.linalg.norm(points - path.reshape(points.shape), axis=2))


def _cost(distance: FloatArray) -> FloatArray:
    """Capped squared distance summed over joints; an unseen joint costs nothing either way."""
    return np.asarray(np.nansum(np.minimum(distance, CAP) ** 2, axis=1))


def _viterbi(keep: FloatArray, swap: FloatArray, switch_cost: float) -> NDArray[np.bool_]:
    """Cheapest sequence of two states with a price on changing; (T,), (T,) give (T,) bool, True = swap."""
    cost = np.stack([keep, swap])
    total = cost[:, 0].copy()
    came_from = np.zeros((2, len(keep)), dtype=int)
    for t in range(1, len(keep)):
        stay, change = total, total[::-1] + switch_cost
        came_from[:, t] = np.where(stay <= change, [0, 1], [1, 0])
        total = np.minimum(stay, change) + cost[:, t]
    state = np.empty(len(keep), dtype=int)
    state[-1] = int(np.argmin(total))
    for t in range(len(keep) - 1, 0, -1):
        state[t - 1] = came_from[state[t], t]
    return state.astype(bool)


def follow_pair(
    left: FloatArray, right: FloatArray, phase: StridePhase, *, mirrored: bool, harmonics: int = 6
) -> Identity:
    """Tell the left limb from the right in every frame.

    Parameters
    ----------
    left, right : (T, J, 2)
        Joints of the two limbs as the engine labelled them, relative to the middle of their roots (hips or
        shoulders) and in units of leg length. NaN where unseen.
    phase : StridePhase
    mirrored : bool
        The limbs mirror each other in the image (rear and front view) rather than repeat each other (side view).
    harmonics : int
        Detail of the mean paths.

    Returns
    -------
    Identity

    Notes
    -----
    Expectation-maximisation: mean paths by robust periodic regression, then labels by dynamic programming
    (Viterbi) with a price on each change, repeated until the labels stay. The first paths are pooled over both
    limbs, half a stride apart, because the hidden far limb alone may be wrong in most frames. The labelling that
    the engine used in most frames names the limbs.
    """
    frames, joints, _ = left.shape
    flat_left, flat_right = left.reshape(frames, -1), right.reshape(frames, -1)
    mirror = np.tile([-1.0 if mirrored else 1.0, 1.0], joints)
    pooled = fold(
        np.concatenate([phase.phase, phase.phase + 0.5]),
        np.concatenate([flat_left, flat_right * mirror]),
        harmonics=harmonics,
    )
    path_left, path_right = pooled(phase.phase), pooled(phase.phase + 0.5) * mirror
    swapped = np.zeros(frames, dtype=bool)
    waves = (pooled, pooled)
    for round_ in range(8):
        keep = _cost(_distance(left, path_left)) + _cost(_distance(right, path_right))
        swap = _cost(_distance(right, path_left)) + _cost(_distance(left, path_right))
        previous, swapped = swapped, _viterbi(keep, swap, SWITCH_COST)
        true_left = np.where(swapped[:, None], flat_right, flat_left)
        true_right = np.where(swapped[:, None], flat_left, flat_right)
        waves = (
            fold(phase.phase, true_left, harmonics=harmonics),
            fold(phase.phase, true_right, harmonics=harmonics),
        )
        path_left, path_right = waves[0](phase.phase), waves[1](phase.phase)
        if round_ > 0 and np.array_equal(previous, swapped):
            break
    if swapped.mean() > 0.5:
        swapped = ~swapped
        waves = (waves[1], waves[0])
        path_left, path_right = path_right, path_left
    outlier = np.zeros((frames, joints, 2), dtype=bool)
    for side, (path, wave) in enumerate(((path_left, waves[0]), (path_right, waves[1]))):
        here = np.where(swapped[:, None, None], *((right, left) if side == 0 else (left, right)))
        spread = np.hypot(*wave.noise.reshape(joints, 2).T)
        with np.errstate(invalid="ignore"):
            outlier[:, :, side] = _distance(here, path) > np.maximum(4.0 * spread, OUTLIER_FLOOR)
    return Identity(swapped, outlier, *waves)
