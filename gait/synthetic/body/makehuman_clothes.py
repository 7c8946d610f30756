"""Clothes for MakeHuman bodies: cut from the body's own surface, tight or hanging from where it is widest."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.body_proportions import BodyProportions
from gait.synthetic.body.legwear import WAISTBAND_BOTTOM, WAISTBAND_TOP, legwear_paint
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.mesh_solid import GridSolid
from gait.synthetic.body.rest_pose import ARM_SPREAD_RAD
from gait.synthetic.body.shirt import SLEEVE, shirt_paint
from gait.synthetic.body.surface_patterns import smooth_step, speckle
from gait.synthetic.run_spec import LookSpec
from gait.synthetic.solids import (
    SignedDistance,
    clipped,
    ellipsoid,
    half_space,
    inverted,
    rod_chain,
    smooth_union,
    thickened,
    union,
)
from gait.synthetic.texture_atlas import ColourFunction

_UP = np.array([0.0, 1.0, 0.0])
# Upper edge of shorts and tights above the hip joints, seen or under a loose shirt; lower edge of a shirt, loose and
# tight; body heights. [E]
_WAIST, _WAIST_UNDER, _HEM_LOOSE, _HEM_TIGHT = 0.052, 0.015, -0.040, 0.030
# Length of shorts and of a skirt, lengths of the thigh. [E]
_LENGTH = {"loose": 0.55, "tight": 0.42, "skirt": 0.60}
# Distance of cloth from the skin, m, and how much farther loose cloth stands off at its lower edge. [E]
_SLACK_M = {"tights": 0.004, "tight": 0.006, "loose": 0.009}
_FLARE_M = {"legs": 0.022, "sleeves": 0.010, "skirt": 0.045}
# A shirt lies this far over shorts and tights, m. [E]
_OVER_LEGWEAR_M = 0.008
# Loose cloth hangs from the widest part above it, and comes in by this much per metre below. [E]
_COMES_IN = 0.13


class Wardrobe:
    """Cuts the clothes of one body.

    Parameters
    ----------
    proportions : BodyProportions
    look : LookSpec
    skin : GridSolid
        The whole body in the rest pose.
    """

    def __init__(self, proportions: BodyProportions, look: LookSpec, skin: GridSolid) -> None:
        self._proportions, self._look, self._skin = proportions, look, skin
        self._h, self._k = proportions.height, proportions.skeleton
        # Sleeves begin here; nearer the middle is the trunk.
        self._armhole = self._k.shoulder_width / 2 + 0.010 * self._h
        self._hanging = skin.hanging(0.94 * self._armhole, _COMES_IN)

    def add_all(self, builder: MeshBuilder) -> SignedDistance:
        """Add all clothes but socks and shoes.

        Parameters
        ----------
        builder : MeshBuilder

        Returns
        -------
        SignedDistance
            All of them as one solid.
        """
        legwear = self._legwear()
        if self._look.top == "bare":
            return union(self._add_legwear(builder, legwear, None))
        top = self._add_top(builder, legwear)
        covering = top if self._look.top != "bra" and not self._look.waist_is_bare else None
        return union([top, *self._add_legwear(builder, legwear, covering)])

    # --- legs --------------------------------------------------------------------------------------------------------

    def _below_hip(self, p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How far each point lies down its own thigh, m, and how far outwards from the middle."""
        right = p[:, 2] > 0
        along = np.empty(len(p))
        for side, own in (("left", ~right), ("right", right)):
            hip, down = self._proportions.point(f"{side}_thigh"), -self._proportions.up(f"{side}_thigh")
            along[own] = (p[own] - hip) @ down
        return along, np.abs(p[:, 2])

    def _legwear(self) -> SignedDistance:
        look, h, skin = self._look, self._h, self._skin
        tights, skirt = look.legwear == "tights", look.legwear == "skirt"
        loose = look.loose and not tights
        under_shirt = look.top == "hoodie" or (look.top == "shirt" and look.loose)
        waist = (WAISTBAND_TOP - 0.001 if look.waist_is_bare else _WAIST_UNDER if under_shirt else _WAIST) * h
        length = self._leg_length()
        slack = _SLACK_M["tights" if tights else "loose" if loose else "tight"]
        flare = _FLARE_M["skirt"] if skirt else _FLARE_M["legs"] if loose else 0.0
        ankle = self._ankle_hem()

        def garment(p: FloatArray) -> FloatArray:
            along, out = self._below_hip(p)
            wider = flare * smooth_step(along, -0.02 * h, length)
            # At the waist it lies close, so that a shirt falls over it without a step.
            near = slack * (0.4 + 0.6 * smooth_step(waist - p[:, 1], 0.0, 0.04 * h))
            if skirt:
                cloth = np.minimum(skin(p), self._hanging(p) + 0.004) - near - wider
            else:
                # Between the legs there is less room.
                cloth = skin(p) - near - wider * (0.35 + 0.65 * smooth_step(out, 0.02 * h, 0.07 * h))
                below_crotch = smooth_step(along, 0.075 * h, 0.085 * h) > 0.5
                cloth = np.where(below_crotch, np.maximum(cloth, 0.002 - out), cloth)
            lower = ankle - p[:, 1] if tights else along - length
            # The hands hang beside the hips.
            return np.asarray(np.maximum.reduce([cloth, lower, p[:, 1] - waist, out - 0.22 * h]))

        return garment

    def _leg_length(self) -> float:
        """Length of shorts or a skirt from the hip joint, m."""
        kind = "skirt" if self._look.legwear == "skirt" else "loose" if self._look.loose else "tight"
        return _LENGTH[kind] * self._k.thigh

    def _ankle_hem(self) -> float:
        """Height of the lower edge of tights, m."""
        return float(self._proportions.point("left_foot")[1]) + 0.045 * self._h

    def _add_legwear(
        self, builder: MeshBuilder, garment: SignedDistance, covering: SignedDistance | None
    ) -> list[SignedDistance]:
        look, h, length = self._look, self._h, self._leg_length()
        tights = look.legwear == "tights"
        loose = not tights and (look.loose or look.legwear == "skirt")
        lowest = self._ankle_hem() if tights else -length - 0.02 * h
        reach = (0.17 + 0.10 * max(self._proportions.girth - 1, 0)) * h
        builder.add(
            garment,
            np.array([-reach, lowest - 0.01 * h, -0.25 * h]),
            np.array([reach, 0.075 * h, 0.25 * h]),
            legwear_paint(self._proportions, look),
            attachment="leg",
            triangle_size=1.1,
            cloth=covering,
            fold_depth=0.004 if loose else 0.0,
            gloss=look.gloss if tights else 0.0,
            swing=(lambda p: self._swinging_legs(p, length)) if loose else None,
        )
        if look.waistband is None:
            return [garment]
        return [garment, self._add_waistband(builder, garment, np.asarray(look.waistband), reach)]

    def _swinging_legs(self, p: FloatArray, length: float) -> FloatArray:
        """How legs of shorts or a skirt swing: all the more, the farther down."""
        along, _ = self._below_hip(p)
        share = 0.9 * smooth_step(along, 0.0, length)
        right = smooth_step(p[:, 2], -0.03 * self._h, 0.03 * self._h)
        still = np.zeros(len(p))
        return np.stack([share * (1 - right), share * right, still, still, self._room(p)], axis=1)

    def _swinging_tail(self, p: FloatArray, legwear: SignedDistance) -> FloatArray:
        """How a shirt swings below the chest."""
        h, still = self._h, np.zeros(len(p))
        share = 0.9 * smooth_step(self._k.trunk - p[:, 1], 0.09 * h, 0.30 * h)
        share *= 1 - smooth_step(np.abs(p[:, 2]), self._armhole + 0.02 * h, self._armhole + 0.06 * h)
        room = np.minimum(self._room(p), np.clip(legwear(p) - 0.004, 0.0, None))
        return np.stack([still, still, share, still, room], axis=1)

    def _room(self, p: FloatArray) -> FloatArray:
        return np.clip(self._skin(p) - 0.004, 0.0, None)

    def _add_waistband(
        self, builder: MeshBuilder, garment: SignedDistance, colour: FloatArray, reach: float
    ) -> SignedDistance:
        h = self._h
        band = clipped(
            thickened(union([garment, thickened(self._skin, 0.002)]), 0.0035 * h),
            half_space(np.array([0.0, WAISTBAND_TOP * h, 0.0]), _UP),
            half_space(np.array([0.0, WAISTBAND_BOTTOM * h, 0.0]), -_UP),
        )

        def woven(p: FloatArray) -> FloatArray:
            rib = 0.06 * np.sin(p[:, 1] * 2 * np.pi / 0.004)
            return colour[None] * (0.97 + rib)[:, None]

        low = np.array([-reach, (WAISTBAND_BOTTOM - 0.004) * h, -0.22 * h])
        high = np.array([reach, (WAISTBAND_TOP + 0.004) * h, 0.22 * h])
        builder.add(band, low, high, woven, attachment="leg", triangle_size=0.6)
        return band

    # --- trunk -------------------------------------------------------------------------------------------------------

    def _add_top(self, builder: MeshBuilder, legwear: SignedDistance) -> SignedDistance:
        look, h, k = self._look, self._h, self._k
        hoodie = look.top == "hoodie"
        collar = ellipsoid(
            np.array([0.014, k.trunk / h + (0.066 if hoodie else 0.052), 0]) * h,
            np.array([0.062 * h, 0.042 * h, 0.052 * h]),
        )
        garment = self._bra() if look.top == "bra" else self._shirt(collar, legwear)
        if hoodie:
            garment = union([garment, self._hood()])
        loose = hoodie or (look.loose and look.top == "shirt")
        wide = k.shoulder_width / 2 + np.sin(ARM_SPREAD_RAD) * (0.95 * k.upper_arm + (k.forearm if hoodie else 0))
        reach = (0.19 + 0.10 * max(self._proportions.girth - 1, 0)) * h
        paint = shirt_paint(self._proportions, look, collar)
        if hoodie or look.top == "bra":
            paint = self._plain_paint()
        builder.add(
            garment,
            np.array([-reach, -0.09 * h, -wide - 0.02 * h]),
            np.array([reach, k.trunk + 0.09 * h, wide + 0.02 * h]),
            paint,
            attachment="shirt",
            triangle_size=1.1,
            fold_depth=0.006 if hoodie else 0.0045 if loose else 0.0015,
            swing=(lambda p: self._swinging_tail(p, legwear)) if loose else None,
        )
        return garment

    def _plain_paint(self) -> ColourFunction:
        colour = np.asarray(self._look.shirt)

        def paint(p: FloatArray) -> FloatArray:
            return colour[None] * (1 + 0.05 * speckle(p, 0.003))[:, None]

        return paint

    def _bra(self) -> SignedDistance:
        h, k = self._h, self._k
        trunk = clipped(thickened(self._skin, _SLACK_M["tights"]), lambda p: np.abs(p[:, 2]) - 0.93 * self._armhole)
        # Straps run over the shoulders between neck and arm.
        straps = [
            lambda p: p[:, 1] - (k.trunk - 0.045 * h),
            lambda p: np.abs(np.abs(p[:, 2]) - 0.052 * h) - 0.013 * h,
        ]
        return clipped(trunk, half_space(np.array([0, k.trunk - 0.135 * h, 0]), -_UP), union(straps))

    def _shirt(self, collar: SignedDistance, legwear: SignedDistance) -> SignedDistance:
        look, h, k, skin = self._look, self._h, self._k, self._skin
        hoodie = look.top == "hoodie"
        loose = look.loose or hoodie
        slack = 0.012 if hoodie else _SLACK_M["loose" if loose else "tight"]
        hem = (WAISTBAND_TOP - 0.0015 if look.waist_is_bare else _HEM_LOOSE if loose else _HEM_TIGHT) * h
        sleeve = (k.upper_arm + k.forearm - 0.01 * h) if hoodie else SLEEVE * k.upper_arm

        def cloth(p: FloatArray) -> FloatArray:
            off = np.abs(p[:, 2])
            shoulder = np.array([0.0, k.trunk, k.shoulder_width / 2])
            down = np.array([0.0, -np.cos(ARM_SPREAD_RAD), np.sin(ARM_SPREAD_RAD)])
            along = (p * [1, 1, 0] + off[:, None] * [0, 0, 1] - shoulder) @ down
            # Wide hips are no arms.
            under_arm = k.trunk - 0.085 * h - (off - shoulder[2]) / np.tan(ARM_SPREAD_RAD)
            on_arm = (off > self._armhole) & (p[:, 1] > under_arm)
            wider = _FLARE_M["sleeves"] * smooth_step(along, 0.0, 0.1 * h) * on_arm if loose and not hoodie else 0.0
            covered = skin(p)
            if loose:
                covered = np.minimum(covered, self._hanging(p))
            covered = np.minimum(covered - slack, legwear(p) - _OVER_LEGWEAR_M) - wider
            cuff = along - sleeve if look.sleeves or hoodie else off - self._armhole + 0.012 * h
            return np.asarray(np.maximum(covered, np.where(on_arm, cuff, -1.0)))

        keep = [
            half_space(np.array([0, hem, 0]), -_UP),
            inverted(collar),
            # Behind, the neck's own cloth ends below the hair.
            union(
                [
                    half_space(np.array([0.0, k.trunk + 0.030 * h, 0.0]), np.array([0.1, 1.0, 0.0])),
                    lambda p: 0.062 * h - np.abs(p[:, 2]),
                ]
            ),
        ]
        return clipped(cloth, *keep)

    def _hood(self) -> SignedDistance:
        """Model a hood that lies folded on the shoulders behind the neck."""
        h, k = self._h, self._k
        arc = [
            np.array(
                [(0.012 - 0.058 * np.cos(a)) * h, k.trunk + (0.034 - 0.006 * np.cos(a)) * h, 0.055 * h * np.sin(a)]
            )
            for a in np.linspace(-1.9, 1.9, 9)
        ]
        return smooth_union([rod_chain(arc, [0.012 * h, *[0.019 * h] * 7, 0.012 * h])], 0.01 * h)
