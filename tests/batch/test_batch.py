"""The package `gait.batch`, which version 0.1 had as a function."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PROGRAM = """
import sys
import gait
from tests.stub_analysis import measure
if __name__ == "__main__":
    if "import" in sys.argv[3:]:
        import gait.batch.batch_run
    result = gait.batch(sys.argv[1], sys.argv[2], jobs=1, measure=measure)
    print(result.count("ok"))
"""


@pytest.mark.parametrize("imported", [[], ["import"]])
def test_the_function_of_version_0_1_still_works_and_warns(clip_folder, tmp_path: Path, imported: list[str]) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    clips = clip_folder(a="1")
    done = subprocess.run(
        [sys.executable, "-W", "always", str(program), str(clips), str(tmp_path / "out"), *imported],
        env={"PYTHONPATH": str(REPOSITORY), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"
    assert "program.py:8: DeprecationWarning: gait.batch() is now gait.analyze_batch()" in done.stderr
