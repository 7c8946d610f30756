"""Comparisons as strips: the ordinary range, the value and its uncertainty on one line, and words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from markupsafe import Markup

from gait.display_language import _
from gait.findings.assessment import Assessment
from gait.findings.bands import Limits
from gait.findings.comparison_counts import comparison_outcome, good_text, limit_note
from gait.findings.knowledge_records import DisplayFormat, Knowledge
from gait.findings.value_text import (
    GRADE_TEXTS,
    SIDE_TEXTS,
    length_text,
    limit_numbers,
    limits_text,
    range_basis_text,
    runner_speed_text,
    unit_text,
    value_text,
)
from gait.records import Runner
from gait.report.page_records import Comparison, MeasuredValue
from gait.report.page_templates import html_text
from gait.report.page_wording import TIER_TEXTS, page_format, page_interval
from gait.report.time_plots import Axis

#: How a comparison ended (`gait.findings.comparison_counts.comparison_outcome`); ``reference``: there is no range.
StripTier = Literal["clear", "likely", "open", "unmeasured", "fine", "no_concern", "reference", "refused"]
#: The most telling first.
TIER_ORDER: tuple[StripTier, ...] = get_args(StripTier)
#: Room beyond the outermost value or limit, as a share of what is drawn. [E]
MARGIN = 0.12
#: Two numbers under a strip closer than this run together, per cent of its width. [E]
CLOSE_PERCENT = 30.0
#: Nearer to the ends of a strip than this, per cent, a number is written inwards. [E]
RIM = (10.0, 90.0)
#: Longest unit that is written behind the numbers under a strip, characters. [E]
LONGEST_UNIT = 2


def comparison_tier(one: Assessment) -> StripTier:
    """Name how the comparison of one measurement ended.

    Parameters
    ----------
    one : Assessment

    Returns
    -------
    str
    """
    if one.verdict == "refused":
        return "refused"
    outcome = comparison_outcome(one)
    return "reference" if outcome is None or outcome == "not_made" else outcome


def comparison_direction(one: Assessment) -> Literal["low", "high"]:
    """Name the limit that a value passes, or comes closest to passing.

    Parameters
    ----------
    one : Assessment

    Returns
    -------
    {"low", "high"}
    """
    if one.flag is not None:
        return one.flag.when
    if one.probability_above is not None and one.probability_below is not None:
        return "high" if one.probability_above >= one.probability_below else "low"
    return "high"


def measured_value(one: Assessment, runner: Runner) -> MeasuredValue | None:
    """Write a measurement as text.

    Parameters
    ----------
    one : Assessment
    runner : Runner
        With a leg length, lengths are written in centimetres too.

    Returns
    -------
    MeasuredValue or None
        ``None`` where it was refused.
    """
    m = one.measurement
    if m.value is None or one.verdict == "refused":
        return None
    display = page_format(one.metric, m)
    return MeasuredValue(
        side=SIDE_TEXTS[m.side],
        side_key=m.side,
        value=value_text(m.value, display),
        length=length_text(m.value, display, runner),
        interval=None if m.interval is None else f"{page_interval(m.interval, display)}{unit_text(display)}",
        steps=m.steps,
        grade=GRADE_TEXTS[m.grade],
        grade_key=m.grade,
    )


def ordinary_text(one: Assessment, runner: Runner, knowledge: Knowledge, *, with_speed: bool = True) -> tuple[str, str]:
    """Write the ordinary range, and where it comes from.

    Parameters
    ----------
    one : Assessment
    runner : Runner
    knowledge : Knowledge
    with_speed : bool
        Say at which speed; the source says it too where runners stand behind the range.

    Returns
    -------
    text, source : str
        Empty without a range.
    """
    if one.metric is None or one.metric.band is None or one.limits is None:
        return "", ""
    display = page_format(one.metric, one.measurement)
    text = f"{limits_text(one.limits, display)}{unit_text(display)}"
    if one.metric.band.depends_on_speed and with_speed:
        speed = runner_speed_text(runner)
        if speed:
            text = _("{range} at {speed}").format(range=text, speed=speed)
        else:
            text = _("{range} over all ordinary speeds").format(range=text)
    papers = knowledge.cite_papers(one.metric.band.sources)
    source = _("indicative: {papers}").format(papers=papers) if one.metric.band.tag == "engineering" else papers
    basis = range_basis_text(one.limits)
    if not basis:
        return text, source
    of_source = _("Source:")
    return text, f"{basis}{'' if basis.endswith('.') else '.'} {of_source} {source}"


def compare_metric(assessed: Sequence[Assessment], runner: Runner, knowledge: Knowledge) -> Comparison:
    """Describe the comparison of one metric, both sides together.

    Parameters
    ----------
    assessed : sequence of Assessment
        Of one metric; at least one.
    runner : Runner
    knowledge : Knowledge

    Returns
    -------
    Comparison
        In the tier of the side that tells most.
    """
    leading = min(assessed, key=lambda a: TIER_ORDER.index(comparison_tier(a)))
    tier = comparison_tier(leading)
    metric, m = leading.metric, leading.measurement
    ordinary, source = ordinary_text(leading, runner, knowledge)
    return Comparison(
        key=m.key,
        name=m.key.replace("_", " ") if metric is None else metric.name,
        tier=tier,
        words=TIER_TEXTS[tier, comparison_direction(leading)],
        good=good_text(leading) or "",
        values=tuple(v for v in (measured_value(a, runner) for a in assessed) if v is not None),
        ordinary=ordinary,
        source=source,
        note=limit_note(leading) or "",
        strip=range_strip(assessed),
    )


def range_strip(assessed: Sequence[Assessment]) -> Markup | None:
    """Draw the values of one metric against its ordinary range.

    Parameters
    ----------
    assessed : sequence of Assessment
        Of one metric.

    Returns
    -------
    markupsafe.Markup or None
        HTML; ``None`` without a range or a value.
    """
    measured = [a for a in assessed if a.measurement.value is not None and a.verdict != "refused"]
    if not measured or measured[0].limits is None:
        return None
    limits, display = measured[0].limits, page_format(measured[0].metric, measured[0].measurement)
    if limits.low is None and limits.high is None:
        return None
    name = measured[0].measurement.key if measured[0].metric is None else measured[0].metric.name
    said = [
        f"{SIDE_TEXTS[a.measurement.side]} {value_text(a.measurement.value, display)}"
        for a in measured
        if a.measurement.value is not None
    ]
    label = _("{metric}: {values}; ordinary {range}").format(
        metric=name, values=", ".join(said), range=f"{limits_text(limits, display)}{unit_text(display)}"
    )
    rows = [
        _StripRow(a.measurement.side, a.measurement.value, a.measurement.interval)
        for a in measured
        if a.measurement.value is not None
    ]
    return _draw(rows, limits, display, label)


@dataclass(frozen=True)
class _StripRow:
    """One value and its interval, in the metric's unit."""

    side: str
    value: float
    interval: tuple[float, float] | None


def _draw(rows: Sequence[_StripRow], limits: Limits, display: DisplayFormat, label: str) -> Markup:
    ends = [e for row in rows for e in (*(row.interval or ()), row.value)]
    ends += [e for e in (limits.low, limits.high) if e is not None]
    spread = (max(ends) - min(ends)) or 1.0
    x = Axis(min(ends) - MARGIN * spread, max(ends) + MARGIN * spread, 0.0, 100.0)
    left, right = (0.0 if limits.low is None else x(limits.low)), (100.0 if limits.high is None else x(limits.high))
    opened = f"{' open-low' if limits.low is None else ''}{' open-high' if limits.high is None else ''}"
    tags = [f'<i class="band{opened}" style="left:{left:.1f}%;width:{right - left:.1f}%"></i>']
    for number, row in enumerate(rows):
        top = f"top:calc({number} * var(--row) + var(--row) / 2)"
        if row.interval is not None:
            a, b = (x(e) for e in row.interval)
            tags.append(f'<i class="err {row.side}" style="left:{a:.1f}%;width:{max(b - a, 0.5):.1f}%;{top}"></i>')
        tags.append(f'<i class="dot {row.side}" style="left:{x(row.value):.1f}%;{top}"></i>')
    return Markup(
        f'<div class="strip rows-{len(rows)}" role="img" aria-label="{html_text(label)}">'
        f'<div class="lane">{"".join(tags)}</div><div class="ends">{_numbers(limits, display, x)}</div></div>'
    )


def _numbers(limits: Limits, display: DisplayFormat, x: Axis) -> str:
    """Write the limits under a strip, apart from each other and inside it."""
    short = display.unit.split()[0] if display.unit else ""
    symbol = short if short == "°" else f" {short}" if len(short) <= LONGEST_UNIT else ""
    written = zip((limits.low, limits.high), limit_numbers(limits, display), strict=True)
    at = [(x(end), text) for end, text in written if end is not None]
    close = len(at) == 2 and at[1][0] - at[0][0] < CLOSE_PERCENT
    tags = []
    for number, (position, text) in enumerate(at):
        style = "middle"
        if position > RIM[1] or (close and number == 0 and position > CLOSE_PERCENT):
            style = "before"
        elif position < RIM[0] or (close and number == 1):
            style = "after"
        tags.append(f'<span class="{style}" style="left:{position:.1f}%">{text}{symbol}</span>')
    return "".join(tags)
