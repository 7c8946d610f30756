"""The share of an error that recurs with the runner, on made-up errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from calibration.repeatability import FILMS, RUNNERS, repeat_cases, runner_shares


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_the_share_of_the_runner_is_estimated(share: float) -> None:
    rng = np.random.default_rng(2)
    bodies, films = 400, 3
    error = rng.normal(0, share**0.5, (bodies, 1)) + rng.normal(0, (1 - share) ** 0.5, (bodies, films))
    table = pd.DataFrame(
        {"body": np.repeat(np.arange(bodies), films), "key": "trunk_lean", "place": "near", "error": error.ravel()}
    ).drop(index=[0, 1, 5])  # a runner with one film, one with two
    (found,) = runner_shares(table).to_dict("records")
    assert found["share"] == pytest.approx(share, abs=0.07)
    assert found["sd_film"] == pytest.approx((1 - share) ** 0.5, abs=0.05)


def test_every_runner_is_filmed_several_times_by_different_cameras() -> None:
    cases = repeat_cases()
    assert len(cases) == RUNNERS * FILMS
    for number in range(RUNNERS):
        films = [case for case in cases if case.name.startswith(f"rho_{number}_")]
        assert len({case.runner for case in films}) == 1
        assert len({case.camera for case in films}) == FILMS
