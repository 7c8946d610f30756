"""Clips put together from the samples: a runner who is missing for a while, and one with somebody standing beside."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from gait.pose.engines import model_file
from gait.quality.quality_records import VideoCheck
from gait.quality.video_check import check_video
from gait.video import VideoWriter, read_frames
from tests.run_cache import value_made_once

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


def first_seconds(source: Path, target: Path, seconds: float) -> Path:
    """Copy the first seconds of a clip without encoding them again."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(source)) as before, av.open(str(target), "w") as after:
        video: Any = before.streams.video[0]
        stream = after.add_stream_from_template(video)
        for packet in before.demux(video):
            if packet.dts is None or float(packet.dts * video.time_base) >= seconds:
                continue
            packet.stream = stream
            after.mux(packet)
    return target


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


def check_of_sample(view: str) -> VideoCheck:
    """What ``gait check`` says of a whole sample, for a user who names no network; made once for all workers."""

    def check() -> VideoCheck:
        clip = SAMPLES / f"treadmill_{view}.mp4"
        truth = json.loads(clip.with_suffix(".truth.json").read_text(encoding="utf-8"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(model_file, "DEFAULT_MODEL", "mixed")
            return check_video(clip, height_m=truth["runner"]["height_m"])

    return value_made_once(f"check-{view}", check)
