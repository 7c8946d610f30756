"""Videos of different runs that are given as one are doubted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gait.analysis.same_run import doubt_same_run
from tests.fake_sessions import measured


def views(*cadences: float | None) -> list[Any]:
    return [SimpleNamespace(measurements=(measured("cadence", value, half=1.0),)) for value in cadences]


def test_three_runners_given_as_one_run_are_named_by_their_cadence() -> None:
    doubt = doubt_same_run(views(152, 168, 164))
    assert doubt is not None
    assert doubt.code == "different_runs"
    assert "152 and 168 and 164 steps/min" in doubt.message


@pytest.mark.parametrize("cadences", [(168,), (168, 170), (160, 164, 162), (168, None)])
def test_videos_of_one_run_are_not_doubted(cadences: tuple[float | None, ...]) -> None:
    assert doubt_same_run(views(*cadences)) is None
