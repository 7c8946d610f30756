"""Child processes started inside the block use one core; afterwards the environment is as before."""

from __future__ import annotations

import os

import pytest

from gait.single_core import THREAD_VARIABLES, single_core_processes


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
