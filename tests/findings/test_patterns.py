"""Patterns: how weak signs add up, and when they must not."""

from __future__ import annotations

import numpy as np
import pytest

from gait.findings.assessment import compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.patterns import (
    Pattern,
    PatternEvidence,
    assess_patterns,
    load_pattern_correlations,
    load_patterns,
    score_limit,
)
from gait.records import Measurement, Runner
from tests.fake_sessions import measured

RUNNER = Runner(height_m=1.76, speed_mps=3.0)
BRAKING = next(p for p in load_patterns() if p.id == "braking_stride")


def at(pattern: Pattern, sign: float, *, error: float = 0.02, sides: tuple[str, ...] = ("left",)) -> list[Measurement]:
    """Make measurements that all lie at one sign: 0 the middle of the range, 1 its limit."""
    made = []
    for part in pattern.parts:
        metric = load_knowledge().metrics[part.metric]
        assert metric.band is not None
        scale = part.scale(metric.band.at(RUNNER.speed_mps, RUNNER.height_m))
        assert scale is not None
        middle, half = scale
        value = middle + (sign if part.when == "high" else -sign) * half
        of_legs = sides if metric.sided else ("both",)
        made += [measured(part.metric, value, side=side, half=1.96 * error * half) for side in of_legs]
    return made


def evidence(given: list[Measurement], pattern: str) -> PatternEvidence | None:
    found = assess_patterns(compare_with_bands(given, RUNNER))
    return next((one for one in found if one.pattern.id == pattern), None)


@pytest.mark.parametrize("pattern", load_patterns(), ids=lambda p: p.id)
def test_a_pattern_stands_on_known_metrics_corrections_and_articles(pattern: Pattern) -> None:
    knowledge = load_knowledge()
    assert pattern.article in knowledge.articles
    assert set(pattern.corrections) <= set(knowledge.corrections)
    assert len(pattern.parts) >= 2
    for part in pattern.parts:
        metric = knowledge.metrics[part.metric]
        assert part.when in {flag.when for flag in metric.flags}
        assert metric.band is not None
        assert part.scale(metric.band.at(3.0, 1.76)) is not None
    assert "probably" in pattern.headline_likely
    assert "probably" not in pattern.headline


def test_correlations_are_shares_and_every_pair_of_a_pattern_has_one() -> None:
    known = load_pattern_correlations()
    assert all(-1 <= r <= 1 for table in (known.runners, known.errors, known.legs) for r in table.values())
    for pattern in load_patterns():
        keys = [part.metric for part in pattern.parts]
        pairs = {frozenset((a, b)) for a in keys for b in keys if a != b}
        assert pairs <= set(known.runners)
        assert pairs <= set(known.errors)


def test_signs_that_go_together_need_more_than_independent_ones() -> None:
    # Independent signs would pass at 1/√3; overstride and shin go together, cadence hardly does.
    limit = score_limit(BRAKING, ["overstride", "tibia_angle", "cadence"])
    assert 3**-0.5 < limit < 0.8
    assert score_limit(BRAKING, ["overstride"]) == pytest.approx(1.0)


def test_the_limit_holds_the_stated_share_of_ordinary_runners() -> None:
    """Draw runners whose signs go together as measured: as many pass the score as pass a single limit."""
    keys = ["overstride", "tibia_angle", "cadence"]
    direction = {"overstride": 1, "tibia_angle": 1, "cadence": -1}
    table = load_pattern_correlations().runners
    together = np.array(
        [[1.0 if a == b else table[frozenset((a, b))] * direction[a] * direction[b] for b in keys] for a in keys]
    )
    signs = np.random.default_rng(1).multivariate_normal(np.zeros(3), together, size=200_000) / 2
    share = float((signs.mean(axis=1) > score_limit(BRAKING, keys)).mean())
    assert share == pytest.approx(0.0228, abs=0.002)


@pytest.mark.parametrize("pattern", load_patterns(), ids=lambda p: p.id)
def test_an_ordinary_runner_has_no_pattern_and_an_extreme_one_has(pattern: Pattern) -> None:
    middle, extreme = (evidence(at(pattern, sign), pattern.id) for sign in (0.0, 1.6))
    assert middle is not None
    assert middle.evidence is None  # no sign leans
    assert extreme is not None
    assert extreme.evidence == "clear"
    assert set(extreme.leaning) == {part.metric for part in pattern.parts}


def test_signs_below_their_own_limits_add_up() -> None:
    found = evidence(at(BRAKING, 0.95), BRAKING.id)
    assert found is not None
    assert found.score == pytest.approx(0.95, abs=0.01)
    assert found.evidence in ("clear", "likely")


def test_one_far_sign_alone_is_no_pattern() -> None:
    given = at(BRAKING, 0.0)
    given[0] = at(BRAKING, 4.0)[0]
    found = evidence(given, BRAKING.id)
    assert found is not None
    assert found.score > found.limit
    assert found.evidence is None
    assert evidence(given[:1], BRAKING.id) is None


def test_wide_intervals_make_it_unsure() -> None:
    sharp, blunt = (evidence(at(BRAKING, 1.1, error=error), BRAKING.id) for error in (0.05, 0.6))
    assert sharp is not None
    assert blunt is not None
    assert sharp.error < blunt.error
    assert sharp.probability > blunt.probability


def test_the_second_leg_sharpens_it_less_than_an_independent_one_would() -> None:
    one, two = (evidence(at(BRAKING, 1.0, error=0.5, sides=sides), BRAKING.id) for sides in (("left",), SIDES))
    assert one is not None
    assert two is not None
    assert one.error / 2**0.5 < two.error < one.error


SIDES = ("left", "right")


def test_refused_parts_and_values_without_interval_do_not_count() -> None:
    given = at(BRAKING, 1.5)
    refused = [measured(m.key, None, side=m.side, grade="refused") for m in given[:2]]
    assert evidence([*refused, given[2]], BRAKING.id) is None
    bare = [measured(m.key, m.value, side=m.side, interval=None) for m in given]
    assert evidence(bare, BRAKING.id) is None


def test_nothing_measured_is_no_pattern() -> None:
    assert assess_patterns([]) == ()
