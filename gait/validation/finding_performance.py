"""How often findings fire on runners whose true value lies outside the ordinary range, and on those inside it.

A finding fires where it is clear that the limit is passed (`gait.findings.probability`), as in a report for a runner
whose speed and height are known. It is right where the true value lies beyond the same limit. Clips of the validation
are short, so that most of their values are graded "poor"; here the interval alone decides. Whole reports are counted by
`gait.validation.false_findings`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.bands import Limits
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import BandFlag
from gait.metrics.register import METRIC_BY_KEY
from gait.records import Measurement, Runner
from gait.validation.agreement import clustered_share

#: Edges of the classes of stated probability; 0.8 and 0.975 are those of `gait.findings.probability`.
PROBABILITY_EDGES = (0.0, 0.025, 0.2, 0.5, 0.8, 0.975, 1.0)
#: A true overstride on which the finding should fire, and how far that lies beyond the limit of a slow runner, L
#: (issue 18).
LONG_OVERSTRIDE, CLEARLY_BEYOND = 0.30, 0.045
#: The finding of a long overstride, and its metric.
OVERSTRIDE_FINDING, OVERSTRIDE = "lands_far_ahead", "overstride"


def assessed_legs(measurements: pd.DataFrame) -> pd.DataFrame:
    """Compare every leg with every limit that gives a finding.

    Parameters
    ----------
    measurements : DataFrame
        ``clip, source, fps, key, side, place, value, low, high, freedom, grade, truth, speed_mps, height_m``.

    Returns
    -------
    DataFrame
        One row a leg and finding: ``clip, source, key, finding, side, place``; ``truth``; ``excess``, of the true value
        beyond the limit, metric's unit; ``outside``, whether it lies beyond; ``measured``; ``fires``; ``likely``,
        whether the report would say that the limit is clearly or likely passed; ``probability``, stated, that a
        limit is passed.
    """
    knowledge = load_knowledge()
    rows: list[dict[str, Any]] = []
    flagged = {key for key, metric in knowledge.metrics.items() if metric.flags and metric.band is not None}
    for record in measurements[measurements.key.isin(flagged)].to_dict("records"):
        row = {str(name): value for name, value in record.items()}
        runner = Runner(height_m=row["height_m"], speed_mps=row["speed_mps"])
        (one,) = compare_with_bands([_measurement(row)], runner, knowledge=knowledge)
        assert one.metric is not None
        assert one.limits is not None
        for flag in one.metric.flags:
            excess = _excess(flag, one.limits, row["truth"])
            if excess is None:
                continue
            own = {"low": one.probability_below, "high": one.probability_above}[flag.when]
            rows.append(
                {name: row[name] for name in ("clip", "source", "key", "side", "place", "truth")}
                | {
                    "finding": flag.finding,
                    "excess": excess,
                    "outside": excess > 0,
                    "measured": one.verdict != "refused",
                    "fires": _fires(one, flag),
                    "likely": own is not None and one.evidence in ("clear", "likely") and own >= 0.5,
                    "probability": np.nan if own is None else own,
                }
            )
    return pd.DataFrame(rows)


def finding_performance(legs: pd.DataFrame) -> pd.DataFrame:
    """Compute sensitivity and specificity of every finding, by leg view, on rendered runners and on recorded joints.

    Parameters
    ----------
    legs : DataFrame
        As `assessed_legs` gives them, at one frame rate.

    Returns
    -------
    DataFrame
        ``runners`` ("rendered" or "joints"), ``key, finding, place``; of the measured legs ``outside`` in
        ``outside_clips``, of which ``true_positives``, and ``inside`` in ``inside_clips``, of which
        ``false_positives``; ``sensitivity``, ``specificity`` with ``_low`` and ``_high``
        (`gait.validation.agreement.clustered_share`); ``likely_outside``, ``likely_inside``, legs that the report would
        call likely or clear; ``not_measured``, legs.
    """
    rows = []
    if legs.empty:
        return legs
    legs = legs.assign(runners=np.where(legs.source == "joints", "joints", "rendered"))
    for (runners, key, finding, place), group in legs.groupby(["runners", "key", "finding", "place"], sort=False):
        given = group[group.measured]
        out, inside = given[given.outside], given[~given.outside]
        sensitivity, specificity = (
            clustered_share(np.asarray(answers, dtype=float), part["clip"].to_numpy())
            for answers, part in ((out.fires, out), (~inside.fires, inside))
        )
        rows.append(
            {
                "runners": runners,
                "key": key,
                "finding": finding,
                "place": place,
                "outside": len(out),
                "outside_clips": out["clip"].nunique(),
                "true_positives": int(out.fires.sum()),
                **dict(zip(("sensitivity", "sensitivity_low", "sensitivity_high"), sensitivity, strict=True)),
                "inside": len(inside),
                "inside_clips": inside["clip"].nunique(),
                "false_positives": int(inside.fires.sum()),
                **dict(zip(("specificity", "specificity_low", "specificity_high"), specificity, strict=True)),
                "likely_outside": int(out.likely.sum()),
                "likely_inside": int(inside.likely.sum()),
                "not_measured": int((~group.measured).sum()),
            }
        )
    order = {key: number for number, key in enumerate(load_knowledge().metrics)}
    table = pd.DataFrame(rows).sort_values("key", key=lambda keys: keys.map(order), kind="stable")
    return table.sort_values("runners", ascending=False, kind="stable", ignore_index=True)


def overstride_performance(legs: pd.DataFrame) -> pd.DataFrame:
    """Compute how often the finding of a long overstride fires, by true overstride, leg view and source of motion.

    Parameters
    ----------
    legs : DataFrame
        As `assessed_legs` gives them, at one frame rate.

    Returns
    -------
    DataFrame
        ``source`` ("rendered" stands for planned and recorded together), ``place``, ``truth`` (class of the true
        value), ``legs``, ``clips``, ``fires``, ``share``, ``share_low``, ``share_high``, ``likely``. Refused legs count
        as legs on which the finding does not fire.
    """
    if legs.empty:
        return legs
    legs = legs[legs.key == OVERSTRIDE]
    classes = {
        "within the ordinary range": ~legs.outside,
        "beyond its limit": legs.outside,
        f"beyond it by {CLEARLY_BEYOND:g} L or more": legs.excess >= CLEARLY_BEYOND,
        f"{LONG_OVERSTRIDE:.2f} L or more": legs.truth >= LONG_OVERSTRIDE,
        f"{LONG_OVERSTRIDE:.2f} L or more, beyond the limit": (legs.truth >= LONG_OVERSTRIDE) & legs.outside,
    }
    rows = []
    for source in ("rendered", "planned", "recorded", "joints"):
        of_source = legs.source != "joints" if source == "rendered" else legs.source == source
        for place in ("near", "far"):
            for truth, in_class in classes.items():
                part = legs[of_source & (legs.place == place) & in_class]
                if part.empty:
                    continue
                share, low, high = clustered_share(part.fires.to_numpy(dtype=float), part["clip"].to_numpy())
                rows.append(
                    {
                        "source": source,
                        "place": place,
                        "truth": truth,
                        "legs": len(part),
                        "clips": part["clip"].nunique(),
                        "fires": int(part.fires.sum()),
                        "share": share,
                        "share_low": low,
                        "share_high": high,
                        "likely": int(part.likely.sum()),
                    }
                )
    return pd.DataFrame(rows)


def stated_probabilities(legs: pd.DataFrame) -> pd.DataFrame:
    """Compare the stated probability that a limit is passed with the share of legs whose true value lies beyond it.

    Parameters
    ----------
    legs : DataFrame
        As `assessed_legs` gives them, at one frame rate.

    Returns
    -------
    DataFrame
        ``runners`` ("rendered" or "joints"), ``low``, ``high``, edges of the class of stated probability; ``legs``
        (comparisons of a leg with a limit) in ``clips``; ``stated``, mean probability; ``share``, truly beyond the
        limit, with ``share_low`` and ``share_high``.
    """
    if legs.empty:
        return legs
    rows = []
    for runners, chosen in (("rendered", legs.source != "joints"), ("joints", legs.source == "joints")):
        given = legs[chosen & legs.probability.notna()]
        number = np.digitize(given.probability, PROBABILITY_EDGES[1:-1], right=False)
        for n, (low, high) in enumerate(pairwise(PROBABILITY_EDGES)):
            part = given[number == n]
            if part.empty:
                continue
            share, share_low, share_high = clustered_share(part.outside.to_numpy(dtype=float), part["clip"].to_numpy())
            rows.append(
                {
                    "runners": runners,
                    "low": low,
                    "high": high,
                    "legs": len(part),
                    "clips": part["clip"].nunique(),
                    "stated": float(part.probability.mean()),
                    "share": share,
                    "share_low": share_low,
                    "share_high": share_high,
                }
            )
    return pd.DataFrame(rows)


def _measurement(row: dict[str, Any]) -> Measurement:
    """Rebuild a measurement from its published row; the number of steps does not matter for comparisons."""
    value = None if not np.isfinite(row["value"]) else float(row["value"])
    interval = None
    if value is not None and np.isfinite(row["low"]) and np.isfinite(row["high"]):
        interval = (float(row["low"]), float(row["high"]))
    freedom = None if not np.isfinite(row.get("freedom", np.nan)) else float(row["freedom"])
    return Measurement(
        key=row["key"],
        side=row["side"],
        value=value,
        unit=METRIC_BY_KEY[row["key"]].unit,
        interval=interval,
        steps=0,
        grade="refused" if value is None else "fair",
        reason=None,
        video=0,
        evidence_s=None,
        freedom=freedom,
    )


def _excess(flag: BandFlag, limits: Limits, truth: float) -> float | None:
    limit = limits.high if flag.when == "high" else limits.low
    if limit is None:
        return None
    return truth - limit if flag.when == "high" else limit - truth


def _fires(one: Assessment, flag: BandFlag) -> bool:
    return one.verdict == "outside" and one.flag is not None and one.flag.finding == flag.finding
