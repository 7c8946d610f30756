"""The method step by step gives what it gives at once, and each step can be replaced."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import gait
from gait.analysis.pipeline import camera_in
from gait.errors import InputError, RefusedError
from gait.pose.dataset import load_pose
from gait.records import Runner
from tests import foreign_files as exchange


@pytest.fixture(scope="module")
def pose() -> xr.Dataset:
    return load_pose(exchange.BLAZEPOSE).load()


@pytest.fixture(scope="module")
def clean(pose: xr.Dataset) -> xr.Dataset:
    return gait.clean_pose(pose, height_m=exchange.RUNNER.height_m)


@pytest.fixture(scope="module")
def events(clean: xr.Dataset) -> pd.DataFrame:
    return gait.detect_events(clean)


def test_step_by_step_is_the_same_to_the_last_digit(clean: xr.Dataset, events: pd.DataFrame) -> None:
    whole = exchange.seen()
    steps = gait.measure(clean, events, runner=exchange.session().runner)
    assert repr(steps.measurements) == repr(whole.measurements)
    pd.testing.assert_frame_equal(steps.events, whole.events, check_exact=True)
    pd.testing.assert_frame_equal(steps.steps, whole.steps, check_exact=True)
    assert steps.info == whole.info
    assert steps.belt_speed_mps == whole.belt_speed_mps
    np.testing.assert_array_equal(steps.clean.position, whole.clean.position)
    xr.testing.assert_identical(steps.pose.position, whole.pose.position)
    assert gait.assess(steps, runner=exchange.session().runner).findings == exchange.session().findings


def test_the_tilt_of_the_pelvis_goes_through() -> None:
    pose = load_pose(exchange.BLAZEPOSE).load()
    tilt = 3 * np.sin(2 * np.pi * 1.2667 * pose.time.values)
    pose["pelvis_tilt"] = (("time", "individual"), tilt[:, None])
    clean = gait.clean_pose(pose)
    again = gait.measure(clean, gait.detect_events(clean)).pose
    np.testing.assert_array_equal(again.pelvis_tilt.values[:, 0], tilt)
    assert set(again.data_vars) == set(pose.data_vars)
    assert again.attrs == pose.attrs


def test_clean_poses_can_be_kept(clean: xr.Dataset, events: pd.DataFrame, tmp_path: Path) -> None:
    clean.to_netcdf(tmp_path / "clean.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "clean.nc", engine="h5netcdf", decode_times=False) as kept:
        pd.testing.assert_frame_equal(gait.detect_events(kept.load()), events)
        assert camera_in(kept) == camera_in(clean)


def test_events_of_a_force_plate_can_be_measured(clean: xr.Dataset, events: pd.DataFrame) -> None:
    later = events.assign(time_s=events.time_s + 0.010 * (events.kind == "toe_off")).drop(columns="uncertainty_s")
    by_plate = {
        (m.key, m.side): m.value for m in gait.measure(clean, later.sample(frac=1, random_state=1)).measurements
    }
    by_pose = {(m.key, m.side): m.value for m in gait.measure(clean, events).measurements}
    assert by_plate["contact_time", "left"] == pytest.approx(by_pose["contact_time", "left"] + 10, abs=0.01)
    assert by_plate["cadence", "both"] == by_pose["cadence", "both"]


def test_the_input_is_not_changed(pose: xr.Dataset) -> None:
    before = pose.copy(deep=True)
    clean = gait.clean_pose(pose)
    kept = clean.copy(deep=True)
    gait.measure(clean, gait.detect_events(clean), runner=Runner(None, 1.8))
    xr.testing.assert_identical(pose, before)
    xr.testing.assert_identical(clean, kept)


def test_the_event_kind_of_earlier_versions_still_works(clean: xr.Dataset, events: pd.DataFrame) -> None:
    with pytest.warns(DeprecationWarning, match="toe_off"):
        old = gait.measure(clean, events.replace({"kind": {"toe_off": "off"}}))
    assert old.measurements == gait.measure(clean, events).measurements


def test_unusable_input_is_refused_in_one_line(pose: xr.Dataset, clean: xr.Dataset, events: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"have not been cleaned: give what gait\.clean_pose returns"):
        gait.detect_events(pose)
    with pytest.raises(InputError, match="lack the column side, kind: "):
        gait.measure(clean, events.drop(columns=["side", "kind"]))
    with pytest.raises(InputError, match="events have the kind 'lift': use contact or toe_off"):
        gait.measure(clean, events.replace({"kind": {"toe_off": "lift"}}))
    with pytest.raises(InputError, match="view 'top' is unknown"):
        gait.clean_pose(pose, view="top")  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="strides"):
        gait.clean_pose(pose.isel(time=slice(0, 90)))
    with pytest.raises(InputError, match="nothing to assess"):
        gait.assess([])
