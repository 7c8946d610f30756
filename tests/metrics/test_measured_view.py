"""What asymmetry, drift and gait cycles need is what an analysed view has."""

from __future__ import annotations

from dataclasses import fields

from gait.analysis.view_analysis import ViewAnalysis
from gait.metrics.measured_view import MeasuredView


def test_an_analysed_view_is_a_measured_view() -> None:
    needed = {name for name, value in vars(MeasuredView).items() if isinstance(value, property)}
    assert needed == {"info", "clean", "camera", "events", "steps", "measurements"}
    assert needed <= {field.name for field in fields(ViewAnalysis)}
