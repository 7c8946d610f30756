"""Shares and quantiles are SciPy's, and nothing imports it before one is used."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import special, stats

from gait.signal.distributions import NORMAL_95, normal_quantile, normal_share, t_quantile, t_share


def test_the_constant_is_the_quantile() -> None:
    assert float(special.ndtri(0.975)) == NORMAL_95


def test_shares_and_quantiles_undo_each_other() -> None:
    shares = np.linspace(0.01, 0.99, 25)
    np.testing.assert_allclose(normal_share(normal_quantile(shares)), shares)
    for freedom in (1.0, 4.5, 30.0, np.inf):
        np.testing.assert_allclose(t_share(freedom, t_quantile(freedom, shares)), shares, rtol=1e-9)


@pytest.mark.parametrize("freedom", [1.0, 2.5, 9.0, 120.0])
def test_quantiles_are_those_of_the_distribution(freedom: float) -> None:
    assert float(t_quantile(freedom, 0.975)) == pytest.approx(float(stats.t(freedom).ppf(0.975)), rel=1e-9)
    assert float(t_quantile(np.inf, 0.975)) == pytest.approx(NORMAL_95, rel=1e-9)


def test_a_check_and_an_analysis_start_without_scipy() -> None:
    code = "import sys, gait.quality.video_check, gait.session; print([m for m in sys.modules if m == 'scipy'])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
