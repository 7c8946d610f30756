"""A short run of the fuzzer over all kinds, in a process of its own because it forks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.fuzz.targets import KINDS

#: Inputs of each kind: half a minute on one core.
EACH = 8


@pytest.mark.slow
def test_the_samples_themselves_are_accepted() -> None:
    command = [sys.executable, "-m", "tests.fuzz.run", "--unchanged"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"


def test_no_file_of_any_kind_ends_in_a_traceback_a_hang_or_litter(tmp_path: Path) -> None:
    kinds = [word for kind in KINDS for word in ("--only", f"{kind}={EACH}")]
    folders = ["--failures", str(tmp_path / "failures"), "--tallies", str(tmp_path / "tallies")]
    command = [sys.executable, "-m", "tests.fuzz.run", *kinds, *folders]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    for kind in KINDS:
        assert f"{kind}: {EACH} tried" in done.stdout
    assert not (tmp_path / "failures").exists()
