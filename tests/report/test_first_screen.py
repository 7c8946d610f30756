"""The first screen: whose headline it is, what its counts count, and the one thing to try."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gait.findings.answers import parse_answers
from gait.records import Measurement, NextStep
from gait.report.first_screen import first_sentences
from gait.report.page_content import build_page
from gait.report.page_records import FirstScreen, ReportPage
from tests.fake_sessions import FakeSession, fake_session, measured, typical_measurements

FINE = [
    measured("cadence", 172.0, half=1.0),
    measured("overstride", 0.22, side="left", half=0.01),
    measured("trunk_lean", 6.0, half=1.0),
]
CLEAR = [*FINE[:1], measured("overstride", 0.40, side="left", half=0.01), measured("trunk_lean", 25.0, half=1)]


def page_of(session: FakeSession) -> ReportPage:
    return build_page(session, stills={}, players={}, plots={})  # type: ignore[arg-type]


def first(measurements: list[Measurement], **answers: object) -> FirstScreen:
    given = parse_answers(answers) if answers else None
    return page_of(fake_session(measurements, answers=given)).first


def test_the_first_finding_is_the_headline_and_leads_the_cards() -> None:
    session = fake_session(CLEAR)
    shown = page_of(session).first
    assert shown.headline == f"{session.findings[0].headline}."
    assert shown.tone == "clear"
    assert [card.tier for card in shown.cards] == ["clear", "clear", "fine"]
    assert shown.cards[0].target == "finding-1"


def test_what_is_likely_says_so() -> None:
    shown = first([measured("overstride", 0.285, side="left", half=0.04)])
    assert shown.tone == "likely"
    assert "probably" in shown.headline
    assert "Not certain" in shown.sentence


def test_a_runner_with_nothing_to_change_is_told_what_is_good() -> None:
    shown = first(FINE)
    assert shown.headline == "Your running form looks fine: nothing stands out."
    assert {card.tier for card in shown.cards} == {"fine"}
    assert shown.step is not None


def test_a_film_that_shows_nothing_says_what_to_film() -> None:
    shown = first([measured("overstride", None, side="left", grade="refused", steps=0)])
    assert shown.headline == "This film does not show enough for a result."
    assert shown.cards == ()
    assert shown.step is None
    assert "from the side" in shown.filming[0].text
    assert shown.filming[0].drawing


@pytest.mark.parametrize(
    ("answers", "tone", "words"),
    [
        ({"no_weight": True}, "now", "see a doctor now"),
        ({"pain_where": ["hip_side"], "pain_when": ["all_day"]}, "see", "looked at"),
        ({"pain_where": ["hip_side"], "pain_when": ["knee_lift"]}, "heed", "early signs"),
    ],
)
def test_warning_signs_own_the_headline(answers: dict[str, object], tone: str, words: str) -> None:
    shown = first(CLEAR, **answers)
    assert shown.tone == tone
    assert shown.film_tone == "clear"
    assert words in shown.headlines[tone]


def test_nothing_is_to_be_tried_before_a_doctor_has_looked() -> None:
    assert first(CLEAR, no_weight=True).step is None


def test_the_thing_to_try_is_the_first_advice_of_the_page() -> None:
    page = page_of(fake_session(CLEAR))
    assert page.first.step is not None
    assert page.first.step.target == f"general-{page.panel.ranked[0].id}"
    assert page.first.step.title == page.panel.ranked[0].title


def test_counts_are_those_of_the_cards_and_folds_below() -> None:
    page = page_of(fake_session(typical_measurements()))
    counts = {tier: count for tier, count, _ in page.first.tally}
    assert counts.get("clear", 0) + counts.get("likely", 0) == len(page.cards) + len(page.other_findings)
    assert counts.get("fine", 0) == len(page.good)
    assert counts.get("open", 0) == len(page.open)


def test_one_is_singular() -> None:
    assert ("clear", 1, "1 stands out") in first([measured("overstride", 0.40, side="left", half=0.01)]).tally
    assert ("fine", 1, "1 fine") in first(FINE[:1]).tally


def test_at_most_three_cards_are_shown() -> None:
    many = [*CLEAR, measured("vertical_oscillation", 16.0, half=1), measured("hip_extension", 2.0, side="left", half=1)]
    assert len(first(many).cards) == 3


def test_the_next_step_is_that_of_the_session() -> None:
    step = NextStep("rear", "Film once from behind.", 3.0, 4)
    assert page_of(replace(fake_session(FINE), next_step=step)).first.next_step == "Film once from behind."


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("One. Two. Three.", "One. Two."),
        ("A first sentence that is longer than allowed. Two.", "A first sentence that is longer than allowed."),
        ("Try 5 to 7.5 %. Not more.", "Try 5 to 7.5 %."),
        ("", ""),
    ],
)
def test_a_text_is_cut_between_sentences(text: str, kept: str) -> None:
    assert first_sentences(text, 16 if "7.5" in text else 10) == kept
