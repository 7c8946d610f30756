"""Values over time and differences as inline SVG, in the style of the report's plots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup, escape

from gait.findings.knowledge_records import Display
from gait.findings.value_text import number, unit_text
from gait.history.change import Change
from gait.history.change_text import display_of, name_of, signed, verdict_words
from gait.history.metric_trend import Point, Trend
from gait.report.time_plots import Axis, Plot

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 230, 50, 14, 14, 34
#: A plot of more sessions than this has no rings, which would hide the line.
MOST_RINGS = 60


def trend_plot(trends: Sequence[Trend]) -> Plot:
    """Draw the sides of one metric over time: values, 95 % intervals shaded, rings where really changed.

    Parameters
    ----------
    trends : sequence of Trend
        Of one metric, one a side, each with one point at least.
    """
    display = display_of(trends[0].metric, trends[0].unit)
    moments = [[_moment(p.date) for p in t.points] for t in trends]
    begin, end = min(m[0] for m in moments), max(m[-1] for m in moments)
    span = max((end - begin).total_seconds(), 1.0)
    ends = [e * display.scale for t in trends for p in t.points for e in _ends(p)]
    margin = 0.08 * max(max(ends) - min(ends), 1e-3)
    x = Axis(-0.03 * span, 1.03 * span, LEFT, WIDTH - RIGHT)
    y = Axis(min(ends) - margin, max(ends) + margin, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="row" x="{LEFT - 7}" y="{y(t) + 4:.1f}">{_tick(t, y)}</text>'
        for t in y.ticks(4)
    ]
    parts += [
        f'<text class="tick {place}" x="{x((moment - begin).total_seconds()):.1f}" y="{HEIGHT - BOTTOM + 20}">'
        f"{text}</text>"
        for moment, text, place in _dates(begin, end)
    ]
    for trend, times in zip(trends, moments, strict=True):
        parts += _course(trend, [(m - begin).total_seconds() for m in times], x, y, display)
    told = ". ".join(_told(t, display) for t in trends)
    told = f"{told[:1].upper()}{told[1:]}"
    whole = f"{name_of(trends[0].metric)} over time, {len(trends[0].points)} sessions. {told}."
    svg = (
        f'<svg class="plot over" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(whole)}">'
        f"{''.join(parts)}</svg>"
    )
    return Plot(Markup(svg), f"{told}.")


def _course(trend: Trend, times: Sequence[float], x: Axis, y: Axis, display: Display) -> list[str]:
    scale, colour = display.scale, trend.side
    lows, highs = zip(*(_ends(p) for p in trend.points), strict=True)
    values = [(p.value.value or 0.0) * scale for p in trend.points]
    parts = []
    if len(values) == 1:
        parts.append(
            f'<line class="range {colour}" x1="{x(times[0]):.1f}" x2="{x(times[0]):.1f}" '
            f'y1="{y(lows[0] * scale):.1f}" y2="{y(highs[0] * scale):.1f}"/>'
        )
    else:
        there = [(t, low * scale) for t, low in zip(times, lows, strict=True)]
        back = [(t, high * scale) for t, high in zip(reversed(times), reversed(highs), strict=True)]
        parts.append(f'<path class="spread {colour}" d="M{_path([*there, *back], x, y)}Z"/>')
        parts.append(f'<path class="mean {colour}" d="M{_path(list(zip(times, values, strict=True)), x, y)}"/>')
    dot = 3.6 if len(values) <= MOST_RINGS else 1.6
    for n, (time, value, point) in enumerate(zip(times, values, trend.points, strict=True)):
        title = f"{point.date[:10]}: {number(value, display.decimals)}{unit_text(display)}"
        since = trend.from_first[n - 1] if n else None
        if since is not None and since.verdict == "changed" and since.difference is not None:
            title += f"; {signed(since.difference, display)} since the first: really changed"
            if len(values) <= MOST_RINGS:
                parts.append(f'<circle class="ring {colour}" cx="{x(time):.1f}" cy="{y(value):.1f}" r="7.5"/>')
        parts.append(
            f'<circle class="dot {colour}" cx="{x(time):.1f}" cy="{y(value):.1f}" r="{dot}">'
            f"<title>{escape(title)}</title></circle>"
        )
    return parts


def difference_scale(change: Change, display: Display, text: str) -> Markup:
    """Draw a difference with its interval on a line, what cannot be detected shaded about 0.

    Parameters
    ----------
    change : Change
        With a difference.
    display : Display
    text : str
        What the picture says, for someone who does not see it.
    """
    assert change.difference is not None
    assert change.interval is not None
    low, high = change.interval
    reach = 1.15 * max(abs(low), abs(high), change.smallest or 0.0, 1e-9)
    x = Axis(-reach, reach, 8, 232)
    parts = []
    if change.smallest:
        a, b = x(-change.smallest), x(change.smallest)
        parts.append(f'<rect class="noise" x="{a:.1f}" y="3" width="{b - a:.1f}" height="22" rx="3"/>')
    parts.append('<line class="zero" x1="120" x2="120" y1="1" y2="27"/>')
    kind = "changed" if change.verdict == "changed" else "same"
    parts.append(f'<line class="range {kind}" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="14" y2="14"/>')
    parts.append(f'<circle class="dot {kind}" cx="{x(change.difference):.1f}" cy="14" r="5"/>')
    return Markup(
        f'<svg class="delta" viewBox="0 0 240 28" role="img" aria-label="{escape(text)}">{"".join(parts)}</svg>'
    )


def _told(trend: Trend, display: Display) -> str:
    values = [trend.points[0].value.value, trend.points[-1].value.value]
    first, last = (number((v or 0.0) * display.scale, display.decimals) for v in values)
    side = "" if trend.side == "both" else f"{trend.side.capitalize()} leg: "
    if trend.since_first is None:
        return f"{side}{last}{unit_text(display)}, once"
    return f"{side}from {first} to {last}{unit_text(display)}, {verdict_words(trend.since_first.verdict)}"


def _ends(point: Point) -> tuple[float, float]:
    assert point.value.low is not None
    assert point.value.high is not None
    return point.value.low, point.value.high


def _moment(date: str) -> datetime:
    return datetime.fromisoformat(date)


def _dates(begin: datetime, end: datetime) -> list[tuple[datetime, str, str]]:
    """Give two moments at most to write below, how, and on which side of its place the text stands."""
    if (end - begin).total_seconds() < 86_400:
        return [(begin + (end - begin) / 2, _day(begin), "middle")]
    return [(begin, _day(begin), "start"), (end, _day(end), "end")]


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _tick(value: float, axis: Axis) -> str:
    step = axis.step(4)
    return number(value, 0 if step >= 1 else 1 if step >= 0.1 else 2)


def _path(points: Sequence[tuple[float, float]], x: Axis, y: Axis) -> str:
    return "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in points)
