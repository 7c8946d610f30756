"""NetCDF files larger than memory: written piece by piece along time, read on demand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from xarray.backends import BackendArray, CachingFileManager
from xarray.core import indexing

from gait._typing import PathLike
from gait.display_text import encodable_text
from gait.hdf5_guard import check_hdf5, is_sealed, seal
from gait.owned_files import owned_write

#: Frames that are stored and read together. [E]
BLOCK_FRAMES = 512
#: What NetCDF 4 writes as the name of a dimension without coordinates.
_ONLY_DIMENSION = b"This is a netCDF dimension but not a netCDF variable"


def blocks(ds: xr.Dataset, frames: int = 8 * BLOCK_FRAMES) -> Iterator[xr.Dataset]:
    """Split a dataset along time into pieces that fit into memory.

    Parameters
    ----------
    ds : xarray.Dataset
        With the dimension ``time``.
    frames : int
        Frames per piece.

    Yields
    ------
    xarray.Dataset
        A piece, loaded into memory. An empty dataset gives one empty piece.
    """
    for start in range(0, max(ds.sizes["time"], 1), frames):
        yield ds.isel(time=slice(start, start + frames)).load()


def as_stored(ds: xr.Dataset) -> xr.Dataset:
    """Round floating-point variables to what :func:`write_along_time` stores, so that a file gives the same numbers.

    Parameters
    ----------
    ds : xarray.Dataset

    Returns
    -------
    xarray.Dataset
        float64 variables hold float32 values; coordinates keep theirs.
    """
    changed = {
        name: variable.copy(data=variable.values.astype(np.float32).astype(np.float64))
        for name, variable in ds.data_vars.items()
        if variable.dtype == np.float64
    }
    return ds.assign(changed).assign_attrs(ds.attrs)


def write_along_time(path: PathLike, pieces: Iterable[xr.Dataset]) -> None:
    """Write consecutive datasets to one file, whole or not at all.

    Parameters
    ----------
    path : path
        The file to make or replace.
    pieces : iterable of xarray.Dataset
        At least one, in time order, all with the same variables. If a variable depends on ``time``, that is its first
        dimension. Attributes and variables without ``time`` are taken from the first piece. Floating-point variables
        are compressed and stored as float32; coordinates keep their type.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    import h5netcdf

    with owned_write(path) as temporary:
        with h5netcdf.File(temporary, "w") as file:
            end = 0
            for number, piece in enumerate(pieces):
                if not number:
                    _lay_out(file, piece)
                begin, end = end, end + piece.sizes["time"]
                file.resize_dimension("time", end)
                for name, variable in piece.variables.items():
                    if "time" in variable.dims and end > begin:
                        file.variables[name][begin:end] = variable.values
        seal(temporary)


def _lay_out(file: Any, piece: xr.Dataset) -> None:
    """Create dimensions and variables, and write the variables without ``time``."""
    import h5py

    # HDF5 takes only UTF-8, and the name of a clip may hold other bytes.
    file.attrs.update({k: encodable_text(v) if isinstance(v, str) else v for k, v in piece.attrs.items()})
    file.dimensions = {str(name): None if name == "time" else size for name, size in piece.sizes.items()}
    for name, variable in piece.variables.items():
        dtype: Any = variable.dtype
        options: dict[str, Any] = {}
        if dtype.kind in "UO":
            dtype = h5py.string_dtype()
        elif dtype.kind == "f" and name in piece.data_vars:
            dtype = np.dtype(np.float32)
        if "time" in variable.dims:
            options["chunks"] = (BLOCK_FRAMES, *variable.shape[1:])
        if name in piece.data_vars and variable.dims:
            options |= {"compression": "gzip", "compression_opts": 4, "shuffle": True}
        if dtype.kind == "f":
            options["fillvalue"] = dtype.type(np.nan)
        created = file.create_variable(str(name), variable.dims, dtype, **options)
        if "time" not in variable.dims:
            created[...] = variable.values.astype(object) if variable.dtype.kind == "U" else variable.values


class _Widened(BackendArray):
    """Stored float32 values as float64, read on demand."""

    def __init__(self, stored: xr.Variable) -> None:
        self._stored = stored
        self.shape = stored.shape
        self.dtype = np.dtype(np.float64)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.OUTER, self._read)

    def _read(self, key: tuple[Any, ...]) -> NDArray[np.float64]:
        return self._stored[key].values.astype(np.float64)


def open_netcdf(path: PathLike, **options: Any) -> xr.Dataset:
    """Open a NetCDF 4 file that may be damaged, or none.

    Parameters
    ----------
    path : path
    **options
        Of :func:`xarray.open_dataset`.

    Returns
    -------
    xarray.Dataset
        Times are not decoded.

    Raises
    ------
    InputError
        When the file is damaged; see :mod:`gait.hdf5_guard`.
    """
    import h5py

    check_hdf5(Path(path))
    # When h5netcdf is the first that cannot open a file, its half-made object prints a traceback at its end.
    with h5py.File(path, "r"):
        pass
    # Dimensions without a name get one; without the argument a warning is printed.
    return xr.open_dataset(path, engine="h5netcdf", decode_times=False, phony_dims="access", **options)


class _OwnArray(BackendArray):
    """A variable of a file that :func:`write_along_time` wrote, read on demand; float32 values as float64."""

    def __init__(self, file: CachingFileManager[Any], name: str, stored: Any) -> None:
        self._file, self._name = file, name
        self.shape = stored.shape
        self.dtype = np.dtype(np.float64) if stored.dtype == np.float32 else stored.dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        # The library below takes one list of indices, in ascending order.
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.OUTER_1VECTOR, self._read)

    def _read(self, key: tuple[Any, ...]) -> NDArray[Any]:
        with self._file.acquire_context() as file:
            return np.asarray(file[self._name][key], dtype=self.dtype)


def _open_own(path: Path) -> xr.Dataset:
    """Open a file that :func:`write_along_time` wrote: in a tenth of the time that xarray's own reader takes."""
    import h5py

    manager = CachingFileManager(h5py.File, os.path.abspath(path), mode="r")  # noqa: PTH100  (links stay)
    try:
        file = manager.acquire()
        variables: dict[str, xr.Variable] = {}
        for name, stored in file.items():
            if stored.attrs.get("NAME", b"").startswith(_ONLY_DIMENSION):
                continue
            dims = (name,) if stored.is_scale else tuple(axis[0].name.lstrip("/") for axis in stored.dims)
            if h5py.check_string_dtype(stored.dtype) is not None:
                data: Any = np.array(stored.asstr()[...], dtype=str)
            elif name in dims or not stored.shape:
                data = stored[...]
            else:
                data = indexing.LazilyIndexedArray(_OwnArray(manager, name, stored))
            variables[name] = xr.Variable(dims, data)
        attrs = _attributes(file)
    except BaseException:
        manager.close()
        raise
    coordinates = {name: variables.pop(name) for name in list(variables) if variables[name].dims == (name,)}
    ds = xr.Dataset(variables, coordinates, attrs)
    ds.encoding["source"] = os.path.abspath(path)  # noqa: PTH100
    ds.set_close(manager.close)
    return ds


def _attributes(file: Any) -> dict[str, Any]:
    """Read the attributes of a file; one number is no array."""
    found = {str(name): value for name, value in file.attrs.items() if name != "_NCProperties"}
    return {k: v[0] if isinstance(v, np.ndarray) and v.shape == (1,) else v for k, v in found.items()}


def attributes_along_time(path: PathLike) -> dict[str, Any]:
    """Read the attributes of a file, and nothing else.

    Parameters
    ----------
    path : path
        As in :func:`open_along_time`.

    Returns
    -------
    dict
        Numbers are NumPy's.

    Raises
    ------
    InputError
        When the file is damaged; see :mod:`gait.hdf5_guard`.
    """
    import h5py

    check_hdf5(Path(path))
    with h5py.File(path, "r") as file:
        return _attributes(file)


def open_along_time(path: PathLike) -> xr.Dataset:
    """Open a file without reading its variables; a selection is read when its values are used.

    Parameters
    ----------
    path : path
        Written by :func:`write_along_time` or another NetCDF 4 file.

    Returns
    -------
    xarray.Dataset
        float32 variables as float64. ``.load()`` reads everything into memory, ``.close()`` closes the file.

    Raises
    ------
    InputError
        When the file is damaged; see :mod:`gait.hdf5_guard`.
    """
    check_hdf5(Path(path))
    if is_sealed(Path(path)):
        return _open_own(Path(path))
    ds = open_netcdf(path, cache=False)
    for name in ds.data_vars:
        stored = ds[name].variable
        if stored.dtype == np.float32:
            lazy = indexing.LazilyIndexedArray(_Widened(stored))
            ds[name] = xr.Variable(stored.dims, lazy, stored.attrs)
        ds[name].encoding.clear()
    ds.encoding.pop("unlimited_dims", None)
    return ds
