"""Plots of a validation: errors against the conditions that they may depend on."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from gait.owned_files import owned_write
from gait.validation.agreement_plots import agreement_figure
from gait.validation.error_tables import FACTORS, MAIN_METRICS, factor_levels
from gait.validation.truth_comparison import ValidationResults

#: Colour-blind safe (Okabe & Ito 2008).
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
_CATEGORICAL = ("blur", "light", "clothes", "body", "source")


def error_figure(measurements: pd.DataFrame, view: str, units: dict[str, str]) -> Figure | None:
    """Plot the errors of every metric of a view (rows) against every factor (columns).

    Parameters
    ----------
    measurements : DataFrame
        As `gait.validation.truth_comparison.ValidationResults.measurements`.
    view : {"side", "rear", "front"}
    units : dict
        Metric → unit.

    Returns
    -------
    Figure or None
        ``None`` where no metric of this view has a value.
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
        of_metric = rows[rows.key == key]
        for column, factor in enumerate(factors):
            axes = grid[row, column]
            table = of_metric if factor == "fps" else of_metric[of_metric.fps == 60]
            _scatter(axes, table, factor)
            if row == len(keys) - 1:
                axes.set_xlabel(FACTORS[factor][0], fontsize=8)
            axes.tick_params(labelsize=7)
        grid[row, 0].set_ylabel(f"{key}\n{units.get(key, '')}", fontsize=8)
        limit = float(np.nanpercentile(np.abs(of_metric.error), 98)) * 1.25 or 1.0
        grid[row, 0].set_ylim(-limit, limit)
    figure.suptitle(f"Measured minus true, {view} view (60 frames/s except in the first column)", fontsize=10)
    return figure


def _scatter(axes: Axes, table: pd.DataFrame, factor: str) -> None:
    axes.axhline(0, color="0.6", linewidth=0.8, zorder=0)
    if factor in _CATEGORICAL or factor == "fps":
        levels = sorted(
            factor_levels(table, factor).unique(),
            key=lambda text: (float(text) if text.replace(".", "").isdigit() else 0, text),
        )
        position = {level: n for n, level in enumerate(levels)}
        x = factor_levels(table, factor).map(position).to_numpy(dtype=float)
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
    """Plot the errors of single contacts and toe-offs by view and frame rate.

    Parameters
    ----------
    events : DataFrame
        As `gait.validation.truth_comparison.ValidationResults.events`.

    Returns
    -------
    Figure or None
        ``None`` where no event was found.
    """
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
            chosen = found[(found.view == view) & (found.kind == kind)]
            rates = sorted(chosen.fps.unique())
            for shift, (source, colour) in enumerate(
                (("planned", "#0072b2"), ("recorded", "#009e73"), ("joints", "#999999"))
            ):
                groups = [chosen.error_ms[(chosen.fps == fps) & (chosen.source == source)].to_numpy() for fps in rates]
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
        "Single events: rendered runners, planned (blue) and recorded motion (green); recorded joints (grey). "
        "Box: quartiles, whiskers: 5–95 %",
        fontsize=8,
    )
    return figure


def coverage_figure(accuracy: pd.DataFrame) -> Figure | None:
    """Plot how often the interval of each metric contains the truth, at 60 frames/s.

    Parameters
    ----------
    accuracy : DataFrame
        As `gait.validation.error_tables.accuracy` returns.

    Returns
    -------
    Figure or None
        ``None`` where every metric has fewer than four values.
    """
    table = accuracy[(accuracy.fps == 60) & (accuracy.n >= 4)]
    if table.empty:
        return None
    figure = Figure(figsize=(6.4, 0.26 * len(table) + 0.9), layout="constrained", dpi=90)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.axvspan(90, 99, color="#e6f2e6", zorder=0)
    at = np.arange(len(table))
    axes.hlines(at, 100 * table.coverage_low, 100 * table.coverage_high, color="#0072b2", linewidth=1.2, alpha=0.6)
    axes.plot(100 * table.coverage, at, "o", color="#0072b2", markersize=4)
    axes.set_yticks(np.arange(len(table)), [f"{r.key} ({r.place})" for r in table.itertuples()], fontsize=8)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(min(40.0, 100 * float(table.coverage_low.min()) - 2), 101.5)
    axes.set_xlabel("intervals that contain the truth, % (target: 90 to 99), with 95 % bounds", fontsize=8)
    axes.tick_params(labelsize=8)
    return figure


def _save_png(figure: Figure, path: Path) -> None:
    """Write a PNG with few colours, so that it stays small; its text tells `gait.owned_files` whose it is."""
    from PIL import Image, PngImagePlugin

    raw = io.BytesIO()
    figure.savefig(raw, format="png")
    raw.seek(0)
    information = PngImagePlugin.PngInfo()
    information.add_text("Software", "gait.validation")
    with owned_write(path) as temporary:
        Image.open(raw).convert("RGB").quantize(64).save(temporary, format="PNG", optimize=True, pnginfo=information)


def save_measurement_figures(
    measurements: pd.DataFrame, accuracy: pd.DataFrame, folder: Path, units: dict[str, str]
) -> Sequence[str]:
    """Plot the figures that rest on measurements alone into a folder.

    Parameters
    ----------
    measurements : DataFrame
        As `gait.validation.truth_comparison.ValidationResults.measurements`.
    accuracy : DataFrame
        As `gait.validation.error_tables.accuracy` returns.
    folder : Path
        Made if it does not exist.
    units : dict
        Metric → unit.

    Returns
    -------
    sequence of str
        Names of the files.
    """
    rendered, joints = measurements[measurements.source != "joints"], measurements[measurements.source == "joints"]
    figures = {f"errors_{view}": error_figure(rendered, view, units) for view in ("side", "rear", "front")}
    figures |= {
        "agreement": agreement_figure(rendered[rendered.fps == 60], MAIN_METRICS, units),
        "agreement_joints": agreement_figure(joints[joints.fps == 60], MAIN_METRICS, units),
        "coverage": coverage_figure(accuracy),
    }
    return _save_all(figures, folder)


def save_figures(
    results: ValidationResults, accuracy: pd.DataFrame, folder: Path, units: dict[str, str]
) -> Sequence[str]:
    """Plot every figure into a folder.

    Parameters
    ----------
    results : ValidationResults
    accuracy : DataFrame
        As `gait.validation.error_tables.accuracy` returns.
    folder : Path
        Made if it does not exist.
    units : dict
        Metric → unit.

    Returns
    -------
    sequence of str
        Names of the files.
    """
    made = save_measurement_figures(results.measurements, accuracy, folder, units)
    return [*made, *_save_all({"events": event_figure(results.events)}, folder)]


def _save_all(figures: dict[str, Figure | None], folder: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, figure in figures.items():
        if figure is not None:
            _save_png(figure, folder / f"{name}.png")
            made.append(f"{name}.png")
    return made
