"""A clip is drawn, is the same every time, and its truth lies beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic import CameraSpec, Renderer, SceneSpec, camera_of, presets, render_clip, vtk_import
from gait.synthetic.body import BONES, Body, sculpt, trunk_of
from gait.synthetic.body_segments import JOINTS, skeleton_of
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve
from gait.synthetic.pelvis_landmarks import pelvis_marks
from gait.synthetic.run_spec import LookSpec, RunnerSpec
from gait.video.reader import read_frames

SMALL = CameraSpec(view="rear", width=160, height=120, fps=24.0)
PLAIN = SceneSpec(clutter=0.0, rails=False, console=False)
BODIES = (
    {"height_m": 1.2, "sex": "female", "build": 0.8, "pelvis_scale": 1.12, "shoulder_scale": 0.88, "leg_scale": 1.08},
    {"height_m": 2.2, "build": 1.4, "shoulder_scale": 1.12, "pelvis_scale": 0.88, "leg_scale": 0.92, "arm_scale": 1.08},
)


@cache
def neutral_run() -> Motion:
    return solve(presets.neutral(), 1.0, seed=2)


@cache
def drawn(
    scene: SceneSpec, camera: CameraSpec = SMALL, *, at: tuple[float, ...] = (0.4,), seed: int = 3
) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    """Pictures of the neutral runner."""
    renderer = Renderer(neutral_run(), camera, scene, seed=seed, fineness=0.3)
    try:
        return [frame.astype(int) for frame in renderer.frames(np.array(at))]
    finally:
        renderer.close()


def open_edges(body: Body) -> int:
    """How many edges of the mesh belong to one triangle only: the rims of holes."""
    _, same = np.unique(body.points, axis=0, return_inverse=True)
    corners = same.ravel()[body.triangles]
    corners = corners[(np.diff(np.sort(corners, axis=1), axis=1) > 0).all(axis=1)]
    edges = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    _, count = np.unique(edges, axis=0, return_counts=True)
    return int((count == 1).sum())


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
    motion = neutral_run()
    pictures = []
    for _ in range(2):
        renderer = Renderer(motion, SMALL, SceneSpec(), seed=3, fineness=0.35)
        pictures.append(list(renderer.frames(np.array([0.2, 0.5]))))
        renderer.close()
    np.testing.assert_array_equal(pictures[0], pictures[1])
    assert np.abs(pictures[0][0].astype(int) - pictures[0][1]).max() > 50


@pytest.mark.usefixtures("needs_vtk")
def test_body_is_closed_and_hangs_on_the_bones() -> None:
    motion = neutral_run()
    body = sculpt(motion.runner, LookSpec(), fineness=0.35)
    np.testing.assert_allclose(body.weights.sum(axis=1), 1.0, atol=1e-5)
    assert open_edges(body) == 0
    assert body.weights.shape[1] == len(BONES)
    points, _ = body.posed(motion.bones(np.array([0.4])), 0)
    height = motion.runner.height_m
    assert points[:, 1].max() == pytest.approx(height, abs=0.06 * height)
    assert points[:, 1].min() > -0.012
    assert np.ptp(points[:, 2]) < 0.5 * height


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize("number", range(len(presets.LOOKS)))
def test_every_look_fits_every_body(number: int) -> None:
    body = BODIES[number % 2]
    made = sculpt(RunnerSpec(cadence_spm=180, **body), presets.LOOKS[number].look, fineness=0.25)  # type: ignore[arg-type]
    assert open_edges(made) == 0
    for values in (made.points, made.normals, made.weights, made.open, made.places):
        assert np.isfinite(values).all()
    k = skeleton_of(RunnerSpec(cadence_spm=180, **body))  # type: ignore[arg-type]
    assert made.points[:, 1].max() == pytest.approx(k.trunk + k.neck + 1.1 * k.head, rel=0.03)


def test_the_trunk_follows_the_skeleton() -> None:
    flank = np.array([[0.0, 0.25, 0.095], [0.0, 0.0, 0.095]]) * 1.76
    for option, where in (("shoulder_scale", 0), ("pelvis_scale", 1)):
        narrow, broad = (trunk_of(RunnerSpec(**{option: share}))(flank) for share in (0.88, 1.12))  # type: ignore[arg-type]
        assert narrow[where] > broad[where] + 0.02
    top = np.array([[0.0, 0.301 * 1.76, 0.0]])
    assert trunk_of(RunnerSpec(leg_scale=1.08))(top)[0] > trunk_of(RunnerSpec(leg_scale=0.92))(top)[0] + 0.02


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize(
    ("view", "marks"), [("rear", ("left_psis", "right_psis")), ("front", ("left_asis", "right_asis"))]
)
def test_tape_and_waistband_are_seen_where_the_pelvis_is(view: str, marks: tuple[str, str]) -> None:
    camera = replace(SMALL, view=view, width=320, height=240, aim_m=1.0, field_of_view_deg=12.0)  # type: ignore[arg-type]
    yellow, green = (0.98, 0.9, 0.05), (0.05, 0.95, 0.1)

    def like(image: Any, colour: Any) -> Any:
        shade = image.sum(axis=-1, keepdims=True)
        return (np.abs(image / shade - np.asarray(colour) / sum(colour)).max(axis=-1) < 0.07) & (shade[..., 0] > 150)

    look = LookSpec(tape=yellow)
    (taped,), (bare,) = drawn(replace(PLAIN, look=look), camera), drawn(PLAIN, camera)
    (banded,) = drawn(replace(PLAIN, look=LookSpec(waistband=green)), camera)
    assert like(bare, yellow).sum() == like(bare, green).sum() == 0
    motion = neutral_run()
    bones, places = motion.bones(np.array([0.4])), pelvis_marks(motion.skeleton)
    for name in marks:
        place = bones.origin["pelvis"][0] + bones.rotation["pelvis"][0] @ places[name]
        x, y = camera_of(camera).project(place)
        rows, columns = np.nonzero(like(taped, yellow))
        near = np.abs(columns - x) < 24
        assert near.sum() > 15
        # A strip is centred on its mark, to a centimetre.
        assert (
            np.hypot(columns[near].mean() + 0.5 - x, rows[near].mean() + 0.5 - y)
            < 0.012 * camera_of(camera).focal_px / 4
        )
    band = like(banded, green)
    # 3.5 cm high, right across the waist.
    assert band.any(axis=0).sum() > 0.22 * camera_of(camera).focal_px / 4
    height = np.median(band.sum(axis=0)[band.any(axis=0)]) * 4 / camera_of(camera).focal_px
    assert 0.018 < height < 0.045


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize(
    "change",
    [
        *({"hair_style": style} for style in ("bald", "ponytail", "long", "bun", "cap")),
        *({"pattern": pattern} for pattern in ("plain", "stripes", "heather")),
        {"sleeves": False},
        {"loose": False},
        {"legwear": "tights"},
    ],
    ids=lambda change: "-".join(map(str, *change.items())),
)
def test_each_option_of_the_look_shows(change: dict[str, Any]) -> None:
    side = replace(SMALL, view="side")
    (usual,), (other,) = drawn(PLAIN, side), drawn(replace(PLAIN, look=replace(LookSpec(), **change)), side)
    changed = np.abs(usual - other).max(axis=-1) > 25
    assert 3 <= changed.sum() < 0.2 * changed.size


@pytest.mark.usefixtures("needs_vtk")
@pytest.mark.parametrize("view", ["side", "rear", "front"])
def test_a_bystander_stands_beside_the_runner_and_hardly_moves(view: str) -> None:
    camera = CameraSpec(view=view, width=240, height=180, fps=24.0)  # type: ignore[arg-type]
    times = (0.2, 0.5)
    alone, joined = drawn(PLAIN, camera, at=times), drawn(replace(PLAIN, bystander=True), camera, at=times)
    added = np.abs(alone[0] - joined[0]).max(axis=-1) > 8
    rows, columns = np.nonzero(added)
    assert added.sum() > 500
    assert np.ptp(rows) > 60
    assert np.ptp(columns) < 90
    # Outside the runner, all of whom is still seen.
    joints = neutral_run().joints(np.array(times))
    x, y = np.floor(camera_of(camera).project(joints[0])).astype(int).T
    assert not added[y, x].any()
    # Where the bystander is at both times, away from the moving runner, to a few centimetres.
    clear = np.abs(alone[0] - alone[1]).max(axis=-1) == 0
    middles = [
        np.argwhere((np.abs(a - b).max(axis=-1) > 8) & clear).mean(axis=0) for a, b in zip(alone, joined, strict=True)
    ]
    assert np.abs(middles[0] - middles[1]).max() < 0.04 * camera_of(camera).focal_px / 4


@pytest.mark.usefixtures("needs_vtk")
def test_light_and_clutter() -> None:
    side = replace(SMALL, view="side")
    (bright,), (dim,) = drawn(PLAIN, side), drawn(replace(PLAIN, light=0.25), side)
    assert 0.3 < dim.mean() / bright.mean() < 0.6
    (full,) = drawn(replace(PLAIN, clutter=1.0), side)
    wall = np.s_[2:80, :45]
    assert np.abs(np.diff(bright[wall], axis=1)).mean() < 0.5 * np.abs(np.diff(full[wall], axis=1)).mean()
    assert (np.abs(drawn(PLAIN, side, seed=4)[0] - bright).mean(axis=-1) > 5).mean() > 0.2


@pytest.mark.usefixtures("needs_vtk")
def test_a_rail_hides_what_is_behind_it_and_a_console_what_it_stands_before() -> None:
    for view, change in (("side", {"rails": True}), ("front", {"console": True})):
        camera = replace(SMALL, view=view)  # type: ignore[arg-type]
        (clear,), (hidden,) = drawn(PLAIN, camera), drawn(replace(PLAIN, **change), camera)  # type: ignore[arg-type]
        blue_shirt_or_skin = (
            np.abs(clear - drawn(replace(PLAIN, look=LookSpec(shirt=(1, 0, 0))), camera)[0]).max(-1) > 60
        )
        assert (np.abs(clear - hidden).max(axis=-1) > 25)[blue_shirt_or_skin].sum() > 2


def test_random_people_and_scenes_are_plausible_and_repeatable() -> None:
    rng = np.random.default_rng(1)
    bodies = [RunnerSpec(**presets.random_body(rng)) for _ in range(200)]
    assert 0.3 < np.mean([body.sex == "female" for body in bodies]) < 0.7
    assert 0.05 < np.std([body.height_m for body in bodies]) < 0.12
    scenes = [presets.random_scene(rng) for _ in range(200)]
    for option, count in (("hair_style", 6), ("legwear", 2), ("pattern", 4), ("sleeves", 2), ("loose", 2)):
        assert len({getattr(scene.look, option) for scene in scenes}) == count
    assert sum(scene.look.tape is not None for scene in scenes) > 20
    assert sum(scene.bystander for scene in scenes) > 20
    assert presets.random_scene(np.random.default_rng(5)) == presets.random_scene(np.random.default_rng(5))


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
