"""``report.html``: one file that opens from disk, without network, on a phone or printed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gait.atomic_files import atomic_write
from gait.errors import GaitError
from gait.findings.assessment import compare_with_bands
from gait.findings.finder import SHOWN_FIRST, supporting
from gait.metrics.gait_cycles import gait_cycles
from gait.report.annotated_video import stances_of
from gait.report.cycle_plots import cycle_plots, usual_strides
from gait.report.evidence_stills import Still, still
from gait.report.page_content import VIEW_WORDS, build_page, representative, short_label
from gait.report.page_records import Player, ReportPage
from gait.report.page_templates import ours, templates
from gait.report.report_json import gait_version
from gait.report.time_plots import Plot, cadence_over_time, timeline

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.session import Session

CYCLES_S = 60.0  # of more, the mean says no more, and an hour need not fit into memory
NO_PICTURES = "could not be read when this report was written, so its pictures are missing; the numbers are complete."


def render_html(session: Session, *, videos: Mapping[int, str] | None = None) -> str:
    """Make the report as one HTML text.

    Parameters
    ----------
    session
        A finished analysis. Its videos are read for the pictures; where one cannot be read any more, the report says
        so and does without.
    videos
        Annotated videos by number of the view: file names relative to the report.

    Returns
    -------
    str
        HTML that loads nothing but the annotated videos beside it.
    """
    players = {number: _player(number, session.views[number], name) for number, name in (videos or {}).items()}
    stills, problems = _stills(session)
    page = build_page(
        session,
        stills=stills,
        players=players,
        cycles={n: _cycles(session, n, players.get(n)) for n in range(len(session.views))},
        plots={n: _plots(session, n, players.get(n)) for n in range(len(session.views))},
        extra_notices=problems,
        version=gait_version(),
    )
    return _render(page)


def write_html(session: Session, path: Path, *, videos: Mapping[int, str] | None = None) -> Path:
    """Write :func:`render_html` to a file, whole or not at all."""
    text = render_html(session, videos=videos)
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def _player(number: int, view: ViewAnalysis, name: str) -> Player:
    start = float(view.clean["time"].values[0])
    title = f"Clip {number + 1}, {VIEW_WORDS[view.info.view]}"
    return Player(f"player-{number + 1}", name, title, view.info.playback_fps, start)


def _stills(session: Session) -> tuple[dict[tuple[str, str], Still], list[str]]:
    assessed = compare_with_bands(session.measurements, session.runner)
    stills: dict[tuple[str, str], Still] = {}
    unread: dict[str, None] = {}
    for finding in session.findings[:SHOWN_FIRST]:
        own, _ = supporting(finding, assessed)
        if not own:
            continue
        shown = representative(own)
        if shown.evidence_s is None or not 0 <= shown.video < len(session.views):
            continue
        view = session.views[shown.video]
        label = short_label(shown, session.runner)
        try:
            stills[finding.key, finding.side] = still(
                view, key=shown.key, side=shown.side, time_s=shown.evidence_s, label=label
            )
        except (GaitError, OSError):
            unread[Path(view.info.file).name] = None
    return stills, [f"The video {name} {NO_PICTURES}" for name in unread]


def _plots(session: Session, number: int, player: Player | None) -> list[tuple[str, Plot]]:
    view = session.views[number]
    element = None if player is None else player.id
    times = view.clean["time"].values
    stances = stances_of(view)
    plots = []
    bars = timeline(stances, start_s=float(times[0]), end_s=float(times[-1]), player=element)
    if bars is not None:
        plots.append(("When each foot is on the ground", bars))
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
    slowed = view.info.playback_fps / view.info.capture_fps
    rhythm = cadence_over_time(contacts, real_per_playback=slowed, limit=limit, player=element)
    if rhythm is not None:
        plots.append(("Steps per minute over the clip", rhythm))
    return plots


def _cycles(session: Session, number: int, player: Player | None) -> list[tuple[str, Plot]]:
    """Draw the gait cycles of one view; of a long clip those of its middle minute."""
    view = session.views[number]
    times = np.asarray(view.clean["time"].values, dtype=float)
    middle, half = (times[0] + times[-1]) / 2, CYCLES_S / 2 * view.info.capture_fps / view.info.playback_fps
    inside = slice(*np.searchsorted(times, [middle - half, middle + half]))
    events = view.events[view.events["time_s"].between(middle - half, middle + half)]
    cycles = gait_cycles(view.clean.isel(time=inside).load(), view.camera, events)
    element = None if player is None else player.id
    known = session.runner.speed_mps
    speed = session.runner.speed_seen_mps if known is None else (known, known)
    return cycle_plots(cycles, view.measurements, usual_strides(events), player=element, speed_mps=speed)


def _render(page: ReportPage) -> str:
    style, script = ours("gait.report", "report.css"), ours("gait.report", "report.js")
    return templates("gait.report").get_template("report.html.j2").render(page=page, style=style, script=script)
