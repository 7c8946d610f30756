"""Pose files that are damaged end in one line, not in a loop of libhdf5."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from gait import hdf5_guard
from gait.errors import InputError
from gait.hdf5_guard import check_hdf5
from gait.netcdf import open_along_time, write_along_time
from tests.conftest import REPOSITORY

_SHARED_FAULT = REPOSITORY.parent / "shared" / "faults" / "F10_pose_hang" / "pose_1.nc"


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    variables = {"position": (("time", "space"), rng.normal(size=(300, 2))), "scale": ((), 2.5)}
    ds = xr.Dataset(variables, coords={"time": np.arange(300) / 60}, attrs={"fps": 60.0, "engine": "litert"})
    path = tmp_path / "pose.nc"
    write_along_time(path, [ds])
    return path


def without_seal(path: Path) -> Path:
    old = path.with_name("old.nc")
    content = path.read_bytes()
    old.write_bytes(content[: content.rindex(b"\ngait-blake2b:")])
    return old


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, size: int) -> None:
        raise AssertionError("a child process was started")

    monkeypatch.setattr(hdf5_guard, "_read_elsewhere", refuse)


def test_own_files_are_known_by_their_checksum(sealed: Path, no_child: None) -> None:
    with open_along_time(sealed) as ds:
        assert ds.sizes["time"] == 300


def test_other_readers_of_netcdf_read_own_files(sealed: Path) -> None:
    with xr.open_dataset(sealed, engine="h5netcdf", decode_times=False) as ds:
        assert float(ds.scale) == 2.5


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_byte_is_found(sealed: Path, seed: int, no_child: None) -> None:
    content = bytearray(sealed.read_bytes())
    rng = np.random.default_rng(seed)
    content[rng.integers(8, len(content) - 50)] ^= 1 << rng.integers(8)
    sealed.write_bytes(content)
    with pytest.raises(InputError, match=r"is damaged \(its content does not fit its checksum\)") as caught:
        check_hdf5(sealed)
    assert caught.value.code == "pose_file_damaged"


def test_a_file_of_an_earlier_version_is_read_in_another_process(sealed: Path) -> None:
    old = without_seal(sealed)
    check_hdf5(old)
    with open_along_time(old) as ds:
        assert ds.sizes["time"] == 300


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_of_an_earlier_version_ends_in_one_line(sealed: Path, seed: int) -> None:
    old = without_seal(sealed)
    content = bytearray(old.read_bytes())
    rng = np.random.default_rng(seed)
    for place in rng.integers(8, 4000, size=40):  # where the library keeps its structures
        content[place] = rng.integers(256)
    old.write_bytes(content)
    with pytest.raises(InputError) as caught:
        check_hdf5(old)
    assert "\n" not in str(caught.value)


def test_a_truncated_file_ends_in_one_line(sealed: Path) -> None:
    old = without_seal(sealed)
    old.write_bytes(old.read_bytes()[:-500])
    with pytest.raises(InputError, match="is damaged"):
        check_hdf5(old)


def test_reading_that_does_not_end_is_ended(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5_guard, "_LIMIT_S", 0.01)
    begun = time.monotonic()
    with pytest.raises(InputError, match="reading it does not end within"):
        check_hdf5(without_seal(sealed))
    assert time.monotonic() - begun < 10


def test_the_file_on_which_the_library_loops() -> None:
    if not _SHARED_FAULT.is_file():
        pytest.skip("../shared/faults is not here")
    with pytest.raises(InputError, match="is damaged"):
        check_hdf5(_SHARED_FAULT)


def test_variables_larger_than_any_file_are_not_read(tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "claims.nc"
    with h5py.File(path, "w") as file:
        file.create_dataset("position", shape=(10**9, 1000), chunks=(1000, 1000), dtype="f8")
    with pytest.raises(InputError, match="claims 1000000000000 values"):
        check_hdf5(path)


def test_other_formats_are_left_to_their_readers(tmp_path: Path) -> None:
    (tmp_path / "a.nc").write_bytes(b"CDF\x01" + bytes(100))
    check_hdf5(tmp_path / "a.nc")
    with pytest.raises(OSError, match="No such file"):
        check_hdf5(tmp_path / "none.nc")
