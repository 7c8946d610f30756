"""A long run, cleaned and measured in chunks that overlap, so that a run of any length fits into memory.

Each stage (cleaning, events, steps) treats a chunk as a short clip, together with some seconds on both sides. Events
and steps of a chunk end in the middle of a pause between two events, where both neighbours agree on what comes before
and what after. So no event is lost and none is counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import BoolArray, FloatArray, PathLike
from gait.analysis.runner_presence import RUNNING
from gait.analysis.step_measuring import MeasuredSteps
from gait.display_language import _
from gait.errors import RefusedError
from gait.events.detection import drop_out_of_order
from gait.geometry.camera import keypoint_xy, no_runner_error, runner_found
from gait.metrics.grading import Refusal
from gait.netcdf import as_stored, blocks, open_along_time, write_along_time
from gait.pose.dataset import seen_seconds, window_starts
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import MISSING, CleanedPose
from gait.signal.phase import StridePhase, mean_rate, segments

#: A clip of up to so many seconds (real time) is measured in one piece. [E]
WHOLE_S = 120.0
#: A longer one is measured in equal chunks of at most so many seconds … [E]
CHUNK_S = 60.0
#: … each with so many on both sides: stride phase, filter and order of events settle within a few strides. [E]
OVERLAP_S = 6.0
#: The cut between two chunks is searched this far around its nominal time, seconds: at least one stance. [E]
CUT_SEARCH_S = 1.0
#: Frames from which camera and image quality are read. A median of so many is as good as that of all. [E]
SAMPLE_FRAMES = 7200

#: Cleans a pose dataset in memory; finds the events of a cleaned part; measures its steps.
CleanChunk = Callable[[xr.Dataset], CleanedPose]
LocateChunk = Callable[[CleanedPose], pd.DataFrame]
MeasureChunk = Callable[[CleanedPose, pd.DataFrame], MeasuredSteps]


def is_long(pose: xr.Dataset) -> bool:
    """Say whether a clip is measured in chunks.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset.

    Returns
    -------
    bool
    """
    return seen_seconds(pose) * FrameRates.of(pose).real_per_playback > WHOLE_S


def sample_frames(pose: xr.Dataset) -> tuple[xr.Dataset, int]:
    """Choose frames that represent a clip, and count in how many of all frames the whole runner was found.

    Of a short clip all frames are chosen, otherwise a random sample: every n-th frame could keep pace with the runner.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated.

    Returns
    -------
    sample : xarray.Dataset
        The chosen frames, in memory.
    found : int
        Frames with the whole runner.

    Raises
    ------
    RefusedError
        The runner was found in no frame.
    """
    count = pose.sizes["time"]
    chosen = np.sort(np.random.default_rng(0).permutation(count)[:SAMPLE_FRAMES])
    found, start = 0, 0
    pieces = []
    for piece in blocks(pose) if is_long(pose) else [pose.load()]:
        stop = start + piece.sizes["time"]
        here = chosen[slice(*np.searchsorted(chosen, [start, stop]))] - start
        pieces.append(piece.isel(time=here) if is_long(pose) else piece)
        found += int(runner_found(piece).sum())
        start = stop
    if not found:
        raise no_runner_error(count)
    return xr.concat(pieces, "time", combine_attrs="override") if len(pieces) > 1 else pieces[0], found


@dataclass(frozen=True)
class _Chunk:
    """One chunk: its frames ``begin:stop``, those with both overlaps ``low:high``, and where it ends, s of playback.

    ``at_gap``: no frame lies at the end, so that no event is cut in two.
    """

    begin: int
    stop: int
    low: int
    high: int
    end_s: float
    last: bool
    at_gap: bool = False

    @property
    def inner(self) -> slice:
        """The chunk's own frames among those with both overlaps."""
        return slice(self.begin - self.low, self.stop - self.low)


def _chunks(time: FloatArray, playback_per_real: float, starts: FloatArray) -> Iterator[_Chunk]:
    """Split a clip into equal chunks; one with gaps, at gaps and by what was seen of it."""
    overlap = OVERLAP_S * playback_per_real
    if len(parts := segments(time, starts)) > 1:
        yield from _chunks_of_windows(time, parts, CHUNK_S * playback_per_real, overlap)
        return
    count = int(np.ceil((time[-1] - time[0]) / (CHUNK_S * playback_per_real)))
    edges = np.linspace(time[0], time[-1], count + 1)
    begin = 0
    for number, edge in enumerate(edges[1:]):
        last = number == count - 1
        stop = len(time) if last else int(np.searchsorted(time, edge))
        low = int(np.searchsorted(time, time[begin] - overlap))
        high = len(time) if last else int(np.searchsorted(time, edge + overlap))
        yield _Chunk(begin, stop, low, high, float(edge), last)
        begin = stop


def _chunks_of_windows(time: FloatArray, parts: Sequence[slice], longest: float, overlap: float) -> Iterator[_Chunk]:
    """Gather windows to chunks; the windows beside a chunk are its overlap."""
    lengths = np.array([time[part.stop - 1] - time[part.start] for part in parts])
    count = int(np.ceil(lengths.sum() / longest))
    chunk_of = np.minimum((np.cumsum(lengths) - lengths / 2) / lengths.sum() * count, count - 1).astype(int)
    for number in np.unique(chunk_of):
        own = np.flatnonzero(chunk_of == number)
        first, last = int(own[0]), int(own[-1])
        low, high = first, last
        while low > 0 and lengths[low:first].sum() < overlap:
            low -= 1
        while high < len(parts) - 1 and lengths[last + 1 : high + 1].sum() < overlap:
            high += 1
        is_last = last == len(parts) - 1
        end = time[-1] if is_last else 0.5 * (time[parts[last].stop - 1] + time[parts[last + 1].start])
        yield _Chunk(
            parts[first].start, parts[last].stop, parts[low].start, parts[high].stop, float(end), is_last, at_gap=True
        )


def clean_in_chunks(
    pose: xr.Dataset, clean: CleanChunk, *, keep: PathLike | None = None
) -> tuple[CleanedPose, tuple[str, ...]]:
    """Clean the poses of a long run.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated; read chunk by chunk.
    clean : callable
        Cleans a pose dataset in memory.
    keep : path, optional
        File for the clean dataset, which is then read from there when needed; in memory without it. The numbers are the
        same.

    Returns
    -------
    cleaned : CleanedPose
        Of the whole run. Where nothing can be measured the clean dataset is empty.
    warnings : tuple of str
        These parts, with the reason.

    Raises
    ------
    RefusedError
        No chunk can be measured; the reason is that of the first.
    """
    joiner = _CleanJoiner(pose)
    pieces = joiner.clean_all(clean)
    if keep is None:
        dataset = xr.concat(list(pieces), "time", combine_attrs="override")
    else:
        write_along_time(keep, pieces)
        dataset = open_along_time(keep)
    dataset.attrs = dict(pose.attrs)
    return joiner.result(dataset)


def locate_in_chunks(cleaned: CleanedPose, locate: LocateChunk) -> pd.DataFrame:
    """Find the events of a long run.

    Parameters
    ----------
    cleaned : CleanedPose
        Of the whole run.
    locate : callable
        Finds the events of a part in memory.

    Returns
    -------
    pandas.DataFrame
        As `gait.events.detection.locate_events` gives them; none where the runner is absent.
    """
    tables, start = [], -np.inf
    for chunk, part in _parts(cleaned):
        if part is None:
            start = chunk.end_s
            continue
        events = locate(part.cleaned)
        end = _cut(chunk, events, part.playback_per_real)
        tables.append(events[events.time_s.between(start, end, inclusive="left") & part.present_at(events.time_s)])
        start = end
    return drop_out_of_order(pd.concat(tables, ignore_index=True), starts=cleaned.phase.starts)


def measure_in_chunks(cleaned: CleanedPose, events: pd.DataFrame, measure: MeasureChunk) -> MeasuredSteps:
    """Measure the steps of a long run.

    Parameters
    ----------
    cleaned : CleanedPose
        Of the whole run.
    events : pandas.DataFrame
        Of the whole run.
    measure : callable
        Measures the steps of a part in memory, given its events.

    Returns
    -------
    MeasuredSteps
        As if measured at once.
    """
    tables: list[pd.DataFrame] = []
    belts: list[float] = []
    refusals: dict[tuple[str, str], Refusal] = {}
    start = -np.inf
    for chunk, part in _parts(cleaned):
        if part is None:
            start = chunk.end_s
            continue
        inside = events[events.time_s.between(part.time[0], part.time[-1])].reset_index(drop=True)
        measured = measure(part.cleaned, inside)
        end = _cut(chunk, inside, part.playback_per_real)
        steps = measured.steps
        steps = steps[steps.contact_s.between(start, end, inclusive="left") & part.present_at(steps.contact_s)]
        tables.append(steps[part.present_at(steps.toe_off_s)])
        refusals |= measured.refusals
        if measured.belt_mps is not None:
            belts.append(measured.belt_mps)
        start = end
    steps = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    if len(steps):
        at = cleaned.phase.phase_at(steps.contact_s.to_numpy(dtype=float))
        first = cleaned.phase.phase_at(float(events.time_s[events.kind == "contact"].iloc[0]))
        steps["step"] = np.round(2 * (at - first)).astype(int)
    return MeasuredSteps(cleaned, events, steps, float(np.median(belts)) if belts else None, refusals)


def part_between(cleaned: CleanedPose, start_s: float, end_s: float) -> CleanedPose | None:
    """Take a part of a cleaned run into memory.

    Parameters
    ----------
    cleaned : CleanedPose
        Of the whole run.
    start_s, end_s : float
        s, playback timeline.

    Returns
    -------
    CleanedPose or None
        ``None`` where the runner is in none of its frames.
    """
    time = cleaned.phase.time
    part = _part(cleaned, int(np.searchsorted(time, start_s)), int(np.searchsorted(time, end_s, side="right")))
    return None if part is None else part.cleaned


@dataclass(frozen=True)
class _Part:
    """A chunk of a cleaned run with its overlaps, in memory, and the frames in which the runner is there."""

    cleaned: CleanedPose
    present: BoolArray
    playback_per_real: float

    @property
    def time(self) -> FloatArray:
        return self.cleaned.phase.time

    def present_at(self, times: pd.Series) -> BoolArray:
        """Whether the runner is there at given times, s."""
        at = np.searchsorted(self.time, times.to_numpy(dtype=float))
        return np.asarray(self.present[np.clip(at, 0, len(self.present) - 1)])


def _part(cleaned: CleanedPose, low: int, high: int) -> _Part | None:
    frames = slice(low, high)
    pose = cleaned.pose.isel(time=frames).load()
    # Phase and events continue at the runner's rhythm through any gap. Where the runner is absent, neither counts.
    present = np.isfinite(keypoint_xy(pose, "left_hip", "right_hip")[:, 0])
    if present.sum() < 2:
        return None
    time, phase = cleaned.phase.time[frames], cleaned.phase.phase[frames]
    starts = cleaned.phase.starts[(cleaned.phase.starts > time[0]) & (cleaned.phase.starts <= time[-1])]
    frequency = mean_rate(time[present], phase[present], starts)
    return _Part(
        CleanedPose(
            pose,
            StridePhase(time, phase, frequency, cleaned.phase.clarity, starts),
            cleaned.swapped[frames],
            cleaned.filled_fraction,
        ),
        present,
        1 / FrameRates.of(cleaned.pose).real_per_playback,
    )


def _parts(cleaned: CleanedPose) -> Iterator[tuple[_Chunk, _Part | None]]:
    """Yield the chunks of a cleaned run; without a part where the runner is in none of the chunk's own frames."""
    playback_per_real = 1 / FrameRates.of(cleaned.pose).real_per_playback
    for chunk in _chunks(cleaned.phase.time, playback_per_real, cleaned.phase.starts):
        part = _part(cleaned, chunk.low, chunk.high)
        yield chunk, part if part is not None and part.present[chunk.inner].any() else None


def _cut(chunk: _Chunk, events: pd.DataFrame, playback_per_real: float) -> float:
    """Find where a chunk ends: in the middle of a pause between two events near its end; never for the last one."""
    if chunk.last:
        return np.inf
    if chunk.at_gap:
        return chunk.end_s
    return _middle_of_pause(events.time_s.to_numpy(dtype=float), chunk.end_s, CUT_SEARCH_S * playback_per_real)


class _ChunkSummary(NamedTuple):
    """What a cleaned chunk contributes to averages over the run."""

    frames: int
    filled_fraction: float
    stride_frequency: float
    phase_clarity: float


class _RefusedPart(NamedTuple):
    """Frames in which nothing could be measured."""

    begin: int
    stop: int
    reason: str
    code: str | None


@dataclass(eq=False)
class _CleanJoiner:
    """Cleans the chunks of a run and joins them."""

    pose: xr.Dataset
    time: FloatArray = field(init=False)
    phase: FloatArray = field(init=False)
    swapped: BoolArray = field(init=False)
    summaries: list[_ChunkSummary] = field(default_factory=list)
    refused: list[_RefusedPart] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.time = np.asarray(self.pose.time.values, dtype=float)
        self.phase = np.full(len(self.time), np.nan)
        self.swapped = np.zeros(len(self.time), dtype=bool)

    def clean_all(self, clean: CleanChunk) -> Iterator[xr.Dataset]:
        """Clean chunk after chunk, and yield the clean dataset of each."""
        for chunk in _chunks(self.time, 1 / FrameRates.of(self.pose).real_per_playback, window_starts(self.pose)):
            window = self.pose.isel(time=slice(chunk.low, chunk.high)).load()
            try:
                cleaned = clean(window)
            except RefusedError as error:
                self._add_refused(_RefusedPart(chunk.begin, chunk.stop, str(error), error.code))
                yield _without_positions(window.isel(time=chunk.inner))
            else:
                self._add_chunk(cleaned, chunk)
                yield as_stored(cleaned.pose.isel(time=chunk.inner))
        if not np.isfinite(self.phase).any():  # raised here, while the pieces are written: so no file is left behind
            if not self.refused:
                raise no_runner_error(len(self.time))
            raise RefusedError(self.refused[0].reason, code=self.refused[0].code)

    def _add_refused(self, part: _RefusedPart) -> None:
        if self.refused and self.refused[-1].stop == part.begin:
            part = self.refused.pop()._replace(stop=part.stop)
        self.refused.append(part)

    def _add_chunk(self, cleaned: CleanedPose, chunk: _Chunk) -> None:
        """Take over the phase of the chunk's own frames."""
        present = np.isfinite(keypoint_xy(cleaned.pose, "left_hip", "right_hip")[:, 0])
        frequency = mean_rate(cleaned.phase.time[present], cleaned.phase.phase[present], cleaned.phase.starts)
        frames = chunk.begin + np.flatnonzero(present[chunk.inner])
        if len(frames):
            shift = self._phase_shift(cleaned.phase.phase[frames[0] - chunk.low], int(frames[0]), frequency)
            self.phase[frames] = cleaned.phase.phase[frames - chunk.low] + shift
        self.swapped[chunk.begin : chunk.stop] = cleaned.swapped[chunk.inner]
        self.summaries.append(
            _ChunkSummary(int(present.sum()), cleaned.filled_fraction, frequency, cleaned.phase.clarity)
        )

    def _phase_shift(self, phase: float, frame: int, frequency: float) -> float:
        """Count the whole strides that a chunk's phase must be shifted to continue where the one before ended."""
        before = np.flatnonzero(np.isfinite(self.phase[:frame]))
        if not len(before):
            return 0.0
        # The runner is taken to have kept the rhythm in the gap.
        waited = (self.time[frame] - self.time[before[-1]]) * frequency
        return float(np.round(self.phase[before[-1]] + waited - phase))

    def result(self, clean: xr.Dataset) -> tuple[CleanedPose, tuple[str, ...]]:
        """Join the chunks."""
        frames, filled, frequency, clarity = np.array(self.summaries).T
        with_phase = np.isfinite(self.phase)
        mean_clarity, mean_filled = (float(np.average(values, weights=frames)) for values in (clarity, filled))
        times = self.time[with_phase]
        phase = np.interp(self.time, times, self.phase[with_phase])
        before, after = self.time < times[0], self.time > times[-1]
        phase[before] += (self.time[before] - times[0]) * frequency[0]
        phase[after] += (self.time[after] - times[-1]) * frequency[-1]
        strides = StridePhase(
            self.time,
            np.maximum.accumulate(phase),
            float(np.average(frequency, weights=frames)),
            mean_clarity,
            window_starts(self.pose),
        )
        warnings = tuple(
            _("nothing could be measured from {start} to {end} s: {reason}").format(
                start=f"{self.time[part.begin]:.0f}", end=f"{self.time[part.stop - 1]:.0f}", reason=part.reason
            )
            for part in self.refused
        )
        return CleanedPose(clean, strides, self.swapped, mean_filled), warnings


def _middle_of_pause(times: FloatArray, around: float, near: float) -> float:
    """Find the middle of the longest pause between events near a time, s."""
    inside = np.sort(times[np.abs(times - around) <= near])
    edges = np.concatenate([[around - near], inside, [around + near]])
    if len(inside) < 2:
        return around
    widest = 1 + int(np.argmax(np.diff(edges[1:-1])))
    return float(0.5 * (edges[widest] + edges[widest + 1]))


def _without_positions(pose: xr.Dataset) -> xr.Dataset:
    """Make the clean dataset of a part that could not be measured (`gait.signal.cleaning.CleanedPose`)."""
    clean = pose.copy()
    clean["position"] = xr.full_like(pose.position, np.nan)
    clean["observed"] = xr.full_like(pose.position, np.nan)
    clean["status"] = xr.full_like(pose.confidence, MISSING, dtype=np.int8)
    clean[RUNNING] = ("time", np.zeros(pose.sizes["time"], dtype=np.int8))
    return clean
