"""A clip is drawn, is the same every time, and its truth lies beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic import CameraSpec, Renderer, SceneSpec, presets, render_clip, solve, vtk_import
from gait.synthetic.body import BONES, sculpt, trunk_of
from gait.synthetic.skeleton import JOINTS
from gait.synthetic.spec import LookSpec
from gait.video import read_frames

SMALL = CameraSpec(view="rear", width=160, height=120, fps=24.0)


@pytest.fixture
def needs_vtk() -> None:
    pytest.importorskip("vtkmodules.vtkRenderingOpenGL2")


@pytest.mark.slow
@pytest.mark.usefixtures("needs_vtk")
def test_clip_and_truth(tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    truth = render_clip(
        presets.neutral(),
        SMALL,
        presets.BRIGHT,
        duration_s=1.0,
        seed=5,
        path=tmp_path / "run.mp4",
        joints=True,
        fineness=0.4,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1] == (24, 24)
    frames = list(read_frames(tmp_path / "run.mp4"))
    np.testing.assert_allclose([frame.time_s for frame in frames], truth.times, atol=1e-4)
    record = json.loads((tmp_path / "run.truth.json").read_text(encoding="utf-8"))
    assert record["format"] == "gait.truth/1"
    assert record["runner"]["cadence_spm"] == 168.0
    assert [event["time_s"] for event in record["events"]] == pytest.approx(
        [event.time_s for event in truth.events], abs=1e-5
    )
    with np.load(tmp_path / "run.truth.npz") as kept:
        assert kept["joints"].shape == (24, len(JOINTS), 3)
        assert kept["pixels"].shape == (24, len(JOINTS), 2)
        # The picture shows the runner where the truth says: the blue shirt is in the middle of the trunk.
        names = list(kept["names"])
        trunk = kept["pixels"][10][[names.index(f"{s}_{j}") for s in ("left", "right") for j in ("hip", "shoulder")]]
    x, y = trunk.mean(axis=0).round().astype(int)
    red, _, blue = frames[10].image[y, x].astype(int)
    assert blue > red + 30


@pytest.mark.usefixtures("needs_vtk")
def test_frames_are_the_same_every_time() -> None:
    motion = solve(presets.neutral(), 1.0, seed=2)
    pictures = []
    for _ in range(2):
        renderer = Renderer(motion, SMALL, SceneSpec(), seed=3, fineness=0.35)
        pictures.append(list(renderer.frames(np.array([0.2, 0.5]))))
        renderer.close()
    np.testing.assert_array_equal(pictures[0], pictures[1])
    assert np.abs(pictures[0][0].astype(int) - pictures[0][1]).max() > 50


@pytest.mark.usefixtures("needs_vtk")
def test_body_is_closed_and_hangs_on_the_bones() -> None:
    motion = solve(presets.neutral(), 1.0, seed=2)
    body = sculpt(motion.runner, LookSpec(), fineness=0.35)
    np.testing.assert_allclose(body.weights.sum(axis=1), 1.0, atol=1e-9)
    assert body.weights.shape[1] == len(BONES)
    points, _ = body.posed(motion.bones(np.array([0.4])), 0)
    height = motion.runner.height_m
    assert points[:, 1].max() == pytest.approx(height, abs=0.06 * height)
    assert points[:, 1].min() > -0.012
    assert np.ptp(points[:, 2]) < 0.5 * height


@pytest.mark.parametrize("crossover", [-0.2, 0.0, 0.25])
def test_forearms_stay_out_of_the_trunk(crossover: float) -> None:
    runner = presets.neutral(arm_crossover=crossover)
    motion, trunk = solve(runner, 4.0, seed=2), trunk_of(runner)
    bones, k = motion.bones(np.linspace(1, 1.8, 40)), motion.skeleton
    for side in ("left", "right"):
        elbow, wrist = bones.origin[f"{side}_forearm"], bones.origin[f"{side}_hand"]
        along = np.linspace(0, 1, 6)[:, None, None]
        points = elbow + along * (wrist - elbow) - bones.origin["chest"]
        local = np.einsum("tji,atj->ati", bones.rotation["chest"], points) + np.array([0.0, k.trunk, 0.0])
        # Half the thickness of a forearm and a shirt.
        assert trunk(local.reshape(-1, 3)).min() > 0.024 * k.height


def test_without_vtk_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    vtk_import.vtk_modules.cache_clear()
    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(InputError, match=r"install gait\[synthetic\]"):
        render_clip(presets.neutral(), SMALL, SceneSpec(), duration_s=1.0, seed=1, path=tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []
    vtk_import.vtk_modules.cache_clear()


def test_bad_paths_are_refused(tmp_path: Path) -> None:
    for path, word in ((tmp_path / "a.avi", "mp4"), (tmp_path / "none" / "a.mp4", "no such folder")):
        with pytest.raises(InputError, match=word):
            render_clip(presets.neutral(), SMALL, SceneSpec(), duration_s=1.0, seed=1, path=path)
