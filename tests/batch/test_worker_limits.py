"""Limits of a session: generous for what cameras film, and said in numbers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gait.batch.worker_limits import WorkerLimits, resident_bytes
from gait.errors import InputError


def test_time_grows_with_the_clips(tmp_path: Path) -> None:
    paths = []
    for name, size in (("phone.mp4", 45_000_000), ("hours.mp4", 40_000_000_000)):
        paths.append(tmp_path / name)
        with paths[-1].open("wb") as file:
            file.truncate(size)  # takes no space on the disk
    phone, hours = map(str, paths)
    limits = WorkerLimits()
    assert 900 + 23 * 20 < limits.seconds_for([phone]) < 2 * 3600  # takes 23 s on one core
    assert limits.seconds_for([hours]) == 48 * 3600
    assert limits.seconds_for([phone, phone]) > limits.seconds_for([phone])
    assert limits.seconds_for(["s3://bucket/clip.mp4"]) == 48 * 3600
    assert WorkerLimits(time_s=60).seconds_for([hours]) == 60


@pytest.mark.parametrize("wrong", [{"time_s": 0}, {"time_s": -5}, {"time_s": float("nan")}, {"memory_bytes": 1000}])
def test_limits_that_let_nothing_run_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="cannot"):
        WorkerLimits(**wrong)  # type: ignore[arg-type]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_memory_of_a_process() -> None:
    own = resident_bytes(os.getpid())
    assert own is not None
    assert own > 10_000_000
    assert resident_bytes(2**22 + 1) is None
