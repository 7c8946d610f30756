"""The runner's proportions: segment lengths and the shape of the sole.

Lengths are fractions of body height after Winter, "Biomechanics and Motor Control of Human Movement" (segment lengths,
masses); shoulder and hip joint separations are those of joint centres, not of the bony points outside them.
"""

from __future__ import annotations

from dataclasses import dataclass

from gait.synthetic.run_spec import RunnerSpec

JOINTS = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_index",
    "right_index",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "left_heel",
    "right_heel",
    "left_foot_index",
    "right_foot_index",
    "left_psis",
    "right_psis",
    "left_asis",
    "right_asis",
)
"""Names of the joints in the truth, in array order; left and right as the runner feels them.

PSIS and ASIS are the bony landmarks of the pelvis at the back and in front, on the clothes."""

SEGMENT_MASS = {
    "trunk": 0.497,
    "head": 0.081,
    "thigh": 0.100,
    "shank": 0.0465,
    "foot": 0.0145,
    "upper_arm": 0.028,
    "forearm": 0.016,
    "hand": 0.006,
}
"""Share of body mass of each segment (limbs: one side), Winter."""

SEGMENT_CENTRE = {
    "trunk": 0.50,
    "thigh": 0.433,
    "shank": 0.433,
    "foot": 0.5,
    "upper_arm": 0.436,
    "forearm": 0.430,
    "hand": 0.506,
}
"""Distance of a segment's centre of mass from its proximal joint as a share of its length, Winter.

The trunk's is from the shoulders."""


@dataclass(frozen=True)
class Skeleton:
    """Lengths of the segments of one body, metres.

    Attributes
    ----------
    height : float
        Body height.
    thigh, shank, upper_arm, forearm : float
        From joint to joint.
    hip_width, shoulder_width : float
        Between the joint centres.
    trunk : float
        Mid-hip to mid-shoulder.
    neck, head, hand : float
    ankle_height : float
        Of the ankle joint above the belt in mid-stance, shoe included.
    pivot_back : float
        Along the sole from below the ankle back to where a heel strike first touches.
    ball : float
        Along the sole from below the ankle forward to where the toes bend.
    toe : float
        Along the sole from below the ankle forward to where the sole last touches.
    heel_back, tip : float
        Along the sole from below the ankle to the back and the front end of the shoe.
    sole_compression : float
        How much thicker the sole is in the air than in mid-stance.
    """

    height: float
    thigh: float
    shank: float
    hip_width: float
    shoulder_width: float
    trunk: float
    neck: float
    head: float
    upper_arm: float
    forearm: float
    hand: float
    ankle_height: float
    pivot_back: float
    ball: float
    toe: float
    heel_back: float
    tip: float
    sole_compression: float = 0.0

    @property
    def leg(self) -> float:
        """Hip to ankle with a straight knee, m."""
        return self.thigh + self.shank


_ANKLE_HEIGHT = 0.039  # barefoot, Winter
_SOLE_M = 0.030  # heel of a running shoe; the ankles of Fukuchi's runners stand 10.7 cm above the belt


def skeleton_of(runner: RunnerSpec) -> Skeleton:
    """Give the segment lengths of a runner.

    Parameters
    ----------
    runner : RunnerSpec

    Returns
    -------
    Skeleton
        Longer legs leave a shorter trunk.
    """
    height = runner.height_m
    male = runner.sex == "male"
    thigh, shank = 0.245 * runner.leg_scale * height, 0.246 * runner.leg_scale * height
    return Skeleton(
        height=height,
        thigh=thigh,
        shank=shank,
        hip_width=(0.100 if male else 0.106) * runner.pelvis_scale * height,
        shoulder_width=(0.208 if male else 0.192) * runner.shoulder_scale * height,
        trunk=(0.288 + 0.491) * height - thigh - shank,
        neck=0.055 * height,
        head=0.130 * height,
        upper_arm=0.176 * runner.arm_scale * height,
        forearm=0.146 * runner.arm_scale * height,
        hand=0.058 * height,
        ankle_height=_ANKLE_HEIGHT * height + _SOLE_M,
        pivot_back=0.028 * height,
        ball=0.080 * height,
        toe=0.113 * height,
        heel_back=0.042 * height,
        tip=0.121 * height,
    )
