"""A few small rendered clips, and changed copies of them that need no new rendering."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from gait._typing import Image
from gait.pose.engines.engine_registry import DEFAULT_ENGINE, make_engine
from gait.pose.engines.pose_engine import FrameResult, PoseEngine
from gait.quality import video_check
from gait.quality.quality_records import VideoCheck
from gait.quality.video_check import check_video
from gait.video import DecodedFrame, VideoWriter, read_decoded_frames, read_frames

Frames = Sequence[Image]
#: Makes one frame of a changed clip from all frames and its number.
Change = Callable[[Frames, int], Image]
FPS = 50.0


@dataclass
class ReplayedRunner:
    """A pose engine that finds in each frame what the network found in the frame of the clean clip that it was."""

    network: PoseEngine
    found: Sequence[FrameResult]
    source: Callable[[float], int]  # time (s) → number of the frame of the clean clip

    def __getattr__(self, name: str) -> Any:
        return getattr(self.network, name)  # name, keypoints …

    def __enter__(self) -> ReplayedRunner:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def track(self, frames: Iterable[DecodedFrame], **_: object) -> Generator[FrameResult]:
        for frame in frames:
            yield self.found[min(self.source(frame.time_s), len(self.found) - 1)]


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
def runners(clean: Path) -> dict[Path, ReplayedRunner]:
    """For changed clips that show the same runner: the engine that finds him; see `changed`."""
    network = make_engine(DEFAULT_ENGINE, workers=1)
    with network:
        found = list(network.track(read_decoded_frames(clean), fps=FPS))
    return {clean: ReplayedRunner(network, found, lambda time_s: round(time_s * FPS))}


@pytest.fixture(scope="session")
def changed(clean: Path, folder: Path, runners: dict[Path, ReplayedRunner]) -> Callable[..., Path]:
    """Write the clean clip again, each frame changed, at another rate, or only every n-th.

    ``shows`` names the clean frame whose runner a changed one shows; ``None``: the network has to look.
    """
    all_frames = [frame.image for frame in read_frames(clean)]

    def write(
        name: str,
        change: Change = lambda frames, n: frames[n],
        *,
        fps: float = FPS,
        every: int = 1,
        frames: int = len(all_frames),
        shows: Callable[[int], int] | None = lambda n: n,
    ) -> Path:
        path = folder / f"{name}.mp4"
        if not path.exists():
            height, width = change(all_frames, 0).shape[:2]
            with VideoWriter(path, width=width, height=height, fps=fps) as writer:
                for n in range(0, frames, every):
                    writer.write(np.ascontiguousarray(change(all_frames, n)))
            if shows is not None:
                runners[path] = replace(runners[clean], source=lambda time_s: shows(round(time_s * fps) * every))
        return path

    return write


@pytest.fixture(scope="session")
def checked(runners: dict[Path, ReplayedRunner], clean: Path) -> Callable[..., VideoCheck]:
    """Check each clip once."""

    @cache
    def check(path: Path, **options: Any) -> VideoCheck:
        with pytest.MonkeyPatch.context() as patch:
            if path in runners and path != clean:
                patch.setattr(video_check, "make_engine", lambda *_, **__: runners[path])
            return check_video(path, **options)

    return check


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
