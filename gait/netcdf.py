"""Labelled data that need not fit into memory: written to NetCDF piece by piece along time, and read when asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from xarray.backends import BackendArray
from xarray.core import indexing

from gait.atomic_files import atomic_write

#: Frames that are stored, and read, together.
BLOCK_FRAMES = 512


def blocks(ds: xr.Dataset, frames: int = 8 * BLOCK_FRAMES) -> Iterator[xr.Dataset]:
    """Cut a dataset along time; each piece is in memory. At least one piece, even if it is empty."""
    for start in range(0, max(ds.sizes["time"], 1), frames):
        yield ds.isel(time=slice(start, start + frames)).load()


def write_along_time(path: str | os.PathLike[str], pieces: Iterable[xr.Dataset]) -> None:
    """Write datasets that follow each other in time to one file, whole or not at all.

    Parameters
    ----------
    path : path
        The file to make or replace.
    pieces : iterable of xr.Dataset
        At least one, all with the same variables, whose first dimension is ``time`` where they have it. Attributes and
        whatever has no time are those of the first. Floating point is stored compressed with single precision, except
        coordinates.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    import h5netcdf

    with atomic_write(path) as temporary, h5netcdf.File(temporary, "w") as file:
        end = 0
        for number, piece in enumerate(pieces):
            if not number:
                _lay_out(file, piece)
            begin, end = end, end + piece.sizes["time"]
            file.resize_dimension("time", end)
            for name, variable in piece.variables.items():
                if "time" in variable.dims and end > begin:
                    file.variables[name][begin:end] = variable.values


def _lay_out(file: Any, piece: xr.Dataset) -> None:
    """Make dimensions and variables, and fill in what has no time."""
    import h5py

    file.attrs.update(piece.attrs)
    file.dimensions = {str(name): None if name == "time" else size for name, size in piece.sizes.items()}
    for name, variable in piece.variables.items():
        dtype: Any = variable.dtype
        packed: dict[str, Any] = {}
        if dtype.kind in "UO":
            dtype = h5py.string_dtype()
        elif dtype.kind == "f" and name in piece.data_vars:
            dtype = np.dtype(np.float32)
        if "time" in variable.dims:
            packed["chunks"] = (BLOCK_FRAMES, *variable.shape[1:])
        if name in piece.data_vars:
            packed |= {"compression": "gzip", "compression_opts": 4, "shuffle": True}
        if dtype.kind == "f":
            packed["fillvalue"] = dtype.type(np.nan)
        made = file.create_variable(str(name), variable.dims, dtype, **packed)
        if "time" not in variable.dims:
            made[...] = variable.values.astype(object) if variable.dtype.kind == "U" else variable.values


class _Widened(BackendArray):
    """Stored floats as float64, with which everything reckons; read when asked for."""

    def __init__(self, stored: xr.Variable) -> None:
        self._stored = stored
        self.shape = stored.shape
        self.dtype = np.dtype(np.float64)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.OUTER, self._read)

    def _read(self, key: tuple[Any, ...]) -> NDArray[np.float64]:
        return self._stored[key].values.astype(np.float64)


def open_along_time(path: str | os.PathLike[str]) -> xr.Dataset:
    """Open a file without reading its variables; each selection is read when its values are asked for.

    Parameters
    ----------
    path : path

    Returns
    -------
    xr.Dataset
        Floating point as float64. ``.load()`` brings it into memory, ``.close()`` closes the file.
    """
    ds = xr.open_dataset(path, engine="h5netcdf", decode_times=False, cache=False)
    for name in ds.data_vars:
        stored = ds[name].variable
        if stored.dtype == np.float32:
            lazy = indexing.LazilyIndexedArray(_Widened(stored))
            ds[name] = xr.Variable(stored.dims, lazy, stored.attrs)
        ds[name].encoding.clear()
    ds.encoding.pop("unlimited_dims", None)
    return ds
