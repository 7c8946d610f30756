"""A few small rendered clips, and changed copies of them that need no new rendering."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from gait._typing import Image
from gait.quality.quality_records import VideoCheck
from gait.quality.video_check import check_video
from gait.video import VideoWriter, read_frames

Frames = Sequence[Image]
#: Makes one frame of a changed clip from all frames and its number.
Change = Callable[[Frames, int], Image]
FPS = 50.0


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("check")


@pytest.fixture(scope="session")
def rendered(folder: Path) -> Callable[..., Path]:
    """Draw a neutral runner, small: fields of `CameraSpec` and `SceneSpec` by name."""
    pytest.importorskip("vtkmodules", reason="drawing needs gait[synthetic]")
    from gait.synthetic import CameraSpec, presets, render_clip

    @cache
    def draw(seconds: float, bystander: bool = False, **camera: float | str) -> Path:
        name = "_".join(f"{key}{value}" for key, value in {"by": bystander, **camera}.items())
        path = folder / f"{name}.mp4"
        scene = replace(presets.BRIGHT, bystander=bystander)
        spec = CameraSpec(**{"width": 400, "height": 300, **camera})  # type: ignore[arg-type]
        render_clip(presets.neutral(), spec, scene, duration_s=seconds, seed=5, path=path, fineness=0.2)
        return path

    return draw


@pytest.fixture(scope="session")
def clean(rendered: Callable[..., Path]) -> Path:
    """About three seconds at 50 frames/s with nothing wrong, but small."""
    return rendered(3.4, fps=FPS)


@pytest.fixture(scope="session")
def changed(clean: Path, folder: Path) -> Callable[..., Path]:
    """Write the clean clip again, each frame changed, at another rate, or only every n-th."""
    all_frames = [frame.image for frame in read_frames(clean)]

    def write(
        name: str,
        change: Change = lambda frames, n: frames[n],
        *,
        fps: float = FPS,
        every: int = 1,
        frames: int = len(all_frames),
    ) -> Path:
        path = folder / f"{name}.mp4"
        if not path.exists():
            height, width = change(all_frames, 0).shape[:2]
            with VideoWriter(path, width=width, height=height, fps=fps) as writer:
                for n in range(0, frames, every):
                    writer.write(np.ascontiguousarray(change(all_frames, n)))
        return path

    return write


@pytest.fixture(scope="session")
def checked() -> Callable[..., VideoCheck]:
    """Check each clip once."""
    return cache(check_video)


def darker(frames: Frames, n: int) -> Image:
    return np.asarray(frames[n] * 0.2, dtype=np.uint8)


def defocused(frames: Frames, n: int) -> Image:
    return cv2.GaussianBlur(frames[n], (0, 0), 3.5)


def without_feet(frames: Frames, n: int) -> Image:
    return frames[n][: int(0.78 * len(frames[n])) // 2 * 2]


def by_hand(frames: Frames, n: int) -> Image:
    """Move the frame as a hand moves a phone: slowly around, and a little turned."""
    t = n / FPS
    turn = cv2.getRotationMatrix2D((200, 150), 0.5 * np.sin(2 * t), 1.05)
    turn[:, 2] += (4 * np.sin(1.7 * t), 3 * np.sin(2.3 * t + 2))
    return cv2.warpAffine(frames[n], turn, (400, 300), borderMode=cv2.BORDER_REFLECT)
