"""The page about synthetic runs tells the truth: its examples run, its table of the truth is complete."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
from pathlib import Path

import pytest

from gait.cli import main as command_line
from gait.synthetic import CameraSpec, SceneSpec, presets, render, truth_of
from gait.synthetic.motion_solver import solve
from gait.synthetic.renderer import Renderer
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


def run_command(line: str) -> None:
    """Run a line of a shell in this process: ``gait …``, which may end with ``> FILE``."""
    program, *words = shlex.split(line)
    assert program == "gait", line
    target = words.pop() if ">" in words else os.devnull
    with (
        Path(target).open("w", encoding="utf-8") as out,
        contextlib.redirect_stdout(out),
        pytest.raises(SystemExit) as end,
    ):
        command_line.main([word for word in words if word != ">"])
    assert end.value.code in (0, None), line


def test_its_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("vtkmodules.vtkRenderingOpenGL2")
    monkeypatch.chdir(tmp_path)
    # Coarse bodies: how finely they are made is no option of the page.
    monkeypatch.setattr(render, "Renderer", lambda *args, **how: Renderer(*args, **{**how, "fineness": 0.2}))
    assert len(BLOCKS) == 3
    for kind, block in BLOCKS:
        if kind == "sh":
            for line in block.splitlines():
                run_command(line)
        else:
            exec(compile(block, "synthetic.md", "exec"), {"__name__": "__main__"})
    clips = sorted(path.name for path in tmp_path.glob("*.mp4"))
    assert clips == sorted(re.findall(r"(?:synth |path=\")(\w+\.mp4)", PAGE))
    for clip in clips:
        truth = json.loads((tmp_path / clip).with_suffix(".truth.json").read_text(encoding="utf-8"))
        assert truth["events"], clip
