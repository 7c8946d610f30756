"""Values as people type them."""

from __future__ import annotations

import pytest

from gait.app.form_reading import HEIGHT_M, length_m, read_height_m, read_speed_mps, speed_mps
from gait.errors import InputError


@pytest.mark.parametrize(
    ("text", "units", "expected"),
    [
        ("178", "metric", 1.78),
        ("1.78", "metric", 1.78),
        ("1,78 m", "metric", 1.78),
        ("5'10\"", "metric", 1.778),
        ("70", "imperial", 1.778),
        ("178 cm", "imperial", 1.78),
        ("17", "metric", None),
        ("1.78", "imperial", None),
        ("tall", "metric", None),
    ],
)
def test_a_height_is_read_in_the_units_of_the_athlete(text, units, expected):
    assert length_m(text, HEIGHT_M, units) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "units", "expected"),
    [
        ("10.08", "metric", 2.8),
        ("6.26", "imperial", 2.798),
        ("5:57", "pace", 2.801),
        ("6.26mph", "metric", 2.798),
        ("100", "metric", None),
        ("fast", "metric", None),
        ("", "metric", None),
    ],
)
def test_a_speed_is_read_in_the_units_of_the_athlete(text, units, expected):
    assert speed_mps(text, units) == (expected if expected is None else pytest.approx(expected, abs=1e-3))


def test_what_cannot_be_read_gets_one_line():
    assert read_height_m(" ") is read_speed_mps("") is None
    assert read_height_m("1.78") == pytest.approx(1.78)
    with pytest.raises(InputError, match="'3' is no body height"):
        read_height_m("3")
    with pytest.raises(InputError, match="'0' is no belt speed"):
        read_speed_mps("0")
