"""The two kinds of error: one line, a code for programs."""

from __future__ import annotations

import pickle

import pytest

from gait.errors import GaitError, InputError, RefusedError


@pytest.mark.parametrize("kind", [InputError, RefusedError])
def test_an_error_is_its_line_and_may_carry_a_code(kind: type[GaitError]) -> None:
    error = kind("height is missing; give it", code="height_missing")
    assert str(error) == "height is missing; give it"
    assert error.code == "height_missing"
    assert kind("plain").code is None


def test_an_error_survives_the_way_from_a_worker_process() -> None:
    error = pickle.loads(pickle.dumps(InputError("no such file", code="file_missing")))
    assert (type(error), str(error), error.code) == (InputError, "no such file", "file_missing")


def test_an_input_error_is_a_value_error() -> None:
    assert issubclass(InputError, ValueError)
    assert not issubclass(RefusedError, ValueError)
