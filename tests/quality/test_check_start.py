"""What a check begins with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gait.errors import InputError
from gait.quality.check_start import StartedCheck
from gait.quality.picture_changes import find_picture_changes


class CountedEngine:
    """An engine that only counts how often it is entered and left."""

    def __init__(self) -> None:
        self.entered, self.left = 0, 0

    def __enter__(self) -> CountedEngine:
        self.entered += 1
        return self

    def __exit__(self, *error: object) -> None:
        self.left += 1


def begun(path: Path, make_engine: Any = CountedEngine) -> StartedCheck:
    return StartedCheck(path, make_engine)


def test_the_engine_is_entered_once_and_left_once(clean: Path) -> None:
    with begun(clean) as started:
        engine: Any = started.engine()
        assert started.engine() is engine
        assert (engine.entered, engine.left) == (1, 0)
        started.leave_engine()
        assert engine.left == 1
    assert (engine.entered, engine.left) == (1, 1)


def test_the_pictures_are_those_of_the_video(clean: Path) -> None:
    with begun(clean) as started:
        assert started.stretch.result() == find_picture_changes(clean)
        assert started.meta.width == 400


def test_a_model_that_cannot_be_used_is_an_error_where_the_engine_is_needed(clean: Path) -> None:
    def refuse() -> CountedEngine:
        raise InputError("the model is damaged")

    with begun(clean, refuse) as started, pytest.raises(InputError, match="damaged"):
        started.engine()


def test_no_video_begins_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        begun(tmp_path / "none.mp4")


def test_a_program_can_begin_before_xarray_is_loaded() -> None:
    code = "import sys, gait.quality.check_start; print({'xarray', 'pandas', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
