"""Methods of a record that upper rooms provide."""

from __future__ import annotations

import pytest

import gait  # noqa: F401 (registers the accessors of a session)
from gait.accessors import register_accessor, resolve_accessor


def test_a_registered_function_is_found_by_name() -> None:
    register_accessor("test.sqrt", "math:sqrt")
    assert resolve_accessor("test.sqrt")(4) == 2


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"no accessor is registered as 'test\.nothing'"):
        resolve_accessor("test.nothing")


@pytest.mark.parametrize("name", ["session.plot", "session.plot_steps", "session.card", "session.save", "session.load"])
def test_what_a_session_offers_is_registered(name: str) -> None:
    assert callable(resolve_accessor(name))
