"""Which limb is left: labels repaired in frames where the pose engine confuses them.

In a side view every pose engine now and then exchanges the legs as they pass each other, puts both on the same leg, or
places a joint on the background. Continuity alone cannot repair this, because such a frame may contain no right answer
to continue with. The gait cycle can: each limb has a mean path over the stride, and the two limbs run it half a stride
apart. A frame fits the paths as labelled, fits them exchanged, or fits neither and is an outlier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait._typing import BoolArray, FloatArray
from gait.signal.phase import StridePhase, Waveform, fold

#: The labels settle after two or three rounds. [E]
MAX_ITERATIONS = 8
#: A joint nearer than this to its mean path (share of leg length) may vary from step to step and is no outlier. [E]
MIN_OUTLIER_DISTANCE = 0.07
#: A joint farther than this many standard deviations of noise from its mean path is an outlier. [E]
MAX_DISTANCE_SD = 4.0
#: Cost of a change of labels between two frames, squared shares of leg length, summed over joints. [E]
SWITCH_COST = 0.012
#: Larger distances (share of leg length) cost no more, so that a joint on the background does not decide. [E]
MAX_DISTANCE = 0.25


@dataclass(frozen=True)
class LimbAssignment:
    """Result of `assign_limbs`.

    Attributes
    ----------
    swapped : (T,) bool array
        The pose engine had exchanged left and right.
    outlier : (T, J, 2) bool array
        The joint lies on neither path. Last axis: left, right after the exchange.
    left, right : Waveform
        Mean path of each limb, shares of leg length; channels are x and y of joint 0, joint 1 and so on.
    """

    swapped: BoolArray
    outlier: BoolArray
    left: Waveform
    right: Waveform


def _distance(points: FloatArray, path: FloatArray) -> FloatArray:
    """Return the distance of each joint to its path: (T, J, 2) and (T, 2J) give (T, J)."""
    return np.asarray(np.linalg.norm(points - path.reshape(points.shape), axis=2))


def _cost(distance: FloatArray) -> FloatArray:
    """Return the capped squared distance summed over joints; a missing joint costs nothing either way."""
    return np.asarray(np.nansum(np.minimum(distance, MAX_DISTANCE) ** 2, axis=1))


def _viterbi(keep: FloatArray, swap: FloatArray, switch_cost: float) -> BoolArray:
    """Find the cheapest sequence of two states with a cost for each change: (T,), (T,) give (T,) bool, True = swap."""
    costs = list(zip(keep.tolist(), swap.tolist(), strict=True))
    kept, swapped = costs[0]
    came_from = [(0, 1)]
    for cost_kept, cost_swapped in costs[1:]:  # plain numbers: an array of two takes ten times as long
        from_kept = 0 if kept <= swapped + switch_cost else 1
        from_swapped = 1 if swapped <= kept + switch_cost else 0
        came_from.append((from_kept, from_swapped))
        kept, swapped = (
            min(kept, swapped + switch_cost) + cost_kept,
            min(swapped, kept + switch_cost) + cost_swapped,
        )
    state = np.empty(len(costs), dtype=int)
    state[-1] = 0 if kept <= swapped else 1
    for t in range(len(costs) - 1, 0, -1):
        state[t - 1] = came_from[t][state[t]]
    return state.astype(bool)


def assign_limbs(
    left: FloatArray, right: FloatArray, phase: StridePhase, *, mirrored: bool, harmonics: int = 6
) -> LimbAssignment:
    """Assign the labels left and right to the two limbs in every frame.

    Parameters
    ----------
    left, right : (T, J, 2) float array
        Joints of the two limbs as the pose engine labelled them, shares of leg length, relative to the midpoint of
        hips or shoulders; NaN where missing.
    phase : StridePhase
    mirrored : bool
        The limbs mirror each other in the image (rear and front view) rather than repeat each other (side view).
    harmonics : int
        Highest harmonic of the mean paths.

    Returns
    -------
    Identity

    Notes
    -----
    Expectation-maximisation: mean paths by robust periodic regression, then labels by dynamic programming (Viterbi)
    with a cost for each change, repeated until the labels stay the same. The first paths are pooled over both limbs,
    half a stride apart, because the far limb alone may be wrong in most frames. The labels that the engine used in
    most frames decide which limb is left.
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
    for iteration in range(MAX_ITERATIONS):
        keep = _cost(_distance(left, path_left)) + _cost(_distance(right, path_right))
        swap = _cost(_distance(right, path_left)) + _cost(_distance(left, path_right))
        previous, swapped = swapped, _viterbi(keep, swap, SWITCH_COST)
        if iteration > 0 and np.array_equal(previous, swapped):
            break
        true_left = np.where(swapped[:, None], flat_right, flat_left)
        true_right = np.where(swapped[:, None], flat_left, flat_right)
        waves = (
            fold(phase.phase, true_left, harmonics=harmonics),
            fold(phase.phase, true_right, harmonics=harmonics),
        )
        path_left, path_right = waves[0](phase.phase), waves[1](phase.phase)
    if swapped.mean() > 0.5:
        swapped = ~swapped
        waves = (waves[1], waves[0])
        path_left, path_right = path_right, path_left
    outlier = np.zeros((frames, joints, 2), dtype=bool)
    for side, (path, wave) in enumerate(((path_left, waves[0]), (path_right, waves[1]))):
        points = np.where(swapped[:, None, None], *((right, left) if side == 0 else (left, right)))
        spread = np.hypot(*wave.noise.reshape(joints, 2).T)
        with np.errstate(invalid="ignore"):
            outlier[:, :, side] = _distance(points, path) > np.maximum(MAX_DISTANCE_SD * spread, MIN_OUTLIER_DISTANCE)
    return LimbAssignment(swapped, outlier, *waves)
