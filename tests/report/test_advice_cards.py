"""Advice beside findings: sources, and the prescribed cadence."""

from __future__ import annotations

from gait.findings.knowledge_loader import load_knowledge
from gait.report.advice_cards import correction_advice, prescribed_cadence
from tests.fake_sessions import fake_session, measured


def test_advice_names_article_and_how_well_it_is_studied() -> None:
    session = fake_session([measured("overstride", 0.40, side="left", half=0.01)])
    made = [correction_advice(c, load_knowledge()) for c in session.corrections]
    assert made
    assert all(one.article and one.evidence for one in made)


def test_the_cadence_target_appears_only_with_its_correction() -> None:
    slow = prescribed_cadence(fake_session([measured("cadence", 140.0, half=1.0)]))  # type: ignore[arg-type]
    assert slow is not None
    assert (slow.now, slow.limit) == (140, 154)
    assert prescribed_cadence(fake_session([measured("cadence", 172.0, half=1.0)])) is None  # type: ignore[arg-type]
