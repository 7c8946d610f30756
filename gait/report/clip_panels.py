"""What the report says about each analysed video, for the runner and, apart from it, for a technician."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from gait.display_language import _, ngettext
from gait.display_units import number_text, significant_text
from gait.report.page_records import Player, VideoPanel
from gait.report.page_wording import FACING_TEXTS, clip_title
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
    facts = [FACING_TEXTS[info.facing], f"{number_text(info.duration_s, 1)} s"]
    technical = [
        _("{frames} frames, {rate} per second, {width} × {height} pixels").format(
            frames=info.frames, rate=significant_text(info.playback_fps, 4), width=info.width, height=info.height
        ),
        _("runner found in {percent} % of the frames").format(percent=number_text(info.detected_fraction * 100, 1)),
    ]
    if info.frames_seen is not None:
        text = _(
            "body points looked for in {seen} of these frames, in windows spread over the clip: more of them would not "
            "have narrowed any range noticeably"
        )
        technical.append(text.format(seen=info.frames_seen))
    if abs(info.capture_fps / info.playback_fps - 1) > 0.01:
        text = _("slow motion: filmed at {rate} frames per second")
        facts.append(text.format(rate=significant_text(info.capture_fps, 4)))
    if info.swapped_frames_repaired:
        count = info.swapped_frames_repaired
        text = ngettext(
            "left and right leg swapped back in {count} frame",
            "left and right leg swapped back in {count} frames",
            count,
        )
        technical.append(text.format(count=count))
    if impossible := impossible_frames(view.clean):
        text = ngettext(
            "in {count} frame a leg cannot be where it was found, so it is neither drawn nor averaged there",
            "in {count} frames a leg cannot be where it was found, so it is neither drawn nor averaged there",
            impossible,
        )
        technical.append(text.format(count=impossible))
    technical.append(_("body points found by {engine}").format(engine=info.engine))
    warnings = dict.fromkeys([*info.warnings, *getattr(view.camera, "warnings", ())])
    return VideoPanel(
        title=clip_title(number, info.view),
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
