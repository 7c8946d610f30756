"""The proportions of one body: its bones in the rest pose, and how its trunk differs from a mean one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.rest_pose import rest_pose
from gait.synthetic.body_segments import Skeleton, skeleton_of
from gait.synthetic.bones import Bones
from gait.synthetic.run_spec import RunnerSpec


@dataclass(frozen=True)
class BodyProportions:
    """What all parts of one body are built from.

    Attributes
    ----------
    skeleton : Skeleton
        Lengths of the segments, m.
    rest : Bones
        The bones in the rest pose.
    male : bool
    girth : float
        1 = lean.
    """

    skeleton: Skeleton
    rest: Bones
    male: bool
    girth: float

    @property
    def height(self) -> float:
        """Body height, m."""
        return self.skeleton.height

    # Shares of body height of the mean trunk: as in `skeleton_of`.

    @cached_property
    def trunk_length_ratio(self) -> float:
        """Length of the trunk against the mean one of that height."""
        return self.skeleton.trunk / (0.288 * self.height)

    @cached_property
    def hip_width_ratio(self) -> float:
        """Width between the hip joints against the mean one of that height and sex."""
        return self.skeleton.hip_width / ((0.100 if self.male else 0.106) * self.height)

    @cached_property
    def shoulder_width_ratio(self) -> float:
        """Width between the shoulder joints against the mean one of that height and sex."""
        return self.skeleton.shoulder_width / ((0.208 if self.male else 0.192) * self.height)

    def point(self, bone: str, *offset: float) -> FloatArray:
        """Place a point given in the axes of a bone.

        Parameters
        ----------
        bone : str
            One of `BONES`.
        *offset : float
            Forward, up and right from the proximal joint of the bone, body heights; the joint itself if left out.

        Returns
        -------
        (3,) array
            Metres.
        """
        placed: FloatArray = self.rest.origin[bone][0] + self.rest.rotation[bone][0] @ (
            np.asarray(offset or (0, 0, 0)) * self.height
        )
        return placed

    def up(self, bone: str) -> FloatArray:
        """Give the direction from the far end of a bone to its proximal joint.

        Parameters
        ----------
        bone : str
            One of `BONES`.

        Returns
        -------
        (3,) array
            Unit vector.
        """
        direction: FloatArray = self.rest.rotation[bone][0][:, 1]
        return direction

    def fitted_slices(self, rows: FloatArray) -> FloatArray:
        """Fit horizontal slices of the mean trunk to this trunk.

        Parameters
        ----------
        rows : (N, 4) array
            Height above the hip joints, half width, half depth and forward shift; body heights.

        Returns
        -------
        (N, 4) array
            The same, metres.
        """
        table = np.array(rows, dtype=float) * self.height
        up = np.clip(rows[:, 0] / 0.22, 0, 1)
        more = self.girth - 1
        table[:, 0] *= np.where(rows[:, 0] > 0, self.trunk_length_ratio, 1.0)
        # Weight goes on the belly and the hips more than on the ribs, where the arms hang.
        table[:, 1] *= (self.hip_width_ratio * (1 - up) + self.shoulder_width_ratio * up) * (
            1 + more * (0.42 + 0.38 * np.sin(np.pi * up))
        )
        table[:, 2] *= 1 + more * (0.85 + 0.25 * np.sin(np.pi * np.clip(rows[:, 0] / 0.24, 0, 1)))
        table[:, 3] += 0.035 * self.height * more * np.sin(np.pi * np.clip(rows[:, 0] / 0.24, 0, 1))
        return table


def proportions_of(runner: RunnerSpec, skeleton: Skeleton | None = None) -> BodyProportions:
    """Give the proportions of a runner.

    Parameters
    ----------
    runner : RunnerSpec
        Height, sex, build and scales.
    skeleton : Skeleton, optional
        Lengths of the segments where they are not those of `skeleton_of`.

    Returns
    -------
    BodyProportions
    """
    skeleton = skeleton or skeleton_of(runner)
    return BodyProportions(skeleton, rest_pose(skeleton), runner.sex == "male", runner.build)
