"""Where a film may be frozen, doubled, cut or reversed, from the size of its coded frames, without decoding any.

A picture that repeats the one before takes next to no bytes, and one that does not follow from it takes many. Where a
film runs backwards after it ran forwards, the sizes come back in reverse order. All of this only points to places that
are then decoded (`gait.quality.picture_changes`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gait._typing import BoolArray, FloatArray

#: Frames this small in the mean over so long, s, relative to the usual size, are suspect of a frozen picture. [E]
#: A camera's own pictures: 0.47 and more; frozen ones: up to 0.15.
QUIET, QUIET_S = 0.35, 0.25
#: A frame is tiny below this share of the larger ones around it (their 75 % quantile); where so many more of them are
#: tiny than usual, over so long, s, frames may be doubled. [E]
TINY, MORE_TINY, TINY_S = 0.3, 0.25, 0.5
#: The same limits where every frame is coded by itself, times this: there the differences of sizes are noisy. [E]
BY_ITSELF = 0.25
#: A frame so many times as large as any within so long, s, may begin another stretch of film, unless so many others,
#: as at every step, come within this share of it. [E]
JUMP, JUMP_NEIGHBOURS_S, USUAL_JUMPS, JUMP_LIKE_OTHERS = 1.4, 0.4, 6, 0.75
#: A key frame that comes after less than this share of the usual distance was set by the coder at a change, unless more
#: than such a share of the key frames do. [E]
EARLY_KEY, MOST_EARLY = 0.8, 0.2
#: Length of the stretches on both sides of a moment that are compared in reverse order, s, least correlation of their
#: sizes, and how far apart two moments are. [E] Strides resemble their own reverse (up to 0.81), so that this puts
#: moments in order and proves nothing.
MIRRORED_S, MIRRORED, APART_S = 2.5, 0.5, 1.0


@dataclass(frozen=True)
class SuspectStretches:
    """Where to look more closely, s of playback.

    Attributes
    ----------
    quiet : tuple of (float, float)
        Stretches in which little or nothing may change.
    moments : tuple of float
        Where the film may be cut, or may turn back; the most suspect ones first.
    """

    quiet: tuple[tuple[float, float], ...] = ()
    moments: tuple[float, ...] = ()


def find_suspect_stretches(times: FloatArray, sizes: NDArray[np.int64], keys: FloatArray) -> SuspectStretches:
    """Find stretches and moments of a film whose coded frames are unusually small, large or mirrored.

    Parameters
    ----------
    times : (n,) float array
        Time of each frame, s, increasing.
    sizes : (n,) int array
        Bytes of each coded frame; nothing is suspect where it is empty.
    keys : (k,) float array
        Times of the key frames, s.

    Returns
    -------
    SuspectStretches
    """
    if len(sizes) != len(times) or len(times) < 16:
        return SuspectStretches()
    tick = 0.25 * float(np.median(np.diff(times)))
    nearest = keys[np.clip(np.searchsorted(keys, times - tick), 0, len(keys) - 1)]
    key = np.abs(nearest - times) <= tick
    bytes_ = sizes.astype(float)
    by_itself = bool(key.mean() > 0.5)
    if by_itself:
        # Every frame is coded by itself: what changes shows in how much the sizes differ.
        bytes_, key = np.abs(np.diff(bytes_, prepend=bytes_[:1])), np.zeros(len(key), dtype=bool)
    inter, at = bytes_[~key], times[~key]
    if len(inter) < 16:
        return SuspectStretches()
    fps = 1 / float(np.median(np.diff(times)))
    limit = BY_ITSELF if by_itself else 1.0
    quiet = _joined_runs(at, _is_quiet(inter, fps, limit) | _has_more_tiny(inter, fps, limit))
    ranked = sorted(
        [*_jumps(at, inter, fps), *_early_keys(times[key]), *_mirrored(at, inter, fps)],
        key=lambda one: -one[0],
    )
    return SuspectStretches(quiet, tuple(moment for _, moment in ranked))


def _sliding(values: FloatArray, length: int) -> FloatArray:
    """Return the mean over ``length`` values around each."""
    kernel = np.ones(min(length, len(values)))
    return np.asarray(np.convolve(values, kernel, "same") / np.convolve(np.ones(len(values)), kernel, "same"))


def _is_quiet(inter: FloatArray, fps: float, limit: float) -> BoolArray:
    mean = _sliding(inter, max(4, round(QUIET_S * fps)))
    return np.asarray(mean < limit * QUIET * np.median(mean))


def _has_more_tiny(inter: FloatArray, fps: float, limit: float) -> BoolArray:
    length = max(8, round(TINY_S * fps))
    blocks = -(-len(inter) // length)
    padded = np.pad(inter, (0, blocks * length - len(inter)), mode="edge").reshape(blocks, length)
    large = np.repeat(np.quantile(padded, 0.75, axis=1), length)[: len(inter)]
    share = _sliding((inter < limit * TINY * large).astype(float), length)
    return np.asarray(share > np.median(share) + MORE_TINY)


def _joined_runs(at: FloatArray, suspect: BoolArray) -> tuple[tuple[float, float], ...]:
    edges = np.flatnonzero(np.diff(np.r_[False, suspect, False].astype(np.int8))).reshape(-1, 2)
    return tuple((float(at[a]), float(at[b - 1])) for a, b in edges)


def _jumps(at: FloatArray, inter: FloatArray, fps: float) -> list[tuple[float, float]]:
    """Return single frames that are larger than all around: how much, and when."""
    reach = max(3, round(JUMP_NEIGHBOURS_S * fps))
    padded = np.pad(inter, reach, mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).copy()
    around[:, reach] = 0
    ratio = inter / np.maximum(around.max(axis=1), 1.0)
    usual = float(np.sort(ratio)[-min(USUAL_JUMPS, len(ratio))])
    large = (ratio >= JUMP) & (usual <= JUMP_LIKE_OTHERS * ratio)
    return [(float(ratio[k]), float(at[k])) for k in np.flatnonzero(large)]


def _early_keys(keys: FloatArray) -> list[tuple[float, float]]:
    """Return key frames that the coder set before their turn, all as suspect as a clear jump."""
    if len(keys) < 3:
        return []
    apart = np.diff(keys)
    early = np.flatnonzero(apart < EARLY_KEY * np.quantile(apart, 0.9))
    return [(2 * JUMP, float(keys[k + 1])) for k in early] if len(early) <= max(1, MOST_EARLY * len(keys)) else []


def _mirrored(at: FloatArray, inter: FloatArray, fps: float) -> list[tuple[float, float]]:
    """Return moments around which the sizes after are those before in reverse order: how alike, and when."""
    length = round(MIRRORED_S * fps)
    if len(inter) < 4 * length:
        return []
    level = np.log(np.maximum(inter, 1.0))
    level = level - _sliding(level, max(3, round(0.1 * fps)))  # strides are alike in both directions, noise is not
    alike = np.zeros(len(level))
    middles = np.arange(length, len(level) - length - 1)
    windows = np.lib.stride_tricks.sliding_window_view(level, length)
    backwards = np.lib.stride_tricks.sliding_window_view(np.ascontiguousarray(level[::-1]), length)[::-1]
    power = np.einsum("ij,ij->i", windows, windows)
    for skip in (0, 1):
        before, after = middles - length, middles + skip
        product = np.einsum("ij,ij->i", backwards[before[0] : before[-1] + 1], windows[after[0] : after[-1] + 1])
        norm = np.sqrt(power[before] * power[after])
        likeness = np.divide(product, norm, out=np.zeros(len(middles)), where=norm > 0)
        alike[middles] = np.maximum(alike[middles], likeness)
    found: list[tuple[float, float]] = []
    taken = np.zeros(len(at), dtype=bool)
    for middle in np.argsort(-alike).tolist():
        if alike[middle] < MIRRORED:
            break
        if not taken[middle]:
            found.append((1 + float(alike[middle]), float(at[middle])))
            taken[slice(*np.searchsorted(at, [at[middle] - APART_S, at[middle] + APART_S + 1e-12]))] = True
    return found
