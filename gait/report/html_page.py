"""``report.html``: one file that needs no network and can be read on a phone or printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gait.display_language import N_, _, date_text, speak
from gait.display_units import show_in
from gait.errors import GaitError
from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.finder import MAX_FINDINGS_SHOWN
from gait.metrics.gait_cycles import average_cycles
from gait.owned_files import owned_write
from gait.records import Measurement
from gait.report.annotated_video import stance_phases
from gait.report.cycle_plots import cycle_plots, typical_strides
from gait.report.evidence_stills import EvidenceStill, make_still
from gait.report.finding_cards import measurements_of
from gait.report.lead_picture import lead_picture, representative_measurement, short_label
from gait.report.page_content import build_page
from gait.report.page_records import Player, ReportPage
from gait.report.page_templates import inline_files, template_environment
from gait.report.page_wording import clip_title
from gait.report.report_json import gait_version
from gait.report.stride_figure import StrideFigure, stride_figure
from gait.report.time_plots import SvgPlot, cadence_over_time, timeline
from gait.report.video_windows import VideoWindows, has_unseen_frames, whole_film
from gait.video.recording_time import recording_time

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.session import Session

#: Length of the part of a clip over which gait cycles are averaged, seconds of real time. [E] A longer part changes the
#: mean little, and an hour need not fit into memory.
CYCLES_S = 60.0
NO_STILLS = N_(
    "The video {file} could not be read when this report was written. Pictures of it are drawn from the body points, "
    "or missing; the numbers are complete."
)


def render_html(
    session: Session,
    *,
    videos: Mapping[int, str] | None = None,
    windows: Mapping[int, VideoWindows] | None = None,
) -> str:
    """Make the report as one HTML text.

    Parameters
    ----------
    session : Session
        A finished analysis. Its videos are read for the stills; the report names a video that cannot be read any more.
    videos : mapping, optional
        Annotated videos by number of the view: file names relative to the report.
    windows : mapping, optional
        The parts of the clip that each of them holds; the whole clip without it.

    Returns
    -------
    str
        HTML that loads nothing but the annotated videos beside it.
    """
    with show_in(session.units), speak(session.language):
        return _render(_fill_page(session, videos or {}, windows or {}))


def _fill_page(session: Session, videos: Mapping[int, str], windows: Mapping[int, VideoWindows]) -> ReportPage:
    players = {
        number: _player(number, session.views[number], name, windows.get(number)) for number, name in videos.items()
    }
    assessed = compare_with_bands(session.measurements, session.runner)
    leads = [measurements_of(finding, assessed) for finding in (*session.findings, *session.likely)]
    stills, unreadable = _stills(session, leads)
    made: dict[tuple[str, str], EvidenceStill] = {(m.key, m.side): still for (m, still) in stills.values()}
    picture, also_unreadable = lead_picture(session, leads, assessed, players, made=made)
    return build_page(
        session,
        stills={finding: still for finding, (_, still) in stills.items()},
        players=players,
        cycles={n: _cycles(session, n, players.get(n)) for n in range(len(session.views))},
        plots={n: _plots(session, n, players.get(n)) for n in range(len(session.views))},
        strides={n: stride for n in range(len(session.views)) if (stride := _stride(session, n)) is not None},
        picture=picture,
        extra_notices=[_(NO_STILLS).format(file=name) for name in dict.fromkeys((*unreadable, *also_unreadable))],
        version=gait_version(),
        made_on=date_text(dt.date.today()),
        filmed_on=_filming_day(session),
    )


def _filming_day(session: Session) -> str:
    """Write the day on which the first film that states it was recorded; empty where none does."""
    moments = (recording_time(Path(view.info.file)) for view in session.views)
    return next((date_text(moment.date()) for moment in moments if moment is not None), "")


def write_html(
    session: Session,
    path: Path,
    *,
    videos: Mapping[int, str] | None = None,
    windows: Mapping[int, VideoWindows] | None = None,
) -> Path:
    """Write the report as HTML, whole or not at all.

    Parameters
    ----------
    session : Session
        A finished analysis.
    path : Path
        File to make or replace.
    videos, windows : mapping, optional
        See `render_html`.

    Returns
    -------
    Path
        ``path``.
    """
    text = render_html(session, videos=videos, windows=windows)
    with owned_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def _player(number: int, view: ViewAnalysis, name: str, windows: VideoWindows | None) -> Player:
    shown = windows or whole_film(view)
    return Player(
        f"player-{number + 1}",
        name,
        clip_title(number, view.info.view),
        view.info.playback_fps,
        tuple(shown.table),
        whole=shown.length_s >= 0.98 * whole_film(view).length_s,
        estimated=has_unseen_frames(view, shown),
    )


def _stills(
    session: Session, leads: Sequence[Sequence[Assessment]]
) -> tuple[dict[tuple[str, str], tuple[Measurement, EvidenceStill]], list[str]]:
    """Make the stills of the findings that are shown in full, by their key and side; name films that are unreadable."""
    stills: dict[tuple[str, str], tuple[Measurement, EvidenceStill]] = {}
    unreadable: dict[str, None] = {}
    findings = (*session.findings, *session.likely)
    for finding, lead in list(zip(findings, leads, strict=True))[:MAX_FINDINGS_SHOWN]:
        if not lead:
            continue
        shown = representative_measurement(lead)
        if shown.evidence_s is None or not 0 <= shown.video < len(session.views):
            continue
        view = session.views[shown.video]
        label = short_label(shown, session.runner)
        try:
            still = make_still(view, key=shown.key, side=shown.side, time_s=shown.evidence_s, label=label)
        except (GaitError, OSError):
            unreadable[Path(view.info.file).name] = None
            continue
        stills[finding.key, finding.side] = (shown, still)
    return stills, list(unreadable)


def _plots(session: Session, number: int, player: Player | None) -> list[tuple[str, SvgPlot]]:
    view = session.views[number]
    element = None if player is None else player.id
    times = view.clean["time"].values
    stances = stance_phases(view)
    plots = []
    bars = timeline(stances, start_s=float(times[0]), end_s=float(times[-1]), player=element)
    if bars is not None:
        plots.append((_("When each foot is on the ground"), bars))
    limit = next(
        (
            a.limits.low
            for a in compare_with_bands(session.measurements, session.runner)
            if a.measurement.key == "cadence" and a.limits
        ),
        None,
    )
    events = view.events
    contacts = [float(t) for t in events.loc[events["kind"] == "contact", "time_s"]]
    real_per_playback = view.info.real_per_playback
    cadence = cadence_over_time(contacts, real_per_playback=real_per_playback, limit=limit, player=element)
    if cadence is not None:
        plots.append((_("Steps per minute over the clip"), cadence))
    return plots


def _cycles(session: Session, number: int, player: Player | None) -> list[tuple[str, SvgPlot]]:
    """Draw the gait cycles of one view; in a long clip, of its middle minute."""
    view = session.views[number]
    times = np.asarray(view.clean["time"].values, dtype=float)
    middle, half = (times[0] + times[-1]) / 2, CYCLES_S / 2 * view.info.capture_fps / view.info.playback_fps
    inside = slice(*np.searchsorted(times, [middle - half, middle + half]))
    events = view.events[view.events["time_s"].between(middle - half, middle + half)]
    cycles = average_cycles(view.clean.isel(time=inside).load(), view.camera, events)
    element = None if player is None else player.id
    speed = _speed_range(session)
    return cycle_plots(cycles, view.measurements, typical_strides(events), player=element, speed_mps=speed)


def _stride(session: Session, number: int) -> StrideFigure | None:
    return stride_figure(session.views[number], speed_mps=_speed_range(session))


def _speed_range(session: Session) -> tuple[float, float] | None:
    given = session.runner.speed_mps
    return session.runner.speed_seen_mps if given is None else (given, given)


def _render(page: ReportPage) -> str:
    template = template_environment("gait.report").get_template("report.html.j2")
    return template.render(
        page=page,
        panel=page.panel,
        style=inline_files("gait.report", "report.css", "answers.css", "exercise.css", "stride_figure.css"),
        script=inline_files("gait.report", "report.js", "answers.js", "stride_figure.js"),
    )
