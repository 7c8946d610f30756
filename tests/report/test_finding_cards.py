"""Cards of findings: how sure, the measurements behind them, and strides in which a hand crossed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from gait.findings.assessment import compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.records import Finding, Measurement
from gait.report.finding_cards import FindingCardMaker, measurements_of, strides_crossed
from gait.report.page_records import FindingCard, Player
from tests.fake_sessions import FakeSession, fake_session, measured


def cards(measurements: list[Measurement], players: dict[int, Player] | None = None) -> list[FindingCard]:
    session = fake_session(measurements)
    assessed = compare_with_bands(session.measurements, session.runner)
    maker = FindingCardMaker(session, assessed, {}, players or {}, load_knowledge())  # type: ignore[arg-type]
    return [maker.card(finding) for finding in (*session.findings, *session.likely)]


def test_a_card_says_how_sure_and_how_far() -> None:
    (card,) = cards([measured("overstride", 0.40, side="left", half=0.01)])
    assert (card.tier, card.words) == ("clear", "clearly high")
    assert card.severity_text == "far outside the ordinary"
    assert card.comparison is not None
    assert card.comparison.strip is not None
    assert [a.id for a in card.advice][:1] == ["land_under_you"]


def test_a_card_leads_to_the_moment_in_the_video() -> None:
    player = Player("player-1", "side.mp4", "Clip 1", 60.0, ((0.4, 2.0, 0.0),))
    (card,) = cards([measured("overstride", 0.40, side="left", half=0.01)], {0: player})
    assert card.seek == ("player-1", 1.0)


def test_what_supports_a_finding_is_shown_with_it() -> None:
    (card,) = cards(
        [
            measured("overstride", 0.40, side="left", half=0.01),
            measured("tibia_angle", 22.0, side="left", half=1.0),
        ]
    )
    assert [part.key for part in card.parts] == ["tibia_angle"]


def test_a_finding_of_an_earlier_version_still_has_its_measurement() -> None:
    fine = compare_with_bands([measured("overstride", 0.22, side="left", half=0.01)], fake_session([]).runner)
    old = Finding("lands_far_ahead", "overstride", "left", "mild", "Your left foot lands far ahead", ())
    assert [a.measurement.key for a in measurements_of(old, fine)] == ["overstride"]


def test_strides_in_which_a_hand_crossed_are_counted(session: FakeSession) -> None:
    steps = pd.DataFrame({"side": ["left", "right"] * 3, "arm_crossover": [0.1, -0.2, 0.2, 0.05, np.nan, -0.1]})
    views = (replace(session.views[0], steps=steps),)
    sentences = strides_crossed(replace(session, views=views))  # type: ignore[arg-type]
    assert sentences == [
        "The left hand passed the midline in 2 of 2 strides.",
        "The right hand passed the midline in 1 of 3 strides.",
    ]
    assert strides_crossed(replace(session, views=())) == []  # type: ignore[arg-type]
