"""Measure how the signs of a pattern go together, and write it to ``gait/findings/pattern_correlations.toml``.

    python -m calibration.pattern_correlations --norms ../shared/norms/runners.csv

Two kinds of correlation decide how much several weak signs add up to:

- between ordinary runners at equal speed: a runner who lands far ahead of the hip also has a shin that reaches forward.
  Of each metric the part that speed explains (a parabola) is taken off, then the trials of a runner are averaged, so
  that every runner counts once;
- between the errors of the measurements: metrics that share keypoints err together. From rendered clips with known
  truth (``docs/validation.json``, 60 frames/s), both legs pooled, each leg view about its own mean error.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from calibration.constants_writer import write_constants

#: Columns of ``runners.csv`` by metric.
COLUMNS = {"overstride": "overstride", "tibia_angle": "tibia_angle", "cadence": "cadence"}
#: Metrics that stand in patterns, by the views that show them.
PARTS = {
    "side": ("overstride", "tibia_angle", "cadence"),
    "rear or front": ("pelvic_drop", "step_width", "knee_window"),
}
FRAME_RATE = 60


def runner_correlations(runners: pd.DataFrame, metrics: Sequence[str]) -> dict[tuple[str, str], tuple[float, int]]:
    """Correlate metrics between runners at equal speed.

    Parameters
    ----------
    runners : DataFrame
        One row a trial: ``runner``, ``speed_mps`` and a column for each metric.
    metrics : sequence of str

    Returns
    -------
    dict
        For each pair of metrics the correlation and the number of runners.
    """
    residuals = pd.DataFrame({"runner": runners.runner})
    for metric in metrics:
        known = runners[metric].notna()
        curve = np.polynomial.Polynomial.fit(runners.speed_mps[known], runners[metric][known], 2)
        residuals[metric] = runners[metric] - curve(runners.speed_mps)
    means = residuals.groupby("runner").mean()
    return _pairs(means, metrics)


def error_correlations(
    errors: pd.DataFrame, metrics: Sequence[str]
) -> tuple[dict[tuple[str, str], tuple[float, int]], dict[str, tuple[float, int]]]:
    """Correlate the errors of metrics, and of the two legs.

    Parameters
    ----------
    errors : DataFrame
        One row a measurement: ``clip, key, side, place, error``.
    metrics : sequence of str

    Returns
    -------
    pairs : dict
        For each pair of metrics the correlation on the same leg, and the number of clips.
    legs : dict
        For each metric with a side the correlation between the legs, and the number of clips.
    """
    errors = errors[errors.key.isin(metrics)].copy()
    errors["error"] -= errors.groupby(["key", "place"]).error.transform("mean")
    # A metric without a side counts for both legs.
    both = errors[errors.side == "both"]
    sided = pd.concat([errors[errors.side != "both"], both.assign(side="left"), both.assign(side="right")])
    wide = sided.pivot_table(index=["clip", "side"], columns="key", values="error")
    pairs = {
        pair: (r, wide.dropna(subset=list(pair)).index.get_level_values(0).nunique())
        for pair, (r, _) in _pairs(wide, [m for m in metrics if m in wide]).items()
    }
    legs = {}
    for metric in metrics:
        own = errors[(errors.key == metric) & (errors.side != "both")]
        if own.empty:
            continue
        legs_of = own.pivot(index="clip", columns="side", values="error").dropna()
        legs[metric] = (float(legs_of.left.corr(legs_of.right)), len(legs_of))
    return pairs, legs


def _pairs(table: pd.DataFrame, metrics: Sequence[str]) -> dict[tuple[str, str], tuple[float, int]]:
    found = {}
    for a, b in combinations(metrics, 2):
        both = table[[a, b]].dropna()
        found[a, b] = (float(both[a].corr(both[b])), len(both))
    return found


def _pair_lines(pairs: Mapping[tuple[str, str], tuple[float, int]]) -> list[str]:
    return [f'  {{ metrics = ["{a}", "{b}"], correlation = {r:.2f}, n = {n} }},' for (a, b), (r, n) in pairs.items()]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command line; that of the process without it.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--norms", type=Path, default=Path("../shared/norms/runners.csv"))
    parser.add_argument("--validation", type=Path, default=Path("docs/validation.json"))
    parser.add_argument("-o", "--output", type=Path, default=Path("gait/findings/pattern_correlations.toml"))
    given = parser.parse_args(arguments)
    runners = pd.read_csv(given.norms).rename(columns={column: metric for metric, column in COLUMNS.items()})
    data = json.loads(given.validation.read_text(encoding="utf-8"))["data"]
    clips, measured = pd.DataFrame(data["clips"]), pd.DataFrame(data["measurements"])
    measured = measured.join(clips[["clip", "fps", "source", "view"]], on="row")
    measured = measured.assign(error=pd.to_numeric(measured.value) - pd.to_numeric(measured.truth))
    lines = [
        "# Made by: python -m calibration.pattern_correlations --norms ../shared/norms/runners.csv",
        "# How the signs of a pattern go together (see that file). n = runners, or clips.",
        "# runners: between ordinary runners at equal speed. errors: between the errors of two metrics of one leg, in",
        "# rendered clips. legs: between the errors of the two legs.",
        "",
        "runners = [",
    ]
    lines += _pair_lines(runner_correlations(runners, PARTS["side"]))
    # The table has no step width and no knees: the six recorded runners of the validation's joint cases have them.
    recorded = measured[(measured.source == "joints") & (measured.fps == FRAME_RATE) & (measured.view == "rear")]
    recorded = recorded.assign(truth=pd.to_numeric(recorded.truth))
    truth = recorded.pivot_table(index="clip", columns="key", values="truth")
    seen = clips[clips.fps == FRAME_RATE].set_index("clip").loc[truth.index]
    truth = truth.assign(runner=seen.recording.str[:3], speed_mps=seen.speed_mps)
    lines += _pair_lines(runner_correlations(truth.reset_index(), PARTS["rear or front"]))
    lines += ["]", "errors = ["]
    rendered = measured[(measured.source != "joints") & (measured.fps == FRAME_RATE) & measured.error.notna()]
    legs_lines = []
    for view, metrics in PARTS.items():
        own = rendered[rendered.view.isin(view.split(" or "))]
        pairs, legs = error_correlations(own, metrics)
        lines += _pair_lines(pairs)
        legs_lines += [f'  {{ metric = "{m}", correlation = {r:.2f}, n = {n} }},' for m, (r, n) in legs.items()]
    write_constants(given.output, [*lines, "]", "legs = [", *legs_lines, "]"])


if __name__ == "__main__":
    main()
