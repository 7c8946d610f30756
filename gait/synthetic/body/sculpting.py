"""Makes the whole visible body of a runner."""

from __future__ import annotations

from gait.errors import InputError
from gait.synthetic.body.bare_body import bare_body
from gait.synthetic.body.body_mesh import BodyMesh
from gait.synthetic.body.body_proportions import proportions_of
from gait.synthetic.body.footwear import add_socks_and_shoes
from gait.synthetic.body.hair import add_hair
from gait.synthetic.body.head import add_head
from gait.synthetic.body.hip_placement import with_hip_depth
from gait.synthetic.body.legwear import add_legwear
from gait.synthetic.body.makehuman_body import makehuman_body
from gait.synthetic.body.mesh_builder import MeshBuilder
from gait.synthetic.body.pelvis_tape import add_pelvis_tape
from gait.synthetic.body.shirt import add_shirt
from gait.synthetic.body.skin import add_skin
from gait.synthetic.body_segments import Skeleton
from gait.synthetic.run_spec import LookSpec, RunnerSpec
from gait.synthetic.solids import union


def sculpt_body(
    runner: RunnerSpec, look: LookSpec, *, fineness: float = 1.0, skeleton: Skeleton | None = None
) -> BodyMesh:
    """Make the visible body of a runner.

    Parameters
    ----------
    runner : RunnerSpec
        Height, sex and build.
    look : LookSpec
        Colours and clothes.
    fineness : float
        1 = triangles of about 8 mm (less on face and shoes); 2 = half of that.
    skeleton : Skeleton, optional
        Lengths of the segments, as the motion has them; those of `skeleton_of` by default.

    Returns
    -------
    BodyMesh

    Raises
    ------
    InputError
        Where VTK is not installed, or the clothes are for bodies of the other family.
    """
    if runner.body_family == "makehuman":
        return makehuman_body(runner, look, fineness=fineness, skeleton=skeleton)
    if look.top != "shirt" or look.legwear == "skirt":
        given = f"top={look.top}" if look.top != "shirt" else "legwear=skirt"
        raise InputError(f"{given} is for bodies of the family makehuman; choose that body_family, or other clothes")
    proportions = proportions_of(runner, skeleton)
    body = bare_body(proportions)
    builder = MeshBuilder(body, fineness)
    cloth = union([add_shirt(builder, body, look), *add_legwear(builder, body, look)])
    add_skin(builder, body, look, cloth)
    add_socks_and_shoes(builder, body, look)
    add_head(builder, proportions, look)
    add_hair(builder, proportions, look)
    if look.tape is not None:
        add_pelvis_tape(builder, body, cloth, look.tape)
    mesh = builder.build()
    return mesh if runner.hip_depth is None else with_hip_depth(mesh, proportions.skeleton, runner.hip_depth)
