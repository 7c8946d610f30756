"""Clips put together from the samples: a runner who is missing for a while, and one with somebody standing beside."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

from gait.video import VideoWriter, read_frames

SAMPLES = Path(__file__).resolve().parents[1] / "sample_videos"


@lru_cache(maxsize=4)
def sample(name: str, frames: int, step: int = 1) -> tuple[np.ndarray, ...]:
    """The first frames of a sample at half size; every ``step``-th one."""
    images = []
    for frame in read_frames(SAMPLES / f"treadmill_{name}.mp4"):
        if frame.index % step == 0:
            images.append(np.ascontiguousarray(frame.image[::2, ::2]))
        if len(images) == frames:
            break
    return tuple(images)


def film(path: Path, images: Iterable[np.ndarray], fps: float = 60) -> Path:
    images = iter(images)
    first = next(images)
    height, width = first.shape[:2]
    with VideoWriter(path, width=width, height=height, fps=fps, crf=18) as writer:
        writer.write(first)
        for image in images:
            writer.write(image)
    return path


def beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Two images side by side, the lower one padded at the top."""
    height = max(left.shape[0], right.shape[0])
    filled = [np.pad(one, ((height - one.shape[0], 0), (0, 0), (0, 0)), mode="edge") for one in (left, right)]
    return np.concatenate(filled, axis=1)
