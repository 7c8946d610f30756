"""``steps.csv``: every step of every video, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gait.atomic_files import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from gait.session import Session

FIRST_COLUMNS = ("video", "view", "side", "contact_s", "off_s", "toe_off_s")


def of_videos(session: Session, table: Literal["steps", "events"]) -> list[pd.DataFrame]:
    """Give a table of each video with its number and view in front."""
    made = []
    for number, view in enumerate(session.views):
        own: pd.DataFrame = getattr(view, table).copy()
        own.insert(0, "video", number)
        own.insert(1, "view", view.info.view)
        made.append(own)
    return made


def steps_table(session: Session) -> pd.DataFrame:
    """All steps in one table.

    Parameters
    ----------
    session
        A finished analysis.

    Returns
    -------
    pandas.DataFrame
        Columns ``video`` (index into the session's views), ``view``, ``side``, ``contact_s``, ``toe_off_s`` (seconds,
        playback timeline; ``off_s`` is the same, for readers of earlier versions), then one column per per-step metric, named by its key, in its own unit. Sorted by video
        and time; empty, with the first columns, when there are no steps.
    """
    import pandas as pd

    filled = [table for table in of_videos(session, "steps") if len(table)]
    if not filled:
        return pd.DataFrame(columns=list(FIRST_COLUMNS))
    steps = pd.concat(filled, ignore_index=True)
    steps["off_s"] = steps["toe_off_s"]
    first = [c for c in FIRST_COLUMNS if c in steps.columns]
    rest = [c for c in steps.columns if c not in first]
    ordered: pd.DataFrame = steps[first + rest].sort_values(["video", "contact_s"], kind="stable", ignore_index=True)
    return ordered


def write_csv(session: Session, path: Path) -> Path:
    """Write the step table; missing values are empty cells, numbers have at most six significant digits."""
    with atomic_write(path) as temporary:
        steps_table(session).to_csv(temporary, index=False, float_format="%.6g", lineterminator="\n")
    return path
