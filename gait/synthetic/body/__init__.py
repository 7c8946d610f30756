"""The runner's visible body: skin, clothes, shoes, hair and face, hung on the bones.

Each part is a smooth union of round solids round the bones (`gait.synthetic.solids`). `MeshBuilder` turns it into a
mesh once, in a rest pose with arms and legs spread. Then the bones carry it: every vertex follows a mixture of a few of
them. All coordinates in this package are those of the rest pose, metres, with the mid-hip at the origin: X forward, Y
up, Z to the runner's right. Sizes are shares of body height (``h``), so that bodies of all heights come out alike.
"""

from __future__ import annotations

from gait.synthetic.body.body_mesh import MAX_LIGHT, BodyMesh, vtk_mesh
from gait.synthetic.body.rest_pose import BONES, rest_pose
from gait.synthetic.body.sculpting import sculpt_body
from gait.synthetic.body.torso import trunk_of

__all__ = ["BONES", "MAX_LIGHT", "BodyMesh", "rest_pose", "sculpt_body", "trunk_of", "vtk_mesh"]
