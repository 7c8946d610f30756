"""The table of all measurements: sides together, refusals with their reason."""

from __future__ import annotations

from gait.findings.assessment import compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.records import Runner
from gait.report.measurement_table import metric_rows
from tests.fake_sessions import measured

RUNNER = Runner("Ada", 1.70, None, 3.0)


def test_both_sides_of_a_metric_share_one_range() -> None:
    pair = [measured("overstride", 0.34, side=side, half=0.01) for side in ("left", "right")]
    (metric,) = metric_rows(compare_with_bands(pair, RUNNER), RUNNER, load_knowledge())
    assert [row.side for row in metric.rows] == ["left", "right"]
    assert metric.strip is not None
    assert "10.8 km/h" in metric.source
    assert "10.8 km/h" not in metric.ordinary
    assert "Source: " in metric.source
    assert {row.words for row in metric.rows} == {"clearly high"}
    assert metric.rows[0].probability == "over 99 %"


def test_a_refusal_gives_its_reason() -> None:
    refused = compare_with_bands([measured("pelvic_drop", None, grade="refused", reason="Too dark.")], RUNNER)
    (metric,) = metric_rows(refused, RUNNER, load_knowledge())
    assert metric.strip is None
    assert (metric.rows[0].value, metric.rows[0].words, metric.rows[0].reason) == (None, "not measured", "Too dark.")
