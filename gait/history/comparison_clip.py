"""One clip of a report for a comparison: its video, its poses analysed again, and its strides."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gait.display_language import _
from gait.display_text import encodable_text
from gait.errors import InputError, RefusedError
from gait.history.stride_alignment import StrideClock, stride_clock
from gait.io.report_reader import SavedReport

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis

#: Longest part of a run in a comparison, seconds of real time; more shows nothing new. [E]
MAX_DURATION_S = 20.0
#: Poses before and after that part, seconds of real time: filters need them. [E]
MARGIN_S = 2.0


@dataclass(frozen=True)
class ComparisonClip:
    """One video of a report, analysed again from its saved poses.

    Attributes
    ----------
    file : Path
    view : ViewAnalysis
        Of the part that is compared.
    clock : StrideClock
        Contacts in that part.
    real_per_playback : float
        Real seconds per second of playback.
    fps : float
        Capture rate, frames per second.
    """

    file: Path
    view: ViewAnalysis = field(repr=False)
    clock: StrideClock
    real_per_playback: float
    fps: float


def load_comparison_clip(report: SavedReport, view: str) -> ComparisonClip:
    """Load and analyse a report's clip of one view.

    Parameters
    ----------
    report : SavedReport
        With a video of that view.
    view : {"side", "rear", "front"}

    Returns
    -------
    ComparisonClip

    Raises
    ------
    InputError
        The report was given as data, or its video or poses are gone.
    RefusedError
        Too few contacts follow one another.
    """
    from gait.analysis.view_analysis import analyze_pose
    from gait.pose.dataset import load_pose

    number = next(n for n, v in enumerate(report.videos) if v["view"] == view)
    record = report.videos[number]
    name = Path(record["file"]).name
    file = report.video_file(number)
    if report.folder is None or file is None:
        raise InputError(_("{file}: the video is gone; put it back, or beside the report").format(file=record["file"]))
    contacts = [
        (float(e["time_s"]), str(e["side"]))
        for e in report.record["events"]
        if e["video"] == number and e["kind"] == "contact"
    ]
    clock = stride_clock(contacts)
    if clock is None:
        raise RefusedError(_("{name}: too few contacts follow one another").format(name=name))
    pose = None
    for pose_file in sorted(report.folder.glob("pose_*.nc")):
        pose = load_pose(pose_file)
        if encodable_text(Path(str(pose.attrs.get("source_file"))).name) == encodable_text(name):
            break
        pose.close()
        pose = None
    if pose is None:
        raise InputError(
            _("{folder}: the poses of {name} are gone; run gait analyze again").format(folder=report.folder, name=name)
        )
    capture_fps, playback_fps = float(record["capture_fps"]), float(record["playback_fps"])
    real_per_playback = playback_fps / capture_fps
    if capture_fps != playback_fps:
        pose.attrs["capture_fps"] = capture_fps
    end = clock.contacts_s[0] + MAX_DURATION_S / real_per_playback
    clock = clock.first_contacts(int(np.searchsorted(clock.contacts_s, end, side="right")))
    first, last = float(clock.contacts_s[0]), float(clock.contacts_s[-1])
    margin = MARGIN_S / real_per_playback
    analysis = analyze_pose(pose.sel(time=slice(first - margin, last + margin)).load(), view=view)  # type: ignore[arg-type]
    pose.close()
    return ComparisonClip(file, analysis, clock, real_per_playback, capture_fps)
