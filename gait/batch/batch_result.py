"""The result of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gait.batch.session_row import SessionRow, Status
from gait.batch.summary_table import summary_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class BatchResult:
    """The sessions of a batch and where their reports are.

    Attributes
    ----------
    output : str
        Path or URL of the output; ``index.html`` in it lists the sessions.
    sessions : tuple of SessionRow
        In the order of the source.
    parquet : bool
        Whether ``summary.parquet`` was written (it needs pyarrow).
    """

    output: str
    sessions: tuple[SessionRow, ...]
    parquet: bool

    @property
    def table(self) -> pd.DataFrame:
        """One row a measurement, as in ``summary.csv`` (`gait.batch.summary_table.summary_table`)."""
        return summary_table(self.sessions)

    def count(self, status: Status) -> int:
        """Count the sessions with a status.

        Parameters
        ----------
        status : {"ok", "failed", "duplicate"}

        Returns
        -------
        int
        """
        return sum(row.status == status for row in self.sessions)
