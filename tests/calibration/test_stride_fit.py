"""Learning with errors in variables: what is disturbed counts less, what is steady is taken off."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.stride_fit import FORCE_LEADS_S, best_line, spread

CHANCE = np.random.default_rng(5)


def test_a_feature_that_landmarks_spoil_counts_less_than_one_they_do_not() -> None:
    y = CHANCE.normal(size=400)
    x = np.stack([y, y], axis=1)
    errors = CHANCE.normal(size=(60, 2)) * (1.0, 0.05) + (0.0, 3.0)
    line = best_line(x, y, errors, 1e-6)
    assert abs(line.weights[0]) < 0.1
    assert line.weights[1] == pytest.approx(1.0, abs=0.1)
    # What the errors are on average is taken off.
    seen = x + errors[CHANCE.integers(60, size=400)]
    assert np.mean([line(one, shifted=True) for one in seen]) == pytest.approx(y.mean(), abs=0.05)


def test_what_is_trusted_is_not_drawn_to_the_mean() -> None:
    y = CHANCE.normal(size=400)
    errors = CHANCE.normal(size=(200, 1))
    cautious, trusting = (best_line(y[:, None], y, errors, 0.0, trust=trust).weights[0] for trust in (1.0, 100.0))
    assert cautious == pytest.approx(0.5, abs=0.1)
    assert trusting > 0.95


def test_the_spread_of_events_bears_one_that_went_wrong_and_never_claims_more_than_the_clocks() -> None:
    off = [0.004, -0.005, 0.006, -0.004, 0.005, 0.2]
    assert FORCE_LEADS_S < spread({("near", "contact"): off})["near", "contact"] < 0.01
