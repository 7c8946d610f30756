"""One athlete over time as a page: plots with intervals, and what really changed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gait.findings.value_text import number, unit_text
from gait.history.change_text import (
    depends_on_speed,
    display_of,
    metric_of,
    name_of,
    signed,
    signed_interval,
    threshold_words,
    verdict_words,
)
from gait.history.metric_trend import Trend
from gait.history.page_files import render_history_template, write_html_file
from gait.history.trend_plots import difference_scale, trend_plot
from gait.report.report_json import gait_version
from gait.report.time_plots import Plot

if TYPE_CHECKING:
    from markupsafe import Markup

    from gait.history.athlete_history import History


@dataclass(frozen=True)
class ChangeRow:
    """One metric and side in the table of changes, in words."""

    name: str
    side: str
    values: str
    difference: str
    interval: str
    verdict: str
    kind: str
    threshold: str
    remark: str
    scale: Markup | None


@dataclass(frozen=True)
class Card:
    """One metric with its plot."""

    name: str
    unit: str
    sides: tuple[str, ...]
    plot: Plot
    sign: str


def write_page(history: History, athlete: str, path: str | os.PathLike[str]) -> Path:
    """Write the page of one athlete.

    Raises
    ------
    InputError
        No such athlete, or the file cannot be written.
    """
    return write_html_file(Path(path), render_page(history, athlete))


def render_page(history: History, athlete: str) -> str:
    """Make the page of one athlete as one HTML text that loads nothing."""
    sessions = history.sessions(athlete)
    trends = history.trends(athlete)
    name = trends[0].athlete if trends else athlete
    followed = [t for t in trends if t.since_first is not None]
    changed = [t for t in followed if t.since_first is not None and t.since_first.verdict == "changed"]
    rows = [_row(t) for t in (*changed, *(t for t in followed if t not in changed))]
    metrics = dict.fromkeys(t.metric for t in trends)
    dates = [str(d)[:10] for d in sessions["date"]]
    return render_history_template(
        "history.html.j2",
        name=name,
        dates=dates,
        headline=_headline(changed, followed),
        rows=rows,
        notes=_notes(followed),
        cards=[_card([t for t in trends if t.metric == metric]) for metric in metrics],
        version=gait_version(),
    )


def _headline(changed: list[Trend], followed: list[Trend]) -> str:
    if not followed:
        return "One session so far: a change needs a second one"
    if not changed:
        return "Nothing has really changed since the first session"
    metrics = list(dict.fromkeys(t.metric for t in changed))
    more = f" and {len(metrics) - 3} more" if len(metrics) > 3 else ""
    named = [name_of(m) for m in metrics[:3]]
    named = [n if i == 0 else n[:1].lower() + n[1:] for i, n in enumerate(named)]
    return f"Really changed since the first session: {', '.join(named)}{more}"


def _notes(followed: list[Trend]) -> list[str]:
    faster = [t for t in followed if t.speeds_differ]
    named = [name_of(t.metric) for t in faster if depends_on_speed(t.metric)]
    if not named:
        return []
    speeds = [p.speed_mps for p in (faster[0].points[0], faster[0].points[-1])]
    told = " in the first and ".join(f"{number(3.6 * s, 1)} km/h" for s in speeds if s is not None)
    listed = "; ".join(dict.fromkeys(named))
    return [f"The belt ran at {told} in the last session. That alone changes: {listed}."]


def _row(trend: Trend) -> ChangeRow:
    made = trend.since_first
    assert made is not None
    display = display_of(trend.metric, trend.unit)
    first, last = (
        number((p.value.value or 0.0) * display.scale, display.decimals) for p in (trend.points[0], trend.points[-1])
    )
    known = made.difference is not None and made.interval is not None
    difference = f"{signed(made.difference, display)}{unit_text(display)}" if made.difference is not None else ""
    interval = "" if made.interval is None else signed_interval(made.interval, display)
    verdict = verdict_words(made.verdict)
    name = name_of(trend.metric)
    remarks = [made.reason] if made.reason else []
    if trend.speeds_differ and depends_on_speed(trend.metric):
        remarks.append("another belt speed")
    return ChangeRow(
        name,
        "" if trend.side == "both" else trend.side,
        f"{first} → {last}{unit_text(display)}",
        difference,
        interval,
        verdict,
        "outside" if made.verdict == "changed" else "refused",
        threshold_words(made, display),
        "; ".join(remarks),
        difference_scale(made, display, f"{name}: {difference}, 95 % sure: {interval}: {verdict}") if known else None,
    )


def _card(trends: list[Trend]) -> Card:
    metric = metric_of(trends[0].metric)
    display = display_of(trends[0].metric, trends[0].unit)
    sides = tuple(t.side for t in trends if t.side != "both")
    return Card(
        name_of(trends[0].metric), display.unit, sides, trend_plot(trends), metric.sign if metric is not None else ""
    )
