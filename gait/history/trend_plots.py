"""Values over time and differences as inline SVG, in the style of the report's plots."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from markupsafe import Markup
from scipy.optimize import isotonic_regression

from gait.display_language import Texts, _, as_sentence, date_text, labelled_text, ngettext
from gait.display_units import number_text
from gait.findings.knowledge_records import DisplayFormat
from gait.findings.value_text import unit_text
from gait.history.change_text import metric_display, metric_name, signed_text
from gait.history.measurement_change import ValueChange
from gait.history.metric_trend import MetricTrend, TrendPoint
from gait.report.page_templates import html_text
from gait.report.time_plots import Axis, SvgPlot

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 230, 50, 14, 14, 34
#: Largest number of sessions in a plot with rings; more would hide the line. [E]
MAX_RINGS = 60
#: Distance between sessions that would lie on one another, such as those of one day: a ring's width. [E]
_APART = 16.0
#: Share of the time axis that such distances take up at most; the rest stays in proportion to time. [E]
_MAX_APART_SHARE = 0.5
#: Letters of an ISO date that make the day; those that make the time of day, and what stands there without one.
_DAY, _TIME, _NO_TIME = slice(10), slice(11, 16), ("", "00:00")


@dataclass(frozen=True)
class TimeScale:
    """Places of sessions and days along the time axis that several plots share.

    Attributes
    ----------
    sessions : mapping
        Number of a session → place in the picture.
    days : mapping
        Day, ISO 8601 → place.
    labels : tuple of (float, str, str)
        Place, text and text anchor of the dates below.
    """

    sessions: Mapping[int, float]
    days: Mapping[str, float]
    labels: tuple[tuple[float, str, str], ...]


def time_scale(sessions: Mapping[int, str], days: Iterable[str] = ()) -> TimeScale:
    """Place sessions, and days such as those of a diary, on one time axis.

    Parameters
    ----------
    sessions : mapping
        Number of a session → date, ISO 8601.
    days : iterable of str
        ISO 8601.

    Returns
    -------
    TimeScale
        Sessions of one day stand side by side, in the order of their times.
    """
    dates: dict[Hashable, str] = dict(sessions.items())
    dates |= {day: day for day in set(days)}
    ordered = dict(sorted(dates.items(), key=lambda item: (_moment(item[1]), str(item[0]).zfill(20))))
    if not ordered:
        return TimeScale({}, {}, ())
    places = _session_positions(ordered)
    return TimeScale(
        {key: place for key, place in places.items() if isinstance(key, int)},
        {key: place for key, place in places.items() if isinstance(key, str)},
        tuple(_date_labels(list(ordered.values()), list(places.values()))),
    )


def trend_plot(
    trends: Sequence[MetricTrend],
    *,
    scale: TimeScale | None = None,
    ordinary: tuple[float | None, float | None] | None = None,
    target: float | None = None,
) -> SvgPlot:
    """Draw the sides of one metric over time: values, 95 % intervals shaded, rings where really changed.

    Parameters
    ----------
    trends : sequence of MetricTrend
        Of one metric, one a side, each with at least one point.
    scale : TimeScale, optional
        A time axis that is shared with other plots; their own one without it.
    ordinary : (float or None, float or None), optional
        The ordinary range, in the metric's unit, drawn as a band; ``None`` where it is open.
    target : float, optional
        What the runner aims at, in the metric's unit; drawn as a dashed line.

    Returns
    -------
    SvgPlot
        With a caption that says the same.
    """
    display = metric_display(trends[0].metric, trends[0].unit)
    scale = scale or time_scale({point.session: point.date for trend in trends for point in trend.points})
    x = scale.sessions
    ends = [e * display.scale for t in trends for p in t.points for e in _ends(p)]
    ends += [] if target is None else [target * display.scale]
    limits = [None if limit is None else limit * display.scale for limit in ordinary or (None, None)]
    own = max(max(ends) - min(ends), 1e-3)
    # A limit that lies near what was measured is shown; a far one would flatten the course. [E]
    ends += [limit for limit in limits if limit is not None and min(ends) - own < limit < max(ends) + own]
    margin = 0.08 * max(max(ends) - min(ends), 1e-3)
    y = Axis(min(ends) - margin, max(ends) + margin, HEIGHT - BOTTOM, TOP)
    shapes = _ordinary_band(limits, y)
    shapes += [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="row" x="{LEFT - 7}" y="{y(t) + 4:.1f}">{_tick(t, y)}</text>'
        for t in y.ticks(4)
    ]
    shapes += _below(scale)
    if target is not None:
        at = y(target * display.scale)
        shapes.append(f'<line class="target" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
    titles = _session_titles(trends)
    for trend in trends:
        shapes += _side_shapes(trend, x, y, display, titles)
    summary = " ".join(as_sentence(_summary(t, display)) for t in trends)
    if target is not None:
        text = _("Dashed: the target, {value}.")
        shown = f"{number_text(target * display.scale, display.decimals)}{unit_text(display)}"
        summary += f" {text.format(value=shown)}"
    count = len(trends[0].points)
    text = ngettext("{metric} over time, {count} session.", "{metric} over time, {count} sessions.", count)
    description = f"{text.format(metric=metric_name(trends[0].metric), count=count)} {summary}"
    svg = (
        f'<svg class="plot over" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html_text(description)}">'
        f"{''.join(shapes)}</svg>"
    )
    return SvgPlot(Markup(svg), summary)


def pain_plot(levels: Mapping[str, tuple[int, str]], scale: TimeScale) -> SvgPlot:
    """Draw a pain diary on the time axis of the trends: a bar for each day, from 0 to 10.

    Parameters
    ----------
    levels : mapping
        Day, ISO 8601 → strongest pain of the day, and what a reader is told of it.
    scale : TimeScale
        With these days.

    Returns
    -------
    SvgPlot
        With a caption that says the same.
    """
    y = Axis(-0.4, 10.4, HEIGHT - BOTTOM, TOP)
    shapes = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="row" x="{LEFT - 7}" y="{y(t) + 4:.1f}">{t}</text>'
        for t in (0, 5, 10)
    ]
    shapes += _below(scale)
    shapes += [
        f'<line class="session" x1="{place:.1f}" x2="{place:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        for place in scale.sessions.values()
    ]
    for day, (level, text) in sorted(levels.items()):
        place = scale.days[day]
        shapes.append(f'<line class="pain" x1="{place:.1f}" x2="{place:.1f}" y1="{y(0):.1f}" y2="{y(level):.1f}"/>')
        shapes.append(
            f'<circle class="pain" cx="{place:.1f}" cy="{y(level):.1f}" r="4"><title>{html_text(text)}</title></circle>'
        )
    days = sorted(levels)
    text = ngettext(
        "{count} day in the diary; strongest pain {most} of 10, last {last} of 10.",
        "{count} days in the diary; strongest pain {most} of 10, last {last} of 10.",
        len(days),
    )
    caption = text.format(
        count=len(days), most=max(level for level, _text in levels.values()), last=levels[days[-1]][0]
    )
    svg = (
        f'<svg class="plot over" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html_text(caption)}">'
        f"{''.join(shapes)}</svg>"
    )
    return SvgPlot(Markup(svg), caption)


def _below(scale: TimeScale) -> list[str]:
    return [
        f'<text class="tick {anchor}" x="{place:.1f}" y="{HEIGHT - BOTTOM + 20}">{text}</text>'
        for place, text, anchor in scale.labels
    ]


def _ordinary_band(limits: Sequence[float | None], y: Axis) -> list[str]:
    """Shade the ordinary range as far as it lies in the plot."""
    low, high = limits
    if low is None and high is None:
        return []
    bottom = HEIGHT - BOTTOM if low is None else min(y(low), HEIGHT - BOTTOM)
    top = TOP if high is None else max(y(high), TOP)
    if bottom - top < 1:
        return []
    return [
        f'<rect class="ordinary" x="{LEFT}" y="{top:.1f}" width="{WIDTH - RIGHT - LEFT}" height="{bottom - top:.1f}"/>'
    ]


def _session_positions(dates: Mapping[Hashable, str]) -> dict[Hashable, float]:
    """Place sessions on the time axis, none nearer to the one before than a ring, as far as there is room.

    Parameters
    ----------
    dates : mapping
        Number of a session, or a day → date, in order of time.

    Returns
    -------
    dict
        The same keys → place in the picture.
    """
    moments = [_moment(date) for date in dates.values()]
    since_first = np.array([(moment - moments[0]).total_seconds() for moment in moments])
    span = float(since_first[-1])
    if span == 0:  # nothing but the order is known
        even = np.linspace(LEFT, WIDTH - RIGHT, len(moments) + 2)[1:-1]
        return dict(zip(dates, even.tolist(), strict=True))
    axis = Axis(-0.03 * span, 1.03 * span, LEFT, WIDTH - RIGHT)
    in_time = np.array([axis(moment) for moment in since_first])
    begin, end = LEFT + _APART / 2, WIDTH - RIGHT - _APART / 2
    apart = min(_APART, _MAX_APART_SHARE * (end - begin) / max(len(moments) - 1, 1))
    # The nearest places that keep the order and the distance: isotonic regression on what is left without distances.
    taken = apart * np.arange(len(moments))
    places = np.clip(isotonic_regression(in_time - taken).x, begin, end - taken[-1]) + taken
    return dict(zip(dates, places.tolist(), strict=True))


def _session_titles(trends: Sequence[MetricTrend]) -> dict[int, str]:
    """Name each session by its day; with others on that day, by the time or its number, and by its name."""
    points = {point.session: point for trend in trends for point in trend.points}
    by_day: dict[str, list[TrendPoint]] = {}
    for point in sorted(points.values(), key=lambda p: (_moment(p.date), p.session)):
        by_day.setdefault(point.date[_DAY], []).append(point)
    titles = {}
    for day, of_day in by_day.items():
        for number, point in enumerate(of_day, start=1):
            time = point.date[_TIME]
            title = day if len(of_day) == 1 or time in _NO_TIME else f"{day} {time}"
            if len(of_day) > 1:
                text = _("{session}, {number} of {all} that day")
                title = text.format(session=title, number=number, all=len(of_day))
            titles[point.session] = f"{title}, {point.name}" if point.name else title
    return titles


def _side_shapes(
    trend: MetricTrend, x: Mapping[int, float], y: Axis, display: DisplayFormat, titles: Mapping[int, str]
) -> list[str]:
    scale, colour = display.scale, trend.side
    places = [x[point.session] for point in trend.points]
    lows, highs = zip(*(_ends(p) for p in trend.points), strict=True)
    values = [(p.value.value or 0.0) * scale for p in trend.points]
    shapes = []
    if len(values) == 1:
        shapes.append(
            f'<line class="range {colour}" x1="{places[0]:.1f}" x2="{places[0]:.1f}" '
            f'y1="{y(lows[0] * scale):.1f}" y2="{y(highs[0] * scale):.1f}"/>'
        )
    else:
        forth = [(place, low * scale) for place, low in zip(places, lows, strict=True)]
        back = [(place, high * scale) for place, high in zip(reversed(places), reversed(highs), strict=True)]
        shapes.append(f'<path class="spread {colour}" d="M{_path([*forth, *back], y)}Z"/>')
        shapes.append(f'<path class="mean {colour}" d="M{_path(list(zip(places, values, strict=True)), y)}"/>')
    dot = 3.6 if len(values) <= MAX_RINGS else 1.6
    for n, (place, value, point) in enumerate(zip(places, values, trend.points, strict=True)):
        shown = f"{number_text(value, display.decimals)}{unit_text(display)}"
        title = labelled_text(titles[point.session], shown)
        since = trend.from_first[n - 1] if n else None
        if since is not None and since.verdict == "changed" and since.difference is not None:
            text = _("{session}: {value}; {difference} since the first: really changed")
            difference = signed_text(since.difference, display)
            title = text.format(session=titles[point.session], value=shown, difference=difference)
            if len(values) <= MAX_RINGS:
                shapes.append(f'<circle class="ring {colour}" cx="{place:.1f}" cy="{y(value):.1f}" r="7.5"/>')
        shapes.append(
            f'<circle class="dot {colour}" cx="{place:.1f}" cy="{y(value):.1f}" r="{dot}">'
            f"<title>{html_text(title)}</title></circle>"
        )
    return shapes


def difference_plot(change: ValueChange, text: str) -> Markup:
    """Draw a difference with its interval on a line, with what cannot be detected shaded about 0.

    Parameters
    ----------
    change : Change
        With a difference.
    text : str
        What the plot shows, for screen readers.

    Returns
    -------
    Markup
        SVG.
    """
    assert change.difference is not None
    assert change.interval is not None
    low, high = change.interval
    reach = 1.15 * max(abs(low), abs(high), change.smallest or 0.0, 1e-9)
    x = Axis(-reach, reach, 8, 232)
    shapes = []
    if change.smallest:
        a, b = x(-change.smallest), x(change.smallest)
        shapes.append(f'<rect class="noise" x="{a:.1f}" y="3" width="{b - a:.1f}" height="22" rx="3"/>')
    shapes.append('<line class="zero" x1="120" x2="120" y1="1" y2="27"/>')
    kind = "changed" if change.verdict == "changed" else "same"
    shapes.append(f'<line class="range {kind}" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="14" y2="14"/>')
    shapes.append(f'<circle class="dot {kind}" cx="{x(change.difference):.1f}" cy="14" r="5"/>')
    return Markup(
        f'<svg class="delta" viewBox="0 0 240 28" role="img" aria-label="{html_text(text)}">{"".join(shapes)}</svg>'
    )


def _summary(trend: MetricTrend, display: DisplayFormat) -> str:
    values = [trend.points[0].value.value, trend.points[-1].value.value]
    first, last = (number_text((v or 0.0) * display.scale, display.decimals) for v in values)
    unit = unit_text(display)
    change = trend.since_first
    text = _ONCE[trend.side] if change is None else _COURSES[trend.side, change.verdict]
    return text.format(first=first, last=f"{last}{unit}")


#: Side → text about a value that was measured once.
_ONCE: Mapping[str, str] = Texts(
    {"left": "left leg: {last}, once", "right": "right leg: {last}, once", "both": "{last}, once"}
)
#: Side and verdict → text about a course.
_COURSES: Mapping[tuple[str, str], str] = Texts(
    {
        ("left", "changed"): "left leg: from {first} to {last}, really changed",
        ("left", "within noise"): "left leg: from {first} to {last}, within noise",
        ("left", "not comparable"): "left leg: from {first} to {last}, cannot be compared",
        ("right", "changed"): "right leg: from {first} to {last}, really changed",
        ("right", "within noise"): "right leg: from {first} to {last}, within noise",
        ("right", "not comparable"): "right leg: from {first} to {last}, cannot be compared",
        ("both", "changed"): "from {first} to {last}, really changed",
        ("both", "within noise"): "from {first} to {last}, within noise",
        ("both", "not comparable"): "from {first} to {last}, cannot be compared",
    }
)


def _ends(point: TrendPoint) -> tuple[float, float]:
    assert point.value.low is not None
    assert point.value.high is not None
    return point.value.low, point.value.high


def _moment(date: str) -> datetime:
    return datetime.fromisoformat(date).replace(tzinfo=None)


def _date_labels(dates: Sequence[str], places: Sequence[float]) -> list[tuple[float, str, str]]:
    """Choose the dates below the plot, three at most: place, text and text anchor."""
    begin, end = dates[0], dates[-1]
    middle = (LEFT + WIDTH - RIGHT) / 2
    if begin[_DAY] != end[_DAY]:
        return [(places[0], _day(_moment(begin)), "start"), (places[-1], _day(_moment(end)), "end")]
    if begin[_TIME] in _NO_TIME or begin == end:
        return [(middle, _day(_moment(begin)), "middle")]
    return [
        (places[0], begin[_TIME], "start"),
        (middle, _day(_moment(begin)), "middle"),
        (places[-1], end[_TIME], "end"),
    ]


def _day(moment: datetime) -> str:
    return date_text(moment.date(), short=True)


def _tick(value: float, axis: Axis) -> str:
    step = axis.step(4)
    return number_text(value, 0 if step >= 1 else 1 if step >= 0.1 else 2)


def _path(points: Sequence[tuple[float, float]], y: Axis) -> str:
    return "L".join(f"{place:.1f} {y(value):.1f}" for place, value in points)
