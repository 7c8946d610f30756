"""Steps per minute, both feet counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gait._typing import FloatArray
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
#: Steps between two windows of frames are counted by the rhythm where they are so few, and differ by less than so much
#: from a whole number: a wrong count would need a rhythm that differs by 2 % in the gap. [E]
MAX_UNSEEN_STEPS, MAX_UNSEEN_REMAINDER = 40.0, 0.25


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
    # How many steps a pause lasted is unknown: each section between pauses gets an offset of its own in the fit.
    paused = np.diff(times, prepend=times[0]) > PAUSE_STRIDES / cleaned.phase.frequency_hz
    for gap in np.flatnonzero(paused):
        paused[gap] = not _is_counted(times[gap - 1], times[gap], cleaned)
    section = np.cumsum(paused, dtype=np.intp)
    slope, error = line_fit(_without_section_means(numbers, section), _without_section_means(times, section))
    cadence = 60 / (slope * real_per_playback)
    return cadence, cadence * error / slope


def _is_counted(before: float, after: float, cleaned: CleanedPose) -> bool:
    """Say whether the steps between two contacts are known although no frame between them was seen."""
    starts = cleaned.phase.starts
    if not ((starts > before) & (starts <= after)).any():
        return False
    steps = 2 * (after - before) * cleaned.phase.frequency_hz
    return bool(steps <= MAX_UNSEEN_STEPS and abs(steps - round(steps)) < MAX_UNSEEN_REMAINDER)


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
