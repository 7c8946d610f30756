"""How far the elbow is bent."""

from __future__ import annotations

import numpy as np

from gait._typing import FloatArray
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.metric_spec import MetricSpec
from gait.metrics.swing_sampling import sample_strides

#: Joints of either side that the elbow's bend needs.
ARM_JOINTS = ("shoulder", "elbow", "wrist")


def measure_elbow_flexion(tracks: KeypointTracks, side: str, contact: FloatArray, toe_off: FloatArray) -> FloatArray:
    """Measure the mean bend of the elbow in each stride, in the plane of a side view.

    Each moment counts by the apparent lengths of upper arm and forearm. A forearm that points across the body is seen
    end-on, and the direction of so short a line means nothing.

    Parameters
    ----------
    tracks : KeypointTracks
        From the side.
    side : {"left", "right"}
        The arm; strides begin with the contacts of the foot on its side.
    contact, toe_off : (S,) float array
        Times of initial contact and toe-off of each step, s.

    Returns
    -------
    (S,) float array
        Degrees, 0 = straight, + = forearm bent forwards, −90 to 270 (no arm bends back that far); NaN where a keypoint
        is missing or the stride leaves the clip.
    """
    times = sample_strides(contact)
    shoulder, elbow, wrist = (tracks.at(times.ravel(), f"{side}_{j}").reshape(*times.shape, 2) for j in ARM_JOINTS)
    upper, fore = elbow - shoulder, wrist - elbow
    sine = (upper[..., 0] * fore[..., 1] - upper[..., 1] * fore[..., 0]).sum(axis=1)
    cosine = (upper * fore).sum(axis=(1, 2))
    return np.asarray((np.degrees(np.arctan2(sine, cosine)) + 90) % 360 - 90)


SPEC = MetricSpec(
    key="elbow_flexion",
    unit="deg",
    plausible=(-10, 165),  # Anatomical limit: straight to 150, plus method error [E]
    views=("side",),
    sided=True,
    definition=(
        "The bend of the elbow as a camera at the side shows it, averaged over the stride. Moments at which the "
        "forearm points across the body, and so looks short from the side, count less."
    ),
    formula=(
        "atan2(Σ u × f, Σ u · f) over a stride, in the plane of the view; u from shoulder to elbow, f from elbow to "
        "wrist of the same side"
    ),
    sign="0 = straight arm, + = forearm bent forwards",
    sources=("choice",),
    measure=measure_elbow_flexion,
    moment="mid_stance",
    evidence="elbow",
    keypoints=ARM_JOINTS,
    needs_feet_in_frame=False,
    max_method_error_sd=8.0,
)
