"""Numbers of the page: one precision for one number."""

from __future__ import annotations

import pytest

from gait.findings.knowledge_loader import load_knowledge
from gait.report.page_wording import MOMENT_TEXTS, TIER_TEXTS, page_format, page_interval
from tests.fake_sessions import measured


@pytest.mark.parametrize(("key", "decimals"), [("cadence", 0), ("overstride", 0), ("tibia_angle", 1)])
def test_steps_a_minute_have_no_decimals_and_the_rest_is_as_the_metric_says(key: str, decimals: int) -> None:
    assert page_format(load_knowledge().metric(key), measured(key, 1.0)).decimals == decimals


def test_an_interval_whose_ends_would_read_the_same_gets_a_decimal() -> None:
    display = page_format(load_knowledge().metric("cadence"), measured("cadence", 1.0))
    assert page_interval((151.6, 152.4), display) == "151.6 to 152.4"
    assert page_interval((150.0, 154.0), display) == "150 to 154"


def test_every_tier_has_words_for_both_directions() -> None:
    tiers = {tier for tier, _ in TIER_TEXTS}
    assert {(tier, when) for tier in tiers for when in ("low", "high")} == set(TIER_TEXTS)


def test_captions_are_whole_sentences() -> None:
    assert all(text.endswith(".") for text in MOMENT_TEXTS.values())
