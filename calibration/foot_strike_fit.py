"""``foot_strike.toml``: from the turn of the shoe that the frames show to the foot strike angle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from calibration.calibration_clips import at_event_rate, usable_clip
from calibration.constants_writer import HEADER, robust_line
from gait.analysis.view_analysis import analyze_pose
from gait.errors import RefusedError
from gait.events import stride_model
from gait.events.shoe_landing import foot_turn_at_contact, tracked_foot_motion
from gait.geometry.camera import leg_view_of
from gait.records import Runner
from gait.synthetic.run_spec import SIDES
from gait.validation.cases import ValidationCase
from gait.validation.evaluation import held_out_model
from gait.validation.truth_comparison import match_events

#: Prior of the line: foot strike angles of ordinary runners, degrees. [E]
PRIOR_STRIKE_DEG, PRIOR_HALF_WIDTH_DEG = 8.0, 8.0


def clip_landings(case: ValidationCase) -> list[dict[str, Any]]:
    """Measure contact times and foot turns of one clip, seen from the side, with the model fitted without it.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    list of dict
        One row a tracked leg: ``place``; ``recorded``, whether its motion is; ``error_s``, median error of contact,
        s; ``apparent`` turn of the shoe and ``true`` foot strike angle, degrees.
    """
    clip = usable_clip(case, "heavy")
    if clip is None or case.camera.view != "side":
        return []
    clip = at_event_rate(clip)
    with stride_model.use_stride_model(held_out_model(case)):
        try:
            view = analyze_pose(clip.with_tracked_shoes(), runner=Runner(height_m=clip.height_m), corrected=False)
        except RefusedError:
            return []
    rows = []
    for side in SIDES:
        motion, true = tracked_foot_motion(view.clean, side), clip.value("foot_strike_angle", side)
        if motion is None or true is None:
            continue
        found = view.events.time_s[(view.events.side == side) & (view.events.kind == "contact")].to_numpy(dtype=float)
        error_s, _, _ = match_events(found, clip.events()[side, "contact"], 0.0, float(clip.pose.time.values[-1]))
        turn = foot_turn_at_contact(motion, found)
        if not len(error_s) or not np.isfinite(turn).any():
            continue
        rows.append(
            {
                "place": leg_view_of(view.camera, side),
                "recorded": case.recording is not None,
                "error_s": float(np.median(error_s)),
                "apparent": float(np.mean(turn[np.isfinite(turn)])),
                "true": true,
            }
        )
    return rows


def strike_lines(table: pd.DataFrame) -> list[str]:
    """Fit and format the lines from the apparent turn to the foot strike angle, by leg view.

    Parameters
    ----------
    table : DataFrame
        Rows of `clip_landings`.

    Returns
    -------
    list of str
        Lines of ``foot_strike.toml``.
    """
    lines = [
        HEADER,
        "# From the turn of the shoe that the frames show (gait.events.shoe_landing) to the foot strike angle, deg:",
        "# offset + slope * turn. sd: of what is left over.",
    ]
    for place, rows in table.groupby("place", sort=False):
        apparent, true = rows.apparent.to_numpy(dtype=float), rows["true"].to_numpy(dtype=float)
        lines += [
            "",
            f"[foot_strike_angle.{place}]",
            *robust_line(apparent, true, prior_center=PRIOR_STRIKE_DEG, prior_half_width=PRIOR_HALF_WIDTH_DEG),
        ]
    return lines
