"""Bony landmarks of the pelvis, over which a coach puts tape, in the axes of the pelvis bone.

Mean adult anatomy: the posterior superior iliac spines (PSIS, the dimples) lie 9 to 10 cm apart and 5 to 6 cm above the
hip joints, the anterior ones (ASIS) 24 cm apart and 7 to 8 cm above them, at a height of 1.75 m.
"""

from __future__ import annotations

from gait.synthetic.body_segments import Skeleton

_MEAN_HIP_WIDTH = 0.103  # hip joint to hip joint, body heights; their distance follows it


def pelvis_landmarks_of(skeleton: Skeleton) -> dict[str, tuple[float, float, float]]:
    """Place the bony landmarks of the pelvis.

    Parameters
    ----------
    skeleton : Skeleton

    Returns
    -------
    dict
        ``left_psis``, ``right_psis``, ``left_asis``, ``right_asis`` → (forward, up, right) from the mid-hip in the
        axes of the pelvis, m, on the clothes of a lean runner. The tape of a `LookSpec` is centred on them as seen
        from straight behind and in front.
    """
    h = skeleton.height
    wide = skeleton.hip_width / _MEAN_HIP_WIDTH
    return {
        f"{side}_{name}": (forward * h, up * h, sign * apart * wide)
        for name, forward, up, apart in (("psis", -0.076, 0.0315, 0.0271), ("asis", 0.052, 0.0430, 0.0680))
        for side, sign in (("left", -1.0), ("right", 1.0))
    }
