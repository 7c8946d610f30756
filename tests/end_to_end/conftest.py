"""Each clip is analysed once per test session, through the command line; the tests inspect the result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import av
import pytest

from tests.conftest import REPOSITORY
from tests.run_cache import folder_made_once, value_made_once

#: What a user gets who names no network. Rear and front views are analysed by the faster `full`.
MIXED = "mixed"
SAMPLES = REPOSITORY / "sample_videos"


@dataclass(frozen=True)
class Outcome:
    """One call of the command line."""

    code: int
    out: str
    err: str
    seconds: float
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))

    def measurement(self, key: str, side: str = "both") -> dict[str, Any]:
        return next(m for m in self.report["measurements"] if (m["key"], m["side"]) == (key, side))

    def times(self, side: str, kind: str) -> list[float]:
        return [e["time_s"] for e in self.report["events"] if (e["side"], e["kind"]) == (side, kind)]


def gait(*arguments: object, folder: Path, model: str = "full") -> Outcome:
    """Run ``python -m gait analyze`` with its report going to ``folder``."""
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "gait", "analyze", *map(str, arguments), "-o", str(folder)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=os.environ | {"GAIT_MODEL": model},
    )
    return Outcome(done.returncode, done.stdout, done.stderr, perf_counter() - start, folder)


@pytest.fixture(scope="session")
def real_clip() -> Path:
    path = REPOSITORY.parent / "shared" / "videos" / "treadmill_side_male.mp4"
    if not path.is_file():
        pytest.skip("the real clip does not lie beside this checkout (../shared/videos)")
    return path


@pytest.fixture(scope="session")
def real(real_clip: Path) -> Outcome:
    """Analyse the real clip, with annotated video, once for all workers."""

    def analyse() -> Outcome:
        folder = folder_made_once("real", lambda folder: None)
        return gait(real_clip, "--height", "178", folder=folder / "report", model=MIXED)

    return value_made_once("real", analyse)


@pytest.fixture(scope="session")
def sample() -> Callable[[str], tuple[Outcome, dict[str, Any]]]:
    """Analyse the sample clip of a view, once for all workers; return the outcome and the truth."""

    @cache
    def analysed(view: str) -> tuple[Outcome, dict[str, Any]]:
        clip = SAMPLES / f"treadmill_{view}.mp4"
        if not clip.is_file():
            pytest.skip(f"{clip.name} is not in sample_videos")
        truth = json.loads(clip.with_suffix(".truth.json").read_text(encoding="utf-8"))
        height_cm, speed_kmh = 100 * truth["runner"]["height_m"], 3.6 * truth["runner"]["speed_mps"]
        options = ("--height", f"{height_cm:.0f}", "--speed", f"{speed_kmh:.1f}", "--no-video")

        def analyse() -> Outcome:
            folder = folder_made_once(f"sample-{view}", lambda folder: None)
            model = MIXED if view == "side" else "full"
            return gait(clip, *options, folder=folder / "report", model=model)

        return value_made_once(f"sample-{view}", analyse), truth

    return analysed


@pytest.fixture(scope="session")
def neutral(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, Any]:
    """Render a runner with ordinary form, in a small picture, and analyse it; return the outcome and the truth."""
    pytest.importorskip("vtkmodules", reason="drawing needs gait[synthetic]")
    from gait.synthetic import CameraSpec, presets, render_clip

    folder = tmp_path_factory.mktemp("neutral")
    camera, runner = CameraSpec(width=400, height=300, fps=30), presets.neutral()
    clip = folder / "neutral.mp4"
    truth = render_clip(runner, camera, presets.BRIGHT, duration_s=6.0, seed=5, path=clip, fineness=0.3)
    options = ("--height", "176", "--speed", f"{3.6 * runner.speed_mps:.2f}", "--no-video")
    return gait(clip, *options, folder=folder / "report"), truth


def cropped(source: Path, target: Path, *, share: float, seconds: float) -> Path:
    """Keep the upper ``share`` of the image and the first ``seconds``, with PyAV alone."""
    with av.open(str(source)) as before, av.open(str(target), "w") as after:
        video: Any = before.streams.video[0]
        stream: Any = after.add_stream("libx264", rate=video.average_rate, options={"crf": "23"})
        stream.width, stream.height, stream.pix_fmt = video.width, int(video.height * share) // 2 * 2, "yuv420p"
        for frame in before.decode(video):
            if frame.time > seconds:
                break
            image = frame.to_ndarray(format="rgb24")[: stream.height]
            after.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        after.mux(stream.encode(None))
    return target
