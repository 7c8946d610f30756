"""Sessions in the files of other programs, read back by those, or by libraries that are not ours."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import gait
from gait.errors import InputError
from gait.io.export import FORMATS
from gait.owned_files import FILES_LIST
from gait.records import Runner
from gait.session import Session, assess
from gait.tables import TIDY_COLUMNS
from tests import foreign_files as exchange


@pytest.fixture(scope="module")
def session() -> Session:
    return exchange.session()


@pytest.fixture(scope="module")
def folder(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a report, without its video."""
    return session.save(tmp_path_factory.mktemp("runs") / "ada_gait")


@pytest.fixture(scope="module")
def files(session: Session, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("export")
    ends = {"movement": ".nc", "openpose": ""}
    return {to: gait.export_session(session, place / f"run_{to}{ends.get(to, f'.{to}')}", to=to) for to in FORMATS}


@pytest.fixture(scope="module")
def opensim(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """OpenSim itself, which begins a log in the working folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("opensim"))
        module = pytest.importorskip("opensim", reason="opensim is not installed: TRC and MOT were read by pandas only")
        module.Logger.removeFileSink()
    return module


def metres(session: Session, name: str) -> np.ndarray:
    """Clean landmark of a runner who faces left: forwards and up, m, from nowhere in particular."""
    view = session.views[0]
    xy = view.clean.position.sel(keypoint=name).isel(individual=0).transpose("time", "space").values
    assert view.camera.m_per_px is not None
    return xy * [-1, -1] * view.camera.m_per_px


def like(found: np.ndarray, expected: np.ndarray, atol: float) -> None:
    """The same but for the origin."""
    np.testing.assert_allclose(found - found.mean(axis=0), expected - expected.mean(axis=0), atol=atol)


# --- OpenSim ----------------------------------------------------------------------------------------------------------


def test_trc_is_read_by_opensim(session: Session, files: dict[str, Path], opensim: Any) -> None:
    table = opensim.TimeSeriesTableVec3(str(files["trc"]))
    assert table.getTableMetaDataString("Units") == "m"
    assert list(table.getColumnLabels()) == [str(n) for n in session.views[0].clean.keypoint.values]
    np.testing.assert_allclose(table.getIndependentColumn(), exchange.times(), atol=1e-4)
    column = table.getDependentColumn("left_heel")
    heel = np.array([[column[n][axis] for axis in range(3)] for n in range(table.getNumRows())])
    like(heel[:, :2], metres(session, "left_heel"), 2e-5)
    assert (heel[:, 2] == 0).all(), "one camera sees no depth"


def test_mot_is_read_by_opensim(files: dict[str, Path], opensim: Any) -> None:
    storage = opensim.Storage(str(files["mot"]))
    assert storage.isInDegrees()
    table = opensim.TimeSeriesTable(str(files["mot"]))
    assert {"knee_angle_r", "hip_flexion_l", "ankle_angle_r", "pelvis_ty"} <= set(table.getColumnLabels())


def test_trc_by_its_specification(session: Session, files: dict[str, Path]) -> None:
    lines = files["trc"].read_text().splitlines()
    assert lines[0].startswith("PathFileType\t4\t(X/Y/Z)\t")
    about = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    assert (about["DataRate"], about["Units"], about["NumFrames"]) == ("60", "m", "780")
    table = pd.read_csv(files["trc"], sep="\t", skiprows=5, header=None)
    assert table.shape == (780, 2 + 3 * int(about["NumMarkers"]))
    at = lines[3].split("\t").index("left_heel")
    like(table[[at, at + 1]].to_numpy(), metres(session, "left_heel"), 2e-5)
    foot = table[[n + 1 for n, name in enumerate(lines[3].split("\t")) if "foot_index" in name or "heel" in name]]
    assert abs(float(np.nanpercentile(foot, 1))) < 0.05, "the ground is at 0"


def test_angles_have_the_signs_of_opensim(session: Session, files: dict[str, Path]) -> None:
    lines = files["mot"].read_text().splitlines()
    begin = lines.index("endheader")
    assert "inDegrees=yes" in lines[:begin]
    table = pd.read_csv(files["mot"], sep="\t", skiprows=begin + 1)
    assert f"nRows={len(table)}" in lines
    assert f"nColumns={table.shape[1]}" in lines
    cycles = session.cycles
    knee = cycles["mean"].sel(signal="knee_flexion", side="left")
    assert table.knee_angle_l.max() == pytest.approx(float(knee.max()), abs=6), "bent is positive"
    contact = session.events.query("side == 'left' and kind == 'contact'").time_s.iloc[4]
    off = session.events.query("side == 'left' and kind == 'toe_off' and time_s > @contact").time_s.iloc[0]
    hip = np.interp([contact, off], table.time, table.hip_flexion_l)
    assert hip[0] > 10, "the thigh is in front at contact"
    assert hip[1] < 0, "and behind at toe-off"
    ankle = np.interp([(contact + off) / 2, off], table.time, table.ankle_angle_l)
    assert ankle[0] > ankle[1] + 10, "the shank leans forwards over the standing foot, then the toes push down"


# --- C3D --------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:No analog data found")
def test_c3d_is_read_by_another_library(session: Session, files: dict[str, Path]) -> None:
    c3d = pytest.importorskip("c3d", reason="c3d is not installed")
    with files["c3d"].open("rb") as file:
        reader = c3d.Reader(file)
        names = [str(label).strip() for label in reader.point_labels]
        frames = np.stack([points for _, points, _ in reader.read_frames()])
        times = reader.get("EVENT:TIMES").float_array
        labels, sides = (
            [str(text).strip() for text in reader.get(f"EVENT:{name}").string_array] for name in ("LABELS", "CONTEXTS")
        )
        assert reader.point_rate == 60
        assert reader.get("POINT:UNITS").string_array[0].strip() == "mm"
    like(frames[:, names.index("right_knee"), :2] / 1000, metres(session, "right_knee"), 1e-5)
    events = session.events
    np.testing.assert_allclose(times[:, 0] * 60 + times[:, 1], events.time_s, atol=1e-3)
    assert labels == ["Foot Strike" if kind == "contact" else "Foot Off" for kind in events.kind]
    assert sides == [side.title() for side in events.side]


@pytest.fixture(scope="module")
def gappy(session: Session) -> Session:
    """Without the left wrist in 40 frames."""
    view = session.views[0]
    clean = view.clean.copy(deep=True)
    clean.position.loc[{"keypoint": "left_wrist", "time": clean.time[100:140]}] = np.nan
    return replace(session, views=(replace(view, clean=clean),))


def test_gaps_stay_gaps(gappy: Session, tmp_path: Path) -> None:
    for to in ("trc", "c3d"):
        pose = gait.load_poses(gait.export_session(gappy, tmp_path / f"run.{to}", to=to))
        gone = np.isnan(pose.position.sel(keypoint="left_wrist").isel(individual=0, space=0).values)
        assert np.flatnonzero(gone).tolist() == list(range(100, 140)), to


def test_opensim_sees_gaps(gappy: Session, tmp_path: Path, opensim: Any) -> None:
    table = opensim.TimeSeriesTableVec3(str(gait.export_session(gappy, tmp_path / "run.trc", to="trc")))
    wrist = table.getDependentColumn("left_wrist")
    assert [bool(np.isnan(wrist[n][0])) for n in (99, 100, 139, 140)] == [False, True, True, False]


# --- poses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["trc", "c3d", "movement", "openpose"])
def test_what_went_out_comes_in_again(session: Session, files: dict[str, Path], to: str) -> None:
    pose = gait.load_poses(files[to], fps=60 if to == "openpose" else None)
    again = gait.analyze_pose(pose, runner=session.runner if to in ("movement", "openpose") else None)
    found = {(m.key, m.side): m for m in again.measurements}
    for m in session.views[0].measurements:
        # Poses of other programs are not corrected; the arm and the ear of this network need it most.
        if m.value is None or (to in ("movement", "openpose") and m.key in ("elbow_flexion", "head_posture")):
            continue
        other = found[m.key, m.side]
        assert other.value is not None, (m.key, other.reason)
        assert m.interval is not None
        assert m.interval[0] <= other.value <= m.interval[1], (m, other)
    assert found["cadence", "both"].value == pytest.approx(152.0, abs=0.1)


def test_movement_schema(files: dict[str, Path]) -> None:
    """What `movement.validators.datasets.ValidPosesInputs.validate` (0.15) asks for, and what its loader reads."""
    with xr.open_dataset(files["movement"], engine="h5netcdf") as ds:
        assert ds.position.dims == ("time", "space", "keypoints", "individuals")
        assert ds.confidence.dims == ("time", "keypoints", "individuals")
        assert ds.space.values.tolist() == ["x", "y"]
        assert ds.attrs["ds_type"] == "poses"
        assert ds.attrs["time_unit"] == "seconds"
        assert ds.attrs["fps"] == 60
        assert ds.attrs["source_software"] == "gait"
        assert len(set(ds.keypoints.values.tolist())) == ds.sizes["keypoints"]
        validators = pytest.importorskip("movement.validators.datasets", reason="movement is not installed")
        validators.ValidPosesInputs.validate(ds)


def test_openpose_has_a_file_a_frame(session: Session, files: dict[str, Path]) -> None:
    frames = sorted(files["openpose"].glob("*_keypoints.json"))
    assert len(frames) == 780
    person = json.loads(frames[100].read_text())["people"][0]["pose_keypoints_2d"]
    assert len(person) == 75
    knee = session.pose.position.sel(keypoint="left_knee").isel(individual=0, time=100).values
    np.testing.assert_allclose(person[3 * 13 : 3 * 13 + 2], knee, atol=1e-3)
    assert person[3 * 20 : 3 * 20 + 3] == [0, 0, 0], "BlazePose has no small toe"


def test_a_folder_with_other_files_is_left_alone(session: Session, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="holds other files"):
        gait.export_session(session, tmp_path, to="openpose")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


# --- tables -----------------------------------------------------------------------------------------------------------


def test_tidy_tables(session: Session, files: dict[str, Path]) -> None:
    text, binary = pd.read_csv(files["csv"]), pd.read_parquet(files["parquet"])
    assert tuple(binary.columns) == tuple(text.columns) == TIDY_COLUMNS
    assert len(text) == len(binary)
    means = binary[binary.step.isna()].set_index(["metric", "side"])
    for m in session.measurements:
        row = means.loc[(m.key, m.side)]
        assert (row.grade, row.unit) == (m.grade, m.unit)
        assert (np.isnan(row.value) and m.value is None) or row.value == m.value
    single = binary[binary.step.notna() & (binary.metric == "overstride") & (binary.side == "left")]
    mean = means.loc[("overstride", "left")].value
    assert single.value.mean() == pytest.approx(mean)
    assert set(single.unit) == {"fraction of L"}
    assert (binary.athlete == "Ada").all()
    assert (binary.view == "side").all()


def test_a_table_says_whose_session_it_is(folder: Path) -> None:
    written = gait.export_session(folder, to="csv")
    assert written == folder / "ada_gait_tidy.csv"
    assert set(pd.read_csv(written).session) == {"ada_gait"}


# --- a careless user --------------------------------------------------------------------------------------------------


def test_lengths_need_a_scale(session: Session, tmp_path: Path) -> None:
    unscaled = assess(gait.analyze_pose(session.pose), runner=Runner())
    for to in ("trc", "c3d"):
        with pytest.raises(InputError, match="need the runner's height"):
            gait.export_session(unscaled, tmp_path / f"run.{to}", to=to)
    angles = gait.export_session(unscaled, tmp_path / "run.mot", to="mot")
    assert "pelvis_tx" not in angles.read_text()
    assert sorted(p.name for p in tmp_path.iterdir()) == [FILES_LIST, "run.mot"]


def test_what_cannot_be(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="format 'xlsx' is unknown; choose from: trc, mot"):
        gait.export_session(session, to="xlsx")
    with pytest.raises(InputError, match="video 3 is not in this session, which has 1"):
        gait.export_session(session, tmp_path / "x.trc", to="trc", video=3)
    with pytest.raises(InputError, match="give the folder of a report"):
        gait.export_session(tmp_path / "nothing", to="trc")
    with pytest.raises(InputError, match="cannot be written"):
        gait.export_session(session, tmp_path / "no" / "such" / "folder.trc", to="trc")
    side = session.views[0]
    behind = replace(session, views=(replace(side, camera=replace(side.camera, view="rear")),))
    with pytest.raises(InputError, match="need the side view"):
        gait.export_session(behind, tmp_path / "x.mot", to="mot")
    assert not list(tmp_path.iterdir())


def test_commands(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from gait.cli.main import main

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        return ended.value.code, *capsys.readouterr()  # type: ignore[return-value]

    code, out, _ = run("export", folder, "--to", "trc", "-o", tmp_path / "run.trc")
    assert (code, out.strip()) == (0, str(tmp_path / "run.trc"))
    code, _, err = run("export", folder, "--to", "xlsx")
    assert code == 2
    assert err.count("\n") == 1
    code, _, err = run("export", folder, "--to", "trc", "--video", "2")
    assert code == 2
    assert "not in this session" in err
    code, out, _ = run("poses", tmp_path / "run.trc", "-o", tmp_path / "again", "--speed", "10")
    assert code == 0
    assert "cadence" in out
    assert {"report.html", "report.json", "steps.csv", "pose_1.nc"} <= {p.name for p in (tmp_path / "again").iterdir()}
    kept = json.loads((tmp_path / "again" / "report.json").read_text())
    code, _, _ = run("report", tmp_path / "again", "-q")
    assert code == 0
    # Poses are stored as float32: the last digit may differ.
    again = json.loads((tmp_path / "again" / "report.json").read_text())
    assert [(m["key"], m["side"], m["grade"]) for m in again["measurements"]] == [
        (m["key"], m["side"], m["grade"]) for m in kept["measurements"]
    ]
    for one, other in zip(again["measurements"], kept["measurements"], strict=True):
        assert one["value"] == (None if other["value"] is None else pytest.approx(other["value"], rel=0.002, abs=0.001))
    code, _, err = run("poses", tmp_path / "nothing.trc")
    assert code == 2
    assert "no such file" in err


@pytest.mark.parametrize("to", FORMATS)
def test_a_name_without_an_ending_is_kept_and_filled(session: Session, tmp_path: Path, to: str) -> None:
    if to == "c3d":
        pytest.importorskip("ezc3d")
    made = gait.export_session(session, tmp_path / "run", to=to)
    beside = set() if to == "openpose" else {FILES_LIST}  # a folder has its list inside
    assert {p.name for p in tmp_path.iterdir()} == {"run", *beside}
    assert made == tmp_path / "run"
    assert made.is_dir() if to == "openpose" else made.stat().st_size > 1000
