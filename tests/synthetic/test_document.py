"""The page about synthetic runs tells the truth: its examples run, its table of the truth is complete."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gait.synthetic import CameraSpec, SceneSpec, presets, truth_of
from gait.synthetic.motion_solver import solve
from gait.synthetic.truth import UNITS
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "synthetic.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python)\n(.*?)```", PAGE, flags=re.DOTALL)


def test_every_key_and_metric_is_explained() -> None:
    truth = truth_of(solve(presets.neutral(), 1.0, seed=1), CameraSpec(), SceneSpec(), duration_s=1.0, seed=1)
    record = truth.as_record()
    for key in (*record, *record["metrics"]["overstride"], *record["metrics"]["overstride"]["left"]):
        assert f"`{key}`" in PAGE, key
    for key in UNITS:
        short = f"`_{key.rpartition('_')[2]}`"
        assert f"`{key}`" in PAGE or short in PAGE, key


@pytest.mark.slow
def test_its_examples_run(tmp_path: Path) -> None:
    pytest.importorskip("vtkmodules.vtkRenderingOpenGL2")
    (tmp_path / "gait").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gait "$@"\n')
    (tmp_path / "gait").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(tmp_path), os.environ["PATH"]]),
        "PYTHONPATH": str(REPOSITORY),
    }
    assert len(BLOCKS) == 3
    for kind, block in BLOCKS:
        command = ["sh", "-e", "-c", block] if kind == "sh" else [sys.executable, "-c", block]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    clips = sorted(path.name for path in tmp_path.glob("*.mp4"))
    assert clips == sorted(re.findall(r"(?:synth |path=\")(\w+\.mp4)", PAGE))
    for clip in clips:
        truth = json.loads((tmp_path / clip).with_suffix(".truth.json").read_text(encoding="utf-8"))
        assert truth["events"], clip
