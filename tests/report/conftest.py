from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.fake_sessions import FPS, FakeSession, fake_session, fake_view, stick_runner


@pytest.fixture
def session() -> FakeSession:
    """A finished analysis whose video does not exist any more."""
    return fake_session()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of grey film, 640 × 480 at 60 frames per second."""
    video = pytest.importorskip("gait.video")
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    ramp = np.linspace(60, 190, 640, dtype=np.uint8)
    with video.VideoWriter(path, width=640, height=480, fps=FPS) as writer:
        for index in range(120):
            image = np.repeat(np.tile(ramp, (480, 1))[..., None], 3, axis=2)
            image[:, (index * 5) % 640] = 255
            writer.write(image, time_s=index / FPS)
    return path


@pytest.fixture
def filmed(clip: Path) -> FakeSession:
    """A finished analysis with its video, once from the side and once more."""
    views = [fake_view(str(clip), pose=stick_runner(2.0)), fake_view(str(clip), pose=stick_runner(2.0))]
    return fake_session(views=views)
