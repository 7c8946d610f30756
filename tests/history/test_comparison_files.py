"""The files of a comparison: page, record and video."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gait.history.comparison import compare
from gait.history.comparison_files import comparison_dict
from tests.made_reports import measured, report


def test_page_and_json_agree(written: Path) -> None:
    record = json.loads((written / "compare.json").read_text(encoding="utf-8"))
    page = (written / "compare.html").read_text(encoding="utf-8")
    assert record["schema"] == "gait.compare/1"
    assert record["same_runner"] is True
    assert record["videos"] == ["compare.mp4"]
    differences = {(d["key"], d["side"]): d for d in record["differences"]}
    assert differences["cadence", "both"]["verdict"] == "changed"
    assert differences["cadence", "both"]["difference"] == pytest.approx(
        differences["cadence", "both"]["second"] - differences["cadence", "both"]["first"], abs=0.1
    )
    assert 'src="compare.mp4"' in page
    assert "really changed" in page
    assert page.count('class="plot cycle"') >= 3
    assert "http" not in page.replace("http-equiv", "")


def test_the_json_holds_finite_numbers_only() -> None:
    comparison = compare(report(measured("trunk_lean", 5.0)), report(measured("trunk_lean", None)))
    json.dumps(comparison_dict(comparison, []), allow_nan=False)
