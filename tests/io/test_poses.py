"""Poses made elsewhere: every format is written here by hand, or by the library that is at home in it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import gait
from gait.errors import InputError, RefusedError
from gait.geometry.camera import find_camera
from gait.pose.skeletons import blazepose_name
from gait.synthetic.body_segments import JOINTS
from tests import foreign_files as exchange
from tests.foreign_files import BODY_25, COCO, HALPE, LEGS, by_key, skeleton

KNEE = "left_knee"


def mmpose(path: Path, names: list[str]) -> Path:
    frames = [
        {"frame_id": n, "instances": [{"keypoints": xy.tolist(), "keypoint_scores": [0.9] * len(names)}]}
        for n, xy in enumerate(np.nan_to_num(skeleton(names)))
    ]
    path.write_text(json.dumps({"meta_info": {}, "instance_info": frames}))
    return path


def openpose(folder: Path, frames: int | None = None) -> Path:
    """With somebody who stands by, who comes first in every other frame; nobody is seen in frame 7."""
    folder.mkdir()
    bystander = [v for k in range(25) for v in (900 + k % 3, 300 + 2 * k, 0.5)]
    for n, xy in enumerate(skeleton(BODY_25)[:frames]):
        body = [v for x, y in xy for v in ((x, y, 0.8) if np.isfinite(x) else (0, 0, 0))]
        people = [{"pose_keypoints_2d": p} for p in ([body, bystander] if n % 2 else [bystander, body])]
        record = json.dumps({"version": 1.3, "people": people if n != 7 else []})
        (folder / f"run_{n:012d}_keypoints.json").write_text(record)
    return folder


def csv_table(path: Path, columns: dict[str, np.ndarray]) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def halpe_csv(path: Path, names: dict[str, str] | None = None) -> Path:
    columns: dict[str, np.ndarray] = {"frame": np.arange(len(exchange.times()))}
    for name, xy in zip(HALPE, skeleton(HALPE).transpose(1, 0, 2), strict=True):
        told = (names or {}).get(name, name)
        columns |= {f"{told}_x": xy[:, 0], f"{told}_y": xy[:, 1], f"{told}_score": np.full(len(xy), 0.9)}
    return csv_table(path, columns)


def trc(path: Path, unit: str = "m", scale: float = 1.0, *, frames: int | None = None) -> Path:
    """As Pose2Sim writes it: RHip, LBigToe …; x forwards, y up, z to the right."""
    names = [n for n in HALPE if n in JOINTS]
    short = [n.replace("left_", "L").replace("right_", "R").replace("foot_index", "BigToe") for n in names]
    # The truth has z to the runner's left or right; the axes of a TRC are right-handed.
    data = skeleton(names, exchange.joints())[:frames] * scale
    rows = [
        "\t".join([str(n + 1), f"{n / 60:.4f}", *(f"{v:.5f}" for v in row)])
        for n, row in enumerate(data.reshape(len(data), -1))
    ]
    head = [
        f"PathFileType\t4\t(X/Y/Z)\t{path.name}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"60\t60\t{len(data)}\t{len(names)}\t{unit}\t60\t0\t{len(data)}",
        "Frame#\tTime\t" + "\t\t\t".join(short) + "\t\t",
        "\t\t" + "\t".join(f"{a}{n + 1}" for n in range(len(names)) for a in "XYZ"),
    ]
    path.write_text("\n".join([*head, *rows]) + "\n")
    return path


def at(pose: xr.Dataset, name: str) -> np.ndarray:
    return pose.position.sel(keypoint=name).isel(individual=0).transpose("time", "space").values


# --- the same numbers, whatever the file ------------------------------------------------------------------------------


def test_openpose_folder(tmp_path: Path) -> None:
    pose = gait.load_poses(openpose(tmp_path / "run", 40), fps=60)
    assert pose.sizes["time"] == 40
    assert pose.attrs["engine"] == "openpose"
    found = at(pose, KNEE)
    assert np.isnan(found[7]).all(), "nobody was in this frame"
    assert float(pose.confidence.isel(time=7).max()) == 0
    np.testing.assert_allclose(
        np.delete(found, 7, 0), np.delete(exchange.of(KNEE, exchange.pixels())[:40], 7, 0), atol=1e-3
    )


def test_halpe26_csv_whatever_the_spelling(tmp_path: Path) -> None:
    names = {"left_knee": "LKnee", "right_knee": "knee_right", "left_foot_index": "LBigToe", "left_heel": "Left Heel"}
    pose = gait.load_poses(halpe_csv(tmp_path / "run.csv", names), fps=60, width=960, height=720)
    np.testing.assert_allclose(at(pose, KNEE), exchange.of(KNEE, exchange.pixels()), atol=1e-3)
    assert {"left_heel", "right_foot_index"} <= set(pose.keypoint.values)
    assert (pose.attrs["image_width"], pose.attrs["image_height"]) == (960, 720)


def test_frames_that_are_not_in_the_table_are_gaps(tmp_path: Path) -> None:
    path = halpe_csv(tmp_path / "run.csv")
    table = pd.read_csv(path)
    table.drop(index=[3, 4]).to_csv(path, index=False)
    pose = gait.load_poses(path, fps=60)
    assert pose.sizes["time"] == len(table)
    assert np.isnan(at(pose, KNEE)[3:5]).all()


def test_mmpose_json(tmp_path: Path) -> None:
    pose = gait.load_poses(mmpose(tmp_path / "results.json", COCO), fps=60)
    np.testing.assert_allclose(at(pose, KNEE), exchange.of(KNEE, exchange.pixels()), atol=1e-3)
    assert "left_heel" not in pose.keypoint.values


def test_alphapose_json(tmp_path: Path) -> None:
    path = tmp_path / "alphapose-results.json"
    rows = np.concatenate([np.nan_to_num(skeleton(HALPE)), np.full((len(exchange.times()), 26, 1), 0.7)], axis=2)
    path.write_text(
        json.dumps(
            [{"image_id": f"{n}.jpg", "keypoints": row.ravel().tolist(), "score": 3} for n, row in enumerate(rows)]
        )
    )
    pose = gait.load_poses(path, fps=60)
    np.testing.assert_allclose(at(pose, KNEE), exchange.of(KNEE, exchange.pixels()), atol=1e-3)


def deeplabcut_table() -> pd.DataFrame:
    head = pd.MultiIndex.from_product(
        [["DLC_resnet50"], COCO, ["x", "y", "likelihood"]], names=["scorer", "bodyparts", "coords"]
    )
    values = np.concatenate([skeleton(COCO), np.full((len(exchange.times()), len(COCO), 1), 0.95)], axis=2)
    values[5, COCO.index(KNEE)] = (1, 2, 0.1)
    return pd.DataFrame(values.reshape(len(values), -1), columns=head)


def test_deeplabcut_csv(tmp_path: Path) -> None:
    path = tmp_path / "runDLC_resnet50.csv"
    deeplabcut_table().to_csv(path)
    pose = gait.load_poses(path, fps=60)
    assert at(pose, KNEE)[5].tolist() == [1, 2], "what is not sure is kept unless told otherwise"
    sure = gait.load_poses(path, fps=60, least_confidence=0.6)
    assert np.isnan(at(sure, KNEE)[5]).all()
    np.testing.assert_allclose(at(sure, KNEE)[6:], exchange.of(KNEE, exchange.pixels())[6:], atol=1e-3)


def test_deeplabcut_h5(tmp_path: Path) -> None:
    path = tmp_path / "runDLC_resnet50.h5"
    try:
        deeplabcut_table().to_hdf(path, key="df_with_missing")
    except ImportError:
        path.write_bytes(b"")
        with pytest.raises(InputError, match="needs PyTables"):
            gait.load_poses(path, fps=60)
        pytest.skip("PyTables is not installed: only the message without it was tested")
    np.testing.assert_allclose(
        at(gait.load_poses(path, fps=60), KNEE)[6:], exchange.of(KNEE, exchange.pixels())[6:], atol=1e-3
    )


@pytest.mark.parametrize("plural", ["", "s"])
def test_movement(tmp_path: Path, plural: str) -> None:
    xy = skeleton(HALPE).transpose(0, 2, 1)[..., None]
    ds = xr.Dataset(
        {
            "position": (("time", "space", f"keypoint{plural}", f"individual{plural}"), xy),
            "confidence": (("time", f"keypoint{plural}", f"individual{plural}"), np.full((len(xy), 26, 1), np.nan)),
        },
        coords={
            "time": exchange.times(),
            "space": ["x", "y"],
            f"keypoint{plural}": HALPE,
            f"individual{plural}": ["id_0"],
        },
        attrs={"ds_type": "poses", "fps": 60.0, "time_unit": "seconds", "source_software": "SLEAP"},
    )
    ds.to_netcdf(tmp_path / "run.nc", engine="h5netcdf")
    pose = gait.load_poses(tmp_path / "run.nc")
    np.testing.assert_allclose(at(pose, KNEE), exchange.of(KNEE, exchange.pixels()), atol=1e-3)
    assert float(pose.confidence.sel(keypoint=KNEE).min()) == 1, "seen, as nothing else is known"
    assert pose.attrs["engine"] == "sleap"


# --- what is measured -------------------------------------------------------------------------------------------------


def test_the_same_clip_through_two_skeletons(tmp_path: Path) -> None:
    """BlazePose on the sample clip, and the joints it was drawn from as Halpe-26: alike within their intervals."""
    pose = gait.load_poses(halpe_csv(tmp_path / "run.csv"), fps=60, width=960, height=720)
    other = by_key(pose, runner=exchange.session().runner)
    compared = 0
    for m in exchange.seen().measurements:
        again = other[m.key, m.side]
        if m.value is None:
            continue  # the network may err too much where joints do not
        assert again.interval is not None, (m.key, again.reason)
        assert m.interval is not None
        halves = [(high - low) / 2 for low, high in (m.interval, again.interval)]
        assert abs(m.value - again.value) <= np.hypot(*halves), (m, again)
        compared += 1
    assert compared >= 20


def test_what_a_skeleton_lacks_is_refused_by_name(tmp_path: Path) -> None:
    pose = gait.load_poses(mmpose(tmp_path / "results.json", COCO), fps=60)
    analysis = gait.analyze_pose(pose, runner=exchange.session().runner)
    found = {(m.key, m.side): m for m in analysis.measurements}
    assert found["cadence", "both"].value == pytest.approx(152.0, abs=0.5)
    assert found["trunk_lean", "both"].value == pytest.approx(4.0, abs=1.0)
    for key in ("contact_time", "flight_time", "duty_factor", "overstride", "foot_strike_angle", "knee_flexion_stance"):
        for side in ("left", "right"):
            assert found[key, side].value is None
            assert "these poses lack left_heel, right_heel, left_foot_index" in str(found[key, side].reason), key
    assert found["vertical_oscillation", "both"].value is None
    assert analysis.belt_speed_mps is None
    assert analysis.steps["overstride"].isna().all()


def test_legs_alone_are_enough_for_the_rhythm(tmp_path: Path) -> None:
    columns = {f"{n}_{a}": exchange.of(n, exchange.pixels())[:, k] for n in LEGS for k, a in enumerate("xy")}
    pose = gait.load_poses(csv_table(tmp_path / "legs.csv", {"time": exchange.times(), **columns}))
    analysis = gait.analyze_pose(pose)
    found = {m.key: m for m in analysis.measurements}
    assert analysis.info.facing == "left", "told by the knees"
    assert found["cadence"].value == pytest.approx(152.0, abs=0.5)
    assert "left_shoulder" in str(found["trunk_lean"].reason)


def test_without_shoulders_behind_and_before_look_alike(tmp_path: Path) -> None:
    columns = {f"{n}_{a}": exchange.of(n, exchange.joints())[:, k] for n in LEGS for k, a in ((2, "x"), (1, "y"))}
    scaled = {name: 300 * values for name, values in columns.items()}
    pose = gait.load_poses(csv_table(tmp_path / "legs.csv", {"time": exchange.times(), **scaled}))
    with pytest.raises(RefusedError, match="give the view, rear or front"):
        gait.analyze_pose(pose)
    assert gait.analyze_pose(pose, view="rear").info.view == "rear"


# --- markers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("unit", "scale"), [("m", 1.0), ("mm", 1000.0)])
def test_markers_in_space_need_no_height(tmp_path: Path, unit: str, scale: float) -> None:
    pose = gait.load_poses(trc(tmp_path / "run.trc", unit, scale))
    assert pose.attrs["metres_per_px"] == 0.001
    analysis = gait.analyze_pose(pose)
    assert analysis.info.facing == "right", "seen from the runner's right"
    found = {(m.key, m.side): m for m in analysis.measurements}
    assert found["vertical_oscillation", "both"].value == pytest.approx(7.0, abs=0.6)
    assert found["cadence", "both"].value == pytest.approx(152.0, abs=0.5)
    assert found["overstride", "left"].value == pytest.approx(0.36, abs=0.04)


def test_markers_from_behind(tmp_path: Path) -> None:
    pose = gait.load_poses(trc(tmp_path / "run.trc"), view="rear")
    analysis = gait.analyze_pose(pose)
    assert analysis.info.view == "rear", "left and right are the runner's own"
    width = next(m for m in analysis.measurements if m.key == "step_width")
    assert width.value == pytest.approx(8.0, abs=1.5)
    assert find_camera(gait.load_poses(tmp_path / "run.trc", view="front")).view == "front"


def test_c3d_with_another_axis_up(tmp_path: Path) -> None:
    ezc3d = pytest.importorskip("ezc3d")
    names = [n for n in HALPE if n in JOINTS]
    xyz = skeleton(names, exchange.joints())
    turned = np.stack([xyz[..., 0], -xyz[..., 2], xyz[..., 1]], axis=2)  # x forwards, z up, as laboratories have it
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [60.0]
    file["parameters"]["ANALOG"]["RATE"]["value"] = [60.0]
    file["parameters"]["POINT"]["LABELS"]["value"] = [f"Ada:{n}" for n in names]
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    points = np.ones((4, len(names), len(xyz)))
    points[:3] = 1000 * turned.transpose(2, 1, 0)
    points[:3, names.index(KNEE), 9] = np.nan
    file["data"]["points"] = points
    file["data"]["analogs"] = np.zeros((1, 0, len(xyz)))
    file.write(str(tmp_path / "run.c3d"))
    pose = gait.load_poses(tmp_path / "run.c3d")
    flat = gait.load_poses(trc(tmp_path / "run.trc"))
    assert np.isnan(at(pose, KNEE)[9]).all()
    across = np.diff(at(pose, KNEE), axis=0), np.diff(at(flat, KNEE), axis=0)
    np.testing.assert_allclose(np.delete(across[0], [8, 9], 0), np.delete(across[1], [8, 9], 0), atol=0.1)


def test_markers_by_other_names(tmp_path: Path) -> None:
    path = trc(tmp_path / "run.trc", frames=30)
    path.write_text(path.read_text().replace("Lknee", "L.Knee.Lat").replace("Rknee", "knie"))
    with pytest.raises(InputError, match=r"keypoint left_knee, right_knee missing; it has: .*knie"):
        gait.load_poses(path)
    names = {"left_knee": "L.Knee.Lat", "right_knee": ("knie", "knie")}
    assert "left_knee" in gait.load_poses(path, names=names).keypoint.values
    with pytest.raises(InputError, match="has no marker 'LKNE'"):
        gait.load_poses(path, names={"left_knee": "LKNE"})
    with pytest.raises(InputError, match="'knee' is not a BlazePose keypoint"):
        gait.load_poses(path, names={"knee": "LKNE"})


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("LAnkle", "left_ankle"),
        ("ankle_r", "right_ankle"),
        ("Right-Big-Toe", "right_foot_index"),
        ("RHJC", "right_hip"),
        ("Subject 1:LHEE", "left_heel"),
        ("left_foot_index", "left_foot_index"),
        ("Nose", "nose"),
        ("heel", None),
        ("Hip", None),
        ("LSmallToe", None),
        ("R", None),
    ],
)
def test_names(name: str, own: str | None) -> None:
    assert blazepose_name(name) == own


# --- a careless user --------------------------------------------------------------------------------------------------


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("run.trc", "hello", "is not a TRC file"),
        ("run.csv", "", "is empty"),
        ("run.csv", "a,b\n1,2\n", "has no columns <keypoint>_x"),
        ("run.csv", "scorer,a,a\nbodyparts,b,b\ncoords,x\n", "is not a file of DeepLabCut"),
        ("run.json", "{", "is not JSON"),
        ("run.json", '{"instance_info": []}', "holds no keypoints of MMPose"),
        (
            "run.json",
            '[{"image_id": 1, "keypoints": [1, 2, 1, 3, 4, 1]}]',
            "2 keypoints a person fit no known skeleton",
        ),
        ("run.nc", "no", "is not a readable NetCDF"),
        ("run.c3d", "no", "is not a readable C3D"),
        ("run.h5", "no", "DeepLabCut"),
        ("run.mp4", "no", "fits no format of poses"),
    ],
)
def test_files_that_are_something_else(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as told:
        gait.load_poses(_write(tmp_path / name, text), fps=60)
    assert "\n" not in str(told.value)


def test_what_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        gait.load_poses(tmp_path / "nothing.trc")
    with pytest.raises(InputError, match=r"no \*_keypoints.json files"):
        gait.load_poses(tmp_path, fps=60)
    path = halpe_csv(tmp_path / "run.csv")
    with pytest.raises(InputError, match="states no frame rate"):
        gait.load_poses(path)
    with pytest.raises(InputError, match="fps=-60 must be above 0"):
        gait.load_poses(path, fps=-60)
    with pytest.raises(InputError, match="format 'vicon' is unknown"):
        gait.load_poses(path, fps=60, format="vicon")
    with pytest.raises(InputError, match="view 'top' is unknown"):
        gait.load_poses(path, fps=60, view="top")  # type: ignore[arg-type]
    flat = pd.DataFrame({f"{n}_{a}": [1.0, 2.0] if a == "x" else [np.nan] * 2 for n in LEGS for a in "xy"})
    flat.to_csv(tmp_path / "flat.csv", index=False)
    with pytest.raises(InputError, match="fewer than two coordinates"):
        gait.load_poses(tmp_path / "flat.csv", fps=60)
    table = pd.read_csv(path)
    pd.concat([table, table.iloc[:1]]).to_csv(path, index=False)
    with pytest.raises(InputError, match="frame 0 is there twice"):
        gait.load_poses(path, fps=60)
