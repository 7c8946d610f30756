"""How fast the stance foot seems to travel, over the speed of the belt."""

from __future__ import annotations

import tomllib

import pandas as pd
import pytest

from calibration.belt_speed_fit import belt_speed_lines


def test_each_network_gets_its_median_and_spread_and_exact_joints_keep_theirs() -> None:
    ratios = pd.DataFrame(
        {
            "network": ["full"] * 5 + ["heavy"] * 5,
            "clip": [f"clip {i}" for i in range(5)] * 2,
            "ratio": [1.00, 1.02, 1.04, 1.06, 1.60, 0.97, 0.98, 0.99, 1.00, 1.01],
        }
    )
    table = tomllib.loads("\n".join(belt_speed_lines(ratios)))
    assert set(table) == {"joints", "full", "heavy"}
    assert table["full"]["ratio"] == pytest.approx(1.04)
    assert 0.02 < table["full"]["sd"] < 0.13  # one clip on which the network fails does not decide
    assert table["heavy"] == {"ratio": 0.99, "sd": pytest.approx(0.015, abs=0.002), "clips": 5}
