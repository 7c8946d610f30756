"""The picture of the first screen: from the film, drawn where there is none, and what it says it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gait.findings.assessment import compare_with_bands
from gait.records import Measurement, Runner
from gait.report.lead_picture import lead_picture, moment_text, representative_measurement, short_label
from gait.report.page_records import Player
from tests.fake_sessions import FakeSession, fake_session, fake_view, measured


def picture_of(session: FakeSession, players: Any = None) -> Any:
    assessed = compare_with_bands(session.measurements, session.runner)
    return lead_picture(session, [], assessed, players or {})  # type: ignore[arg-type]


def test_the_most_reliable_measurement_represents_a_finding() -> None:
    pair = [
        measured("overstride", 0.40, side="left", half=0.01, grade="fair"),
        measured("overstride", 0.35, side="right", half=0.01, grade="good"),
    ]
    assert representative_measurement(compare_with_bands(pair, Runner())).side == "right"


@pytest.mark.parametrize(
    ("runner", "text"),
    [(Runner(), "34 %"), (Runner(leg_length_m=0.9), "31 cm · 34 %")],
    ids=["no length", "leg length"],
)
def test_the_label_of_a_still_is_in_centimetres_where_the_leg_is_known(runner: Runner, text: str) -> None:
    assert short_label(measured("overstride", 0.34), runner) == text
    assert short_label(measured("overstride", None, grade="refused"), runner) == ""


def test_the_frame_of_the_film_is_shown(filmed: FakeSession) -> None:
    picture, unreadable = picture_of(filmed, {0: Player("player-1", "side.mp4", "Clip 1", 60.0, 0.0)})
    assert unreadable == []
    assert picture.still.uri.startswith("data:image/jpeg")
    assert picture.seek == ("player-1", 1.0)
    assert "as it lands" in picture.caption


def test_a_film_that_is_gone_is_replaced_by_a_figure(session: FakeSession) -> None:
    picture, unreadable = picture_of(session)
    assert unreadable == ["missing.mp4"]
    assert picture.still.uri == ""
    for part in ("trunk", "head", "bone left", "measure"):
        assert f'class="{part}"' in picture.still.overlay


@pytest.mark.parametrize("view", ["side", "rear", "front"])
def test_a_run_of_which_nothing_was_measured_has_a_picture_too(view: str) -> None:
    refused = [measured("overstride", None, side="left", grade="refused")]
    picture, _ = picture_of(fake_session(refused, views=[fake_view(view=view)]))
    assert picture.caption == "You, in the middle of the clip."
    assert 'class="label"' not in picture.still.overlay


def test_without_any_keypoint_there_is_no_picture() -> None:
    view = fake_view()
    empty = view.clean.assign(position=view.clean["position"] * np.nan)
    picture, _ = picture_of(fake_session([], views=[replace(view, clean=empty, pose=empty)]))
    assert picture is None


@pytest.mark.parametrize(
    ("measurement", "words"),
    [
        (measured("overstride", 0.3, side="left"), "Your left foot as it lands"),
        (measured("foot_pickup", 0.5, side="right"), "Your right foot as it leaves the ground"),
        (measured("knee_flexion_stance", 40.0, side="left"), "You on your left leg"),
        (measured("arm_crossover", 0.1, side="left"), "You, in the step"),
        (measured("trunk_lean", 5.0), "You, in the step"),
        (measured("cadence_drift", -9.0, unit="steps/min", evidence_s=61.0), "You at 61 s of the clip"),
    ],
)
def test_the_caption_names_the_moment(measurement: Measurement, words: str) -> None:
    assert moment_text(measurement).startswith(words)
