"""Without VTK one line says what to install."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.errors import InputError
from gait.synthetic import SceneSpec, presets, render_clip, vtk_import
from tests.synthetic.drawing import SMALL


def test_without_vtk_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    vtk_import.vtk_modules.cache_clear()
    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(InputError, match=r"install gait\[synthetic\]"):
        render_clip(presets.neutral(), SMALL, SceneSpec(), duration_s=1.0, seed=1, path=tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []
    vtk_import.vtk_modules.cache_clear()
