"""Lines from the apparent turn of the shoe to the foot strike angle, one for each leg."""

from __future__ import annotations

import tomllib

import numpy as np
import pandas as pd
import pytest

from calibration.foot_strike_fit import strike_lines


def test_each_leg_gets_its_own_line() -> None:
    rows = [
        {"place": place, "apparent": turn, "true": slope * turn}
        for place, slope in (("near", 1.0), ("far", 1.2))
        for turn in np.linspace(-5, 20, 30)
    ]
    table = tomllib.loads("\n".join(strike_lines(pd.DataFrame(rows))))["foot_strike_angle"]
    assert table["near"] == {"offset": 0.0, "slope": 1.0, "sd": 0.0, "clips": 30}
    assert table["far"]["slope"] == pytest.approx(1.2, abs=0.02)
