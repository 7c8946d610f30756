"""The gallery of exercises: all of them once, each with what a runner needs."""

from __future__ import annotations

from gait.findings.exercises import load_exercises
from gait.report.exercise_gallery import exercise_gallery


def test_every_exercise_is_shown_once_with_drawing_amount_and_source() -> None:
    shown = [e for group in exercise_gallery() for e in group.exercises]
    assert sorted(e.id for e in shown) == sorted(e.id for e in load_exercises())
    for exercise in shown:
        assert exercise.how, exercise.id
        assert exercise.sets, exercise.id
        assert exercise.drawing, exercise.id
        assert "<svg" in exercise.drawing, exercise.id


def test_an_amount_of_ours_is_told_as_ours() -> None:
    ours = {e.id for e in load_exercises() if e.sets_from == "ours"}
    for group in exercise_gallery():
        for exercise in group.exercises:
            assert ("our suggestion" in exercise.source) is (exercise.id in ours)


def test_a_kind_without_exercises_has_no_heading() -> None:
    only = [e for e in load_exercises() if e.kind == "drill"]
    assert [group.title for group in exercise_gallery(only)] == ["Drills"]
