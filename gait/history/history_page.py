"""The page of one athlete over time: plots with intervals, and what really changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gait._typing import PathLike
from gait.display_language import _, as_sentence, clauses_text
from gait.display_units import number_text, speed_in_units
from gait.findings.value_text import SIDE_TEXTS, unit_text
from gait.history.belt_speeds import depends_on_speed, speed_consequence
from gait.history.change_text import (
    difference_text,
    metric_display,
    metric_entry,
    metric_name,
    metric_names,
    signed_interval_text,
    signed_text,
    threshold_text,
    verdict_text,
)
from gait.history.metric_trend import MetricTrend
from gait.history.page_files import render_history_template, write_html_file
from gait.history.trend_plots import difference_plot, trend_plot
from gait.report.report_json import gait_version
from gait.report.time_plots import SvgPlot

if TYPE_CHECKING:
    from markupsafe import Markup

    from gait.history.athlete_history import History


@dataclass(frozen=True)
class ChangeRow:
    """One metric and side in the table of changes, as text.

    Attributes
    ----------
    name, side : str
    leg : {"left", "right", "both"}
        Colour of the side.
    values : str
        First → last, with unit.
    difference, interval, verdict : str
    kind : {"outside", "refused"}
        Style of the verdict.
    threshold, remark : str
    plot : Markup or None
        The difference on a line.
    """

    name: str
    side: str
    leg: str
    values: str
    difference: str
    interval: str
    verdict: str
    kind: str
    threshold: str
    remark: str
    plot: Markup | None


@dataclass(frozen=True)
class TrendCard:
    """One metric with its plot.

    Attributes
    ----------
    name, unit : str
    sides : tuple of (str, str)
        "left", "right" and the word for it; empty for a metric without sides.
    plot : SvgPlot
    sign : str
        What a positive value means, one sentence.
    """

    name: str
    unit: str
    sides: tuple[tuple[str, str], ...]
    plot: SvgPlot
    sign: str


@dataclass(frozen=True)
class ShownChanges:
    """What changed since the first session at the same speed, as text.

    Attributes
    ----------
    headline : str
    rows : tuple of ChangeRow
        What really changed first.
    notes : tuple of str
        What limits them.
    """

    headline: str
    rows: tuple[ChangeRow, ...]
    notes: tuple[str, ...]


def write_history_page(history: History, athlete: str, path: PathLike) -> Path:
    """Write the page of one athlete.

    Parameters
    ----------
    history : History
    athlete : str
    path : path
        The HTML file, in a folder that exists.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    InputError
        No such athlete, or the file cannot be written.
    """
    return write_html_file(Path(path), render_history_page(history, athlete))


def render_history_page(history: History, athlete: str) -> str:
    """Render the page of one athlete as one HTML text that loads nothing.

    Parameters
    ----------
    history : History
    athlete : str

    Returns
    -------
    str

    Raises
    ------
    InputError
        No such athlete.
    """
    sessions = history.sessions(athlete)
    trends = history.trends(athlete)
    name = trends[0].athlete if trends else athlete
    changes = describe_changes(trends)
    metrics = dict.fromkeys(t.metric for t in trends)
    dates = [str(d)[:10] for d in sessions["date"]]
    return render_history_template(
        "history.html.j2",
        name=name,
        dates=dates,
        headline=changes.headline,
        rows=changes.rows,
        notes=changes.notes,
        cards=[_card([t for t in trends if t.metric == metric]) for metric in metrics],
        version=gait_version(),
    )


def describe_changes(trends: Sequence[MetricTrend]) -> ShownChanges:
    """Describe what changed since the first session at the same speed.

    Parameters
    ----------
    trends : sequence of MetricTrend

    Returns
    -------
    ShownChanges
    """
    repeated = [t for t in trends if t.since_first is not None]
    changed = [t for t in repeated if t.since_first is not None and t.since_first.verdict == "changed"]
    rows = tuple(_row(t) for t in (*changed, *(t for t in repeated if t not in changed)))
    return ShownChanges(_headline(changed, repeated), rows, tuple(_notes(repeated)))


def _headline(changed: list[MetricTrend], repeated: list[MetricTrend]) -> str:
    if not repeated:
        return _("One session so far; a change needs a second one")
    if not changed:
        return _("Nothing has really changed since the first session")
    metrics = list(dict.fromkeys(t.metric for t in changed))
    return _("Really changed since the first session: {metrics}").format(metrics=metric_names(metrics))


def _notes(repeated: list[MetricTrend]) -> list[str]:
    faster = [t for t in repeated if t.speeds_differ and depends_on_speed(t.metric)]
    named = [metric_name(t.metric) for t in faster]
    if not named:
        return []
    speeds = [p.speed_mps for p in (faster[0].points[faster[0].first_index], faster[0].points[-1])]
    first, last = ("" if speed is None else speed_in_units(speed) for speed in speeds)
    belt = _("The belt ran at {first} in the first and {last} in the last session.").format(first=first, last=last)
    return [f"{belt} {speed_consequence(speeds[0], speeds[-1], ', '.join(dict.fromkeys(named)))}"]


def _row(trend: MetricTrend) -> ChangeRow:
    change = trend.since_first
    assert change is not None
    display = metric_display(trend.metric, trend.unit)
    first, last = (
        number_text((p.value.value or 0.0) * display.scale, display.decimals)
        for p in (trend.points[trend.first_index], trend.points[-1])
    )
    comparable = change.difference is not None and change.interval is not None
    difference = (
        f"{signed_text(change.difference, display)}{unit_text(display)}" if change.difference is not None else ""
    )
    interval = "" if change.interval is None else signed_interval_text(change.interval, display)
    verdict = verdict_text(change.verdict)
    name = metric_name(trend.metric)
    remarks = [change.reason] if change.reason else []
    first_point = trend.points[trend.first_index]
    if change.verdict != "not comparable" and trend.speeds_differ and depends_on_speed(trend.metric):
        remarks.append(_("another belt speed"))
    if trend.first_index > 0:
        remarks.append(_("since {date}, the first session at this speed").format(date=first_point.date[:10]))
    return ChangeRow(
        name,
        "" if trend.side == "both" else SIDE_TEXTS[trend.side],
        trend.side,
        f"{first} → {last}{unit_text(display)}",
        difference,
        interval,
        verdict,
        "outside" if change.verdict == "changed" else "refused",
        threshold_text(change, display),
        clauses_text(remarks),
        difference_plot(change, difference_text(name, difference, interval, verdict)) if comparable else None,
    )


def _card(trends: list[MetricTrend]) -> TrendCard:
    metric = metric_entry(trends[0].metric)
    display = metric_display(trends[0].metric, trends[0].unit)
    sides = tuple((t.side, SIDE_TEXTS[t.side]) for t in trends if t.side != "both")
    return TrendCard(
        metric_name(trends[0].metric),
        display.unit,
        sides,
        trend_plot(trends),
        as_sentence(metric.sign) if metric is not None and metric.sign else "",
    )
