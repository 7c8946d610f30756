"""A session as tables, in a notebook, and back from its folder."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gait
from gait.errors import InputError
from gait.report.report_json import report_dict
from gait.session import Session, assess
from tests import foreign_files as exchange


@pytest.fixture(scope="module")
def session() -> Session:
    return exchange.session()


def test_measurements_as_a_table(session: Session) -> None:
    table = session.measurements_frame()
    assert len(table) == len(session.measurements)
    cadence = table.set_index("metric").loc["cadence"]
    assert (cadence.unit, cadence.side, cadence["view"]) == ("steps/min", "both", "side")
    assert cadence.low < cadence.value < cadence.high
    refused = table[table.grade == "refused"]
    assert refused.value.isna().all()
    assert refused.reason.str.len().min() > 10
    assert refused.probability_above.isna().all()
    assert 0 <= cadence.probability_below < cadence.probability_below + cadence.probability_above <= 1


def test_the_probabilities_of_the_table_are_those_of_the_report(session: Session) -> None:
    table, report = session.measurements.to_frame(), report_dict(session)["measurements"]
    for name in ("probability_below", "probability_above"):
        told = [np.nan if m[name] is None else m[name] for m in report]
        np.testing.assert_allclose(table[name], told, atol=5e-5)


def test_events_steps_and_poses(session: Session) -> None:
    assert list(session.events.columns[:4]) == ["video", "view", "side", "kind"]
    assert len(session.events) == len(session.views[0].events)
    assert len(session.steps) == len(session.views[0].steps)
    assert session.pose is session.views[0].pose


def test_cycles_are_normalised_to_101_points(session: Session) -> None:
    cycles = session.cycles
    assert cycles.sizes == {"signal": 7, "side": 2, "percent": 101}
    knee = cycles.sel(signal="knee_flexion", side="left")
    assert float(knee.off) == pytest.approx(36, abs=3)
    assert 100 < float(knee["mean"].max()) < 120
    assert float(knee.sd.max()) > 0
    assert knee.unit.item() == "deg"


def test_cycles_of_two_views_keep_their_signals_apart(session: Session) -> None:
    side = session.views[0]
    front = replace(
        side, info=replace(side.info, view="front"), camera=replace(side.camera, view="front", facing="towards")
    )
    both = assess([side, front]).cycles
    assert both.signal.values.tolist()[-2:] == ["lateral_trunk_lean", "wrist_past_midline"]
    assert both["view"].values.tolist() == ["side"] * 7 + ["front"] * 2
    assert both.video.values.tolist() == [0] * 7 + [1] * 2


def test_card(session: Session) -> None:
    card = replace(session, runner=replace(session.runner, name="<b>Ada</b>"))._repr_html_()
    assert "&lt;b&gt;Ada" in card
    assert "cadence" in card.lower()
    assert session.findings[0].headline in card
    assert card.count("<div") == card.count("</div>")
    assert len(card) < 6000


def test_plots_on_given_axes(session: Session) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (above, below) = plt.subplots(2)
    assert session.plot("knee_flexion", ax=above) is above
    left = above.lines[0]
    assert len(left.get_xdata()) == 101
    assert "knee flexion" in above.get_ylabel()
    assert "% of stride" in above.get_xlabel()
    session.plot_steps("contact_time", ax=below)
    assert len(below.lines[0].get_xdata()) == (session.steps.side == "left").sum()
    assert "ms" in below.get_ylabel()
    plt.close(figure)
    with pytest.raises(InputError, match="signal 'knee' is not in this session; choose from: knee_flexion"):
        session.plot("knee")
    with pytest.raises(InputError, match="metric 'pelvic_drop' is not among the steps"):
        session.plot_steps("pelvic_drop")


def test_plots_say_what_they_need(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(InputError, match=r"pip install 'gait\[notebooks\]'"):
        session.plot()


def test_a_session_is_kept_and_measured_again_without_its_video(session: Session, tmp_path: Path) -> None:
    again = Session.load(session.save(tmp_path / "ada"))
    assert repr(again.measurements) == repr(session.measurements)
    assert again.findings == session.findings
    assert again.views[0].info == session.views[0].info
    assert Session.load(again.save(tmp_path / "ada")).findings == session.findings, "over itself"


def test_slow_motion_is_still_slow_motion(tmp_path: Path) -> None:
    pose = gait.load_poses(exchange.BLAZEPOSE).load()
    slow = pose.assign_coords(time=4 * pose.time)
    slow.attrs |= {"fps": 15.0, "video_fps": 15.0, "capture_fps": 60.0}
    session = assess(gait.analyze_pose(slow))
    again = Session.load(session.save(tmp_path / "slow"))
    found = next(m for m in again.measurements if m.key == "cadence")
    assert found.value == pytest.approx(152.0, abs=0.5)
    assert np.isclose(again.views[0].info.capture_fps, 60)


def test_folders_that_cannot_be_loaded(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="give the folder of a report"):
        Session.load(tmp_path)
    folder = session.save(tmp_path / "ada")
    (folder / "pose_1.nc").unlink()
    with pytest.raises(InputError, match=r"the poses of .* are missing there"):
        Session.load(folder)
    (folder / "report.json").write_text(json.dumps({"schema": "other/1"}))
    with pytest.raises(InputError, match="is not a report of this program"):
        Session.load(folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        session.save(tmp_path / "file")


def test_a_video_stands_for_its_file(clip: Path) -> None:
    video = gait.probe(clip)
    assert (video.frames, video.fps) == (24, 30)
    assert Path(video) == clip
    assert next(gait.read_frames(video)).index == 0
