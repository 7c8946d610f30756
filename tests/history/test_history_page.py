"""The page of one athlete."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.errors import InputError
from gait.history.athlete_history import History
from gait.history.change_text import metric_name
from gait.history.history_page import render_history_page, write_history_page
from tests.made_reports import measured, report


def test_a_change_comes_first_and_is_the_headline(history: History) -> None:
    for day, cadence in ((1, 160.0), (8, 172.0)):
        history.add(report(measured("trunk_lean", 5.0), measured("cadence", cadence)), date=f"2026-03-0{day}")
    page = render_history_page(history, "anna")
    cadence, lean = metric_name("cadence"), metric_name("trunk_lean")
    assert f"<h1>Really changed since the first session: {cadence}</h1>" in page
    assert page.index(f'<th scope="row">{cadence}') < page.index(f'<th scope="row">{lean}')
    assert page.count('class="plot over"') == 2
    assert "2026-03-01 to 2026-03-08" in page


def test_one_session_is_no_change(history: History) -> None:
    history.add(report(measured("cadence", 160.0)), date="2026-03-01")
    page = render_history_page(history, "Anna")
    assert "One session so far" in page
    assert 'class="plot over"' in page


def test_another_belt_speed_is_noted(history: History) -> None:
    history.add(report(measured("cadence", 160.0), speed=3.0), date="2026-03-01")
    history.add(report(measured("cadence", 161.0), speed=3.6), date="2026-03-08")
    page = render_history_page(history, "Anna")
    assert "The belt ran at 10.8 km/h in the first and 13.0 km/h in the last session." in page


def test_sessions_at_other_speeds_are_passed_over(history: History) -> None:
    for day, cadence, speed in (("01", 160.0, 5.0), ("08", 150.0, 2.75), ("15", 160.0, 2.75)):
        history.add(report(measured("cadence", cadence), speed=speed), date=f"2026-03-{day}")
    page = render_history_page(history, "Anna")
    assert "150.0 → 160.0" in page
    assert "since 2026-03-08, the first session at this speed" in page
    history.add(report(measured("cadence", 171.0), speed=4.0), date="2026-03-22")
    page = render_history_page(history, "Anna")
    assert "different speeds (18.0 and 14.4 km/h): not compared" in page
    assert "The speed alone changes these, so they are not compared" in page


def test_hostile_names_are_escaped(history: History) -> None:
    history.add(report(name="<script>alert(1)</script>"), date="2026-03-01")
    assert "<script" not in render_history_page(history, "<script>alert(1)</script>")


def test_the_page_is_written_into_a_folder_that_exists(history: History, tmp_path: Path) -> None:
    history.add(report(), date="2026-03-01")
    assert (
        write_history_page(history, "Anna", tmp_path / "anna.html").read_text(encoding="utf-8").startswith("<!doctype")
    )
    with pytest.raises(InputError, match="no such folder"):
        write_history_page(history, "Anna", tmp_path / "gone" / "anna.html")
    with pytest.raises(InputError, match="no athlete Tom"):
        write_history_page(history, "Tom", tmp_path / "tom.html")
