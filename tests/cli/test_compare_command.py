"""``gait compare``: what is printed, written and refused."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import saved
from tests.made_reports import measured, report


def test_differences_are_printed_and_written(gait, tmp_path: Path) -> None:
    before = saved(tmp_path / "before", report(measured("cadence", 160.0), measured("trunk_lean", 5.0)))
    after = saved(tmp_path / "after", report(measured("cadence", 170.0), measured("trunk_lean", None)))
    outcome = gait("compare", before, after)
    assert outcome.code == 0
    assert max(map(len, outcome.out.splitlines())) <= 80
    assert "+10.0" in outcome.out
    assert "Cannot be compared: trunk lean" in outcome.out
    assert (tmp_path / "before_after" / "compare.html").is_file()
    assert json.loads((tmp_path / "before_after" / "compare.json").read_text())["videos"] == []


def test_lengths_are_compared_in_the_units_of_both_reports(gait, tmp_path: Path) -> None:
    bounces = [report(measured("vertical_oscillation", value, unit="cm")) for value in (8.9, 11.4)]
    before, after = (saved(tmp_path / n, {**r, "units": "imperial"}) for n, r in zip("ab", bounces, strict=True))
    page = tmp_path / "a_b" / "compare.html"
    assert "3.5" in gait("compare", before, after, "--no-video").out
    assert "3.5 in" in page.read_text()
    assert json.loads((tmp_path / "a_b" / "compare.json").read_text())["differences"][0]["first"] == 8.9
    gait("compare", before, after, "--no-video", "--units", "metric")
    assert "8.9 cm" in page.read_text()


def test_unusable_reports_are_refused(gait, tmp_path: Path) -> None:
    before = saved(tmp_path / "before", report())
    for arguments in ([before, before], [before, "nowhere"], [before, tmp_path]):
        outcome = gait("compare", *arguments)
        assert outcome.code == 2
        assert outcome.err.count("\n") == 1
    after = saved(tmp_path / "after", report(measured("cadence", 170.0)))
    outcome = gait("compare", before, after, "-o", after)
    assert (outcome.code, "report" in outcome.err) == (2, True)


def test_reports_without_names_bring_up_the_option(gait, tmp_path: Path) -> None:
    before = saved(tmp_path / "before", report(measured("cadence", 160.0), name=None))
    after = saved(tmp_path / "after", report(measured("cadence", 170.0), name=None))
    assert "Options that help: --same-runner" in gait("compare", before, after, "--no-video").out
    assert "Options that help" not in gait("compare", before, after, "--no-video", "--different").out
