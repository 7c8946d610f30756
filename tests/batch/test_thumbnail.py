"""The small picture of a session."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest

from gait.batch.thumbnail import first_frame_thumbnail, frame_thumbnail

cv2 = pytest.importorskip("cv2")


def decoded(uri: str | None) -> np.ndarray:
    assert uri is not None
    head, _, data = uri.partition(",")
    assert head == "data:image/jpeg;base64"
    return cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)


@pytest.mark.parametrize("points", [[], [(10.0, 10.0), (30.0, 60.0)], [(-50.0, -50.0), (9000.0, 9000.0)]])
def test_every_cut_has_the_same_size(clip: Path, points: list[tuple[float, float]]) -> None:
    assert decoded(frame_thumbnail(clip, 0.0, points)).shape == (144, 112, 3)


def test_a_file_that_is_no_video_has_none(tmp_path: Path, clip: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    assert frame_thumbnail(broken, 0.0) is None
    assert first_frame_thumbnail([broken]) is None
    assert first_frame_thumbnail([broken, clip]) == first_frame_thumbnail([clip])
