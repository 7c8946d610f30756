"""The runner's proportions: segment lengths and the shape of the sole.

Lengths are fractions of body height after Winter, "Biomechanics and Motor Control of Human Movement" (segment lengths,
masses); shoulder and hip joint separations are those of joint centres, not of the bony points outside them.
"""

from __future__ import annotations

from dataclasses import dataclass

from gait.synthetic.spec import RunnerSpec

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
)
"""Names of the joints in the truth, in array order; left and right are the runner's own."""

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

# Distance of the segment's centre of mass from its proximal joint as a share of its length, Winter. The trunk's is
# from the shoulders.
SEGMENT_CENTRE = {
    "trunk": 0.50,
    "thigh": 0.433,
    "shank": 0.433,
    "foot": 0.5,
    "upper_arm": 0.436,
    "forearm": 0.430,
    "hand": 0.506,
}


@dataclass(frozen=True)
class Skeleton:
    """Lengths in metres. Foot lengths are measured along the sole from the point below the ankle.

    ``pivot_back``: behind the ankle, where a heel strike first touches; ``ball``: in front, where the toes bend;
    ``toe``: in front, where the sole last touches. ``heel_back`` and ``tip`` are the ends of the shoe.
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

    @property
    def leg(self) -> float:
        """Hip to ankle with a straight knee, m."""
        return self.thigh + self.shank


def skeleton_of(runner: RunnerSpec) -> Skeleton:
    """Give the proportions of a runner."""
    height = runner.height_m
    male = runner.sex == "male"
    return Skeleton(
        height=height,
        thigh=0.245 * height,
        shank=0.246 * height,
        hip_width=(0.100 if male else 0.106) * height,
        shoulder_width=(0.208 if male else 0.192) * height,
        trunk=0.288 * height,
        neck=0.055 * height,
        head=0.130 * height,
        upper_arm=0.176 * height,
        forearm=0.146 * height,
        hand=0.058 * height,
        ankle_height=0.050 * height,
        pivot_back=0.028 * height,
        ball=0.080 * height,
        toe=0.113 * height,
        heel_back=0.042 * height,
        tip=0.121 * height,
    )
