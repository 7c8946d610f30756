from __future__ import annotations

import re
from typing import Any

import pytest

from gait.findings.knowledge_loader import KnowledgeError, load_knowledge, parse_knowledge
from gait.metrics.drift import DRIFT_METRICS

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
    "step_length": "cm",
    "vertical_ratio": "%",
    "braking_distance": "fraction of L",
    "knee_drive": "deg",
    "knee_flexion_swing": "deg",
    "elbow_flexion": "deg",
    "head_posture": "deg",
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


def test_every_metric_of_the_method_has_an_entry_with_its_unit() -> None:
    units = {m.key: m.unit for m in load_knowledge().metrics.values()}
    drifts = {spec.key: spec.unit for spec in DRIFT_METRICS}
    assert units == METHOD | drifts


def test_every_band_names_a_source_and_every_correction_an_article() -> None:
    knowledge = load_knowledge()
    for metric in knowledge.metrics.values():
        assert knowledge.cite_papers(metric.sources)
        if metric.band is not None:
            assert knowledge.cite_papers(metric.band.sources)
    for entry in knowledge.corrections.values():
        assert knowledge.articles[entry.article].title
        assert entry.section


def test_every_correction_is_reachable_from_a_finding_or_an_answer() -> None:
    knowledge = load_knowledge()
    used = {c for m in knowledge.metrics.values() for flag in m.flags for c in flag.corrections}
    used |= {c.id for c in knowledge.corrections.values() if c.when}
    assert used == set(knowledge.corrections)


def test_every_question_decides_something() -> None:
    knowledge = load_knowledge()
    triggers = [t for item in (*knowledge.corrections.values(), *knowledge.warnings.values()) for t in item.when]
    used = {c.question for t in triggers for c in t} | {c.times for t in triggers for c in t if c.times}
    assert used == set(knowledge.questions)


def test_advice_never_names_a_disease() -> None:
    knowledge = load_knowledge()
    texts = [t for c in knowledge.corrections.values() for t in (c.title, c.text, c.text_plain or "", c.dose or "")]
    texts += [t for m in knowledge.metrics.values() for t in (m.name, m.definition, m.matters, m.good or "")]
    texts += [f.headline for m in knowledge.metrics.values() for f in m.flags]
    texts += [p.section for c in knowledge.corrections.values() for p in c.passages]
    texts += [w.text for w in knowledge.warnings.values()] + list(knowledge.care.signs) + [knowledge.care.text]
    texts += [t for q in knowledge.questions.values() for t in (q.text, *(o.text for o in q.options))]
    for text in texts:
        found = [d for d in DISEASES if re.search(rf"\b{d}", text.lower())]
        assert not found, f"{found} in {text!r}"


def test_faults_are_reported_all_at_once(raw: dict[str, Any]) -> None:
    raw["metric"][1]["band"]["sources"] = ["nobody"]
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


def test_what_is_likely_says_probably_and_one_limit_says_how_sharp_a_value_must_be() -> None:
    for metric in load_knowledge().metrics.values():
        for flag in metric.flags:
            assert "probably" in flag.headline_likely
            assert "probably" in flag.headline_likely_one
            assert "probably" not in flag.headline
            assert ("{side}" in flag.headline_likely_one) == ("{side}" in flag.headline_one)
            one_limit = metric.band is not None and (metric.band.low is None or metric.band.high is None)
            # What changes in the course of a run is measured only where the change is significant.
            assert (flag.reach is not None) == (one_limit and not metric.key.endswith("_drift"))
