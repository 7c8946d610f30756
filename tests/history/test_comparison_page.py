"""The page of a comparison."""

from __future__ import annotations

from gait.history.comparison import compare
from gait.history.comparison_page import render_comparison_page
from tests.made_reports import measured, report


def test_a_hostile_name_does_no_harm() -> None:

    hostile = '<script>alert(1)</script>"'
    page = render_comparison_page(compare(report(name=hostile), report(measured("cadence", 9.0), name="B")), {}, {})
    assert "<script" not in page
