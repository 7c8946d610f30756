"""Several videos of one run: which are used, what the session says, and how it is looked up."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

from gait import session
from gait.analysis import view_analysis
from gait.errors import InputError, RefusedError
from gait.findings.answers import parse_answers
from gait.findings.finder import derive_findings


def test_one_path_or_several(analysable_clips) -> None:
    one = session.analyze(analysable_clips["side"], height_m=1.76)
    assert [v.info.view for v in one.views] == ["side"]
    assert one.runner.height_m == 1.76
    assert one.views[0].info.file == str(analysable_clips["side"])


def test_what_the_runner_said_warns_before_what_the_file_says(analysable_clips) -> None:
    answers = parse_answers({"pain_when": ["all_day"], "shoe_miles": 400})
    made = session.analyze([analysable_clips["nobody"], analysable_clips["side"]], height_m=1.76, answers=answers)
    assert made.answers == answers
    assert [n.code for n in made.notices][:2] == ["pain_all_day", "video_refused"]
    assert "replace_shoes" in {c.id for c in made.corrections}


def test_a_refused_video_is_told_and_the_others_are_used(analysable_clips) -> None:
    made = session.analyze([analysable_clips["nobody"], analysable_clips["side"]])
    assert [v.info.view for v in made.views] == ["side"]
    assert {m.video for m in made.measurements} == {0}
    (notice,) = [n for n in made.notices if n.code == "video_refused"]
    assert "nobody.mp4" in notice.message
    assert "no runner found" in notice.message


def test_the_capture_rate_reaches_the_measuring(analysable_clips) -> None:
    as_played = session.analyze(analysable_clips["side"]).measurement("cadence").value
    slow = session.analyze(analysable_clips["side"], capture_fps=72.0)
    assert slow.views[0].info.capture_fps == 72
    assert slow.measurement("cadence").value == pytest.approx(1.2 * as_played, rel=0.01)


def test_a_capture_rate_at_which_nobody_runs_is_refused(analysable_clips) -> None:
    with pytest.raises(RefusedError, match=r"304 steps/min, faster than anybody runs") as refused:
        session.analyze(analysable_clips["side"], capture_fps=120.0)
    assert refused.value.code == "implausible_cadence"


def test_findings_are_those_of_the_measurements(analysable_clips) -> None:
    made = session.analyze(analysable_clips["side"], height_m=1.76, speed_mps=2.8)
    assert "overstride" in {f.metric for f in made.findings}
    assert made.findings == derive_findings(made.measurements, made.runner)[0]


def test_a_difference_of_the_legs_is_told_from_behind_where_there_is_one_and_not_from_one_side(
    analysable_clips, monkeypatch
) -> None:
    def differences(clip: str) -> list:
        return [
            m
            for m in session.analyze(analysable_clips[clip], height_m=1.76).measurements
            if m.key.endswith("_asymmetry")
        ]

    assert differences("side") == []
    assert differences("rear") == []  # this runner is even
    steps = view_analysis.analyze_pose

    def limping(pose, **options):
        view = steps(pose, **options)
        own = view.steps.copy()
        own.loc[own.side == "left", "contact_time"] += 60.0
        return replace(view, steps=own)

    monkeypatch.setattr(view_analysis, "analyze_pose", limping)
    (difference,) = differences("rear")
    assert (difference.key, difference.side, difference.unit) == ("contact_time_asymmetry", "both", "ms")
    assert difference.interval[0] > 32


def test_an_unknown_view_is_an_input_error(analysable_clips) -> None:
    with pytest.raises(InputError, match="above"):
        session.analyze(analysable_clips["side"], view="above")


def test_one_measurement_is_looked_up_by_key_and_side(analysable_clips) -> None:
    made = session.analyze(analysable_clips["side"], height_m=1.76)
    assert made.measurement("cadence") is made.measurement("cadence", side="both")
    assert made.measurement("overstride", side="left").side == "left"
    with pytest.raises(InputError, match="give side='left' or side='right'"):
        made.measurement("overstride")
    with pytest.raises(InputError, match="no side 'both'"):
        made.measurement("overstride", side="both")
    with pytest.raises(InputError, match="'overstrid' is not in this session; it has: cadence"):
        made.measurement("overstrid")


def test_measurements_are_records_and_a_table(analysable_clips) -> None:
    made = session.analyze(analysable_clips["side"])
    table = made.measurements.to_frame()
    assert list(table.metric) == [m.key for m in made.measurements]
    assert table.view.eq("side").all()
    assert "<table" in made.measurements._repr_html_()
    assert pickle.loads(pickle.dumps(made.measurements)) == made.measurements
    with pytest.warns(DeprecationWarning, match=r"measurements\.to_frame"):
        assert made.measurements_frame().equals(table)


def test_the_old_name_of_the_cache_works_and_warns(analysable_clips, tmp_path) -> None:
    (tmp_path / "old").mkdir()
    with pytest.warns(DeprecationWarning, match="cache_dir"):
        session.analyze(analysable_clips["side"], poses=tmp_path / "old")
    assert (tmp_path / "old" / "pose_1.nc").is_file()


def test_a_session_can_begin_before_xarray_is_loaded() -> None:
    code = (
        "import sys, gait.session; print({'xarray', 'pandas', 'scipy'} & set(sys.modules)); "
        "gait.session.preload(); print('gait.findings.finder' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\nTrue\n"
