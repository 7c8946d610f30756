"""A short run of the fuzzer over all kinds, in a process of its own because its workers need one environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.fuzz.targets import KINDS

#: Inputs of each kind; ``make fuzz`` tries hundreds.
EACH = 4


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "failures"


@pytest.fixture(scope="module")
def said(failures: Path) -> str:
    """Try the samples, and inputs made of them, in one process: to start its worker takes half of the time."""
    kinds = [word for kind in KINDS for word in ("--only", f"{kind}={EACH}")]
    # The inputs with the number 0 are made of samples that are long enough to be measured, as the unchanged ones are.
    folders = ["--failures", str(failures), "--tallies", str(failures.with_name("tallies"))]
    command = [sys.executable, "-m", "tests.fuzz.run", "--unchanged", *kinds, "--first", "1", *folders]
    command += ["--corpus", str(failures.with_name("corpus.pickle"))]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_the_samples_themselves_are_accepted(said: str) -> None:
    for kind in KINDS:
        assert f"{kind} unchanged" in said


def test_no_file_of_any_kind_ends_in_a_traceback_a_hang_or_litter(said: str, failures: Path) -> None:
    for kind in KINDS:
        assert f"{kind}: {EACH} tried" in said
    assert not failures.exists()
