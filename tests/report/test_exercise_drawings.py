from __future__ import annotations

import re
from importlib import resources
from xml.etree import ElementTree

import pytest

from gait.findings.exercises import Exercise, load_exercises
from gait.report.exercise_drawings import exercise_drawing
from gait.report.page_templates import template_environment

SVG = "{http://www.w3.org/2000/svg}"
CSS = (resources.files("gait.report") / "templates" / "exercise.css").read_text(encoding="utf-8")


@pytest.fixture(params=[exercise.id for exercise in load_exercises()])
def drawing(request: pytest.FixtureRequest) -> str:
    svg = exercise_drawing(request.param)
    assert svg is not None, f"{request.param} has no drawing"
    return str(svg)


def test_a_drawing_is_well_formed_small_and_told_to_screen_readers(drawing: str) -> None:
    root = ElementTree.fromstring(drawing)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text
    assert root[1].tag == f"{SVG}desc"
    assert root[1].text
    assert len(drawing.encode()) <= 6 * 1024


def test_colours_are_variables_with_a_fallback_or_that_of_the_text(drawing: str) -> None:
    for value in re.findall(r'(?:fill|stroke)="([^"]*)"', drawing):
        assert value in ("none", "currentColor") or re.fullmatch(r"var\(--exercise-[a-z]+,#[0-9a-f]{6}\)", value), value
        if value.startswith("var"):
            name = value[4 : value.index(",")]
            # Light, dark and print.
            assert CSS.count(f"{name}:") == 3, name
    assert "style=" not in drawing
    assert "id=" not in drawing


def test_nothing_is_cut_off_at_the_edge(drawing: str) -> None:
    root = ElementTree.fromstring(drawing)
    width, height = (int(v) for v in str(root.get("viewBox")).split()[2:])
    for path in root.iter(f"{SVG}path"):
        if path.get("stroke") == "none":  # floor and wall may
            continue
        for x, y in points(str(path.get("d"))):
            assert -5 <= x <= width + 5, (x, y)
            assert -5 <= y <= height + 5, (x, y)


def test_the_two_panels_do_not_overlap(drawing: str) -> None:
    root = ElementTree.fromstring(drawing)
    middle = 1300
    for path in root[2]:
        if path.get("stroke") == "none":
            continue
        xs = [x for x, _ in points(str(path.get("d")))]
        assert max(xs) <= middle + 30 or min(xs) >= middle - 30


def points(data: str) -> list[tuple[float, float]]:
    """The points of a path of absolute M, L, Q and relative l, a."""
    x = y = 0.0
    found = []
    for command, text in re.findall(r"([MLQla])([^MLQlaz]*)", data):
        numbers = [float(n) for n in re.findall(r"-?\d+", text)]
        x, y = (x + numbers[-2], y + numbers[-1]) if command in "la" else (numbers[-2], numbers[-1])
        found.append((x, y))
    return found


def test_an_unknown_exercise_has_no_drawing() -> None:
    assert exercise_drawing("headstand") is None


def test_texts_of_a_translation_are_escaped() -> None:
    svg = exercise_drawing("squat", title="Knie & <Hüfte>", description="Links: Anfang")
    assert svg is not None
    assert "<title>Knie &amp; &lt;Hüfte&gt;</title><desc>Links: Anfang</desc>" in svg


def card(exercise: Exercise | dict[str, object]) -> str:
    macros = template_environment("gait.report").get_template("exercise.html.j2").module
    return str(macros.exercise_card(exercise))  # type: ignore[attr-defined]


def test_the_card_has_all_that_the_runner_needs() -> None:
    squat = next(exercise for exercise in load_exercises() if exercise.id == "squat")
    html = card(
        {**vars(squat), "source": squat.source, "drawing": exercise_drawing("squat"), "sets_note": "our suggestion"}
    )
    for text in (*squat.how, squat.sets, squat.progression, squat.easier, squat.title, "(our suggestion)", "<svg"):
        assert text in html
    assert 'id="exercise-squat"' in html


def test_a_card_without_drawing_and_extras_is_whole_too() -> None:
    names = ("title", "how", "sets", "progression", "easier", "source")
    html = card({name: ("One.", "Two.") if name == "how" else name for name in names} | {"drawing": None})
    ElementTree.fromstring(html)
    assert "exercise-picture" not in html
    assert "You need" not in html
