from __future__ import annotations

import re
from typing import Any

import pytest

from gait.findings.knowledge_loader import KnowledgeError, load_knowledge, parse_knowledge
from gait.metrics.drift import LEAST
from gait.records import DRIFT

# The metrics of the method, with their units.
METHOD = {
    "cadence": "steps/min",
    "overstride": "fraction of L",
    "tibia_angle": "deg",
    "foot_strike_angle": "deg",
    "knee_flexion_contact": "deg",
    "knee_flexion_stance": "deg",
    "trunk_lean": "deg",
    "hip_extension": "deg",
    "foot_pickup": "fraction of L",
    "contact_time": "ms",
    "flight_time": "ms",
    "duty_factor": "%",
    "vertical_oscillation": "cm",
    "pelvic_drop": "deg",
    "pelvic_drop_midstance": "deg",
    "step_width": "cm",
    "knee_window": "fraction of hip width",
    "arm_crossover": "shoulder widths",
    "arm_swing_lateral": "shoulder widths",
    "lateral_trunk_lean": "deg",
}
DISEASES = (
    "arthritis",
    "bursitis",
    "tendinitis",
    "tendonitis",
    "tendinopathy",
    "syndrome",
    "fracture",
    "tear",
    "strains",
    "impingement",
    "fasciitis",
    "necrosis",
    "patellofemoral",
    "runner's knee",
    "sprain",
    "osteo",
    "dislocat",
    "cancer",
    "diagnos",
    r"you have (an?|got)\b",
)


def test_every_metric_of_the_method_is_known_in_its_unit() -> None:
    known = {m.key: m.unit for m in load_knowledge().metrics.values()}
    courses = {f"{key}{DRIFT}": unit for key, (unit, _) in LEAST.items()}
    assert known == METHOD | courses


def test_every_band_names_a_source_and_every_correction_an_article() -> None:
    known = load_knowledge()
    for metric in known.metrics.values():
        assert known.cite(metric.sources)
        if metric.band is not None:
            assert known.cite(metric.band.sources)
    for entry in known.corrections.values():
        assert known.articles[entry.article].title
        assert entry.section


def test_every_correction_is_reachable_from_a_finding_or_an_answer() -> None:
    known = load_knowledge()
    used = {c for m in known.metrics.values() for flag in m.flags for c in flag.corrections}
    used |= {c.id for c in known.corrections.values() if c.when}
    assert used == set(known.corrections)


def test_every_question_decides_something() -> None:
    known = load_knowledge()
    triggers = [t for item in (*known.corrections.values(), *known.warnings.values()) for t in item.when]
    used = {c.question for t in triggers for c in t} | {c.times for t in triggers for c in t if c.times}
    assert used == set(known.questions)


def test_advice_never_names_a_disease() -> None:
    known = load_knowledge()
    texts = [t for c in known.corrections.values() for t in (c.title, c.text, c.text_plain or "", c.dose or "")]
    texts += [t for m in known.metrics.values() for t in (m.name, m.definition, m.matters, m.good or "")]
    texts += [f.headline for m in known.metrics.values() for f in m.flags]
    texts += [p.section for c in known.corrections.values() for p in c.passages]
    texts += [w.text for w in known.warnings.values()] + list(known.care.signs) + [known.care.text]
    texts += [t for q in known.questions.values() for t in (q.text, *(o.text for o in q.options))]
    for text in texts:
        found = [d for d in DISEASES if re.search(rf"\b{d}", text.lower())]
        assert not found, f"{found} in {text!r}"


def test_an_unknown_speed_gives_the_widest_limits() -> None:
    band = load_knowledge().metrics["overstride"].band
    assert band is not None
    wide = band.at(None)
    assert wide.high == pytest.approx(0.33)
    assert not wide.speed_known
    assert band.at(2.5).high == pytest.approx(0.24)
    assert band.at(3.0).high == pytest.approx(0.265)


def test_a_speed_beyond_the_table_uses_the_nearest_and_says_so() -> None:
    band = load_knowledge().metrics["contact_time"].band
    assert band is not None
    assert band.at(6.0).beyond_table
    assert band.at(6.0).low == band.at(4.5).low


def test_a_tall_runner_may_step_less_often() -> None:
    band = load_knowledge().metrics["cadence"].band
    assert band is not None
    tall, short = band.at(3.0, 1.95).low, band.at(3.0, 1.60).low
    assert tall is not None
    assert short is not None
    assert tall < short
    # Nobody is held to a rhythm above the slowest of the healthy runners at that speed.
    assert short <= 155.0 + 1e-9


def test_faults_are_reported_all_at_once(raw: dict[str, Any]) -> None:
    raw["metric"][1]["sources"] = ["nobody"]
    raw["metric"][1]["flag"][0]["corrections"] = ["nothing"]
    raw["metric"][2]["flag"][0]["marked"] = 1
    raw["correction"][0]["article"] = "none"
    del raw["filming"]["rear"]
    with pytest.raises(KnowledgeError) as caught:
        parse_knowledge(raw)
    message = str(caught.value)
    for part in ("nobody", "nothing", "moderate < marked", "'none'", "rear"):
        assert part in message


@pytest.mark.parametrize(
    ("table", "change", "word"),
    [
        (
            "metric",
            {"band": {"tag": "derived", "sources": ["choice"], "speeds": [2], "mean": [1, 2], "sd": [1]}},
            "equally",
        ),
        ("metric", {"colour": "red"}, "colour"),
        ("correction", {"text": "Try {miles} miles."}, "miles"),
        ("correction", {"kind": "pill"}, "pill"),
        ("correction", {"evidence": "trial", "research": []}, "without research"),
    ],
)
def test_a_fault_is_named(raw: dict[str, Any], table: str, change: dict[str, Any], word: str) -> None:
    raw[table][0] |= change
    with pytest.raises(KnowledgeError, match=word):
        parse_knowledge(raw)


def test_a_key_given_twice_is_a_fault(raw: dict[str, Any]) -> None:
    raw["metric"].append(raw["metric"][0])
    with pytest.raises(KnowledgeError, match="given twice"):
        parse_knowledge(raw)


def test_a_speed_read_off_the_belt_narrows_the_band() -> None:
    band = load_knowledge().metrics["overstride"].band
    assert band is not None
    anything, seen, told = band.at(None), band.at(None, within=(2.4, 3.0)), band.at(2.8)
    assert anything.high is not None
    assert seen.high is not None
    assert told.high is not None
    assert anything.high > seen.high > told.high
    assert not seen.speed_known
    # Never narrower than any speed that it may be.
    assert seen.high >= max(band.at(v).high or 0.0 for v in (2.4, 2.7, 3.0))
