"""A clip of a report for a comparison."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from gait.history.comparison import compare
from gait.history.comparison_files import write_comparison
from tests.flashing_videos import Filmed


def test_without_the_clip_the_page_still_has_the_values(two_runs: tuple[Filmed, Filmed], tmp_path: Path) -> None:
    folder = shutil.copytree(two_runs[0].folder, tmp_path / "run")
    record = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    record["videos"][0]["file"] = "/nowhere/gone.mp4"
    (folder / "report.json").write_text(json.dumps(record), encoding="utf-8")
    page = write_comparison(compare(folder, two_runs[1].folder), tmp_path / "out")
    assert "is gone" in page.read_text(encoding="utf-8")
    assert not (tmp_path / "out" / "compare.mp4").exists()
