"""The bare body has all of its limbs."""

from __future__ import annotations

from gait.synthetic.body.bare_body import BareBody


def test_every_limb_holds_its_own_joint_only(body: BareBody) -> None:
    for limbs, bone in ((body.arms, "forearm"), (body.legs, "shank")):
        assert set(limbs) == {"left", "right"}
        for side, other in (("left", "right"), ("right", "left")):
            assert limbs[side](body.proportions.point(f"{side}_{bone}")[None])[0] < 0
            assert limbs[side](body.proportions.point(f"{other}_{bone}")[None])[0] > 0
