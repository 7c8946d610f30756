"""All exercises of the advice, by kind: a drawing, how it is done, how much, and what to do if it hurts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gait.display_language import Texts, _
from gait.findings.exercises import OUR_SETS, Exercise, ExerciseKind, load_exercises
from gait.report.exercise_drawings import exercise_drawing
from gait.report.page_records import ExerciseGroup, ShownExercise

KIND_TITLES: Mapping[ExerciseKind, str] = Texts(
    {
        "warm_up": "Warm-up",
        "drill": "Drills",
        "strength": "Strength",
        "stretch": "Stretches",
        "roll": "Rolling",
    }
)


def exercise_gallery(exercises: Iterable[Exercise] | None = None) -> tuple[ExerciseGroup, ...]:
    """Lay out all exercises by kind.

    Parameters
    ----------
    exercises : iterable of Exercise, optional
        By default those of the package.

    Returns
    -------
    tuple of ExerciseGroup
        In the order of `KIND_TITLES`, without empty kinds.
    """
    everything = tuple(load_exercises() if exercises is None else exercises)
    groups = []
    for kind, title in KIND_TITLES.items():
        of_kind = tuple(_shown(e) for e in everything if e.kind == kind)
        if of_kind:
            groups.append(ExerciseGroup(title, of_kind))
    return tuple(groups)


def _shown(exercise: Exercise) -> ShownExercise:
    return ShownExercise(
        id=exercise.id,
        title=exercise.title,
        how=exercise.how,
        needs=exercise.needs or "",
        sets=exercise.sets,
        progression=exercise.progression,
        easier=exercise.easier,
        source=_source_text(exercise),
        drawing=exercise_drawing(exercise.id),
    )


def _source_text(exercise: Exercise) -> str:
    if exercise.sets_from == OUR_SETS:
        return _("Source: {source}. The amount is our suggestion.").format(source=exercise.source)
    return _("Source, amount included: {source}.").format(source=exercise.source)
