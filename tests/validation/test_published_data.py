"""The published data of every clip: short, valid JSON, and enough to compute the tables again."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from gait.validation.published_data import data_lines, published_data, published_measurements
from gait.validation.truth_comparison import TABLES, ValidationResults


def results() -> ValidationResults:
    """Make the tables of one clip at two frame rates."""
    head = {"clip": "run", "source": "planned", "view": "side", "body": "sculpted", "recording": None, "drop_deg": 5.0}
    clips = [head | {"fps": fps, "speed_mps": 3.0123456, "height_m": 1.75, "seed": 7} for fps in (30.0, 60.0)]
    values = [
        head | {"fps": 60.0, "key": "overstride", "side": "left", "place": "near", "level": np.True_, "truth": 0.2}
        | {"value": value, "low": value - 0.02, "high": value + 0.02, "freedom": np.nan, "reason": "long text"}
        for value in (0.212345678, np.nan)
    ]  # fmt: skip
    events = [
        head | {"fps": 60.0, "side": "left", "kind": "contact", "outcome": outcome, "error_ms": error}
        for outcome, error in (("found", 2.0), ("found", 4.0), ("missed", np.nan))
    ]
    tables = {name: pd.DataFrame() for name in TABLES}
    made = {"clips": pd.DataFrame(clips), "measurements": pd.DataFrame(values), "events": pd.DataFrame(events)}
    return ValidationResults(**(tables | made))


def test_data_are_rounded_and_missing_numbers_are_null() -> None:
    data = json.loads(data_lines(published_data(results())))
    assert data["measurements"]["value"] == [0.21235, None]
    assert data["measurements"]["level"] == [True, True]
    assert "reason" not in data["measurements"]
    assert data["clips"]["recording"] == [None, None]
    assert {len(column) for column in data["clips"].values()} == {2}


def test_events_of_a_leg_are_summed_up() -> None:
    events = published_data(results())["events"]
    assert (events["found"], events["missed"], events["mean_ms"]) == ([2], [1], [3])


def test_measurements_are_joined_with_the_conditions_of_their_clip() -> None:
    table = published_measurements(json.loads(data_lines(published_data(results()))))
    assert table.speed_mps.tolist() == [3.0123, 3.0123]
    assert table.value.tolist()[0] == 0.21235
    assert np.isnan(table.value[1])
    assert table.fps.tolist() == [60.0, 60.0]
    assert table.body.tolist() == ["sculpted"] * 2


def test_a_validation_without_events_has_data_all_the_same() -> None:
    tables = {name: pd.DataFrame() for name in TABLES}
    clips = results().clips
    data = published_data(ValidationResults(**(tables | {"clips": clips})))
    assert data["events"]["row"] == []
    assert data["measurements"]["value"] == []
