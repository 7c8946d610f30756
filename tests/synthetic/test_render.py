"""A clip is drawn and its truth lies beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from gait.synthetic import SceneSpec, presets, render_clip
from gait.synthetic.body_segments import JOINTS
from gait.video import read_frames
from tests.synthetic.drawing import SMALL


@pytest.mark.slow
@pytest.mark.usefixtures("needs_vtk")
def test_clip_and_truth(tmp_path: Path) -> None:
    reported: list[tuple[int, int | None]] = []
    truth = render_clip(
        presets.neutral(),
        SMALL,
        presets.BRIGHT,
        duration_s=1.0,
        seed=5,
        path=tmp_path / "run.mp4",
        joints=True,
        fineness=0.4,
        progress=lambda done, total: reported.append((done, total)),
    )
    assert reported[-1] == (24, 24)
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
        # The frame shows the runner where the truth says: the blue shirt is in the middle of the trunk.
        names = list(kept["names"])
        trunk = kept["pixels"][10][[names.index(f"{s}_{j}") for s in ("left", "right") for j in ("hip", "shoulder")]]
    x, y = trunk.mean(axis=0).round().astype(int)
    red, _, blue = frames[10].image[y, x].astype(int)
    assert blue > red + 30


def test_bad_paths_are_refused(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "a.avi", "mp4"), (tmp_path / "none" / "a.mp4", "no such folder")):
        with pytest.raises(InputError, match=reason):
            render_clip(presets.neutral(), SMALL, SceneSpec(), duration_s=1.0, seed=1, path=path)
