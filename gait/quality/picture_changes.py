"""How the pictures of a video follow each other: frozen, repeated, reversed and doubled ones, cuts and fades.

Only small grey pictures are compared, never the runner's keypoints. A running person changes the picture from every
frame to the next, and no stride repeats another to the last pixel. So a picture that does not change is frozen or
doubled, a second that comes back exactly is a copy, and a change much larger than its neighbours is a cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gait._typing import BoolArray, FloatArray, Image, PathLike
from gait.display_language import keep_language
from gait.pose.appearance.seen_frames import SeenFrames, small_picture
from gait.pose.picture_stretch import PictureFault, PictureStretch
from gait.quality.suspect_stretches import find_suspect_stretches
from gait.video import (
    coded_sizes,
    frame_groups,
    frame_times,
    key_times,
    read_decoded_frames,
    read_frames_at,
)

#: Pictures compared with each other at a time, and how many of them the next piece starts with: an hour of video needs
#: no more memory than a minute. [E]
PIECE_PICTURES, OVERLAP_PICTURES = 1800, 240
#: Parts of the film that are read at the same time, and pictures of each. [E]
PARTS_AT_A_TIME, PART_PICTURES = 2, 120
#: Parts of fewer pictures are read together. [E]
FEW_PICTURES = 8
#: Most key frames that are compared with each other where not every picture is looked at; most parts of the film
#: between two of them that are then read; and how far beyond the key frames these go, s. [E]
MOST_KEY_PICTURES, MOST_SUSPECT_PARTS, SUSPECT_MARGIN_S = 32, 4, 0.5
#: Read before and after a stretch whose coded frames are small, and around a moment at which they jump or run
#: backwards, s. [E]
QUIET_MARGIN_S, MOMENT_MARGIN_S = 1.0, 0.6
#: … and around a moment at which it was seen to turn back, s. [E]
TURN_MARGIN_S = 5.0
#: Of a quiet stretch so long, s, only that much is read at its begin and at its end. [E]
LONG_QUIET_S = 8.0
#: Most quiet stretches and most such moments that are read. [E]
MOST_QUIET, MOST_MOMENTS = 6, 8
#: Where the parts, each from the key frame before it on, make up this share of the film, all of it is read. [E]
WHOLE_SHARE = 0.9
#: So few key frames do not show what is usual. [E]
MIN_KEY_PICTURES = 6
#: Two times closer than this are the same, s. [E]
SAME_TIME_S = 1e-4
#: The part of the picture that moves: the cells with most change, which hold this share of all change. [E]
MOVING_SHARE = 0.6
#: Change of a cell up to so many times that of the median cell is noise. [E]
NOISE_TIMES = 1.5
#: A cell counts for at most so many times its usual change: a clock or a cursor cannot hide a frozen picture. [E]
MOST_CELL_CHANGE = 2.0
#: Change below this share of what is usual (90 % of the frames change less than that): the same picture again. Rendered
#: and real clips: at least 0.18 between two frames; copies, coded anew: 0.00 to 0.08. [E]
SAME_PICTURE = 0.10
#: The same for pictures in which nothing moves for so long, s: a runner's steps are never that far apart. [E]
STILL, STILL_S = 0.16, 0.25
#: Nor may more than this share of all cells change by so many levels (0–255). [E] A clock and a cursor: up to 0.02.
CHANGED_LEVELS, MOST_CHANGED_CELLS = 4.0, 0.012
#: Motion for a shorter time than this between two still stretches counts as still, s. [E] Less than two steps.
STILL_GAP_S = 0.6
#: Share of doubled frames from which they are told. [E] 25 frames/s shown as 30 have 17 %.
MIN_REPEATED_SHARE = 0.04
#: Nothing moves at all where the moving part changes by fewer levels (0–255) than this, and hardly more than the
#: median cell does: noise alone. [E]
MIN_CHANGE, NOISE_ALONE = 1.2, 2.5
#: A cut changes the moving part so many times more than any of the frames around it, and more than two frames of
#: motion do. Clips without a cut: at most 1.41. [E]
CUT_JUMP, CUT_JUMP_OF_TWO = 1.5, 1.1
#: Change of the part that does not move, times this, is taken off (squares). [E]
JUMP_NOISE = 2.0
#: Frames on both sides that a cut is compared with, and how far a flash may reach, s. [E]
CUT_NEIGHBOURS, FLASH_S = 3, 0.15
#: 1 − correlation of the whole picture with the next: at a change of the scene, and as a multiple of its usual value.
#: Clips without a cut: at most 0.06. [E]
CUT_CORRELATION, CUT_CORRELATION_TIMES = 0.09, 4.0
#: The same as a multiple of the third largest of 24 frames around. [E]
CUT_CORRELATION_OF_LARGE = 2.0
#: Share of the cells of which a change of the scene changes even those that change least, and how much they do: an
#: overlay of a player changes a part of the picture only. [E]
CUT_CELLS, CUT_SCENERY = 0.6, 0.003
#: A picture whose contrast is below this share of the usual one is blank (black or white). [E]
BLANK_CONTRAST = 0.25
#: Cross-fade: its longest duration, s, how different the scenes are, and how well each picture in between is the sum
#: of both. [E]
FADE_S, FADE_DIFFERENCE, FADE_FIT = (0.25, 0.4, 0.7, 1.1, 1.6), 0.1, 0.85
#: Share of the cells by which a cross-fade is judged. [E]
FADE_CELLS = 0.8
#: Difference over that between neighbours, below which two stretches are copies, and for how long, s. Strides of real
#: clips differ by 0.50 at least, of rendered ones by 0.20, copies by 0.04 to 0.15. [E]
COPY, COPY_S = 0.16, 1.5
#: The same for a stretch and its reverse. Clips without: at least 0.95. [E]
MIRRORED, MIRRORED_S = 0.40, 0.30


@dataclass(frozen=True, eq=False)
class SmallPictures:
    """The pictures of a video, small and grey.

    Attributes
    ----------
    times_s : (n,) float array
        When each is shown, s of playback.
    grey : (n, height, width) uint8 array
        As stored: possibly lying on its side.
    """

    times_s: FloatArray
    grey: NDArray[np.uint8]


def read_small_pictures(
    path: PathLike, *, start: float | None = None, end: float | None = None, seen: SeenFrames | None = None
) -> Iterator[SmallPictures]:
    """Read the pictures of a video, small and grey, in pieces that overlap.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Only frames with ``start <= time < end``, s.
    seen : SeenFrames, optional
        Holds pictures that need not be read.

    Yields
    ------
    SmallPictures
        At most `PIECE_PICTURES`; the last `OVERLAP_PICTURES` of a piece begin the next one.

    Raises
    ------
    InputError
        As `gait.video.read_frames`.
    """
    times: list[float] = []
    pictures: list[Image] = []
    fresh = 0
    for time_s, picture in _shrunk_frames(path, frame_times(path, start=start, end=end), seen):
        times.append(time_s)
        pictures.append(picture)
        fresh += 1
        if len(times) == PIECE_PICTURES:
            yield SmallPictures(np.array(times), np.stack(pictures))
            del times[:-OVERLAP_PICTURES], pictures[:-OVERLAP_PICTURES]
            fresh = 0
    if fresh:
        yield SmallPictures(np.array(times), np.stack(pictures))


def _shrunk_frames(path: PathLike, times: FloatArray, seen: SeenFrames | None = None) -> Iterator[tuple[float, Image]]:
    """Read frames at these times, in order, small: two parts of the film at the same time, which saves work."""

    def shrink(part: FloatArray) -> list[tuple[float, Image]]:
        known = {} if seen is None else {time_s: seen.picture(time_s) for time_s in part.tolist()}
        found = [(time_s, picture) for time_s, picture in known.items() if picture is not None]
        missing = np.array([time_s for time_s in part.tolist() if known.get(time_s) is None])
        if len(missing):
            found += [(frame.time_s, small_picture(frame)) for frame in read_frames_at(path, missing, threads=1)]
        return sorted(found, key=lambda one: one[0])

    parts: list[FloatArray] = []
    for group in (times,) if not len(times) else np.split(times, _part_starts(path, times)):
        for part in frame_groups(path, group):
            # Single pictures share the work of opening the file.
            if parts and len(parts[-1]) + len(part) <= FEW_PICTURES:
                parts[-1] = np.concatenate([parts[-1], part])
            else:
                parts.append(part)
    anything = False
    with ThreadPoolExecutor(PARTS_AT_A_TIME) as pool:
        for first in range(0, len(parts), 2 * PARTS_AT_A_TIME):
            for shrunk in pool.map(keep_language(shrink), parts[first : first + 2 * PARTS_AT_A_TIME]):
                anything |= bool(shrunk)
                yield from shrunk
    if not anything:  # raises the error that says why
        yield from ((frame.time_s, small_picture(frame)) for frame in read_decoded_frames(path))


def _part_starts(path: PathLike, times: FloatArray) -> NDArray[np.intp]:
    """Return where to split times of frames: at key frames, about every `PART_PICTURES` frames."""
    starts: list[int] = []
    for index in np.searchsorted(times, key_times(path) - SAME_TIME_S):
        if index - (starts[-1] if starts else 0) >= PART_PICTURES and index < len(times):
            starts.append(int(index))
    return np.array(starts, dtype=np.intp)


def read_pictures_ahead(
    path: PathLike,
    seen: SeenFrames,
    *,
    windows: Sequence[tuple[float, float]],
    start: float | None = None,
    end: float | None = None,
) -> None:
    """Read pictures at which :func:`find_picture_changes` will look, as far as that is known before all windows are.

    Parameters
    ----------
    path : path
    seen : SeenFrames
        Gets the pictures.
    windows : sequence of (float, float)
        Those that were looked at up to now, s.
    start, end : float, optional
        As of :func:`find_picture_changes`.

    Raises
    ------
    InputError
        As `gait.video.read_frames`.
    """
    times = frame_times(path, start=start, end=end)
    quiet, around = _parts_by_size(path, times, windows, MOST_MOMENTS)
    wanted = np.zeros(len(times), dtype=bool)
    keys = _compared_keys(times, key_times(path))
    wanted[np.clip(np.searchsorted(times, keys - SAME_TIME_S), 0, len(times) - 1)] = True
    for first, last in (*windows, *quiet, *around):
        wanted |= (times >= first) & (times < last)
    missing = np.array([time_s for time_s in times[wanted].tolist() if not seen.has_picture(time_s)])
    for time_s, picture in _shrunk_frames(path, missing) if len(missing) else ():
        if not seen.add_picture(time_s, picture):
            return


def find_picture_changes(
    path: PathLike,
    *,
    start: float | None = None,
    end: float | None = None,
    windows: Sequence[tuple[float, float]] | None = None,
    moments: int = MOST_MOMENTS,
    seen: SeenFrames | None = None,
) -> PictureStretch:
    """Find where the pictures of a video do not follow each other as a camera takes them.

    Parameters
    ----------
    path : path
    start, end : float, optional
        Part of the video, s.
    windows : sequence of (float, float), optional
        Look at every picture in these parts only, s; between them at key frames, and at every picture where two key
        frames show different scenes or the coded frames are unusually small. What was not looked at is taken to be
        without a fault.
    moments : int
        Look besides at every picture around so many moments, at most, at which the sizes of the coded frames jump or
        come back in reverse order.
    seen : SeenFrames, optional
        Holds pictures that need not be read.

    Returns
    -------
    PictureStretch
        The longest stretch without a fault, and all faults.

    Raises
    ------
    InputError
        As `gait.video.read_frames`.
    """
    if windows is None:
        pieces = [examine_pictures(piece) for piece in read_small_pictures(path, start=start, end=end, seen=seen)]
        kept = [pieces[0].times_s, *(p.times_s[p.times_s > q.times_s[-1]] for q, p in pairwise(pieces))]
        times = np.concatenate(kept)
        chosen = np.ones(len(times), dtype=bool)
    else:
        times = frame_times(path, start=start, end=end)
        if seen is not None:
            seen.wait_until_filled()
        quiet, around = _parts_by_size(path, times, windows, moments)
        looked_at = _joined([*windows, *_suspect_parts(path, times, windows, seen), *quiet, *around])
        chosen = np.zeros(len(times), dtype=bool)
        for first, last in windows:
            chosen |= (times >= first) & (times < last)
        if _decoded_s(looked_at, key_times(path)) > WHOLE_SHARE * (times[-1] - times[0]):
            return find_picture_changes(path, start=start, end=end, seen=seen)
        examined = _examine_parts(path, times, looked_at, seen=seen)
        turns = [f for part in examined.values() for piece in part for f in piece.faults if f.kind == "reversed"]
        if turns:  # where the film turns back, it turns forward again somewhere near
            wider = [(fault.start_s - TURN_MARGIN_S, fault.end_s + TURN_MARGIN_S) for fault in turns]
            examined = _examine_parts(path, times, _joined([*looked_at, *wider]), examined, seen=seen)
        pieces = [piece for part in examined.values() for piece in part]
    repeated = np.zeros(len(times), dtype=bool)
    broken = np.zeros(len(times), dtype=bool)
    bad = np.zeros(len(times), dtype=bool)
    looked = np.zeros(len(times), dtype=bool)
    faults: list[PictureFault] = []
    for piece in pieces:
        at = np.clip(np.searchsorted(times, piece.times_s - SAME_TIME_S), 0, len(times) - 1)
        # The first picture of a piece has nothing before it to compare with.
        repeated[at[1:]] |= piece.repeated[1:]
        broken[at[1:]] |= piece.broken[1:]
        bad[at] |= piece.bad
        looked[at] = True
        faults += piece.faults
    if windows is not None:
        faults += _still_between(times, looked, bad)
    return _stretch(times, repeated, broken, bad, (looked, chosen & looked), faults)


def _parts_by_size(
    path: PathLike, times: FloatArray, windows: Sequence[tuple[float, float]], moments: int
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Return parts of a video that the sizes of its coded frames point to, s: quiet ones, and those around moments."""
    sizes, of_file = coded_sizes(path), frame_times(path)
    if len(sizes) != len(of_file):
        return [], []
    inside = (of_file >= times[0] - SAME_TIME_S) & (of_file <= times[-1] + SAME_TIME_S)
    found = find_suspect_stretches(of_file[inside], sizes[inside], key_times(path))
    quiet: list[tuple[float, float]] = []
    near = _joined([(first - QUIET_MARGIN_S, last + QUIET_MARGIN_S) for first, last in found.quiet])
    for first, last in sorted(near, key=lambda part: part[0] - part[1])[:MOST_QUIET]:
        if last - first > 2 * LONG_QUIET_S:
            quiet += [(first, first + LONG_QUIET_S), (last - LONG_QUIET_S, last)]
        else:
            quiet.append((first, last))
    around: list[tuple[float, float]] = []
    for moment in found.moments:
        part = moment - MOMENT_MARGIN_S, moment + MOMENT_MARGIN_S
        if len(around) < moments and not any(a <= part[0] and part[1] <= b for a, b in (*windows, *quiet)):
            around.append(part)
    return quiet, around


def _examine_parts(
    path: PathLike,
    times: FloatArray,
    parts: Sequence[tuple[float, float]],
    examined: Mapping[tuple[float, float], list[ExaminedPictures]] | None = None,
    *,
    seen: SeenFrames | None,
) -> dict[tuple[float, float], list[ExaminedPictures]]:
    """Look at every picture in parts of a video, except in those that are ``examined`` already."""
    known = examined or {}
    return {
        (first, last): known.get((first, last))
        or [examine_pictures(piece) for piece in read_small_pictures(path, start=first, end=last, seen=seen)]
        for first, last in parts
        if ((times >= first) & (times < last)).any()
    }


def _decoded_s(parts: Sequence[tuple[float, float]], keys: FloatArray) -> float:
    """Return how much of a video is decoded to read some parts of it, s."""
    before = keys[np.clip(np.searchsorted(keys, [first for first, _ in parts], side="right") - 1, 0, None)]
    return float(sum(last - min(key, first) for (first, last), key in zip(parts, before.tolist(), strict=True)))


def _still_between(times: FloatArray, seen: BoolArray, bad: BoolArray) -> list[PictureFault]:
    """Mark what was not read between the two ends of a long still stretch as still."""
    faults = []
    for begin, stop in _runs(~seen):
        if begin and stop < len(times) and bad[begin - 1] and bad[stop]:
            bad[begin:stop] = True
            faults.append(PictureFault("still", float(times[begin - 1]), float(times[stop])))
    return faults


def _suspect_parts(
    path: PathLike, times: FloatArray, windows: Sequence[tuple[float, float]], seen_frames: SeenFrames | None
) -> list[tuple[float, float]]:
    """Return parts of a video between key frames, or starts of windows, that show different scenes, s."""
    keys = _inside(key_times(path), times)
    chosen = _compared_keys(times, keys)
    starts = times[np.clip(np.searchsorted(times, [first for first, _ in windows]), 0, len(times) - 1)]
    shrunk = list(_shrunk_frames(path, np.unique(np.concatenate([chosen, starts])), seen_frames))
    if len(shrunk) < 2:
        return []
    seen = _Comparison.of(SmallPictures(np.array([t for t, _ in shrunk]), np.stack([p for _, p in shrunk])))
    scenery = np.array([seen.scenery_apart(k - 1, k, CUT_CELLS) for k in range(1, len(seen.times_s))])
    # A camera that moves shows something else in every key frame.
    usual = float(np.median(scenery)) if len(shrunk) > MIN_KEY_PICTURES else 0.0
    apart = (scenery >= max(CUT_SCENERY, CUT_CORRELATION_TIMES * usual)) & (seen.distance[1:] >= CUT_CORRELATION)
    apart_at = 1 + np.flatnonzero(apart)
    largest = np.sort(apart_at[np.argsort(-scenery[apart_at - 1])][:MOST_SUSPECT_PARTS]).tolist()
    parts = []
    for k in largest:
        first, last = _narrowed(path, keys, float(seen.times_s[k - 1]), float(seen.times_s[k]))
        parts.append((max(first - SUSPECT_MARGIN_S, float(times[0])), last + SUSPECT_MARGIN_S))
    return parts


def _inside(keys: FloatArray, times: FloatArray) -> FloatArray:
    return np.asarray(keys[(keys >= times[0] - SAME_TIME_S) & (keys <= times[-1] + SAME_TIME_S)])


def _compared_keys(times: FloatArray, keys: FloatArray) -> FloatArray:
    """Choose the key frames that are compared with each other, among all of a video."""
    inside = _inside(keys, times)
    return np.asarray(
        inside[np.unique(np.linspace(0, len(inside) - 1, min(len(inside), MOST_KEY_PICTURES)).astype(int))]
    )


def _narrowed(path: PathLike, keys: FloatArray, first: float, last: float) -> tuple[float, float]:
    """Find the two neighbouring key frames between which the scene changes."""
    while len(between := keys[(keys > first + SAME_TIME_S) & (keys < last - SAME_TIME_S)]):
        middle = float(between[len(between) // 2])
        shrunk = list(_shrunk_frames(path, np.array([first, middle, last])))
        if len(shrunk) < 3:
            break
        seen = _Comparison.of(SmallPictures(np.array([t for t, _ in shrunk]), np.stack([p for _, p in shrunk])))
        first, last = (first, middle) if seen.distance[1] > seen.distance[2] else (middle, last)
    return first, last


def _joined(windows: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join windows that overlap or touch."""
    joined: list[tuple[float, float]] = []
    for first, last in sorted(windows):
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined


@dataclass(frozen=True, eq=False)
class ExaminedPictures:
    """What is wrong with a piece of a video.

    Attributes
    ----------
    times_s : (n,) float array
    repeated : (n,) bool array
        The same picture as the one before.
    broken : (n,) bool array
        Does not follow from the one before: a cut lies between both.
    bad : (n,) bool array
        Still, blank, a copy, reversed, or a mixture of two scenes.
    faults : tuple of PictureFault
    """

    times_s: FloatArray
    repeated: BoolArray
    broken: BoolArray
    bad: BoolArray
    faults: tuple[PictureFault, ...]


def examine_pictures(pictures: SmallPictures) -> ExaminedPictures:
    """Compare pictures that follow each other.

    Parameters
    ----------
    pictures : SmallPictures

    Returns
    -------
    ExaminedPictures
    """
    times, count = pictures.times_s, len(pictures.times_s)
    repeated, broken, bad = (np.zeros(count, dtype=bool) for _ in range(3))
    if count < 2 * CUT_NEIGHBOURS + 2:
        return ExaminedPictures(times, repeated, broken, bad, ())
    seen = _Comparison.of(pictures)
    faults: list[PictureFault] = []
    blank = seen.contrast < BLANK_CONTRAST * np.median(seen.contrast)
    shots, fades = _scene_changes(seen, blank)
    for begin, stop in shots:
        if begin:
            broken[begin] = True
        same, still = _unchanged(seen, begin, stop)
        repeated |= same
        bad |= still
    near_blank = np.convolve(blank, np.ones(2 * CUT_NEIGHBOURS + 1), "same") > 0
    ends_of_fades = {edge for fade in fades for edge in fade}
    faults += [
        PictureFault("cut", float(times[begin]))
        for begin, _ in shots
        if begin and not near_blank[begin] and begin not in ends_of_fades
    ]
    for begin, stop in fades:
        bad[begin:stop] = True
        faults.append(PictureFault("fade", float(times[begin]), float(times[stop - 1])))
    flashes = np.zeros(count, dtype=bool)
    for begin, stop in _runs(blank):
        # A flash leaves the scene as it was.
        if times[stop - 1] - times[begin] <= FLASH_S and not broken[begin : stop + 1].any():
            flashes[begin:stop] = True
            continue
        bad[begin:stop] = True
        faults.append(PictureFault("blank", float(times[begin]), float(times[stop - 1])))
    faults += [
        PictureFault("still", float(times[begin]), float(times[stop - 1]))
        for begin, stop in _runs(bad & ~blank)
        if not any(a <= begin < b for a, b in fades)
    ]
    unique = np.flatnonzero(~repeated & ~bad & ~flashes)
    for index in _jumps(seen, unique, broken):
        broken[index] = True
        faults.append(PictureFault("cut", float(times[index])))
    for kind, begin, stop in _copies(seen, unique):
        bad[begin:stop] = True
        faults.append(PictureFault(kind, float(times[begin]), float(times[stop - 1])))
    faults.sort(key=lambda fault: fault.start_s)
    return ExaminedPictures(times, repeated, broken, bad, tuple(faults))


@dataclass(frozen=True, eq=False)
class _Comparison:
    """Every picture against the next; index i stands for pictures i − 1 and i, and that of the first is 0."""

    times_s: FloatArray
    #: (n, cells) pictures, mean 0.
    flat: NDArray[np.float32]
    #: (n, cells) change of each cell, levels, after gain and offset were made equal.
    change: NDArray[np.float32]
    #: (n,) 1 − correlation.
    distance: FloatArray
    #: (n,) standard deviation of each picture, levels.
    contrast: FloatArray
    usual_s: float

    @classmethod
    def of(cls, pictures: SmallPictures) -> _Comparison:
        flat = pictures.grey.reshape(len(pictures.grey), -1).astype(np.float32)
        flat -= flat.mean(axis=1, keepdims=True)
        power = np.einsum("ij,ij->i", flat, flat)
        product = np.einsum("ij,ij->i", flat[:-1], flat[1:])
        change = np.zeros_like(flat)
        gain = np.clip(product / np.maximum(power[:-1], 1e-3), 0.5, 2)
        # In place: the pictures of a piece take 66 MB.
        np.multiply(gain[:, None], flat[:-1], out=change[1:])
        np.subtract(flat[1:], change[1:], out=change[1:])
        np.abs(change[1:], out=change[1:])
        distance = np.zeros(len(flat))
        distance[1:] = 1 - product / np.sqrt(np.maximum(power[:-1] * power[1:], 1e-6))
        usual_s = float(np.median(np.diff(pictures.times_s)))
        return cls(pictures.times_s, flat, change, distance, np.sqrt(power / flat.shape[1]), usual_s)

    def moving(self, begin: int, stop: int) -> BoolArray:
        """Return the cells that hold most change between ``begin`` and ``stop``."""
        change = self.change[begin + 1 : stop].mean(axis=0)
        # Noise of the coding is everywhere; what moves stands out from it.
        change = np.maximum(change - NOISE_TIMES * np.median(change), 0)
        order = np.sort(change)[::-1]
        held = np.cumsum(order)
        return np.asarray(change >= order[int(np.searchsorted(held, MOVING_SHARE * held[-1]))])

    def frames(self, seconds: float) -> int:
        return max(1, round(seconds / self.usual_s))

    def apart(self, first: int, second: int) -> float:
        """Return 1 − correlation of two pictures."""
        a, b = self.flat[first], self.flat[second]
        return 1 - float(a @ b) / float(np.sqrt(max(float(a @ a) * float(b @ b), 1e-6)))

    def scenery_apart(self, first: int, second: int, share: float) -> float:
        """Return the same for the ``share`` of the cells that differ least: somebody who moves does not count."""
        a, b = (self.flat[index] / max(self.contrast[index], 1e-3) for index in (first, second))
        square = (a - b) ** 2
        inside = square <= np.quantile(square, share)
        return float(square[inside].sum() / max(float((a[inside] ** 2 + b[inside] ** 2).sum()), 1e-6))


def _scene_changes(seen: _Comparison, blank: BoolArray) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the shots (first picture, one after the last), and the cross-fades between them."""
    count = len(seen.times_s)
    reach = seen.frames(FLASH_S)
    edges = {0, count}
    for index in range(1, count):
        if seen.distance[index] < CUT_CORRELATION:
            continue
        around = np.r_[seen.distance[max(1, index - 12) : index], seen.distance[index + 1 : index + 13]]
        usual, large = float(np.median(around)), float(np.sort(around)[-3:][0])
        if seen.distance[index] < max(CUT_CORRELATION_TIMES * usual, CUT_CORRELATION_OF_LARGE * large):
            continue
        if seen.scenery_apart(index - 1, index, CUT_CELLS) < CUT_SCENERY:
            continue
        before = [k for k in range(max(0, index - reach), index) if not blank[k]]
        after = [k for k in range(index, min(count, index + reach)) if not blank[k]]
        if not before or not after:
            # Out of black, or into it.
            far_before = [k for k in range(max(0, index - 4 * reach), index) if not blank[k]]
            far_after = [k for k in range(index, min(count, index + 4 * reach)) if not blank[k]]
            if far_before and far_after and seen.apart(far_before[-1], far_after[0]) < CUT_CORRELATION:
                continue
            edges.add(index)
        elif min(seen.apart(a, b) for a in before for b in after) > max(0.5 * seen.distance[index], CUT_CORRELATION):
            edges.add(index)
    fades = [] if blank.all() else _fades(seen, blank, edges)
    ordered = sorted(edges | {edge for fade in fades for edge in fade})
    shots = [(a, b) for a, b in pairwise(ordered) if (a, b) not in fades and b - a > 1]
    return shots, fades


def _fades(seen: _Comparison, blank: BoolArray, edges: set[int]) -> list[tuple[int, int]]:
    """Find stretches whose pictures are mixtures of the one before and the one after."""
    candidates: list[tuple[float, int, int]] = []
    count, reach = len(seen.times_s), seen.frames(2 * FLASH_S)
    for seconds in FADE_S:
        length = seen.frames(seconds)
        if length < 4:
            continue
        for begin in range(0, count - length, max(1, length // 6)):
            stop = begin + length
            if any(begin < edge <= stop for edge in edges) or blank[begin : stop + 1].any():
                continue
            if seen.apart(begin, stop) < FADE_DIFFERENCE:  # the quicker one first
                continue
            different = seen.scenery_apart(begin, stop, FADE_CELLS)
            if different < FADE_DIFFERENCE:
                continue
            between = begin + np.unique(np.linspace(1, length - 1, min(length - 1, 8)).astype(int))
            shares, fit = _mixture(seen.flat[begin], seen.flat[stop], seen.flat[between])
            # After a flash the scene is the one before.
            outer = max(0, begin - reach), min(count - 1, stop + reach)
            lasting = min(seen.scenery_apart(a, b, FADE_CELLS) for a, b in ((begin, outer[1]), (outer[0], stop)))
            if lasting < 0.5 * FADE_DIFFERENCE:
                continue
            if fit.min() > FADE_FIT and np.diff(shares).min() > -0.03 and shares[-1] - shares[0] > 0.5:
                candidates.append((different, begin + 1, stop))
    found: list[tuple[int, int]] = []
    # The window with the most different ends holds the whole fade.
    for _, begin, stop in sorted(candidates, key=lambda one: (-round(one[0], 2), one[2] - one[1])):
        if not any(a < stop and begin < b for a, b in found):
            found.append((begin, stop))
    return found


def _mixture(
    before: NDArray[np.float32], after: NDArray[np.float32], between: NDArray[np.float32]
) -> tuple[FloatArray, FloatArray]:
    """Explain pictures as mixtures of two others: the share of the later one, and how much that explains.

    The cells that fit worst do not count: people move while one scene fades into the other.
    """
    ends = np.column_stack([before, after])
    mixed, *_ = np.linalg.lstsq(ends, between.T, rcond=None)
    rest = (between.T - ends @ mixed) ** 2
    limit = np.quantile(rest, FADE_CELLS, axis=0)
    inside = rest <= limit
    # Against a picture of which one half shows the one scene and the other half the other.
    halves = np.where(inside, 0.25 * ((after - before) ** 2)[:, None], 0).sum(axis=0)
    unexplained = np.where(inside, rest, 0).sum(axis=0) / np.maximum(halves, 1e-6)
    return mixed[1] / np.maximum(mixed.sum(axis=0), 1e-3), 1 - unexplained


def _unchanged(seen: _Comparison, begin: int, stop: int) -> tuple[BoolArray, BoolArray]:
    """Find pictures of a shot that are the same as the one before, and stretches in which nothing moves."""
    count = len(seen.times_s)
    same, still = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    if stop - begin < 2:
        return same, still
    moving = seen.moving(begin, stop)
    change = seen.change[begin + 1 : stop][:, moving]
    usual = np.maximum(change.mean(axis=0), 1e-6)
    share = np.minimum(change / usual, MOST_CELL_CHANGE).mean(axis=1)
    level = float(np.quantile(share, 0.9))
    spread = float(np.median(seen.change[begin + 1 : stop].mean(axis=0)))
    if usual.mean() < MIN_CHANGE and usual.mean() < NOISE_ALONE * spread:
        still[begin:stop] = True
        return same, still
    share = share / max(level, 1e-6)
    same[begin + 1 : stop] = share < SAME_PICTURE
    # Where somebody walks past in front of the runner, much changes elsewhere.
    elsewhere = np.mean(seen.change[begin + 1 : stop] > CHANGED_LEVELS, axis=1)
    for first, last in _runs((share < STILL) & (elsewhere < MOST_CHANGED_CELLS)):
        # Pictures first … last are alike; the first of them still belongs to the motion before.
        if seen.times_s[begin + last] - seen.times_s[begin + first] >= STILL_S:
            still[begin + first + 1 : begin + last + 1] = True
            if first == 0:
                still[begin] = True
    # A moment of motion between two still stretches belongs to them.
    for first, last in _runs(~still[begin:stop]):
        if first > 0 and last < stop - begin and seen.times_s[begin + last] - seen.times_s[begin + first] < STILL_GAP_S:
            still[begin + first : begin + last] = True
    same &= ~still
    return same, still


def _jumps(seen: _Comparison, unique: NDArray[np.intp], broken: BoolArray) -> list[int]:
    """Find pictures that differ from the one before far more than any pair around, in one scene."""
    if len(unique) < 4 * CUT_NEIGHBOURS:
        return []
    moving = seen.moving(0, len(seen.times_s))
    cells = seen.flat[unique][:, moving]
    one, two = (np.mean((cells[lag:] - cells[:-lag]) ** 2, axis=1) for lag in (1, 2))
    # A picture that is coded anew, as key frames are, differs everywhere.
    noise = np.array([np.mean((seen.flat[b] - seen.flat[a])[~moving] ** 2) for a, b in pairwise(unique)])
    if float(np.median(one)) < 2 * JUMP_NOISE * float(np.median(noise)):
        return []  # the runner is lost in the noise
    one = np.sqrt(np.maximum(one - JUMP_NOISE * noise, 0))
    two = np.sqrt(two)
    time = seen.times_s[unique]
    # Where a camera left out frames, and says so in the times, more change is right.
    one = one / np.maximum(np.diff(time) / np.median(np.diff(time)), 1)
    jumps = []
    for k in range(CUT_NEIGHBOURS, len(one) - CUT_NEIGHBOURS):
        largest_near = max(one[k - CUT_NEIGHBOURS : k].max(), one[k + 1 : k + 1 + CUT_NEIGHBOURS].max())
        if one[k] < CUT_JUMP * largest_near:
            continue
        pairs = np.r_[two[max(0, k - 1 - 2 * CUT_NEIGHBOURS) : k - 1], two[k + 1 : k + 1 + 2 * CUT_NEIGHBOURS]]
        if one[k] < CUT_JUMP_OF_TWO * np.quantile(pairs, 0.9):
            continue
        begin, stop = unique[k], unique[k + 1]
        if broken[max(0, begin - 1) : stop + 2].any():
            continue
        # Among doubled frames the motion is uneven by itself.
        if (
            np.ptp(unique[k - CUT_NEIGHBOURS : k + 1 + CUT_NEIGHBOURS]) > 2 * CUT_NEIGHBOURS
            and one[k] < 2 * largest_near
        ):
            continue
        reach = max(2, round(FLASH_S / max(float(np.median(np.diff(time))), 1e-6)))
        size = float(np.sqrt(np.mean((cells[k + 1] - cells[k]) ** 2)))
        after = np.sqrt(np.mean((cells[k + 1 : k + 2 + reach] - cells[k]) ** 2, axis=1))
        before = np.sqrt(np.mean((cells[max(0, k - reach) : k + 1] - cells[k + 1]) ** 2, axis=1))
        if min(float(after.min()), float(before.min())) > 0.6 * size:
            jumps.append(int(stop))
    return jumps


def _copies(seen: _Comparison, unique: NDArray[np.intp]) -> list[tuple[str, int, int]]:
    """Find stretches that are copies of earlier ones, and stretches that run backwards after they ran forwards."""
    if len(unique) < 8:
        return []
    moving = seen.moving(0, len(seen.times_s))
    cells = seen.flat[unique][:, moving]
    cells = cells - cells.mean(axis=1, keepdims=True)
    cells /= np.maximum(cells.std(axis=1, keepdims=True), 1e-3)
    correlation = cells @ cells.T / cells.shape[1]
    apart = np.sqrt(np.maximum(2 - 2 * correlation, 0))
    usual = float(np.median(np.diagonal(apart, 1)))
    if usual <= 0:
        return []
    apart /= usual
    step_s = float(np.median(np.diff(seen.times_s[unique])))
    found: list[tuple[str, int, int]] = []
    taken = np.zeros(len(unique), dtype=bool)
    for kind, begin, stop in (*_mirrors(apart, step_s), *_repeats(apart, step_s)):
        if taken[begin:stop].mean() > 0.5:
            continue
        taken[begin:stop] = True
        found.append((kind, int(unique[begin]), int(unique[stop - 1]) + 1))
    return found


def _repeats(apart: FloatArray, step_s: float) -> list[tuple[str, int, int]]:
    """Find stretches whose pictures all came before, in the same order."""
    count, length = len(apart), max(4, round(COPY_S / step_s))
    found: list[tuple[str, int, int]] = []
    for lag in range(max(4, round(0.3 * length)), count - length):
        near = np.diagonal(apart, lag)
        if np.min(near) > COPY:
            continue
        mean = np.convolve(near, np.ones(length) / length, "valid")
        for first, last in _runs(mean < COPY):
            found.append(("repeated", lag + first, lag + last - 1 + length))
    return sorted(found, key=lambda one: one[1] - one[2])


def _mirrors(apart: FloatArray, step_s: float) -> list[tuple[str, int, int]]:
    """Find moments around which the pictures after are those before in reverse order."""
    count, length, skipped = len(apart), max(4, round(MIRRORED_S / step_s)), max(2, round(0.05 / step_s))
    found: list[tuple[str, int, int]] = []
    for total in range(2 * (skipped + length), 2 * (count - skipped - length)):
        # Pictures ``back`` and ``total − back`` lie at equal distances around the moment total / 2.
        nearest = (total + 1) // 2 - skipped
        back = np.arange(nearest, max(-1, total - count), -1)
        near = apart[back, total - back]
        if len(near) < length or near[:length].mean() > MIRRORED:
            continue
        longer = np.flatnonzero(near > 2 * MIRRORED)
        alike = int(longer[0]) if len(longer) else len(near)
        found.append(("reversed", total // 2 + 1, total - nearest + alike))
    merged: list[tuple[str, int, int]] = []
    for one in sorted(found, key=lambda one: one[1] - one[2]):
        if not any(abs(one[1] - other[1]) <= length for other in merged):
            merged.append(one)
    return merged


def _runs(mask: BoolArray) -> list[tuple[int, int]]:
    """Return the beginning of every run of ``True``, and the index after its end."""
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _stretch(
    times: FloatArray,
    repeated: BoolArray,
    broken: BoolArray,
    bad: BoolArray,
    read: tuple[BoolArray, BoolArray],
    faults: Sequence[PictureFault],
) -> PictureStretch:
    """Choose the longest stretch without a fault; ``read``: all pictures looked at, and those not for a suspicion."""
    usual = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    number = np.cumsum(broken)
    best = (0, 0)
    for shot in np.unique(number):
        for begin, stop in _runs(~bad & (number == shot)):
            if times[stop - 1] - times[begin] > times[best[1] - 1] - times[best[0]] if best[1] else stop > begin:
                best = (begin, stop)
    begin, stop = best
    inside = repeated[begin:stop]
    seen, usual_ones = (mask[begin:stop] for mask in read)
    # What was not looked at has as many doubled frames as what was not looked at for a suspicion.
    elsewhere = float(inside[usual_ones].mean()) if usual_ones.any() else 0.0
    share = (float(inside.sum()) + elsewhere * int((~seen).sum())) / max(stop - begin, 1)
    return PictureStretch(
        start_s=float(times[begin]) if stop > begin else float(times[0]),
        end_s=float(times[stop - 1]) + 0.5 * usual if stop > begin else float(times[0]),
        whole=bool(stop - begin == len(times)),
        repeated_share=share if share >= MIN_REPEATED_SHARE else 0.0,
        repeated_s=tuple(float(t) for t in times[begin:stop][inside]),
        faults=tuple(_merged(faults, usual)),
    )


def _merged(faults: Sequence[PictureFault], usual: float) -> list[PictureFault]:
    """Join faults of one kind that touch or overlap, as at the seam of two pieces."""
    joined: list[PictureFault] = []
    for fault in sorted(faults, key=lambda f: (f.kind, f.start_s)):
        last = joined[-1] if joined else None
        if last is not None and last.kind == fault.kind and fault.start_s <= last.end_s + 2 * usual:
            joined[-1] = PictureFault(fault.kind, last.start_s, max(last.end_s, fault.end_s))
        else:
            joined.append(fault)
    return sorted(joined, key=lambda f: f.start_s)
