"""How far the hand crosses the midline of the trunk."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.wrist_midline import REAR_VIEW_HINT, SKEW_CORRECTION, WRIST_JOINTS, wrist_path_by_stride


def measure_arm_crossover(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure how far the wrist gets past the midline of the trunk in each stride.

    Parameters
    ----------
    tracks : KeypointTracks
        From the front.
    side : {"left", "right"}
        The arm.
    contact, toe_off : (S,) float array
        Times of initial contact and toe-off of each step, s.

    Returns
    -------
    (S,) float array
        Shoulder widths, + = past the midline; NaN where the stride leaves the clip.
    """
    return np.array([path.max() for path in wrist_path_by_stride(tracks, side, contact)])


SPEC = MetricSpec(
    key="arm_crossover",
    unit="shoulder widths",
    plausible=(-2, 1.5),  # An arm is about 1.5 shoulder widths long [E]
    views=("front",),
    sided=True,
    definition=(
        "How far the wrist passes the midline of the trunk towards the other side, at the most per stride, as a "
        "share of shoulder width."
    ),
    formula=(
        "max over a stride of the wrist's distance past the line mid-shoulder to mid-hip, at the wrist's height / "
        "shoulder width (its 95th percentile)"
    ),
    sign="+ = past the midline, − = stays on its own side",
    sources=("choice",),
    measure=measure_arm_crossover,
    moment="widest",
    evidence="wrist_to_midline",
    keypoints=WRIST_JOINTS,
    correction=SKEW_CORRECTION,
    needs_feet_in_frame=False,
    rear_view_hint=REAR_VIEW_HINT,
    max_method_error_sd=0.12,
)
