"""The file and the truth both show what the camera does: its clock, its lens, its noise, its turned frames."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from scipy.ndimage import label

from gait.errors import InputError
from gait.synthetic import CameraSpec, Renderer, SceneSpec, camera_of, presets, render_clip, truth_of
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.camera_effects import CameraEffects, SensorNoise, camera_to_draw, capture_times
from gait.synthetic.motion_solver import solve
from gait.synthetic.render_window import RenderWindow
from gait.synthetic.truth import events_of
from gait.synthetic.vtk_import import vtk_modules
from gait.video import probe, read_frames

SMALL = CameraSpec(width=128, height=96, fps=30.0)


def rendered(path: Path, camera: CameraSpec, *, joints: bool = False):
    return render_clip(
        presets.neutral(),
        camera,
        SceneSpec(clutter=0.0),
        duration_s=1.0,
        seed=3,
        path=path,
        joints=joints,
        fineness=0.3,
        samples=0,
    )


# --- when frames are taken ---


def test_a_steady_camera_takes_frames_evenly() -> None:
    np.testing.assert_array_equal(capture_times(SMALL, 2.0, seed=1), np.arange(60) / 30)


@pytest.mark.parametrize("jitter", [0.05, 0.2, 0.4])
def test_jitter_spreads_the_intervals_and_keeps_the_rate(jitter: float) -> None:
    times = capture_times(replace(SMALL, fps=60.0, timing_jitter=jitter), 60.0, seed=1)
    intervals = np.diff(times)
    assert (intervals > 0).all()
    assert intervals.std() * 60 == pytest.approx(jitter, rel=0.05)
    assert (times[0], times[-1]) == (0.0, pytest.approx(60.0 - 1 / 60))
    assert np.abs(times - np.arange(3600) / 60).max() < 0.5 / 60  # errors do not add up


def test_dropped_frames_are_missing_inside_only() -> None:
    camera = replace(SMALL, dropped=0.25)
    times = capture_times(camera, 10.0, seed=1)
    kept = np.round(times * 30).astype(int)
    np.testing.assert_allclose(times, kept / 30)
    assert len(kept) == 300 - round(0.25 * 298)
    assert (kept[0], kept[-1]) == (0, 299)
    assert len(set(kept)) == len(kept)


def test_random_variation_comes_from_the_seed_alone() -> None:
    camera = replace(SMALL, dropped=0.2, timing_jitter=0.2)
    first, again, other = (capture_times(camera, 5.0, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


# --- the two clocks in the truth ---


def test_slow_motion_moves_events_and_frames_but_no_metric() -> None:
    motion = solve(presets.neutral(), 2.0, seed=3)
    slow = replace(SMALL, fps=240.0, playback_fps=30.0)
    plain, slowed = (
        truth_of(
            motion,
            camera,
            SceneSpec(),
            duration_s=2.0,
            seed=3,
            times=capture_times(camera, 2.0, seed=3),
            joints=True,
        )
        for camera in (replace(SMALL, fps=240.0), slow)
    )
    assert slowed.playback_per_real == 8
    np.testing.assert_allclose(slowed.times, np.arange(480) / 30)
    np.testing.assert_allclose(slowed.capture_times, np.arange(480) / 240)
    np.testing.assert_allclose([e.time_s for e in slowed.events], [8 * e.time_s for e in events_of(motion, 2.0)])
    assert slowed.metrics == plain.metrics
    np.testing.assert_array_equal(slowed.joints, plain.joints)


@pytest.mark.usefixtures("needs_vtk")
def test_slow_motion_leaves_no_trace_in_the_file(tmp_path: Path) -> None:
    truth = rendered(tmp_path / "slow.mp4", replace(SMALL, fps=120.0, playback_fps=30.0))
    meta = probe(tmp_path / "slow.mp4")
    assert (meta.fps, meta.frames, meta.capture_fps) == (pytest.approx(30), 120, None)
    assert meta.duration_s == pytest.approx(4.0)
    np.testing.assert_allclose([f.time_s for f in read_frames(tmp_path / "slow.mp4")], truth.times, atol=2e-6)
    record = json.loads((tmp_path / "slow.truth.json").read_text(encoding="utf-8"))
    assert (record["duration_s"], record["time_factor"], record["frames"]) == (1.0, 4.0, 120)
    np.testing.assert_allclose(record["times_s"], 4 * np.array(record["capture_times_s"]), atol=1e-5)
    contact = next(e for e in record["events"] if e["kind"] == "contact")["time_s"] / 4
    motion = solve(presets.neutral(), 1.0, seed=3)
    assert contact == pytest.approx(next(e for e in events_of(motion, 1.0) if e.kind == "contact").time_s, abs=1e-5)
    assert b"120" not in str(dict(av.open(str(tmp_path / "slow.mp4")).metadata)).encode()


@pytest.mark.usefixtures("needs_vtk")
def test_uneven_times_and_gaps_reach_the_file_and_the_truth(tmp_path: Path) -> None:
    camera = replace(SMALL, timing_jitter=0.3, dropped=0.2, blur_subframes=2)
    truth = rendered(tmp_path / "uneven.mp4", camera, joints=True)
    assert len(truth.times) == 30 - round(0.2 * 28)
    meta = probe(tmp_path / "uneven.mp4")
    assert meta.variable_frame_rate
    np.testing.assert_allclose([f.time_s for f in read_frames(tmp_path / "uneven.mp4")], truth.times, atol=2e-6)
    with np.load(tmp_path / "uneven.truth.npz") as kept:
        assert kept["pixels"].shape == (len(truth.times), len(JOINTS), 2)
        np.testing.assert_array_equal(kept["times"], truth.times)
        exact = solve(presets.neutral(), 1.0, seed=3).joints(kept["capture_times"])
        np.testing.assert_allclose(kept["joints"], exact, atol=1e-5)


@pytest.mark.usefixtures("needs_vtk")
def test_a_blurred_frame_is_centred_on_its_own_uneven_time() -> None:
    camera = replace(SMALL, blur_subframes=3, shutter=0.9)
    motion = solve(presets.neutral(), 1.0, seed=3)
    blurred = Renderer(motion, camera, SceneSpec(), seed=1, fineness=0.3, samples=0)
    sharp = Renderer(motion, replace(camera, blur_subframes=1), SceneSpec(), seed=1, fineness=0.3, samples=0)
    try:
        at = np.array([0.2137, 0.2491])
        taken = np.concatenate([t + np.array([-1, 0, 1]) * 0.3 / 30 for t in at])
        parts = np.array([frame.astype(float) for frame in sharp.frames(taken)]).reshape(2, 3, 96, 128, 3)
        for whole, part in zip(blurred.frames(at), parts, strict=True):
            # Rounding of each part, or of light added up rather than grey levels, is of no interest here.
            assert np.abs(whole - part.mean(axis=0)).mean() < 2.0
            assert np.abs(whole - part.mean(axis=0)).mean() < 0.5 * np.abs(whole - part[0]).mean()
    finally:
        blurred.close()
        sharp.close()


# --- lens ---


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize("distortion", [-0.15, 0.0, 0.12])
def test_what_is_drawn_lies_where_the_truth_says(distortion: float) -> None:
    camera = CameraSpec(width=320, height=240, fps=24, distortion=distortion, roll_deg=3.0, field_of_view_deg=40)
    points = np.array([[x, y, 0.3] for x in (-1.2, -0.5, 0.55, 1.25) for y in (0.05, 0.7, 1.5, 1.75)])
    vtk = vtk_modules()
    window = RenderWindow(camera_of(camera_to_draw(camera)))
    for point in points:
        ball = vtk.vtkSphereSource()
        ball.SetRadius(0.02)
        ball.SetCenter(*point)
        ball.SetThetaResolution(24)
        ball.SetPhiResolution(24)
        mapper = vtk.vtkPolyDataMapper()
        mapper.SetInputConnection(ball.GetOutputPort())
        actor = vtk.vtkActor()
        actor.SetMapper(mapper)
        actor.GetProperty().SetLighting(False)
        window.add(actor)
    image = CameraEffects(camera, seed=1)(np.ascontiguousarray(window.draw()[..., :3]))
    window.close()
    assert image.shape == (240, 320, 3)
    light = image[..., 0].astype(float) * (image[..., 0] > 20)
    blobs, count = label(light)
    rows, columns = np.mgrid[0.5:240, 0.5:320]
    found = np.array(
        [[(m * c).sum() / m.sum() for c in (columns, rows)] for n in range(count) for m in [light * (blobs == n + 1)]]
    )
    expected = camera_of(camera).project(points)
    inside = expected[((expected > 4) & (expected < [316, 236])).all(axis=1)]
    assert len(inside) >= 12
    gaps = np.linalg.norm(inside[:, None] - found[None], axis=2).min(axis=1)
    assert gaps.max() < 0.5


def test_a_lens_whose_margin_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(InputError, match=r"distortion=-0\.15 needs .* lower field_of_view_deg"):
        camera_to_draw(CameraSpec(distortion=-0.15, field_of_view_deg=88.0))


def test_without_distortion_frames_stay_as_they_are() -> None:
    image = np.random.default_rng(1).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    assert camera_to_draw(SMALL) == SMALL
    np.testing.assert_array_equal(CameraEffects(SMALL, seed=1)(image), image)


# --- noise ---


def test_noise_has_its_strength_in_mid_grey_and_more_in_the_dark() -> None:
    noise = SensorNoise(200, 200, 6.0, np.random.default_rng(1))
    grey = {level: noise.with_noise(np.full((200, 200, 3), level, np.uint8)).astype(float) for level in (40, 128, 210)}
    spread = {level: (image @ [0.299, 0.587, 0.114]).std() for level, image in grey.items()}
    assert spread[128] == pytest.approx(6.0, rel=0.05)
    assert spread[40] > 1.15 * spread[128] > 1.3 * spread[210]
    assert {level: image.mean() for level, image in grey.items()} == pytest.approx(
        {40: 40, 128: 128, 210: 210}, abs=0.3
    )


def test_colours_waver_in_blotches() -> None:
    noise, plain = SensorNoise(200, 200, 6.0, np.random.default_rng(1)), np.full((200, 200, 3), 128, np.uint8)
    image, other = noise.with_noise(plain).astype(float), noise.with_noise(plain).astype(float)
    tint = image[..., 0] - image[..., 2]
    grain = image @ [0.299, 0.587, 0.114]

    def neighbours(values: np.ndarray) -> float:
        return float(np.corrcoef(values[:, :-1].ravel(), values[:, 1:].ravel())[0, 1])

    assert neighbours(tint) > 0.5
    assert abs(neighbours(grain)) < 0.1
    again = other @ [0.299, 0.587, 0.114]
    assert abs(np.corrcoef(grain.ravel(), again.ravel())[0, 1]) < 0.05  # it does not stand still


# --- turned storage ---


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize("rotation", [90, 270])
def test_a_turned_clip_stands_upright(tmp_path: Path, rotation: int) -> None:
    camera = replace(SMALL, width=96, height=128, view="rear", fps=24.0)
    rendered(tmp_path / "plain.mp4", camera)
    rendered(tmp_path / "turned.mp4", replace(camera, rotation=rotation))
    meta = probe(tmp_path / "turned.mp4")
    assert (meta.rotation, meta.width, meta.height) == (rotation, 96, 128)
    with av.open(str(tmp_path / "turned.mp4")) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (128, 96)
    plain, turned = (next(read_frames(tmp_path / name)).image.astype(float) for name in ("plain.mp4", "turned.mp4"))
    assert np.abs(plain - turned).mean() < 5 < np.abs(plain - turned[::-1, ::-1]).mean()
