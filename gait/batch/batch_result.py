"""The result of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gait.batch.index_page import IndexNotes
from gait.batch.session_row import SessionRow, Status
from gait.batch.stale_reports import StaleReport
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
    stale : tuple of StaleReport
        Reports in the output whose clips are gone, also those that were removed.
    notes : IndexNotes
        What the index lists besides the sessions: clips to film again, skipped files, athletes who were not filmed.
    problems : tuple of str
        One line for each session that was measured and could not be added to the history.
    """

    output: str
    sessions: tuple[SessionRow, ...]
    parquet: bool
    stale: tuple[StaleReport, ...] = ()
    notes: IndexNotes = field(default_factory=IndexNotes)
    problems: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every clip was measured, copies and skipped files aside, and everything was stored."""
        return not self.problems and all(row.complete for row in self.sessions)

    @property
    def table(self) -> pd.DataFrame:
        """One row a measurement, as in ``summary.csv`` (`gait.batch.summary_table.summary_table`)."""
        return summary_table(self.sessions)

    def count(self, status: Status) -> int:
        """Count the sessions with a status.

        Parameters
        ----------
        status : {"ok", "failed", "duplicate", "waiting"}

        Returns
        -------
        int
        """
        return sum(row.status == status for row in self.sessions)
