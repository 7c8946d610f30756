"""Lengths and speeds as people write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait.written_units import read_length_cm, read_speed_kmh


@pytest.mark.parametrize(
    ("text", "cm"),
    [
        *(("178", 178.0), ("178,5", 178.5), (" 178 cm ", 178.0), ("178CM", 178.0), ("1.78m", 178.0), ("1,78 m", 178.0)),
        *(("5'10\"", 177.8), ("5’10”", 177.8), ("5′ 10″", 177.8), ("5' 10", 177.8), ("5ft10in", 177.8)),
        *(("5 ft 10.5 in", 179.07), ("5 feet 10 inches", 177.8), ("6'", 182.88), ("6ft", 182.88), ("70in", 177.8)),
        *(('70"', 177.8), ("5'10''", 177.8), ("1780 mm", 178.0)),
    ],
)
def test_lengths(text: str, cm: float) -> None:
    assert read_length_cm(text) == pytest.approx(cm)


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        *(("10.1", 10.1), ("10,1 km/h", 10.1), ("10.1KMH", 10.1), ("10 kph", 10.0), ("2.8 m/s", 10.08)),
        *(("11.4mph", 18.3465), ("6 mi/h", 9.656), ("5:15/km", 11.4286), ("5:15 min/km", 11.4286), ("8:00/mi", 12.07)),
        *(("8:00 / mile", 12.07), ("10:30 min/mile", 9.1963)),
    ],
)
def test_speeds_and_paces(text: str, kmh: float) -> None:
    assert read_speed_kmh(text) == pytest.approx(kmh, rel=1e-4)


@pytest.mark.parametrize("text", ["", "tall", "5'12\"", "178 kg", "cm", "5'x", "--", "1.7.8 m", "nan", "inf", "5''10'"])
def test_what_is_no_length(text: str) -> None:
    assert math.isnan(read_length_cm(text))


@pytest.mark.parametrize(
    "text", ["", "fast", "5:15", "5:60/km", "0:00/km", "5:5/km", "10 knots", "km/h", "nan", "-:30/km"]
)
def test_what_is_no_speed(text: str) -> None:
    assert math.isnan(read_speed_kmh(text))


@given(
    st.integers(4, 7), st.integers(0, 11), st.sampled_from(["{}'{}\"", "{}ft{}in", "{} ft {} in", "{}′{}″", "{}'{}"])
)
def test_feet_and_inches_are_12_to_a_foot(feet: int, inches: int, written: str) -> None:
    assert read_length_cm(written.format(feet, inches)) == pytest.approx(2.54 * (12 * feet + inches))


@given(st.floats(0.5, 300, allow_nan=False), st.sampled_from([("", 1), ("cm", 1), (" m", 100), ("in", 2.54)]))
def test_one_length_in_every_unit(number: float, unit: tuple[str, float]) -> None:
    text = f"{number:.4f}{unit[0]}"
    assert read_length_cm(text) == pytest.approx(round(number, 4) * unit[1])
    assert read_length_cm(text.replace(".", ",")) == pytest.approx(round(number, 4) * unit[1])


@given(st.integers(2, 30), st.integers(0, 59))
def test_a_pace_is_the_inverse_of_a_speed(minutes: int, seconds: int) -> None:
    speed = read_speed_kmh(f"{minutes}:{seconds:02d}/km")
    assert 3600 / speed == pytest.approx(60 * minutes + seconds)
    assert read_speed_kmh(f"{minutes}:{seconds:02d}/mi") == pytest.approx(1.609344 * speed)


@given(st.text(max_size=20))
def test_any_text_gives_a_number_or_none(text: str) -> None:
    for value in (read_length_cm(text), read_speed_kmh(text)):
        assert isinstance(value, float)
