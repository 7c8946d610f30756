from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import pytest

from gait.findings.exercises import ExerciseKind, exercises_for, load_exercises, parse_exercises
from gait.findings.knowledge_loader import KnowledgeError, load_knowledge
from tests.conftest import REPOSITORY
from tests.documents import script

SHARED = REPOSITORY.parent / "shared"
#: Named in the five articles: words of the exercise → its id.
ARTICLES_NAME = {
    "clamshell": "clamshell",
    "glute bridge": "glute_bridge",
    "lateral band walk": "band_walk",
    "bulgarian split squat": "split_squat",
    "single-leg deadlift": "single_leg_deadlift",
    "step-down": "step_down",
    "squats": "squat",
    "lunges": "lunge",
    "leg swings": "leg_swing_front",
    "walking lunges": "walking_lunge",
    "foam roll": "roll_seat",
    "drills": "high_knees",
}


@pytest.fixture
def data() -> dict[str, Any]:
    return tomllib.loads((resources.files("gait.findings") / "exercises.toml").read_text(encoding="utf-8"))


def faults(data: dict[str, Any]) -> str:
    with pytest.raises(KnowledgeError) as raised:
        parse_exercises(data, knowledge=load_knowledge())
    return str(raised.value)


def test_every_correction_that_is_done_has_an_exercise() -> None:
    to_do = [c.id for c in load_knowledge().corrections.values() if c.kind in ("exercise", "drill")]
    # Rolling, stretching and massage are care or habits, and are done too.
    for correction in (*to_do, "foam_roll", "massage", "cool_down", "sit_less", "sleep_and_recover"):
        assert exercises_for(correction), correction


def test_a_correction_without_movement_has_no_exercise() -> None:
    assert exercises_for("replace_shoes") == ()
    assert exercises_for("no such correction") == ()


def test_every_exercise_that_an_article_names_is_there() -> None:
    ids = {exercise.id for exercise in load_exercises()}
    assert set(ARTICLES_NAME.values()) <= ids
    folder = SHARED / "articles"
    if not folder.is_dir():
        pytest.skip("../shared/articles is not here")
    text = " ".join(path.read_text(encoding="utf-8") for path in folder.glob("*.txt")).lower()
    for words in ARTICLES_NAME:
        assert words in text, words


def test_all_kinds_occur_and_three_drills_at_least() -> None:
    kinds = [exercise.kind for exercise in load_exercises()]
    assert set(kinds) == set(get_args(ExerciseKind))
    assert kinds.count("drill") >= 3


def test_an_amount_of_an_article_is_in_that_article() -> None:
    folder: Path = SHARED / "articles"
    if not folder.is_dir():
        pytest.skip("../shared/articles is not here")
    assert {e.sets_from for e in load_exercises()} == {"ours", "fix"}
    amounts = {exercise.sets for exercise in load_exercises() if exercise.sets_from == "fix"}
    assert amounts == {"30–60 seconds each side"}
    assert "for 30-60 seconds" in " ".join(p.read_text(encoding="utf-8") for p in folder.glob("*.txt"))


def test_the_wording_is_our_own() -> None:
    folder = SHARED / "articles"
    if not folder.is_dir():
        pytest.skip("../shared/articles is not here")
    articles = [_runs(path.read_text(encoding="utf-8")) for path in folder.glob("*.txt")]
    for exercise in load_exercises():
        text = " ".join((*exercise.how, exercise.progression, exercise.easier))
        for article in articles:
            assert not _runs(text) & article, exercise.id


def _runs(text: str, length: int = 7) -> set[tuple[str, ...]]:
    """Return all runs of ``length`` words."""
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def test_sentences_are_short_enough_to_be_read_on_the_mat() -> None:
    for exercise in load_exercises():
        for sentence in (*exercise.how, exercise.progression, exercise.easier):
            assert len(sentence.split()) <= 26, sentence


def test_a_source_gives_title_and_section() -> None:
    clamshell = next(e for e in load_exercises() if e.id == "clamshell")
    assert clamshell.source == "Fix Runner's Hip: Expert Relief & Recovery Tips — Activation Exercises"


def test_all_faults_are_listed_in_one_message(data: dict[str, Any]) -> None:
    rows = data["exercise"]
    rows[0]["corrections"] = ["wake_hips"]
    rows[1]["how"] = ["Lie down."]
    rows[2] |= {"kind": "yoga", "sets_from": "a friend"}
    del rows[3]["sets"]
    rows[4]["sets"] = 12
    rows[5]["colour"] = "red"
    rows[6]["named"] = "yes"
    rows[7]["how"] = "Step to the side."
    rows[8]["easier"] = "Hold on"
    rows.append(rows[9])
    text = faults(data)
    for words in (
        "'clamshell': unknown correction 'wake_hips'",
        "'glute_bridge': 1 sentences",
        "unknown kind 'yoga'",
        "unknown article 'a friend'",
        "'band_walk': 'sets' is missing",
        "'sets' must be a text",
        "unknown entry 'colour'",
        "'named' must be true or false",
        "'how' must be a list of texts",
        "no full stop after 'Hold on'",
        "'single_leg_deadlift': given 2 times",
    ):
        assert words in text, words


@pytest.mark.parametrize("data", [{}, {"exercise": []}, {"exercises": []}])
def test_a_file_without_exercises_is_a_fault(data: dict[str, Any]) -> None:
    assert "fault(s) in exercises.toml" in faults(data)


def test_the_page_and_its_drawings_are_what_is_generated() -> None:
    make = script(REPOSITORY / "docs" / "make_exercises.py")
    assert make.PAGE.read_text(encoding="utf-8") == make.page(), "run: python docs/make_exercises.py"
    folder = make.PAGE.parent / make.DRAWINGS
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == make.drawings()


def test_the_page_shows_every_exercise(tmp_path: Path) -> None:
    make = script(REPOSITORY / "docs" / "make_exercises.py")
    text = make.write_page(tmp_path / "page.md").read_text(encoding="utf-8")
    for exercise in load_exercises():
        assert f"### {exercise.title}\n" in text
        assert (tmp_path / "images" / "exercises" / f"{exercise.id}.svg").is_file()
