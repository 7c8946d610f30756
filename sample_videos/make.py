"""Render the sample clips beside this file: ``python sample_videos/make.py [NAME ...]``.

Each clip shows one thing to correct; ``NAME.truth.json`` holds its exact truth. Seeds are fixed: a clip rendered again
shows the same run. Needs ``gait[synthetic]``.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from gait.synthetic import CameraSpec, RunnerSpec, SceneSpec, presets, render_clip

DURATION_S = 13.0

CLIPS: dict[str, tuple[RunnerSpec, CameraSpec, SceneSpec, int]] = {
    # Lands far in front of the hip, shank leaning back, at a low cadence.
    "treadmill_side": (presets.overstriding(), CameraSpec(view="side", facing="left"), presets.BRIGHT, 21),
    # The pelvis drops 8° to the swing side.
    "treadmill_rear": (
        presets.hip_dropping(),
        CameraSpec(view="rear", width=720, height=960, distance_m=3.8, height_m=1.05, field_of_view_deg=36.0),
        presets.WARM,
        22,
    ),
    # Both wrists cross the midline by a quarter of the shoulder width.
    "treadmill_front": (
        presets.arms_crossing(),
        CameraSpec(view="front", width=720, height=960, distance_m=3.9, height_m=1.10, field_of_view_deg=36.0),
        replace(presets.COOL, console=False),  # a console would hide the hips
        23,
    ),
}


def main(names: list[str]) -> None:
    """Render the given clips, or all."""
    folder = Path(__file__).parent
    for name in names or list(CLIPS):
        runner, camera, scene, seed = CLIPS[name]

        def show(done: int, total: int | None, name: str = name) -> None:
            print(f"\r{name} {done}/{total}", end="", flush=True)

        path = folder / f"{name}.mp4"
        render_clip(runner, camera, scene, duration_s=DURATION_S, seed=seed, path=path, progress=show)
        print(f"  {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
