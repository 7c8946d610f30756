"""Killed at any point where it writes, gait loses nothing; the long run is ``python -m tests.fuzz.crashes``."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY


@pytest.mark.parametrize("arguments", [("--every", "session", "poses"), ("--kills", "8")], ids=["everywhere", "random"])
def test_nothing_is_lost_by_a_kill(arguments: tuple[str, ...]) -> None:
    # In a process of its own: forking one with threads, as that of the tests is, may block.
    command = [sys.executable, "-m", "tests.fuzz.crashes", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "no clip, report, stamp or session lost or damaged" in ended.stdout
