"""What could not be measured: grouped by reason, and by how to film it."""

from __future__ import annotations

from gait.findings.assessment import compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.records import Runner
from gait.report.filming_advice import filming_advice, missing_metrics, usual_filming
from tests.fake_sessions import measured

KNOWLEDGE = load_knowledge()


def test_metrics_with_the_same_reason_are_one_item() -> None:
    reason = "not visible from this side: film the side view"
    refused = [
        measured(key, None, side=side, grade="refused", reason=reason)
        for key in ("overstride", "tibia_angle")
        for side in ("left", "right")
    ]
    only_left = measured("contact_time", None, side="left", grade="refused", reason="only 3 steps")
    made = missing_metrics(compare_with_bands([*refused, only_left], Runner()), KNOWLEDGE)
    (_, together), (_, alone) = made
    assert len(together.names) == 2
    assert together.reasons == ("Not visible from this side: film the side view.",)
    assert alone.reasons == ("Left: only 3 steps.",)
    (side,) = filming_advice(made, KNOWLEDGE)
    assert side.title == "Film from the side"
    assert len(side.missing) == 2


def test_the_pelvis_needs_tape() -> None:
    refused = [measured("pelvic_drop", None, grade="refused"), measured("step_width", None, grade="refused")]
    made = filming_advice(missing_metrics(compare_with_bands(refused, Runner()), KNOWLEDGE), KNOWLEDGE)
    assert [one.title for one in made] == ["Film from behind, with tape on the pelvis", "Film from behind"]
    assert all(one.drawing and "<svg" in one.drawing for one in made)


def test_an_unknown_metric_has_no_film_to_take() -> None:
    made = missing_metrics(
        compare_with_bands([measured("odd_key", None, grade="refused", unit="x")], Runner()), KNOWLEDGE
    )
    assert [(kind, item.names) for kind, item in made] == [(None, ("odd key",))]
    assert filming_advice(made, KNOWLEDGE) == ()


def test_where_nothing_was_measured_the_side_is_filmed_first() -> None:
    (advice,) = usual_filming(KNOWLEDGE)
    assert advice.title == "Film from the side"
