"""Clips for the stub that replaces the analysis."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import stub_analysis as stub


@pytest.fixture(autouse=True)
def trace_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which calls of the stub leave their traces, also those in other processes."""
    folder = tmp_path_factory.mktemp("trace")
    monkeypatch.setenv(stub.TRACE, str(folder))
    return folder


@pytest.fixture
def clip_folder(tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of clips for the stub: name → content, "__" for "/"."""

    def make(**contents: str) -> Path:
        folder = tmp_path / "clips"
        for name, content in contents.items():
            path = folder / name.replace("__", "/")
            path = path.with_name(f"{path.name}.mp4")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return folder

    return make


def make_clips(folder: Path, *names: str) -> Path:
    """Make files with these names in a folder, which is returned."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(name))
    return folder
