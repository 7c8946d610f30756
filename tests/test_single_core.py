"""Work that uses one core: linear algebra of a program, and child processes that are started inside the block."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np  # noqa: F401  # brings the linear algebra that is limited
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from gait.single_core import (
    THREAD_VARIABLES,
    available_cores,
    on_one_core,
    single_core_linear_algebra,
    single_core_processes,
)


def test_the_environment_is_restored_also_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    set_before, unset_before = THREAD_VARIABLES[0], THREAD_VARIABLES[1]
    monkeypatch.setenv(set_before, "7")
    monkeypatch.delenv(unset_before, raising=False)
    values_inside = set()

    def fail() -> None:
        with single_core_processes():
            values_inside.update(os.environ[name] for name in THREAD_VARIABLES)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert values_inside == {"1"}
    assert os.environ[set_before] == "7"
    assert unset_before not in os.environ


def test_linear_algebra_uses_one_core_unless_its_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    monkeypatch.setenv("MKL_NUM_THREADS", "3")
    single_core_linear_algebra()
    assert (os.environ["OPENBLAS_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]) == ("1", "3")


def test_the_command_line_says_so_before_numpy_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    code = (
        "import os, sys, gait.cli.main as line\n"
        "line.app = lambda **options: print(os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)\n"
        "line.main([])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1 False\n"


def test_linear_algebra_uses_one_core_while_a_function_runs() -> None:
    def threads() -> set[int]:
        return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        assert on_one_core(threads)() == {1}
        assert threads() == {2}


def test_cores_are_those_that_this_process_may_use() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or 1)
