"""The runner's visible body: skin, clothes, shoes, hair and face, hung on the bones.

Each part is a blend of round solids round the bones, turned into a mesh once in a rest pose (arms and legs spread) and
then carried by the bones: every vertex follows a mixture of a few of them. All coordinates here are in the rest pose,
metres, with the mid-hip at the origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.synthetic.body_segments import Skeleton, skeleton_of
from gait.synthetic.motion import Bones, about_x
from gait.synthetic.paint import Atlas, Paint
from gait.synthetic.pelvis_landmarks import pelvis_marks
from gait.synthetic.run_spec import Colour, LookSpec, RunnerSpec
from gait.synthetic.solids import (
    Field,
    blend,
    box,
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
    tube,
)
from gait.synthetic.vtk_import import vtk_modules

Single = NDArray[np.float32]

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
_WAIST = (0.0425, 0.0625)  # of the waistband, above the hip joints, body heights: 3.5 cm just below the iliac crests
BRIGHTEST = 1.1  # light on a vertex is a byte; this much light is 255


@dataclass(frozen=True)
class Body:
    """A mesh and how it hangs on the bones.

    ``points``, ``normals`` (N, 3); ``triangles`` (M, 3); ``picture`` (H, W, 3) uint8 the paint of the surface, rows
    from the bottom up, and ``places`` (N, 2), 0..1, where in it each vertex lies; ``open`` (N,), 0..1, how much of
    its surroundings a vertex sees past the rest of the body; ``weights`` (N, B) in the order of `BONES`; ``rest``
    the bones' rest pose as 4 × 4 inverse matrices (B, 4, 4).
    """

    points: Single
    normals: Single
    triangles: NDArray[np.int64]
    picture: NDArray[np.uint8]
    places: Single
    open: Single
    weights: Single
    rest: FloatArray

    def posed(self, bones: Bones, index: int) -> tuple[Single, Single]:
        """Points and normals (N, 3) at one time of ``bones``."""
        matrices = np.zeros((len(BONES), 4, 4))
        for n, bone in enumerate(BONES):
            matrices[n, :3, :3] = bones.rotation[bone][index]
            matrices[n, :3, 3] = bones.origin[bone][index]
        matrices[:, 3, 3] = 1.0
        moved = (matrices @ self.rest)[:, :3, :].reshape(len(BONES), 12)
        mixed = (self.weights @ moved.astype(np.float32)).reshape(-1, 3, 4)
        points = np.einsum("nij,nj->ni", mixed[:, :, :3], self.points) + mixed[:, :, 3]
        normals = np.einsum("nij,nj->ni", mixed[:, :, :3], self.normals)
        normals /= np.sqrt(np.einsum("ni,ni->n", normals, normals) + 1e-12)[:, None]
        return points, normals


class _Part(NamedTuple):
    points: FloatArray
    normals: FloatArray
    triangles: NDArray[np.int64]
    weights: FloatArray


# ------------------------------------------------------------------------------------------------ rest pose


def rest_pose(skeleton: Skeleton) -> Bones:
    """Bones standing with arms and legs spread, mid-hip at the origin; one time."""
    k = skeleton
    rotation = {bone: np.eye(3)[None] for bone in BONES}
    origin: dict[str, FloatArray] = {"pelvis": np.zeros((1, 3))}

    def at(start: str, *offset: float) -> FloatArray:
        moved: FloatArray = origin[start] + rotation[start] @ np.asarray(offset)
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


def _smooth(value: FloatArray, low: float, high: float) -> FloatArray:
    share = np.clip((value - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def _plain(colour: Colour | FloatArray) -> Paint:
    return lambda p: np.tile(np.asarray(colour, dtype=float), (len(p), 1))


def _speckle(p: FloatArray, size: float) -> FloatArray:
    """Even noise in -1..1, one value for each cube of ``size`` metres."""
    cell = np.floor(p / size)
    value: FloatArray = np.sin(cell @ np.array([12.9898, 78.233, 37.719])) * 43758.5453
    even: FloatArray = 2 * (value - np.floor(value)) - 1
    return even


def _line(distance: FloatArray, width: float) -> NDArray[np.bool_]:
    """Tell what lies on a line, (N, 1)."""
    near: NDArray[np.bool_] = (np.abs(distance) < width / 2)[:, None]
    return near


# ------------------------------------------------------------------------------------------------ the body


class _Sculptor:
    """Builds the parts in the rest pose of one runner."""

    def __init__(self, runner: RunnerSpec, look: LookSpec, fineness: float) -> None:
        self.k = skeleton_of(runner)
        self.h = self.k.height
        self.look = look
        self.male = runner.sex == "male"
        self.girth = runner.build
        self.step, self.texel = 0.008 / fineness * self.h / 1.76, 0.0026 / fineness
        self.rest = rest_pose(self.k)
        # How this trunk differs from the mean one of that height: in length, and in width below and above.
        self.long = self.k.trunk / (0.288 * self.h)
        self.wide_hips = self.k.hip_width / ((0.100 if self.male else 0.106) * self.h)
        self.wide_shoulders = self.k.shoulder_width / ((0.208 if self.male else 0.192) * self.h)
        self.waist_bare = look.tape is not None or look.waistband is not None
        self.torso = self._torso_field()
        self.neck = rod(
            np.array([-0.012, self.k.trunk / self.h - 0.004, 0]) * self.h,
            self.joint("head", -0.006, 0.030, 0),
            0.034 * self.h * (1.0 if self.male else 0.90),
            0.0315 * self.h * (1.0 if self.male else 0.90),
        )
        self.arms = {side: self._arm_field(side) for side in ("left", "right")}
        self.legs = {side: self._leg_field(side) for side in ("left", "right")}
        self.atlas = Atlas()
        self.parts: list[_Part] = []
        self.solids: list[tuple[Field, FloatArray, FloatArray]] = []

    def joint(self, bone: str, *offset: float) -> FloatArray:
        """Place a point given in a bone's own axes, fractions of body height."""
        place: FloatArray = self.rest.origin[bone][0] + self.rest.rotation[bone][0] @ (
            np.asarray(offset or (0, 0, 0)) * self.h
        )
        return place

    def scaled(self, rows: FloatArray) -> FloatArray:
        """Fit slices of the mean trunk (height, half width, half depth, shift; body heights) to this one, m."""
        table = np.array(rows, dtype=float) * self.h
        up = np.clip(rows[:, 0] / 0.22, 0, 1)
        more = self.girth - 1
        table[:, 0] *= np.where(rows[:, 0] > 0, self.long, 1.0)
        # Weight goes on the belly and the hips more than on the ribs, where the arms hang.
        table[:, 1] *= (self.wide_hips * (1 - up) + self.wide_shoulders * up) * (
            1 + more * (0.42 + 0.38 * np.sin(np.pi * up))
        )
        table[:, 2] *= 1 + more * (0.85 + 0.25 * np.sin(np.pi * np.clip(rows[:, 0] / 0.24, 0, 1)))
        table[:, 3] += 0.035 * self.h * more * np.sin(np.pi * np.clip(rows[:, 0] / 0.24, 0, 1))
        return table

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
        table = self.scaled(np.array(rows))
        base = stack(table)
        extra: list[Field] = [base]
        for sign in (-1.0, 1.0):
            extra.append(  # seat
                ellipsoid(
                    np.array([-0.034, -0.020, sign * 0.044 * self.wide_hips]) * self.h,
                    np.array([0.042, 0.048, 0.045]) * self.h * (1 + 0.6 * (self.girth - 1)),
                )
            )
            chest = np.array([0.036, 0.215 * self.long, sign * 0.043 * self.wide_shoulders]) * self.h
            size = np.array([0.030, 0.030, 0.042] if self.male else [0.040, 0.034, 0.037]) * self.h
            size = size * (1 + 0.5 * (self.girth - 1))
            extra.append(ellipsoid(chest, size))
            extra.append(  # from neck to shoulder
                rod(
                    np.array([-0.012, 0.312 * self.long, 0.0]) * self.h,
                    self.joint(f"{'right' if sign > 0 else 'left'}_upper_arm", -0.004, 0.004, 0.0),
                    0.027 * self.h,
                    0.017 * self.h,
                )
            )
        return blend(extra, 0.03 * self.h)

    def _arm_field(self, side: str) -> Field:
        g = (1.0 if self.male else 0.86) * (1 + 0.6 * (self.girth - 1)) * self.h
        upper, hand = f"{side}_upper_arm", f"{side}_hand"
        j, a = self.joint, self.k.upper_arm / self.h
        f = self.k.forearm / self.h
        inward = -1.0 if side == "right" else 1.0
        elbow, wrist, r = a, a + f, g / self.h
        limb: list[Field] = [
            tube(
                j(upper),
                -self.rest.rotation[upper][0][:, 1],
                np.array([1.0, 0.0, 0.0]),
                self.h
                * np.array(
                    [
                        (0.0, 0.0, 0.0, 0.0245 * r),
                        (0.15 * a, 0.002, 0.0, 0.0282 * r),
                        (0.35 * a, 0.004, 0.0, 0.0285 * r),
                        (0.65 * a, 0.004, 0.0, 0.0262 * r),
                        (elbow, 0.0, 0.0, 0.0222 * r),
                        (elbow + 0.14 * f, 0.002, 0.0, 0.0238 * r),
                        (elbow + 0.30 * f, 0.002, 0.0, 0.0240 * r),
                        (elbow + 0.70 * f, 0.001, 0.0, 0.0185 * r),
                        (wrist - 0.004, 0.0, 0.0, 0.0150 * r),
                        (wrist + 0.022, 0.002, 0.0, 0.0160 * r),
                    ]
                ),
            ),
            ellipsoid(j(upper, 0, -0.019, 0), np.array([0.031 * g, 0.034 * g, 0.029 * g])),
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
        thigh, shank = f"{side}_thigh", f"{side}_shank"
        j, a, b = self.joint, self.k.thigh / self.h, self.k.shank / self.h
        out = 1.0 if side == "right" else -1.0
        # Thighs grow outwards: what grows inwards from the width the pelvis gives would pass through the other thigh.
        spare = 0.5 * self.k.hip_width / self.h - 0.048
        shift = [
            out * max(0.0, r * g / self.h - 0.001 - spare - 0.0495 * s)
            for r, s in zip((0.052, 0.049, 0.044), (1.0, 0.95, 0.88), strict=True)
        ]
        # Ankles hardly thicken.
        r, thin = g / self.h, (g / self.h) ** 0.3
        bones = tube(
            j(thigh),
            -self.rest.rotation[thigh][0][:, 1],
            np.array([1.0, 0.0, 0.0]),
            self.h
            * np.array(
                [
                    (0.0, -0.004, shift[0] + out * 0.001, 0.0520 * r),
                    (0.25 * a, 0.004, shift[1] + out * 0.001, 0.0490 * r),
                    (0.50 * a, 0.005, shift[2] + out * 0.001, 0.0440 * r),
                    (0.75 * a, 0.003, 0.4 * shift[2] + out * 0.001, 0.0375 * r),
                    (a - 0.030, 0.003, 0.0, 0.0325 * r),
                    (a, 0.003, 0.0, 0.0310 * r),
                    (a + 0.10 * b, -0.002, 0.0, 0.0295 * r),
                    (a + 0.25 * b, -0.005, 0.0, 0.0305 * r),
                    (a + 0.45 * b, -0.004, 0.0, 0.0280 * r),
                    (a + 0.70 * b, -0.002, 0.0, 0.0222 * r),
                    (a + 0.85 * b, -0.002, 0.0, 0.0195 * thin),
                    (a + b - 0.004, -0.003, 0.0, 0.0195 * thin),
                    (a + b + 0.014, -0.008, 0.0, 0.0190 * thin),
                ]
            ),
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

    def weights(self, p: FloatArray, part: str) -> FloatArray:
        """How much each vertex (N, 3) follows each bone, (N, B)."""
        w = np.zeros((len(p), len(BONES)))
        index = {bone: n for n, bone in enumerate(BONES)}
        h, k = self.h, self.k
        y = p[:, 1]
        if part in ("head", "pelvis"):
            w[:, index[part]] = 1.0
            return w
        if part == "hair":
            # What hangs down lies on the neck and hardly follows the head's nodding.
            hanging = 0.7 * _smooth(self.joint("head")[1] + 0.03 * h - y, 0.0, 0.05 * h)
            w[:, index["head"]], w[:, index["chest"]] = 1 - hanging, hanging
            return w
        # Trunk chain, bottom to top.
        spine = _smooth(y, 0.02 * h, 0.16 * h * self.long)
        chest = _smooth(y, 0.12 * h * self.long, 0.25 * h * self.long)
        neck = _smooth(y, k.trunk + 0.012 * h, k.trunk + 0.045 * h)
        head = _smooth(y, k.trunk + 0.050 * h, k.trunk + 0.082 * h)
        rest = np.ones(len(p))
        for bone, share in (("head", head), ("neck", neck), ("chest", chest), ("spine", spine)):
            w[:, index[bone]] = rest * share
            rest = rest * (1 - share)
        w[:, index["pelvis"]] = rest

        def take(bone: str, share: FloatArray) -> None:
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
            hand = (sign * p[:, 2] > 0.20 * h) & (y > -0.12 * h)
            on_leg = on_leg * (y < 0.06 * h) * ~hand
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
        low: FloatArray,
        high: FloatArray,
        paint: Paint,
        *,
        part: str = "body",
        step: float = 1.0,
        texel: float = 1.0,
        under: Field | None = None,
        folds: float = 0.0,
    ) -> None:
        """Make a part of the body from a solid.

        Parameters
        ----------
        field : Field
        low, high : (3,) arrays
            A box round it.
        paint : callable
        part : str
            How it hangs on the bones, see `weights`.
        step, texel : float
            Size of triangles and of the paint's pixels, 1 = usual.
        under : Field, optional
            Cloth; what it covers is drawn in a little, so that it never shows through.
        folds : float
            Depth of the cloth's folds, m.
        """
        # What is small would fall through a coarse grid.
        grid = self.step if step >= 0.5 else min(self.step, 0.0075 * self.h)
        points, normals, triangles = surface_of(field, low, high, grid * step)
        if under is not None:
            covered = _smooth(-under(points), 0.0005 * self.h, 0.005 * self.h)
            points = points - (0.006 * self.h * covered)[:, None] * normals
        if folds:
            normals = _folded(points, normals, folds)
        # The light on a vertex may exceed 1: paint is kept darker or lighter by the same factor.
        origin, faces = self.atlas.add(points, normals, triangles, paint, self.texel * texel, gain=BRIGHTEST)
        self.parts.append(_Part(points[origin], normals[origin], faces, self.weights(points, part)[origin]))
        self.solids.append((field, low, high))

    def openness(self, points: FloatArray, normals: FloatArray) -> FloatArray:
        """How much of its surroundings each point sees past the body, 0..1, (N,)."""
        blocked = np.zeros(len(points))
        for reach, share in ((0.008, 0.26), (0.020, 0.34), (0.045, 0.40)):
            ahead = points + reach * self.h * normals
            free = np.full(len(points), reach * self.h)
            for field, low, high in self.solids:
                near = ((ahead > low - reach * self.h) & (ahead < high + reach * self.h)).all(axis=1)
                if near.any():
                    free[near] = np.minimum(free[near], field(ahead[near]))
            blocked += share * (1 - np.clip(free / (reach * self.h), 0, 1))
        return 1 - np.clip(blocked, 0, 0.85)

    def build(self) -> Body:
        """All parts together."""
        cloth = [*self._shirt(), *self._legwear()]
        self._skin(_union(cloth))
        self._feet()
        self._head()
        if self.look.tape is not None:
            self._tape(_union(cloth), self.look.tape)
        matrices = np.zeros((len(BONES), 4, 4))
        for n, bone in enumerate(BONES):
            matrices[n, :3, :3] = self.rest.rotation[bone][0]
            matrices[n, :3, 3] = self.rest.origin[bone][0]
            matrices[n, 3, 3] = 1.0
        starts = np.cumsum([0, *(len(part.points) for part in self.parts)])
        points = np.concatenate([part.points for part in self.parts])
        normals = np.concatenate([part.normals for part in self.parts])
        picture, places = self.atlas.laid_out()
        return Body(
            points=points.astype(np.float32),
            normals=normals.astype(np.float32),
            triangles=np.concatenate([part.triangles + at for part, at in zip(self.parts, starts, strict=False)]),
            picture=picture,
            places=places.astype(np.float32),
            open=self.openness(points, normals).astype(np.float32),
            weights=np.concatenate([part.weights for part in self.parts]).astype(np.float32),
            rest=np.asarray(np.linalg.inv(matrices), dtype=float),
        )

    def _skin(self, cloth: Field) -> None:
        h, k = self.h, self.k
        skin = np.asarray(self.look.skin)

        def tone(p: FloatArray) -> FloatArray:
            # Knees, elbows and knuckles a little redder, the rest faintly uneven.
            wave = 0.015 * np.sin(p[:, 0] * 61 + 1.3) * np.sin(p[:, 1] * 47) * np.sin(p[:, 2] * 53 + 0.7)
            base = skin[None] * (1 + wave[:, None] + 0.02 * _speckle(p, 0.004)[:, None])
            for side in ("left", "right"):
                for bone in ("shank", "forearm", "hand"):
                    near = np.exp(-((np.linalg.norm(p - self.joint(f"{side}_{bone}"), axis=1) / (0.03 * h)) ** 2))
                    base = base * (1 - near[:, None] * np.array([0.02, 0.07, 0.08]))
            return base

        reach = k.shoulder_width / 2 + np.sin(_ARM_SPREAD) * (k.upper_arm + k.forearm + 0.09 * h)
        drop = k.trunk - np.cos(_ARM_SPREAD) * (k.upper_arm + k.forearm + 0.09 * h)
        for side, sign in (("left", -1.0), ("right", 1.0)):
            near, far = 0.15 * k.shoulder_width * sign, sign * reach
            lows, highs = min(near, far), max(near, far)
            lower = half_space(self.split_of(side, 0.60), self.rest.rotation[f"{side}_upper_arm"][0][:, 1])
            self.add(
                cut(self.arms[side], lower),
                np.array([-0.09 * h, drop - 0.03 * h, lows]),
                np.array([0.09 * h, k.trunk + 0.06 * h, highs]),
                tone,
                step=0.85,
                under=cloth,
            )
            foot = self.joint(f"{side}_foot")
            self.add(
                self.legs[side],
                np.array([-0.13 * h, foot[1] - 0.05 * h, min(-0.06 * h * sign, sign * 0.24 * h)]),
                np.array([0.13 * h, 0.11 * h, max(-0.06 * h * sign, sign * 0.24 * h)]),
                tone,
                part="leg",
                step=1.2,
                under=cloth,
            )
        # Trunk and upper arms are one skin; the rest of the arms, whose mesh must be finer, begins inside it.
        upper = [
            cut(self.arms[s], half_space(self.split_of(s, 0.68), -self.rest.rotation[f"{s}_upper_arm"][0][:, 1]))
            for s in self.arms
        ]
        whole = blend([blend([self.torso, self.neck], 0.030 * h), *upper], 0.022 * h)
        low = (0.02 if self.waist_bare else 0.15 * self.long) * h
        wide = k.shoulder_width / 2 + 0.75 * np.sin(_ARM_SPREAD) * k.upper_arm + 0.03 * h
        self.add(
            cut(whole, half_space(np.array([0.0, low + 0.004 * h, 0.0]), np.array([0.0, -1.0, 0.0]))),
            np.array([-0.17 * h, low, -wide]),
            np.array([0.19 * h, k.trunk + 0.16 * h, wide]),
            tone,
            step=1.1,
            under=cloth,
        )

    def split_of(self, side: str, share: float) -> FloatArray:
        """Place a point on an upper arm, a share of its length from the shoulder."""
        return self.joint(f"{side}_upper_arm", 0.0, -share * self.k.upper_arm / self.h, 0.0)

    def _shirt(self) -> list[Field]:
        h, k, look = self.h, self.k, self.look
        slack = (0.0065 if look.loose else 0.004) * h
        covered: list[Field] = [blend([self.torso, self.neck], 0.030 * h)]
        for side in ("left", "right"):
            length = 0.58 * k.upper_arm / h if look.sleeves else 0.02
            inward = self.rest.rotation[f"{side}_upper_arm"][0][:, 1]
            sleeve = grown(self.arms[side], (0.6 if look.loose else 0.4) * slack)
            covered.append(cut(sleeve, half_space(self.joint(f"{side}_upper_arm", 0, -length, 0), -inward)))
        cloth = grown(blend(covered, 0.024 * h), slack * 0.8)
        bottom = self.hem()
        if look.loose:
            # A loose shirt hangs straight from the ribs; where it is tucked in it blouses over the band.
            tail = [(-0.035, 0.110, 0.083, -0.008), (0.02, 0.107, 0.081, -0.008)]
            if self.waist_bare:
                tail = [(0.045, 0.088, 0.063, -0.004), (0.068, 0.096, 0.071, -0.002)]
            ribs = [(0.10, 0.098, 0.074, 0.0), (0.19, 0.101, 0.073, 0.002), (0.24, 0.100, 0.068, 0.0)]
            skirt = stack(self.scaled(np.array([*tail, *ribs])) * np.array([1, *(3 * [1.0 if self.male else 0.955])]))
            cloth = blend([cloth, skirt], 0.03 * h)
        collar = ellipsoid(np.array([0.014, k.trunk / h + 0.050, 0]) * h, np.array([0.062 * h, 0.042 * h, 0.054 * h]))
        keep = [
            half_space(np.array([0, bottom, 0]), np.array([0.0, -1.0, 0.0])),
            outside(collar),
            # Behind, the neck's own cloth ends below the hair.
            either(
                half_space(np.array([0.0, k.trunk + 0.026 * h, 0.0]), np.array([0.1, 1.0, 0.0])),
                lambda p: 0.058 * h - np.abs(p[:, 2]),
            ),
        ]
        if not look.sleeves:
            for side in ("left", "right"):
                hole = self.joint(f"{side}_upper_arm", 0, -0.010, 0)
                keep.append(half_space(hole, np.array([0.0, 0.25, 1.0 if side == "right" else -1.0])))
        garment = cut(cloth, *keep)
        wide = k.shoulder_width / 2 + np.sin(_ARM_SPREAD) * 0.95 * k.upper_arm
        self.add(
            garment,
            np.array([-0.17 * h, -0.06 * h, -wide]),
            np.array([0.19 * h, k.trunk + 0.06 * h, wide]),
            lambda p: self._printed(p, collar),
            part="shirt",
            step=1.1,
            folds=0.0045 if look.loose else 0.0015,
        )
        return [garment]

    def hem(self) -> float:
        """Height of the shirt's lower edge above the hip joints, m."""
        if self.waist_bare:
            return (_WAIST[1] - 0.0015) * self.h
        return (-0.022 if self.look.loose else 0.030) * self.h

    def _printed(self, p: FloatArray, collar: Field) -> FloatArray:
        """Cloth of the shirt with its print and seams."""
        h, look, top = self.h, self.look, self.k.trunk
        shirt, trim = np.asarray(look.shirt), np.asarray(look.shorts_trim)
        colour = np.tile(shirt, (len(p), 1))
        along, on_sleeve = top - p[:, 1], np.zeros(len(p), dtype=bool)
        cuff, seam = np.full(len(p), 1.0), np.full(len(p), 1.0)
        for side, sign in (("left", -1.0), ("right", 1.0)):
            arm = (p - self.joint(f"{side}_upper_arm")) @ -self.rest.rotation[f"{side}_upper_arm"][0][:, 1]
            axis = self.rest.rotation[f"{side}_upper_arm"][0][:, 1]
            aside = p - self.joint(f"{side}_upper_arm") + arm[:, None] * axis
            mine = (np.linalg.norm(aside, axis=1) < 0.046 * h * self.girth) & (arm > 0.012 * h)
            mine &= sign * p[:, 2] > 0.8 * self.k.shoulder_width / 2
            on_sleeve |= mine
            along = np.where(mine, arm + 0.02 * h, along)
            near = sign * p[:, 2] > 0.72 * self.k.shoulder_width / 2
            seam = np.where(near, arm - 0.012 * h, seam)
            cuff = np.where(mine, 0.58 * self.k.upper_arm - arm, cuff)
        width = np.abs(p[:, 2]) / h
        if look.pattern == "stripes":
            striped = (np.mod(along / h, 0.036) < 0.014) & (along > 0.03 * h)
            colour = np.where(striped[:, None], trim, colour)
        elif look.pattern == "heather":
            colour = colour * (1 + 0.16 * _speckle(p, 0.0045) + 0.10 * _speckle(p * [1, 3, 1], 0.009))[:, None]
            yoke = (along < 0.055 * h) | on_sleeve
            colour = np.where(yoke[:, None], 0.72 * colour, colour)
        elif look.pattern == "panel":
            band = (np.abs(along - 0.083 * h) < 0.016 * h) & ~on_sleeve
            colour = np.where(band[:, None], 0.4 * colour + 0.6 * trim, colour)
            # Low on the back a word in blocks, on the chest a small mark.
            row = (along - 0.128 * h) / h
            cell = np.floor((p[:, 2] / h + 0.06) / 0.015)
            word = (p[:, 0] < 0) & (np.abs(row) < 0.012) & (width < 0.058)
            holes = (np.mod((p[:, 2] / h + 0.06) / 0.015, 1) < 0.22) | ((np.abs(row) < 0.004) & (np.mod(cell, 3) != 1))
            mark = (p[:, 0] > 0) & (np.hypot(p[:, 2] / h - 0.045, along / h - 0.055) < 0.010) & ~on_sleeve
            colour = np.where(((word & ~holes) | mark)[:, None], trim, colour)
        if look.pattern != "panel":
            flank = (np.abs(p[:, 0] / h) < 0.012) & ~on_sleeve & (along > 0.09 * h) & (look.pattern == "plain")
            colour = np.where(flank[:, None], 0.68 * colour, colour)
        for edge, place, line in (
            (p[:, 1] - self.hem(), 0.011 * h, 0.0022),
            (cuff, 0.010 * h, 0.0022),
            (seam, 0.0, 0.0022),
            (np.where(on_sleeve, 1.0, p[:, 0] + 0.004 * h), 0.0, 0.002),
            (collar(p), 0.008 * h, 0.0024),
        ):
            colour = np.where(_line(edge - place, line), 0.72 * colour, colour)
        neckband = collar(p) < 0.0065 * h
        colour = np.where(neckband[:, None], 0.80 * colour, colour)
        weave = 0.045 * _speckle(p, 0.0032)
        return colour * (1 + weave)[:, None]

    def _legwear(self) -> list[Field]:
        h, k, look = self.h, self.k, self.look
        tights, loose = look.legwear == "tights", look.loose and look.legwear == "shorts"
        slack = (0.0035 if tights else 0.011 if look.loose else 0.0065) * h
        length = 0.52 if look.loose else 0.42
        waist = (_WAIST[1] - 0.001 if self.waist_bare else 0.052) * h
        level = np.array([0.0, 1.0, 0.0])
        hips = cut(self.torso, half_space(np.array([0, waist, 0]), level))
        covered: list[Field] = [grown(hips, 0.0075 * h if not tights else 0.0055 * h)]
        for side, sign in (("left", -1.0), ("right", 1.0)):
            down = -self.rest.rotation[f"{side}_thigh"][0][:, 1]
            hem = self.joint(f"{side}_thigh", 0, -length * k.thigh / h, 0)
            if tights:
                down = -self.rest.rotation[f"{side}_shank"][0][:, 1]
                hem = self.joint(f"{side}_foot", 0, 0.045, 0)
            leg: Field = grown(self.legs[side], slack)
            if loose:
                wide = 1 + 0.7 * (self.girth - 1)
                flare = rod(
                    self.joint(f"{side}_thigh", -0.004, 0.0, sign * (0.004 + 0.05 * (wide - 1))),
                    self.joint(f"{side}_thigh", 0.0, -length * k.thigh / h - 0.02, sign * (0.006 + 0.04 * (wide - 1))),
                    0.058 * h * wide,
                    0.060 * h * wide,
                )
                leg = blend([leg, flare], 0.01 * h)
            covered.append(cut(leg, half_space(hem, down), half_space(np.array([0, 0.045 * h, 0]), level)))
        cloth = blend(covered, 0.012 * h)
        shorts, trim = np.asarray(look.shorts), np.asarray(look.shorts_trim)

        def pattern(p: FloatArray) -> FloatArray:
            colour = shorts[None] * (1 + 0.06 * _speckle(p, 0.0032))[:, None] + 0.01
            for side, sign in (("left", -1.0), ("right", 1.0)):
                axis = self.joint(f"{side}_thigh")
                below = axis[1] - p[:, 1]
                out = sign * (p[:, 2] - axis[2]) - np.tan(_LEG_SPREAD) * below
                stripe = (out > 0.008 * h) & (np.abs(p[:, 0] + 0.004 * h) < (0.004 if tights else 0.011) * h)
                colour = np.where(stripe[:, None], trim[None], colour)
                if tights:
                    # A panel of another cloth behind the knee and a seam down the inside.
                    knee = self.joint(f"{side}_shank")
                    panel = (np.linalg.norm((p - knee) * [1.0, 0.45, 1.0], axis=1) < 0.05 * h) & (p[:, 0] < -0.01 * h)
                    colour = np.where(panel[:, None], 0.6 * colour + 0.05, colour)
                    colour = np.where(_line(p[:, 0], 0.003) & (out < 0)[:, None], 0.6 * colour, colour)
                else:
                    along = (p - axis) @ -self.rest.rotation[f"{side}_thigh"][0][:, 1]
                    hem = _line(along - length * k.thigh + 0.012 * h, 0.0026) & (sign * p[:, 2] > 0)[:, None]
                    colour = np.where(hem, 0.65 * colour + 0.03, colour)
                    colour = np.where(
                        _line(p[:, 0] + 0.020 * h, 0.0026) & (out > 0.01 * h)[:, None], 0.7 * colour, colour
                    )
            colour = np.where(_line(p[:, 2], 0.003), 0.7 * colour, colour)
            band = p[:, 1] > waist - 0.014 * h
            return np.where(band[:, None], 0.7 * shorts[None] + 0.06, colour)

        lowest = self.joint("left_foot")[1] if tights else -0.55 * k.thigh - 0.05 * h
        self.add(
            cloth,
            np.array([-0.16 * h, lowest, -0.24 * h]),
            np.array([0.16 * h, 0.075 * h, 0.24 * h]),
            pattern,
            step=1.1,
            folds=0.004 if loose else 0.0,
        )
        if look.waistband is None:
            return [cloth]
        height = np.array([0.0, 1.0, 0.0])
        band = cut(
            grown(blend([cloth, self.torso], 0.004 * h), 0.0035 * h),
            half_space(np.array([0.0, _WAIST[1] * h, 0.0]), height),
            half_space(np.array([0.0, _WAIST[0] * h, 0.0]), -height),
        )
        colour = np.asarray(look.waistband)

        def woven(p: FloatArray) -> FloatArray:
            rib = 0.06 * np.sin(p[:, 1] * 2 * np.pi / 0.004)
            return colour[None] * (0.97 + rib)[:, None]

        self.add(
            band,
            np.array([-0.18 * h, (_WAIST[0] - 0.004) * h, -0.20 * h]),
            np.array([0.20 * h, (_WAIST[1] + 0.004) * h, 0.20 * h]),
            woven,
            part="pelvis",
            step=0.6,
        )
        return [cloth, band]

    def _tape(self, cloth: Field, colour: Colour) -> None:
        """Put strips of 2.5 by 6 cm on the cloth before the marks of the pelvis, rigid with it."""
        layer = grown(_union([cloth, self.torso]), 0.0042 * self.h)
        for name, mark in pelvis_marks(self.k).items():
            ahead = 1.0 if name.endswith("asis") else -1.0
            sign = 1.0 if name.startswith("right") else -1.0
            # Behind, the strips lean to the spine below; in front, along the groin.
            lean = np.radians(sign * (24.0 if ahead > 0 else -14.0))
            up = np.array([0.0, np.cos(lean), np.sin(lean)])
            axes = np.array([[1.0, 0.0, 0.0], up, np.cross([1.0, 0.0, 0.0], up)])
            place = np.array([ahead * 0.10 * self.h, mark[1], mark[2]])
            strip = cut(layer, box(place, axes, (0.10 * self.h, 0.030, 0.0125)))
            reach = np.array([0.10 * self.h, 0.036, 0.030])
            self.add(strip, place - reach, place + reach, _plain(colour), part="pelvis", step=0.45)

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
            self.add(sock, box_low, box_high, _plain(look.socks), step=0.9)
            sole, upper = self._shoe(foot, ground, sign)
            shoe_colour, sole_colour = np.asarray(look.shoes), np.asarray(look.sole)

            def painted(
                p: FloatArray, ground: float = ground, foot: FloatArray = foot, colour: FloatArray = shoe_colour
            ) -> FloatArray:
                x, y = (p[:, 0] - foot[0]) / h, (p[:, 1] - ground) / h
                laces = (x > 0.030) & (x < 0.072) & (np.abs(p[:, 2] - foot[2]) < 0.009 * h)
                mark = np.abs(x - 0.034 - 0.55 * (y - 0.028)) < 0.005
                heel_tab = (x < -0.032) & (y > 0.038)
                base = np.tile(colour, (len(p), 1)) * (1 + 0.04 * np.sin(p[:, [0]] * 500) * np.sin(p[:, [2]] * 500))
                return np.where((laces | mark | heel_tab)[:, None], look.sole, base)

            def soled(p: FloatArray, ground: float = ground, colour: FloatArray = sole_colour) -> FloatArray:
                under = (p[:, 1] - ground) < 0.004 * h
                return np.where(under[:, None], np.array([0.16, 0.16, 0.17]), colour[None])

            self.add(upper, box_low, box_high, painted, step=0.7, texel=0.6)
            self.add(sole, box_low, box_high, soled, step=0.7, texel=0.8)

    def _shoe(self, foot: FloatArray, ground: float, sign: float) -> tuple[Field, Field]:
        h, k = self.h, self.k

        def outline(p: FloatArray, grow: float) -> FloatArray:
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
            value: FloatArray = np.maximum(side, ends) * h
            return value

        def rocker(p: FloatArray) -> FloatArray:
            """How far the sole is lifted off the ground: a bevelled heel and a turned-up toe."""
            x = (p[:, 0] - foot[0]) / h
            heel = np.clip(-k.pivot_back / h - x, 0, None)
            toe = np.clip(x - k.toe / h, 0, None)
            value: FloatArray = (0.75 * heel + 9 * heel**2 + 0.55 * toe) * h
            return value

        def sole(p: FloatArray) -> FloatArray:
            x = (p[:, 0] - foot[0]) / h
            thick = np.interp(x, [-0.04, 0.02, 0.08, 0.12], [0.0215, 0.0195, 0.0150, 0.0140]) * h
            y = p[:, 1] - ground
            value: FloatArray = np.maximum(outline(p, 0.0), np.maximum(rocker(p) - y, y - thick))
            return value

        def upper(p: FloatArray) -> FloatArray:
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
            value: FloatArray = np.maximum(np.maximum(outline(p, 0.0) + narrower * h, (y - roof) * h), (0.010 - y) * h)
            return value

        return sole, upper

    def _head(self) -> None:
        j, h, look = self.joint, self.h, self.look
        head, skull = self._head_fields()
        skin, hair = np.asarray(look.skin), np.asarray(look.hair)

        def tone(p: FloatArray) -> FloatArray:
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
        self.add(head, low, high, tone, part="head", step=0.55, texel=0.35)

        for sign in (-1.0, 1.0):
            eye = j("head", 0.0470, 0.0658, sign * 0.0175)

            def iris(p: FloatArray, eye: FloatArray = eye) -> FloatArray:
                d = np.hypot(p[:, 1] - eye[1], p[:, 2] - eye[2]) / h
                colour = np.where((d < 0.0040)[:, None], np.array([0.25, 0.17, 0.10]), np.array([0.88, 0.87, 0.85]))
                colour = np.where((d < 0.0019)[:, None], np.array([0.03, 0.03, 0.03]), colour)
                lid = p[:, 1] - eye[1] > 0.0012 * h
                return np.where(lid[:, None], skin * 0.8, colour)

            self.add(
                ellipsoid(eye, np.array([0.0070 * h, 0.0062 * h, 0.0075 * h])),
                eye - 0.012 * h,
                eye + 0.012 * h,
                iris,
                part="head",
                step=0.22,
                texel=0.15,
            )
            brow = rod(
                j("head", 0.0555, 0.0790, sign * 0.008), j("head", 0.0490, 0.0795, sign * 0.028), 0.0028 * h, 0.0022 * h
            )
            middle = j("head", 0.052, 0.0785, sign * 0.018)
            self.add(brow, middle - 0.018 * h, middle + 0.018 * h, _plain(hair * 0.85), part="head", step=0.3)
        if look.hair_style == "bald":
            return
        thick = (0.0050 if look.hair_style == "cap" else 0.0065) * h
        cap = cut(
            grown(skull, thick),
            either(
                half_space(j("head", 0.034, 0.103, 0), np.array([1.0, -0.50, 0.0])),
                half_space(j("head", -0.012, 0.055, 0), np.array([0.35, -1.0, 0.0])),
            ),
        )
        shapes = [cap]
        low, high = j("head", -0.115, 0.0, -0.060), j("head", 0.080, 0.150, 0.060)
        if look.hair_style == "ponytail":
            shapes.append(rod(j("head", -0.052, 0.082, 0), j("head", -0.072, 0.078, 0), 0.010 * h, 0.014 * h))
            shapes.append(rod(j("head", -0.072, 0.078, 0), j("head", -0.088, 0.020, 0), 0.016 * h, 0.007 * h))
        elif look.hair_style == "bun":
            shapes.append(ellipsoid(j("head", -0.066, 0.098, 0), np.array([0.022, 0.021, 0.023]) * h))
        elif look.hair_style == "long":
            low = j("head", -0.115, -0.075, -0.070)
            high = j("head", 0.080, 0.150, 0.070)
            shapes += [
                chain(
                    [
                        j("head", -0.030, 0.075, across * 0.034),
                        j("head", -0.046, 0.020, across * 0.036),
                        j("head", -0.060, -0.055, across * 0.030),
                    ],
                    [0.018 * h, 0.019 * h, 0.011 * h],
                )
                for across in (-1.0, -0.5, 0.0, 0.5, 1.0)
            ]

        def strands(p: FloatArray) -> FloatArray:
            wave = 0.16 * np.sin(p[:, 2] * 420 / h * 0.5 + 3 * np.sin(p[:, 0] * 60)) + 0.12 * _speckle(
                p * [1.0, 0.12, 1.0], 0.0025
            )
            painting: FloatArray = hair[None] * (1 + wave)[:, None] + 0.01
            return painting

        self.add(
            blend(shapes, (0.016 if look.hair_style == "long" else 0.008) * h),
            low,
            high,
            strands,
            part="hair",
            step=0.65,
            texel=0.6,
        )
        if look.hair_style == "cap":
            self._cap(skull)

    def _cap(self, skull: Field) -> None:
        j, h = self.joint, self.h
        colour, trim = np.asarray(self.look.shirt) * 0.8, np.asarray(self.look.shorts_trim)
        edge = half_space(j("head", 0.0, 0.088, 0), np.array([0.10, -1.0, 0.0]))
        crown = cut(blend([grown(skull, 0.0085 * h), grown(skull, 0.0075 * h)], 0.01 * h), edge)
        peak = ellipsoid(j("head", 0.062, 0.090, 0), np.array([0.052, 0.0060, 0.044]) * h)
        peak = cut(peak, half_space(j("head", 0.040, 0.0, 0), np.array([-1.0, 0.0, 0.0])))

        def sewn(p: FloatArray) -> FloatArray:
            q = (p - j("head")) / h
            angle = np.arctan2(q[:, 2], q[:, 0])
            seam = np.abs(np.mod(angle + np.pi / 6, np.pi / 3) - np.pi / 6) * np.hypot(q[:, 0], q[:, 2]) < 0.0011
            mark = (q[:, 0] > 0.04) & (np.abs(q[:, 2]) < 0.012) & (np.abs(q[:, 1] - 0.106) < 0.006)
            painting = np.where((seam & (q[:, 1] > 0.085))[:, None], 0.75 * colour, colour[None])
            return np.where(mark[:, None], trim[None], painting)

        low, high = j("head", -0.075, 0.065, -0.062), j("head", 0.125, 0.150, 0.062)
        self.add(blend([crown, peak], 0.006 * h), low, high, sewn, part="head", step=0.55, texel=0.5)


def _union(fields: list[Field]) -> Field:
    def field(p: FloatArray) -> FloatArray:
        distance: FloatArray = np.min([one(p) for one in fields], axis=0)
        return distance

    return field


def _folded(points: FloatArray, normals: FloatArray, depth: float) -> FloatArray:
    """Turn normals (N, 3) as folds of ``depth`` metres would."""

    def height(p: FloatArray) -> FloatArray:
        x, y, z = p.T
        long = np.sin(y * 38 + 6 * np.sin(z * 17 + 2 * x) + x * 23)
        drape: FloatArray = 0.6 * long + 0.4 * np.sin(z * 58 + 5 * np.sin(y * 13 + x * 9) + x * 41)
        return drape

    step = 0.004
    slope = np.stack([height(points + way) - height(points - way) for way in np.eye(3) * step], axis=1) / (2 * step)
    slope -= (slope * normals).sum(axis=1, keepdims=True) * normals
    turned = normals - depth * slope
    bent: FloatArray = turned / np.linalg.norm(turned, axis=1, keepdims=True)
    return bent


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


def polydata(body: Body, points: Single, light: NDArray[np.uint8]) -> tuple[Any, Any]:
    """Make a VTK mesh of a body and the texture that paints it.

    Parameters
    ----------
    body : Body
    points : (N, 3) float32 array
        Shared with the mesh: what is written into it is drawn after the mesh's ``Modified()``.
    light : (N, 3) uint8 array
        Shared likewise: light on each vertex, 255 = `BRIGHTEST`.
    """
    vtk = vtk_modules()
    mesh = vtk.vtkPolyData()
    places = vtk.vtkPoints()
    places.SetData(vtk.numpy_to_vtk(points))
    mesh.SetPoints(places)
    cells = vtk.vtkCellArray()
    starts = 3 * np.arange(len(body.triangles) + 1, dtype=np.int64)
    corners = body.triangles.ravel().astype(np.int64)
    cells.SetData(vtk.numpy_to_vtkIdTypeArray(starts, deep=True), vtk.numpy_to_vtkIdTypeArray(corners, deep=True))
    mesh.SetPolys(cells)
    mesh.GetPointData().SetTCoords(vtk.numpy_to_vtk(body.places, deep=True))
    colours = vtk.numpy_to_vtk(light)
    colours.SetName("light")
    mesh.GetPointData().SetScalars(colours)
    image = vtk.vtkImageData()
    height, width, _ = body.picture.shape
    image.SetDimensions(width, height, 1)
    image.GetPointData().SetScalars(vtk.numpy_to_vtk(body.picture.reshape(-1, 3), deep=True))
    texture = vtk.vtkTexture()
    texture.SetInputData(image)
    texture.InterpolateOn()
    texture.RepeatOff()
    return mesh, texture
