from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gait.athletes.history import History


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.db"


@pytest.fixture
def history(file: Path) -> Iterator[History]:
    with History(file) as opened:
        yield opened
