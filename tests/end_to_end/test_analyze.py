"""From a video file to the report, through the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gait.owned_files import FILES_LIST
from gait.pose.dataset import load_pose
from gait.video import probe
from tests.conftest import write_clip
from tests.end_to_end.conftest import MIXED, Outcome, cropped, gait

pytestmark = pytest.mark.slow
SIDES = ("left", "right")
Sample = Callable[[str], tuple[Outcome, dict[str, Any]]]


# --- a real runner ---


def test_a_real_run_is_recognised(real: Outcome) -> None:
    assert real.code == 0, real.err
    (video,) = real.report["videos"]
    assert (video["view"], video["facing"]) == ("side", "left")
    assert video["frames"] == 360
    assert video["detected_fraction"] > 0.95
    assert real.measurement("cadence")["value"] == pytest.approx(168.4, abs=1.0)


def test_a_real_run_has_every_contact_in_turn(real: Outcome) -> None:
    contacts = sorted((t, side) for side in SIDES for t in real.times(side, "contact"))
    assert 32 <= len(contacts) <= 35
    assert all(a != b for (_, a), (_, b) in pairwise(contacts))
    steps = np.diff([t for t, _ in contacts])
    assert steps.min() > 0.28
    assert steps.max() < 0.44
    assert contacts[0][0] < 0.75
    assert contacts[-1][0] > 11.2
    for side in SIDES:
        events = sorted((t, kind) for kind in ("contact", "off") for t in real.times(side, kind))
        assert all(a != b for (_, a), (_, b) in pairwise(events))


def test_a_real_run_has_ordinary_timing(real: Outcome) -> None:
    for side in SIDES:
        assert 180 <= real.measurement("contact_time", side)["value"] <= 320
        assert 25 <= real.measurement("duty_factor", side)["value"] <= 48


@pytest.mark.parametrize("side", SIDES)
def test_a_real_run_has_ordinary_overstride(real: Outcome, side: str) -> None:
    assert 0.10 <= real.measurement("overstride", side)["value"] <= 0.35


def test_the_folder_holds_all_results(real: Outcome) -> None:
    assert {p.name for p in real.folder.iterdir()} == {
        *("report.html", "report.json", "steps.csv", "pose_1.nc", "side.mp4", FILES_LIST)
    }
    assert real.report["schema"] == "gait.report/1"
    with (real.folder / "steps.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert 30 <= len(rows) <= 35
    assert load_pose(real.folder / "pose_1.nc").sizes["time"] == 360
    drawn, source = probe(real.folder / "side.mp4"), real.report["videos"][0]
    assert drawn.frames == source["frames"]
    assert drawn.duration_s == pytest.approx(12.0, abs=0.1)
    page = (real.folder / "report.html").read_text(encoding="utf-8")
    assert "://" not in page.replace("http://www.w3.org", "").replace("https://doi.org", "")


def test_the_summary_fits_one_screen(real: Outcome) -> None:
    assert len(real.out.splitlines()) <= 40
    assert "cadence" in real.out
    assert "Film the front view for: arm crossover" in real.out
    assert "Traceback" not in real.err


def test_a_second_run_reuses_the_poses_and_gives_the_same_report(real: Outcome, real_clip: Path) -> None:
    before = (real.folder / "report.json").read_bytes()
    saved = (real.folder / "pose_1.nc").stat().st_mtime_ns
    again = gait(real_clip, "--height", "178", "--no-video", "--quiet", folder=real.folder, model=MIXED)
    assert (again.code, again.out, again.err) == (0, "", "")
    assert (real.folder / "report.json").read_bytes() == before
    assert again.seconds < 0.7 * real.seconds
    assert (real.folder / "pose_1.nc").stat().st_mtime_ns >= saved


def test_a_part_of_a_video_keeps_the_times_of_the_video(real: Outcome, real_clip: Path, tmp_path: Path) -> None:
    part = gait(real_clip, "--start", "3", "--end", "8", "--no-video", "--quiet", folder=tmp_path / "part")
    assert part.code == 0, part.err
    times = [e["time_s"] for e in part.report["events"]]
    assert 3.0 <= min(times) < 3.5
    assert 7.5 < max(times) < 8.0
    whole = np.array(sorted(t for side in SIDES for t in real.times(side, "contact")))
    for side in SIDES:
        for t in part.times(side, "contact"):
            assert np.abs(whole - t).min() < 0.06
    assert part.measurement("cadence")["value"] == pytest.approx(168.4, abs=2.0)
    assert part.measurement("overstride", "left")["grade"] == "poor"


def test_legs_outside_the_image_are_refused_with_what_to_film(real_clip: Path, tmp_path: Path) -> None:
    clip = cropped(real_clip, tmp_path / "upper_body.mp4", share=0.55, seconds=3)
    outcome = gait(clip, folder=tmp_path / "report")
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1].startswith("gait: ")
    assert "feet" in outcome.err
    assert "camera back" in outcome.err
    assert not (tmp_path / "report").exists()


def test_one_second_is_refused_with_what_to_film(real_clip: Path, tmp_path: Path) -> None:
    outcome = gait(real_clip, "--end", "1", folder=tmp_path / "report")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "film at least 10 s" in outcome.err
    assert not (tmp_path / "report").exists()


# --- videos that show no run ---


def test_nobody_in_the_video_is_refused_with_what_to_film(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "empty_room.mp4", frames=45, size=(320, 240))
    outcome = gait(clip, folder=tmp_path / "report")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert "empty_room.mp4" in outcome.err
    assert "no runner found in 45 frames: film one runner" in outcome.err
    assert [p.name for p in tmp_path.iterdir()] == ["empty_room.mp4"]


def test_a_truncated_video_is_refused_in_one_line(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mp4", frames=60)
    (tmp_path / "half.mp4").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    outcome = gait(tmp_path / "half.mp4", folder=tmp_path / "report")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "half.mp4" in outcome.err
    assert not (tmp_path / "report").exists()


def test_a_video_without_frames_is_refused_in_one_line(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "nothing.mp4", frames=0)
    outcome = gait(clip, folder=tmp_path / "report")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "nothing.mp4" in outcome.err
    assert not (tmp_path / "report").exists()


# --- rendered runners, whose truth is known ---


def contact_errors(outcome: Outcome, truth: dict[str, Any]) -> tuple[np.ndarray, int, int]:
    """Return detected minus true contact times, and how many were missed and invented."""
    errors, missed, invented = [], 0, 0
    for side in SIDES:
        found = np.array(outcome.times(side, "contact"))
        true = np.array([e["time_s"] for e in truth["events"] if (e["side"], e["kind"]) == (side, "contact")])
        for t in true[(true > 0.05) & (true < truth["duration_s"] - 0.05)]:
            near = found[np.abs(found - t) < 0.1]
            missed += len(near) == 0
            errors += list(near - t)
        invented += int(sum(np.abs(true - t).min() > 0.1 for t in found))
    return np.array(errors), missed, invented


@pytest.mark.parametrize("view", ["side", "rear", "front"])
def test_sample_cadence_and_view(sample: Sample, view: str) -> None:
    outcome, truth = sample(view)
    assert outcome.code == 0, outcome.err
    assert outcome.report["videos"][0]["view"] == view
    assert outcome.measurement("cadence")["value"] == pytest.approx(truth["metrics"]["cadence"]["value"], abs=0.5)


@pytest.mark.parametrize("view", ["side", "rear", "front"])
def test_sample_contacts(sample: Sample, view: str) -> None:
    errors, missed, invented = contact_errors(*sample(view))
    assert (missed, invented) == (0, 0)
    assert np.median(np.abs(errors)) <= 0.012


FAR_LEG = pytest.mark.xfail(
    strict=True, reason="3.2 cm too small: the hip keypoint of the far leg; the interval holds it"
)


@pytest.mark.parametrize("side", ["left", pytest.param("right", marks=FAR_LEG)])
def test_sample_overstride(sample: Sample, side: str) -> None:
    """Within 2 cm, the target of the project."""
    outcome, truth = sample("side")
    leg_cm = 53 * truth["runner"]["height_m"]
    overstride = outcome.measurement("overstride", side)["value"]
    assert leg_cm * overstride == pytest.approx(leg_cm * truth["metrics"]["overstride"][side]["value"], abs=2.0)


@pytest.mark.parametrize("side", SIDES)
def test_sample_tibia(sample: Sample, side: str) -> None:
    """Within 3°, the target of the project."""
    outcome, truth = sample("side")
    tibia = outcome.measurement("tibia_angle", side)["value"]
    assert tibia == pytest.approx(truth["metrics"]["tibia_angle"][side]["value"], abs=3.0)


@pytest.mark.parametrize("key", ["overstride", "tibia_angle", "knee_flexion_contact", "foot_strike_angle"])
def test_sample_intervals_hold_the_truth_on_the_near_leg(sample: Sample, key: str) -> None:
    outcome, truth = sample("side")
    low, high = outcome.measurement(key, "left")["interval"]
    assert low <= truth["metrics"][key]["left"]["value"] <= high


def test_the_shoes_of_the_sample_are_followed(sample: Sample) -> None:
    outcome, truth = sample("side")
    pose = load_pose(outcome.folder / "pose_1.nc")
    assert pose.attrs["feet_followed"] == "left,right"
    # The 95th percentile of the error in docs/validation.md is 8.2° (near leg) and 5.1° (far leg) at 60 frames/s.
    for side, tolerance_deg in (("left", 6.0), ("right", 5.1)):
        found = outcome.measurement("foot_strike_angle", side)
        assert found["value"] == pytest.approx(truth["metrics"]["foot_strike_angle"][side]["value"], abs=tolerance_deg)
        assert found["interval"][1] - found["interval"][0] < 20


def test_the_overstriding_sample_gets_a_finding(sample: Sample) -> None:
    outcome, _ = sample("side")
    (finding,) = (f for f in outcome.report["findings"] if f["metric"] == "overstride")
    assert finding["key"] == "lands_far_ahead"
    correction_ids = {c["id"] for c in outcome.report["corrections"]}
    assert finding["corrections"]
    assert set(finding["corrections"]) <= correction_ids


def test_the_crossing_arms_get_a_finding(sample: Sample) -> None:
    outcome, truth = sample("front")
    for side in SIDES:
        found = outcome.measurement("arm_crossover", side)
        # 0.09 is the 95th percentile of the error in docs/validation.md.
        assert found["value"] == pytest.approx(truth["metrics"]["arm_crossover"][side]["value"], abs=0.09)
    assert "arm_crossover" in {f["metric"] for f in outcome.report["findings"]}


def test_pelvic_drop_is_measured_on_the_clothes(sample: Sample) -> None:
    outcome, truth = sample("rear")
    # Tolerances: 95th percentiles of the error in docs/validation.md, or less.
    drop, true = outcome.measurement("pelvic_drop"), truth["metrics"]["pelvic_drop"]["value"]
    assert drop["value"] == pytest.approx(true, abs=2.5)
    assert drop["interval"][0] < true < drop["interval"][1]
    assert drop["grade"] == "poor"
    width = outcome.measurement("step_width")
    assert width["value"] == pytest.approx(truth["metrics"]["step_width"]["value"], abs=2.0)
    lean = outcome.measurement("lateral_trunk_lean")
    assert lean["value"] == pytest.approx(truth["metrics"]["lateral_trunk_lean"]["value"], abs=0.5)


def test_hands_behind_the_trunk_are_not_guessed(sample: Sample) -> None:
    outcome, _ = sample("rear")
    for side in SIDES:
        arm = outcome.measurement("arm_crossover", side)
        assert (arm["value"], arm["grade"]) == (None, "refused")
        assert "hidden behind the trunk" in arm["reason"]


def test_ordinary_form_gets_no_finding(neutral: tuple[Outcome, Any]) -> None:
    outcome, truth = neutral
    assert outcome.code == 0, outcome.err
    assert outcome.measurement("cadence")["value"] == pytest.approx(truth.value("cadence"), abs=0.5)
    assert outcome.report["findings"] == []
    assert "Nothing stands out" in outcome.out


def test_every_interval_of_a_report_is_an_interval(sample: Sample) -> None:
    for view in ("side", "rear", "front"):
        outcome, _ = sample(view)
        text = json.dumps(outcome.report)
        assert "NaN" not in text
        assert "Infinity" not in text
        for m in outcome.report["measurements"]:
            if m["value"] is not None:
                assert m["interval"][0] < m["value"] < m["interval"][1]
