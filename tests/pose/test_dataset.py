"""The pose dataset: its schema, what it refuses, and that a saved dataset comes back unchanged."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from gait.errors import InputError
from gait.owned_files import FILES_LIST
from gait.pose.dataset import (
    BLAZEPOSE_KEYPOINTS,
    keypoint_family,
    load_pose,
    make_pose_dataset,
    network_variant,
    save_pose,
    validate_pose,
)


def arrays(frames: int = 5) -> dict:
    rng = np.random.default_rng(1)
    return {
        "time_s": np.arange(frames) / 29.97,
        "position": rng.uniform(-20, 3840, (frames, 33, 2)),
        "confidence": rng.uniform(0, 1, (frames, 33)),
        "world": rng.normal(0, 0.5, (frames, 33, 3)),
        "fps": 29.97,
        "image_width": 3840,
        "image_height": 2160,
        "source_file": "run.mp4",
    }


@pytest.fixture
def ds() -> xr.Dataset:
    return make_pose_dataset(**arrays(), engine="mediapipe", model="full")


def test_it_is_laid_out_as_movement_lays_out_poses(ds):
    assert ds["position"].dims == ("time", "space", "keypoint", "individual")
    assert ds["confidence"].dims == ("time", "keypoint", "individual")
    assert ds["world"].dims == ("time", "axis", "keypoint", "individual")
    assert list(ds["space"].values) == ["x", "y"]
    assert tuple(ds["keypoint"].values) == BLAZEPOSE_KEYPOINTS
    assert list(ds["individual"].values) == ["runner"]
    assert ds.attrs["ds_type"] == "poses"
    assert ds.attrs["time_unit"] == "seconds"
    assert ds.attrs["capture_fps"] == ds.attrs["fps"] == 29.97


def test_each_number_lands_where_its_labels_say(ds):
    given = arrays()
    knee = ds.sel(keypoint="left_knee", individual="runner")
    np.testing.assert_allclose(knee["position"].sel(space="y"), given["position"][:, 25, 1], rtol=1e-6)
    np.testing.assert_allclose(knee["world"].sel(axis="z"), given["world"][:, 25, 2], rtol=1e-6)
    np.testing.assert_allclose(knee["confidence"], given["confidence"][:, 25], rtol=1e-6)


def test_a_saved_dataset_is_the_same_when_read(ds, tmp_path):
    ds["position"][2] = np.nan
    save_pose(ds, tmp_path / "pose_1.nc")
    again = load_pose(tmp_path / "pose_1.nc")
    assert again.identical(ds)
    assert again["position"].dtype == np.float64
    assert {file.name for file in tmp_path.iterdir()} == {"pose_1.nc", FILES_LIST}


def test_rounding_for_storage_stays_below_a_hundredth_of_a_pixel(ds):
    given = arrays()["position"].transpose(0, 2, 1)[..., np.newaxis]
    assert np.abs(ds["position"].values - given).max() < 0.001


def test_an_empty_video_is_valid():
    given = arrays(0)
    assert make_pose_dataset(**given).sizes["time"] == 0


def test_all_faults_are_listed_at_once(ds):
    ds = ds.drop_vars("confidence").assign_coords(time=[0.0, 0.1, 0.1, 0.3, 0.4])
    ds.attrs["fps"] = 0.0
    del ds.attrs["model"]
    with pytest.raises(InputError) as caught:
        validate_pose(ds, required=["left_knee", "tail"])
    message = str(caught.value)
    assert "\n" not in message
    for fault in (
        "'confidence' is missing",
        "does not increase at frame 2",
        "tail",
        "'fps' is 0.0",
        "'model' is missing",
    ):
        assert fault in message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ds: ds.transpose("keypoint", ...), "must be time, space, keypoint, individual"),
        (lambda ds: ds.assign(confidence=ds["confidence"] * 2), "must lie between 0 and 1"),
        (lambda ds: ds.assign(position=ds["position"].where(ds["position"] < 2000, np.inf)), "infinite"),
        (lambda ds: ds.assign_coords(space=["y", "x"]), "must be x, y"),
        (lambda ds: ds.assign_coords(keypoint=["nose"] * 33), "more than once"),
        (lambda ds: xr.concat([ds, ds], "individual"), "one runner"),
        (lambda ds: ds.assign_attrs(ds_type="bboxes"), "must be 'poses'"),
        (lambda ds: ds.assign_attrs(image_width="wide"), "must be a number above 0"),
        (lambda ds: ds.assign_attrs(time_unit="frames"), "must be 'seconds'"),
        (lambda ds: ds.assign(position=ds["position"].astype(int)), "must be floating point"),
    ],
)
def test_each_fault_is_named(ds, change, message):
    with pytest.raises(InputError, match=message):
        validate_pose(change(ds))


def test_arrays_that_do_not_fit_together_are_refused():
    with pytest.raises(InputError, match="do not fit together"):
        make_pose_dataset(**{**arrays(), "confidence": np.zeros((4, 33))})
    with pytest.raises(InputError, match="dimensions"):
        make_pose_dataset(**{**arrays(), "position": np.zeros((5, 33))})


@pytest.mark.parametrize("content", [b"", b"hello", None])
def test_a_file_that_holds_no_poses_gets_one_line(tmp_path, content):
    path = tmp_path / "pose_1.nc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"pose_1\.nc") as caught:
        load_pose(path)
    assert caught.value.code == (None if content is None else "pose_file_unreadable")
    assert "--" not in str(caught.value)


def test_another_netcdf_file_is_refused_by_name(tmp_path):
    xr.Dataset({"temperature": ("time", [1.0, 2.0])}).to_netcdf(tmp_path / "weather.nc", engine="h5netcdf")
    with pytest.raises(InputError, match=r"weather\.nc: not a valid pose dataset"):
        load_pose(tmp_path / "weather.nc")


def test_an_unwritable_folder_gets_one_line(ds, tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        save_pose(ds, tmp_path / "missing" / "pose_1.nc")


FAMILIES = {"litert": "blazepose", "mediapipe": "blazepose", "markers": "markers", "openpose": "unknown"}


@pytest.mark.parametrize(("engine", "family"), FAMILIES.items())
def test_the_keypoint_family_is_an_attribute_or_follows_from_the_engine_of_older_poses(engine, family):
    pose = make_pose_dataset(**arrays(), engine=engine)
    assert pose.attrs["keypoint_family"] == keypoint_family(pose) == family
    del pose.attrs["keypoint_family"]  # as poses of earlier versions
    assert keypoint_family(pose) == family


def test_a_given_keypoint_family_outranks_the_engine():
    assert keypoint_family(make_pose_dataset(**arrays(), engine="new", keypoint_family="blazepose")) == "blazepose"


@pytest.mark.parametrize(
    ("attributes", "variant"),
    [
        ({"model": "pose_landmarker_full"}, "full"),  # poses of earlier versions
        ({"model": "pose_landmarker_lite"}, "other"),
        ({"model": "mine", "attributes": {"model_variant": "heavy"}}, "heavy"),
        ({"model": "pose_landmarker_full", "attributes": {"model_variant": "mixed"}}, "mixed"),
        ({"model": "pose_landmarker_full", "attributes": {"model_variant": "other"}}, "other"),
        ({"model": "full", "keypoint_family": "unknown", "attributes": {"model_variant": "heavy"}}, "other"),
    ],
)
def test_poses_name_their_network(attributes, variant):
    assert network_variant(make_pose_dataset(**arrays(), **{"engine": "litert", **attributes})) == variant
