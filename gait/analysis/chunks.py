"""A long run, measured in stretches that overlap, so that any length fits into memory.

Each stretch is measured by the same code as a short clip, together with some seconds on both sides. What is kept of it
ends in the middle of a pause between two events, where both neighbours agree on what comes before and what after: so
that no event is lost or told twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.errors import RefusedError
from gait.events.detection import in_order
from gait.geometry.camera import keypoint_xy, no_runner_error, runner_found
from gait.netcdf import blocks, open_along_time, write_along_time
from gait.pose.frame_rates import FrameRates
from gait.signal.cleaning import MISSING, CleanedPose
from gait.signal.phase import StridePhase

#: A clip of up to so many seconds (real time) is measured in one piece.
WHOLE_S = 120.0
#: A longer one in equal stretches of at most so many seconds …
STRETCH_S = 60.0
#: … each with so many on both sides: a stride phase, a filter and the order of events have settled after a few strides.
OVERLAP_S = 6.0
#: The cut between two stretches is looked for this far around it, seconds: at least one stance. [E]
NEAR_S = 1.0
#: Frames from which camera and faults of the picture are read. A median of so many is as good as that of all.
SAMPLE_FRAMES = 7200


@dataclass(frozen=True)
class MeasuredSteps:
    """What was measured of a stretch, or of a whole clip.

    Attributes
    ----------
    cleaned : CleanedPose
    events, steps : pandas.DataFrame
        As in `gait.analysis.view_analysis.ViewAnalysis`.
    belt_mps : float or None
        As seen; from the side only.
    reasons : mapping
        Why a metric of a side is missing in the steps, by metric and side.
    warnings : tuple of str
        Parts that could not be measured.
    """

    cleaned: CleanedPose
    events: pd.DataFrame
    steps: pd.DataFrame
    belt_mps: float | None
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


Measure = Callable[[xr.Dataset], MeasuredSteps]


def is_long(pose: xr.Dataset) -> bool:
    """Say whether a clip is measured in stretches."""
    return _span(pose) * FrameRates.of(pose).time_factor > WHOLE_S


def sample_frames(pose: xr.Dataset) -> tuple[xr.Dataset, int]:
    """Give frames that stand for all, in memory, and in how many of all the whole runner was found.

    Of a short clip all frames; else some by chance, because every n-th one could fall into step with the runner.

    Raises
    ------
    RefusedError
        When it was found in none.
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


def measure_in_chunks(
    pose: xr.Dataset, measure: Measure, *, keep: str | os.PathLike[str] | None = None
) -> MeasuredSteps:
    """Measure a long run.

    Parameters
    ----------
    pose : xarray.Dataset
        As estimated; read stretch by stretch.
    measure : callable
        Measures a pose dataset in memory.
    keep : path, optional
        File for the clean dataset, which is then read from there when asked for; in memory without it.

    Returns
    -------
    MeasuredSteps
        As if measured at once. Where nothing can be measured the clean dataset is empty, there are no events, and a
        warning says so.

    Raises
    ------
    RefusedError
        When no stretch can be measured: the reason of the first.
    """
    joined = _Joined(pose)
    pieces = joined.pieces(measure)
    if keep is None:
        clean = xr.concat(list(pieces), "time", combine_attrs="override")
    else:
        write_along_time(keep, pieces)
        clean = open_along_time(keep)
        clean.attrs = dict(pose.attrs)
    return joined.result(clean)


@dataclass(eq=False)
class _Joined:
    """Stretches of a run, put together as they come."""

    pose: xr.Dataset
    time: FloatArray = field(init=False)
    phase: FloatArray = field(init=False)
    swapped: NDArray[np.bool_] = field(init=False)
    events: list[pd.DataFrame] = field(default_factory=list)
    steps: list[pd.DataFrame] = field(default_factory=list)
    belts: list[float] = field(default_factory=list)
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Of each measured stretch: frames, share of leg points filled, stride frequency, clarity of the phase.
    told: list[tuple[int, float, float, float]] = field(default_factory=list)
    #: First frame, frame after the last, and why nothing could be measured there.
    refused: list[tuple[int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.time = np.asarray(self.pose.time.values, dtype=float)
        self.phase = np.full(len(self.time), np.nan)
        self.swapped = np.zeros(len(self.time), dtype=bool)

    def pieces(self, measure: Measure) -> Iterator[xr.Dataset]:
        """Measure stretch after stretch, and give the clean dataset of each."""
        playback = 1 / FrameRates.of(self.pose).time_factor  # seconds of playback a real second takes
        count = int(np.ceil(_span(self.pose) / (STRETCH_S * playback)))
        edges = np.linspace(self.time[0], self.time[-1], count + 1)
        begin = 0
        for number, edge in enumerate(edges[1:]):
            last = number == count - 1
            stop = len(self.time) if last else int(np.searchsorted(self.time, edge))
            low = int(np.searchsorted(self.time, self.time[begin] - OVERLAP_S * playback))
            high = len(self.time) if last else int(np.searchsorted(self.time, edge + OVERLAP_S * playback))
            window = self.pose.isel(time=slice(low, high)).load()
            try:
                stretch = measure(window)
            except RefusedError as error:
                self._refuse(begin, stop, str(error))
                yield _unseen(window.isel(time=slice(begin - low, stop - low)))
            else:
                if not last:
                    cut = _pause(stretch.events.time_s.to_numpy(dtype=float), float(edge), NEAR_S * playback)
                    stop = int(np.searchsorted(self.time, cut))
                self._take(stretch, slice(begin, stop), low)
                yield stretch.cleaned.pose.isel(time=slice(begin - low, stop - low))
            begin = stop
        if not self.events:  # here, so that whoever writes the pieces leaves nothing behind
            raise RefusedError(self.refused[0][2])

    def _refuse(self, begin: int, stop: int, reason: str) -> None:
        if self.refused and self.refused[-1][1] == begin:
            begin, _, reason = self.refused.pop()
        self.refused.append((begin, stop, reason))

    def _take(self, stretch: MeasuredSteps, core: slice, low: int) -> None:
        """Take over what lies in these frames; ``low`` is the first frame of the stretch."""
        start = self.time[core.start] if core.start else -np.inf
        end = self.time[core.stop] if core.stop < len(self.time) else np.inf
        here = slice(core.start - low, core.stop - low)
        cleaned = stretch.cleaned
        # Phase and events go on at the runner's rhythm through any gap: neither is believed where nobody is there.
        present = np.isfinite(keypoint_xy(cleaned.pose, "left_hip", "right_hip")[:, 0])
        frequency = float(np.polyfit(cleaned.phase.time[present], cleaned.phase.phase[present], 1)[0])
        known = core.start + np.flatnonzero(present[here])
        if len(known):
            shift = self._turns(cleaned.phase.phase[known[0] - low], int(known[0]), frequency)
            self.phase[known] = cleaned.phase.phase[known - low] + shift
        self.swapped[core] = cleaned.swapped[here]

        def believed(times: pd.Series) -> NDArray[np.bool_]:
            at = np.searchsorted(self.time, times.to_numpy(dtype=float)) - low
            return np.asarray(present[np.clip(at, 0, len(present) - 1)])

        events, steps = stretch.events, stretch.steps
        self.events.append(events[events.time_s.between(start, end, inclusive="left") & believed(events.time_s)])
        steps = steps[steps.contact_s.between(start, end, inclusive="left") & believed(steps.contact_s)]
        self.steps.append(steps[believed(steps.toe_off_s)])
        self.reasons |= stretch.reasons
        if stretch.belt_mps is not None:
            self.belts.append(stretch.belt_mps)
        self.told.append((int(present.sum()), cleaned.filled_fraction, frequency, cleaned.phase.clarity))

    def _turns(self, phase: float, frame: int, frequency: float) -> float:
        """Count the whole strides by which a stretch's phase must be moved to go on where the one before ended."""
        before = np.flatnonzero(np.isfinite(self.phase[:frame]))
        if not len(before):
            return 0.0
        # While nothing was seen the runner is taken to have kept the rhythm.
        waited = (self.time[frame] - self.time[before[-1]]) * frequency
        return float(np.round(self.phase[before[-1]] + waited - phase))

    def result(self, clean: xr.Dataset) -> MeasuredSteps:
        """Put everything together."""
        frames, filled, frequency, clarity = np.array(self.told).T
        known = np.isfinite(self.phase)
        seen, mean = (float(np.average(values, weights=frames)) for values in (clarity, filled))
        span = self.time[known]
        whole = np.interp(self.time, span, self.phase[known])
        before, after = self.time < span[0], self.time > span[-1]
        whole[before] += (self.time[before] - span[0]) * frequency[0]
        whole[after] += (self.time[after] - span[-1]) * frequency[-1]
        strides = StridePhase(
            self.time, np.maximum.accumulate(whole), float(np.average(frequency, weights=frames)), seen
        )
        events = in_order(pd.concat(self.events, ignore_index=True))
        steps = pd.concat([table for table in self.steps if len(table)] or self.steps[:1], ignore_index=True)
        if len(steps):
            at = strides.phase_at(steps.contact_s.to_numpy(dtype=float))
            first = strides.phase_at(float(events.time_s[events.kind == "contact"].iloc[0]))
            steps["step"] = np.round(2 * (at - first)).astype(int)
        return MeasuredSteps(
            CleanedPose(clean, strides, self.swapped, mean),
            events,
            steps,
            float(np.median(self.belts)) if self.belts else None,
            self.reasons,
            tuple(
                f"nothing could be measured from {self.time[begin]:.0f} to {self.time[stop - 1]:.0f} s: {reason}"
                for begin, stop, reason in self.refused
            ),
        )


def _pause(times: FloatArray, around: float, near: float) -> float:
    """Give the middle of the longest pause between events near a time."""
    inside = np.sort(times[np.abs(times - around) <= near])
    edges = np.concatenate([[around - near], inside, [around + near]])
    if len(inside) < 2:
        return around
    widest = 1 + int(np.argmax(np.diff(edges[1:-1])))
    return float(0.5 * (edges[widest] + edges[widest + 1]))


def _unseen(pose: xr.Dataset) -> xr.Dataset:
    """Make the clean dataset of a part that could not be measured; see `gait.signal.cleaning.Cleaned`."""
    clean = pose.copy()
    clean["position"] = xr.full_like(pose.position, np.nan)
    clean["observed"] = xr.full_like(pose.position, np.nan)
    clean["status"] = xr.full_like(pose.confidence, MISSING, dtype=np.int8)
    return clean


def _span(pose: xr.Dataset) -> float:
    """Seconds of playback."""
    return float(pose.time.values[-1] - pose.time.values[0]) if pose.sizes["time"] else 0.0
