"""``pelvic_drop.toml``: from the pelvic drop that the frames show to the drop of the pelvis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from calibration.calibration_clips import scaled_camera, usable_clip
from calibration.constants_writer import HEADER, robust_line
from gait.errors import RefusedError
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.metrics.metric_spec import KeypointMeasure
from gait.metrics.pelvis_tilt_in_stance import apparent_midstance_drop, apparent_peak_drop, is_pelvis_marked
from gait.signal.cleaning import clean_keypoints
from gait.synthetic.run_spec import SIDES
from gait.validation.cases import ValidationCase
from gait.validation.rendered_clips import RenderedClip

#: Metric → measure of the drop as the frames show it.
APPARENT_DROP = {"pelvic_drop": apparent_peak_drop, "pelvic_drop_midstance": apparent_midstance_drop}
#: Prior of the line: ordinary drops of runners, degrees. [E]
PRIOR_DROP_DEG, PRIOR_HALF_WIDTH_DEG = 5.0, 2.0


def mean_drop(tracks: KeypointTracks, clip: RenderedClip, measure: KeypointMeasure) -> float:
    """Measure the mean drop of both legs at the true events.

    Parameters
    ----------
    tracks : KeypointTracks
    clip : RenderedClip
        Gives the true events.
    measure : callable
        One of `APPARENT_DROP`.

    Returns
    -------
    float
        Degrees; NaN where a leg shows no drop.
    """
    sides = []
    for side in SIDES:
        contact, toe_off = (clip.events()[side, kind] for kind in ("contact", "toe_off"))
        toe_off = toe_off[toe_off > contact[0]]
        count = min(len(contact), len(toe_off))
        values = measure(tracks, side, contact[:count], toe_off[:count])
        sides.append(float(np.mean(values[np.isfinite(values)])) if np.isfinite(values).any() else np.nan)
    return float(np.mean(sides))


def clip_drops(case: ValidationCase) -> list[dict[str, Any]]:
    """Measure the apparent and the true drop of one clip.

    Parameters
    ----------
    case : ValidationCase

    Returns
    -------
    list of dict
        ``key, place, apparent, true``, one row a metric; empty for side views, unusable clips and hidden hips.
    """
    clip = usable_clip(case, "heavy")
    if case.camera.view == "side" or clip is None:
        return []
    try:
        camera = scaled_camera(clip, clip.pose)
        if camera is None:
            return []
        tracks = KeypointTracks(clean_keypoints(clip.pose, camera).pose, camera)
    except RefusedError:
        return []
    place = camera.view + ("_marked" if is_pelvis_marked(tracks) else "")
    rows = []
    for key, measure in APPARENT_DROP.items():
        apparent = mean_drop(tracks, clip, measure)
        true = clip.value(key, "both")
        if true is not None and np.isfinite(apparent):
            rows.append({"key": key, "place": place, "apparent": apparent, "true": true})
    return rows


def drop_lines(table: pd.DataFrame) -> list[str]:
    """Fit and format the lines from apparent to true drop, by metric and view.

    Parameters
    ----------
    table : DataFrame
        Rows of `clip_drops`.

    Returns
    -------
    list of str
        Lines of ``pelvic_drop.toml``.
    """
    lines = [
        HEADER,
        "# From the pelvic drop that the frames show (gait.pose.appearance.pelvis) to the drop of the pelvis, deg:",
        "# offset + slope * apparent drop. Cloth moves less than the bone under it. _marked: tape or a waistband was",
        "# tracked. sd: of what is left over.",
    ]
    for (key, place), rows in table.groupby(["key", "place"]):
        apparent, true = rows.apparent.to_numpy(dtype=float), rows["true"].to_numpy(dtype=float)
        lines += [
            "",
            f"[{key}.{place}]",
            *robust_line(
                apparent,
                true,
                prior_center=PRIOR_DROP_DEG,
                prior_half_width=PRIOR_HALF_WIDTH_DEG,
                ignore_outliers=True,
            ),
        ]
    return lines
