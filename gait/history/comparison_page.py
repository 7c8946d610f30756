"""The page of a comparison: clips in step, every difference with its interval, mean strides laid over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup, escape

from gait.findings.value_text import interval_text, number, unit_text
from gait.history.change_text import (
    display_of,
    name_of,
    signed,
    signed_interval,
    threshold_words,
    verdict_words,
)
from gait.history.comparison import Comparison, Difference
from gait.history.page_files import render_history_template
from gait.history.trend_plots import difference_scale
from gait.report.cycle_plots import LEAST_STRIDES, ONE_SIDE, UNITS, WORDS
from gait.report.report_json import gait_version
from gait.report.time_plots import Axis, Plot

if TYPE_CHECKING:
    import xarray as xr

    from gait.findings.knowledge_records import Display
    from gait.history.change import Value
    from gait.history.comparison_video import ComparisonClip

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 230, 46, 8, 10, 46
VIEW_WORDS = {"side": "From the side", "rear": "From behind", "front": "From the front"}


@dataclass(frozen=True)
class DifferenceRow:
    """One difference in words."""

    name: str
    side: str
    first: tuple[str, str]
    second: tuple[str, str]
    difference: str
    interval: str
    verdict: str
    kind: str
    notes: tuple[str, ...]
    scale: Markup | None


def render_page(
    comparison: Comparison,
    pairs: Mapping[str, tuple[ComparisonClip, ComparisonClip]],
    videos: Mapping[str, str],
    problems: Sequence[str] = (),
) -> str:
    """Make the page as one HTML text that loads nothing but the videos beside it.

    Parameters
    ----------
    comparison : Comparison
    pairs : mapping
        View to both clips, for the mean strides.
    videos : mapping
        View to file name, relative to the page.
    problems : sequence of str
        What could not be shown, and why.
    """
    order = {"changed": 0, "within noise": 1, "not comparable": 2}
    ordered = sorted(comparison.differences, key=lambda d: order[d.change.verdict])
    plots = [
        (title, plot)
        for view, (one, other) in pairs.items()
        for title, plot in stride_plots(_cycles(one), _cycles(other), _shown(comparison), comparison.labels)
    ]
    return render_history_template(
        "compare.html.j2",
        labels=comparison.labels,
        headline=_headline(comparison),
        lead=_lead(comparison),
        notes=[*comparison.notes, *problems],
        rows=[_row(d, comparison.same_runner) for d in ordered if d.change.verdict != "not comparable"],
        refused=[_row(d, comparison.same_runner) for d in ordered if d.change.verdict == "not comparable"],
        same=comparison.same_runner,
        videos=[(VIEW_WORDS[view], name) for view, name in videos.items()],
        plots=plots,
        version=gait_version(),
    )


def stride_plots(
    first: xr.Dataset, second: xr.Dataset, shown: set[tuple[str, str]], labels: tuple[str, str]
) -> list[tuple[str, Plot]]:
    """Draw mean strides of both over each other, the first solid, the second dashed.

    Parameters
    ----------
    first, second : xarray.Dataset
        From `gait.metrics.gait_cycles.gait_cycles`.
    shown : set of (metric, side)
        What was measured in both; a leg whose metric was refused in one is not drawn.
    labels : (str, str)
    """
    made = []
    for signal in (str(name) for name in first["signal"].values):
        if signal not in second["signal"].values:
            continue
        title, _, metric = WORDS[signal]
        sides = [s for s in ("left", "right") if {(metric, s), (metric, "both")} & shown]
        pair = (first.sel(signal=signal), second.sel(signal=signal))
        sides = [s for s in sides if min(int(c["strides"].sel(side=s)) for c in pair) >= LEAST_STRIDES]
        if signal in ONE_SIDE:
            sides = sides[:1]
        if sides:
            made.append((title, _stride_plot(pair, signal, sides, labels)))
    return made


def _stride_plot(pair: tuple[xr.Dataset, xr.Dataset], signal: str, sides: list[str], labels: tuple[str, str]) -> Plot:
    title, direction, _ = WORDS[signal]
    unit = UNITS[str(pair[0]["unit"].values)]
    means = {(n, s): np.asarray(c["mean"].sel(side=s).values, dtype=float) for n, c in enumerate(pair) for s in sides}
    low, high = min(float(m.min()) for m in means.values()), max(float(m.max()) for m in means.values())
    spread = max(high - low, 1e-3)
    x, y = Axis(0, 100, LEFT, WIDTH - RIGHT), Axis(low - 0.06 * spread, high + 0.06 * spread, HEIGHT - BOTTOM, TOP)
    percent = np.asarray(pair[0]["percent"].values, dtype=float)
    digits = 0 if y.step(4) >= 1 else 1 if y.step(4) >= 0.1 else 2
    parts = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="row" x="{LEFT - 6}" y="{y(t) + 4:.1f}">{number(t, digits)}</text>'
        for t in y.ticks(4)
    ]
    parts += [f'<text class="tick" x="{x(t):.1f}" y="{HEIGHT - BOTTOM + 18}">{t:.0f} %</text>' for t in (0, 25, 50, 75)]
    told = []
    for side in sides:
        colour = "both" if signal in ONE_SIDE else side
        for n, kind in enumerate(("first", "second")):
            line = "L".join(f"{x(p):.1f} {y(v):.1f}" for p, v in zip(percent, means[n, side], strict=True))
            parts.append(f'<path class="{kind} {colour}" d="M{line}"/>')
        apart = float(np.abs(means[1, side] - means[0, side]).max())
        leg = "" if colour == "both" else f"{side} leg: "
        told.append(f"{leg}at most {number(apart, 0 if unit == '°' else 2)}{unit if unit == '°' else f' {unit}'} apart")
    words = f"{unit}, {direction}"
    parts.append(f'<text class="tick" x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}">{escape(words)}</text>')
    caption = "; ".join(told)
    caption = f"{caption[:1].upper()}{caption[1:]}."
    whole = f"{title} over the mean stride, {labels[0]} solid, {labels[1]} dashed. {caption}"
    svg = (
        f'<svg class="plot cycle" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(whole)}">'
        f"{''.join(parts)}</svg>"
    )
    return Plot(Markup(svg), caption)


def _cycles(clip: ComparisonClip) -> xr.Dataset:
    from gait.metrics.gait_cycles import gait_cycles

    return gait_cycles(clip.view.clean, clip.view.camera, clip.view.events)


def _shown(comparison: Comparison) -> set[tuple[str, str]]:
    both = (d for d in comparison.differences if d.first.value is not None and d.second.value is not None)
    return {(d.key, d.side) for d in both}


def _headline(comparison: Comparison) -> str:
    metrics = list(dict.fromkeys(d.key for d in comparison.changed))
    what = "Really changed" if comparison.same_runner else "Really different"
    if not metrics:
        return "Nothing has really changed" if comparison.same_runner else "No difference is beyond noise"
    named = [name_of(m) for m in metrics[:3]]
    named = [named[0], *(n[:1].lower() + n[1:] for n in named[1:])]
    more = f" and {len(metrics) - 3} more" if len(metrics) > 3 else ""
    return f"{what}: {', '.join(named)}{more}"


def _lead(comparison: Comparison) -> str:
    if comparison.same_runner:
        return (
            f"Taken as one runner ({comparison.assumed}): what the method gets wrong about this body in both drops out "
            "of the differences, where both were filmed from the same side."
        )
    return (
        f"Taken as two runners ({comparison.assumed}): what the method gets wrong about one body need not be what it "
        "gets wrong about the other, so that the intervals are wide."
    )


def _row(d: Difference, same: bool) -> DifferenceRow:
    display = display_of(d.key, d.first.unit)
    made = d.change
    known = made.difference is not None and made.interval is not None
    difference = "" if made.difference is None else f"{signed(made.difference, display)}{unit_text(display)}"
    interval = "" if made.interval is None else signed_interval(made.interval, display)
    verdict = verdict_words(made.verdict, same_runner=same)
    threshold = threshold_words(made, display) if known else ""
    notes = [text for text in (threshold, made.reason, d.remark) if text]
    name = name_of(d.key)
    return DifferenceRow(
        name,
        "" if d.side == "both" else d.side,
        _value(d.first, display),
        _value(d.second, display),
        difference,
        interval,
        verdict,
        "outside" if made.verdict == "changed" else "refused",
        tuple(notes),
        difference_scale(made, display, f"{name}: {difference}, 95 % sure: {interval}: {verdict}") if known else None,
    )


def _value(value: Value, display: Display) -> tuple[str, str]:
    if value.value is None:
        return "–", ""
    text = f"{number(value.value * display.scale, display.decimals)}{unit_text(display)}"
    if value.low is None or value.high is None:
        return text, ""
    return text, interval_text((value.low, value.high), display)
