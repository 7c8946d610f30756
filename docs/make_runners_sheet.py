"""Make ``images/runners.jpg``: ``python docs/make_runners_sheet.py``, in the project's environment.

Eight rendered runners, each from the side, from behind and from in front.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gait.synthetic import CameraSpec, Renderer, presets
from gait.synthetic.motion_solver import solve

TARGET = Path(__file__).parent / "images" / "runners.jpg"
MAX_BYTES = 400_000
WIDTH, HEIGHT = 260, 416
# Which of `presets.LOOKS`, and who wears it.
RUNNERS: tuple[tuple[int, dict[str, Any]], ...] = (
    (0, {"height_m": 1.78}),
    (3, {"sex": "female", "height_m": 1.66, "build": 0.95}),
    (6, {"height_m": 1.74, "build": 1.25}),
    (7, {"sex": "female", "height_m": 1.72, "leg_scale": 1.03}),
    (5, {"height_m": 1.82, "shoulder_scale": 1.05}),
    (4, {"sex": "female", "height_m": 1.62, "build": 1.12}),
    (8, {"height_m": 1.86, "build": 0.92}),
    (9, {"height_m": 1.70, "build": 1.1}),
)


def portrait(number: int, row: int, view: str) -> Any:
    """Draw one runner from one side, (`HEIGHT`, `WIDTH`, 3) uint8 RGB, each at another moment of the stride."""
    look, body = RUNNERS[number]
    scene = presets.LOOKS[look]
    if view == "front":
        scene = replace(scene, console=number % 4 == 3)
    camera = CameraSpec(
        view=view,  # type: ignore[arg-type]
        facing="right" if number % 2 else "left",
        width=WIDTH,
        height=HEIGHT,
        distance_m=4.2,
        aim_m=0.88,
        field_of_view_deg=31,
    )
    drawing = Renderer(solve(presets.neutral(**body), 2.0, seed=number), camera, scene, seed=10 + look, fineness=1.0)
    try:
        return next(drawing.frames(np.array([0.5 + 0.097 * number + 0.05 * row])))
    finally:
        drawing.close()


def main() -> None:
    """Draw all portraits into one image."""
    rows = [
        np.hstack([portrait(number, row, view) for number in range(len(RUNNERS))])
        for row, view in enumerate(("side", "rear", "front"))
    ]
    sheet = np.ascontiguousarray(np.vstack(rows)[..., ::-1])
    for quality in range(92, 40, -4):
        _, data = cv2.imencode(".jpg", sheet, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(data) <= MAX_BYTES:
            break
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(data.tobytes())
    sys.stdout.write(f"{TARGET}: {len(data) / 1e3:.0f} kB\n")


if __name__ == "__main__":
    main()
