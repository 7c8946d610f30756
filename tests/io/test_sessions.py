"""Sessions on disk: what made a report, and what is no report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gait import session
from gait.errors import InputError
from gait.io.sessions import analysis_options, load_session
from gait.report.html_page import render_html
from gait.report.report_json import write_json


def test_a_report_tells_how_it_was_asked_for(analysable_clips, tmp_path) -> None:
    made = session.analyze(
        analysable_clips["side"],
        height_m=1.76,
        speed_mps=2.8,
        name="Ida",
        units="imperial",
        capture_fps=72.0,
        cache_dir=tmp_path,
        end=0.15,
    )
    write_json(made, tmp_path / "report.json")
    options = analysis_options(tmp_path)
    assert options["videos"] == [analysable_clips["side"]]
    assert (options["height_m"], options["name"], options["view"]) == (1.76, "Ida", "side")
    assert options["capture_fps"] == 72
    assert options["speed_mps"] == pytest.approx(2.8)
    assert options["units"] == "imperial"
    again = load_session(tmp_path)
    assert (made.units, again.units, load_session(tmp_path, units="pace").units) == ("imperial", "imperial", "pace")
    page, metric_page = render_html(made), render_html(replace(made, units="metric"))
    assert "5 ft 9 in" in page
    assert "6.3 mph" in page
    assert "176 cm" not in page
    assert "176 cm" in metric_page
    assert render_html(again).count("6.3 mph") == page.count("6.3 mph")


def test_a_video_that_was_moved_beside_the_report_is_found(analysable_clips, tmp_path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    write_json(session.analyze(analysable_clips["side"]), folder / "report.json")
    analysable_clips["side"].rename(folder / "side.mp4")
    assert analysis_options(folder)["videos"] == [folder / "side.mp4"]
    (folder / "side.mp4").unlink()
    with pytest.raises(InputError, match="not there any more"):
        analysis_options(folder)


def test_a_relative_path_is_found_from_any_folder(analysable_clips, tmp_path, monkeypatch) -> None:
    clip = analysable_clips["side"]
    folder = clip.parent / "out" / "report"
    folder.mkdir(parents=True)
    monkeypatch.chdir(clip.parent.parent)
    write_json(session.analyze(clip.relative_to(clip.parent.parent)), folder / "report.json")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert analysis_options(folder)["videos"] == [clip.resolve()]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "other/1", "runner": {}, "videos": []}'])
def test_what_is_no_report_is_said_to_be_none(tmp_path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(InputError, match=r"report\.json: is not a report"):
        analysis_options(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        analysis_options(tmp_path / "elsewhere")
