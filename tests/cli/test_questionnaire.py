"""The dialogue of ``gait ask`` with somebody who types what comes to mind."""

from __future__ import annotations

from collections.abc import Iterable

from gait.cli.questionnaire import ask_questions
from gait.display_language import speak
from gait.findings.answers import Answers, parse_answers
from gait.findings.knowledge_loader import load_knowledge


def talk(lines: Iterable[str], earlier: Answers | None = None) -> tuple[Answers, str]:
    """Answer with these lines in turn and with Enter after that; return the answers and all that was shown."""
    typed, shown = iter(lines), []

    def read_line(prompt: str) -> str:
        shown.append(prompt)
        return next(typed, "")

    return ask_questions(read_line, shown.append, earlier=earlier), "\n".join(shown)


def test_every_question_can_be_skipped() -> None:
    answers, shown = talk([])
    assert not answers
    assert "How far have your shoes run?" in shown


def test_without_pain_there_are_no_questions_about_it() -> None:
    answers, shown = talk(["1"])
    assert answers.values == {"pain_where": ("nowhere",)}
    assert "On which side?" not in shown
    assert "On which side?" in talk(["2"])[1]


def test_options_go_by_number_or_name() -> None:
    for line in ("2,4", "4 2", "hip_deep, hip_front"):
        assert talk([line])[0].values["pain_where"] == ("hip_front", "hip_deep"), line


def test_nonsense_is_asked_again_in_one_line() -> None:
    answers, shown = talk(["9", "wat", "2,banana", "1", "", "", "", "plenty", "-5", "480 km"])
    assert answers.values["pain_where"] == ("nowhere",)
    assert round(float(answers.values["shoe_miles"]), 1) == 298.3  # type: ignore[arg-type]
    for part in ("'9'", "'wat'", "'banana'", "numbers from 1 to 8", "'plenty' is not understood", "outside 0 to 5000"):
        assert part in shown, part
    assert "pain_where =" not in shown


def test_earlier_answers_are_kept_removed_or_replaced() -> None:
    earlier = parse_answers({"pain_where": ["knee"], "pain_side": "left", "favours_side": True, "shoe_miles": 100})
    kept, shown = talk([], earlier)
    assert kept == earlier
    assert "[knee]" in shown
    changed, _ = talk(["1", "", "-", "", "250"], earlier)
    # The side of a pain that is gone goes with it.
    assert changed.values == {"pain_where": ("nowhere",), "shoe_miles": 250.0}


def test_s_skips_all_that_are_left_and_keeps_earlier_answers() -> None:
    answers, shown = talk(["2", "no", "S"])
    assert answers.values == {"pain_where": ("hip_front",), "no_weight": False}
    assert "Do you fear" in shown
    assert "How far have your shoes run?" not in shown
    earlier = parse_answers({"pain_where": ["knee"], "pain_side": "left", "shoe_miles": 100})
    assert talk(["", "s"], earlier)[0] == earlier
    # Follow-ups of an answer that has changed go with it.
    assert talk(["1", "s"], earlier)[0].values == {"pain_where": ("nowhere",), "shoe_miles": 100.0}


def test_in_spanish_s_says_yes_and_another_key_skips() -> None:
    with speak("es"):
        # A painful knee; then the first question of warning signs.
        assert talk(["knee", "s"])[0].values["no_weight"] is True
        answers, shown = talk(["knee", "x"])
    assert set(answers.values) == {"pain_where"}
    assert "; x, todas" in shown


def test_the_warning_signs_come_first() -> None:
    knowledge = load_knowledge()
    order = list(knowledge.questions)
    asked = {c.question for s in knowledge.warnings.values() if s.level != "heed" for t in s.when for c in t}
    assert set(order[: len(asked)]) == asked
