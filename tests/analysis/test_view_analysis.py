"""From poses to measurements as a user sees them: right numbers, honest grades, refusals that say what to film."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import xarray as xr

from gait.analysis.view_analysis import ViewAnalysis
from gait.errors import InputError, RefusedError
from gait.metrics.register import METRICS
from gait.records import Runner
from gait.synthetic import CameraSpec, presets
from tests.filmed_joints import JOINTS, Run, analyze_once, edited, event_errors, exchange, filmed, measured

HEIGHT = Runner(height_m=1.76)
SIDE_LEFT = CameraSpec(facing="left")


@cache
def analysed(preset: str) -> ViewAnalysis:
    """Analyse a run from the right side, once for all tests that only look at it."""
    return analyze_once(filmed(getattr(presets, preset)()).pose, runner=HEIGHT)


# --- values ---


@pytest.mark.parametrize("fps", [30, 60, 120])
@pytest.mark.parametrize("camera", [CameraSpec(), SIDE_LEFT, CameraSpec(view="rear"), CameraSpec(view="front")])
def test_cadence_is_right_from_every_side(camera: CameraSpec, fps: float) -> None:
    run = filmed(camera=camera, fps=fps)
    cadence = measured(analyze_once(run.pose), "cadence")
    assert cadence.value == pytest.approx(run.metrics["cadence"]["value"], abs=0.5)
    low, high = cadence.interval
    assert low <= run.metrics["cadence"]["value"] <= high


@pytest.mark.parametrize("cadence", [140.0, 168.0, 205.0])
def test_slow_and_fast_rhythms(cadence: float) -> None:
    runner = presets.neutral(cadence_spm=cadence, speed_mps=2.2 if cadence < 150 else 3.2, overstride=0.2)
    assert measured(analyze_once(filmed(runner).pose), "cadence").value == pytest.approx(cadence, abs=0.5)


def test_cadence_of_a_clip_full_of_faults() -> None:
    run = filmed(camera=SIDE_LEFT, drift_px=40 * np.sin(np.arange(720) / 70))
    rng = np.random.default_rng(11)

    def spoil(position: np.ndarray, names: list[str]) -> None:
        frames = np.zeros(len(position), dtype=bool)
        for start in rng.integers(10, 700, 30):
            frames[start : start + rng.integers(2, 7)] = True
        exchange(position, names, frames)
        for joint in ("ankle", "heel", "knee"):
            hit = rng.random(len(position)) < 0.05
            position[hit, names.index(f"right_{joint}")] += rng.normal(0, 80, 2)
        position[333:341] = np.nan

    analysis = analyze_once(edited(run.pose, spoil), runner=HEIGHT)
    assert measured(analysis, "cadence").value == pytest.approx(168.0, abs=0.5)
    _, missed, invented = event_errors(analysis, run, "contact", margin=0.05)
    assert (missed, invented) == (0, 0)
    assert analysis.info.swapped_frames_repaired > 30


@pytest.mark.parametrize("key", ["overstride", "tibia_angle", "trunk_lean"])
def test_intervals_of_the_near_leg_hold_the_truth(key: str) -> None:
    for name in ("neutral", "overstriding"):
        run = filmed(getattr(presets, name)())
        m = measured(analysed(name), key, "both" if key == "trunk_lean" else "right")
        truth = run.metrics[key]["right"]["value"]
        assert m.interval[0] <= truth <= m.interval[1], f"{name}: {m.interval} does not hold {truth:.3f}"


def test_facing_the_other_way_gives_the_same_numbers() -> None:
    run = filmed(presets.overstriding())

    def mirror(position: np.ndarray, names: list[str]) -> None:
        position[..., 0] = run.pose.image_width - position[..., 0]

    one, other = analyze_once(run.pose, runner=HEIGHT), analyze_once(edited(run.pose, mirror), runner=HEIGHT)
    assert (one.info.facing, other.info.facing) == ("right", "left")
    for m in one.measurements:
        n = measured(other, m.key, m.side)
        if m.value is not None and n.value is not None:
            # Which leg is near has changed, and each is read by its own map: nearly the same.
            near = abs(m.value) * 0.05 + {"deg": 1.0, "ms": 12.0, "%": 1.5}.get(m.unit, 0.02)
            if m.key == "foot_strike_angle":
                near = 4.0  # read off the whole stride, by another map for the near than for the far leg
            assert n.value == pytest.approx(m.value, abs=near), (m.key, m.side)


def test_signs_of_lean_and_landing() -> None:
    over, upright = analysed("overstriding"), analysed("neutral")
    for key in ("overstride", "tibia_angle"):
        assert measured(over, key, "right").value > measured(upright, key, "right").value > 0
    back = analyze_once(filmed(presets.neutral(trunk_lean_deg=-5.0)).pose)
    assert measured(back, "trunk_lean").value == pytest.approx(-5, abs=1.5)


def test_each_arm_crosses_by_itself() -> None:
    run = filmed(presets.arms_crossing(arm_crossover=(0.25, -0.15)), camera=CameraSpec(view="front"))
    analysis = analyze_once(run.pose, runner=Runner(height_m=1.82))
    assert measured(analysis, "arm_crossover", "left").value == pytest.approx(0.25, abs=0.06)
    assert measured(analysis, "arm_crossover", "right").value == pytest.approx(-0.15, abs=0.06)


def test_the_evidence_frame_lies_in_the_clip() -> None:
    for m in analysed("neutral").measurements:
        if m.value is not None:
            assert 0 <= m.evidence_s <= 12


def test_every_metric_is_measured_or_refused_with_a_reason() -> None:
    analysis = analyze_once(filmed().pose, runner=HEIGHT, video=3)
    expected = {(m.key, s) for m in METRICS for s in (("left", "right") if m.sided else ("both",))}
    assert {(m.key, m.side) for m in analysis.measurements} == expected
    for m in analysis.measurements:
        assert m.video == 3
        assert (m.value is None) == (m.interval is None) == (m.grade == "refused") == (m.reason is not None)
        if m.value is not None:
            assert m.interval[0] < m.value < m.interval[1]
            assert m.steps > 0


# --- playback and reality ---


def test_slow_motion_is_measured_in_real_time_and_shown_in_the_files_time() -> None:
    real = analyze_once(filmed(fps=240, seconds=8.0).pose, runner=HEIGHT)
    run = filmed(fps=240, seconds=8.0, slow=8.0)
    slow = analyze_once(run.pose, runner=HEIGHT)
    assert (slow.info.playback_fps, slow.info.capture_fps) == (30, 240)
    assert measured(slow, "cadence").value == pytest.approx(168.0, abs=0.5)
    for key in ("contact_time", "flight_time"):
        for side in ("left", "right"):
            assert measured(slow, key, side).value == pytest.approx(measured(real, key, side).value, abs=8), key
    assert slow.events.time_s.max() > 60
    _, missed, invented = event_errors(slow, run, "contact", margin=0.3)
    assert (missed, invented) == (0, 0)


def test_undeclared_slow_motion_is_refused_not_rescaled() -> None:
    analysis = analyze_once(filmed(fps=240, seconds=8.0, slow=8.0, capture_rate_known=False).pose, runner=HEIGHT)
    assert any("rate at which it was filmed" in text for text in analysis.info.warnings)
    for m in analysis.measurements:
        assert m.value is None
    assert measured(analysis, "contact_time", "right").reason_code == "slow_cadence"


def test_walking_rhythm_is_refused() -> None:
    run = filmed(slow=1.5, capture_rate_known=False)  # 112 steps/min
    reason = measured(analyze_once(run.pose), "overstride", "right").reason
    assert "112 steps/min" in reason
    assert "slow motion" in reason


# --- what the user did not give ---


def test_without_height_ratios_are_there_and_centimetres_refused() -> None:
    with_height, without = analyze_once(filmed().pose, runner=HEIGHT), analyze_once(filmed().pose)
    for key in ("overstride", "tibia_angle"):
        assert measured(without, key, "right").value == pytest.approx(measured(with_height, key, "right").value, abs=1)
    assert measured(without, "vertical_oscillation").reason_code == "height_missing"


def test_a_wrong_height_does_not_change_ratios_and_angles() -> None:
    tall, small = (analyze_once(filmed().pose, runner=Runner(height_m=h)) for h in (2.0, 1.5))
    assert measured(tall, "overstride", "right").value == pytest.approx(
        measured(small, "overstride", "right").value, abs=0.01
    )


def test_a_belt_speed_that_contradicts_the_video_is_warned_of() -> None:
    pose = filmed().pose
    assert not any("belt" in w for w in analyze_once(pose, runner=replace(HEIGHT, speed_mps=2.8)).info.warnings)
    assert any("belt" in w for w in analyze_once(pose, runner=replace(HEIGHT, speed_mps=4.0)).info.warnings)


def test_without_a_scale_the_belt_is_read_in_body_heights() -> None:
    pose = filmed().pose
    scaled, plain = analyze_once(pose, runner=HEIGHT), analyze_once(pose)
    assert (plain.belt_speed_mps, scaled.belt_heights_per_s) == (None, None)
    assert scaled.belt_speed_mps is not None
    assert plain.belt_heights_per_s is not None
    for in_heights, in_metres in zip(plain.belt_heights_per_s, scaled.belt_speed_mps, strict=True):
        assert in_heights * 1.76 == pytest.approx(in_metres, rel=0.01)
    assert analyze_once(pose.assign_attrs(over_ground=1)).belt_heights_per_s is None


# --- too little ---


def test_grades_follow_the_number_of_steps() -> None:
    grades = {s: measured(analyze_once(filmed(seconds=s).pose), "overstride", "right") for s in (5.0, 12.0, 24.0)}
    assert {s: m.grade for s, m in grades.items()} == {5.0: "poor", 12.0: "fair", 24.0: "good"}
    assert [m.steps for m in grades.values()] == sorted(m.steps for m in grades.values())


def test_fewer_than_four_strides_are_refused() -> None:
    with pytest.raises(RefusedError, match="film at least 10 s"):
        analyze_once(filmed(seconds=2.5).pose)


def test_one_second_is_refused() -> None:
    with pytest.raises(RefusedError, match="film at least 10 s"):
        analyze_once(filmed(seconds=1.0).pose)


def test_nobody_is_refused() -> None:
    empty = edited(filmed(seconds=2).pose, lambda position, names: position.fill(np.nan))
    with pytest.raises(RefusedError, match="film one runner"):
        analyze_once(empty)


def test_somebody_who_stands_is_refused() -> None:
    run = filmed(seconds=6)

    def stand(position: np.ndarray, names: list[str]) -> None:
        position[:] = position[:1] + np.random.default_rng(0).normal(0, 2, position.shape)

    with pytest.raises(RefusedError, match="film one runner"):
        analyze_once(edited(run.pose, stand), view="side")


def lowered(run: Run, pixels: float) -> Run:
    def move(position: np.ndarray, names: list[str]) -> None:
        position[..., 1] += pixels

    return Run(edited(run.pose, move), run.motion, run.seconds)


def test_feet_outside_the_picture_are_refused_with_what_to_do() -> None:
    with pytest.raises(RefusedError, match=r"feet are outside the picture.*move the camera back"):
        analyze_once(lowered(filmed(), 300).pose)


def test_feet_that_leave_the_picture_now_and_then_cost_the_leg_metrics() -> None:
    run = filmed()
    feet = run.pose.position.sel(keypoint=[n for n in JOINTS if "heel" in n or "foot" in n], space="y")
    deep = np.quantile(feet.max("keypoint").values, 0.70)
    analysis = analyze_once(lowered(run, float(run.pose.image_height - deep)).pose)
    assert any("outside the picture" in w for w in analysis.info.warnings)
    assert "move the camera back" in measured(analysis, "overstride", "right").reason
    assert measured(analysis, "cadence").value == pytest.approx(168, abs=0.5)


def test_the_wrong_side_is_refused_with_the_side_to_film() -> None:
    side, rear = analyze_once(filmed().pose), analyze_once(filmed(camera=CameraSpec(view="rear")).pose)
    assert "film the side view" in measured(rear, "overstride", "left").reason
    assert "film the front view" in measured(side, "arm_crossover", "left").reason
    assert "film the front view" in measured(rear, "arm_crossover", "left").reason


def test_an_oblique_camera_is_refused_for_angles_but_not_for_cadence() -> None:
    run = filmed(camera=CameraSpec(yaw_deg=45))
    analysis = analyze_once(run.pose, view="side")
    assert "square to the treadmill" in measured(analysis, "tibia_angle", "right").reason
    assert measured(analysis, "cadence").value == pytest.approx(168, abs=0.5)


@pytest.mark.parametrize(
    "key",
    [
        "overstride",
        "tibia_angle",
    ],
)
def test_the_far_leg_is_graded_lower_than_the_near_one(key: str) -> None:
    analysis = analyze_once(filmed(seconds=24).pose)
    assert measured(analysis, key, "right").grade == "good"
    assert measured(analysis, key, "left").grade == "fair"
    width = {s: np.ptp(measured(analysis, "tibia_angle", s).interval) for s in ("left", "right")}
    assert width["left"] > width["right"]


def test_thirty_frames_a_second_are_warned_of() -> None:
    analysis = analyze_once(filmed(fps=30).pose)
    assert any("film at 60" in w for w in analysis.info.warnings)
    assert measured(analysis, "contact_time", "right").grade in ("fair", "poor")


def test_a_runner_found_in_two_thirds_of_the_frames_is_poor() -> None:
    run = filmed(seconds=24)

    def hide(position: np.ndarray, names: list[str]) -> None:
        for start in range(0, len(position), 180):
            position[start : start + 60] = np.nan

    analysis = analyze_once(edited(run.pose, hide))
    assert analysis.info.detected_fraction == pytest.approx(2 / 3, abs=0.01)
    assert any("runner was found in" in w for w in analysis.info.warnings)
    for m in analysis.measurements:
        assert m.grade in ("poor", "refused")


def with_tilt(run: Run, tilt: np.ndarray, mark: str) -> xr.Dataset:
    pose = run.pose.assign(pelvis_tilt=(("time", "individual"), tilt[:, None]))
    return pose.assign_attrs(run.pose.attrs, pelvis_mark=mark, pelvis_version=1)


def hip_line(run: Run) -> np.ndarray:
    """Tilt of the exact hips in a picture from behind, degrees about its mean."""
    left, right = (run.pose.position.sel(keypoint=f"{s}_hip").isel(individual=0).values for s in ("left", "right"))
    tilt = np.degrees(np.arctan2(left[:, 1] - right[:, 1], right[:, 0] - left[:, 0]))
    return np.asarray(tilt - tilt.mean())


def test_pelvic_drop_is_never_read_off_the_hip_points() -> None:
    run = filmed(presets.hip_dropping(), camera=CameraSpec(view="rear"))
    for key in ("pelvic_drop", "pelvic_drop_midstance"):
        drop = measured(analyze_once(run.pose), key, "both")
        assert drop.value is None
        assert "not read off the pictures" in drop.reason


def test_pelvic_drop_is_read_off_the_picture() -> None:
    run = filmed(presets.hip_dropping(), camera=CameraSpec(view="rear"), noise_px=0.3)
    drop = measured(analyze_once(with_tilt(run, hip_line(run), "tape")), "pelvic_drop", "both")
    assert drop.value == pytest.approx(run.metrics["pelvic_drop"]["value"], abs=1.2)
    assert drop.interval[0] < run.metrics["pelvic_drop"]["value"] < drop.interval[1]
    cloth = measured(analyze_once(with_tilt(run, 0.7 * hip_line(run), "none")), "pelvic_drop", "both")
    assert cloth.grade == "poor"
    assert np.ptp(cloth.interval) > np.ptp(drop.interval)


@pytest.mark.parametrize(("mark", "noise", "words"), [("hidden", 0.0, "hides the hips"), ("none", 6.0, "tape")])
def test_a_pelvis_that_cannot_be_followed_is_refused_with_a_remedy(mark: str, noise: float, words: str) -> None:
    run = filmed(camera=CameraSpec(view="front"))
    read = (
        np.random.default_rng(7).normal(0, noise, run.pose.sizes["time"])
        if noise
        else np.full(run.pose.sizes["time"], np.nan)
    )
    drop = measured(analyze_once(with_tilt(run, read, mark)), "pelvic_drop", "both")
    assert (drop.value, drop.grade) == (None, "refused")
    assert words in drop.reason


def test_an_unknown_view_is_an_input_error() -> None:
    with pytest.raises(InputError, match="above"):
        analyze_once(filmed().pose, view="above")  # type: ignore[arg-type]


def test_the_clean_poses_keep_all_names_and_times() -> None:
    run = filmed()
    analysis = analyze_once(run.pose)
    assert [str(n) for n in analysis.clean.keypoint.values] == list(JOINTS)
    np.testing.assert_array_equal(analysis.clean.time.values, run.pose.time.values)


def test_passing_over_frames_changes_no_number_and_no_rate_of_the_file() -> None:
    every = filmed(fps=120.0).pose
    half = every.isel(time=slice(None, None, 2)).assign_attrs(
        fps=60.0, video_fps=120.0, capture_fps=120.0, video_frames=every.sizes["time"]
    )
    sparse = filmed(fps=60.0).pose.assign_coords(time=half.time).copy(data={n: half[n].values for n in half.data_vars})
    skipping, plain = analyze_once(half), analyze_once(sparse)
    assert skipping.measurements == plain.measurements
    assert (skipping.info.playback_fps, skipping.info.capture_fps) == (120.0, 120.0)
    assert skipping.info.frames == every.sizes["time"]


def test_slow_motion_of_which_frames_are_passed_over_is_measured_in_real_time() -> None:
    """A file that plays at 60 frames/s what was filmed at 240, with poses in every second frame."""
    slow = filmed(fps=120.0, slow=4.0).pose
    slow.attrs.update(fps=30.0, video_fps=60.0, capture_fps=240.0)
    real = filmed(fps=120.0).pose
    slowed, expected = analyze_once(slow), analyze_once(real)
    for key in ("cadence", "contact_time"):
        a, b = (next(m for m in view.measurements if m.key == key) for view in (slowed, expected))
        assert a.value == pytest.approx(b.value, rel=5e-3)


def hardly_rising(position: np.ndarray, names: list[str]) -> None:
    """Legs that stay where they are on average, as pose estimation draws dark legs before a dark belt."""
    for side in ("left", "right"):
        for joint in ("knee", "ankle", "heel", "foot_index"):
            height = position[:, names.index(f"{side}_{joint}"), 1]
            height[:] = height.mean() + 0.1 * (height - height.mean())


def test_legs_that_are_not_followed_are_the_reason_and_cadence_is_given() -> None:
    run = filmed(camera=CameraSpec(view="rear"), noise_px=0.5)
    analysis = analyze_once(edited(run.pose, hardly_rising), runner=HEIGHT)
    for side in ("left", "right"):
        assert "legs could not be followed" in measured(analysis, "contact_time", side).reason
        assert "stand out from the belt" in measured(analysis, "contact_time", side).reason
    crowded = edited(run.pose, hardly_rising)
    crowded.attrs["bystander_frames"] = crowded.sizes["time"] // 2
    reason = measured(analyze_once(crowded, runner=HEIGHT), "contact_time", "left").reason
    assert "somebody else is beside the runner" in reason
    assert measured(analysis, "cadence").value == pytest.approx(run.metrics["cadence"]["value"], abs=0.5)


def test_a_knee_that_bends_backwards_is_refused() -> None:
    run = filmed()

    def astray(position: np.ndarray, names: list[str]) -> None:
        position[:, names.index("right_knee"), 0] -= 45.0

    analysis = analyze_once(edited(run.pose, astray), runner=HEIGHT)
    for key in ("tibia_angle", "knee_flexion_contact"):
        assert "bend backwards" in measured(analysis, key, "right").reason
        assert "bend backwards" not in (measured(analysis, key, "left").reason or "")
    assert measured(analysis, "contact_time", "right").value is not None
    assert any("bend backwards" in w for w in analysis.info.warnings)


@pytest.mark.parametrize(
    ("faults", "named"),
    [
        ("sharpness,light", "too dark"),
        ("foot blur", "moving feet are smeared"),
        ("leg contrast", "hardly stand out"),
        ("camera", "the camera moves"),
    ],
)
def test_what_hides_the_legs_is_named(faults: str, named: str) -> None:
    pose = edited(filmed(camera=CameraSpec(view="rear"), noise_px=0.5).pose, hardly_rising)
    pose.attrs["filming_faults"] = faults
    assert named in measured(analyze_once(pose, runner=HEIGHT), "contact_time", "left").reason


def test_a_rail_in_front_of_the_feet_is_named() -> None:
    pose = edited(filmed(camera=CameraSpec(view="rear"), noise_px=0.5).pose, hardly_rising)
    feet = [n for n in pose.keypoint.values if "heel" in n or "foot_index" in n]
    pose.confidence.loc[{"keypoint": feet}] = 0.2
    assert "hides the feet" in measured(analyze_once(pose, runner=HEIGHT), "contact_time", "left").reason


def test_over_ground_no_speed_is_read_and_every_grade_is_poor() -> None:
    pose = filmed().pose.assign_attrs(over_ground=1)
    analysis = analyze_once(pose, runner=HEIGHT)
    assert analysis.belt_speed_mps is None
    assert {m.grade for m in analysis.measurements} == {"poor", "refused"}
    assert measured(analysis, "step_length").reason_code == "speed_missing"


def test_a_scale_in_wrong_units_gives_no_speed_of_a_belt() -> None:
    pose = filmed().pose
    analysis = analyze_once(pose.assign_attrs(metres_per_px=4.0), runner=HEIGHT)
    assert analysis.belt_speed_mps is None
    assert any("no speed is read" in warning for warning in analysis.info.warnings)
    assert measured(analysis, "vertical_oscillation").value is None
