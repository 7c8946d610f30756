"""``steps.csv``: every step of every video, one row each."""

from __future__ import annotations

from pathlib import Path

from gait.owned_files import owned_write
from gait.session import Session
from gait.text_tables import csv_text


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
    with owned_write(path) as temporary:
        temporary.write_text(csv_text(session.steps, float_format="%.6g"), encoding="utf-8", newline="")
    return path
