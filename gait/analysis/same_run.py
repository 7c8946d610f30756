"""Whether several videos show one run: values from different views are only put together if they do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from gait.analysis.view_analysis import ViewAnalysis
from gait.records import Measurement, Notice

#: Share by which the cadence of two videos of one run may differ. Runners keep theirs within 2 % at one speed, and the
#: intervals of both come on top. [E]
MAX_CADENCE_CHANGE = 0.04


def doubt_same_run(views: Sequence[ViewAnalysis]) -> Notice | None:
    """Say that videos which are given as one run seem to show different ones.

    Parameters
    ----------
    views : sequence of ViewAnalysis

    Returns
    -------
    Notice or None
        Code ``different_runs``; ``None`` where the cadences agree, or fewer than two were measured.
    """
    cadences = [m for view in views for m in view.measurements if m.key == "cadence" and m.value is not None]
    if not any(_differ(one, other) for one, other in combinations(cadences, 2)):
        return None
    values = " and ".join(f"{m.value:.0f}" for m in cadences)
    return Notice(
        "different_runs",
        f"the videos show {values} steps/min, so they may not be one run of one runner at one speed; "
        "values of different videos are put together below: give videos of different runs one by one",
    )


def _differ(one: Measurement, other: Measurement) -> bool:
    if one.value is None or other.value is None:
        return False
    halves = sum((m.interval[1] - m.interval[0]) / 2 for m in (one, other) if m.interval is not None)
    return abs(one.value - other.value) > MAX_CADENCE_CHANGE * min(one.value, other.value) + halves
