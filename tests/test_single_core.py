"""Work that uses one core: linear algebra of a program, and child processes that are started inside the block."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gait.single_core import (
    THREAD_VARIABLES,
    available_cores,
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


def of_a_new_process(code: str) -> str:
    """Return what a program prints. In this process, other tests' threads may limit linear algebra meanwhile."""
    start = (
        "import numpy, scipy.linalg\n"
        "from threadpoolctl import threadpool_info\n"
        "from gait.single_core import on_one_core\n"
        "def cores():\n"
        "    return [library['num_threads'] for library in threadpool_info()]\n"
        "before = cores()\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in THREAD_VARIABLES}
    command = [sys.executable, "-c", start + code]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def test_linear_algebra_uses_one_core_while_a_function_runs() -> None:
    assert of_a_new_process("print({*on_one_core(cores)()}, cores() == before)") == "{1} True\n"


def test_the_number_of_cores_returns_after_an_error() -> None:
    code = "try:\n    on_one_core(lambda: 1 / 0)()\nexcept ZeroDivisionError:\n    print(cores() == before)\n"
    assert of_a_new_process(code) == "True\n"


def test_threads_that_overlap_share_the_limit_and_leave_none_behind() -> None:
    code = (
        "from threading import Event, Thread\n"
        "inside, ended = Event(), Event()\n"
        "def second():\n"
        "    inside.set()\n"
        "    ended.wait(60)\n"
        "    print({*cores()})\n"
        "def first():\n"
        "    thread.start()\n"
        "    inside.wait(60)\n"
        "thread = Thread(target=on_one_core(second))\n"
        "on_one_core(first)()\n"
        "ended.set()\n"
        "thread.join()\n"
        "print(cores() == before, {*on_one_core(cores)()})\n"
    )
    assert of_a_new_process(code) == "{1}\nTrue {1}\n"


def test_cores_are_those_that_this_process_may_use() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or 1)
