"""The picture of the first screen: the runner at the moment that matters, from the film or drawn from the keypoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gait.display_language import _
from gait.display_units import number_text
from gait.errors import GaitError
from gait.findings.assessment import Assessment
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.value_text import length_text, value_text
from gait.metrics.register import METRIC_BY_KEY
from gait.records import DRIFT, Measurement, Runner
from gait.report.evidence_stills import EvidenceStill, draw_figure, make_still
from gait.report.page_records import LeadPicture, Player
from gait.report.page_wording import MOMENT_TEXTS, page_format

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis
    from gait.session import Session

#: What to draw where nothing stands out, the most telling first; a view shows the first of them that it measured.
USUAL_DRAWINGS = (
    "overstride",
    "tibia_angle",
    "pelvic_drop",
    "arm_crossover",
    "lateral_trunk_lean",
    "step_width",
    "knee_window",
    "trunk_lean",
    "foot_pickup",
)
#: What to draw at a moment of which nothing was measured.
PLAIN_DRAWING = {"side": "overstride", "rear": "pelvic_drop", "front": "arm_crossover"}
#: Metrics whose still shows the landing, and the moment at which the foot leaves; those of one leg show that leg down.
LANDING_KEYS = (
    "overstride",
    "tibia_angle",
    "knee_flexion_contact",
    "foot_strike_angle",
    "braking_distance",
    "step_length",
)
LEAVING_KEYS = ("foot_pickup", "hip_extension")


def representative_measurement(assessed: Sequence[Assessment]) -> Measurement:
    """Choose the measurement whose frame is shown for a finding: the most reliable one, then the most extreme.

    Parameters
    ----------
    assessed : sequence of Assessment
        Of one metric; at least one.

    Returns
    -------
    Measurement
    """
    order = {"good": 2, "fair": 1, "poor": 0}
    return max(
        (a.measurement for a in assessed),
        key=lambda m: (m.evidence_s is not None, order.get(m.grade, 0), abs(m.value or 0.0)),
    )


def short_label(measurement: Measurement, runner: Runner) -> str:
    """Write the number on a still: in centimetres too where the leg length is known.

    Parameters
    ----------
    measurement : Measurement
    runner : Runner

    Returns
    -------
    str
        Empty without a value.
    """
    metric = load_knowledge().metric(measurement.key)
    display = page_format(metric, measurement)
    if measurement.value is None:
        return ""
    text = value_text(measurement.value, display)
    if display.length is not None or "width" in measurement.unit:
        text = _("{number} %").format(number=number_text(measurement.value * display.scale, display.decimals))
    length = length_text(measurement.value, display, runner)
    return text if length is None else f"{length} · {text}"


def lead_picture(
    session: Session,
    leads: Sequence[Sequence[Assessment]],
    assessed: Sequence[Assessment],
    players: Mapping[int, Player],
    *,
    made: Mapping[tuple[str, str], EvidenceStill] | None = None,
) -> tuple[LeadPicture | None, list[str]]:
    """Make the picture of the first screen.

    Parameters
    ----------
    session : Session
    leads : sequence of sequence of Assessment
        Measurements behind each finding, the most important finding first.
    assessed : sequence of Assessment
        All measurements.
    players : mapping
        Annotated videos by number of the view.
    made : mapping, optional
        Stills that exist already, by key and side of their measurement.

    Returns
    -------
    picture : LeadPicture or None
        A figure drawn from the keypoints where the film cannot be read; ``None`` where there are no keypoints either.
    unreadable : list of str
        Names of films that could not be read.
    """
    unreadable: dict[str, None] = {}
    measured = [representative_measurement(lead) for lead in leads if lead]
    usual = [a.measurement for key in USUAL_DRAWINGS for a in assessed if a.measurement.key == key]
    usual.sort(key=lambda m: (USUAL_DRAWINGS.index(m.key), m.grade == "poor"))
    for m in (*measured, *usual):
        if m.value is None or m.evidence_s is None or not 0 <= m.video < len(session.views):
            continue
        still = (made or {}).get((m.key, m.side))
        if still is None:
            label = short_label(m, session.runner)
            still = _picture(session.views[m.video], m.key, m.side, m.evidence_s, label, unreadable)
        if still is not None:
            seek = _seek(players.get(m.video), m.evidence_s)
            return LeadPicture(still, moment_text(m), seek), list(unreadable)
    for number, view in enumerate(session.views):
        time_s, side = _typical_moment(view)
        still = _picture(view, PLAIN_DRAWING.get(view.info.view, ""), side, time_s, "", unreadable)
        if still is not None:
            return LeadPicture(still, MOMENT_TEXTS["plain"], _seek(players.get(number), time_s)), list(unreadable)
    return None, list(unreadable)


def moment_text(measurement: Measurement) -> str:
    """Say in one sentence what the still of a measurement shows.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    str
    """
    key, side = measurement.key.removesuffix(DRIFT), measurement.side
    if key != measurement.key and measurement.evidence_s is not None:
        text = _("You at {time} s of the clip, where the change begins (or ends, if it was even).")
        return text.format(time=number_text(measurement.evidence_s, 0))
    if side == "both":
        return MOMENT_TEXTS["any"]
    moment = "landing" if key in LANDING_KEYS else "leaving" if key in LEAVING_KEYS else "standing"
    spec = METRIC_BY_KEY.get(key)
    if moment == "standing" and spec is not None and spec.evidence in {"wrist_to_midline", "elbow", "head"}:
        moment = "any"
    return MOMENT_TEXTS.of_side(moment, side)


def _picture(
    view: ViewAnalysis, key: str, side: str, time_s: float, label: str, unreadable: dict[str, None]
) -> EvidenceStill | None:
    try:
        return make_still(view, key=key, side=side, time_s=time_s, label=label)
    except (GaitError, OSError):
        unreadable[Path(view.info.file).name] = None
    return draw_figure(view, key=key, side=side, time_s=time_s, label=label)


def _typical_moment(view: ViewAnalysis) -> tuple[float, str]:
    """Return time (s) and side of a landing near the middle of the clip; from behind or ahead, of mid-stance."""
    times = np.asarray(view.clean["time"].values, dtype=float)
    middle = float(times[len(times) // 2])
    contacts = view.events[view.events["kind"] == "contact"]
    if len(contacts) == 0:
        return middle, "both"
    nearest = contacts.iloc[int(np.argmin(np.abs(contacts["time_s"].to_numpy(dtype=float) - middle)))]
    time_s, side = float(nearest["time_s"]), str(nearest["side"])
    leaving = view.events[
        (view.events["kind"] == "toe_off") & (view.events["side"] == side) & (view.events["time_s"] > time_s)
    ]
    if view.info.view != "side" and len(leaving):
        time_s = (time_s + float(leaving["time_s"].min())) / 2
    return time_s, side


def _seek(player: Player | None, time_s: float) -> tuple[str, float] | None:
    return None if player is None else (player.id, round(time_s, 3))
