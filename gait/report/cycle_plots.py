"""Gait cycles as inline SVG: an angle from one contact of a foot to its next, mean and spread of each leg."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from gait._typing import FloatArray
from gait.display_language import N_, Texts, _, side_text
from gait.display_units import number_text
from gait.findings.ordinary_cycles import OrdinaryCycle, ordinary_cycle
from gait.records import Measurement
from gait.report.page_templates import html_text
from gait.report.time_plots import Axis, SvgPlot

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

#: Layout, SVG units.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 230, 46, 8, 10, 46
#: Name of each signal, the meaning of up and down, and the metric that is read off it.
SIGNAL_TEXTS: Mapping[str, tuple[str, str, str]] = {
    "knee_flexion": (N_("Knee bend"), N_("0 = straight"), "knee_flexion_stance"),
    "hip_flexion": (N_("Hip bend"), N_("up = thigh ahead of the trunk's line"), "knee_drive"),
    "ankle_dorsiflexion": (N_("Ankle"), N_("up = toes towards the shin"), "foot_strike_angle"),
    "thigh_angle": (N_("Thigh"), N_("up = knee ahead of the hip"), "hip_extension"),
    "shank_angle": (N_("Shin"), N_("up = ankle ahead of the knee"), "tibia_angle"),
    "foot_pitch": (N_("Foot"), N_("up = toe up"), "foot_strike_angle"),
    "trunk_lean": (N_("Upper body"), N_("up = leaning forward"), "trunk_lean"),
    "lateral_trunk_lean": (
        N_("Upper body, sideways"),
        N_("up = towards the right of the picture"),
        "lateral_trunk_lean",
    ),
    "wrist_past_midline": (N_("Hand and midline"), N_("up = past the midline, to the other side"), "arm_crossover"),
}
UNITS: Mapping[str, str] = Texts({"deg": "°", "shoulder widths": "shoulder widths"})
#: Signals of both legs alike, drawn as one line.
ONE_LINE = ("trunk_lean",)
#: Signals of the trunk, drawn for the strides of each foot: their range is not that of a side.
OF_THE_TRUNK = ("lateral_trunk_lean",)
#: Fewest strides for a mean. [E]
MIN_STRIDES = 3

#: Begin and end, seconds in the video.
Span = tuple[float, float]


def typical_strides(events: pd.DataFrame) -> dict[str, Span]:
    """Choose for each side a stride of about median length, the nearest to the middle of the clip.

    Parameters
    ----------
    events : pandas.DataFrame
        Columns ``side``, ``kind`` and ``time_s``.

    Returns
    -------
    dict
        Side to begin and end, seconds in the video; without sides of fewer than two contacts.
    """
    spans: dict[str, Span] = {}
    for side in ("left", "right"):
        of_side = events[(events["side"] == side) & (events["kind"] == "contact")]
        contacts = np.sort(of_side["time_s"].to_numpy(dtype=float))
        length = np.diff(contacts)
        if len(length) == 0:
            continue
        usual = np.flatnonzero(np.abs(length / np.median(length) - 1) < 0.1)
        middle = usual[np.argmin(np.abs(usual - len(length) / 2))] if len(usual) else 0
        spans[side] = (float(contacts[middle]), float(contacts[middle + 1]))
    return spans


def cycle_plots(
    cycles: xr.Dataset,
    measurements: Iterable[Measurement],
    strides: Mapping[str, Span],
    *,
    player: str | None = None,
    speed_mps: tuple[float, float] | None = None,
) -> list[tuple[str, SvgPlot]]:
    """Draw every signal of a view over the stride.

    Parameters
    ----------
    cycles : xarray.Dataset
        From `gait.metrics.gait_cycles.gait_cycles`.
    measurements : iterable of Measurement
        Of this view; a leg whose metric was refused is not drawn.
    strides : mapping
        Side to begin and end (seconds in the video) of the stride that a click on the plot shows.
    player : str, optional
        Element with the annotated video; without it the plots are not linked.
    speed_mps : (float, float), optional
        Range of the speed, m/s; it selects the band of healthy runners behind the curves.

    Returns
    -------
    list of (title, SvgPlot)
        Without signals of which no measured leg has three strides.
    """
    measured = {(m.key, m.side) for m in measurements if m.value is not None}
    plots = []
    for signal in (str(name) for name in cycles["signal"].values):
        metric = SIGNAL_TEXTS[signal][2]
        sides = [s for s in ("left", "right") if {(metric, s), (metric, "both")} & measured]
        band = ordinary_cycle(signal, speed_mps=speed_mps)
        plot = _plot(cycles.sel(signal=signal), signal, sides, strides, player, band)
        if plot is not None:
            plots.append((_(SIGNAL_TEXTS[signal][0]), plot))
    return plots


def _plot(
    cycle: xr.Dataset,
    signal: str,
    sides: list[str],
    strides: Mapping[str, Span],
    player: str | None,
    band: OrdinaryCycle | None,
) -> SvgPlot | None:
    title, direction = (_(text) for text in SIGNAL_TEXTS[signal][:2])
    unit = UNITS[str(cycle["unit"].values)]
    sides = [s for s in sides if int(cycle["strides"].sel(side=s)) >= MIN_STRIDES]
    if signal in ONE_LINE:
        sides = sides[:1]
    if not sides:
        return None
    mean = {s: np.asarray(cycle["mean"].sel(side=s).values, dtype=float) for s in sides}
    sd = {s: np.nan_to_num(np.asarray(cycle["sd"].sel(side=s).values, dtype=float)) for s in sides}
    low = min(float((mean[s] - sd[s]).min()) for s in sides)
    high = max(float((mean[s] + sd[s]).max()) for s in sides)
    if band is not None:
        low, high = min(low, float(band.low.min())), max(high, float(band.high.max()))
    spread = max(high - low, 1e-3)
    x, y = Axis(0, 100, LEFT, WIDTH - RIGHT), Axis(low - 0.06 * spread, high + 0.06 * spread, HEIGHT - BOTTOM, TOP)
    percent = np.asarray(cycle["percent"].values, dtype=float)
    tags = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="row" x="{LEFT - 6}" y="{y(t) + 4:.1f}">{_tick_text(t, y)}</text>'
        for t in y.ticks(4)
    ]
    tags += [f'<text class="tick" x="{x(t):.1f}" y="{HEIGHT - BOTTOM + 18}">{t:.0f} %</text>' for t in (0, 25, 50, 75)]
    if band is not None:
        around = [*zip(band.percent, band.high, strict=True), *zip(band.percent[::-1], band.low[::-1], strict=True)]
        tags.append(f'<path class="usual" d="M{_path(around, x, y)}Z"/>')
    for side in sides:
        colour = "both" if signal in ONE_LINE else side
        edge = [*zip(percent, mean[side] + sd[side]), *zip(percent[::-1], (mean[side] - sd[side])[::-1])]  # noqa: B905
        tags.append(f'<path class="spread {colour}" d="M{_path(edge, x, y)}Z"/>')
    for side in sides:
        colour = "both" if signal in ONE_LINE else side
        tags.append(f'<path class="mean {colour}" d="M{_path(list(zip(percent, mean[side], strict=True)), x, y)}"/>')
        toe_off = float(cycle["toe_off"].sel(side=side))
        if np.isfinite(toe_off):
            at = f"{x(toe_off):.1f}"
            tags.append(f'<line class="toe-off {colour}" x1="{at}" x2="{at}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
    axis_text = f"{unit}, {direction}"
    tags.append(
        f'<text class="tick" x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}">{html_text(axis_text)}</text>'
    )
    if player is not None and sides[0] in strides:
        begin, end = strides[sides[0]]
        tags.append(
            f'<rect class="catch" x="{LEFT}" y="{TOP}" width="{WIDTH - RIGHT - LEFT}" height="{HEIGHT - BOTTOM - TOP}" '
            f'data-player="{html_text(player)}" data-begin="{begin:.4f}" data-end="{end:.4f}"/>'
        )
    ranges = "; ".join(_range_text(signal, side, mean[side], unit) for side in sides)
    label = _(
        "{curve} from landing (0 %) to the next landing of the same foot, mean and spread over strides: {ranges}."
    ).format(curve=title, ranges=ranges)
    if band is not None:
        label += " " + _("The band behind it is that of {count} healthy runners.").format(count=band.runners)
    svg = (
        f'<svg class="plot cycle" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html_text(label)}">'
        f"{''.join(tags)}</svg>"
    )
    return SvgPlot(Markup(svg), f"{ranges[:1].upper()}{ranges[1:]}.")


def _range_text(signal: str, side: str, mean: FloatArray, unit: str) -> str:
    digits, sign = (0, "°") if unit == "°" else (2, "")
    low, high = (f"{number_text(float(v), digits)}{sign}" for v in (mean.min(), mean.max()))
    if signal in ONE_LINE:
        text = _("{low} to {high}")
    elif signal in OF_THE_TRUNK:
        text = side_text("in strides of the {side} foot {low} to {high}", side)
    else:
        text = side_text("{side} {low} to {high}", side)
    return text.format(low=low, high=high)


def _tick_text(value: float, axis: Axis) -> str:
    digits = 0 if axis.step(4) >= 1 else 1 if axis.step(4) >= 0.1 else 2
    return number_text(value, digits)


def _path(points: list[tuple[float, float]], x: Axis, y: Axis) -> str:
    return "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in points)
