"""Keypoint errors are medians over clips; what differs from runner to runner is told from what all share."""

from __future__ import annotations

import tomllib
from itertools import product

import numpy as np
import pandas as pd
import pytest

from calibration.keypoint_errors_fit import LegLengthRatio, keypoint_error_lines, leg_length_lines
from gait.pose.dataset import CALIBRATED_NETWORKS


def test_bias_is_a_median_and_the_individual_part_is_what_differs_between_runners() -> None:
    rng = np.random.default_rng(3)
    shared = rng.normal(0, 1, 20)
    rows = [
        {
            **dict.fromkeys(("locked_x", "locked_y", "random_x", "random_y", "distance"), 0.5),
            "network": "heavy",
            "clip": f"clip {n}",
            "joint": "ankle",
            "place": "near",
            "bias_x": 1.0 if n else 50.0,
            "bias_y": -2.0,
            "memory_s": 0.02,
            "locked": (shared + rng.normal(0, 0.1, 20)).tolist(),
        }
        for n in range(400)
    ]
    table = tomllib.loads("\n".join(keypoint_error_lines(pd.DataFrame(rows), "litert")))
    row = table["heavy"]["landmark"]["near"]["ankle"]
    assert row["bias"] == [1.0, -2.0]
    assert row["clips"] == 400
    assert row["memory_s"] == 0.02
    # 5 harmonics of cosine and sine with an amplitude of 0.1 each.
    assert row["locked_own_sd"] == pytest.approx([0.1 * np.sqrt(10 / 2)] * 2, abs=0.02)


def test_leg_lengths_are_medians_by_view() -> None:
    ratios = [
        LegLengthRatio(network, view, 1.0 + 0.1 * n, 0.9)
        for network, view, n in product(CALIBRATED_NETWORKS, ("side", "rear", "front"), range(3))
    ]
    table = tomllib.loads("\n".join(leg_length_lines(ratios)))["full"]["apparent_leg"]
    assert table["side"] == {"joints": 1.1, "engine": 0.9, "sd": 0.09, "clips": 3}
