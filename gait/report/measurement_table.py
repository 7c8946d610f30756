"""The table of all measurements: every metric, both sides, its ordinary range and how the comparison ended."""

from __future__ import annotations

from collections.abc import Sequence

from gait.findings.assessment import Assessment
from gait.findings.comparison_counts import limit_note
from gait.findings.knowledge_records import Knowledge
from gait.findings.value_text import SIDE_TEXTS, probability_text
from gait.metrics.running_speed import method_text
from gait.records import Runner
from gait.report.page_records import MetricRows, TableRow
from gait.report.page_wording import TIER_TEXTS
from gait.report.range_strips import (
    comparison_direction,
    comparison_tier,
    measured_value,
    ordinary_text,
    range_strip,
)


def metric_rows(assessed: Sequence[Assessment], runner: Runner, knowledge: Knowledge) -> tuple[MetricRows, ...]:
    """Lay out every measurement, the sides of one metric together.

    Parameters
    ----------
    assessed : sequence of Assessment
    runner : Runner
    knowledge : Knowledge

    Returns
    -------
    tuple of MetricRows
        Refused measurements come with their reason.
    """
    by_metric: dict[str, list[Assessment]] = {}
    for a in assessed:
        by_metric.setdefault(a.measurement.key, []).append(a)
    return tuple(_of_metric(of_metric, runner, knowledge) for of_metric in by_metric.values())


def _of_metric(assessed: Sequence[Assessment], runner: Runner, knowledge: Knowledge) -> MetricRows:
    first = assessed[0]
    metric = first.metric
    ordinary, source = ordinary_text(first, runner, knowledge, with_speed=False)
    return MetricRows(
        name=first.measurement.key.replace("_", " ") if metric is None else metric.name,
        field_name="" if metric is None else metric.field_name,
        definition="" if metric is None else metric.definition,
        sign="" if metric is None else metric.sign,
        ordinary=ordinary,
        source=source,
        note=limit_note(first) or "",
        strip=range_strip(assessed),
        rows=tuple(_row(a, runner) for a in assessed),
    )


def _row(a: Assessment, runner: Runner) -> TableRow:
    tier = comparison_tier(a)
    return TableRow(
        value=measured_value(a, runner),
        side=SIDE_TEXTS[a.measurement.side],
        side_key=a.measurement.side,
        words=TIER_TEXTS[tier, comparison_direction(a)],
        tier=tier,
        probability=probability_text(a.probability_outside),
        reason=a.measurement.reason or method_text(a.measurement.method or "") or None,
    )
