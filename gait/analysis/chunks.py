"""A long run, measured in chunks that overlap, so that a run of any length fits into memory.

Each chunk is measured by the same code as a short clip, together with some seconds on both sides. A chunk ends in the
middle of a pause between two events, where both neighbours agree on what comes before and what after. So no event is
lost and none is counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from gait._typing import BoolArray, FloatArray, PathLike
from gait.analysis.step_measuring import MeasuredSteps
from gait.errors import RefusedError
from gait.events.detection import drop_out_of_order
from gait.geometry.camera import keypoint_xy, no_runner_error, runner_found
from gait.metrics.grading import Refusal
from gait.netcdf import blocks, open_along_time, write_along_time
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import MISSING, CleanedPose
from gait.signal.phase import StridePhase

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

#: Measures a pose dataset in memory.
MeasureChunk = Callable[[xr.Dataset], MeasuredSteps]


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
    return _span_s(pose) * FrameRates.of(pose).real_per_playback > WHOLE_S


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


def measure_in_chunks(pose: xr.Dataset, measure: MeasureChunk, *, keep: PathLike | None = None) -> MeasuredSteps:
    """Measure a long run.

    Parameters
    ----------
    pose : xarray.Dataset
        Pose dataset as estimated; read chunk by chunk.
    measure : callable
        Measures a pose dataset in memory.
    keep : path, optional
        File for the clean dataset, which is then read from there when needed; in memory without it.

    Returns
    -------
    MeasuredSteps
        As if measured at once. Where nothing can be measured the clean dataset is empty, there are no events, and a
        warning gives the reason.

    Raises
    ------
    RefusedError
        No chunk can be measured; the reason is that of the first.
    """
    joiner = _ChunkJoiner(pose)
    pieces = joiner.measure_all(measure)
    if keep is None:
        clean = xr.concat(list(pieces), "time", combine_attrs="override")
    else:
        write_along_time(keep, pieces)
        clean = open_along_time(keep)
        clean.attrs = dict(pose.attrs)
    return joiner.result(clean)


class _ChunkSummary(NamedTuple):
    """What a measured chunk contributes to averages over the run."""

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
class _ChunkJoiner:
    """Measures the chunks of a run and joins them."""

    pose: xr.Dataset
    time: FloatArray = field(init=False)
    phase: FloatArray = field(init=False)
    swapped: BoolArray = field(init=False)
    events: list[pd.DataFrame] = field(default_factory=list)
    steps: list[pd.DataFrame] = field(default_factory=list)
    belts: list[float] = field(default_factory=list)
    refusals: dict[tuple[str, str], Refusal] = field(default_factory=dict)
    summaries: list[_ChunkSummary] = field(default_factory=list)
    refused: list[_RefusedPart] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.time = np.asarray(self.pose.time.values, dtype=float)
        self.phase = np.full(len(self.time), np.nan)
        self.swapped = np.zeros(len(self.time), dtype=bool)

    def measure_all(self, measure: MeasureChunk) -> Iterator[xr.Dataset]:
        """Measure chunk after chunk, and yield the clean dataset of each."""
        playback_per_real = 1 / FrameRates.of(self.pose).real_per_playback
        count = int(np.ceil(_span_s(self.pose) / (CHUNK_S * playback_per_real)))
        edges = np.linspace(self.time[0], self.time[-1], count + 1)
        overlap = OVERLAP_S * playback_per_real
        begin = 0
        for number, edge in enumerate(edges[1:]):
            last = number == count - 1
            stop = len(self.time) if last else int(np.searchsorted(self.time, edge))
            low = int(np.searchsorted(self.time, self.time[begin] - overlap))
            high = len(self.time) if last else int(np.searchsorted(self.time, edge + overlap))
            window = self.pose.isel(time=slice(low, high)).load()
            try:
                chunk = measure(window)
            except RefusedError as error:
                self._add_refused(_RefusedPart(begin, stop, str(error), error.code))
                yield _without_positions(window.isel(time=slice(begin - low, stop - low)))
            else:
                if not last:
                    event_times = chunk.events.time_s.to_numpy(dtype=float)
                    cut = _middle_of_pause(event_times, float(edge), CUT_SEARCH_S * playback_per_real)
                    stop = int(np.searchsorted(self.time, cut))
                self._add_chunk(chunk, slice(begin, stop), low)
                yield chunk.cleaned.pose.isel(time=slice(begin - low, stop - low))
            begin = stop
        if not self.events:  # raised here, while the pieces are written, so that no file is left behind
            raise RefusedError(self.refused[0].reason, code=self.refused[0].code)

    def _add_refused(self, part: _RefusedPart) -> None:
        if self.refused and self.refused[-1].stop == part.begin:
            part = self.refused.pop()._replace(stop=part.stop)
        self.refused.append(part)

    def _add_chunk(self, chunk: MeasuredSteps, core: slice, low: int) -> None:
        """Take over what lies in the core frames; ``low`` is the first frame of the chunk."""
        start = self.time[core.start] if core.start else -np.inf
        end = self.time[core.stop] if core.stop < len(self.time) else np.inf
        here = slice(core.start - low, core.stop - low)
        cleaned = chunk.cleaned
        # Phase and events continue at the runner's rhythm through any gap. Where the runner is absent, neither counts.
        present = np.isfinite(keypoint_xy(cleaned.pose, "left_hip", "right_hip")[:, 0])
        frequency = float(np.polyfit(cleaned.phase.time[present], cleaned.phase.phase[present], 1)[0])
        frames = core.start + np.flatnonzero(present[here])
        if len(frames):
            shift = self._phase_shift(cleaned.phase.phase[frames[0] - low], int(frames[0]), frequency)
            self.phase[frames] = cleaned.phase.phase[frames - low] + shift
        self.swapped[core] = cleaned.swapped[here]

        def runner_present(times: pd.Series) -> BoolArray:
            at = np.searchsorted(self.time, times.to_numpy(dtype=float)) - low
            return np.asarray(present[np.clip(at, 0, len(present) - 1)])

        events, steps = chunk.events, chunk.steps
        self.events.append(events[events.time_s.between(start, end, inclusive="left") & runner_present(events.time_s)])
        steps = steps[steps.contact_s.between(start, end, inclusive="left") & runner_present(steps.contact_s)]
        self.steps.append(steps[runner_present(steps.toe_off_s)])
        self.refusals |= chunk.refusals
        if chunk.belt_mps is not None:
            self.belts.append(chunk.belt_mps)
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

    def result(self, clean: xr.Dataset) -> MeasuredSteps:
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
            self.time, np.maximum.accumulate(phase), float(np.average(frequency, weights=frames)), mean_clarity
        )
        events = drop_out_of_order(pd.concat(self.events, ignore_index=True))
        steps = pd.concat([table for table in self.steps if len(table)] or self.steps[:1], ignore_index=True)
        if len(steps):
            at = strides.phase_at(steps.contact_s.to_numpy(dtype=float))
            first = strides.phase_at(float(events.time_s[events.kind == "contact"].iloc[0]))
            steps["step"] = np.round(2 * (at - first)).astype(int)
        return MeasuredSteps(
            CleanedPose(clean, strides, self.swapped, mean_filled),
            events,
            steps,
            float(np.median(self.belts)) if self.belts else None,
            self.refusals,
            tuple(
                f"nothing could be measured from {self.time[part.begin]:.0f} to {self.time[part.stop - 1]:.0f} s: "
                f"{part.reason}"
                for part in self.refused
            ),
        )


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
    return clean


def _span_s(pose: xr.Dataset) -> float:
    """Seconds of playback between the first and the last frame."""
    return float(pose.time.values[-1] - pose.time.values[0]) if pose.sizes["time"] else 0.0
