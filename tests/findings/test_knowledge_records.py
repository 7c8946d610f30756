"""Everything the five articles advise is there: facts in our own words, beside the item that holds each."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import Passage
from tests.conftest import REPOSITORY
from tests.documents import script

# (what the article says, item, words that the item must have)
ARTICLES: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "watchfit": [
        ("landing on the outer or inner edge changes what knee and hip do", "foot_edge", ("edge", "knee", "hip")),
        ("arms that swing sideways throw the hips off", "arms_forward_back", ("forward and back",)),
        ("posture changes how one runs", "posture_habit", ("sit", "stand")),
        ("hip alignment is worth a look", "movement_assessment", ("hold your hips",)),
        ("the muscles at the side of the hip are often weakest", "hip_abductor_strength", ("side", "weak")),
        ("the gluteus medius holds the hip on one leg", "wake_hip_stabilisers", ("gluteus medius",)),
        ("stronger muscles mend mechanics and posture", "hip_all_round_strength", ("strong",)),
        ("long sitting weakens", "sit_less", ("stand up",)),
        ("knots need rolling, with a roller or a hard ball", "foam_roll", ("roller", "ball", "knots")),
        ("massage, together with rest", "massage", ("massage",)),
        ("time off now and then", "rest_from_running", ("without running",)),
        ("suspecting something serious: orthopaedist or physiotherapist", "fears_serious", ("orthopaedic", "physio")),
        ("mileage raised too soon catches up", "raise_mileage_slowly", ("weekly distance",)),
        ("too much intensity, too often", "space_hard_sessions", ("hard",)),
        ("rest lets tissue rebuild", "rest_days", ("rebuild",)),
        ("sleep and recovery work", "sleep_and_recover", ("sleep", "stretching or rolling")),
        ("shoes last 300 to 500 miles", "replace_shoes", ("300–500 miles", "cushioning")),
        ("new shoes show at once whether they were the cause", "test_new_shoes", ("first few runs",)),
        ("leave the road for softer ground", "softer_ground", ("road", "grass")),
        ("change direction on a track every few laps", "switch_track_direction", ("every few laps", "direction")),
        ("look back at what was done when it began", "look_back", ("when it began", "change that first")),
        ("do not wait until it is bad", "early_signs", ("ease off now",)),
        ("act before it costs weeks", "seek_help_early", ("early rather than late",)),
    ],
    "laura": [
        ("a hip that may be broken: help at once", "stop_and_be_seen", ("stop running", "doctor now")),
        ("hip pain is overlooked; seek help early", "seek_help_early", ("any other ache", "early")),
        ("severe pain needs a doctor", "severe_pain", ("doctor",)),
        ("signs of a pulled muscle at the front of the hip", "sudden_muscle_signs", ("cramping", "groin", "strength")),
        ("illness, infection or the back can be behind it", "not_from_running", ("illness", "infection", "the back")),
        ("pain that persists belongs to a professional", "no_progress", ("physiotherapist",)),
        ("running on can make it worse", "pain_grows", ("stop what makes it worse",)),
        ("do not run through hip pain", "no_running_through_pain", ("not a test of will",)),
        ("take a break", "rest_from_running", ("without running",)),
        ("regular breaks between training", "rest_days", ("breaks between blocks",)),
        ("hard running strains the front of the hip", "base_before_speed", ("fast running and hills",)),
        ("cross-train and stretch during the break", "cross_train", ("easy stretching",)),
        ("lift nothing heavy", "no_heavy_lifting", ("wheels",)),
        ("painkillers: ask about the dose", "ask_about_painkillers", ("how much", "anti-inflammatory")),
        ("massage, also regularly after runs", "massage", ("after runs", "blood flow")),
        ("foam roller or tennis ball", "foam_roll", ("tennis",)),
        ("ice 15 to 20 minutes an hour, three to four times a day", "ice", ("15–20 minutes an hour", "three or four")),
        ("heat, only without swelling, e.g. a hot-water bottle", "heat", ("hot-water bottle", "swollen")),
        ("weak hips and seat leave the outer thigh the work", "hip_abductor_strength", ("weak",)),
        ("strengthen the hip muscles", "hip_all_round_strength", ("strong hips",)),
        ("stretch the hip muscles", "hip_flexor_mobility", ("stretch",)),
        ("warm up before", "dynamic_warm_up", ("before the run",)),
        ("and after", "cool_down", ("slow",)),
        ("the right footwear and clothing", "suitable_shoes", ("shoes", "clothes")),
        ("sit, stand, walk in good posture", "posture_habit", ("sit tall",)),
        ("run in good posture", "lean_from_ankles", ("stand tall",)),
        ("favouring one leg loads the other hip", "favouring_a_side", ("loads the other hip",)),
        ("feet that roll inward place the hip badly", "foot_edge", ("rolls",)),
        ("days in most cases, one to eight weeks for the hip flexor", "give_it_time", ("days", "one to eight weeks")),
        ("what a doctor can do: examine, and scan", "whom_to_ask", ("sports doctor", "scans")),
    ],
    "fix": [
        ("early: stiff after runs, ache on lifting the knee, fading in the warm-up", "early_signs", ("lift the knee",)),
        ("later: stairs and walking", "pain_in_daily_life", ("stairs", "walking")),
        ("it may linger beyond the run", "pain_stays", ("yours stays",)),
        ("a dull ache can grow", "pain_grows", ("grows",)),
        ("pain is feedback", "no_running_through_pain", ("information",)),
        ("sharp pinching deep in the hip: expert", "deep_pinch", ("pinching", "deep")),
        ("no progress in spite of steady work, six to eight weeks", "no_progress", ("six weeks", "scan")),
        ("physiotherapist for movement, doctor for structure; scans late", "whom_to_ask", ("six to eight weeks",)),
        ("a physiotherapist assesses how one moves", "movement_assessment", ("physiotherapist",)),
        ("sudden jumps in mileage", "raise_mileage_slowly", ("grown fast",)),
        ("speed work without a base", "base_before_speed", ("first distance",)),
        ("hard sessions stacked", "space_hard_sessions", ("easy day",)),
        ("recovery days", "rest_days", ("days off",)),
        (
            "overstride: think of rhythm, and the foot comes under the body",
            "land_under_you",
            ("rhythm", "below your hips"),
        ),
        ("rhythm lowers braking", "raise_cadence", ("metronome",)),
        ("pelvic drop shows a weak gluteus medius", "level_hips_cue", ("buttock",)),
        (
            "activation: clamshells, bridges, band walks before the run",
            "wake_hip_stabilisers",
            ("clamshells", "bridges"),
        ),
        (
            "strength: split squats, one-leg deadlifts, step-downs",
            "single_leg_strength",
            ("bulgarian", "deadlifts", "down"),
        ),
        ("weak seat, overworked front", "hip_all_round_strength", ("seat",)),
        ("core keeps the pelvis level", "core_stability", ("trunk", "still")),
        ("one group compensates for another", "favouring_a_side", ("weaker",)),
        ("sitting folds the hip", "sit_less", ("hours on a chair",)),
        ("active mobility with a neutral pelvis", "active_hip_mobility", ("pelvis stays level",)),
        ("release the front of the hip", "release_hip_front", ("soften", "gently")),
        ("stretch for range, 30 to 60 s after runs", "hip_flexor_mobility", ("30–60 seconds",)),
        ("dynamic before: leg swings, walking lunges", "dynamic_warm_up", ("leg swings", "walking lunges")),
        ("static after, 30 to 60 s", "static_after_run", ("30–60 seconds", "after the run")),
        ("less mileage, no hills and speed for a while", "dial_back", ("hills", "fast")),
        ("ice where it is hot or tender after activity", "ice", ("hot or tender",)),
        ("swim, cycle, elliptical instead of full rest", "cross_train", ("swim", "cycle", "elliptical")),
    ],
    "wildflower": [
        ("dynamic warm-up", "dynamic_warm_up", ("leg swings",)),
        ("cool down with slow stretches", "cool_down", ("slow stretches",)),
        ("static stretches after", "static_after_run", ("gentle stretch",)),
        ("gait assessment by a physiotherapist", "movement_assessment", ("watch you run", "physiotherapist")),
        ("drills for technique", "running_drills", ("drills",)),
        ("cues for technique: level hips", "level_hips_cue", ("mirror",)),
        ("cues for technique: step width", "widen_steps", ("line",)),
        ("squats, lunges, bridges, bands", "hip_all_round_strength", ("squats", "lunges", "bridges", "band")),
        ("abductors and rotators", "hip_abductor_strength", ("band",)),
        ("the seat", "wake_hip_stabilisers", ("glute",)),
        ("dynamic one-leg work", "single_leg_strength", ("single-leg",)),
        ("gradual progression, by a plan", "raise_mileage_slowly", ("plan",)),
        ("one change at a time", "build_gradually", ("one change",)),
        ("rest days", "rest_days", ("days without running",)),
        ("scale back on a warning", "dial_back", ("less far",)),
        ("listen to the body", "no_running_through_pain", ("pain is information",)),
        ("take a break where needed", "rest_from_running", ("a few days",)),
        ("mobility drills", "active_hip_mobility", ("hip circles",)),
        ("stretch regularly", "hip_flexor_mobility", ("stretch",)),
        ("full range of motion elsewhere, e.g. yoga", "full_range_elsewhere", ("yoga", "only part")),
        ("foam rolling", "foam_roll", ("foam roller",)),
        ("eat enough; a dietitian helps; women more often", "fuel_properly", ("dietitian", "women")),
        ("signs of eating too little: periods stop, injuries", "running_on_empty", ("periods", "injury")),
    ],
    "flexor": [
        ("pain all the time: physician", "pain_all_day", ("all day", "doctor")),
        ("pain gone soon after is no injury", "pain_stays", ("gone soon",)),
        ("tell soreness from something serious", "fears_serious", ("do not guess",)),
        ("stretch once a day, better two or three times", "hip_flexor_mobility", ("once a day", "two or three")),
        ("stretch warm, heat will do", "warm_before_stretching", ("something warm",)),
        ("break up sitting: stretch, walk", "sit_less", ("walk", "stretch")),
        ("a standing desk", "standing_desk", ("standing", "desk")),
        ("when it creeps in, slow down and mind cadence", "slow_down_keep_form", ("lower the speed", "beat")),
        (
            "when tired the cadence goes: know it, and slow down",
            "rhythm_late_in_run",
            ("count your steps", "slow down"),
        ),
        ("cadence gone: end the run, or break and repeat", "end_run_when_beat_goes", ("end it", "walk", "again")),
        ("always run with a fast turnover", "practise_turnover", ("quick",)),
        ("high cadence", "raise_cadence", ("5–7.5 %",)),
        ("foot off the ground under the hips", "pick_up_sooner", ("below your hips",)),
        ("tired posture leans forward", "run_tall", ("tall",)),
        ("three running drills", "running_drills", ("three",)),
        ("it takes time, though some comes quickly", "give_it_time", ("small steps",)),
        ("tape where hard running cannot wait", "tape_hip_flexor", ("tape", "front of the hip")),
    ],
}
COUNTS = {"watchfit": 23, "laura": 30, "fix": 30, "wildflower": 23, "flexor": 17}


def words_of(item_id: str) -> str:
    known = load_knowledge()
    if item_id in known.warnings:
        return known.warnings[item_id].text.lower()
    entry = known.corrections[item_id]
    return " ".join((entry.title, entry.text, entry.text_plain or "", entry.dose or "")).lower()


@pytest.mark.parametrize("article", ARTICLES)
def test_what_an_article_says_is_there(article: str) -> None:
    present = {item.id for item in load_knowledge().items_of(article)}
    for fact, item, words in ARTICLES[article]:
        assert item in present, f"{fact}: {item} does not cite {article}"
        missing = [word for word in words if word not in words_of(item)]
        assert not missing, f"{fact}: {item} does not say {missing}"


@pytest.mark.parametrize("article", ARTICLES)
def test_no_article_is_cited_for_what_it_does_not_say(article: str) -> None:
    assert {item.id for item in load_knowledge().items_of(article)} == {item for _, item, _ in ARTICLES[article]}
    assert len(load_knowledge().items_of(article)) == COUNTS[article]


def test_doses_are_the_articles_own() -> None:
    known = load_knowledge()
    given = {c.id for c in known.corrections.values() if c.dose_from == "article"}
    assert given == {
        *("replace_shoes", "switch_track_direction", "hip_flexor_mobility", "static_after_run"),
        *("wake_hip_stabilisers", "ice", "give_it_time"),
    }


def test_no_sentence_is_an_articles() -> None:
    folder = REPOSITORY.parent / "shared" / "articles"
    if not folder.is_dir():
        pytest.skip("the articles are not part of the project")
    knowledge = load_knowledge()
    texts = {c.id: " ".join((c.title, c.text)) for c in knowledge.corrections.values()}
    texts |= {w.id: w.text for w in knowledge.warnings.values()}
    articles = [_runs(path.read_text(encoding="utf-8"), 7) for path in folder.glob("*.txt")]
    for name, text in texts.items():
        for article in articles:
            assert not _runs(text, 7) & article, name


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Return all runs of ``length`` words."""
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def test_the_page_is_what_is_generated() -> None:
    make = script(REPOSITORY / "docs" / "make_corrections.py")
    assert make.PAGE.read_text(encoding="utf-8") == make.page(), "run: python docs/make_corrections.py"


def test_the_page_has_every_item_with_its_trigger(tmp_path: Path) -> None:
    make = script(REPOSITORY / "docs" / "make_corrections.py")
    text = make.write_page(tmp_path / "page.md").read_text(encoding="utf-8")
    knowledge = load_knowledge()
    for name in (*knowledge.corrections, *knowledge.warnings, *knowledge.questions):
        assert f"`{name}`" in text
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert all(cell.strip(" |") for row in rows for cell in row)
    for words in ("shoe_miles ≥ 300", "weekly_miles ≥ 1.3 × weekly_miles_month_ago", "foot_pickup above its band"):
        assert words in text


def test_the_difference_between_the_sides_is_described_like_its_metric() -> None:
    knowledge = load_knowledge()
    difference, metric = knowledge.metric("contact_time_asymmetry"), knowledge.metric("contact_time")
    assert difference is not None
    assert metric is not None
    assert (difference.unit, difference.display) == (metric.unit, metric.display)
    assert (difference.sign, difference.sided, difference.flags) == ("left minus right", False, ())
    assert knowledge.metric("toe_wiggle") is None


def test_passages_of_one_article_are_cited_together() -> None:
    knowledge = load_knowledge()
    passages = (Passage("laura", "Heat"), Passage("fix", "Rest"), Passage("laura", "Ice"))
    laura, fix = knowledge.articles["laura"].title, knowledge.articles["fix"].title
    assert knowledge.cite_passages(passages) == f"{laura} — Heat, Ice; {fix} — Rest"
    assert knowledge.cite_papers(("souza2016", "bramah2018")) == "Souza 2016; Bramah et al. 2018"
