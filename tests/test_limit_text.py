"""A message about a limit must show that the limit is not met."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gait.limit_text import missed_limit_text


@given(st.floats(0, 1e6), st.sampled_from([0.35, 0.8, 4, 10, 64, 5000]), st.integers(0, 3))
def test_the_two_numbers_always_differ_in_the_right_direction(value: float, limit: float, decimals: int) -> None:
    if value == limit:
        return
    text, limit_text = missed_limit_text(value, limit, decimals)
    assert float(limit_text) == limit
    if text.startswith("just"):
        assert abs(value - limit) < 1e-5
        assert text.split()[1] == ("under" if value < limit else "over")
    else:
        assert (float(text) < float(limit_text)) == (value < limit)
        assert text != limit_text
