"""How often reports say something untrue, and how often they say what is true: counted over the validation.

    python -m gait.validation.false_findings docs/validation.json [--norms ../shared/norms/runners.csv]

A report is one clip, of a runner whose speed and height are known. It is *false* where one of its findings names a
metric whose true value lies inside the ordinary range on every leg (for a pattern: whose true score lies inside). A
metric that truly lies outside is *found* where a finding names it. Clips of the validation are some seconds long, so
that most of their values are graded "poor"; here the interval alone decides, as for a longer clip.

With ``--norms``, ordinary runners are also put behind the errors of the validation's side views: every trial of every
runner with the errors and intervals of every rendered clip. Their true values are those of people (speed, height,
cadence, landing, knee, bounce); what the table lacks is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import beta

from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.finder import FormAssessment, assess_form
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.patterns import PatternEvidence, assess_patterns
from gait.metrics.register import METRIC_BY_KEY
from gait.records import Finding, Measurement, Runner
from gait.validation.published_data import published_measurements

#: Reports of ordinary runners that may hold a false likely, and a false clear finding (issue 20).
MAX_FALSE_LIKELY, MAX_FALSE_CLEAR = 0.10, 0.02
#: Column of ``runners.csv`` by metric.
NORM_COLUMNS = {
    "cadence": "cadence",
    "overstride": "overstride",
    "tibia_angle": "tibia_angle",
    "knee_flexion_contact": "knee_contact",
    "knee_flexion_stance": "knee_stance_peak",
    "vertical_oscillation": "vertical_oscillation_cm",
}


@dataclass(frozen=True)
class ReportOutcome:
    """What one report said, and what was true.

    Attributes
    ----------
    clip : str
    runners : {"rendered", "joints", "ordinary"}
    view : str
    false_clear, false_likely : tuple of str
        Keys of untrue findings that are clear, and that are clear or likely.
    outside : tuple of str
        Metrics that truly lie beyond a limit that gives a finding.
    found : tuple of str
        Of these the ones that a finding names.
    findings : int
        Clear and likely ones.
    """

    clip: str
    runners: str
    view: str
    false_clear: tuple[str, ...]
    false_likely: tuple[str, ...]
    outside: tuple[str, ...]
    found: tuple[str, ...]
    findings: int


def report_outcomes(data: Mapping[str, Any], *, fps: float = 60.0, given: bool = True) -> list[ReportOutcome]:
    """Make the report of every clip of the validation, and compare it with the truth.

    Parameters
    ----------
    data : mapping
        ``data`` of ``validation.json``.
    fps : float
        Frame rate, 1/s.
    given : bool
        Whether the report knows the runner's speed and height; the truth is always held against the range that does.

    Returns
    -------
    list of ReportOutcome
    """
    table = published_measurements(data)
    table = table[(table.fps == fps) & table.key.isin(METRIC_BY_KEY)]
    outcomes = []
    for clip, rows in table.groupby("clip", sort=False):
        first = rows.iloc[0]
        runner = Runner(height_m=float(first.height_m), speed_mps=float(first.speed_mps))
        runners = "joints" if first.source == "joints" else "rendered"
        records = rows.to_dict("records")
        outcomes.append(_outcome(str(clip), runners, str(first["view"]), records, runner, given=given))
    return outcomes


def ordinary_outcomes(data: Mapping[str, Any], runners: pd.DataFrame, *, fps: float = 60.0) -> list[ReportOutcome]:
    """Put ordinary runners behind the errors of the rendered side views, and compare every report with the truth.

    Parameters
    ----------
    data : mapping
        ``data`` of ``validation.json``.
    runners : DataFrame
        ``runners.csv`` of the ordinary runners: one row a trial.
    fps : float
        Frame rate, 1/s.

    Returns
    -------
    list of ReportOutcome
        One for each trial and clip.
    """
    table = published_measurements(data)
    table = table[(table.fps == fps) & (table.source != "joints") & (table["view"] == "side")]
    table = table[table.key.isin(NORM_COLUMNS)]
    clips = [(str(clip), rows.to_dict("records")) for clip, rows in table.groupby("clip", sort=False)]
    outcomes = []
    for trial in runners.to_dict("records"):
        runner = Runner(height_m=float(trial["height_m"]), speed_mps=float(trial["speed_mps"]))
        for clip, rows in clips:
            moved: list[dict[Any, Any]] = []
            for row in rows:
                truth = trial[NORM_COLUMNS[row["key"]]]
                if np.isfinite(truth):
                    shift = truth - row["truth"]
                    shifted = {name: row[name] + shift for name in ("value", "low", "high")}
                    moved.append(dict(row) | shifted | {"truth": truth})
            name = f"{trial['runner']} {trial['speed_mps']} {clip}"
            outcomes.append(_outcome(name, "ordinary", "side", moved, runner))
    return outcomes


def count_outcomes(outcomes: Iterable[ReportOutcome]) -> pd.DataFrame:
    """Count false and found findings.

    Parameters
    ----------
    outcomes : iterable of ReportOutcome

    Returns
    -------
    DataFrame
        One row for each kind of runner and view, and for all views: ``reports``; ``false_clear``, ``false_likely``
        (reports with such a finding, likely or clear), with ``_low`` and ``_high`` (95 %, Clopper and Pearson);
        ``with_findings``; ``outside``, metrics that truly lie outside, and ``found`` of them.
    """
    given = pd.DataFrame([outcome.__dict__ for outcome in outcomes])
    rows = []
    for runners, own in given.groupby("runners", sort=False):
        views = dict(list(own.groupby("view", sort=False))) if own["view"].nunique() > 1 else {}
        for view, part in {"all": own, **views}.items():
            row: dict[str, Any] = {"runners": runners, "view": view, "reports": len(part)}
            for name in ("false_clear", "false_likely"):
                count = int((part[name].map(len) > 0).sum())
                row[name] = count
                row[f"{name}_low"], row[f"{name}_high"] = exact_bounds(count, len(part))
            row["with_findings"] = int((part.findings > 0).sum())
            row["outside"] = int(part.outside.map(len).sum())
            row["found"] = int(part.found.map(len).sum())
            rows.append(row)
    return pd.DataFrame(rows)


def exact_bounds(count: int, n: int) -> tuple[float, float]:
    """Compute the exact 95 % bounds of a share (Clopper and Pearson).

    Parameters
    ----------
    count, n : int

    Returns
    -------
    low, high : float
    """
    low = 0.0 if count == 0 else float(beta.ppf(0.025, count, n - count + 1))
    high = 1.0 if count == n else float(beta.ppf(0.975, count + 1, n - count))
    return low, high


def _outcome(
    clip: str, runners: str, view: str, rows: Sequence[Mapping[Any, Any]], runner: Runner, *, given: bool = True
) -> ReportOutcome:
    form = assess_form([_measurement(row, truth=False) for row in rows], runner if given else Runner())
    true = compare_with_bands([_measurement(row, truth=True) for row in rows], runner)
    patterns = {one.pattern.id: one for one in assess_patterns(true)}
    outside = _truly_outside(true)
    false = [(f, not _is_true(f, outside, patterns)) for f in (*form.findings, *form.likely)]
    said = {key for f, _ in false for key in (f.metric, *f.parts)}
    metrics = tuple(dict.fromkeys(key for key, _ in outside))
    return ReportOutcome(
        clip,
        runners,
        view,
        tuple(f.key for f, untrue in false if untrue and f.evidence == "clear"),
        tuple(f.key for f, untrue in false if untrue),
        tuple(key for key in metrics if _was_measured(form, key)),
        tuple(key for key in metrics if key in said and _was_measured(form, key)),
        len(false),
    )


def _was_measured(form: FormAssessment, key: str) -> bool:
    return any(a.measurement.key == key and a.verdict != "refused" for a in form.assessed)


def _truly_outside(true: Iterable[Assessment]) -> set[tuple[str, str]]:
    """Return metric and finding of every limit that gives a finding and is truly passed."""
    passed = set()
    for one in true:
        value, limits = one.measurement.value, one.limits
        if value is None or limits is None or one.metric is None:
            continue
        for flag in one.metric.flags:
            limit = limits.high if flag.when == "high" else limits.low
            if limit is not None and (value > limit if flag.when == "high" else value < limit):
                passed.add((one.measurement.key, flag.finding))
    return passed


def _is_true(finding: Finding, outside: set[tuple[str, str]], patterns: Mapping[str, PatternEvidence]) -> bool:
    if finding.key in patterns:
        return patterns[finding.key].score > patterns[finding.key].limit
    return (finding.metric, finding.key) in outside


def _measurement(row: Mapping[Any, Any], *, truth: bool) -> Measurement:
    value = row["truth"] if truth else row["value"]
    known = value is not None and np.isfinite(value)
    interval = (value, value) if truth else (row["low"], row["high"])
    freedom = row["freedom"]
    made = Measurement(
        key=row["key"],
        side=row["side"],
        value=float(value) if known else None,
        unit=METRIC_BY_KEY[row["key"]].unit,
        interval=(float(interval[0]), float(interval[1])) if known and np.isfinite(interval).all() else None,
        steps=0,
        grade="fair" if known else "refused",
        reason=None,
        video=0,
        evidence_s=None,
        freedom=float(freedom) if freedom is not None and np.isfinite(freedom) and not truth else None,
    )
    return made if known else replace(made, interval=None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the counts.

    Parameters
    ----------
    arguments : sequence of str, optional
        Command line; that of the process without it.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("validation", type=Path)
    parser.add_argument("--norms", type=Path)
    parser.add_argument("--nothing-given", action="store_true", help="reports that know neither speed nor height")
    parser.add_argument("--list", action="store_true", help="name every untrue and every missed finding")
    given = parser.parse_args(arguments)
    data = json.loads(given.validation.read_text(encoding="utf-8"))["data"]
    load_knowledge()
    outcomes = report_outcomes(data, given=not given.nothing_given)
    if given.norms is not None:
        outcomes += ordinary_outcomes(data, pd.read_csv(given.norms))
    table = count_outcomes(outcomes)
    with pd.option_context("display.width", 200, "display.max_columns", 20, "display.precision", 3):
        sys.stdout.write(f"{table.to_string(index=False)}\n")
    if given.list:
        for one in outcomes:
            if one.false_likely or (one.runners != "ordinary" and set(one.outside) - set(one.found)):
                missed = sorted(set(one.outside) - set(one.found))
                sys.stdout.write(f"{one.clip}: untrue {list(one.false_likely)}, missed {missed}\n")


if __name__ == "__main__":
    main()
