"""The one next step: for a careless runner, for one of whom little is open, and for one who gave everything."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gait.findings.assessment import compare_with_bands
from gait.findings.finder import assess_form
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.next_step import LEAST_GAIN, FilmedView, choose_next_step, expected_gains, load_steps
from gait.metrics.register import METRICS
from gait.records import Measurement, NextStep, Runner, View
from tests.fake_sessions import measured

SIDE, REAR, FRONT = (FilmedView(view, 60.0, "full", "left") for view in ("side", "rear", "front"))
GIVEN = Runner("Ada", 1.76, None, 3.0)
#: In the middle of the ordinary range at 3 m/s.
FINE = {
    "cadence": 168.0,
    "overstride": 0.21,
    "tibia_angle": 7.0,
    "knee_flexion_contact": 13.0,
    "knee_flexion_stance": 42.0,
    "trunk_lean": 7.0,
    "vertical_oscillation": 9.0,
    "hip_extension": 22.0,
    "foot_pickup": 0.44,
    "pelvic_drop": 5.0,
    "step_width": 5.0,
    "knee_window": 0.3,
    "arm_crossover": -0.3,
}


def ran(*views: View, half: float | None = None, **other: float) -> list[Measurement]:
    """Make what these views show, sharp and fine; everything else is refused."""
    made = []
    for spec in METRICS:
        if spec.key not in FINE:
            continue
        if not set(spec.views) & set(views):
            made.append(measured(spec.key, None, grade="refused", reason="other side", reason_code="not_visible"))
            continue
        value = other.get(spec.key, FINE[spec.key])
        made.append(measured(spec.key, value, half=0.01 * abs(value) if half is None else half, steps=30))
    return made


def step(given: list[Measurement], runner: Runner, *filmed: FilmedView) -> NextStep | None:
    return choose_next_step(compare_with_bands(given, runner), runner, filmed)


def test_a_runner_who_gave_everything_and_is_fine_gets_none() -> None:
    taped = replace(REAR, pelvis_marked=True)
    assert step(ran("side", "rear", "front"), GIVEN, SIDE, taped, FRONT) is None


def test_without_a_film_there_is_no_step() -> None:
    assert choose_next_step(compare_with_bands(ran("side"), GIVEN), GIVEN, ()) is None
    assert assess_form(ran("side"), GIVEN).next_step is None


def test_from_the_side_alone_the_view_from_behind_with_tape_decides_most() -> None:
    chosen = step(ran("side"), GIVEN, SIDE)
    assert chosen is not None
    assert chosen.code == "film_rear_tape"
    assert "tape" in chosen.text
    assert "hip drop" in chosen.text
    assert chosen.decides >= 2
    assert chosen.open_now == 4  # hip drop, step width, knees and hands


def test_from_behind_alone_the_side_decides_most() -> None:
    chosen = step(ran("rear"), GIVEN, replace(REAR, pelvis_marked=True))
    assert chosen is not None
    assert chosen.code == "film_side"
    assert "how far in front of you your feet land" in chosen.text


def test_a_careless_runner_is_asked_for_the_number_that_decides() -> None:
    """Film from everywhere, give nothing: the height makes step width and bounce measurable."""
    given = [
        measured(m.key, None, grade="refused", reason="needs the height", reason_code="height_missing")
        if m.key in ("step_width", "vertical_oscillation")
        else m
        for m in ran("side", "rear", "front")
    ]
    chosen = step(given, Runner(), SIDE, replace(REAR, pelvis_marked=True), FRONT)
    assert chosen is not None
    assert chosen.code == "give_height"
    assert chosen.text.startswith("Give your height: that decides the width of your steps and how much you bounce")


def test_the_speed_is_asked_for_where_it_decides() -> None:
    # At some speed ordinary, at most speeds not: open until the speed is known.
    given = [m for m in ran("side", "rear", "front", overstride=0.325) if m.key != "cadence"]
    filmed = (SIDE, replace(REAR, pelvis_marked=True), FRONT)
    unknown = replace(GIVEN, speed_mps=None)
    gains = expected_gains(compare_with_bands(given, unknown), unknown, filmed)
    known = expected_gains(compare_with_bands(given, GIVEN), GIVEN, filmed)
    assert gains["give_speed"]
    assert not known["give_speed"]
    assert not known["give_height"]


def test_a_slow_camera_is_told_to_film_at_60() -> None:
    given = [
        measured(m.key, None, grade="refused", reason="too coarse", reason_code="frame_rate_too_low")
        if m.key in ("overstride", "tibia_angle", "hip_extension")
        else m
        for m in ran("side", "rear", "front")
    ]
    chosen = step(given, GIVEN, replace(SIDE, fps=20.0), replace(REAR, pelvis_marked=True), FRONT)
    assert chosen is not None
    assert chosen.code == "film_faster"


def test_few_steps_ask_for_a_longer_clip_only_where_steps_are_what_scatters() -> None:
    others = [m for m in ran("side", "rear", "front") if m.key != "step_width"]
    filmed = (SIDE, replace(REAR, pelvis_marked=True), FRONT)

    def gain(half: float) -> float:
        few = replace(measured("step_width", -0.5, half=half, steps=8), video=1)
        gains = expected_gains(compare_with_bands([*others, few], GIVEN), GIVEN, filmed)
        return gains["film_longer"].get("step_width", 0.0)

    assert gain(6.0) > 0.2  # far beyond the method error
    assert gain(2.0) < gain(6.0)


@pytest.mark.parametrize("code", [step.code for step in load_steps()[0]])
def test_every_sentence_is_whole_and_names_no_option(code: str) -> None:
    text = next(one for one in load_steps()[0] if one.code == code)
    for topics in (["a"], ["a", "b"], ["a", "b", "c"]):
        sentence = text.sentence(topics)
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "{" not in sentence
        assert "--" not in sentence
        assert re.search(r"that decides a\b", sentence)


def test_topics_are_metrics_that_give_findings() -> None:
    _, topics, weights = load_steps()
    metrics = load_knowledge().metrics
    views = {spec.key for spec in METRICS}
    assert set(topics) == {key for key, metric in metrics.items() if metric.flags and key in views}
    assert set(weights) <= set(topics)


def test_gains_are_shares_of_a_comparison() -> None:
    for runner in (Runner(), GIVEN):
        gains = expected_gains(compare_with_bands(ran("side"), runner), runner, (SIDE,))
        assert all(-1 <= gain <= 1 for own in gains.values() for gain in own.values())


def test_a_step_that_decides_next_to_nothing_is_not_told() -> None:
    taped = replace(REAR, pelvis_marked=True)
    given = ran("side", "rear", "front", overstride=0.262)  # right at its limit: nothing short of magic decides it
    chosen = step(given, GIVEN, SIDE, taped, FRONT)
    assert chosen is None or chosen.decides >= LEAST_GAIN
