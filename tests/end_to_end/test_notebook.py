"""The first notebook runs on the poses of the sample clip."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gait.owned_files import FILES_LIST
from tests.conftest import REPOSITORY
from tests.documents import said, script
from tests.end_to_end.conftest import MIXED

pytest.importorskip("nbclient", reason="running notebooks needs gait[notebooks]")
pytest.importorskip("ipykernel", reason="running notebooks needs gait[notebooks]")


@pytest.mark.slow
def test_the_first_analysis_runs(sample: Callable[[str], Any], tmp_path: Path) -> None:
    (tmp_path / "side").mkdir()
    for name in ("pose_1.nc", FILES_LIST):
        shutil.copy(sample("side")[0].folder / name, tmp_path / "side" / name)
    run = script(REPOSITORY / "notebooks" / "run.py")
    environment = {"GAIT_POSES": str(tmp_path), "GAIT_MODEL": MIXED}  # the network that found the kept poses
    notebook = run.execute(REPOSITORY / "notebooks" / "01_first_analysis.ipynb", environment=environment, timeout_s=120)
    for words in ("side view, facing left", "intervals hold the truth"):
        assert words in said(notebook), words
