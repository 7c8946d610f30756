"""Pictures of a validation: errors against what they may depend on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gait.atomic_files import atomic_write
from gait.validation.error_tables import FACTORS, classed
from gait.validation.truth_comparison import Results

#: Colour-blind safe (Okabe & Ito 2008): near leg or the only place, far leg, pelvis marked.
_COLOURS = {
    "near": "#0072b2",
    "far": "#e69f00",
    "near_seen": "#56b4e9",
    "far_seen": "#d55e00",
    "rear": "#0072b2",
    "rear_marked": "#56b4e9",
    "front": "#009e73",
    "front_marked": "#d55e00",
}
_MOTION = {"planned": "o", "recorded": "^"}
_WORDS = ("blur", "light", "clothes", "source")


def error_figure(measurements: pd.DataFrame, view: str, units: dict[str, str]) -> Figure | None:
    """Draw the errors of every metric of a view (rows) against every factor (columns).

    Parameters
    ----------
    measurements : DataFrame
        As `gait.validation.truth_comparison.Results.measurements`.
    view : {"side", "rear", "front"}
    units : dict
        Metric → unit.

    Returns
    -------
    Figure or None
        ``None`` where no metric of this view was given.
    """
    rows = measurements[(measurements.view == view) & np.isfinite(measurements.value)]
    rows = rows.assign(error=rows.value - rows.truth)
    keys = list(dict.fromkeys(rows.key))
    if not keys:
        return None
    factors = list(FACTORS)
    figure = Figure(figsize=(1.75 * len(factors) + 0.6, 1.5 * len(keys) + 0.5), layout="constrained", dpi=90)
    FigureCanvasAgg(figure)
    grid = figure.subplots(len(keys), len(factors), sharey="row", squeeze=False)
    for row, key in enumerate(keys):
        own = rows[rows.key == key]
        for column, factor in enumerate(factors):
            axes = grid[row, column]
            table = own if factor == "fps" else own[own.fps == 60]
            _scatter(axes, table, factor)
            if row == len(keys) - 1:
                axes.set_xlabel(FACTORS[factor][0], fontsize=8)
            axes.tick_params(labelsize=7)
        grid[row, 0].set_ylabel(f"{key}\n{units.get(key, '')}", fontsize=8)
        most = float(np.nanpercentile(np.abs(own.error), 98)) * 1.25 or 1.0
        grid[row, 0].set_ylim(-most, most)
    figure.suptitle(f"Measured minus true, {view} view (60 frames/s except in the first column)", fontsize=10)
    return figure


def _scatter(axes: Axes, table: pd.DataFrame, factor: str) -> None:
    axes.axhline(0, color="0.6", linewidth=0.8, zorder=0)
    if factor in _WORDS or factor == "fps":
        levels = sorted(
            classed(table, factor).unique(),
            key=lambda text: (float(text) if text.replace(".", "").isdigit() else 0, text),
        )
        place = {level: n for n, level in enumerate(levels)}
        x = classed(table, factor).map(place).to_numpy(dtype=float)
        spread = np.linspace(-0.22, 0.22, max(len(x), 1))
        x = x + spread[np.argsort(np.argsort(table.truth.to_numpy()))] if len(x) else x
        axes.set_xticks(range(len(levels)), levels)
        axes.set_xlim(-0.5, max(len(levels) - 0.5, 0.5))
    else:
        x = table[factor].to_numpy(dtype=float)
    for place_name, colour in _COLOURS.items():
        for motion, marker in _MOTION.items():
            chosen = ((table.place == place_name) & (table.source == motion)).to_numpy()
            axes.plot(
                x[chosen], table.error.to_numpy()[chosen], marker, color=colour, markersize=2.8, alpha=0.65, mew=0
            )


def event_figure(events: pd.DataFrame) -> Figure | None:
    """Draw the errors of single contacts and toe-offs by view and frame rate, drawn runners and recorded joints."""
    found = events[events.outcome == "found"]
    if found.empty:
        return None
    views = [view for view in ("side", "rear", "front") if (found.view == view).any()]
    figure = Figure(figsize=(3.2 * len(views), 4.6), layout="constrained", dpi=90)
    FigureCanvasAgg(figure)
    grid = figure.subplots(2, len(views), sharey=True, sharex="col", squeeze=False)
    for column, view in enumerate(views):
        for row, kind in enumerate(("contact", "toe_off")):
            axes = grid[row, column]
            own = found[(found.view == view) & (found.kind == kind)]
            rates = sorted(own.fps.unique())
            for shift, (source, colour) in enumerate(
                (("planned", "#0072b2"), ("recorded", "#009e73"), ("joints", "#999999"))
            ):
                groups = [own.error_ms[(own.fps == fps) & (own.source == source)].to_numpy() for fps in rates]
                kept = [(n, g) for n, g in enumerate(groups) if len(g) > 4]
                if kept:
                    box = axes.boxplot(
                        [g for _, g in kept],
                        positions=[n + 0.27 * (shift - 1) for n, _ in kept],
                        widths=0.22,
                        whis=(5, 95),
                        showfliers=False,
                        patch_artist=True,
                        medianprops={"color": "black"},
                    )
                    for patch in box["boxes"]:
                        patch.set_facecolor(colour)
            axes.axhline(0, color="0.6", linewidth=0.8, zorder=0)
            axes.set_xticks(range(len(rates)), [f"{fps:.0f}" for fps in rates])
            axes.tick_params(labelsize=8)
            if row == 1:
                axes.set_xlabel("frames/s", fontsize=8)
            if row == 0:
                axes.set_title(f"{view} view", fontsize=9)
        grid[0, 0].set_ylabel("contact, ms late", fontsize=8)
        grid[1, 0].set_ylabel("toe-off, ms late", fontsize=8)
    figure.suptitle(
        "Single events: drawn runners, planned (blue) and recorded motion (green); recorded joints (grey). "
        "Box: quartiles, whiskers: 5–95 %",
        fontsize=8,
    )
    return figure


def coverage_figure(accuracy: pd.DataFrame) -> Figure | None:
    """Draw how often each metric's interval held the truth, at 60 frames/s."""
    own = accuracy[(accuracy.fps == 60) & (accuracy.n >= 4)]
    if own.empty:
        return None
    figure = Figure(figsize=(6.4, 0.26 * len(own) + 0.9), layout="constrained", dpi=90)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.axvspan(90, 99, color="#e6f2e6", zorder=0)
    axes.plot(100 * own.coverage, np.arange(len(own)), "o", color="#0072b2", markersize=5)
    axes.set_yticks(np.arange(len(own)), [f"{r.key} ({r.place})" for r in own.itertuples()], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(40, 101.5)
    axes.set_xlabel("intervals that hold the truth, % (wanted: 90 to 99)", fontsize=8)
    axes.tick_params(labelsize=8)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a PNG with few colours, so that it stays small."""
    from PIL import Image

    raw = io.BytesIO()
    figure.savefig(raw, format="png")
    raw.seek(0)
    with atomic_write(path) as temporary:
        Image.open(raw).convert("RGB").quantize(64).save(temporary, format="PNG", optimize=True)


def draw_all(results: Results, accuracy: pd.DataFrame, folder: Path, units: dict[str, str]) -> Sequence[str]:
    """Draw every figure into a folder and give the names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = results.measurements[results.measurements.source != "joints"]
    figures = {f"errors_{view}": error_figure(drawn, view, units) for view in ("side", "rear", "front")}
    figures |= {"events": event_figure(results.events), "coverage": coverage_figure(accuracy)}
    made = []
    for name, figure in figures.items():
        if figure is not None:
            save(figure, folder / f"{name}.png")
            made.append(f"{name}.png")
    return made
