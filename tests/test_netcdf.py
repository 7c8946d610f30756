"""NetCDF files written piece by piece and read on demand."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from gait.errors import InputError
from gait.netcdf import blocks, open_along_time, open_netcdf, write_along_time


def dataset(frames: int) -> xr.Dataset:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(frames, 2)).astype(np.float32).astype(np.float64)
    values[:1] = np.nan
    return xr.Dataset(
        {"position": (("time", "space"), values), "count": ("time", np.arange(frames)), "scale": ((), 2.5)},
        coords={"time": np.arange(frames) / 60, "space": ["x", "y"]},
        attrs={"fps": 60.0, "engine": "litert"},
    )


def pieces(ds: xr.Dataset, frames: int) -> list[xr.Dataset]:
    return list(blocks(ds, frames))


@pytest.mark.parametrize(("frames", "count"), [(0, 1), (1, 1), (10, 1), (11, 2), (35, 4)])
def test_blocks_cover_the_dataset_once(frames: int, count: int) -> None:
    cut = pieces(dataset(frames), 10)
    assert len(cut) == count
    assert xr.concat(cut, "time", data_vars="minimal").identical(dataset(frames))


@pytest.mark.parametrize("frames", [1, 7, 100])
def test_a_file_written_in_pieces_reads_back_as_the_whole(tmp_path, frames: int) -> None:
    whole = dataset(23)
    write_along_time(tmp_path / "run.nc", pieces(whole, frames))
    with open_along_time(tmp_path / "run.nc") as stored:
        for name in ("position", "count", "scale", "time", "space"):
            np.testing.assert_array_equal(stored[name].values, whole[name].values)
        assert stored.position.dtype == np.float64
        assert (stored.attrs["fps"], stored.attrs["engine"]) == (60.0, "litert")


def test_a_selection_is_read_without_the_rest(tmp_path) -> None:
    whole = dataset(50)
    write_along_time(tmp_path / "run.nc", [whole])
    with open_along_time(tmp_path / "run.nc") as stored:
        part = stored.position.isel(time=slice(20, 25), space=1)
        np.testing.assert_array_equal(part.values, whole.position.values[20:25, 1])


def test_a_failure_while_writing_leaves_the_old_file(tmp_path) -> None:
    write_along_time(tmp_path / "run.nc", [dataset(5)])

    def failing():
        yield dataset(3)
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        write_along_time(tmp_path / "run.nc", failing())
    with open_along_time(tmp_path / "run.nc") as stored:
        assert stored.sizes["time"] == 5
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["run.nc"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("content", [b"no HDF5", b"\x89HDF\r\n\x1a\n" + bytes(200)])
def test_a_file_that_is_none_fails_without_a_sound(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pose.nc"
    path.write_bytes(content)
    with pytest.raises((OSError, InputError)):
        open_netcdf(path)
    gc.collect()  # an object of h5netcdf that was half made would print a traceback here
