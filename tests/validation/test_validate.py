"""The whole validation in small: clips drawn, seen, measured, and a page that says it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic import CameraSpec, presets
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion_solver import solve
from gait.validation import cases as design
from gait.validation import validate
from gait.validation.keypoint_noise import LandmarkNoise, measured_noise
from gait.validation.mocap import film_joints, find_recordings


@pytest.mark.slow
def test_a_small_validation_writes_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("vtkmodules", reason="drawing needs gait[synthetic]")
    laid = design.cases("quick")[:1]
    small = replace(laid[0].camera, width=400, height=300, blur_subframes=1, noise=0.0)
    laid = [replace(laid[0], camera=small, duration_s=3.0, scene=replace(laid[0].scene, clutter=0.0, bystander=False))]
    monkeypatch.setattr(design, "cases", lambda *_, **__: laid)
    monkeypatch.chdir(tmp_path)  # no recordings beside this folder
    (tmp_path / "out").mkdir()
    told: list[tuple[int, int | None]] = []
    page = validate(
        tmp_path / "out", size="quick", work=tmp_path / "work", jobs=1, drawing=lambda n, of: told.append((n, of))
    )
    text = page.read_text(encoding="utf-8")
    assert told[-1] == (1, 1)
    assert "gait validate --quick" in text
    for words in (
        "Is the truth what was asked for?",
        "Contacts and toe-offs",
        "`cadence`",
        "Landmarks of the pose engine",
    ):
        assert words in text
    assert "nan" not in text
    record = json.loads((tmp_path / "out" / "validation.json").read_text(encoding="utf-8"))
    (asked,) = [r for r in record["tables"]["asked"] if r["key"] == "cadence"]
    assert asked["largest"] < 0.1
    for name in record["tables"]:
        assert isinstance(record["tables"][name], list)
    for line in text.splitlines():
        if line.startswith("!["):
            picture = tmp_path / "out" / line.split("](")[1].rstrip(")")
            assert picture.exists() or picture.name == "runners.jpg"
    # The clip is kept: a second run draws nothing.
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "work").iterdir()}
    validate(tmp_path / "out", size="quick", work=tmp_path / "work", jobs=1)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "work").iterdir()} == kept


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        validate(tmp_path / "none")


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="choose another folder with --mocap"):
        find_recordings(tmp_path)


def test_exact_joints_are_where_the_truth_says() -> None:
    motion, camera = solve(presets.neutral(), 2.0, seed=1), CameraSpec(fps=30)
    pose = film_joints(motion, camera, seconds=2.0)
    assert pose.sizes["time"] == 60
    from gait.synthetic import camera_of

    pixels = camera_of(camera).project(motion.joints(pose.time.values))
    seen = pose.position.sel(keypoint="left_ankle").isel(individual=0).values
    np.testing.assert_allclose(seen, pixels[:, JOINTS.index("left_ankle")])


def test_scatter_has_the_size_and_the_memory_asked_for() -> None:
    count = len(JOINTS)
    noise = LandmarkNoise(np.full((count, 2), 0.01), np.full(count, 0.05), np.zeros((count, 2)))
    times = np.arange(6000) / 100
    drawn = noise.draw(times, times, 500.0, np.random.default_rng(1))
    assert np.std(drawn) == pytest.approx(5.0, rel=0.05)
    together = np.mean(drawn[:-1] * drawn[1:]) / np.mean(drawn**2)
    assert together == pytest.approx(np.exp(-0.01 / 0.05), abs=0.03)


def test_what_repeats_with_the_stride_repeats() -> None:
    count = len(JOINTS)
    noise = LandmarkNoise(np.zeros((count, 2)), np.ones(count), np.full((count, 2), 0.02))
    phase = np.linspace(0, 3, 301)
    drawn = noise.draw(phase, phase, 100.0, np.random.default_rng(2))
    np.testing.assert_allclose(drawn[:100], drawn[100:200], atol=1e-9)


@pytest.mark.parametrize("view", ["side", "rear", "front"])
def test_scatter_was_measured_for_every_view(view) -> None:
    noise = measured_noise(view, near_side="left" if view == "side" else None)
    named = [n for n, joint in enumerate(JOINTS) if "sis" not in joint]
    assert (noise.random_sd[named] > 0.0005).all()
    assert (noise.random_sd[named] < 0.05).all()
    assert noise.random_sd[JOINTS.index("left_psis")].max() == 0
