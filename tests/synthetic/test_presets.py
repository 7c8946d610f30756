"""Presets show what they are named after, and no two looks are the same."""

from __future__ import annotations

from gait.synthetic import presets


def test_each_runner_shows_one_thing() -> None:
    neutral = presets.neutral()
    assert presets.overstriding().overstride > neutral.overstride + 0.1  # type: ignore[operator]
    assert presets.hip_dropping().pelvic_drop_deg == 8.0
    assert presets.arms_crossing().arm_crossover > 0 > neutral.arm_crossover  # type: ignore[operator]
    assert presets.neutral(cadence_spm=180.0).cadence_spm == 180.0


def test_looks_differ_and_show_every_option() -> None:
    looks = [scene.look for scene in presets.LOOKS]
    assert presets.LOOKS[:3] == (presets.BRIGHT, presets.WARM, presets.COOL)
    assert len(set(looks)) == len(looks)
    assert {look.hair_style for look in looks} == {"short", "bald", "ponytail", "long", "bun", "cap"}
    assert {look.pattern for look in looks} == {"plain", "stripes", "panel", "heather"}
    assert any(look.tape for look in looks)
    assert any(look.waistband for look in looks)
