"""The figure of cost against length: the plain loop and the whole analysis, on doubly logarithmic axes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: Colours of the loop and of gait, told apart by people who see no red or no green (Okabe and Ito 2008).
_LOOP, _GAIT = "#d55e00", "#0072b2"
_SIZES = {720: "-", 1080: "--"}


def save_cost_figure(whole: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw seconds of work against seconds of film at 60 frames/s.

    Parameters
    ----------
    whole : sequence of dict
        From `benchmarks.whole_runs.time_whole_runs`.
    path : Path
        SVG to write.
    """
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "gait"
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 4.2), layout="constrained")
    axes = figure.add_subplot()
    rows = sorted((row for row in whole if row["fps"] == 60), key=lambda row: row["length_s"])
    for lines, style in _SIZES.items():
        of_size = [row for row in rows if row["lines"] == lines]
        loop = [(row["length_s"], row["loop_s"]) for row in of_size if row["loop_s"]]
        ours = [(row["length_s"], row["gait"]["seconds"]) for row in of_size]
        for points, colour, name in ((loop, _LOOP, "MediaPipe VIDEO loop"), (ours, _GAIT, "gait analyze")):
            if points:
                x, y = zip(*points, strict=True)
                axes.plot(x, y, style, color=colour, marker="o", markersize=4, label=f"{name}, {lines}p")
    if rows:
        ends = [rows[0]["length_s"], rows[-1]["length_s"]]
        axes.plot(ends, ends, ":", color="0.5", label="as long as the film")
    axes.set(xscale="log", yscale="log", xlabel="film, s", ylabel="work, s", title="Work for a film of 60 frames/s")
    ticks = [10, 60, 600, 3600]
    axes.set_xticks(ticks, [f"{tick}" for tick in ticks])
    axes.set_yticks([3, *ticks], [f"{tick}" for tick in (3, *ticks)])
    axes.minorticks_off()
    axes.grid(color="0.9")
    axes.legend(frameon=False, fontsize=8)
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
