"""Steps per minute, both feet counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait._typing import BoolArray, FloatArray
from gait.metrics.metric_spec import MetricSpec
from gait.signal.cleaning import CleanedPose
from gait.signal.intervals import line_fit

#: Contacts this close to the ends of a clip, in strides, do not count: half of the neighbourhood that places them is
#: missing. [E]
EDGE_STRIDES = 0.4
#: Contacts that must be left for the ends to be dropped. [E]
MIN_INNER_CONTACTS = 8
#: Contacts farther apart than so many strides have a pause between them. [E]
PAUSE_STRIDES = 2.0
#: The stride phase tells the foot on both sides of a gap between two windows of frames, so a wrong count is wrong by
#: two steps or more. Steps are counted where they differ from a possible count by at most the first number, and a wrong
#: count would need a rhythm in the gap that differs by at least the second, as a share. [E]
MAX_UNSEEN_DIFFERENCE, MIN_WRONG_RHYTHM = 0.5, 0.03


def measure_cadence(events: pd.DataFrame, cleaned: CleanedPose, real_per_playback: float) -> tuple[float, float]:
    """Measure the cadence from the slope of contact times against step number.

    Steps are numbered by the stride phase, so that a missed contact does not shift the count.

    Parameters
    ----------
    events : pandas.DataFrame
        As `gait.events.detection.locate_events` gives them.
    cleaned : CleanedPose
    real_per_playback : float
        Real seconds per playback second.

    Returns
    -------
    cadence : float
        Steps/min of real time; NaN with fewer than three contacts.
    standard_error : float
        Steps/min.
    """
    contacts = events[events.kind == "contact"]
    times = np.sort(contacts.time_s.to_numpy(dtype=float))
    if len(times) < 3:
        return float("nan"), float("nan")
    phase = cleaned.phase.phase_at(times)
    inner = np.zeros(len(phase), dtype=bool)
    for part in cleaned.phase.segments:
        first, last = cleaned.phase.phase[part.start], cleaned.phase.phase[part.stop - 1]
        inner |= (phase > first + EDGE_STRIDES) & (phase < last - EDGE_STRIDES)
    if inner.sum() >= MIN_INNER_CONTACTS:
        times, phase = times[inner], phase[inner]
    numbers = np.round(2 * (phase - phase[0])).astype(float)
    paused = np.diff(times, prepend=times[0]) > PAUSE_STRIDES / cleaned.phase.frequency_hz
    slope, error = _slope(times, numbers, paused)
    # The shortest gap first: each that is counted makes the rhythm better known.
    gaps = np.flatnonzero(paused)
    for gap in gaps[np.argsort(times[gaps] - times[gaps - 1], kind="stable")]:
        if not _has_unseen_frames(times[gap - 1], times[gap], cleaned):
            continue
        steps = (times[gap] - times[gap - 1]) / slope
        by_phase = numbers[gap] - numbers[gap - 1]
        counted = by_phase + 2 * np.round((steps - by_phase) / 2)
        difference = abs(steps - counted)
        if difference <= MAX_UNSEEN_DIFFERENCE and 2 - difference >= MIN_WRONG_RHYTHM * steps:
            numbers[gap:] += counted - by_phase
            paused[gap] = False
            slope, error = _slope(times, numbers, paused)
    cadence = 60 / (slope * real_per_playback)
    return cadence, cadence * error / slope


def _slope(times: FloatArray, numbers: FloatArray, paused: BoolArray) -> tuple[float, float]:
    """Fit the time of a step, s, and its standard error.

    How many steps a pause lasted is unknown: each section between pauses gets an offset of its own.
    """
    section = np.cumsum(paused, dtype=np.intp)
    within = _without_section_means(numbers, section)
    if not within.any():
        return float("nan"), float("nan")
    return line_fit(within, _without_section_means(times, section))


def _has_unseen_frames(before: float, after: float, cleaned: CleanedPose) -> bool:
    """Say whether frames between two contacts were not looked at, rather than show nobody who runs."""
    starts = cleaned.phase.starts
    return bool(((starts > before) & (starts <= after)).any())


def _without_section_means(values: FloatArray, section: NDArray[np.intp]) -> FloatArray:
    return np.asarray(values - (np.bincount(section, values) / np.bincount(section))[section])


SPEC = MetricSpec(
    key="cadence",
    unit="steps/min",
    plausible=(125, 245),  # Method §9 [E]: `PLAUSIBLE_CADENCE`, which also refuses the other metrics
    views=("side", "rear", "front"),
    sided=False,
    definition="How often a foot lands, both feet counted, over the whole clip.",
    formula="60 / slope of the times of IC against step number",
    sign="both feet counted",
    sources=("fukuchi2017", "malisoux2023"),
    measure_clip=measure_cadence,
    moment="contact",
    evidence="both_feet",
    keypoints=("hip", "knee", "ankle"),
    needs_feet_in_frame=False,
)
