"""Places that the sizes of coded frames point to."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gait.quality.suspect_stretches import SuspectStretches, find_suspect_stretches

TIMES = np.arange(1800) / 30
KEYS = TIMES[::30]


def sizes() -> NDArray[np.int64]:
    """Draw sizes of a camera's frames: uneven, and a little larger at every step."""
    noise = np.random.default_rng(3).normal(0, 400, len(TIMES))
    drawn = np.rint(6000 + 800 * np.sin(2 * np.pi * 2.6 * TIMES) + noise).astype(np.int64)
    drawn[::30] = 40_000
    return drawn


def test_an_ordinary_film_has_no_quiet_stretch() -> None:
    assert find_suspect_stretches(TIMES, sizes(), KEYS).quiet == ()


def test_frames_that_take_next_to_nothing_are_quiet() -> None:
    coded = sizes()
    coded[600:660] = 60
    ((first, last),) = find_suspect_stretches(TIMES, coded, KEYS).quiet
    assert (first, last) == pytest.approx((20.0, 22.0), abs=0.2)


def test_every_second_frame_that_takes_next_to_nothing_is_quiet() -> None:
    coded = sizes()
    coded[601:720:2] = 60
    quiet = find_suspect_stretches(TIMES, coded, KEYS).quiet
    assert quiet
    assert all(19.5 <= first <= last <= 24.5 for first, last in quiet)


def test_frames_that_are_all_coded_by_themselves_are_compared_with_each_other() -> None:
    coded = 40_000 + sizes()
    coded[600:660] = coded[600]
    quiet = find_suspect_stretches(TIMES, coded, TIMES).quiet
    first, last = max(quiet, key=lambda part: part[1] - part[0])
    assert (first, last) == pytest.approx((20.0, 22.0), abs=0.2)
    assert sum(last - first for first, last in quiet) < 4.0


def test_a_single_large_frame_and_an_early_key_frame_are_suspect() -> None:
    coded = sizes()
    coded[910] = 30_000
    assert find_suspect_stretches(TIMES, coded, KEYS).moments[0] == TIMES[910]
    assert TIMES[911] in find_suspect_stretches(TIMES, sizes(), np.sort(np.r_[KEYS, TIMES[911]])).moments


def test_sizes_in_reverse_order_are_suspect() -> None:
    coded = sizes()
    coded[1201:1300] = coded[1101:1200][::-1]
    coded[::30] = 40_000
    assert find_suspect_stretches(TIMES, coded, KEYS).moments[0] == pytest.approx(40.0, abs=0.1)


def test_moments_at_which_a_film_may_turn_back_are_apart_and_the_clearest_come_first() -> None:
    coded = sizes()
    for turn in (601, 1201):
        coded[turn : turn + 99] = coded[turn - 100 : turn - 1][::-1]
    coded[1270:1290] += 1500  # less alike
    coded[::30] = 40_000
    moments = find_suspect_stretches(TIMES, coded, KEYS).moments
    assert moments[:2] == pytest.approx((20.0, 40.0), abs=0.1)
    assert np.diff(np.sort(moments)).min(initial=np.inf) > 1.0


def test_without_sizes_nothing_is_suspect() -> None:
    assert find_suspect_stretches(TIMES, np.zeros(0, dtype=np.int64), KEYS) == SuspectStretches()
