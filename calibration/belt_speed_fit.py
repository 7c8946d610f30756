"""``belt_speed.toml``: how fast the stance foot seems to travel, over the speed of the belt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from calibration.calibration_clips import usable_clip
from calibration.constants_writer import HEADER, robust_sd
from gait.analysis.view_analysis import analyze_pose
from gait.errors import RefusedError
from gait.events import stride_model
from gait.records import Runner
from gait.validation.cases import ValidationCase
from gait.validation.evaluation import held_out_model
from gait.validation.process_pool import worker_inputs

#: Exact joints, where ankle and heel are slower than the belt because the foot rolls: recorded motion 0.957, planned
#: motion 0.976; the spread is that of 12 clips. [E]
_JOINTS = ("[joints]", "ratio = 0.965", "sd = 0.050", "clips = 12")


def clip_belt_ratio(case: ValidationCase) -> list[dict[str, Any]]:
    """Compare the speed of the stance foot with that of the belt in one clip.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    list of dict
        ``network, clip, ratio``, one row; empty for views other than the side and clips that are not usable.
    """
    network = worker_inputs().network
    clip = usable_clip(case, network) if case.camera.view == "side" else None
    if clip is None:
        return []
    with stride_model.use_stride_model(held_out_model(case)):
        try:
            analysis = analyze_pose(clip.pose, runner=Runner(height_m=clip.height_m), corrected=False)
        except RefusedError:
            return []
    foot_mps = analysis.clean.attrs.get("belt_speed_mps")
    length_cm, cadence = clip.value("step_length", "both"), clip.value("cadence", "both")
    if foot_mps is None or length_cm is None or cadence is None:
        return []
    return [{"network": network, "clip": case.name, "ratio": float(foot_mps) / (length_cm / 100 * cadence / 60)}]


def belt_speed_lines(ratios: pd.DataFrame) -> list[str]:
    """Format the mean and spread of the ratio of each network.

    Parameters
    ----------
    ratios : DataFrame
        Rows of `clip_belt_ratio`.

    Returns
    -------
    list of str
        Lines of ``belt_speed.toml``.
    """
    lines = [
        HEADER,
        "# Speed of ankle and heel in stance over that of the belt: median, and robust sd from runner to runner.",
        "# joints: exact joints, where ankle and heel are slower than the belt because the foot rolls.",
        "",
        *_JOINTS,
    ]
    for network, rows in ratios.groupby("network", sort=False):
        ratio = rows.ratio.to_numpy(dtype=float)
        sd = robust_sd(ratio - np.median(ratio))
        lines += [
            "",
            f"[{network}]",
            f"ratio = {np.median(ratio):.3f}",
            f"sd = {sd:.3f}",
            f"clips = {len(ratio)}",
        ]
    return lines
