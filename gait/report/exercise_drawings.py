"""Drawings of the exercises: the start and the end of each, as inline SVG."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gait.display_language import N_, gettext
from gait.findings.exercises import load_exercises
from gait.report.exercise_poses import SCENES
from gait.report.exercise_scene import draw_scene, scene_size
from gait.report.page_templates import html_text

if TYPE_CHECKING:
    from markupsafe import Markup

DESCRIPTION = N_("Left: the start of the movement. Right: its end.")


def exercise_drawing(exercise_id: str, *, title: str | None = None, description: str = DESCRIPTION) -> Markup | None:
    """Draw an exercise: start and end side by side, the same person in all drawings.

    Parameters
    ----------
    exercise_id : str
        As in ``exercises.toml``.
    title : str, optional
        What a screen reader says; the exercise's title where not given.
    description : str, optional
        What a screen reader says after it.

    Returns
    -------
    markupsafe.Markup or None
        An ``<svg>`` of at most 6 kB; ``None`` for an unknown exercise.
    """
    from markupsafe import Markup

    drawn = _drawn(exercise_id)
    if drawn is None:
        return None
    width, height, body = drawn
    titles = {exercise.id: exercise.title for exercise in load_exercises()}
    return Markup(
        f'<svg class="exercise-drawing" viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{html_text(title or titles.get(exercise_id, exercise_id))}</title>"
        f"<desc>{html_text(gettext(description))}</desc>{body}</svg>"
    )


@cache
def _drawn(exercise_id: str) -> tuple[int, int, str] | None:
    if exercise_id not in SCENES:
        return None
    scene = SCENES[exercise_id]()
    width, height = scene_size(scene)
    return width, height, draw_scene(scene)
