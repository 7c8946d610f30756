"""The runner's visible body: skin, clothes, shoes, hair and face, hung on the bones.

Each part is a blend of round solids round the bones, turned into a mesh once in a rest pose (arms and legs spread) and
then carried by the bones: every vertex follows a mixture of a few of them. All coordinates here are in the rest pose,
metres, with the mid-hip at the origin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gait.synthetic.motion import Bones, about_x
from gait.synthetic.reference import Array
from gait.synthetic.skeleton import Skeleton, skeleton_of
from gait.synthetic.solids import (
    Field,
    blend,
    carved,
    chain,
    cut,
    either,
    ellipsoid,
    grown,
    half_space,
    outside,
    rod,
    stack,
    surface_of,
)
from gait.synthetic.spec import Colour, LookSpec, RunnerSpec
from gait.synthetic.vtk_import import vtk_modules

BONES = (
    "pelvis",
    "spine",
    "chest",
    "neck",
    "head",
    *(f"{side}_{bone}" for side in ("left", "right") for bone in ("upper_arm", "forearm", "hand")),
    *(f"{side}_{bone}" for side in ("left", "right") for bone in ("thigh", "shank", "foot", "toes")),
)

_ARM_SPREAD = np.radians(50.0)
_LEG_SPREAD = np.radians(9.0)


@dataclass(frozen=True)
class Body:
    """A mesh and how it hangs on the bones.

    ``points``, ``normals`` (N, 3); ``triangles`` (M, 3); ``colours`` (N, 3) uint8; ``weights`` (N, B) in the order of
    `BONES`; ``rest`` the bones' rest pose as 4 × 4 inverse matrices (B, 4, 4).
    """

    points: Array
    normals: Array
    triangles: NDArray[np.int64]
    colours: NDArray[np.uint8]
    weights: Array
    rest: Array

    def posed(self, bones: Bones, index: int) -> tuple[Array, Array]:
        """Points and normals (N, 3) at one time of ``bones``."""
        matrices = np.zeros((len(BONES), 4, 4))
        for n, bone in enumerate(BONES):
            matrices[n, :3, :3] = bones.rotation[bone][index]
            matrices[n, :3, 3] = bones.origin[bone][index]
        matrices[:, 3, 3] = 1.0
        moved = (matrices @ self.rest)[:, :3, :].reshape(len(BONES), 12)
        mixed = (self.weights @ moved).reshape(-1, 3, 4)
        points = np.einsum("nij,nj->ni", mixed[:, :, :3], self.points) + mixed[:, :, 3]
        normals = np.einsum("nij,nj->ni", mixed[:, :, :3], self.normals)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
        return points, normals


# ------------------------------------------------------------------------------------------------ rest pose


def rest_pose(skeleton: Skeleton) -> Bones:
    """Bones standing with arms and legs spread, mid-hip at the origin; one time."""
    k = skeleton
    rotation = {bone: np.eye(3)[None] for bone in BONES}
    origin: dict[str, Array] = {"pelvis": np.zeros((1, 3))}

    def at(start: str, *offset: float) -> Array:
        moved: Array = origin[start] + rotation[start] @ np.asarray(offset)
        return moved

    origin["chest"] = np.array([[0.0, k.trunk, 0.0]])
    origin["spine"] = np.array([[0.0, 0.40 * k.trunk, 0.0]])
    origin["neck"] = at("chest", -0.004 * k.height, 0.012 * k.height, 0.0)
    origin["head"] = at("neck", 0.0, k.neck, 0.0)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        for bone in ("upper_arm", "forearm", "hand"):
            rotation[f"{side}_{bone}"] = about_x(np.array([-sign * _ARM_SPREAD]))
        for bone in ("thigh", "shank"):
            rotation[f"{side}_{bone}"] = about_x(np.array([-sign * _LEG_SPREAD]))
        origin[f"{side}_upper_arm"] = at("chest", 0.0, 0.0, sign * k.shoulder_width / 2)
        origin[f"{side}_forearm"] = at(f"{side}_upper_arm", 0.0, -k.upper_arm, 0.0)
        origin[f"{side}_hand"] = at(f"{side}_forearm", 0.0, -k.forearm, 0.0)
        origin[f"{side}_thigh"] = at("pelvis", 0.0, 0.0, sign * k.hip_width / 2)
        origin[f"{side}_shank"] = at(f"{side}_thigh", 0.0, -k.thigh, 0.0)
        origin[f"{side}_foot"] = at(f"{side}_shank", 0.0, -k.shank, 0.0)
        origin[f"{side}_toes"] = at(f"{side}_foot", k.ball, -k.ankle_height, 0.0)
    return Bones(rotation, origin)


def _smooth(value: Array, low: float, high: float) -> Array:
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


# ------------------------------------------------------------------------------------------------ the body


class _Sculptor:
    """Builds the parts in the rest pose of one runner."""

    def __init__(self, runner: RunnerSpec, look: LookSpec, fineness: float) -> None:
        self.k = skeleton_of(runner)
        self.h = self.k.height
        self.look = look
        self.male = runner.sex == "male"
        self.girth = runner.build
        self.step = 0.008 / fineness
        self.rest = rest_pose(self.k)
        self.torso = self._torso_field()
        self.arms = {side: self._arm_field(side) for side in ("left", "right")}
        self.legs = {side: self._leg_field(side) for side in ("left", "right")}
        self.parts: list[tuple[Array, Array, NDArray[np.int64], Array, Array]] = []

    def joint(self, bone: str, *offset: float) -> Array:
        """Place a point given in a bone's own axes, fractions of body height."""
        place: Array = self.rest.origin[bone][0] + self.rest.rotation[bone][0] @ (
            np.asarray(offset or (0, 0, 0)) * self.h
        )
        return place

    # -------------------------------------------------------------- fields

    def _torso_field(self) -> Field:
        if self.male:
            rows = [
                (-0.050, 0.060, 0.045, -0.004),
                (-0.030, 0.088, 0.060, -0.008),
                (0.000, 0.094, 0.066, -0.010),
                (0.040, 0.089, 0.062, -0.004),
                (0.090, 0.080, 0.056, 0.004),
                (0.140, 0.084, 0.059, 0.005),
                (0.200, 0.096, 0.065, 0.002),
                (0.245, 0.100, 0.064, -0.002),
                (0.275, 0.096, 0.054, -0.008),
                (0.296, 0.072, 0.042, -0.011),
                (0.312, 0.038, 0.034, -0.010),
            ]
        else:
            rows = [
                (-0.050, 0.062, 0.046, -0.004),
                (-0.030, 0.092, 0.062, -0.010),
                (0.000, 0.098, 0.068, -0.012),
                (0.040, 0.089, 0.060, -0.004),
                (0.095, 0.071, 0.051, 0.004),
                (0.145, 0.075, 0.054, 0.004),
                (0.195, 0.084, 0.062, 0.006),
                (0.240, 0.088, 0.058, 0.000),
                (0.273, 0.086, 0.048, -0.008),
                (0.296, 0.064, 0.038, -0.011),
                (0.312, 0.034, 0.031, -0.010),
            ]
        table = np.array(rows) * self.h
        table[:, 1:3] *= 1 + 0.8 * (self.girth - 1)
        base = stack(table)
        extra: list[Field] = [base]
        for sign in (-1.0, 1.0):
            extra.append(  # seat
                ellipsoid(np.array([-0.034, -0.020, sign * 0.044]) * self.h, np.array([0.042, 0.048, 0.045]) * self.h)
            )
            chest = np.array([0.036, 0.215, sign * 0.043]) * self.h
            size = np.array([0.030, 0.030, 0.042] if self.male else [0.040, 0.034, 0.037]) * self.h
            extra.append(ellipsoid(chest, size))
            extra.append(  # from neck to shoulder
                rod(
                    np.array([-0.012, 0.312, 0.0]) * self.h,
                    self.joint(f"{'right' if sign > 0 else 'left'}_upper_arm", -0.004, 0.004, 0.0),
                    0.027 * self.h,
                    0.017 * self.h,
                )
            )
        return blend(extra, 0.03 * self.h)

    def _arm_field(self, side: str) -> Field:
        g = (1.0 if self.male else 0.86) * (1 + 0.6 * (self.girth - 1)) * self.h
        upper, lower, hand = f"{side}_upper_arm", f"{side}_forearm", f"{side}_hand"
        j, a = self.joint, self.k.upper_arm / self.h
        f = self.k.forearm / self.h
        inward = -1.0 if side == "right" else 1.0
        limb: list[Field] = [
            chain(
                [
                    j(upper),
                    j(upper, 0.004, -0.35 * a, 0),
                    j(upper, 0.004, -0.65 * a, 0),
                    j(lower),
                    j(lower, 0.002, -0.14 * f, 0),
                    j(lower, 0.002, -0.30 * f, 0),
                    j(lower, 0.001, -0.70 * f, 0),
                    j(hand, 0, 0.004, 0),
                    j(hand, 0.002, -0.022, 0),
                ],
                [g * r for r in (0.0285, 0.0285, 0.0265, 0.0220, 0.0238, 0.0242, 0.0185, 0.0150, 0.0165)],
            ),
            ellipsoid(j(upper, 0, -0.016, 0), np.array([0.032 * g, 0.038 * g, 0.029 * g])),
        ]
        # A loosely closed hand: palm, four curled fingers and a thumb on top.
        palm = j(hand, 0.002, -0.030, 0)
        limb.append(ellipsoid(palm, np.array([0.022 * g, 0.026 * g, 0.015 * g])))
        for n in range(4):
            x = 0.020 - 0.0125 * n
            knuckle = j(hand, x, -0.050, 0)
            middle = j(hand, x + 0.002, -0.060, inward * 0.018)
            tip = j(hand, x + 0.002, -0.040, inward * 0.027)
            limb.append(rod(knuckle, middle, 0.0078 * g, 0.0072 * g))
            limb.append(rod(middle, tip, 0.0072 * g, 0.0062 * g))
        limb.append(rod(j(hand, 0.020, -0.018, 0), j(hand, 0.030, -0.036, inward * 0.012), 0.009 * g, 0.0075 * g))
        limb.append(
            rod(j(hand, 0.030, -0.036, inward * 0.012), j(hand, 0.024, -0.050, inward * 0.022), 0.0075 * g, 0.0062 * g)
        )
        return blend(limb, 0.009 * self.h)

    def _leg_field(self, side: str) -> Field:
        g = (1.0 if self.male else 0.97) * (1 + 0.7 * (self.girth - 1)) * self.h
        thigh, shank, foot = f"{side}_thigh", f"{side}_shank", f"{side}_foot"
        j, a, b = self.joint, self.k.thigh / self.h, self.k.shank / self.h
        out = 1.0 if side == "right" else -1.0
        bones = chain(
            [
                j(thigh, -0.004, 0.0, out * 0.002),
                j(thigh, 0.004, -0.25 * a, out * 0.003),
                j(thigh, 0.005, -0.50 * a, out * 0.003),
                j(thigh, 0.003, -0.75 * a, out * 0.001),
                j(shank, 0.003, 0.030, 0),
                j(shank, 0.003, 0.0, 0),
                j(shank, -0.002, -0.10 * b, 0),
                j(shank, -0.005, -0.25 * b, 0),
                j(shank, -0.004, -0.45 * b, 0),
                j(shank, -0.002, -0.70 * b, 0),
                j(shank, -0.002, -0.85 * b, 0),
                j(foot, -0.003, 0.004, 0),
                j(foot, -0.008, -0.014, 0),
            ],
            [
                g * r
                for r in (
                    *(0.0520, 0.0490, 0.0440, 0.0375, 0.0325, 0.0310),
                    *(0.0290, 0.0305, 0.0280, 0.0222, 0.0195, 0.0195, 0.0190),
                )
            ],
        )
        knee_cap = ellipsoid(j(shank, 0.014, 0.004, 0), np.array([0.020, 0.026, 0.020]) * g)
        calf = ellipsoid(j(shank, -0.016, -0.26 * b, out * 0.002), np.array([0.0225, 0.060, 0.026]) * g)
        return blend([bones, knee_cap, calf], 0.010 * self.h)

    def _head_fields(self) -> tuple[Field, Field]:
        j, h = self.joint, self.h
        scale = 1.0 if self.male else 0.96
        skull = ellipsoid(j("head", 0.000, 0.073, 0), np.array([0.0555 * h * scale, 0.0560 * h, 0.0435 * h * scale]))
        face: list[Field] = [
            skull,
            ellipsoid(j("head", 0.016, 0.046, 0), np.array([0.040 * h * scale, 0.046 * h, 0.036 * h * scale])),
            ellipsoid(j("head", 0.030, 0.020, 0), np.array([0.020 * h, 0.019 * h, 0.023 * h * scale])),
            rod(j("head", 0.006, 0.028, -0.028), j("head", 0.034, 0.016, -0.012), 0.010 * h, 0.010 * h),
            rod(j("head", 0.006, 0.028, 0.028), j("head", 0.034, 0.016, 0.012), 0.010 * h, 0.010 * h),
        ]
        head = blend(face, 0.016 * h)
        nose = blend(
            [
                rod(j("head", 0.052, 0.066, 0), j("head", 0.0625, 0.049, 0), 0.0045 * h, 0.0070 * h),
                ellipsoid(j("head", 0.056, 0.046, -0.006), np.array([0.006 * h, 0.005 * h, 0.005 * h])),
                ellipsoid(j("head", 0.056, 0.046, 0.006), np.array([0.006 * h, 0.005 * h, 0.005 * h])),
            ],
            0.006 * h,
        )
        brow = rod(j("head", 0.048, 0.075, -0.022), j("head", 0.048, 0.075, 0.022), 0.0065 * h, 0.0065 * h)
        lips = rod(j("head", 0.0475, 0.030, -0.010), j("head", 0.0475, 0.030, 0.010), 0.0050 * h, 0.0050 * h)
        ears = [
            ellipsoid(j("head", 0.000, 0.057, sign * 0.0435), np.array([0.010 * h, 0.0175 * h, 0.0045 * h]))
            for sign in (-1.0, 1.0)
        ]
        full = blend([blend([head, brow, lips], 0.010 * h), nose, *ears], 0.006 * h)
        for sign in (-1.0, 1.0):
            socket = ellipsoid(j("head", 0.058, 0.066, sign * 0.0175), np.array([0.009 * h, 0.0065 * h, 0.0105 * h]))
            full = carved(full, socket, 0.008 * h)
        return full, skull

    # -------------------------------------------------------------- weights

    def weights(self, p: Array, part: str) -> Array:
        """How much each vertex (N, 3) follows each bone, (N, B)."""
        w = np.zeros((len(p), len(BONES)))
        index = {bone: n for n, bone in enumerate(BONES)}
        h, k = self.h, self.k
        if part == "head":
            w[:, index["head"]] = 1.0
            return w
        y = p[:, 1]
        # Trunk chain, bottom to top.
        spine = _smooth(y, 0.01 * h, 0.16 * h)
        chest = _smooth(y, 0.12 * h, 0.25 * h)
        neck = _smooth(y, k.trunk + 0.012 * h, k.trunk + 0.045 * h)
        head = _smooth(y, k.trunk + 0.050 * h, k.trunk + 0.082 * h)
        rest = np.ones(len(p))
        for bone, share in (("head", head), ("neck", neck), ("chest", chest), ("spine", spine)):
            w[:, index[bone]] = rest * share
            rest = rest * (1 - share)
        w[:, index["pelvis"]] = rest

        def take(bone: str, share: Array) -> None:
            w[:] *= (1 - share)[:, None]
            w[:, index[bone]] += share

        for side, sign in (("left", -1.0), ("right", 1.0)):
            shoulder, arm_axis = self.joint(f"{side}_upper_arm"), -self.rest.rotation[f"{side}_upper_arm"][0][:, 1]
            along = (p - shoulder) @ arm_axis
            nearer = self.torso(p) - np.minimum(self.arms[side](p), 0.2)
            on_arm = np.where(
                sign * p[:, 2] > 0.5 * k.shoulder_width / 2,
                _smooth(along, -0.020 * h, 0.045 * h) * _smooth(nearer, -0.020 * h, 0.018 * h),
                0.0,
            )
            take(f"{side}_upper_arm", on_arm)
            for bone, width in (("forearm", 0.024), ("hand", 0.012)):
                beyond = (p - self.joint(f"{side}_{bone}")) @ arm_axis
                take(f"{side}_{bone}", on_arm * _smooth(beyond, -width * h, width * h))

            hip, leg_axis = self.joint(f"{side}_thigh"), -self.rest.rotation[f"{side}_thigh"][0][:, 1]
            below = (p - hip) @ leg_axis
            # The groin line runs up and outwards: the outer hip follows the pelvis further down than the crotch does.
            slope = below + 0.25 * (hip[2] - p[:, 2]) * sign
            on_leg = _smooth(slope, -0.045 * h, 0.050 * h) * _smooth(sign * p[:, 2], -0.012 * h, 0.012 * h)
            on_leg = on_leg * (y < 0.06 * h)
            if part == "shirt":
                on_leg = 0.3 * on_leg  # it hangs from the trunk and only brushes the thighs
            if part == "leg":
                on_leg = np.maximum(on_leg, _smooth(below, 0.02 * h, 0.07 * h) * (sign * p[:, 2] > 0))
            take(f"{side}_thigh", on_leg)
            beyond = (p - self.joint(f"{side}_shank")) @ leg_axis
            take(f"{side}_shank", on_leg * _smooth(beyond, -0.030 * h, 0.030 * h))
            ankle = self.joint(f"{side}_foot")
            own = (sign * p[:, 2] > 0) & (y < -0.3 * h)
            take(f"{side}_foot", own * _smooth(ankle[1] - y, -0.016 * h, 0.010 * h))
            take(f"{side}_toes", own * _smooth(p[:, 0] - (ankle[0] + k.ball), -0.014 * h, 0.014 * h))
        return w

    # -------------------------------------------------------------- parts

    def add(
        self,
        field: Field,
        low: Array,
        high: Array,
        colour: Colour | Array | Callable[[Array], Array],
        *,
        part: str = "body",
        step: float = 1.0,
    ) -> None:
        points, normals, triangles = surface_of(field, low, high, self.step * step)
        colours = colour(points) if callable(colour) else np.tile(np.asarray(colour), (len(points), 1))
        self.parts.append((points, normals, triangles, colours, self.weights(points, part)))

    def build(self) -> Body:
        """All parts together."""
        self._skin()
        self._shirt()
        self._shorts()
        self._feet()
        self._head()
        shift, points, normals, triangles, colours, weights = 0, [], [], [], [], []
        for part in self.parts:
            points.append(part[0])
            normals.append(part[1])
            triangles.append(part[2] + shift)
            colours.append(part[3])
            weights.append(part[4])
            shift += len(part[0])
        matrices = np.zeros((len(BONES), 4, 4))
        for n, bone in enumerate(BONES):
            matrices[n, :3, :3] = self.rest.rotation[bone][0]
            matrices[n, :3, 3] = self.rest.origin[bone][0]
            matrices[n, 3, 3] = 1.0
        stacked = np.concatenate(colours)
        return Body(
            points=np.concatenate(points),
            normals=np.concatenate(normals),
            triangles=np.concatenate(triangles),
            colours=np.clip(255 * stacked, 0, 255).astype(np.uint8),
            weights=np.concatenate(weights),
            rest=np.asarray(np.linalg.inv(matrices), dtype=float),
        )

    def _skin(self) -> None:
        h, k = self.h, self.k
        skin = np.asarray(self.look.skin)

        def tone(p: Array) -> Array:
            # Knees, elbows and knuckles a little redder, the rest faintly uneven.
            wave = 0.015 * np.sin(p[:, 0] * 61 + 1.3) * np.sin(p[:, 1] * 47) * np.sin(p[:, 2] * 53 + 0.7)
            base = skin[None] * (1 + wave[:, None])
            for side in ("left", "right"):
                for bone in ("shank", "forearm", "hand"):
                    near = np.exp(-((np.linalg.norm(p - self.joint(f"{side}_{bone}"), axis=1) / (0.03 * h)) ** 2))
                    base = base * (1 - near[:, None] * np.array([0.02, 0.07, 0.08]))
            return base

        neck = rod(
            np.array([-0.012, k.trunk / h - 0.004, 0]) * h, self.joint("head", -0.006, 0.030, 0), 0.034 * h, 0.0315 * h
        )
        trunk = blend([self.torso, neck], 0.030 * h)
        top = np.array([0.12, k.trunk / h + 0.10, 0.0]) * h
        reach = k.shoulder_width / 2 + np.sin(_ARM_SPREAD) * (k.upper_arm + k.forearm + 0.09 * h)
        drop = k.trunk - np.cos(_ARM_SPREAD) * (k.upper_arm + k.forearm + 0.09 * h)
        for side, sign in (("left", -1.0), ("right", 1.0)):
            near, far = 0.15 * k.shoulder_width * sign, sign * reach
            lows, highs = min(near, far), max(near, far)
            # The trunk covers the inner end of the arm; only what can be seen is meshed.
            arm = cut(
                self.arms[side],
                half_space(self.joint(f"{side}_upper_arm"), self.rest.rotation[f"{side}_upper_arm"][0][:, 1]),
            )
            self.add(
                arm,
                np.array([-0.09 * h, drop - 0.03 * h, lows]),
                np.array([0.09 * h, k.trunk + 0.06 * h, highs]),
                tone,
                step=0.75,
            )
            foot = self.joint(f"{side}_foot")
            self.add(
                self.legs[side],
                np.array([-0.10 * h, foot[1] - 0.03 * h, min(0.0, sign * 0.22 * h)]),
                np.array([0.10 * h, 0.09 * h, max(0.0, sign * 0.22 * h)]),
                tone,
                part="leg",
            )
        shoulders = blend(
            [
                trunk,
                *(
                    ellipsoid(self.joint(f"{s}_upper_arm", 0, -0.016, 0), np.array([0.030 * h, 0.036 * h, 0.028 * h]))
                    for s in self.arms
                ),
            ],
            0.03 * h,
        )
        self.add(
            shoulders,
            np.array([-0.12 * h, 0.18 * h, -0.17 * h]),
            np.array([0.12 * h, top[1], 0.17 * h]),
            tone,
        )

    def _shirt(self) -> None:
        h, k, look = self.h, self.k, self.look
        slack = (0.0065 if look.loose else 0.004) * h
        covered: list[Field] = [self.torso]
        for side in ("left", "right"):
            length = 0.58 * k.upper_arm / h if look.sleeves else 0.02
            inward = self.rest.rotation[f"{side}_upper_arm"][0][:, 1]
            sleeve = grown(self.arms[side], 0.4 * slack)
            covered.append(cut(sleeve, half_space(self.joint(f"{side}_upper_arm", 0, -length, 0), -inward)))
        cloth = grown(blend(covered, 0.028 * h), slack * 0.8)
        if look.loose:
            # A loose shirt hangs straight from the ribs and sways out a little over the hips.
            skirt = stack(
                np.array(
                    [
                        (-0.035, 0.108, 0.082, -0.008),
                        (0.02, 0.106, 0.080, -0.008),
                        (0.10, 0.098, 0.074, 0.0),
                        (0.19, 0.101, 0.073, 0.002),
                        (0.24, 0.100, 0.068, 0.0),
                    ]
                )
                * h
                * np.array([1, *(3 * [1 + 0.8 * (self.girth - 1)])])
                * (1.0 if self.male else 0.955)
            )
            cloth = blend([cloth, skirt], 0.03 * h)
        collar = ellipsoid(np.array([0.014, k.trunk / h + 0.050, 0]) * h, np.array([0.062 * h, 0.042 * h, 0.054 * h]))
        keep = [
            half_space(np.array([0, (-0.022 if look.loose else 0.026) * h, 0]), np.array([0.0, -1.0, 0.0])),
            outside(collar),
        ]
        if not look.sleeves:
            for side in ("left", "right"):
                hole = self.joint(f"{side}_upper_arm", 0, -0.010, 0)
                keep.append(half_space(hole, np.array([0.0, 0.25, 1.0 if side == "right" else -1.0])))
        shirt = np.asarray(look.shirt)

        def pattern(p: Array) -> Array:
            weave = 0.03 * np.sin(p[:, 1] * 420) * np.sin(p[:, 2] * 380 + p[:, 0] * 300)
            fold = 0.05 * np.sin(p[:, 1] * 38 + 6 * np.sin(p[:, 2] * 17) + p[:, 0] * 23)
            colour = shirt[None] * (1 + weave + fold)[:, None]
            band = (np.abs(p[:, 1] - 0.205 * h) < 0.016 * h) & (np.abs(p[:, 2]) < 0.13 * h)
            light = 0.55 * colour + 0.45 * np.array(self.look.shorts_trim)
            painting: Array = np.where(band[:, None], light, colour)
            return painting

        wide = k.shoulder_width / 2 + np.sin(_ARM_SPREAD) * 0.75 * k.upper_arm
        self.add(
            cut(cloth, *keep),
            np.array([-0.14 * h, -0.06 * h, -wide]),
            np.array([0.14 * h, k.trunk + 0.06 * h, wide]),
            pattern,
            part="shirt",
        )

    def _shorts(self) -> None:
        h, k, look = self.h, self.k, self.look
        slack = (0.011 if look.loose else 0.0065) * h
        length = 0.52 if look.loose else 0.42
        hips = cut(self.torso, half_space(np.array([0, 0.052 * h, 0]), np.array([0.0, 1.0, 0.0])))
        covered: list[Field] = [grown(hips, 0.75 * slack)]
        for side, sign in (("left", -1.0), ("right", 1.0)):
            down = -self.rest.rotation[f"{side}_thigh"][0][:, 1]
            hem = self.joint(f"{side}_thigh", 0, -length * k.thigh / h, 0)
            leg: Field = grown(self.legs[side], slack)
            if look.loose:
                flare = rod(
                    self.joint(f"{side}_thigh", -0.004, 0.0, sign * 0.004),
                    self.joint(f"{side}_thigh", 0.0, -length * k.thigh / h - 0.02, sign * 0.006),
                    0.058 * h * (1 + 0.7 * (self.girth - 1)),
                    0.060 * h * (1 + 0.7 * (self.girth - 1)),
                )
                leg = blend([leg, flare], 0.01 * h)
            covered.append(
                cut(leg, half_space(hem, down), half_space(np.array([0, 0.045 * h, 0]), np.array([0.0, 1.0, 0.0])))
            )
        cloth = blend(covered, 0.012 * h)
        shorts, trim = np.asarray(look.shorts), np.asarray(look.shorts_trim)

        def pattern(p: Array) -> Array:
            weave = 0.04 * np.sin(p[:, 1] * 400 + p[:, 0] * 350)
            fold = 0.10 * np.sin(p[:, 0] * 55 + 5 * np.sin(p[:, 1] * 21) + p[:, 2] * 18)
            colour = shorts[None] * (1 + weave + fold)[:, None] + 0.01
            waist = p[:, 1] > 0.040 * h
            stripe = np.zeros(len(p), dtype=bool)
            for side, sign in (("left", -1.0), ("right", 1.0)):
                axis = self.joint(f"{side}_thigh")
                out = sign * (p[:, 2] - axis[2]) - 0.16 * (axis[1] - p[:, 1])
                stripe |= (out > 0.040 * h) & (np.abs(p[:, 0] + 0.004 * h) < 0.011 * h)
            colour = np.where(stripe[:, None], trim[None], colour)
            return np.where(waist[:, None], 0.7 * shorts[None] + 0.06, colour)

        self.add(
            cloth,
            np.array([-0.13 * h, -0.55 * k.thigh - 0.03 * h, -0.18 * h]),
            np.array([0.12 * h, 0.065 * h, 0.18 * h]),
            pattern,
        )

    def _feet(self) -> None:
        h, k, look = self.h, self.k, self.look
        for side, sign in (("left", -1.0), ("right", 1.0)):
            foot = self.joint(f"{side}_foot")
            ground = foot[1] - k.ankle_height
            shank_up = self.rest.rotation[f"{side}_shank"][0][:, 1]
            sock = cut(
                grown(self.legs[side], 0.0015 * h),
                half_space(self.joint(f"{side}_foot", 0, 0.040, 0), shank_up),
            )
            box_low = np.array([-0.06 * h, ground - 0.004 * h, foot[2] - 0.045 * h])
            box_high = np.array([0.135 * h, foot[1] + 0.06 * h, foot[2] + 0.045 * h])
            self.add(sock, box_low, box_high, look.socks, step=0.75)
            sole, upper = self._shoe(foot, ground, sign)
            shoe_colour, sole_colour = np.asarray(look.shoes), np.asarray(look.sole)

            def painted(p: Array, ground: float = ground, foot: Array = foot, colour: Array = shoe_colour) -> Array:
                x, y = (p[:, 0] - foot[0]) / h, (p[:, 1] - ground) / h
                laces = (x > 0.030) & (x < 0.072) & (np.abs(p[:, 2] - foot[2]) < 0.009 * h)
                mark = np.abs(x - 0.034 - 0.55 * (y - 0.028)) < 0.005
                heel_tab = (x < -0.032) & (y > 0.038)
                base = np.tile(colour, (len(p), 1)) * (1 + 0.04 * np.sin(p[:, [0]] * 500) * np.sin(p[:, [2]] * 500))
                return np.where((laces | mark | heel_tab)[:, None], look.sole, base)

            def soled(p: Array, ground: float = ground, colour: Array = sole_colour) -> Array:
                under = (p[:, 1] - ground) < 0.004 * h
                return np.where(under[:, None], np.array([0.16, 0.16, 0.17]), colour[None])

            self.add(upper, box_low, box_high, painted, step=0.6)
            self.add(sole, box_low, box_high, soled, step=0.6)

    def _shoe(self, foot: Array, ground: float, sign: float) -> tuple[Field, Field]:
        h, k = self.h, self.k

        def outline(p: Array, grow: float) -> Array:
            """Distance from the sole's outline in the ground plane, negative inside."""
            x = (p[:, 0] - foot[0]) / h
            # The shoe's axis bends inwards towards the big toe.
            middle = np.interp(x, [-0.05, 0.0, 0.06, 0.10, 0.125], [0.0, 0.001, -0.001, -0.006, -0.010]) * sign
            half = np.interp(
                x,
                [-0.0425, -0.0405, -0.035, -0.024, -0.005, 0.025, 0.055, 0.080, 0.098, 0.110, 0.117, 0.1205, 0.122],
                [0.0, 0.009, 0.0155, 0.0195, 0.0195, 0.0185, 0.0235, 0.0260, 0.0245, 0.0200, 0.0145, 0.008, 0.0],
            )
            side = np.abs((p[:, 2] - foot[2]) / h - middle) - half - grow
            ends = np.maximum(-0.0425 - grow - x, x - 0.122 - grow)
            value: Array = np.maximum(side, ends) * h
            return value

        def rocker(p: Array) -> Array:
            """How far the sole is lifted off the ground: a bevelled heel and a turned-up toe."""
            x = (p[:, 0] - foot[0]) / h
            heel = np.clip(-k.pivot_back / h - x, 0, None)
            toe = np.clip(x - k.toe / h, 0, None)
            value: Array = (0.75 * heel + 9 * heel**2 + 0.55 * toe) * h
            return value

        def sole(p: Array) -> Array:
            x = (p[:, 0] - foot[0]) / h
            thick = np.interp(x, [-0.04, 0.02, 0.08, 0.12], [0.0215, 0.0195, 0.0150, 0.0140]) * h
            y = p[:, 1] - ground
            value: Array = np.maximum(outline(p, 0.0), np.maximum(rocker(p) - y, y - thick))
            return value

        def upper(p: Array) -> Array:
            x = (p[:, 0] - foot[0]) / h
            roof = np.interp(
                x,
                [-0.045, -0.038, -0.028, -0.012, 0.012, 0.030, 0.050, 0.080, 0.105, 0.122],
                [0.052, 0.063, 0.061, 0.052, 0.053, 0.060, 0.049, 0.038, 0.031, 0.022],
            )
            y = (p[:, 1] - ground) / h
            rise = np.clip((y - 0.010) / np.maximum(roof - 0.010, 1e-3), 0, 1.5)
            # The collar stands round the ankle; the toe box closes over the toes.
            close = np.interp(x, [-0.04, 0.02, 0.045, 0.12], [0.0, 0.001, 0.0135, 0.0175])
            narrower = close * rise**2.2 - 0.001
            value: Array = np.maximum(np.maximum(outline(p, 0.0) + narrower * h, (y - roof) * h), (0.010 - y) * h)
            return value

        return sole, upper

    def _head(self) -> None:
        j, h, look = self.joint, self.h, self.look
        head, skull = self._head_fields()
        skin, hair = np.asarray(look.skin), np.asarray(look.hair)

        def tone(p: Array) -> Array:
            colour = np.tile(skin, (len(p), 1))
            for sign in (-1.0, 1.0):
                cheek = np.exp(
                    -((np.linalg.norm(p - j("head", 0.045, 0.044, sign * 0.024), axis=1) / (0.016 * h)) ** 2)
                )
                colour = colour * (1 - cheek[:, None] * np.array([0.0, 0.09, 0.08]))
                socket = np.exp(
                    -((np.linalg.norm(p - j("head", 0.050, 0.066, sign * 0.0175), axis=1) / (0.011 * h)) ** 2)
                )
                colour = colour * (1 - 0.22 * socket[:, None])
            q = (p - j("head", 0.0, 0.0, 0.0)) / h
            mouth = (
                (np.abs(q[:, 1] - 0.030) < 0.0036 - 0.12 * np.abs(q[:, 2]))
                & (np.abs(q[:, 2]) < 0.0125)
                & (q[:, 0] > 0.03)
            )
            colour = np.where(mouth[:, None], skin * np.array([0.84, 0.66, 0.66]), colour)
            line = (np.abs(q[:, 1] - 0.030) < 0.0012) & mouth
            colour = np.where(line[:, None], skin * 0.3, colour)
            if self.male:
                beard = (q[:, 1] < 0.040) & (q[:, 0] > 0.012) & ~mouth & (q[:, 1] > 0.0)
                colour = np.where(beard[:, None], 0.90 * colour + 0.04 * hair, colour)
            return colour

        low, high = j("head", -0.075, -0.010, -0.060), j("head", 0.085, 0.145, 0.060)
        self.add(head, low, high, tone, part="head", step=0.5)

        for sign in (-1.0, 1.0):
            eye = j("head", 0.0470, 0.0658, sign * 0.0175)

            def iris(p: Array, eye: Array = eye) -> Array:
                d = np.hypot(p[:, 1] - eye[1], p[:, 2] - eye[2]) / h
                colour = np.where((d < 0.0040)[:, None], np.array([0.25, 0.17, 0.10]), np.array([0.88, 0.87, 0.85]))
                colour = np.where((d < 0.0019)[:, None], np.array([0.03, 0.03, 0.03]), colour)
                lid = p[:, 1] - eye[1] > 0.0019 * h
                return np.where(lid[:, None], skin * 0.8, colour)

            self.add(
                ellipsoid(eye, np.array([0.0070 * h, 0.0062 * h, 0.0075 * h])),
                eye - 0.012 * h,
                eye + 0.012 * h,
                iris,
                part="head",
                step=0.14,
            )
            brow = rod(
                j("head", 0.0555, 0.0790, sign * 0.008), j("head", 0.0490, 0.0795, sign * 0.028), 0.0028 * h, 0.0022 * h
            )
            middle = j("head", 0.052, 0.0785, sign * 0.018)
            self.add(brow, middle - 0.018 * h, middle + 0.018 * h, hair * 0.85, part="head", step=0.25)
        if look.hair_style == "bald":
            return
        thick = 0.0065 * h
        cap = cut(
            grown(skull, thick),
            either(
                half_space(j("head", 0.034, 0.098, 0), np.array([1.0, -0.55, 0.0])),
                half_space(j("head", -0.012, 0.055, 0), np.array([0.35, -1.0, 0.0])),
            ),
        )
        shapes = [cap]
        if look.hair_style == "ponytail":
            shapes.append(rod(j("head", -0.052, 0.082, 0), j("head", -0.072, 0.078, 0), 0.010 * h, 0.014 * h))
            shapes.append(rod(j("head", -0.072, 0.078, 0), j("head", -0.088, 0.020, 0), 0.016 * h, 0.007 * h))

        def strands(p: Array) -> Array:
            wave = 0.18 * np.sin(p[:, 2] * 420 / h * 0.5 + 3 * np.sin(p[:, 0] * 60))
            painting: Array = hair[None] * (1 + wave)[:, None] + 0.01
            return painting

        self.add(
            blend(shapes, 0.008 * h),
            j("head", -0.115, 0.0, -0.060),
            j("head", 0.080, 0.150, 0.060),
            strands,
            part="head",
            step=0.5,
        )


def trunk_of(runner: RunnerSpec) -> Field:
    """Give the runner's bare trunk in the rest pose, as a solid: to test whether something is inside it."""
    return _Sculptor(runner, LookSpec(), 1.0).torso


def sculpt(runner: RunnerSpec, look: LookSpec, *, fineness: float = 1.0) -> Body:
    """Make the visible body of a runner.

    Parameters
    ----------
    runner : RunnerSpec
        Height, sex and build.
    look : LookSpec
        Colours and clothes.
    fineness : float
        1 = triangles of about 8 mm (less on face and shoes); 2 = half of that.

    Returns
    -------
    Body

    Raises
    ------
    InputError
        Where VTK is not installed.
    """
    return _Sculptor(runner, look, fineness).build()


def polydata(body: Body) -> Any:
    """Make a VTK mesh of the body in its rest pose, with colours; its points are replaced frame by frame."""
    vtk = vtk_modules()
    mesh = vtk.vtkPolyData()
    points = vtk.vtkPoints()
    points.SetData(vtk.numpy_to_vtk(body.points.astype(np.float32), deep=True))
    mesh.SetPoints(points)
    cells = vtk.vtkCellArray()
    starts = 3 * np.arange(len(body.triangles) + 1, dtype=np.int64)
    corners = body.triangles.ravel().astype(np.int64)
    cells.SetData(vtk.numpy_to_vtkIdTypeArray(starts, deep=True), vtk.numpy_to_vtkIdTypeArray(corners, deep=True))
    mesh.SetPolys(cells)
    mesh.GetPointData().SetNormals(vtk.numpy_to_vtk(body.normals.astype(np.float32), deep=True))
    colours = vtk.numpy_to_vtk(body.colours, deep=True)
    colours.SetName("colours")
    mesh.GetPointData().SetScalars(colours)
    return mesh
