"""One number everywhere: table, single steps, waveforms, exported motion and evidence stills agree.

The keypoints are those of a rendered runner, as the pose model found them (`notebooks/make_data.py`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import gait
from gait.io.export_motion import export_angles, export_motion
from gait.metrics.register import METRIC_BY_KEY
from gait.records import Measurement
from gait.report.evidence_shapes import ArcShape, evidence_shapes, frame_geometry
from gait.report.keypoint_lookup import keypoints_at
from gait.session import Session
from tests.conftest import REPOSITORY

KEPT = {"side": REPOSITORY / "notebooks" / "data" / "side.nc", "rear": REPOSITORY / "notebooks" / "data" / "rear.nc"}
SIDES = ("left", "right")
#: Degrees. Strides and steps are not quite the same: a stride needs two contacts, a step one of each.
TOLERANCE_DEG = 0.3


@pytest.fixture(scope="module")
def session() -> Session:
    runner = gait.Runner(height_m=1.70)
    views = [
        gait.analyze_pose(gait.load_poses(path), runner=runner, video=number, corrected=False)
        for number, path in enumerate(KEPT.values())
    ]
    return gait.assess(views, runner=runner)


def steps_of(session: Session, side: str) -> pd.DataFrame:
    steps = session.views[0].steps
    return steps[steps.side == side]


def cycle_value(session: Session, signal: str, side: str, percent: float) -> float:
    mean = gait.gait_cycles(session.views[0])["mean"].sel(signal=signal, side=side)
    return float(np.interp(percent, mean.percent.values, mean.values))


def exported_at(session: Session, column: str, times: np.ndarray) -> np.ndarray:
    """An angle of the exported motion (MOT) at times of the video, s."""
    time_s, _, angles = export_angles(session.views[0])
    begin = float(session.views[0].clean.time.values[0])
    return np.interp(times - begin, time_s, angles[column].to_numpy(dtype=float), left=np.nan, right=np.nan)


def drawn_angle(session: Session, measurement: Measurement) -> float:
    """The angle of the arc that the evidence still of a measurement shows, degrees, without its sign."""
    view = session.views[measurement.video]
    assert measurement.evidence_s is not None
    points = keypoints_at(view.clean, measurement.evidence_s, between_frames=True)
    roll = float(view.clean.attrs.get("camera_roll_deg", 0.0))
    geometry = frame_geometry(points, measurement.side, view.info.view, view.camera.direction, roll_deg=roll)
    (arc,) = (shape for shape in evidence_shapes(measurement.key, geometry) if isinstance(shape, ArcShape))
    a, b = arc.a - arc.centre, arc.b - arc.centre
    return abs(float(np.degrees(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b))))


def test_the_table_is_the_mean_of_the_steps(session: Session) -> None:
    compared = 0
    for m in session.measurements:
        steps = session.views[m.video].steps
        if m.value is None or m.key not in steps or m.key not in METRIC_BY_KEY:
            continue
        of_side = steps if m.side == "both" else steps[steps.side == m.side]
        assert m.value == pytest.approx(of_side[m.key].mean(), rel=1e-9), m.key
        assert m.steps == of_side[m.key].notna().sum()
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("key", "signal", "sign"),
    [("knee_flexion_contact", "knee_flexion", 1), ("tibia_angle", "shank_angle", 1)],
)
def test_the_waveform_begins_with_the_value_at_contact(
    session: Session, side: str, key: str, signal: str, sign: int
) -> None:
    table = session.measurement(key, side=side)
    assert table.value is not None
    assert cycle_value(session, signal, side, 0) == pytest.approx(sign * table.value, abs=TOLERANCE_DEG)


@pytest.mark.parametrize("side", SIDES)
def test_the_thigh_of_the_waveform_at_toe_off_is_the_hip_extension(session: Session, side: str) -> None:
    toe_off = float(gait.gait_cycles(session.views[0]).toe_off.sel(side=side))
    table = session.measurement("hip_extension", side=side)
    assert table.value is not None
    # Toe-off is not at the same per cent of every stride.
    assert cycle_value(session, "thigh_angle", side, toe_off) == pytest.approx(-table.value, abs=2 * TOLERANCE_DEG)


@pytest.mark.parametrize("side", SIDES)
def test_the_exported_motion_holds_the_values_of_the_steps(session: Session, side: str) -> None:
    steps = steps_of(session, side)
    contact, toe_off = (steps[name].to_numpy(dtype=float) for name in ("contact_s", "toe_off_s"))
    for column, times, expected in (
        ("knee_angle", contact, steps.knee_flexion_contact.to_numpy(dtype=float)),
        ("hip_flexion", toe_off, -steps.hip_extension.to_numpy(dtype=float)),
    ):
        found = exported_at(session, f"{column}_{side[0]}", times)
        both = np.isfinite(found) & np.isfinite(expected)
        assert both.sum() > 5
        np.testing.assert_allclose(found[both], expected[both], atol=TOLERANCE_DEG)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("key", ["knee_flexion_contact", "tibia_angle", "hip_extension"])
def test_the_still_shows_the_angle_of_its_step(session: Session, key: str, side: str) -> None:
    table = session.measurement(key, side=side)
    steps = steps_of(session, side)
    moment = steps.toe_off_s if METRIC_BY_KEY[key].moment == "toe_off" else steps.contact_s
    assert table.evidence_s is not None
    of_step = float(steps[key].iloc[int(np.abs(moment - table.evidence_s).argmin())])
    assert drawn_angle(session, table) == pytest.approx(abs(of_step), abs=TOLERANCE_DEG)


def test_cycles_exported_motion_and_stills_agree_among_themselves(session: Session) -> None:
    """Also without the table: all three are read off the clean keypoints."""
    for side in SIDES:
        contact = steps_of(session, side).contact_s.to_numpy(dtype=float)
        exported = exported_at(session, f"knee_angle_{side[0]}", contact)
        assert np.nanmean(exported) == pytest.approx(cycle_value(session, "knee_flexion", side, 0), abs=TOLERANCE_DEG)
        table = session.measurement("knee_flexion_contact", side=side)
        assert table.evidence_s is not None
        at_step = exported_at(session, f"knee_angle_{side[0]}", np.array([table.evidence_s]))[0]
        assert drawn_angle(session, table) == pytest.approx(abs(at_step), abs=TOLERANCE_DEG)


def test_events_are_the_same_in_steps_table_and_export(session: Session) -> None:
    view = session.views[0]
    begin = float(view.clean.time.values[0])
    contacts = view.events[view.events.kind == "contact"].time_s.to_numpy(dtype=float)
    assert set(view.steps.contact_s) <= set(contacts)
    exported = export_motion(view).events
    np.testing.assert_allclose(exported[exported.kind == "contact"].time_s, contacts - begin)
