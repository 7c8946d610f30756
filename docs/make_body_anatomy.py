"""Measure where the joints of MakeHuman bodies are, in MakeHuman's own rig and as gait draws them.

The table goes into ``docs/synthetic.md`` by hand::

    python docs/make_body_anatomy.py
"""

from __future__ import annotations

import sys

import numpy as np

from gait._typing import FloatArray
from gait.synthetic.body.body_proportions import proportions_of
from gait.synthetic.body.makehuman_registration import hip_slice, registered, slice_depth
from gait.synthetic.body.makehuman_shape import makehuman_shape
from gait.synthetic.random_specs import random_body
from gait.synthetic.run_spec import RunnerSpec

BODIES = 60


def share_of_depth(skin: FloatArray, joint: FloatArray, half_width: float, height: float) -> float:
    """Return the distance of a joint from the front over the depth of the body there, %."""
    front, back = slice_depth(skin, joint, 0.008 * height, half_width * height)
    return 100 * (front - joint[0]) / (front - back)


def below_skin(skin: FloatArray, joint: FloatArray, height: float) -> float:
    """Return how far a joint lies below the skin right above it, cm of a body 1.75 m tall."""
    near = (np.abs(skin - joint) < np.array([0.012, 0.06, 0.012]) * height).all(axis=1)
    return 175 * float(skin[near, 1].max() - joint[1]) / height


def measured(runner: RunnerSpec) -> list[tuple[float, float]]:
    """Return each distance in the rig and in the drawn body, in the order of ``ROWS``."""
    shape, proportions = makehuman_shape(runner), proportions_of(runner)
    body = registered(shape, proportions, hip_depth=runner.hip_depth)
    skin, h, own = body.points[: len(shape.skin)], shape.height, proportions.height
    rig = {joint: shape.joints[f"r-{joint}"] for joint in ("upper-leg", "knee", "shoulder", "ankle")}
    drawn = {bone: proportions.point(f"right_{bone}") for bone in ("thigh", "shank", "upper_arm")}
    front, back = hip_slice(shape.skin, rig["upper-leg"], h)
    flat = np.array([0.0, drawn["thigh"][1], 0.0])
    foot = shape.skin[(shape.skin[:, 1] < shape.skin[:, 1].min() + 0.05 * h) & (shape.skin[:, 2] > 0)]
    heel, length = foot[:, 0].min(), np.ptp(foot[:, 0])
    return [
        (100 * (front - rig["upper-leg"][0]) / (front - back), share_of_depth(skin, flat, 0.125, own)),
        (share_of_depth(shape.skin, rig["knee"], 0.045, h), share_of_depth(skin, drawn["shank"], 0.045, own)),
        (share_of_depth(shape.skin, rig["shoulder"], 0.012, h), share_of_depth(skin, drawn["upper_arm"], 0.012, own)),
        (below_skin(shape.skin, rig["shoulder"], h), below_skin(skin, drawn["upper_arm"], own)),
        (100 * (rig["ankle"][0] - heel) / length, 100 * (body.anatomical["right_ankle"][0] - heel) / length),
    ]


ROWS = (
    "hip from the front, % of the depth of the body",
    "knee from the front, % of the depth of the knee",
    "shoulder from the front, % of the depth of the deltoid",
    "shoulder below the skin above it, cm",
    "ankle ahead of the heel, % of the length of the foot",
)


def main() -> None:
    """Print the table."""
    runners = [RunnerSpec(**random_body(np.random.default_rng(seed), "makehuman")) for seed in range(BODIES)]
    values = np.array([measured(runner) for runner in runners])
    men = np.array([runner.sex == "male" for runner in runners])
    lines = ["| joint | rig, women | rig, men | drawn |", "|---|---|---|---|"]
    for row, name in enumerate(ROWS):
        parts = (values[~men, row, 0], values[men, row, 0], values[:, row, 1])
        lines.append(f"| {name} | " + " | ".join(f"{part.mean():.1f} ± {part.std():.1f}" for part in parts) + " |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
