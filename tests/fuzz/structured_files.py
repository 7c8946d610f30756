"""Files that stay whole as SQLite or HDF5 while what they hold makes no sense."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from tests.fuzz.odd_values import ODD_TEXTS

_CELLS: tuple[Any, ...] = (
    None,
    0,
    -1,
    2**62,
    1e308,
    -1e-300,
    float("inf"),
    "",
    b"",
    b"\x00\xff",
    "NaN",
    "[]",
    "{}",
    "[[[",
)
_CELLS += tuple(ODD_TEXTS[:24])


def change_database(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Change cells, rows, tables, indexes or the version of an SQLite database."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        file = Path(folder, "h.db")
        file.write_bytes(content)
        connection = sqlite3.connect(file, isolation_level=None)
        with contextlib.closing(connection):
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("PRAGMA ignore_check_constraints = ON")
            for _ in range(random.choice((1, 1, 2, 4))):
                with contextlib.suppress(sqlite3.Error, OverflowError, UnicodeEncodeError):
                    _change_once(random, connection)
            with contextlib.suppress(sqlite3.Error):
                connection.execute("PRAGMA journal_mode = DELETE")
        return file.read_bytes()


def _change_once(random: Random, connection: sqlite3.Connection) -> None:
    tables = [
        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    table = random.choice(tables)
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    column = random.choice(columns)
    change = random.randrange(12)
    if change < 6:
        rows = [row for (row,) in connection.execute(f'SELECT rowid FROM "{table}" ORDER BY rowid')]
        if rows:
            where = f" WHERE rowid = {random.choice(rows)}" if random.random() < 0.7 else ""
            connection.execute(f'UPDATE "{table}" SET "{column}" = ?{where}', (random.choice(_CELLS),))
    elif change == 6:
        connection.execute(f'DELETE FROM "{table}" WHERE rowid % 2 = 0')
    elif change == 7:
        connection.execute(f'ALTER TABLE "{table}" RENAME TO "{table}x"')
    elif change == 8:
        connection.execute(f'ALTER TABLE "{table}" DROP COLUMN "{column}"')
    elif change == 9:
        connection.execute(f"PRAGMA user_version = {random.choice((0, 1, 2, 3, 99, -1, 2**31 - 1))}")
    elif change == 10:
        connection.execute(f'DROP TABLE "{table}"')
    else:
        connection.execute(
            f'CREATE TRIGGER t{random.randrange(99)} AFTER INSERT ON "{table}" BEGIN SELECT x FROM y; END'
        )


_ATTRIBUTES: tuple[Any, ...] = (0.0, -1.0, 1e308, float("nan"), float("inf"), "", "x" * 3000, "\x1b[31m", "NaN", 2**62)
_ATTRIBUTES += (np.zeros(0), np.zeros((2, 2)), np.array(["a", "b"], dtype=object), b"\xff\xfe", "../../x", "\u202etxt")


def change_netcdf(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Change attributes, values, types and shapes of a pose file."""
    import h5py

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder, "pose.nc")
        path.write_bytes(content)
        for _ in range(random.choice((1, 1, 2, 3))):
            with (
                contextlib.suppress(KeyError, ValueError, TypeError, OSError, RuntimeError, UnicodeEncodeError),
                h5py.File(path, "r+") as file,
            ):
                _change_hdf5(random, file)
        return path.read_bytes()


def _change_hdf5(random: Random, file: Any) -> None:
    names = sorted(file)
    name = random.choice(names)
    change = random.randrange(12)
    if change < 4:
        attribute = random.choice([*sorted(file.attrs), "fps", "image_width", "metres_per_px"])
        if random.random() < 0.25 and attribute in file.attrs:
            del file.attrs[attribute]
        else:
            file.attrs[attribute] = random.choice(_ATTRIBUTES)
    elif change == 4:
        del file[name]
    elif change == 5:
        holder = file[name]
        attribute = random.choice(sorted(holder.attrs) or ["units"])
        holder.attrs[attribute] = random.choice(_ATTRIBUTES[:12])
    elif change == 6:
        values = file["time"][...]
        file["time"][...] = random.choice(
            (
                values * 0,
                values[::-1],
                values * np.nan,
                values * 1e6,
                -values,
                np.full(len(values), np.inf),
                values * 1e-9,
            )
        )
    elif change < 9 and file[name].dtype.kind == "f":
        values = np.array(file[name][...])
        at = np.array(random.choices((False, False, False, True), k=max(1, len(values.reshape(-1)))))
        odd = random.choice((np.nan, np.inf, -np.inf, 1e30, -1e30, 0.0, 1e-30))
        values.reshape(-1)[at[: values.size]] = odd
        file[name][...] = values if random.random() < 0.7 else odd
    elif change == 9:
        dtype = random.choice(("i1", "S5", "f2", "c8", "?"))
        shape = random.choice((file[name].shape, (0,), (), (1,), (3, 3)))
        del file[name]
        file.create_dataset(name, shape, dtype)
    elif change == 10:
        shape = file[name].shape
        if shape:
            del file[name]
            # Nothing is stored; what is read is as large as it says.
            huge = (random.choice((10**5, 10**7, 10**9, 2**40)), *shape[1:])
            file.create_dataset(name, huge, "f4", chunks=(512, *shape[1:]), fillvalue=np.nan)
    else:
        file.move(name, f"{name}x")
