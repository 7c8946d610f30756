"""Which parts of a clip its annotated video holds: those that the report shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gait._typing import FloatArray
from gait.findings.assessment import compare_with_bands
from gait.pose.dataset import SAMPLED_WINDOWS_ATTR, seen_windows
from gait.report.cycle_plots import typical_strides
from gait.report.finding_cards import measurements_of
from gait.report.lead_picture import USUAL_DRAWINGS, representative_measurement

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.session import Session

#: Seconds of real time that are shown before and after a moment: about three strides each. [E]
AROUND_S = 2.0
#: Length of the stretch that is always shown, seconds of real time. [E]
GOOD_STRETCH_S = 8.0
#: A film no longer than this, seconds of real time, is written whole, as is one of which this share is shown. [E]
SHORT_FILM_S, WHOLE_SHARE = 20.0, 0.8
#: Parts closer than this, seconds of real time, are joined: a jump takes longer to understand. [E]
JOIN_S = 1.0
_KEY = "gait_windows"


@dataclass(frozen=True)
class VideoWindows:
    """The parts of a clip that an annotated video holds, one after the other.

    Attributes
    ----------
    parts : tuple of (float, float)
        Start and end of each part, s of the clip, increasing.
    """

    parts: tuple[tuple[float, float], ...]

    @property
    def length_s(self) -> float:
        """Length of the annotated video, s."""
        return sum(end - start for start, end in self.parts)

    @property
    def table(self) -> list[tuple[float, float, float]]:
        """Start and end of each part in the clip, and its start in the annotated video, s."""
        rows, begin = [], 0.0
        for start, end in self.parts:
            rows.append((round(start, 4), round(end, 4), round(begin, 4)))
            begin += end - start
        return rows

    def player_time(self, clip_s: float) -> float:
        """Return when the annotated video shows a moment of the clip.

        Parameters
        ----------
        clip_s : float
            Seconds of the clip.

        Returns
        -------
        float
            Seconds of the annotated video; of the nearest moment where it does not hold this one.
        """
        nearest = [(abs(clip_s - min(max(clip_s, a), b)), min(max(clip_s, a), b) - a + at) for a, b, at in self.table]
        return min(nearest)[1]

    def to_comment(self) -> str:
        """Write the parts as the text that the annotated video keeps.

        Returns
        -------
        str
        """
        return json.dumps({_KEY: [[round(a, 5), round(b, 5)] for a, b in self.parts]})


def read_video_windows(path: Path) -> VideoWindows | None:
    """Read which parts of a clip an annotated video holds.

    Parameters
    ----------
    path : Path
        An ``.mp4``.

    Returns
    -------
    VideoWindows or None
        ``None`` where the file does not say: earlier versions of gait wrote the whole clip.
    """
    import av

    try:
        with av.open(f"file:{path}") as container:
            parts = json.loads(container.metadata.get("comment", ""))[_KEY]
        pairs = tuple((float(start), float(end)) for start, end in parts)
    except (OSError, ValueError, KeyError, TypeError, av.FFmpegError):
        return None
    return VideoWindows(pairs) if pairs and all(a < b for a, b in pairs) else None


def whole_film(view: ViewAnalysis) -> VideoWindows:
    """Return the whole analysed part of a clip as one part.

    Parameters
    ----------
    view : ViewAnalysis

    Returns
    -------
    VideoWindows
    """
    return VideoWindows((_span(view),))


def windows_to_show(view: ViewAnalysis, moments: Iterable[float]) -> VideoWindows:
    """Choose the parts of a clip to write: around each moment, and the stretch with most complete steps.

    Parameters
    ----------
    view : ViewAnalysis
    moments : iterable of float
        Seconds of the clip that the report shows.

    Returns
    -------
    VideoWindows
        The whole clip where it is short, or nearly all of it is shown.
    """
    start, end = _span(view)
    playback = 1 / view.info.real_per_playback
    if end - start <= SHORT_FILM_S * playback:
        return whole_film(view)
    around = AROUND_S * playback
    wanted = [(moment - around, moment + around) for moment in moments if start <= moment <= end]
    wanted.append(_good_stretch(view, GOOD_STRETCH_S * playback))
    joined: list[tuple[float, float]] = []
    for low, high in sorted((max(low, start), min(high, end)) for low, high in wanted):
        if joined and low - joined[-1][1] < JOIN_S * playback:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    chosen = VideoWindows(tuple(joined))
    return whole_film(view) if chosen.length_s >= WHOLE_SHARE * (end - start) else chosen


def shown_moments(session: Session) -> dict[int, list[float]]:
    """List the moments of each clip that the report shows or links to.

    Parameters
    ----------
    session : Session

    Returns
    -------
    dict
        Number of the view to seconds of its clip: the frames of the findings, that of the first screen, and the strides
        of the plots of joint angles.
    """
    moments: dict[int, list[float]] = {number: [] for number in range(len(session.views))}
    assessed = compare_with_bands(session.measurements, session.runner)
    leads = [measurements_of(finding, assessed) for finding in (*session.findings, *session.likely)]
    shown = [representative_measurement(lead) for lead in leads if lead]
    if not shown:
        usual = [a.measurement for key in USUAL_DRAWINGS for a in assessed if a.measurement.key == key]
        shown = [m for m in usual if m.evidence_s is not None]
    for measurement in shown:
        if measurement.evidence_s is not None and measurement.video in moments:
            moments[measurement.video].append(measurement.evidence_s)
    for number, view in enumerate(session.views):
        for begin, end in typical_strides(view.events).values():
            moments[number].append((begin + end) / 2)
    return moments


def has_unseen_frames(view: ViewAnalysis, windows: VideoWindows) -> bool:
    """Tell whether parts of a clip hold stretches in which no frame was seen.

    Parameters
    ----------
    view : ViewAnalysis
    windows : VideoWindows

    Returns
    -------
    bool
    """
    seen = [(start - JOIN_S / 10, end + JOIN_S / 10) for start, end in _seen(view)]
    return any(not any(a <= start and end <= b for a, b in seen) for start, end in windows.parts)


def on_frames(windows: VideoWindows, times: FloatArray, frame_s: float) -> VideoWindows:
    """Move the ends of all parts to the frames of the film.

    Parameters
    ----------
    windows : VideoWindows
    times : (n,) float array
        When the frames of the film are shown, s.
    frame_s : float
        How long the last frame of a part is shown, s.

    Returns
    -------
    VideoWindows
        Without parts in which there is no frame.
    """
    parts = []
    for start, end in windows.parts:
        inside = times[(times >= start - frame_s / 2) & (times < end - frame_s / 2)]
        if len(inside):
            parts.append((float(inside[0]), float(inside[-1]) + frame_s))
    # Uneven frame times may make a part reach into the next one.
    cut = [(a, min(b, following)) for (a, b), (following, _) in pairwise(parts)]
    return VideoWindows((*cut, *parts[-1:]))


def _span(view: ViewAnalysis) -> tuple[float, float]:
    times = view.clean["time"].values
    rate = float(view.clean.attrs.get("fps", view.info.playback_fps))
    return float(times[0]), float(times[-1]) + 1 / rate


def _seen(view: ViewAnalysis) -> list[tuple[float, float]]:
    return seen_windows(view.clean) if SAMPLED_WINDOWS_ATTR in view.clean.attrs else [_span(view)]


def _good_stretch(view: ViewAnalysis, length_s: float) -> tuple[float, float]:
    """Find the stretch with most values of complete steps; of equal ones that nearest to the middle of the clip."""
    start, end = _span(view)
    middle = (start + end) / 2
    numbers = view.steps.select_dtypes("number").drop(columns=["step", "contact_s", "toe_off_s"], errors="ignore")
    times = view.steps["contact_s"].to_numpy(dtype=float) if "contact_s" in view.steps else np.empty(0)
    values = 1 + numbers.notna().sum(axis=1).to_numpy(dtype=float) if len(times) else np.empty(0)
    values, times = values[np.isfinite(times)], times[np.isfinite(times)]
    candidates = [(max(start, min(low, high - length_s)), high) for low, high in _starts(view, length_s)]
    scores = [_score(times, values, low, min(low + length_s, high)) for low, high in candidates]
    best = max(scores)
    good = [c for c, score in zip(candidates, scores, strict=True) if score >= best - 1e-9]
    low, high = min(good, key=lambda c: abs(c[0] + length_s / 2 - middle))
    return low, min(low + length_s, high)


def _starts(view: ViewAnalysis, length_s: float) -> Sequence[tuple[float, float]]:
    """List where a stretch may start, a second apart, and the end of what was seen there."""
    starts = []
    for low, high in _seen(view):
        last = max(low, high - length_s)
        starts += [(float(at), high) for at in np.linspace(low, last, max(int(last - low), 1) + 1)]
    return starts or [_span(view)]


def _score(times: FloatArray, values: FloatArray, low: float, high: float) -> float:
    return float(values[(times >= low) & (times < high)].sum())
