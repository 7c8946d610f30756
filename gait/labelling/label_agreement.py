"""How well two labellings of one clip agree, made blind to each other."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gait.labelling.label_file import EVENT_KINDS, LABEL_POINTS, LabelFile, LabelledEvent, Labelling

#: Two labels are of the same event within so many frames. [E] A stance lasts some 8 frames at 30 frames/s.
SAME_EVENT_FRAMES = 4.0


@dataclass(frozen=True)
class LabelAgreement:
    """Differences between two labellings in one kind of label.

    Attributes
    ----------
    first, second : str
        Names of the labellings.
    what : str
        One of `gait.labelling.label_file.EVENT_KINDS` or `gait.labelling.label_file.LABEL_POINTS`.
    count : int
        Labels that both have.
    only_first, only_second : int
        Labels that one of them has; 0 for points.
    bias : float or None
        Mean of second minus first: frames; for points the length of the mean difference, pixels.
    spread : float or None
        Standard deviation of the difference: frames; for points in each direction, pixels. ``None`` below two.
    """

    first: str
    second: str
    what: str
    count: int
    only_first: int
    only_second: int
    bias: float | None
    spread: float | None


def compare_labellings(labels: LabelFile) -> tuple[LabelAgreement, ...]:
    """Compare every labelling of a clip with every later one.

    Parameters
    ----------
    labels : LabelFile

    Returns
    -------
    tuple of LabelAgreement
        For events and points that either has; empty with one labelling.
    """
    found: list[LabelAgreement] = []
    for (first, a), (second, b) in itertools.combinations(labels.labellings.items(), 2):
        pairs = {kind: _pairs(_of_kind(a, kind), _of_kind(b, kind)) for kind in EVENT_KINDS}
        for kind, matched in pairs.items():
            counts = [len(_of_kind(labelling, kind)) for labelling in (a, b)]
            if not any(counts):
                continue
            differences = np.array([y.frame - x.frame for x, y in matched])
            found.append(
                LabelAgreement(
                    first,
                    second,
                    kind,
                    len(matched),
                    counts[0] - len(matched),
                    counts[1] - len(matched),
                    float(differences.mean()) if len(matched) else None,
                    float(differences.std(ddof=1)) if len(matched) > 1 else None,
                )
            )
        for point in LABEL_POINTS:
            both = [
                (y.points[point].x - x.points[point].x, y.points[point].y - x.points[point].y)
                for x, y in pairs[EVENT_KINDS[0]]
                if point in x.points and point in y.points and x.labelled_frame == y.labelled_frame
            ]
            if both:
                away = np.array(both)
                spread = float(np.sqrt(away.var(axis=0, ddof=1).mean())) if len(both) > 1 else None
                bias = float(np.linalg.norm(away.mean(axis=0)))
                found.append(LabelAgreement(first, second, point, len(both), 0, 0, bias, spread))
    return tuple(found)


def _of_kind(labelling: Labelling, kind: str) -> list[LabelledEvent]:
    return [event for event in labelling.events if event.kind == kind]


def _pairs(
    first: Sequence[LabelledEvent], second: Sequence[LabelledEvent]
) -> list[tuple[LabelledEvent, LabelledEvent]]:
    """Pair labels of the same event, the closest first."""
    links = sorted(
        (abs(a.frame - b.frame), i, j)
        for i, a in enumerate(first)
        for j, b in enumerate(second)
        if a.side == b.side and abs(a.frame - b.frame) <= SAME_EVENT_FRAMES
    )
    used_first: set[int] = set()
    used_second: set[int] = set()
    pairs = []
    for _away, i, j in links:
        if i not in used_first and j not in used_second:
            used_first.add(i)
            used_second.add(j)
            pairs.append((first[i], second[j]))
    return pairs
