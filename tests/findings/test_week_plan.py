"""The example week: each correction in its slot, and no week for a runner who should not run."""

from __future__ import annotations

from gait.findings.knowledge_loader import load_knowledge
from gait.findings.week_plan import DAYS, MAX_PER_SLOT, plan_week
from gait.records import Correction


def correction(key: str) -> Correction:
    entry = load_knowledge().corrections[key]
    return Correction(entry.id, entry.title, entry.kind, entry.text, entry.dose, entry.article, ())


def planned(*keys: str) -> dict[str, dict[str, list[str]]]:
    days = plan_week([correction(key) for key in keys], load_knowledge().corrections)
    return {day.name: {label: [i for _, i in items] for label, items in day.sections} for day in days}


def test_each_correction_is_in_its_slot() -> None:
    days = planned("raise_cadence", "wake_hip_stabilisers", "single_leg_strength", "running_drills", "sit_less")
    assert list(days) == [name for name, _, _ in DAYS]
    for run in ("Tuesday", "Thursday", "Saturday"):
        assert days[run]["Before"] == ["wake_hip_stabilisers"]
        assert days[run]["While running"] == ["raise_cadence"]
    assert days["Wednesday"]["Exercises"] == days["Friday"]["Exercises"] == ["single_leg_strength"]
    assert "After warming up" in days["Thursday"]
    assert "After warming up" not in days["Tuesday"]
    assert days["Monday"]["All day"] == ["sit_less"]


def test_no_day_is_overloaded() -> None:
    days = planned("land_under_you", "raise_cadence", "run_tall", "widen_steps")
    assert days["Tuesday"]["While running"] == ["land_under_you", "raise_cadence"]
    assert max(len(items) for day in days.values() for items in day.values()) <= MAX_PER_SLOT


def test_a_runner_who_should_not_run_gets_no_week() -> None:
    assert planned("raise_cadence", "rest_from_running") == {}


def test_without_corrections_there_is_no_week() -> None:
    assert planned() == {}
    assert planned("replace_shoes") == {}


def test_days_without_corrections_are_rest() -> None:
    days = plan_week([correction("raise_cadence")], load_knowledge().corrections)
    assert {day.name: day.purpose for day in days}["Wednesday"] == "Rest"
    assert {day.name: day.purpose for day in days}["Thursday"] == "Run"
