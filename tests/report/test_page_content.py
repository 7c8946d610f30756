"""The content of the report as records."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gait.findings.assessment import compare_with_bands
from gait.records import Runner
from gait.report.page_content import build_page, representative_measurement, short_label, strides_crossed
from tests.fake_sessions import FakeSession, fake_session, fake_view, measured


def test_strides_in_which_a_hand_crossed_are_counted(session: FakeSession) -> None:
    steps = pd.DataFrame({"side": ["left", "right"] * 3, "arm_crossover": [0.1, -0.2, 0.2, 0.05, np.nan, -0.1]})
    views = (replace(session.views[0], steps=steps),)
    sentences = strides_crossed(replace(session, views=views))
    assert sentences == [
        "The left hand passed the midline in 2 of 2 strides.",
        "The right hand passed the midline in 1 of 3 strides.",
    ]
    assert strides_crossed(replace(session, views=())) == []


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


def test_facts_of_a_clip_name_slow_motion_and_swapped_legs() -> None:
    view = fake_view(playback_fps=30.0, capture_fps=240.0, swapped_frames_repaired=1)
    page = build_page(fake_session(views=[view]), stills={}, players={}, plots={})
    facts = "; ".join(page.clips[0].facts)
    assert "slow motion: filmed at 240 frames per second" in facts
    assert "swapped back in 1 frame" in facts


def test_the_cadence_target_appears_only_with_its_correction() -> None:
    slow = build_page(fake_session(), stills={}, players={}, plots={})
    assert slow.cadence_target is not None
    assert (slow.cadence_target.now, slow.cadence_target.limit) == (158, 173)
    fine = build_page(fake_session([measured("cadence", 172.0, half=1.0)]), stills={}, players={}, plots={})
    assert fine.cadence_target is None


def test_a_metric_without_value_says_how_to_film_it() -> None:
    page = build_page(fake_session(), stills={}, players={}, plots={})
    (pelvis,) = [item for item in page.missing if item.tape]
    assert "Film from straight behind" in pelvis.advice[0]


def test_metrics_with_the_same_reason_are_one_item() -> None:
    reason = "not visible from this side: film the side view"
    refused = [
        measured(key, None, side=side, grade="refused", reason=reason)
        for key in ("overstride", "tibia_angle")
        for side in ("left", "right")
    ]
    only_left = measured("contact_time", None, side="left", grade="refused", reason="only 3 steps")
    page = build_page(fake_session([*refused, only_left]), stills={}, players={}, plots={})
    together, alone = page.missing
    assert len(together.names) == 2
    assert together.reasons == ("Not visible from this side: film the side view.",)
    assert alone.reasons == ("Left: only 3 steps.",)
