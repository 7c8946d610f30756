"""The last seconds of a run, measured by the same functions as a film (`gait.analysis`).

Definition, unit, sign, corrections and interval are therefore those of ``gait analyze``. It takes about half a second
of one core, so it runs beside the pictures and not between them; `gait.live.stride_stream` bridges the time between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from gait._typing import FloatArray
from gait.display_language import speak
from gait.errors import GaitError
from gait.live.live_targets import LIVE_TARGETS, LiveCamera
from gait.pose.dataset import MODEL_VARIANT_ATTR

#: Share of a stride that a foot stands where toe-offs are missing, at 2.5 to 4.5 m/s (Fukuchi 2017). [E]
STANCE_SHARE = 0.35


@dataclass(frozen=True)
class WindowMeasurement:
    """What the last seconds gave.

    Attributes
    ----------
    end_s : float
        Time of the last picture.
    reason : str or None
        Why there is no value.
    reason_code : str or None
    camera : LiveCamera or None
    frequency_hz : float
        Strides a second.
    values : mapping of str to float
        By side; those that were measured.
    half_width : float
        Of the 95 % interval of the value that is shown, method error included; NaN if unknown.
    contacts : mapping of str to (S,) float array
        Times of initial contact by side, s.
    stance_share : float
        Contact time as a share of the stride.
    steps : int
    """

    end_s: float
    reason: str | None = None
    reason_code: str | None = None
    camera: LiveCamera | None = None
    frequency_hz: float = float("nan")
    values: Mapping[str, float] = field(default_factory=dict)
    half_width: float = float("nan")
    contacts: Mapping[str, FloatArray] = field(default_factory=dict)
    stance_share: float = STANCE_SHARE
    steps: int = 0


def measure_window(
    key: str,
    time_s: FloatArray,
    position: FloatArray,
    confidence: FloatArray,
    size: tuple[int, int],
    *,
    variant: str = "full",
    language: str = "en",
) -> WindowMeasurement:
    """Measure one metric over a window of pictures.

    Parameters
    ----------
    key : str
        Of `gait.live.live_targets.LIVE_TARGETS`.
    time_s : (T,) float array
        Times of the pictures, s, increasing.
    position : (T, 33, 2) float array
        Keypoints, pixels, NaN where nobody was found.
    confidence : (T, 33) float array
    size : (int, int)
        Width and height of the pictures, pixels.
    variant : str
        Of the pose network.
    language : str
        Of the reason.

    Returns
    -------
    WindowMeasurement
        With a reason where the window cannot be measured.
    """
    end = float(time_s[-1])
    with speak(language):
        try:
            return _measured(key, time_s, position, confidence, size, variant)
        except GaitError as error:
            return WindowMeasurement(end, reason=str(error), reason_code=error.code or "refused")


def _measured(
    key: str, time_s: FloatArray, position: FloatArray, confidence: FloatArray, size: tuple[int, int], variant: str
) -> WindowMeasurement:
    from gait.analysis.view_analysis import grade_view
    from gait.analysis.view_setup import inspect_view
    from gait.analysis.view_stages import clean_view, locate_view_events, measure_view_steps
    from gait.geometry.camera import LEG_PER_HEIGHT, SHANK_PER_HEIGHT, THIGH_PER_HEIGHT
    from gait.pose.dataset import make_pose_dataset
    from gait.records import Runner

    target = LIVE_TARGETS[key]
    pose = make_pose_dataset(
        time_s=time_s,
        position=position,
        confidence=confidence,
        fps=float(1 / np.median(np.diff(time_s))),
        image_width=size[0],
        image_height=size[1],
        source_file="live",
        engine="litert",
        model=variant,
        attributes={MODEL_VARIANT_ATTR: variant},
    )
    runner = Runner()
    view = target.view or "auto"
    looked_at = inspect_view(pose, runner=runner, view=view).camera
    if looked_at.contradicted_by is not None:
        # A view that contradicts the declared one shows no rhythm either: it is told first.
        return WindowMeasurement(float(time_s[-1]), looked_at.warnings[0], "refused")
    viewed = clean_view(pose, runner=runner, view=view)
    events = locate_view_events(viewed)
    graded = grade_view(measure_view_steps(viewed, events), pose, viewed.setup, runner=runner, video=0)
    found = viewed.setup.camera
    leg_length = found.leg_px * LEG_PER_HEIGHT / (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT)
    camera = LiveCamera(found.view, found.direction, leg_length, found.near_side)
    own = [m for m in graded.measurements if m.key == key]
    known = {str(m.side): m for m in own if m.value is not None}
    contacts = {
        side: events[(events.side == side) & (events.kind == "contact")].time_s.to_numpy(dtype=float)
        for side in ("left", "right")
    }
    shown = _shown(known, target.legs, camera.near_side)
    if shown is None:
        reasons = [str(m.reason) for m in own if m.reason]
        return WindowMeasurement(float(time_s[-1]), reasons[0] if reasons else "", "refused", camera)
    return WindowMeasurement(
        float(time_s[-1]),
        None,
        None,
        camera,
        viewed.cleaned.phase.frequency_hz,
        {side: float(m.value) for side, m in known.items() if m.value is not None},
        float("nan") if shown.interval is None else float(np.ptp(shown.interval)) / 2,
        contacts,
        _stance_share(graded.steps, viewed.cleaned.phase.frequency_hz),
        int(sum(len(times) for times in contacts.values())),
    )


def _shown(known: Mapping[str, Any], legs: str, near: Literal["left", "right"] | None) -> Any:
    """Choose the measurement that is shown."""
    if not known:
        return None
    if "both" in known:
        return known["both"]
    if legs == "near" and near is not None and near in known:
        return known[near]
    return max(known.values(), key=lambda m: float(m.value)) if legs == "largest" else None


def _stance_share(steps: Any, frequency_hz: float) -> float:
    stance = (steps.toe_off_s - steps.contact_s).to_numpy(dtype=float) * frequency_hz
    stance = stance[np.isfinite(stance)]
    return float(np.median(stance)) if len(stance) else STANCE_SHARE
