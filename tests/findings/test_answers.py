"""Answers as careless people give them, and the advice and warnings that they bring up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gait.errors import InputError
from gait.findings.advice_ranking import corrections_from_answers
from gait.findings.answers import (
    Answers,
    load_answers,
    parse_answers,
    reasons_for_advice,
    warnings_from_answers,
    withheld_corrections,
    write_answers,
)
from gait.findings.knowledge_loader import KnowledgeError, load_knowledge, parse_knowledge

EVERYTHING = {
    "pain_where": ["hip_front"],
    "pain_when": ["tired", "running"],
    "shoe_miles": 420.5,
    "track_direction": True,
    "warm_up": "still",
    "weekly_miles": 30,
}


def advised(**answers: Any) -> set[str]:
    return {entry.id for entry in corrections_from_answers(parse_answers(answers))}


def warned(**answers: Any) -> list[str]:
    return [notice.code for notice in warnings_from_answers(parse_answers(answers))]


# --- files ---


def test_written_answers_are_read_again(tmp_path: Path) -> None:
    given = parse_answers(EVERYTHING)
    path = write_answers(given, tmp_path / "answers.toml")
    assert load_answers(path) == given
    assert {p.name for p in tmp_path.iterdir()} == {"answers.toml", ".gait-files.jsonl"}
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Answers of a runner")
    assert "# How far have your shoes run? (miles)\nshoe_miles = 420.5" in text
    assert "weekly_miles = 30\n" in text
    assert "--" not in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ("holds no answers", "gait ask")),
        ("# only a remark\n", ("holds no answers",)),
        ("shoe_mile = 300", ("'shoe_mile' is no question", "did you mean 'shoe_miles'?")),
        ("qwxz = 1", ("'qwxz' is no question", "gait ask")),
        ("shoe_miles = -3", ("shoe_miles = -3", "outside 0 to 5000 miles")),
        ("shoe_miles = nan", ("shoe_miles = nan", "not understood")),
        ("shoe_miles = true", ("shoe_miles = True", "not understood", "number of miles")),
        ('shoe_miles = "many"', ("'many'", "not understood")),
        ('shoe_miles = "3.4.5"', ("'3.4.5'", "not understood")),
        ('shoe_miles = "1,000"', ("'1,000'", "not understood")),
        ('shoe_miles = "３００"', ("not understood",)),
        ("shoe_miles = inf", ("outside 0 to 5000",)),
        ("shoe_miles = 1" + "0" * 400, ("outside 0 to 5000",)),
        ("shoe_miles = " + "9" * 5000, ("not a TOML file", "thousands of digits")),
        ("pain_where = " + "[" * 5000 + "]" * 5000, ("not a TOML file", "nested too deeply")),
        ('shoe_miles = "30 kg"', ("'30 kg'", "not understood")),
        ('sitting_hours = "8 km"', ("'8 km'", "not understood")),
        ("shoe_miles = [300]", ("[300]", "not understood")),
        ('pain_where = "hpi"', ("pain_where = 'hpi'", "choose from: nowhere, hip_front")),
        ("pain_where = 3", ("pain_where = 3", "choose from")),
        ("pain_where = []", ("pain_where = []", "leave the line out")),
        ('pain_where = ["nowhere", "knee"]', ("excludes every other answer",)),
        ('warm_up = ["none", "still"]', ("must be one answer",)),
        ("cool_down = 1", ("cool_down = 1", "neither yes nor no")),
        ('cool_down = "perhaps"', ("'perhaps'", "neither yes nor no")),
        ('[pain_where]\nhip = "front"', ("pain_where", "choose from")),
        ("shoe_miles = ", ("not a TOML file",)),
        ("shoe_miles = 1\nshoe_miles = 2", ("not a TOML file",)),
    ],
)
def test_a_fault_gives_one_line_with_the_value(tmp_path: Path, text: str, says: tuple[str, ...]) -> None:
    path = tmp_path / "answers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_answers(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    for words in says:
        assert words in message, message


def test_an_empty_file_has_a_code_for_programs(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").touch()
    with pytest.raises(InputError) as caught:
        load_answers(tmp_path / "answers.toml")
    assert caught.value.code == "answers_empty"


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse_answers({"shoe_mile": 300, "cool_down": "no idea", "sitting_hours": 30})
    assert all(word in str(caught.value) for word in ("shoe_mile'", "cool_down", "sitting_hours = 30"))


@pytest.mark.parametrize("kind", ["missing", "folder", "binary", "huge"])
def test_a_file_without_answers_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "answers.toml"
    if kind == "folder":
        path.mkdir()
    elif kind == "binary":
        path.write_bytes(b"\xff\xfe\x00\x01")
    elif kind == "huge":
        path.write_text("# long\n" * 50_000)
    with pytest.raises(InputError, match="gait ask"):
        load_answers(path)


def test_a_missing_folder_is_a_plain_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="choose another file"):
        write_answers(parse_answers(EVERYTHING), tmp_path / "nowhere" / "answers.toml")


@pytest.mark.parametrize(("given", "miles"), [("480 km", 298.26), ("480km", 298.26), ("300 mi", 300), ("310,5", 310.5)])
def test_distances_may_be_kilometres(given: str, miles: float) -> None:
    assert parse_answers({"shoe_miles": given}).values["shoe_miles"] == pytest.approx(miles, abs=0.01)


# --- advice ---


@pytest.mark.parametrize(
    ("answers", "item"),
    [
        ({"shoe_miles": 300}, "replace_shoes"),
        ({"sitting_hours": 8}, "sit_less"),
        ({"sitting_hours": 8}, "standing_desk"),
        ({"weekly_miles": 40, "weekly_miles_month_ago": 25}, "raise_mileage_slowly"),
        ({"weekly_miles": 10, "weekly_miles_month_ago": 0}, "raise_mileage_slowly"),
        ({"surface": ["road", "track"]}, "softer_ground"),
        ({"surface": ["track"], "track_direction": True}, "switch_track_direction"),
        ({"warm_up": "none"}, "dynamic_warm_up"),
        ({"sole_wear": "outer"}, "foot_edge"),
        ({"tired_form": ["late_foot"]}, "pick_up_sooner"),
        ({"tired_form": ["lean"]}, "run_tall"),
        ({"pain_when": ["tired"]}, "running_drills"),
        ({"favours_side": True}, "favouring_a_side"),
        ({"pain_side": "left", "pain_weeks": 4}, "favouring_a_side"),
        ({"fuel": ["eats_little"]}, "fuel_properly"),
        ({"sore_place": ["swollen"]}, "ice"),
        ({"pain_where": ["hip_side"], "sore_place": ["ordinary"]}, "heat"),
    ],
)
def test_an_answer_brings_up_its_advice(answers: dict[str, Any], item: str) -> None:
    assert item in advised(**answers)


@pytest.mark.parametrize(
    ("answers", "item"),
    [
        ({"shoe_miles": 299}, "replace_shoes"),
        ({"weekly_miles": 40}, "raise_mileage_slowly"),
        ({"weekly_miles": 26, "weekly_miles_month_ago": 25}, "raise_mileage_slowly"),
        ({"weekly_miles": 0, "weekly_miles_month_ago": 0}, "raise_mileage_slowly"),
        ({"surface": ["track"], "track_direction": False}, "switch_track_direction"),
        ({"pain_where": ["hip_side"], "sore_place": ["swollen"]}, "heat"),
        ({"pain_where": ["hip_side"]}, "heat"),
        ({"warm_up": "moving"}, "dynamic_warm_up"),
    ],
)
def test_and_nothing_else_does(answers: dict[str, Any], item: str) -> None:
    assert item not in advised(**answers)


def test_no_answer_prescribes_more_steps() -> None:
    # Cadence is for runners whose measurements call for it (method, section 6).
    assert all(not load_knowledge().corrections[c].when for c in ("raise_cadence", "land_under_you"))


def test_skipping_everything_brings_up_nothing() -> None:
    assert corrections_from_answers(Answers()) == ()
    assert warnings_from_answers(Answers()) == ()


def test_a_runner_without_trouble_is_left_alone() -> None:
    fine = {
        **{"pain_where": ["nowhere"], "shoe_miles": 100, "weekly_miles": 25, "weekly_miles_month_ago": 25},
        **{"rest_days": 3, "warm_up": "moving", "cool_down": True, "sitting_hours": 4, "surface": ["soft"]},
        **{"sole_wear": "even", "sleeps_enough": True, "fuel": ["none"], "strength_sessions": 2, "slouches": False},
        **{"mobility_work": True, "favours_side": False, "tired_form": ["nothing"], "shoes_suit": True},
    }
    assert advised(**fine) == set()
    assert warned(**fine) == []


def test_the_better_founded_comes_first() -> None:
    given = corrections_from_answers(parse_answers({"surface": ["road"], "sole_wear": "inner", "sitting_hours": 9}))
    grades = [entry.evidence for entry in given]
    assert grades == sorted(grades, key=["trial", "expert", "low"].index)
    assert given[-1].evidence == "low"


def test_the_first_corrections_are_of_different_themes() -> None:
    given = {
        **{"pain_where": ["hip_front"], "pain_when": ["running", "stays", "tired"], "shoe_miles": 420},
        **{"weekly_miles": 30, "weekly_miles_month_ago": 20, "sitting_hours": 9},
    }
    first = [entry.id for entry in corrections_from_answers(parse_answers(given))[:5]]
    expected = ["no_running_through_pain", "rest_from_running", "cross_train"]
    assert first[:3] == expected


def test_the_reason_is_the_runners_own_answer() -> None:
    answers = parse_answers({"shoe_miles": 420, "pain_where": ["hip_front"]})
    entry = load_knowledge().corrections["replace_shoes"]
    assert reasons_for_advice(entry, answers) == ("How far have your shoes run? 420 miles",)


# --- warnings ---


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"no_weight": True}, "stop_and_be_seen"),
        ({"pain_feel": ["pinch_deep"]}, "deep_pinch"),
        ({"pain_where": ["hip_deep"], "pain_feel": ["sharp"]}, "deep_pinch"),
        ({"pain_when": ["all_day"]}, "pain_all_day"),
        ({"pain_when": ["stays"]}, "pain_stays"),
        ({"pain_when": ["daily_life"]}, "pain_in_daily_life"),
        ({"rehab_weeks": 6, "pain_trend": "same"}, "no_progress"),
        ({"pain_trend": "worse"}, "pain_grows"),
        ({"pain_strength": 8}, "severe_pain"),
        ({"pain_feel": ["tugging"]}, "sudden_muscle_signs"),
        ({"fears_serious": True}, "fears_serious"),
        ({"unwell": True}, "not_from_running"),
        ({"fuel": ["missed_periods"]}, "running_on_empty"),
        ({"pain_when": ["knee_lift"]}, "early_signs"),
    ],
)
def test_a_red_flag_warns(answers: dict[str, Any], code: str) -> None:
    assert code in warned(**answers)


def test_rehabilitation_that_helps_is_no_red_flag() -> None:
    assert "no_progress" not in warned(rehab_weeks=10, pain_trend="easing")
    assert "no_progress" not in warned(rehab_weeks=3, pain_trend="same")


def test_the_most_urgent_comes_first() -> None:
    codes = warned(pain_feel=["spasm"], pain_when=["all_day"], no_weight=True)
    assert codes[0] == "stop_and_be_seen"
    levels = [warn.level for warn in load_knowledge().warnings.values()]
    assert levels == sorted(levels, key=["now", "see", "heed"].index)


def test_an_early_sign_shows_only_without_a_more_urgent_one() -> None:
    assert warned(pain_where=["hip_front"], pain_when=["knee_lift"]) == ["early_signs", "seek_help_early"]
    assert warned(pain_where=["hip_front"], pain_when=["knee_lift", "all_day"]) == ["pain_all_day"]


def test_exercises_wait_until_a_professional_has_looked() -> None:
    calm = {"pain_where": ["hip_side"], "strength_sessions": 0, "sore_place": ["swollen"]}
    assert {"wake_hip_stabilisers", "ice"} <= advised(**calm)
    sharp = advised(**calm, pain_feel=["pinch_deep"])
    assert "ice" in sharp
    assert not {"drill", "exercise"} & {load_knowledge().corrections[c].kind for c in sharp}
    assert not withheld_corrections(parse_answers(calm))


def test_a_runner_who_cannot_stand_on_the_leg_gets_only_the_advice_to_see_a_doctor() -> None:
    urgent = parse_answers(
        {"pain_where": ["hip_side"], "sore_place": ["swollen"], "shoe_miles": 900, "no_weight": True}
    )
    assert corrections_from_answers(urgent) == ()
    assert warnings_from_answers(urgent)[0].code == "stop_and_be_seen"


def test_a_warning_withholds_tape_and_massage() -> None:
    sore = {"pain_where": ["hip_front"], "hard_run_soon": True, "pain_feel": ["knots"], "sore_place": ["ordinary"]}
    assert {"tape_hip_flexor", "massage", "foam_roll", "heat"} <= advised(**sore)
    assert "tape_hip_flexor" not in advised(**sore, pain_when=["stays"])
    cramped = advised(**{**sore, "pain_feel": ["knots", "spasm"]})
    assert not {"tape_hip_flexor", "massage", "foam_roll", "heat"} & cramped


# --- the data itself ---


@pytest.mark.parametrize(
    ("table", "change", "word"),
    [
        ("correction", {"when": [{"shoe_size": True}]}, "shoe_size"),
        ("correction", {"when": [{"warm_up": "sauna"}]}, "sauna"),
        ("correction", {"when": [{"cool_down": "yes"}]}, "true or false"),
        ("correction", {"when": [{"shoe_miles": 300}]}, "at_least"),
        ("correction", {"when": [{"shoe_miles": {"times": "cool_down", "at_least": 2}}]}, "cool_down"),
        ("correction", {"when": [{}]}, "always hold"),
        ("correction", {"also": [{"article": "none", "section": "x"}]}, "none"),
        ("correction", {"sides_differ": ["nose_length"]}, "nose_length"),
        ("correction", {"running": "crawl"}, "crawl"),
        ("warning", {"running": "crawl"}, "crawl"),
        ("section", {"items": ["no_such_item"]}, "no_such_item"),
        ("section", {"items": ["ice"]}, "'ice' stands in 2 sections"),
        ("section", {"items": ["stop_and_be_seen"]}, "'deep_pinch' stands in none"),
        ("warning", {"level": "panic"}, "panic"),
        ("warning", {"holds_back": ["pill"]}, "pill"),
        ("warning", {"when": []}, "no answer brings it up"),
        ("warning", {"article": "none"}, "none"),
        ("question", {"kind": "riddle"}, "riddle"),
        ("question", {"none": "nothing"}, "nothing"),
        ("question", {"options": []}, "0 options"),
    ],
)
def test_a_fault_in_the_data_is_named(
    raw: dict[str, Any],
    table: str,
    change: dict[str, Any],
    word: str,
) -> None:
    raw[table][0] |= change
    with pytest.raises(KnowledgeError, match=word):
        parse_knowledge(raw)


YES_AND_NO = [("Ja", True), ("oui", True), ("sí", True), ("nein", False), ("non", False)]


@pytest.mark.parametrize(("word", "meant"), YES_AND_NO)
def test_yes_and_no_are_understood_in_every_language(word: str, meant: bool) -> None:
    assert parse_answers({"cool_down": word}).values["cool_down"] is meant
