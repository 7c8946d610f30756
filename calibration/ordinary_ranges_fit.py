"""``ordinary_ranges.toml``: what healthy treadmill runners measure, by speed and leg length.

    python -m calibration.ordinary_ranges_fit [--norms FILE] [-o DIR] [--leave-one-out]

A linear model of each metric in speed, its square and leg length. Runners are random effects (intercept and slope in
speed), and so are laboratories. It is fitted by restricted maximum likelihood (REML) with scipy. With
``--leave-one-out`` nothing is written: every runner is compared with the model of the others, and the table of
`docs/method.md` is printed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from calibration.constants_writer import RESULTS, write_constants
from gait._typing import FloatArray
from gait.findings.bands import Band
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.ordinary_ranges import TERMS, LegPerHeight, OrdinaryRange
from gait.findings.probability import CLEAR, LIKELY, probability_above, probability_below
from gait.validation.validation_page import markdown_table

FILE = "ordinary_ranges.toml"
COMMAND = "python -m calibration.ordinary_ranges_fit"
#: Default table of runners, relative to the project's folder.
DEFAULT_NORMS = Path("../shared/norms/runners.csv")
#: Column of the table → metric with the same definition. Leg length in overstride is 0.53 × height in both.
METRIC_OF_COLUMN = {
    "cadence": "cadence",
    "overstride": "overstride",
    "tibia_angle": "tibia_angle",
    "knee_contact": "knee_flexion_contact",
    "knee_stance_peak": "knee_flexion_stance",
    "contact_ms": "contact_time",
    "flight_ms": "flight_time",
    "contact_to_contact_duty_pct": "duty_factor",
    "vertical_oscillation_cm": "vertical_oscillation",
    "pelvic_drop_peak": "pelvic_drop",
}
SOURCE_IDS = {"Fukuchi 2017": "fukuchi2017", "Hamner & Delp 2013": "hamner2013"}
#: Speed (m/s) and leg length (m) from which the model counts: near the middle of the table.
CENTER_SPEED_MPS, CENTER_LEG_M = 3.25, 0.95
#: A leg-length term stays where its square in standard errors exceeds this (Akaike's criterion).
MIN_SQUARED_T = 2.0
#: Bounds of the logarithms of standard deviations over that of the metric, and of the runners' covariance.
_BOUNDS = ((-6.0, 2.0), (-6.0, 2.0), (-3.0, 3.0), (-6.0, 2.0), (-6.0, 2.0))
#: Where the search for them starts; from elsewhere it ends at the same place.
_START = (-1.5, 0.0, 0.2, -2.0, -0.5)
#: Half of the middle 95 % of a normal distribution, standard deviations.
_NORMAL_95 = 1.96
_HEADER = f"""\
# Made by: {COMMAND} -o gait/findings
# What healthy treadmill runners measure, by speed and leg length: coefficients of a linear mixed model (REML).
# Runners of two laboratories: Fukuchi, Fukuchi & Duarte 2017 (PeerJ 5:e3298, data CC BY 4.0), Hamner & Delp 2013
# (J Biomech 46:780, simtk.org). Means over steps and both legs.
# terms                at v m/s and leg length L m: constant 1; speed v − center_speed_mps; speed_squared its square;
#                      leg L − center_leg_m
# covariance           of the coefficients, the laboratories' difference included
# runner_covariance    between runners, of the constant and of the slope in speed
# within_sd            of one runner about a curve of their own
# laboratory_sd        between laboratories
# leg_per_height       mean and standard deviation between runners of leg length (hip to floor) over body height
"""


@dataclass(frozen=True)
class MixedModel:
    """A fitted linear mixed model: its fixed effects and the spread about them.

    Attributes
    ----------
    coefficients : (p,) array
    covariance : (p, p) array
        Of the coefficients.
    runner_covariance : (2, 2) array
        Between runners, of the constant and of the slope in speed.
    within_sd, laboratory_sd : float
    """

    coefficients: FloatArray
    covariance: FloatArray
    runner_covariance: FloatArray
    within_sd: float
    laboratory_sd: float


def fit_mixed_model(
    values: FloatArray, design: FloatArray, speed: FloatArray, runner: Sequence[str], laboratory: Sequence[str]
) -> MixedModel:
    """Fit fixed effects with random runners and laboratories by restricted maximum likelihood.

    Parameters
    ----------
    values : (n,) array
        One value a trial.
    design : (n, p) array
        Of the fixed effects.
    speed : (n,) array
        Centred speed, m/s; a runner has an intercept and a slope of their own.
    runner, laboratory : sequence of str
        (n,) Who ran, and where.

    Returns
    -------
    MixedModel
    """
    scale = float(values.std())
    same_runner, same_laboratory = (
        (np.asarray(group)[:, None] == np.asarray(group)[None, :]).astype(float) for group in (runner, laboratory)
    )
    own = np.column_stack([np.ones(len(values)), speed])

    def parts(logs: FloatArray) -> tuple[float, FloatArray, float]:
        root = np.array([[np.exp(logs[1]), 0.0], [logs[2], np.exp(logs[3])]]) * scale
        return float(np.exp(logs[0])) * scale, root @ root.T, float(np.exp(logs[4])) * scale

    def solve(logs: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        within, between, laboratories = parts(logs)
        total = within**2 * np.eye(len(values)) + same_runner * (own @ between @ own.T)
        total += laboratories**2 * same_laboratory
        factor = cho_factor(total, lower=True)
        weighted = cho_solve(factor, design)
        information = design.T @ weighted
        coefficients = np.linalg.solve(information, weighted.T @ values)
        residual = values - design @ coefficients
        misfit = residual @ cho_solve(factor, residual)
        log_determinant = 2 * np.sum(np.log(np.diag(factor[0])))
        loss = 0.5 * (log_determinant + np.linalg.slogdet(information)[1] + misfit)
        return float(loss), np.asarray(coefficients, dtype=float), np.linalg.inv(information).astype(float)

    def loss(logs: FloatArray) -> float:
        return solve(logs)[0]

    start: Any = np.array(_START)
    best = np.asarray(minimize(loss, start, method="L-BFGS-B", bounds=_BOUNDS).x)
    _, coefficients, covariance = solve(best)
    within, between, laboratories = parts(best)
    return MixedModel(coefficients, covariance, between, within, laboratories)


def fit_ordinary_range(trials: pd.DataFrame, column: str) -> OrdinaryRange:
    """Fit the model of one metric.

    Parameters
    ----------
    trials : DataFrame
        ``runner, source, leg_length_m, speed_mps`` and the column; rows without a value do not count.
    column : str
        One of `METRIC_OF_COLUMN`.

    Returns
    -------
    OrdinaryRange
    """
    rows = trials.dropna(subset=[column])
    speed = rows.speed_mps.to_numpy(dtype=float) - CENTER_SPEED_MPS
    leg = rows.leg_length_m.to_numpy(dtype=float) - CENTER_LEG_M
    columns = {"constant": np.ones(len(rows)), "speed": speed, "speed_squared": speed**2, "leg": leg}
    terms = list(TERMS)

    def fit(names: Sequence[str]) -> MixedModel:
        design = np.column_stack([columns[name] for name in names])
        values = rows[column].to_numpy(dtype=float)
        return fit_mixed_model(values, design, speed, rows.runner.tolist(), rows.source.tolist())

    model = fit(terms)
    if model.coefficients[-1] ** 2 < MIN_SQUARED_T * model.covariance[-1, -1]:
        terms.remove("leg")
        model = fit(terms)
    by_source = rows.groupby("source").runner.nunique()
    return OrdinaryRange(
        key=METRIC_OF_COLUMN[column],
        terms=tuple(terms),
        coefficients=model.coefficients,
        covariance=model.covariance,
        runner_covariance=model.runner_covariance,
        within_sd=model.within_sd,
        laboratory_sd=model.laboratory_sd,
        center_speed_mps=CENTER_SPEED_MPS,
        center_leg_m=CENTER_LEG_M,
        runners=int(rows.runner.nunique()),
        trials=len(rows),
        runners_by_source={SOURCE_IDS[str(name)]: int(count) for name, count in by_source.items()},
        speeds=tuple(float(v) for v in sorted(rows.speed_mps.unique())),
        leg_m=(float(rows.leg_length_m.min()), float(rows.leg_length_m.max())),
        leg_per_height=leg_per_height(trials),
    )


def leg_per_height(trials: pd.DataFrame) -> LegPerHeight:
    """Compute how long legs are for the body height.

    Parameters
    ----------
    trials : DataFrame
        ``runner, leg_length_m, height_m``.

    Returns
    -------
    LegPerHeight
    """
    people = trials.drop_duplicates("runner")
    ratio = people.leg_length_m / people.height_m
    return LegPerHeight(float(ratio.mean()), float(ratio.std(ddof=1)))


def ordinary_range_lines(ranges: Iterable[OrdinaryRange]) -> list[str]:
    """Format models as the file of the package.

    Parameters
    ----------
    ranges : iterable of OrdinaryRange

    Returns
    -------
    list of str
        Lines of ``ordinary_ranges.toml``.
    """
    ranges = list(ranges)
    ratio = ranges[0].leg_per_height
    lines = [
        _HEADER,
        f"center_speed_mps = {CENTER_SPEED_MPS:g}",
        f"center_leg_m = {CENTER_LEG_M:g}",
        f"leg_per_height = [{ratio.mean:.4f}, {ratio.sd:.4f}]",
    ]
    for one in ranges:
        names = ", ".join(f'"{name}"' for name in one.terms)
        counts = ", ".join(f"{source} = {count}" for source, count in one.runners_by_source.items())
        lines += [
            f'\n[[range]]\nkey = "{one.key}"',
            f"runners = {one.runners}",
            f"runners_by_source = {{ {counts} }}",
            f"trials = {one.trials}",
            f"speeds = {_row(one.speeds)}",
            f"leg_m = {_row(one.leg_m)}",
            f"terms = [{names}]",
            f"coefficients = {_row(one.coefficients)}",
            f"covariance = [{', '.join(_row(row) for row in one.covariance)}]",
            f"runner_covariance = [{', '.join(_row(row) for row in one.runner_covariance)}]",
            f"within_sd = {one.within_sd:.5g}",
            f"laboratory_sd = {one.laboratory_sd:.5g}",
        ]
    return lines


def _row(values: Iterable[float]) -> str:
    return f"[{', '.join(f'{value:.6g}' for value in values)}]"


def leave_one_out(trials: pd.DataFrame, columns: Iterable[str] = tuple(METRIC_OF_COLUMN)) -> pd.DataFrame:
    """Compare every runner with the model of all others, at every speed.

    The value of the table counts as measured without error; its interval is the scatter of one runner about a curve of
    their own.

    Parameters
    ----------
    trials : DataFrame
        As for `fit_ordinary_range`, with ``height_m``.
    columns : iterable of str
        Metrics, by their column.

    Returns
    -------
    DataFrame
        One row a metric and side: ``key, flagged, side, runners, trials``; ``outside``, trials whose value lies beyond
        the limit; ``likely`` and ``clear``, trials that pass it with a probability of 80 and 97.5 %; ``clear_runners``.
    """
    known = load_knowledge().metrics
    rows = []
    for column in columns:
        key = METRIC_OF_COLUMN[column]
        flags = {flag.when for flag in known[key].flags}
        found = []
        of_metric = trials.dropna(subset=[column])
        for runner in of_metric.runner.unique():
            left_out = of_metric.runner == runner
            model = fit_ordinary_range(of_metric[~left_out], column)
            without = Band.from_model(model, "derived", ())
            for row in of_metric[left_out].to_dict("records"):
                limits = without.at(row["speed_mps"], leg_length_m=row["leg_length_m"])
                value, freedom = float(row[column]), limits.freedom
                half = _NORMAL_95 * model.within_sd
                for side, limit, error, passed in (
                    ("low", limits.low, limits.low_error, probability_below),
                    ("high", limits.high, limits.high_error, probability_above),
                ):
                    assert limit is not None
                    p = passed(value, (value - half, value + half), limit, limit_error=error, limit_freedom=freedom)
                    found.append({"runner": runner, "side": side, "p": p})
        table = pd.DataFrame(found)
        for name in ("low", "high"):
            part = table[table.side == name]
            clear = part[part.p >= CLEAR]
            rows.append(
                {
                    "key": key,
                    "side": name,
                    "flagged": name in flags,
                    "runners": part.runner.nunique(),
                    "trials": len(part),
                    "outside": int((part.p > 0.5).sum()),
                    "likely": int((part.p >= LIKELY).sum()),
                    "clear": len(clear),
                    "clear_runners": clear.runner.nunique(),
                }
            )
    return pd.DataFrame(rows)


def leave_one_out_lines(table: pd.DataFrame) -> list[str]:
    """Lay out `leave_one_out` as a table in Markdown.

    Parameters
    ----------
    table : DataFrame

    Returns
    -------
    list of str
    """
    header = ("metric", "limit", "gives a finding", "runners / trials", "beyond the limit", "likely", "clear")
    return markdown_table(
        header,
        [
            (
                f"`{r.key}`",
                str(r.side),
                "yes" if r.flagged else "no",
                f"{r.runners} / {r.trials}",
                str(r.outside),
                str(r.likely),
                str(r.clear),
            )
            for r in table.itertuples()
        ],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, and write the file or print the table.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.
    """
    parser = argparse.ArgumentParser(prog=COMMAND, description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--norms", type=Path, default=DEFAULT_NORMS, help="table of runners (runners.csv)")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS, help="folder of results")
    parser.add_argument("--leave-one-out", action="store_true", help="only compare each runner with the others")
    options = parser.parse_args(arguments)
    if not options.norms.is_file():
        parser.exit(2, f"ordinary_ranges_fit: {options.norms}: no such table of runners; give it with --norms\n")
    trials = pd.read_csv(options.norms)
    if options.leave_one_out:
        sys.stdout.write("\n".join(leave_one_out_lines(leave_one_out(trials))) + "\n")
        return
    options.output.mkdir(parents=True, exist_ok=True)
    ranges = [fit_ordinary_range(trials, column) for column in METRIC_OF_COLUMN]
    write_constants(options.output / FILE, ordinary_range_lines(ranges))


if __name__ == "__main__":
    main()
