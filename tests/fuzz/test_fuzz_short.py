"""A short run of the fuzzer over all kinds, in a process of its own because its workers need one environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.fuzz.targets import KINDS

#: Inputs of each kind.
EACH = 8


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first run keeps its samples for the second."""
    return tmp_path_factory.mktemp("fuzz") / "corpus.pickle"


def fuzz(corpus: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.fuzz.run", "--corpus", str(corpus), *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def test_the_samples_themselves_are_accepted(corpus: Path) -> None:
    said = fuzz(corpus, "--unchanged")
    for kind in KINDS:
        assert f"{kind} unchanged" in said


def test_no_file_of_any_kind_ends_in_a_traceback_a_hang_or_litter(corpus: Path, tmp_path: Path) -> None:
    kinds = [word for kind in KINDS for word in ("--only", f"{kind}={EACH}")]
    # The inputs with the number 0 are made of samples that are long enough to be measured, as the unchanged ones are.
    folders = ["--failures", str(tmp_path / "failures"), "--tallies", str(tmp_path / "tallies")]
    said = fuzz(corpus, *kinds, "--first", "1", *folders)
    for kind in KINDS:
        assert f"{kind}: {EACH} tried" in said
    assert not (tmp_path / "failures").exists()
