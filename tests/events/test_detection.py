"""Contacts and toe-offs: none missed, none invented, in the order of running, and when they happen."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from gait.analysis.view_analysis import analyze_pose
from gait.events import stride_model
from gait.events.detection import in_order, locate_events
from gait.records import Runner
from gait.signal.cleaning import clean_keypoints
from gait.synthetic import CameraSpec, presets
from gait.synthetic.recorded_motion import RecordedMotion
from gait.validation.keypoint_noise import measured_noise
from gait.validation.mocap import film_joints, load_recordings, true_camera
from gait.validation.truth_comparison import match_events
from tests.conftest import REPOSITORY
from tests.filmed_joints import edited, event_errors, exchange, filmed

FOLDER = REPOSITORY.parent / "shared" / "mocap"
CAMERAS = {
    "side right": CameraSpec(),
    "side left": CameraSpec(facing="left"),
    "rear": CameraSpec(view="rear"),
    "front": CameraSpec(view="front"),
}


def alternate(events: pd.DataFrame) -> bool:
    """Whether each foot alternates contact and off, and the feet land in turn."""
    in_turn = [list(events.kind[events.side == side]) for side in ("left", "right")]
    in_turn.append(list(events[events.kind == "contact"].sort_values("time_s").side))
    return all(a != b for row in in_turn for a, b in pairwise(row))


@pytest.mark.parametrize("fps", [30, 60, 120])
@pytest.mark.parametrize("name", CAMERAS)
def test_no_event_is_missed_or_invented(name: str, fps: float) -> None:
    run = filmed(camera=CAMERAS[name], fps=fps)
    analysis = analyze_pose(run.pose)
    for kind in ("contact", "toe_off"):
        _, missed, invented = event_errors(analysis, run, kind, margin=0.04)
        assert (missed, invented) == (0, 0), kind
    assert alternate(analysis.events)
    assert analysis.events.time_s.is_monotonic_increasing
    assert (analysis.events.uncertainty_s > 0).all()
    assert (analysis.events.uncertainty_s < 0.06).all()


@pytest.mark.parametrize(
    "runner",
    [
        presets.overstriding(),
        presets.neutral(cadence_spm=196.0, speed_mps=4.2, overstride=0.27),
        presets.neutral(cadence_spm=150.0, speed_mps=2.2, overstride=0.19),
        presets.neutral(contact_time_ms=(245.0, 285.0), step_time_asymmetry=0.05),
    ],
    ids=["overstriding", "fast", "slow", "limping"],
)
def test_all_kinds_of_running(runner) -> None:
    run = filmed(runner)
    analysis = analyze_pose(run.pose)
    _, missed, invented = event_errors(analysis, run, "contact", margin=0.04)
    assert (missed, invented) == (0, 0)
    assert alternate(analysis.events)


@pytest.mark.parametrize("name", CAMERAS)
def test_contacts_are_placed_within_a_frame(name: str) -> None:
    run = filmed(camera=CAMERAS[name])
    errors, _, _ = event_errors(analyze_pose(run.pose, runner=Runner(height_m=1.76)), run, "contact", margin=0.05)
    assert np.median(np.abs(errors)) < (0.012 if name.startswith("side") else 0.017)


@pytest.mark.parametrize(
    "runner",
    [
        presets.neutral(),
        presets.overstriding(),
    ],
    ids=["neutral", "overstriding"],
)
def test_toe_offs_are_placed_within_a_frame_and_a_half(runner) -> None:
    run = filmed(runner)
    errors, _, _ = event_errors(analyze_pose(run.pose, runner=Runner(height_m=1.76)), run, "toe_off", margin=0.05)
    assert np.median(np.abs(errors)) < 0.025


def test_steps_that_come_early_or_late_are_followed() -> None:
    run = filmed(presets.neutral(variability=3.0), noise_px=1.0)
    analysis = analyze_pose(run.pose)
    errors, missed, invented = event_errors(analysis, run, "contact", margin=0.05)
    assert (missed, invented) == (0, 0)
    assert np.std(errors) < 0.006  # the steps themselves vary by about 10 ms


def test_landing_earlier_on_one_side_is_seen() -> None:
    run = filmed(presets.neutral(step_time_asymmetry=0.08), noise_px=1.0)
    contacts = analyze_pose(run.pose).events
    contacts = contacts[contacts.kind == "contact"]
    to_right = [b.time_s - a.time_s for a, b in pairwise(contacts.itertuples()) if b.side == "right"]
    true = np.sort(np.concatenate([run.times(s, "contact") for s in ("left", "right")]))
    first = run.times("right", "contact")[0]
    true_to_right = np.diff(true)[(int(np.searchsorted(true, first)) + 1) % 2 :: 2]
    assert np.mean(to_right) == pytest.approx(np.mean(true_to_right), abs=0.008)


def test_exchanged_legs_do_not_move_the_events() -> None:
    run = filmed()
    frames = np.zeros(run.pose.sizes["time"], dtype=bool)
    for start in range(50, 690, 53):
        frames[start : start + 6] = True
    spoilt = analyze_pose(edited(run.pose, lambda p, n: exchange(p, n, frames)))
    for kind in ("contact", "toe_off"):
        errors, missed, invented = event_errors(spoilt, run, kind, margin=0.05)
        whole, _, _ = event_errors(analyze_pose(run.pose), run, kind, margin=0.05)
        assert (missed, invented) == (0, 0)
        assert np.median(errors) == pytest.approx(np.median(whole), abs=0.006)
        assert np.ptp(errors) < 0.04


def test_uneven_frame_times_do_not_move_the_events() -> None:
    chance = np.random.default_rng(7)
    times = np.cumsum(chance.choice([1 / 60, 1 / 60, 1 / 30, 1 / 40], 900))
    run = filmed(times=times[times < 11.9] - times[0])
    even = filmed()
    errors = [event_errors(analyze_pose(r.pose), r, "contact", margin=0.05) for r in (run, even)]
    assert errors[0][1:] == (0, 0)
    assert np.median(errors[0][0]) == pytest.approx(np.median(errors[1][0]), abs=0.005)


def test_order_drops_what_cannot_be() -> None:
    rows = [("left", "contact", 1.0), ("left", "contact", 1.1), ("left", "toe_off", 1.25), ("left", "toe_off", 1.3)]
    events = pd.DataFrame([(*r, 0.005) for r in rows], columns=["side", "kind", "time_s", "uncertainty_s"])
    assert list(in_order(events.sample(frac=1, random_state=0)).time_s) == [1.0, 1.25]


# --- against the force plate ---

START_S, SECONDS = 2.0, 13.0


@pytest.fixture(scope="module")
def recordings():
    if not (found := load_recordings(FOLDER)):
        pytest.skip("the force-plate recordings do not lie beside this checkout (../shared/mocap)")
    return found


def plate_errors(recordings, name: str, view: str = "side", fps: float = 60.0) -> dict[str, np.ndarray]:
    """Errors of contacts and toe-offs, s, of recorded joints filmed with the scatter of the pose engine.

    By the model that has not learned from this runner.
    """
    recording, runner = recordings[name], name.split("_")[0]
    motion = RecordedMotion(recording, start_s=START_S, duration_s=SECONDS)
    camera = CameraSpec(view=view, fps=fps, distance_m=4.0, height_m=1.0)
    noise = measured_noise(view, near_side="right" if view == "side" else None, locked=False)
    pose = film_joints(motion, camera, seconds=SECONDS, noise=noise, seed=3)
    seen = true_camera(camera, recording.height_m)
    with stride_model.using(stride_model.load_model(f"without_{runner}")):
        events, _ = locate_events(clean_keypoints(pose, seen), seen)
    assert alternate(events)
    errors = {}
    for kind in ("contact", "toe_off"):
        parts = []
        for side in ("left", "right"):
            true = (recording.contact if kind == "contact" else recording.off)[side] - START_S
            found = events.time_s[(events.side == side) & (events.kind == kind)].to_numpy(dtype=float)
            error, missed, invented = match_events(found, true, 0.3, SECONDS - 0.3)
            assert (missed, invented) == (0, 0)
            parts.append(error)
        errors[kind] = np.concatenate(parts)
    return errors


#: Runners that calibrate nothing.
HELD_OUT = ("005", "012", "020", "027")


@pytest.mark.parametrize("speed", ["25", "35", "45"])
def test_events_agree_with_the_force_plate(recordings, speed: str) -> None:
    found = [plate_errors(recordings, f"{runner}_{speed}") for runner in HELD_OUT]
    for kind in ("contact", "toe_off"):
        off = np.abs(np.concatenate([f[kind] for f in found]))
        assert np.median(off) <= 0.012
        assert np.percentile(off, 95) <= 0.025


@pytest.mark.parametrize("view", ["rear", "front"])
def test_from_behind_and_in_front_contacts_are_found_with_less_precision(recordings, view: str) -> None:
    found = [plate_errors(recordings, name, view) for name in ("005_35", "020_35", "027_25")]
    assert np.median(np.abs(np.concatenate([f["contact"] for f in found]))) <= 0.015


def test_contact_time_follows_the_speed(recordings) -> None:
    found = {}
    for name in ("020_25", "020_45"):
        errors, recording = plate_errors(recordings, name), recordings[name]
        truth = np.mean([np.mean(recording.off[s] - recording.contact[s]) for s in ("left", "right")])
        found[name] = truth + errors["toe_off"].mean() - errors["contact"].mean()
        assert found[name] == pytest.approx(truth, abs=0.020)
    assert found["020_45"] < found["020_25"] - 0.03
