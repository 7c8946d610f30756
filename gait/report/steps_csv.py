"""``steps.csv``: every step of every video, one row each."""

from __future__ import annotations

from pathlib import Path

from gait.atomic_files import atomic_write
from gait.session import Session


def write_csv(session: Session, path: Path) -> Path:
    """Write the table of steps (`gait.tables.steps_table`).

    Parameters
    ----------
    session : Session
    path : Path
        File to make or replace.

    Returns
    -------
    Path
        The file. Missing values are empty cells; numbers have at most six significant digits.
    """
    with atomic_write(path) as temporary:
        session.steps.to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")
    return path
