"""Whether several videos show one run: values from different views are only put together if they do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from gait.analysis.view_analysis import ViewAnalysis
from gait.display_language import _, list_text
from gait.errors import RefusedError
from gait.records import Measurement, Notice

#: Share by which the cadence of two videos of one run may differ. Runners keep theirs within 2 % at one speed, and the
#: intervals of both come on top. [E]
MAX_CADENCE_CHANGE = 0.04
#: Share beyond which, on top of both intervals, no run at one speed is left: in 34 healthy runners (norms/runners.csv)
#: the cadence changed by 7 % (median) for 1 m/s more and by 14 % for 2 m/s more. [E]
IMPOSSIBLE_CADENCE_CHANGE = 0.08


def refuse_different_runs(views: Sequence[ViewAnalysis], names: Sequence[str]) -> None:
    """Refuse to put videos together whose cadences cannot be those of one run at one speed.

    Parameters
    ----------
    views : sequence of ViewAnalysis
    names : sequence of str
        How the message calls each video.

    Raises
    ------
    RefusedError
        Code ``different_runs``.

    Notes
    -----
    Build does not tell runners apart across views: on 40 rendered runners trunk over leg length separated a pair of
    different runners from one runner no better than an area under the ROC curve of 0.64 to 0.66 (0.5 is chance).
    """
    cadences = [
        (name, m)
        for name, view in zip(names, views, strict=True)
        for m in view.measurements
        if m.key == "cadence" and m.value is not None
    ]
    pairs = combinations(cadences, 2)
    if any(_differ(one, other, IMPOSSIBLE_CADENCE_CHANGE) for (_, one), (_, other) in pairs):
        values = ", ".join(
            _("{clip}: {cadence} steps/min").format(clip=name, cadence=f"{m.value:.0f}") for name, m in cadences
        )
        raise RefusedError(
            _(
                "the videos show different runs, or one run at different speeds ({values}): analyse them one by one, "
                "or say that they are one run"
            ).format(values=values),
            code="different_runs",
        )


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
    values = list_text([f"{m.value:.0f}" for m in cadences])
    return Notice(
        "different_runs",
        _(
            "the videos show {values} steps/min, so they may not be one run of one runner at one speed; values of "
            "different videos are put together below: give videos of different runs one by one"
        ).format(values=values),
    )


def _differ(one: Measurement, other: Measurement, share: float = MAX_CADENCE_CHANGE) -> bool:
    if one.value is None or other.value is None:
        return False
    halves = sum((m.interval[1] - m.interval[0]) / 2 for m in (one, other) if m.interval is not None)
    return abs(one.value - other.value) > share * min(one.value, other.value) + halves
