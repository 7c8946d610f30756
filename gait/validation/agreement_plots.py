"""Figures of agreement: measured against true values, and differences against true values (Bland & Altman)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from gait.validation.agreement import limits_of_agreement, slope_of_measured_on_true

#: Colour-blind safe (Okabe & Ito 2008): near and far leg.
_COLOURS = {"near": "#0072b2", "far": "#e69f00"}
_MOTION = {"planned": "o", "recorded": "^", "joints": "s"}
_FAMILY_FILLED = {"sculpted": True, "makehuman": False, "none": True}
#: Metrics in one row of the figure.
_COLUMNS = 4


def agreement_figure(measurements: pd.DataFrame, keys: Sequence[str], units: Mapping[str, str]) -> Figure | None:
    """Plot measured against true values with the identity line, and below it the differences with their limits.

    Parameters
    ----------
    measurements : DataFrame
        As `gait.validation.truth_comparison.ValidationResults.measurements`, of one frame rate, from the side.
    keys : sequence of str
        Metrics.
    units : mapping
        Metric → unit.

    Returns
    -------
    Figure or None
        ``None`` where none of the metrics has a value.
    """
    given = measurements[np.isfinite(measurements.value) & (measurements.view == "side")]
    keys = [key for key in keys if (given.key == key).any()]
    if not keys:
        return None
    across = min(len(keys), _COLUMNS)
    blocks = -(-len(keys) // across)
    figure = Figure(figsize=(2.9 * max(across, 2), 5.0 * blocks + 0.5), layout="constrained", dpi=90)
    FigureCanvasAgg(figure)
    grid = figure.subplots(2 * blocks, across, squeeze=False, gridspec_kw={"height_ratios": [3, 2] * blocks})
    for number, key in enumerate(keys):
        block, column = divmod(number, across)
        rows = given[given.key == key]
        _measured_against_true(grid[2 * block, column], rows, ", ".join(filter(None, (key, units.get(key)))))
        _difference_against_true(grid[2 * block + 1, column], rows)
    for unused in grid[-2:, len(keys) - across * (blocks - 1) :].ravel():
        unused.axis("off")
    figure.legend(handles=_legend(given), loc="outside lower center", ncols=6, fontsize=8, frameon=False)
    return figure


def _points(axes: Axes, rows: pd.DataFrame, y: pd.Series) -> None:
    for leg, colour in _COLOURS.items():
        for motion, marker in _MOTION.items():
            for family, filled in _FAMILY_FILLED.items():
                chosen = rows.place.str.startswith(leg) & (rows.source == motion) & (rows.body == family)
                axes.plot(
                    rows.truth[chosen],
                    y[chosen],
                    marker,
                    markersize=4,
                    markerfacecolor=colour if filled else "white",
                    markeredgecolor=colour,
                    markeredgewidth=0.9,
                    alpha=0.8,
                )
    axes.tick_params(labelsize=7)


def _measured_against_true(axes: Axes, rows: pd.DataFrame, title: str) -> None:
    ends = [min(rows.truth.min(), rows.value.min()), max(rows.truth.max(), rows.value.max())]
    axes.plot(ends, ends, color="0.6", linewidth=0.9, zorder=0)
    _points(axes, rows, rows.value)
    words = []
    for leg, colour in _COLOURS.items():
        part = rows[rows.place.str.startswith(leg)]
        slope, low, high = slope_of_measured_on_true(
            part.value.to_numpy(dtype=float), part.truth.to_numpy(dtype=float), part["clip"].to_numpy()
        )
        if np.isfinite(slope):
            across = np.array([part.truth.min(), part.truth.max()])
            axes.plot(across, part.value.mean() + slope * (across - part.truth.mean()), color=colour, linewidth=0.9)
            words.append(f"{leg} {slope:.2f} ({low:.2f} to {high:.2f})")
    axes.set_title(title, fontsize=8)
    if words:
        text = "slope " + "\n".join(words)
        axes.text(0.03, 0.97, text, transform=axes.transAxes, fontsize=6.5, verticalalignment="top")
        low_end, high_end = axes.get_ylim()
        axes.set_ylim(low_end, high_end + 0.2 * (high_end - low_end))  # room for the text
    axes.set_ylabel("measured", fontsize=7)


def _difference_against_true(axes: Axes, rows: pd.DataFrame) -> None:
    difference = rows.value - rows.truth
    axes.axhline(0, color="0.6", linewidth=0.9, zorder=0)
    _points(axes, rows, difference)
    for leg, colour in _COLOURS.items():
        part = rows.place.str.startswith(leg)
        limits = limits_of_agreement(difference[part].to_numpy(dtype=float), rows["clip"][part].to_numpy())
        if np.isfinite(limits["sd"]):
            axes.axhline(limits["bias"], color=colour, linewidth=0.9, zorder=0)
            for name in ("limits_low", "limits_high"):
                axes.axhline(limits[name], color=colour, linewidth=0.8, linestyle="--", zorder=0)
    axes.set_xlabel("true", fontsize=7)
    axes.set_ylabel("measured − true", fontsize=7)


def _legend(rows: pd.DataFrame) -> list[Line2D]:
    marks = [
        Line2D([], [], color=colour, marker="o", linestyle="", label=f"{leg} leg") for leg, colour in _COLOURS.items()
    ]
    marks += [
        Line2D([], [], color="0.4", marker=marker, linestyle="", label=f"{motion} motion")
        for motion, marker in _MOTION.items()
        if (rows.source == motion).any()
    ]
    labels = {"sculpted": "sculpted body", "makehuman": "MakeHuman body"}
    marks += [
        Line2D(
            [],
            [],
            marker="o",
            linestyle="",
            label=label,
            markeredgecolor="0.4",
            markerfacecolor="0.4" if _FAMILY_FILLED[family] else "white",
        )
        for family, label in labels.items()
        if (rows.body == family).any()
    ]
    return marks
