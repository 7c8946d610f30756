"""The page of a comparison: aligned clips, every difference with its interval, overlaid mean strides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from gait.display_language import Texts, _, as_sentence, clauses_text, side_text
from gait.display_units import number_text
from gait.findings.value_text import SIDE_TEXTS, interval_text, unit_text
from gait.history.change_text import (
    difference_text,
    metric_display,
    metric_name,
    metric_names,
    signed_interval_text,
    signed_text,
    threshold_text,
    verdict_text,
)
from gait.history.comparison import MetricDifference, ReportComparison
from gait.history.page_files import render_history_template
from gait.history.trend_plots import difference_plot
from gait.report.cycle_plots import MIN_STRIDES, OF_THE_TRUNK, ONE_LINE, SIGNAL_TEXTS, UNITS
from gait.report.page_templates import html_text
from gait.report.report_json import gait_version
from gait.report.time_plots import Axis, SvgPlot

if TYPE_CHECKING:
    import xarray as xr

    from gait.findings.knowledge_records import DisplayFormat
    from gait.history.comparison_clip import ComparisonClip
    from gait.history.measurement_change import ComparableValue

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 230, 46, 8, 10, 46
VIEW_TITLES: Mapping[str, str] = Texts({"side": "From the side", "rear": "From behind", "front": "From the front"})


@dataclass(frozen=True)
class DifferenceRow:
    """One difference as text.

    Attributes
    ----------
    name, side : str
    leg : {"left", "right", "both"}
        Colour of the side.
    first, second : (str, str)
        Value with unit, interval.
    difference, interval, verdict : str
    kind : {"outside", "refused"}
        Style of the verdict.
    notes : tuple of str
    plot : Markup or None
        The difference on a line.
    """

    name: str
    side: str
    leg: str
    first: tuple[str, str]
    second: tuple[str, str]
    difference: str
    interval: str
    verdict: str
    kind: str
    notes: tuple[str, ...]
    plot: Markup | None

    @property
    def reasons(self) -> str:
        """All notes as one sentence."""
        return as_sentence(clauses_text(self.notes))


def render_comparison_page(
    comparison: ReportComparison,
    pairs: Mapping[str, tuple[ComparisonClip, ComparisonClip]],
    videos: Mapping[str, str],
    problems: Sequence[str] = (),
) -> str:
    """Render the page as one HTML text that loads nothing but the videos beside it.

    Parameters
    ----------
    comparison : Comparison
    pairs : mapping
        View to both clips, for the mean strides.
    videos : mapping
        View to file name, relative to the page.
    problems : sequence of str
        What is missing on the page, and why.

    Returns
    -------
    str
    """
    order = {"changed": 0, "within noise": 1, "not comparable": 2}
    ordered = sorted(comparison.differences, key=lambda d: order[d.change.verdict])
    shown = shown_metrics(comparison)
    plots = [
        (title, plot)
        for one, other in pairs.values()
        for title, plot in stride_plots(clip_cycles(one), clip_cycles(other), shown, comparison.labels)
    ]
    return render_history_template(
        "compare.html.j2",
        labels=comparison.labels,
        headline=comparison_headline(comparison),
        lead=comparison_lead(comparison),
        notes=[*comparison.notes, *problems],
        rows=[difference_row(d, comparison.same_runner) for d in ordered if d.change.verdict != "not comparable"],
        refused=[difference_row(d, comparison.same_runner) for d in ordered if d.change.verdict == "not comparable"],
        same=comparison.same_runner,
        videos=[(VIEW_TITLES[view], name) for view, name in videos.items()],
        plots=plots,
        version=gait_version(),
    )


def stride_plots(
    first: xr.Dataset, second: xr.Dataset, shown: set[tuple[str, str]], labels: tuple[str, str]
) -> list[tuple[str, SvgPlot]]:
    """Overlay the mean strides of both, the first solid, the second dashed.

    Parameters
    ----------
    first, second : xarray.Dataset
        From `gait.metrics.gait_cycles.gait_cycles`.
    shown : set of (metric, side)
        What was measured in both. A leg whose metric was refused in one of them is left out.
    labels : (str, str)

    Returns
    -------
    list of (title, SvgPlot)
        Signals that both have.
    """
    plots = []
    for signal in (str(name) for name in first["signal"].values):
        if signal not in second["signal"].values:
            continue
        title, metric = _(SIGNAL_TEXTS[signal][0]), SIGNAL_TEXTS[signal][2]
        sides = [s for s in ("left", "right") if {(metric, s), (metric, "both")} & shown]
        pair = (first.sel(signal=signal), second.sel(signal=signal))
        sides = [s for s in sides if min(int(c["strides"].sel(side=s)) for c in pair) >= MIN_STRIDES]
        if signal in ONE_LINE:
            sides = sides[:1]
        if sides:
            plots.append((title, _stride_plot(pair, signal, sides, labels)))
    return plots


def _stride_plot(
    pair: tuple[xr.Dataset, xr.Dataset], signal: str, sides: list[str], labels: tuple[str, str]
) -> SvgPlot:
    title, direction = (_(text) for text in SIGNAL_TEXTS[signal][:2])
    unit = UNITS[str(pair[0]["unit"].values)]
    means = {(n, s): np.asarray(c["mean"].sel(side=s).values, dtype=float) for n, c in enumerate(pair) for s in sides}
    low, high = min(float(m.min()) for m in means.values()), max(float(m.max()) for m in means.values())
    spread = max(high - low, 1e-3)
    x, y = Axis(0, 100, LEFT, WIDTH - RIGHT), Axis(low - 0.06 * spread, high + 0.06 * spread, HEIGHT - BOTTOM, TOP)
    percent = np.asarray(pair[0]["percent"].values, dtype=float)
    digits = 0 if y.step(4) >= 1 else 1 if y.step(4) >= 0.1 else 2
    shapes = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="row" x="{LEFT - 6}" y="{y(t) + 4:.1f}">{number_text(t, digits)}</text>'
        for t in y.ticks(4)
    ]
    shapes += [
        f'<text class="tick" x="{x(t):.1f}" y="{HEIGHT - BOTTOM + 18}">{t:.0f} %</text>' for t in (0, 25, 50, 75)
    ]
    summaries = []
    for side in sides:
        colour = "both" if signal in ONE_LINE else side
        for n, kind in enumerate(("first", "second")):
            line = "L".join(f"{x(p):.1f} {y(v):.1f}" for p, v in zip(percent, means[n, side], strict=True))
            shapes.append(f'<path class="{kind} {colour}" d="M{line}"/>')
        apart = float(np.abs(means[1, side] - means[0, side]).max())
        value = f"{number_text(apart, 0 if unit == '°' else 2)}{unit if unit == '°' else f' {unit}'}"
        if colour == "both":
            text = _("at most {value} apart")
        elif signal in OF_THE_TRUNK:
            text = side_text("in strides of the {side} foot: at most {value} apart", side)
        else:
            text = side_text("{side} leg: at most {value} apart", side)
        summaries.append(text.format(value=value))
    axis_text = f"{unit}, {direction}"
    shapes.append(
        f'<text class="tick" x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}">{html_text(axis_text)}</text>'
    )
    caption = as_sentence(clauses_text(summaries))
    text = _("{curve} over the mean stride, {first} solid, {second} dashed.")
    description = f"{text.format(curve=title, first=labels[0], second=labels[1])} {caption}"
    svg = (
        f'<svg class="plot cycle" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html_text(description)}">'
        f"{''.join(shapes)}</svg>"
    )
    return SvgPlot(Markup(svg), caption)


def clip_cycles(clip: ComparisonClip) -> xr.Dataset:
    """Compute the gait cycles of one clip.

    Parameters
    ----------
    clip : ComparisonClip

    Returns
    -------
    xarray.Dataset
    """
    from gait.metrics.gait_cycles import gait_cycles

    return gait_cycles(clip.view)


def shown_metrics(comparison: ReportComparison) -> set[tuple[str, str]]:
    """List what was measured in both reports.

    Parameters
    ----------
    comparison : ReportComparison

    Returns
    -------
    set of (metric, side)
    """
    both = (d for d in comparison.differences if d.first.value is not None and d.second.value is not None)
    return {(d.key, d.side) for d in both}


def comparison_headline(comparison: ReportComparison) -> str:
    """Say in one line what differs.

    Parameters
    ----------
    comparison : ReportComparison

    Returns
    -------
    str
    """
    metrics = list(dict.fromkeys(d.key for d in comparison.changed))
    if not metrics:
        return _("Nothing has really changed") if comparison.same_runner else _("No difference exceeds the noise")
    text = _("Really changed: {metrics}") if comparison.same_runner else _("Really different: {metrics}")
    return text.format(metrics=metric_names(metrics))


def comparison_lead(comparison: ReportComparison) -> str:
    """Say how the two are compared.

    Parameters
    ----------
    comparison : ReportComparison

    Returns
    -------
    str
    """
    if comparison.same_runner:
        text = _(
            "Compared as one runner ({reason}). Where both were filmed from the same side, errors that the method "
            "makes on this body both times drop out of the differences."
        )
    else:
        text = _(
            "Compared as two runners ({reason}). The method can err differently on two bodies, so the intervals are "
            "wide."
        )
    return text.format(reason=comparison.assumed)


def difference_row(d: MetricDifference, same: bool) -> DifferenceRow:
    """Describe one difference as text.

    Parameters
    ----------
    d : MetricDifference
    same : bool
        Whether one runner is assumed.

    Returns
    -------
    DifferenceRow
    """
    display = metric_display(d.key, d.first.unit)
    change = d.change
    comparable = change.difference is not None and change.interval is not None
    difference = "" if change.difference is None else f"{signed_text(change.difference, display)}{unit_text(display)}"
    interval = "" if change.interval is None else signed_interval_text(change.interval, display)
    verdict = verdict_text(change.verdict, same_runner=same)
    threshold = threshold_text(change, display) if comparable else ""
    notes = [text for text in (threshold, change.reason, d.remark) if text]
    name = metric_name(d.key)
    return DifferenceRow(
        name,
        "" if d.side == "both" else SIDE_TEXTS[d.side],
        d.side,
        _value(d.first, display),
        _value(d.second, display),
        difference,
        interval,
        verdict,
        "outside" if change.verdict == "changed" else "refused",
        tuple(notes),
        difference_plot(change, difference_text(name, difference, interval, verdict)) if comparable else None,
    )


def _value(value: ComparableValue, display: DisplayFormat) -> tuple[str, str]:
    if value.value is None:
        return "–", ""
    text = f"{number_text(value.value * display.scale, display.decimals)}{unit_text(display)}"
    if value.low is None or value.high is None:
        return text, ""
    return text, interval_text((value.low, value.high), display)
