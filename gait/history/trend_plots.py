"""Values over time and differences as inline SVG, in the style of the report's plots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from gait.findings.knowledge_records import DisplayFormat
from gait.findings.value_text import number_text, unit_text
from gait.history.change_text import metric_display, metric_name, signed_text, verdict_text
from gait.history.measurement_change import ValueChange
from gait.history.metric_trend import MetricTrend, TrendPoint
from gait.report.page_templates import html_text
from gait.report.time_plots import Axis, SvgPlot

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 230, 50, 14, 14, 34
#: Largest number of sessions in a plot with rings; more would hide the line. [E]
MAX_RINGS = 60
#: Spans shorter than this get one date below the plot, s.
_ONE_DAY_S = 86_400


def trend_plot(trends: Sequence[MetricTrend]) -> SvgPlot:
    """Draw the sides of one metric over time: values, 95 % intervals shaded, rings where really changed.

    Parameters
    ----------
    trends : sequence of MetricTrend
        Of one metric, one a side, each with at least one point.

    Returns
    -------
    SvgPlot
        With a caption that says the same.
    """
    display = metric_display(trends[0].metric, trends[0].unit)
    moments = [[_moment(p.date) for p in t.points] for t in trends]
    begin, end = min(m[0] for m in moments), max(m[-1] for m in moments)
    span = max((end - begin).total_seconds(), 1.0)
    ends = [e * display.scale for t in trends for p in t.points for e in _ends(p)]
    margin = 0.08 * max(max(ends) - min(ends), 1e-3)
    x = Axis(-0.03 * span, 1.03 * span, LEFT, WIDTH - RIGHT)
    y = Axis(min(ends) - margin, max(ends) + margin, HEIGHT - BOTTOM, TOP)
    shapes = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="row" x="{LEFT - 7}" y="{y(t) + 4:.1f}">{_tick(t, y)}</text>'
        for t in y.ticks(4)
    ]
    shapes += [
        f'<text class="tick {anchor}" x="{x((moment - begin).total_seconds()):.1f}" y="{HEIGHT - BOTTOM + 20}">'
        f"{text}</text>"
        for moment, text, anchor in _dates(begin, end)
    ]
    for trend, times in zip(trends, moments, strict=True):
        shapes += _side_shapes(trend, [(m - begin).total_seconds() for m in times], x, y, display)
    summary = ". ".join(_summary(t, display) for t in trends)
    summary = f"{summary[:1].upper()}{summary[1:]}"
    description = f"{metric_name(trends[0].metric)} over time, {len(trends[0].points)} sessions. {summary}."
    svg = (
        f'<svg class="plot over" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html_text(description)}">'
        f"{''.join(shapes)}</svg>"
    )
    return SvgPlot(Markup(svg), f"{summary}.")


def _side_shapes(trend: MetricTrend, times: Sequence[float], x: Axis, y: Axis, display: DisplayFormat) -> list[str]:
    scale, colour = display.scale, trend.side
    lows, highs = zip(*(_ends(p) for p in trend.points), strict=True)
    values = [(p.value.value or 0.0) * scale for p in trend.points]
    shapes = []
    if len(values) == 1:
        shapes.append(
            f'<line class="range {colour}" x1="{x(times[0]):.1f}" x2="{x(times[0]):.1f}" '
            f'y1="{y(lows[0] * scale):.1f}" y2="{y(highs[0] * scale):.1f}"/>'
        )
    else:
        forth = [(t, low * scale) for t, low in zip(times, lows, strict=True)]
        back = [(t, high * scale) for t, high in zip(reversed(times), reversed(highs), strict=True)]
        shapes.append(f'<path class="spread {colour}" d="M{_path([*forth, *back], x, y)}Z"/>')
        shapes.append(f'<path class="mean {colour}" d="M{_path(list(zip(times, values, strict=True)), x, y)}"/>')
    dot = 3.6 if len(values) <= MAX_RINGS else 1.6
    for n, (time, value, point) in enumerate(zip(times, values, trend.points, strict=True)):
        title = f"{point.date[:10]}: {number_text(value, display.decimals)}{unit_text(display)}"
        since = trend.from_first[n - 1] if n else None
        if since is not None and since.verdict == "changed" and since.difference is not None:
            title += f"; {signed_text(since.difference, display)} since the first: really changed"
            if len(values) <= MAX_RINGS:
                shapes.append(f'<circle class="ring {colour}" cx="{x(time):.1f}" cy="{y(value):.1f}" r="7.5"/>')
        shapes.append(
            f'<circle class="dot {colour}" cx="{x(time):.1f}" cy="{y(value):.1f}" r="{dot}">'
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
    side = "" if trend.side == "both" else f"{trend.side.capitalize()} leg: "
    if trend.since_first is None:
        return f"{side}{last}{unit_text(display)}, once"
    return f"{side}from {first} to {last}{unit_text(display)}, {verdict_text(trend.since_first.verdict)}"


def _ends(point: TrendPoint) -> tuple[float, float]:
    assert point.value.low is not None
    assert point.value.high is not None
    return point.value.low, point.value.high


def _moment(date: str) -> datetime:
    return datetime.fromisoformat(date)


def _dates(begin: datetime, end: datetime) -> list[tuple[datetime, str, str]]:
    """Choose the dates below the plot, two at most: moment, text and text anchor."""
    if (end - begin).total_seconds() < _ONE_DAY_S:
        return [(begin + (end - begin) / 2, _day(begin), "middle")]
    return [(begin, _day(begin), "start"), (end, _day(end), "end")]


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _tick(value: float, axis: Axis) -> str:
    step = axis.step(4)
    return number_text(value, 0 if step >= 1 else 1 if step >= 0.1 else 2)


def _path(points: Sequence[tuple[float, float]], x: Axis, y: Axis) -> str:
    return "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in points)
