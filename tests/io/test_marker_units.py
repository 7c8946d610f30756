"""The unit that a file states, checked against the length of a leg."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait.errors import InputError
from gait.io.marker_units import METRES, MarkerScale, leg_length, marker_scale, unit_of
from tests.walking_markers import LEGS, points_m

FILE = Path("run.trc")


@pytest.mark.parametrize(
    ("stated", "unit"),
    [
        ("m", "m"),
        ("Meters", "m"),
        (" MM ", "mm"),
        ("[cm]", "cm"),
        ("in", "inch"),
        ("Feet", "foot"),
        ("px", "px"),
        ("", None),
    ],
)
def test_a_unit_is_read_in_its_usual_spellings(stated: str, unit: str | None) -> None:
    assert unit_of(FILE, stated) == unit


@pytest.mark.parametrize("stated", ["furlong", "kg", "deg", "\x1b[31m"])
def test_what_is_no_length_is_refused(stated: str) -> None:
    with pytest.raises(InputError, match="its unit is"):
        unit_of(FILE, stated)


def test_the_leg_is_measured_over_the_knee() -> None:
    assert leg_length(points_m(), LEGS) == pytest.approx(0.8, abs=0.02)
    assert np.isnan(leg_length(np.full_like(points_m(), np.nan), LEGS))


@pytest.mark.parametrize("unit", [*METRES, None])
@pytest.mark.parametrize("true", list(METRES))
def test_a_leg_shows_what_the_unit_is(true: str, unit: str | None) -> None:
    """Right, told and corrected, or refused: never a body of another size without a word."""
    position = points_m() / METRES[true]
    scale = _scale_of(position, unit)
    if isinstance(scale, str):
        assert true in ("inch", "foot") or unit is None
        assert "correct the unit in the file" in scale
    elif unit == true:
        assert scale == MarkerScale(METRES[true])
    else:
        assert scale.metres == METRES[true] or true in ("inch", "foot")
        assert scale.note is not None
        assert 0.4 <= 0.8 / METRES[true] * (scale.metres or 0) <= 1.35


def _scale_of(position: np.ndarray, unit: str | None) -> MarkerScale | str:
    try:
        return marker_scale(FILE, position, LEGS, unit)
    except InputError as error:
        return str(error)


def test_shares_of_the_picture_are_no_pixels() -> None:
    with pytest.raises(InputError, match="shares of the picture must be multiplied by its width and height"):
        marker_scale(FILE, points_m()[..., :2], LEGS, "px")
    assert marker_scale(FILE, 500 * points_m()[..., :2], LEGS, "px") == MarkerScale(None)
    assert marker_scale(FILE, points_m(), LEGS, "px").metres == 1.0  # in space, and as long as a leg


@given(height_m=st.floats(1.2, 2.2), unit=st.sampled_from(["m", "cm", "mm"]), stated=st.sampled_from(["m", "cm", "mm"]))
def test_everybody_of_ordinary_height_is_read_in_the_right_unit(height_m: float, unit: str, stated: str) -> None:
    position = points_m() / 0.8 * 0.49 * height_m / METRES[unit]
    scale = marker_scale(FILE, position, LEGS, stated)
    assert scale.metres == METRES[unit]
    assert (scale.note is None) == (unit == stated)
