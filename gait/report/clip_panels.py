"""What the report says about each analysed video, for the runner and, apart from it, for a technician."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from gait.report.page_records import Player, VideoPanel
from gait.report.page_wording import FACING_TEXTS, VIEW_TEXTS
from gait.report.stride_figure import StrideFigure
from gait.report.time_plots import SvgPlot
from gait.signal.tracking_errors import impossible_frames

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis


def describe_clip(
    number: int,
    view: ViewAnalysis,
    player: Player | None,
    plots: Sequence[tuple[str, SvgPlot]],
    cycles: Sequence[tuple[str, SvgPlot]],
    stride: StrideFigure | None = None,
) -> VideoPanel:
    """Describe one analysed video.

    Parameters
    ----------
    number : int
        Of the view, from 0.
    view : ViewAnalysis
    player : Player or None
        Its annotated video.
    plots, cycles : sequence of (title, SvgPlot)
    stride : StrideFigure, optional

    Returns
    -------
    VideoPanel
    """
    info = view.info
    facts = [FACING_TEXTS[info.facing], f"{info.duration_s:.1f} s"]
    technical = [
        f"{info.frames} frames, {info.playback_fps:.4g} per second, {info.width} × {info.height} pixels",
        f"runner found in {info.detected_fraction * 100:.1f} % of the frames",
    ]
    if abs(info.capture_fps / info.playback_fps - 1) > 0.01:
        facts.append(f"slow motion: filmed at {info.capture_fps:.4g} frames per second")
    if info.swapped_frames_repaired:
        count = info.swapped_frames_repaired
        technical.append(f"left and right leg swapped back in {count} frame{'' if count == 1 else 's'}")
    if impossible := impossible_frames(view.clean):
        seen = "1 frame" if impossible == 1 else f"{impossible} frames"
        technical.append(f"in {seen} a leg cannot be where it was found, so it is neither drawn nor averaged there")
    technical.append(f"body points found by {info.engine}")
    warnings = dict.fromkeys([*info.warnings, *getattr(view.camera, "warnings", ())])
    return VideoPanel(
        title=f"Clip {number + 1}, {VIEW_TEXTS[info.view]}",
        file=PurePath(info.file).name,
        facts=tuple(facts),
        technical=tuple(technical),
        warnings=tuple(warnings),
        plots=tuple(plots),
        cycles=tuple(cycles),
        player=player,
        stride=stride,
        side_view=info.view == "side",
    )


def real_seconds(view: ViewAnalysis) -> float:
    """Return how long the runner was filmed, seconds of real time.

    Parameters
    ----------
    view : ViewAnalysis

    Returns
    -------
    float
    """
    return view.info.duration_s * view.info.real_per_playback
