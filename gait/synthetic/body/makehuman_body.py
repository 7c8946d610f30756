"""Makes the visible body of a runner of the family ``makehuman``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gait._typing import BoolArray, FloatArray
from gait.synthetic.body.bare_body import BareBody
from gait.synthetic.body.body_mesh import BodyMesh
from gait.synthetic.body.body_proportions import BodyProportions, proportions_of
from gait.synthetic.body.cloth_swing import ANCHORS
from gait.synthetic.body.footwear import add_socks_and_shoes
from gait.synthetic.body.hair import add_hair
from gait.synthetic.body.makehuman_clothes import Wardrobe
from gait.synthetic.body.makehuman_registration import RegisteredBody, registered
from gait.synthetic.body.makehuman_shape import makehuman_shape
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.mesh_solid import mesh_solid, vertex_normals
from gait.synthetic.body.pelvis_tape import add_pelvis_tape
from gait.synthetic.body.rest_pose import BONES
from gait.synthetic.body.skinning import Attachment
from gait.synthetic.body.surface_patterns import smooth_step, speckle
from gait.synthetic.body_segments import Skeleton
from gait.synthetic.run_spec import LookSpec, RunnerSpec
from gait.synthetic.solids import SignedDistance, clipped, half_space
from gait.synthetic.texture_atlas import ColourFunction

# Grids on which the distance from the skin is kept, m: the body's for clothes, the head's for hair. [E]
_BODY_GRID_M, _HEAD_GRID_M = 0.010, 0.004
# Skin is left out where cloth covers it and its edge is farther away than this, m; nearer it is drawn in. [E]
_COVERED_M, _FROM_EDGE_M, _DRAWN_IN_M = 0.001, 0.025, 0.008
# Clothes follow this many vertices of the skin; a shirt's tail follows the thighs only by this share. [E]
_NEIGHBOURS, _TAIL_ON_THIGHS = 8, 0.55
_EYE_WHITE, _IRIS, _PUPIL = np.array([0.86, 0.85, 0.83]), np.array([0.25, 0.17, 0.10]), np.array([0.03, 0.03, 0.03])
# Radii of iris and pupil as angles from the eye's axis, rad. [E]
_IRIS_RAD, _PUPIL_RAD = 0.50, 0.22


class _ClothedBuilder(MeshBuilder):
    """A builder whose clothes move with the skin below them."""

    def __init__(self, body: BareBody, fineness: float, skin: FloatArray, weights: FloatArray) -> None:
        super().__init__(body, fineness)
        self._tree, self._skin_weights = cKDTree(skin), weights

    def _weights_of(self, points: FloatArray, attachment: Attachment) -> FloatArray:
        if attachment not in ("leg", "shirt"):
            return super()._weights_of(points, attachment)
        distance, nearest = self._tree.query(points, k=_NEIGHBOURS)
        share = 1 / (np.asarray(distance) + 0.004) ** 2
        share /= share.sum(axis=1, keepdims=True)
        weights: FloatArray = np.einsum("nk,nkb->nb", share, self._skin_weights[nearest])
        if attachment == "shirt":
            pelvis = BONES.index("pelvis")
            for bone in ("left_thigh", "right_thigh"):
                column = BONES.index(bone)
                weights[:, pelvis] += (1 - _TAIL_ON_THIGHS) * weights[:, column]
                weights[:, column] *= _TAIL_ON_THIGHS
        return weights


#: How deep the hip joints lie where the runner's spec does not tell, `RunnerSpec.hip_depth`.
HIP_DEPTH = 0.38


def makehuman_body(
    runner: RunnerSpec, look: LookSpec, *, fineness: float = 1.0, skeleton: Skeleton | None = None
) -> BodyMesh:
    """Make the visible body of a runner from MakeHuman's mesh.

    Parameters
    ----------
    runner : RunnerSpec
        Height, sex, age, build, muscle and hip depth.
    look : LookSpec
        Colours and clothes.
    fineness : float
        Of the clothes and shoes: 1 = triangles of about 8 mm. The skin has always the same number of triangles.
    skeleton : Skeleton, optional
        Lengths of the segments, as the motion has them; those of `skeleton_of` by default.

    Returns
    -------
    BodyMesh

    Raises
    ------
    InputError
        VTK is not installed, or the data of the bodies are missing or damaged.
    """
    proportions = proportions_of(runner, skeleton)
    body = registered(
        makehuman_shape(runner), proportions, hip_depth=HIP_DEPTH if runner.hip_depth is None else runner.hip_depth
    )
    quads = body.shape.asset.faces["body"]
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    points = body.points[: len(body.shape.skin)]
    weights = body.weights[: len(points)]
    skin = mesh_solid(points, triangles, step=_BODY_GRID_M)
    bare = bare_makehuman_body(proportions, skin)
    builder = _ClothedBuilder(bare, fineness, points, weights)
    cloth = Wardrobe(proportions, look, skin).add_all(builder)
    add_socks_and_shoes(builder, bare, look)
    _add_skin(builder, body, triangles, cloth, _skin_paint(body, runner, look, proportions), proportions, look)
    _add_eyes(builder, body, look)
    # Hair lies on the skull, not on the ears.
    skull = (weights[:, BONES.index("head")] > 0.5) & ~body.shape.asset.masks["ears"][: len(points)]
    on_head = skull[triangles].all(axis=1)
    add_hair(
        builder,
        proportions,
        look,
        skull=mesh_solid(points, triangles[on_head], step=_HEAD_GRID_M),
        swing=_swinging_hair(proportions) if look.hair_style in ("ponytail", "long") else None,
    )
    if look.tape is not None:
        add_pelvis_tape(builder, bare, cloth, look.tape)
    return builder.build()


def bare_makehuman_body(proportions: BodyProportions, skin: SignedDistance) -> BareBody:
    """Cut the parts of a body, as solids, from the whole one.

    Parameters
    ----------
    proportions : BodyProportions
    skin : SignedDistance
        The whole body in the rest pose.

    Returns
    -------
    BareBody
    """
    arms, legs = {}, {}
    for side, sign in (("left", -1.0), ("right", 1.0)):
        middle = half_space(np.zeros(3), np.array([0.0, 0.0, -sign]))
        arms[side] = clipped(
            skin, half_space(proportions.point(f"{side}_upper_arm"), proportions.up(f"{side}_upper_arm")), middle
        )
        legs[side] = clipped(
            skin,
            half_space(np.array([0.0, 0.05 * proportions.height, 0.0]), np.array([0.0, 1.0, 0.0])),
            middle,
            _wall(0.22 * proportions.height),
            _leg_end(proportions, side),
        )
    wide = proportions.skeleton.shoulder_width / 2 + 0.01 * proportions.height
    neck = clipped(skin, half_space(proportions.point("neck"), np.array([0.0, -1.0, 0.0])))
    return BareBody(proportions, clipped(skin, _wall(wide)), neck, arms, legs)


def _leg_end(proportions: BodyProportions, side: str) -> SignedDistance:
    """Make all of space but the foot: legs end a little below the ankle."""
    h, ankle, up = proportions.height, proportions.point(f"{side}_foot"), proportions.up(f"{side}_shank")

    def distance_of(p: FloatArray) -> FloatArray:
        above = (p - ankle) @ up
        off = np.linalg.norm(p - ankle + [0.004 * h, 0.0, 0.0] - above[:, None] * up, axis=1)
        below = np.maximum(off - 0.026 * h, -0.012 * h - above)
        return np.asarray(np.where(above < 0.035 * h, below, np.minimum(below, off - 0.1 * h)))

    return distance_of


def _swinging_hair(proportions: BodyProportions) -> Callable[[FloatArray], FloatArray]:
    """Hair swings that hangs below the skull."""
    h, head = proportions.height, proportions.point("head")

    def swing(p: FloatArray) -> FloatArray:
        shares = np.zeros((len(p), len(ANCHORS) + 1))
        shares[:, -1] = 1.0  # nothing is in its way
        behind = smooth_step(head[0] - p[:, 0], 0.045 * h, 0.070 * h)
        shares[:, ANCHORS.index("hair")] = behind * smooth_step(head[1] + 0.085 * h - p[:, 1], 0.0, 0.08 * h)
        return shares

    return swing


def _wall(wide: float) -> SignedDistance:
    return lambda p: np.abs(p[:, 2]) - wide


def _add_skin(
    builder: MeshBuilder,
    body: RegisteredBody,
    triangles: NDArray[np.int64],
    cloth: SignedDistance,
    paint: ColourFunction,
    proportions: BodyProportions,
    look: LookSpec,
) -> None:
    points = body.points[: len(body.shape.skin)]
    normals = vertex_normals(points, triangles)
    covered: BoolArray = cloth(points) < -_COVERED_M
    from_edge = np.full(len(points), np.inf)
    if covered.any() and not covered.all():
        from_edge[covered] = cKDTree(points[~covered]).query(points[covered])[0]
    # Feet are inside socks and shoes.
    sock_top = proportions.point("left_foot")[1] + (0.015 if look.footwear == "bare" else 0.032) * proportions.height
    hidden = (covered & (from_edge > _FROM_EDGE_M)) | (points[:, 1] < sock_top)
    seen = ~hidden[triangles].all(axis=1)
    drawn = points - np.where(covered, _DRAWN_IN_M, 0.0)[:, None] * normals
    used, local = np.unique(triangles[seen], return_inverse=True)
    builder.add_surface(drawn[used], normals[used], local.reshape(-1, 3), paint, body.weights[used], texel_size=0.7)


def _skin_paint(
    body: RegisteredBody, runner: RunnerSpec, look: LookSpec, proportions: BodyProportions
) -> ColourFunction:
    """Lips, lids, brows, ears and, for men, a shadow of a beard; the rest faintly uneven."""
    h = proportions.height
    skin, hair = np.asarray(look.skin), np.asarray(look.hair)
    points = body.points[: len(body.shape.skin)]
    asset = body.shape.asset
    tree = cKDTree(points)
    masks = np.stack([asset.masks[name][: len(points)] for name in ("lips", "eyelids", "ears", "aureolae")], axis=1)
    eyes = [body.points[np.unique(asset.faces[f"{letter}_eye"])].mean(axis=0) for letter in "lr"]
    head = proportions.point("head")
    lips = points[masks[:, 0]]
    mouth_y = float(lips[:, 1].mean())

    def paint(p: FloatArray) -> FloatArray:
        wave = 0.015 * np.sin(p[:, 0] * 61 + 1.3) * np.sin(p[:, 1] * 47) * np.sin(p[:, 2] * 53 + 0.7)
        colour = skin[None] * (1 + wave[:, None] + 0.02 * speckle(p, 0.004)[:, None])
        distance, nearest = tree.query(p, k=3)
        share = 1 / (np.asarray(distance) + 1e-4)
        share /= share.sum(axis=1, keepdims=True)
        lip, lid, ear, aureola = np.einsum("nk,nkm->mn", share, masks[nearest].astype(float))[..., None]
        colour = colour * (1 - 0.9 * lip * np.array([0.14, 0.34, 0.32]))
        colour = np.where((lip > 0.5) & (np.abs(p[:, [1]] - mouth_y) < 0.0007 * h), skin * 0.35, colour)
        colour = colour * (1 - ear * np.array([0.0, 0.08, 0.08])) * (1 - aureola * np.array([0.15, 0.28, 0.28]))
        colour = np.where(lid > 0.4, 0.25 * colour, colour)
        on_face = p[:, 0] > head[0] + 0.02 * h
        for eye in eyes:
            up, out = p[:, 1] - eye[1], (p[:, 2] - eye[2]) * np.sign(eye[2])
            socket = np.exp(-((up / (0.008 * h)) ** 2) - (out / (0.012 * h)) ** 2) * on_face
            colour = colour * (1 - 0.20 * socket[:, None])
            arch = 0.0128 * h - 8.0 * (out - 0.003 * h) ** 2 / h * 2
            brow = (np.abs(up - arch) < 0.0024 * h) & (np.abs(out - 0.001 * h) < 0.0145 * h) & on_face
            colour = np.where(brow[:, None], 0.25 * colour + 0.65 * hair, colour)
        if runner.sex == "male":
            beard = on_face & (p[:, 1] < mouth_y + 0.008 * h) & (p[:, 1] > head[1] - 0.01 * h) & (lip[:, 0] < 0.3)
            colour = np.where(beard[:, None], 0.88 * colour + 0.05 * hair, colour)
        return np.asarray(colour)

    return paint


def _add_eyes(builder: MeshBuilder, body: RegisteredBody, look: LookSpec) -> None:
    for letter in "lr":
        quads = body.shape.asset.faces[f"{letter}_eye"]
        used, local = np.unique(quads, return_inverse=True)
        local = local.reshape(-1, 4)
        triangles = np.concatenate([local[:, [0, 1, 2]], local[:, [0, 2, 3]]])
        points = body.points[used]
        centre = points.mean(axis=0)
        # Looking straight ahead.
        radius = float(np.linalg.norm(points - centre, axis=1).mean())

        def paint(p: FloatArray, centre: FloatArray = centre, radius: float = radius) -> FloatArray:
            off = np.arcsin(np.clip(np.hypot(p[:, 1] - centre[1], p[:, 2] - centre[2]) / radius, 0, 1))
            colour = np.where((off < _IRIS_RAD)[:, None], _IRIS, _EYE_WHITE)
            return np.where((off < _PUPIL_RAD)[:, None], _PUPIL, colour)

        normals = vertex_normals(points, triangles)
        builder.add_surface(points, normals, triangles, paint, body.weights[used], texel_size=0.25)
