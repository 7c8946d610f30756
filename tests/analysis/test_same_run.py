"""Videos of different runs that are given as one are doubted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gait.analysis.same_run import doubt_same_run, refuse_different_runs
from gait.cli.error_hints import hint_for
from gait.errors import RefusedError
from tests.fake_sessions import measured


def views(*cadences: float | None) -> list[Any]:
    return [SimpleNamespace(measurements=(measured("cadence", value, half=1.0),)) for value in cadences]


def test_three_runners_given_as_one_run_are_named_by_their_cadence() -> None:
    doubt = doubt_same_run(views(152, 168, 164))
    assert doubt is not None
    assert doubt.code == "different_runs"
    assert "152, 168 and 164 steps/min" in doubt.message


@pytest.mark.parametrize("cadences", [(168,), (168, 170), (160, 164, 162), (168, None)])
def test_videos_of_one_run_are_not_doubted(cadences: tuple[float | None, ...]) -> None:
    assert doubt_same_run(views(*cadences)) is None


def test_cadences_of_no_one_run_are_refused_with_the_name_of_each_video() -> None:
    with pytest.raises(RefusedError, match=r"a\.mp4: 152 steps/min, b\.mp4: 168 steps/min, c\.mp4: 164") as refused:
        refuse_different_runs(views(152, 168, 164), ["a.mp4", "b.mp4", "c.mp4"])
    assert refused.value.code == "different_runs"
    assert hint_for("different_runs", command="analyze") == "--same-run"


@pytest.mark.parametrize("cadences", [(168,), (168, 170), (160, 170), (None, 150), (150, None, 152)])
def test_what_is_only_doubted_is_not_refused(cadences: tuple[float | None, ...]) -> None:
    refuse_different_runs(views(*cadences), ["clip"] * len(cadences))


def test_wide_intervals_excuse_a_difference() -> None:
    wide = [SimpleNamespace(measurements=(measured("cadence", value, half=8.0),)) for value in (150.0, 168.0)]
    refuse_different_runs(wide, ["a", "b"])  # type: ignore[arg-type]
