"""Numbers, speeds and lengths in the units of the reader."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait.display_units import (
    UNITS,
    Units,
    height_in_units,
    length_in_units,
    number_text,
    show_in,
    shown_units,
    speed_in_units,
    speed_range_in_units,
    speeds_in_units,
)
from gait.errors import InputError
from gait.written_units import read_length_cm, read_speed_kmh


def test_one_run_in_all_units() -> None:
    assert [speed_in_units(2.8, one) for one in UNITS] == ["10.1 km/h", "6.3 mph", "5:57 min/km", "9:35 min/mi"]
    assert speed_in_units(1000 / 315, "imperial-pace") == "8:27 min/mi"
    assert [length_in_units(8.9, one) for one in UNITS] == ["8.9 cm", "3.5 in"] * 2
    assert [height_in_units(1.78, one) for one in UNITS] == ["178 cm", "5 ft 10 in"] * 2
    assert length_in_units(-2.0) == "−2.0 cm"
    assert number_text(-0.04, 1) == "0.0"


def test_rounding_never_makes_60_seconds_or_12_inches() -> None:
    assert speed_in_units(1000 / 299.7, "pace") == "5:00 min/km"
    assert height_in_units(1.828, "imperial") == "6 ft 0 in"


def test_the_choice_ends_with_its_context_also_after_an_error() -> None:
    with show_in("imperial"):
        assert speed_in_units(2.8) == "6.3 mph"
        with show_in("pace"):
            assert (speed_in_units(2.8), height_in_units(1.78)) == ("5:57 min/km", "178 cm")
        with pytest.raises(InputError), show_in("imperial-pace"):
            raise InputError("a fault")
        assert shown_units() == "imperial"
    assert shown_units() == "metric"


def test_another_thread_keeps_its_own_units() -> None:
    seen: list[str] = []
    with show_in("imperial"):
        thread = threading.Thread(target=lambda: seen.append(shown_units()))
        thread.start()
        thread.join()
    assert seen == ["metric"]


def test_a_range_of_speeds_goes_from_slow_to_fast() -> None:
    assert speed_range_in_units(2.5, 3.1) == "9 to 11 km/h"
    with show_in("pace"):
        assert speed_range_in_units(2.5, 3.1) == "6:40 to 5:23 min/km"


def test_recorded_texts_are_rewritten_but_for_other_numbers() -> None:
    text = "at the belt's measured speed, 10.0 km/h, in 12 steps"
    assert speeds_in_units(text) == text
    with show_in("pace"):
        assert speeds_in_units(text) == "at the belt's measured speed, 6:00 min/km, in 12 steps"


@pytest.mark.parametrize("units", UNITS)
@given(st.floats(1.5, 6.0))
def test_what_is_written_can_be_typed_in(units: Units, speed: float) -> None:
    assert read_speed_kmh(speed_in_units(speed, units)) / 3.6 == pytest.approx(speed, rel=0.02)
    assert read_length_cm(height_in_units(speed / 3, units)) == pytest.approx(100 * speed / 3, abs=1.3)
