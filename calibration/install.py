"""Compare the results of calibration runs with the constants of the package, and copy them there.

python -m calibration.install [--results DIR] [--target DIR] [--check]
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from calibration.calibrate import FILES
from calibration.constants_writer import RESULTS
from calibration.ordinary_cycles_fit import FILE as ORDINARY_CYCLES
from gait.atomic_files import atomic_write
from gait.errors import InputError

COMMAND = "python -m calibration.install"
#: Where the package keeps its constants.
PACKAGE_FOLDER = Path(__file__).resolve().parents[1] / "gait" / "calibration"
#: Files that are installed together or not at all.
SETS: tuple[tuple[str, ...], ...] = (FILES, (ORDINARY_CYCLES,))
#: At most this many differences of a file are printed.
MAX_LINES = 20


def differences(old: Path, new: Path) -> list[str]:
    """Compare two files of constants.

    Parameters
    ----------
    old, new : Path
        ``.toml`` or ``.npz``; ``old`` may be missing.

    Returns
    -------
    list of str
        One line a value that differs; empty if all values are equal, whatever the comments are.
    """
    before = _values(old) if old.is_file() else {}
    after = _values(new)
    lines = []
    for name in [*before, *(name for name in after if name not in before)]:
        if name not in after:
            lines.append(f"{name}: removed")
        elif name not in before:
            lines.append(f"{name}: new, {_shown(after[name])}")
        elif not np.array_equal(np.asarray(before[name]), np.asarray(after[name])):
            lines.append(f"{name}: {_change(before[name], after[name])}")
    return lines


def install(results: Path, target: Path = PACKAGE_FOLDER, *, check: bool = False) -> dict[str, list[str]]:
    """Copy results to the package; each file is replaced atomically.

    Parameters
    ----------
    results : Path
        Folder of results.
    target : Path
        Folder of the package's constants.
    check : bool
        Only compare.

    Returns
    -------
    dict
        Name of every file found in the results → `differences`.

    Raises
    ------
    InputError
        There are no results, or only a part of the files that belong together.
    """
    compared: dict[str, list[str]] = {}
    for names in SETS:
        present = [name for name in names if (results / name).is_file()]
        missing = [name for name in names if name not in present]
        if present and missing:
            raise InputError(f"{results}: {', '.join(missing)} missing; the calibration has not finished, run it again")
        compared |= {name: differences(target / name, results / name) for name in present}
    if not compared:
        raise InputError(f"{results}: no results; run python -m calibration.calibrate first")
    if not check:
        for name in compared:
            with atomic_write(target / name) as temporary:
                temporary.write_bytes((results / name).read_bytes())
    return compared


def _values(path: Path) -> Mapping[str, Any]:
    """Return the values of a file by dotted names."""
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    return dict(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))


def _flat(table: Mapping[str, Any] | list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    items = table.items() if isinstance(table, Mapping) else enumerate(table)
    for name, value in items:
        full = f"{prefix}.{name}" if prefix else str(name)
        is_list_of_tables = isinstance(value, list) and any(isinstance(item, Mapping) for item in value)
        if isinstance(value, Mapping) or is_list_of_tables:
            yield from _flat(value, full)
        else:
            yield full, value


def _shown(value: Any) -> str:
    return f"{value.size} numbers" if isinstance(value, np.ndarray) and value.size > 1 else str(value)


def _change(old: Any, new: Any) -> str:
    if not isinstance(new, np.ndarray):
        return f"{old} → {new}"
    if np.shape(old) != new.shape:
        return f"shape {np.shape(old)} → {new.shape}"
    return f"largest change {np.max(np.abs(new.astype(float) - np.asarray(old, dtype=float))):.3g}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, print what differs and install.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Returns
    -------
    int
        Exit code: 0; 1 with ``--check`` if anything differs; 2 without usable results.
    """
    parser = argparse.ArgumentParser(prog=COMMAND, description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of results")
    parser.add_argument("--target", type=Path, default=PACKAGE_FOLDER, help="folder of the package's constants")
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 if anything differs")
    options = parser.parse_args(arguments)
    try:
        compared = install(options.results, options.target, check=options.check)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for name, lines in compared.items():
        sys.stdout.write(f"{name}: {f'{len(lines)} values differ' if lines else 'no value differs'}\n")
        sys.stdout.writelines(f"  {line}\n" for line in lines[:MAX_LINES])
        if len(lines) > MAX_LINES:
            sys.stdout.write(f"  … and {len(lines) - MAX_LINES} more\n")
    if options.check:
        return 1 if any(compared.values()) else 0
    sys.stdout.write(f"Installed in {options.target}. Run the tests and gait validate before you commit.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
