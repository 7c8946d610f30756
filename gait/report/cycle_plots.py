"""Gait cycles as inline SVG: how an angle goes from one landing of a foot to its next, mean and spread of each leg."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from gait.findings.ordinary_cycles import UsualCycle, usual_cycle
from gait.records import Measurement
from gait.report.time_plots import Axis, Plot

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 230, 46, 8, 10, 46
#: What each signal is called, what up and down mean, in plain words, and the metric that is read off it.
WORDS: Mapping[str, tuple[str, str, str]] = {
    "knee_flexion": ("Knee bend", "0 = straight", "knee_flexion_stance"),
    "thigh_angle": ("Thigh", "up = knee ahead of the hip", "hip_extension"),
    "shank_angle": ("Shin", "up = ankle ahead of the knee", "tibia_angle"),
    "foot_pitch": ("Foot", "up = toe up", "foot_strike_angle"),
    "trunk_lean": ("Upper body", "up = leaning forward", "trunk_lean"),
    "lateral_trunk_lean": ("Upper body, sideways", "up = towards the right of the picture", "lateral_trunk_lean"),
    "wrist_past_midline": ("Hand against the middle line", "up = past the middle, to the other side", "arm_crossover"),
}
UNITS: Mapping[str, str] = {"deg": "°", "shoulder widths": "shoulder widths"}
#: Both legs move the same trunk: one line says it.
ONE_SIDE = ("trunk_lean",)
#: Fewer strides make no mean.
LEAST_STRIDES = 3

Span = tuple[float, float]


def usual_strides(events: pd.DataFrame) -> dict[str, Span]:
    """Give for each side begin and end (s) of the stride of median length nearest to the middle of the clip."""
    spans: dict[str, Span] = {}
    for side in ("left", "right"):
        own = events[(events["side"] == side) & (events["kind"] == "contact")]
        contacts = np.sort(own["time_s"].to_numpy(dtype=float))
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
) -> list[tuple[str, Plot]]:
    """Draw every signal of a view over the stride.

    Parameters
    ----------
    cycles : xarray.Dataset
        From `gait.metrics.gait_cycles.gait_cycles`.
    measurements : iterable of Measurement
        Of this view: a leg whose metric was refused is not drawn either.
    strides : mapping
        Side to begin and end (s, in the video) of the stride that a click on the plot shows.
    player : str, optional
        Element with the annotated video; without it the plots are not linked.
    speed_mps : (float, float), optional
        Range in which the speed lies, m/s: decides the band of healthy runners behind the curves.

    Returns
    -------
    list of (title, Plot)
        Signals of which no measured leg has three strides are left out.
    """
    measured = {(m.key, m.side) for m in measurements if m.value is not None}
    plots = []
    for signal in (str(name) for name in cycles["signal"].values):
        metric = WORDS[signal][2]
        sides = [s for s in ("left", "right") if {(metric, s), (metric, "both")} & measured]
        band = usual_cycle(signal, speed_mps=speed_mps)
        made = _plot(cycles.sel(signal=signal), signal, sides, strides, player, band)
        if made is not None:
            plots.append((WORDS[signal][0], made))
    return plots


def _plot(
    cycle: xr.Dataset,
    signal: str,
    sides: list[str],
    strides: Mapping[str, Span],
    player: str | None,
    band: UsualCycle | None,
) -> Plot | None:
    title, direction, _ = WORDS[signal]
    unit = UNITS[str(cycle["unit"].values)]
    sides = [s for s in sides if int(cycle["strides"].sel(side=s)) >= LEAST_STRIDES]
    if signal in ONE_SIDE:
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
    parts = [
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>'
        f'<text class="row" x="{LEFT - 6}" y="{y(t) + 4:.1f}">{_number(t, y)}</text>'
        for t in y.ticks(4)
    ]
    parts += [f'<text class="tick" x="{x(t):.1f}" y="{HEIGHT - BOTTOM + 18}">{t:.0f} %</text>' for t in (0, 25, 50, 75)]
    if band is not None:
        around = [*zip(band.percent, band.high, strict=True), *zip(band.percent[::-1], band.low[::-1], strict=True)]
        parts.append(f'<path class="usual" d="M{_path(around, x, y)}Z"/>')
    for side in sides:
        colour = "both" if signal in ONE_SIDE else side
        edge = [*zip(percent, mean[side] + sd[side]), *zip(percent[::-1], (mean[side] - sd[side])[::-1])]  # noqa: B905
        parts.append(f'<path class="spread {colour}" d="M{_path(edge, x, y)}Z"/>')
    for side in sides:
        colour = "both" if signal in ONE_SIDE else side
        parts.append(f'<path class="mean {colour}" d="M{_path(list(zip(percent, mean[side], strict=True)), x, y)}"/>')
        off = float(cycle["toe_off"].sel(side=side))
        if np.isfinite(off):
            parts.append(
                f'<line class="off {colour}" x1="{x(off):.1f}" x2="{x(off):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
            )
    words = f"{unit}, {direction}"
    parts.append(f'<text class="tick" x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}">{escape(words)}</text>')
    if player is not None and sides[0] in strides:
        begin, end = strides[sides[0]]
        parts.append(
            f'<rect class="catch" x="{LEFT}" y="{TOP}" width="{WIDTH - RIGHT - LEFT}" height="{HEIGHT - BOTTOM - TOP}" '
            f'data-player="{escape(player)}" data-begin="{begin:.4f}" data-end="{end:.4f}"/>'
        )
    told = "; ".join(_told(side, mean[side], unit) for side in sides)
    whole = f"{title} from landing (0 %) to the next landing of the same foot, mean and spread over strides: {told}."
    if band is not None:
        whole += f" Behind it the band of {band.runners} healthy runners."
    svg = (
        f'<svg class="plot cycle" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(whole)}">'
        f"{''.join(parts)}</svg>"
    )
    return Plot(Markup(svg), f"{told[:1].upper()}{told[1:]}.")


def _told(side: str, mean: NDArray[np.float64], unit: str) -> str:
    digits = 0 if unit == "°" else 2
    ends = (f"{float(v):.{digits}f}{unit if unit == '°' else ''}".replace("-", "−") for v in (mean.min(), mean.max()))
    low, high = ends
    return f"{side} {low} to {high}"


def _number(value: float, axis: Axis) -> str:
    digits = 0 if axis.step(4) >= 1 else 1 if axis.step(4) >= 0.1 else 2
    return f"{value + 0.0:.{digits}f}".replace("-", "−")


def _path(points: list[tuple[float, float]], x: Axis, y: Axis) -> str:
    return "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in points)
