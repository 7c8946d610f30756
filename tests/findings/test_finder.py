from __future__ import annotations

import pytest

from gait.findings.answers import parse_answers
from gait.findings.assessment import compare_with_bands
from gait.findings.finder import LEADS, assess_form, derive_findings, measurements_behind
from gait.findings.knowledge_loader import load_knowledge
from gait.records import Runner
from tests.fake_sessions import measured, typical_measurements

RUNNER = Runner("Ada", 1.76, None, 3.5)

# Means and standard deviations of 13 healthy runners at 2.5, 3.5 and 4.5 m/s (force-plate data set).
HEALTHY = {
    "overstride": [(0.20, 0.02), (0.25, 0.02), (0.29, 0.02)],
    "tibia_angle": [(7.3, 1.8), (10.7, 2.8), (12.6, 2.8)],
    "knee_flexion_contact": [(10.4, 4.4), (10.3, 5.1), (11.9, 4.8)],
    "knee_flexion_stance": [(41.1, 5.3), (41.4, 3.9), (41.8, 3.8)],
    "contact_time": [(273, 13), (226, 9), (195, 8)],
    "flight_time": [(96, 11), (119, 13), (127, 19)],
    "duty_factor": [(37.0, 1.0), (32.8, 1.0), (30.4, 1.6)],
    "pelvic_drop": [(5.1, 1.0), (6.2, 1.3), (7.4, 1.7)],
    "vertical_oscillation": [(9.1, 1.4), (8.6, 1.4), (7.4, 1.6)],
}
CADENCE_RANGES = [(151, 180), (159, 193), (163, 224)]
SPEEDS = (2.5, 3.5, 4.5)


@pytest.mark.parametrize("key", HEALTHY)
@pytest.mark.parametrize("row", range(3))
@pytest.mark.parametrize("with_speed", [True, False], ids=["speed known", "speed unknown"])
def test_no_healthy_runner_gets_a_finding(key: str, row: int, with_speed: bool) -> None:
    mean, sd = HEALTHY[key][row]
    runner = Runner(speed_mps=SPEEDS[row] if with_speed else None)
    for value in (mean - 2 * sd, mean, mean + 2 * sd):
        findings, _, _ = derive_findings([measured(key, value, side="left", half=0.05 * sd)], runner)
        assert not findings


@pytest.mark.parametrize("height", [None, 1.6, 1.76, 1.95])
def test_no_healthy_rhythm_gets_a_finding(height: float | None) -> None:
    for speed, (low, high) in zip(SPEEDS, CADENCE_RANGES, strict=True):
        for value in (low, high):
            assert not derive_findings(
                [measured("cadence", value, half=0.1)], Runner(height_m=height, speed_mps=speed)
            )[0]
            assert not derive_findings([measured("cadence", value, half=0.1)], Runner(height_m=height))[0]


@pytest.mark.parametrize(
    ("value", "half", "verdict"),
    [(0.25, 0.01, "inside"), (0.285, 0.02, "open"), (0.30, 0.02, "likely"), (0.34, 0.02, "outside")],
)
def test_the_probability_decides(value: float, half: float, verdict: str) -> None:
    assert compare_with_bands([measured("overstride", value, side="left", half=half)], RUNNER)[0].verdict == verdict


def test_without_an_interval_nothing_is_proved() -> None:
    assert compare_with_bands([measured("overstride", 0.5, side="left", interval=None)], RUNNER)[0].verdict == "open"
    assert compare_with_bands([measured("overstride", 0.2, side="left", interval=None)], RUNNER)[0].verdict == "inside"


def test_a_refused_measurement_never_fires() -> None:
    assert derive_findings([measured("overstride", None, side="left", grade="refused")], RUNNER) == ((), (), ())


def test_severity_grows_with_the_distance() -> None:
    severities = []
    for value in (0.31, 0.33, 0.40):
        findings, _, _ = derive_findings([measured("overstride", value, side="left", half=0.005)], RUNNER)
        severities.append(findings[0].severity)
    assert severities == ["mild", "moderate", "marked"]


def test_left_and_right_are_one_finding() -> None:
    both = [measured("overstride", 0.35, side=side, half=0.01) for side in ("left", "right")]
    findings, _, _ = derive_findings(both, RUNNER)
    assert [(f.metric, f.side) for f in findings] == [("overstride", "both")]
    assert "left" not in findings[0].headline


def test_one_leg_is_named() -> None:
    findings, _, _ = derive_findings([measured("overstride", 0.35, side="left", half=0.01)], RUNNER)
    assert findings[0].side == "left"
    assert "left foot" in findings[0].headline


def test_shin_and_foot_of_one_leg_are_one_finding() -> None:
    pair = [measured("tibia_angle", 20, side="left", half=1), measured("overstride", 0.35, side="left", half=0.01)]
    findings, _, _ = derive_findings(pair, RUNNER)
    assert [(f.key, f.metric) for f in findings] == [("lands_far_ahead", "overstride")]
    assert set(findings[0].parts) == {"overstride", "tibia_angle"}


def test_two_causes_of_different_legs_stay_two_findings() -> None:
    pair = [measured("hip_extension", 2, side="right", half=1), measured("overstride", 0.35, side="left", half=0.01)]
    findings, _, _ = derive_findings(pair, RUNNER)
    assert {(f.metric, f.side) for f in findings} == {("overstride", "left"), ("hip_extension", "right")}


def test_several_parts_that_are_clear_by_themselves_are_one_pattern() -> None:
    given = [measured("cadence", 140, half=1), measured("overstride", 0.36, side="left", half=0.01)]
    findings, _, _ = derive_findings(given, RUNNER)
    assert [(f.key, f.evidence) for f in findings] == [("braking_stride", "clear")]
    assert set(findings[0].parts) == {"overstride", "cadence"}


def test_weak_signs_of_one_pattern_add_up() -> None:
    weak = [
        measured("cadence", 156, half=0.5),
        measured("overstride", 0.275, side="left", half=0.02),
        measured("tibia_angle", 14.5, side="left", half=2),
    ]
    for alone in weak:
        form = assess_form([alone], RUNNER)
        assert not form.findings
        assert not form.likely
    form = assess_form(weak, RUNNER)
    (finding,) = (*form.findings, *form.likely)
    assert finding.key == "braking_stride"
    assert set(finding.parts) == {"cadence", "overstride", "tibia_angle"}
    assert "raise_cadence" in finding.corrections
    lead, supports = measurements_behind(finding, form.assessed)
    assert {a.measurement.key for a in (*lead, *supports)} == set(finding.parts)


def test_what_is_likely_says_probably_and_is_no_clear_finding() -> None:
    form = assess_form([measured("overstride", 0.30, side="left", half=0.02)], RUNNER)
    assert not form.findings
    (likely,) = form.likely
    assert likely.evidence == "likely"
    assert 0.8 <= (likely.probability or 0) < 0.975
    assert likely.headline == "Your left foot probably lands far in front of your hip"
    assert {c.id for c in form.corrections} == set(likely.corrections)


def test_the_worse_measured_leg_does_not_lead_alone() -> None:
    far = measured("overstride", 0.36, side="left", half=0.05)
    near = measured("overstride", 0.24, side="right", half=0.02)
    assert assess_form([far], RUNNER).likely or assess_form([far], RUNNER).findings
    form = assess_form([far, near], RUNNER)
    assert not (*form.findings, *form.likely)
    assert {a.measurement.side: a.verdict for a in form.assessed} == {"left": "open", "right": "inside"}


def test_a_leg_is_named_only_where_the_other_does_not_lean_the_same_way() -> None:
    left = measured("overstride", 0.34, side="left", half=0.02)
    alone, both = (
        assess_form([left, measured("overstride", value, side="right", half=0.02)], RUNNER).findings[0]
        for value in (0.24, 0.29)
    )
    assert (alone.side, both.side) == ("left", "both")
    assert "left" not in both.headline


def test_a_knee_gap_from_minus_35_to_83_percent_is_not_measured_well_enough() -> None:
    form = assess_form([measured("knee_window", -0.05, side="left", half=0.59)], RUNNER)
    assert form.assessed[0].verdict == "unmeasured"
    assert form.assessed[0].evidence is None
    assert not (*form.findings, *form.likely)
    # A gap that wide is fine all the same, however badly it is measured.
    (fine,) = assess_form([measured("knee_window", 0.6, side="left", half=0.59)], RUNNER).assessed
    assert (fine.verdict, fine.evidence) == ("inside", "fine")


def test_every_lead_becomes_part_of_one_finding() -> None:
    form = assess_form(typical_measurements(), RUNNER)
    leads = {a.measurement.key for a in form.assessed if a.verdict in LEADS}
    named = [key for f in (*form.findings, *form.likely) for key in {f.metric, *f.parts}]
    assert leads <= set(named)
    assert len(named) == len(set(named))


def test_an_indicative_measurement_is_likely_at_most() -> None:
    given = [
        measured("arm_crossover", 0.5, side="left", half=0.02, grade="poor"),
        measured("trunk_lean", 16.5, half=1.0),
    ]
    form = assess_form(given, RUNNER)
    assert [f.metric for f in form.findings] == ["trunk_lean"]
    assert [f.metric for f in form.likely] == ["arm_crossover"]
    assert "probably" in form.likely[0].headline


def test_severe_comes_before_mild() -> None:
    findings, _, _ = derive_findings(
        [measured("trunk_lean", 16, half=0.5), measured("pelvic_drop", 14, side="left", half=1)], RUNNER
    )
    assert [f.metric for f in findings] == ["pelvic_drop", "trunk_lean"]


def test_cadence_advice_has_the_runners_own_numbers() -> None:
    given = [measured("cadence", 162, half=1), measured("overstride", 0.35, side="left", half=0.01)]
    _, corrections, _ = derive_findings(given, RUNNER)
    text = next(c.text for c in corrections if c.id == "raise_cadence")
    assert "162" in text
    assert "170–174" in text
    assert "178" in text


def test_cadence_advice_without_a_cadence_gives_percentages() -> None:
    _, corrections, _ = derive_findings([measured("overstride", 0.35, side="left", half=0.01)], RUNNER)
    text = next(c.text for c in corrections if c.id == "raise_cadence")
    assert "5–7.5 %" in text
    assert "{" not in text


def test_a_high_cadence_is_not_raised_further() -> None:
    given = [measured("cadence", 190, half=1), measured("overstride", 0.35, side="left", half=0.01)]
    findings, corrections, _ = derive_findings(given, RUNNER)
    assert "raise_cadence" not in {c.id for c in corrections}
    assert "raise_cadence" not in findings[0].corrections
    assert findings[0].corrections


@pytest.mark.parametrize(
    ("key", "value"),
    [("trunk_lean", 25.0), ("arm_crossover", 0.5), ("hip_extension", 5.0), ("foot_pickup", 0.7), ("step_width", -9.0)],
)
def test_cadence_is_prescribed_only_for_what_it_helps(key: str, value: float) -> None:
    _, corrections, _ = derive_findings([measured(key, value, half=0.01), measured("cadence", 172, half=1)], RUNNER)
    assert corrections
    assert "raise_cadence" not in {c.id for c in corrections}


def test_a_missing_speed_gives_a_notice() -> None:
    _, _, notices = derive_findings([measured("overstride", 0.2, side="left", half=0.01)], Runner())
    (notice,) = [n for n in notices if n.code == "speed_unknown"]
    assert "--" not in notice.message
    _, _, notices = derive_findings([measured("overstride", 0.2, side="left", half=0.01)], RUNNER)
    assert not notices


def test_advice_comes_with_the_caveat() -> None:
    _, _, notices = derive_findings([measured("overstride", 0.4, side="left", half=0.01)], RUNNER)
    assert any("Souza 2016" in n.message for n in notices)


def test_every_finding_names_only_given_corrections_each_once() -> None:
    form = assess_form(typical_measurements(), RUNNER)
    ids = [c.id for c in form.corrections]
    assert len(ids) == len(set(ids))
    assert {c for f in (*form.findings, *form.likely) for c in f.corrections} == set(ids)
    assert all(c.article for c in form.corrections)


def test_a_wrong_unit_is_an_error_not_a_wrong_comparison() -> None:
    with pytest.raises(ValueError, match="'cm'"):
        derive_findings([measured("overstride", 30.0, side="left", unit="cm")], RUNNER)


def test_nothing_measured_is_nothing_found() -> None:
    assert derive_findings([], Runner()) == ((), (), ())


@pytest.mark.parametrize(("lean", "crossover", "first"), [(24.0, 0.90, "arm_crossover"), (40.0, 0.31, "trunk_lean")])
def test_of_equals_the_one_further_off_comes_first(lean: float, crossover: float, first: str) -> None:
    given = [measured("trunk_lean", lean, half=0.1), measured("arm_crossover", crossover, side="left", half=0.005)]
    findings, _, _ = derive_findings(given, RUNNER)
    assert {f.severity for f in findings} == {"marked"}
    assert findings[0].metric == first


def test_what_a_cue_changes_comes_before_what_takes_weeks() -> None:
    # Both marked, both from the healthy runners; a landing changes within a session, a pelvis does not.
    given = [measured("pelvic_drop", 16, half=0.5), measured("overstride", 0.40, side="left", half=0.005)]
    assert [f.metric for f in derive_findings(given, RUNNER)[0]] == ["overstride", "pelvic_drop"]


ANSWERS = parse_answers({"shoe_miles": 450, "pain_where": ["hip_deep"], "pain_feel": ["pinch_deep"]})


def test_answers_add_advice_after_that_of_findings() -> None:
    given = [measured("overstride", 0.40, side="left", half=0.005)]
    findings, without, _ = derive_findings(given, RUNNER)
    again, corrections, _ = derive_findings(given, RUNNER, answers=ANSWERS)
    assert again == findings
    assert corrections[: len(without)] == without
    added = {c.id: c for c in corrections[len(without) :]}
    assert "300–500 miles" in (added["replace_shoes"].dose or "")
    assert added["replace_shoes"].article.startswith(
        "Hip pain when running (coach's article, WatchFit) — It's the Shoes"
    )


def test_warning_signs_come_before_every_other_notice() -> None:
    _, _, notices = derive_findings([measured("overstride", 0.40, side="left", half=0.005)], Runner(), answers=ANSWERS)
    codes = [n.code for n in notices]
    assert codes[0] == "deep_pinch"
    assert {"speed_unknown", "uninjured_form"} <= set(codes)
    signs = [code in load_knowledge().warnings for code in codes]
    assert signs == sorted(signs, reverse=True)


def test_a_warning_withholds_exercises_of_findings() -> None:
    given = [measured("pelvic_drop", 16, half=0.5)]
    before, _, _ = derive_findings(given, RUNNER)
    findings, corrections, _ = derive_findings(given, RUNNER, answers=ANSWERS)
    assert "single_leg_strength" in before[0].corrections
    assert findings[0].corrections
    assert not {"exercise", "drill"} & {c.kind for c in corrections}


def test_legs_that_differ_beyond_doubt_bring_up_what_evens_them() -> None:
    def advised(grade: str) -> set[str]:
        return {
            c.id for c in derive_findings([measured("contact_time_asymmetry", 41.3, half=6.0, grade=grade)], RUNNER)[1]
        }

    assert "favouring_a_side" in advised("good")
    assert not advised("poor")


def test_an_item_of_several_articles_names_them_all() -> None:
    _, corrections, _ = derive_findings([], RUNNER, answers=parse_answers({"sitting_hours": 9}))
    place = next(c.article for c in corrections if c.id == "sit_less")
    for title in ("hip flexor pain", "Fix Runner's Hip", "WatchFit"):
        assert title in place
