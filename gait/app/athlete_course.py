"""The course of one athlete as the history page shows it: plots on one time axis, target, reminder and diary."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gait.app.app_store import AppStore
from gait.app.body_map import area_name
from gait.app.session_store import list_sessions, report_file
from gait.display_language import _, as_sentence, date_text, labelled_text, list_text
from gait.display_units import number_text, speed_in_units
from gait.errors import InputError
from gait.findings.bands import Limits
from gait.findings.finder import cadence_target
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.value_text import SIDE_TEXTS, unit_text
from gait.history.belt_speeds import different_speeds
from gait.history.change_text import metric_display, metric_entry, metric_name
from gait.history.metric_trend import MetricTrend, TrendPoint
from gait.history.trend_plots import TimeScale, pain_plot, time_scale, trend_plot
from gait.records import Runner
from gait.report.time_plots import SvgPlot
from gait.session_files import REPORT_RECORD

#: Days of practice after which to film again (``dose`` of ``land_under_you`` in ``gait/findings/corrections.toml``).
PRACTICE_DAYS = 14
#: Corrections that change cadence: after one of them a target of cadence is offered.
CADENCE_CORRECTION = "raise_cadence"
_DAY = slice(10)


@dataclass(frozen=True)
class CourseRow:
    """One session of a metric, as text.

    Attributes
    ----------
    session : int
    date, side, value, interval, speed : str
    report : bool
        Whether there is a page.
    """

    session: int
    date: str
    side: str
    value: str
    interval: str
    speed: str
    report: bool


@dataclass(frozen=True)
class CourseCard:
    """One metric with its plot.

    Attributes
    ----------
    metric, name, unit : str
    sides : tuple of (str, str)
    plot : SvgPlot
    notes : tuple of str
        What a positive value means; the ordinary range.
    rows : tuple of CourseRow
        The same as a table.
    """

    metric: str
    name: str
    unit: str
    sides: tuple[tuple[str, str], ...]
    plot: SvgPlot
    notes: tuple[str, ...]
    rows: tuple[CourseRow, ...]


@dataclass(frozen=True)
class Reminder:
    """What to film next, and when.

    Attributes
    ----------
    headline : str
    lines : tuple of str
    due : bool
        The day has come.
    offered : tuple of (str, float) or None
        Metric and value of a target that the last report calls for.
    offered_text : str
    """

    headline: str
    lines: tuple[str, ...]
    due: bool
    offered: tuple[str, float] | None = None
    offered_text: str = ""


def course_scale(trends: Sequence[MetricTrend], pain: Sequence[Mapping[str, Any]]) -> TimeScale:
    """Lay the sessions and the days of the diary on one axis.

    Parameters
    ----------
    trends : sequence of MetricTrend
    pain : sequence of mapping
        From `gait.app.diary_store.list_pain`.

    Returns
    -------
    TimeScale
    """
    sessions = {point.session: point.date for trend in trends for point in trend.points}
    return time_scale(sessions, (entry["day"] for entry in pain))


def course_cards(
    store: AppStore, athlete: Mapping[str, Any], trends: Sequence[MetricTrend], scale: TimeScale
) -> list[CourseCard]:
    """Draw every metric: the target's first, then in order of importance.

    Parameters
    ----------
    store : AppStore
    athlete : mapping
        From `gait.app.athlete_details.get_athlete_details`.
    trends : sequence of MetricTrend
    scale : TimeScale

    Returns
    -------
    list of CourseCard
    """
    reports = {session["id"] for session in list_sessions(store, athlete["id"]) if session["report"]}
    metrics = list(dict.fromkeys(trend.metric for trend in trends if trend.points))
    metrics.sort(key=lambda metric: metric != athlete["target_metric"])
    return [
        _card(metric, [t for t in trends if t.metric == metric and t.points], athlete, scale, reports)
        for metric in metrics
    ]


def draw_pain(pain: Sequence[Mapping[str, Any]], scale: TimeScale) -> SvgPlot | None:
    """Draw the diary on the same axis.

    Parameters
    ----------
    pain : sequence of mapping
        From `gait.app.diary_store.list_pain`.
    scale : TimeScale

    Returns
    -------
    SvgPlot or None
        ``None`` without entries.
    """
    by_day: dict[str, list[Mapping[str, Any]]] = {}
    for entry in pain:
        by_day.setdefault(entry["day"], []).append(entry)
    if not by_day:
        return None
    levels = {}
    for day, entries in by_day.items():
        named = ", ".join(f"{area_name(entry['area'])} {entry['level']}" for entry in entries)
        levels[day] = (max(entry["level"] for entry in entries), labelled_text(day_text(day), named))
    return pain_plot(levels, scale)


def remind(
    store: AppStore, athlete: Mapping[str, Any], trends: Sequence[MetricTrend], *, today: dt.date
) -> Reminder | None:
    """Say what to film next: for the target, or what the last report calls for.

    Parameters
    ----------
    store : AppStore
    athlete : mapping
    trends : sequence of MetricTrend
    today : date

    Returns
    -------
    Reminder or None
        ``None`` without a session.
    """
    sessions = list_sessions(store, athlete["id"])
    if not sessions:
        return None
    last = sessions[0]
    since = dt.date.fromisoformat(last["date"][_DAY])
    day = since + dt.timedelta(days=PRACTICE_DAYS)
    record = _record(store, sessions)
    step = (record.get("next_step") or {}).get("text")
    speed = last["speed_mps"]
    at_speed = "" if speed is None else speed_in_units(speed)
    own = next((t for t in trends if t.metric == athlete["target_metric"] and t.points), None)
    lines: list[str] = []
    if athlete["target_metric"] is not None and athlete["target_value"] is not None:
        target = _value_text(athlete["target_metric"], own, athlete["target_value"])
        headline = _("Film again at {target}").format(target=target)
        if own is not None:
            lines.append(_target_line(athlete, own))
    else:
        headline = _("Film again")
    due = today >= day
    if due and at_speed:
        text = _("The last film is of {date}. Film from the same side, at {speed} again, for half a minute.")
    elif due:
        text = _("The last film is of {date}. Film from the same side, at the same speed, for half a minute.")
    elif at_speed:
        text = _("Practise until {day}; then film from the same side, at {speed} again, for half a minute.")
    else:
        text = _("Practise until {day}; then film from the same side, at the same speed, for half a minute.")
    lines.append(text.format(date=date_text(since), day=date_text(day), speed=at_speed))
    if step:
        lines.append(step)
    offered = _offered_target(athlete, record, trends)
    text = ""
    if offered is not None:
        text = _("Take {value} as my target").format(value=_value_text(offered[0], None, offered[1]))
    return Reminder(headline, tuple(lines), due, offered, text)


def day_text(day: str) -> str:
    """Write a stored day as people do.

    Parameters
    ----------
    day : str
        ISO 8601.

    Returns
    -------
    str
        The text itself where it is no day.
    """
    try:
        return date_text(dt.date.fromisoformat(day[_DAY]))
    except ValueError:
        return day


def _card(
    metric: str, trends: list[MetricTrend], athlete: Mapping[str, Any], scale: TimeScale, reports: set[int]
) -> CourseCard:
    entry = metric_entry(metric)
    display = metric_display(metric, trends[0].unit)
    last = max((t.points[-1] for t in trends), key=lambda point: (point.date, point.session))
    limits = _ordinary(metric, athlete, last)
    target = athlete["target_value"] if metric == athlete["target_metric"] else None
    ordinary = None if limits is None else (limits.low, limits.high)
    notes = [as_sentence(entry.sign)] if entry is not None and entry.sign else []
    if limits is not None:
        notes.append(_ordinary_text(metric, trends[0], limits, last.speed_mps))
    return CourseCard(
        metric,
        metric_name(metric),
        display.unit,
        tuple((t.side, SIDE_TEXTS[t.side]) for t in trends if t.side != "both"),
        trend_plot(trends, scale=scale, ordinary=ordinary, target=target),
        tuple(note for note in notes if note),
        tuple(_rows(trends, reports)),
    )


def _rows(trends: Sequence[MetricTrend], reports: set[int]) -> list[CourseRow]:
    rows = []
    for trend in trends:
        display = metric_display(trend.metric, trend.unit)
        for point in trend.points:
            low, value, high = (
                number_text((number or 0.0) * display.scale, display.decimals)
                for number in (point.value.low, point.value.value, point.value.high)
            )
            rows.append(
                CourseRow(
                    point.session,
                    day_text(point.date),
                    "" if trend.side == "both" else SIDE_TEXTS[trend.side],
                    f"{value}{unit_text(display)}",
                    _("{low} to {high}").format(low=low, high=high),
                    "" if point.speed_mps is None else speed_in_units(point.speed_mps),
                    point.session in reports,
                )
            )
    return sorted(rows, key=lambda row: -row.session)


def _ordinary(metric: str, athlete: Mapping[str, Any], last: TrendPoint) -> Limits | None:
    """Return the range for this runner at the speed of the last session."""
    entry = metric_entry(metric)
    if entry is None or entry.band is None:
        return None
    runner = Runner(athlete["name"], athlete["height_m"], athlete["leg_length_m"], athlete["speed_mps"])
    return entry.band.of(replace(runner, speed_mps=last.speed_mps or runner.speed_mps))


def _ordinary_text(metric: str, trend: MetricTrend, limits: Limits, speed: float | None) -> str:
    display = metric_display(metric, trend.unit)
    low, high = (
        None if limit is None else number_text(limit * display.scale, display.decimals)
        for limit in (limits.low, limits.high)
    )
    unit = unit_text(display)
    if low is not None and high is not None:
        span = _("{low} to {high}").format(low=low, high=f"{high}{unit}")
    elif low is not None:
        span = _("at least {low}").format(low=f"{low}{unit}")
    elif high is not None:
        span = _("at most {high}").format(high=f"{high}{unit}")
    else:
        return ""
    if speed is not None and limits.speed_range_mps is not None:
        text = _("Grey: ordinary for you at {speed}, {span}.")
        return text.format(speed=speed_in_units(speed), span=span)
    return _("Grey: ordinary, {span}.").format(span=span)


def _target_line(athlete: Mapping[str, Any], trend: MetricTrend) -> str:
    point, target = trend.points[-1], athlete["target_value"]
    display = metric_display(trend.metric, trend.unit)
    low, value, high = (
        number_text((number or 0.0) * display.scale, display.decimals)
        for number in (point.value.low, point.value.value, point.value.high)
    )
    first = next((p for p in trend.points if _same_speed(trend.metric, p, point)), point)
    upwards = target >= (first.value.value or 0.0)
    ends = (point.value.low or 0.0, point.value.high or 0.0)
    if (ends[0] >= target) if upwards else (ends[1] <= target):
        text = _("{metric}: {value} ({low} to {high}) on {date}. The target is reached.")
    elif ends[0] <= target <= ends[1]:
        text = _("{metric}: {value} ({low} to {high}) on {date}. The target lies within the interval.")
    else:
        text = _("{metric}: {value} ({low} to {high}) on {date}. The target is not reached yet.")
    return text.format(
        metric=metric_name(trend.metric),
        value=f"{value}{unit_text(display)}",
        low=low,
        high=high,
        date=day_text(point.date),
    )


def _same_speed(metric: str, one: TrendPoint, other: TrendPoint) -> bool:
    return different_speeds(metric, one.speed_mps, other.speed_mps) is None


def _value_text(metric: str, trend: MetricTrend | None, value: float) -> str:
    entry = load_knowledge().metrics.get(metric)
    unit = trend.unit if trend is not None else "" if entry is None else entry.unit
    display = metric_display(metric, unit)
    shown = value * display.scale
    whole = abs(shown - round(shown)) < 0.5 * 10**-display.decimals
    return f"{number_text(shown, 0 if whole else display.decimals)}{unit_text(display)}"


def _record(store: AppStore, sessions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Read the latest report that is kept here."""
    for session in sessions[:1]:
        if session["report"]:
            try:
                content = report_file(store, session["id"], REPORT_RECORD).read_bytes()
                record = json.loads(content)
            except (OSError, ValueError, InputError):
                continue
            if isinstance(record, dict):
                return record
    return {}


def _offered_target(
    athlete: Mapping[str, Any], record: Mapping[str, Any], trends: Sequence[MetricTrend]
) -> tuple[str, float] | None:
    """Offer a cadence between the limits that the last report prescribes, where no target is set."""
    if athlete["target_metric"] is not None:
        return None
    wanted = {correction for finding in record.get("findings", ()) for correction in finding.get("corrections", ())}
    cadence = next((t for t in trends if t.metric == "cadence" and t.points), None)
    if CADENCE_CORRECTION not in wanted or cadence is None or cadence.points[-1].value.value is None:
        return None
    low, high, _limit = cadence_target(cadence.points[-1].value.value)
    return "cadence", float(round((low + high) / 2))


def live_rows(store: AppStore, athlete: int) -> list[dict[str, str]]:
    """List live sessions as text, the latest first.

    Parameters
    ----------
    store : AppStore
    athlete : int

    Returns
    -------
    list of dict
        ``date, target, minutes, result``.
    """
    rows = store.rows("SELECT * FROM live_sessions WHERE athlete = ? ORDER BY at DESC, id DESC LIMIT 200", athlete)
    return [
        {
            "date": day_text(row["at"]),
            "target": live_target_text(row["target"]),
            "minutes": _("{minutes} min").format(minutes=number_text(row["seconds"] / 60, 1)),
            "result": _live_result(row["result"]),
        }
        for row in rows
    ]


def live_target_text(target: str) -> str:
    """Name what a live session was about.

    Parameters
    ----------
    target : str
        Key of a metric, or any text.

    Returns
    -------
    str
    """
    return metric_name(target) if target in load_knowledge().metrics else target


def _live_result(content: str) -> str:
    try:
        record = json.loads(content)
    except ValueError:
        return ""
    parts = []
    if isinstance(record, dict):
        seconds, inside = record.get("seconds_measured"), record.get("seconds_inside")
        if isinstance(seconds, int | float) and isinstance(inside, int | float) and 0 <= inside <= seconds > 0:
            parts.append(_("{percent} % on target").format(percent=round(100 * inside / seconds)))
    return list_text(parts)
