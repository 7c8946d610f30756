"""A history in a temporary folder, and two filmed runs with their comparison."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gait.history.athlete_history import History
from gait.history.comparison import compare
from gait.history.comparison_files import write_comparison
from gait.synthetic import presets
from tests.flashing_videos import Filmed, film


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


@pytest.fixture
def history(file: Path) -> Iterator[History]:
    with History(file) as opened:
        yield opened


@pytest.fixture(scope="session")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Filmed, Filmed]:
    """A runner with a quick rhythm at 40 frames/s, and one with a slow one at 25, who faces the other way."""
    folder = tmp_path_factory.mktemp("runs")
    return (
        film(folder / "before", presets.neutral(), fps=40.0, facing="right", name="Anna"),
        film(folder / "after", presets.overstriding(), fps=25.0, facing="left", name="anna"),
    )


@pytest.fixture(scope="session")
def written(two_runs: tuple[Filmed, Filmed], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared") / "out"
    write_comparison(compare(two_runs[0].folder, two_runs[1].folder), folder)
    return folder
