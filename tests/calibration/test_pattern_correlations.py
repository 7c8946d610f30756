"""Correlations of the signs of a pattern, from made-up runners and errors with known ones."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration.pattern_correlations import error_correlations, main, runner_correlations
from tests.conftest import REPOSITORY

NORMS = REPOSITORY.parent / "shared" / "norms" / "runners.csv"


def drawn(r: float, n: int, *, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).multivariate_normal([0, 0], [[1, r], [r, 1]], size=n)


def test_between_runners_counts_what_speed_does_not_explain() -> None:
    own = drawn(0.6, 400)
    rows = [
        {"runner": f"r{n}", "speed_mps": v, "a": own[n, 0] + 3 * v + v**2, "b": own[n, 1] - 5 * v}
        for n in range(len(own))
        for v in (2.5, 3.5, 4.5)
    ]
    ((pair, (r, n)),) = runner_correlations(pd.DataFrame(rows), ["a", "b"]).items()
    assert pair == ("a", "b")
    assert n == 400  # runners, not trials
    assert r == pytest.approx(np.corrcoef(own.T)[0, 1], abs=0.02)


def test_a_runner_without_one_of_the_metrics_does_not_count() -> None:
    rows = pd.DataFrame(
        {"runner": list("abcd"), "speed_mps": [2.0, 3, 4, 5], "a": [1.0, 2, 3, 5], "b": [1.0, 4, 2, np.nan]}
    )
    assert runner_correlations(rows, ["a", "b"])["a", "b"][1] == 3


def test_errors_of_metrics_and_of_legs_are_correlated_about_the_mean_of_each_leg_view() -> None:
    metrics, legs = drawn(0.7, 300), drawn(0.5, 300, seed=6)
    rows = []
    for n in range(300):
        for k, (side, place) in enumerate((("left", "far"), ("right", "near"))):
            rows += [
                {"clip": n, "key": "a", "side": side, "place": place, "error": legs[n, k] + 9 * k},
                {"clip": n, "key": "b", "side": side, "place": place, "error": metrics[n, k]},
            ]
        rows.append({"clip": n, "key": "c", "side": "both", "place": "near", "error": legs[n, 0]})
    pairs, of_legs = error_correlations(pd.DataFrame(rows), ["a", "b", "c"])
    assert of_legs["a"] == (pytest.approx(np.corrcoef(legs.T)[0, 1], abs=1e-6), 300)
    assert of_legs["b"] == (pytest.approx(np.corrcoef(metrics.T)[0, 1], abs=1e-6), 300)
    assert "c" not in of_legs
    assert pairs["a", "c"][0] > 0.5  # the same on one leg, and half as much on the other
    assert abs(pairs["a", "b"][0]) < 0.15
    assert pairs["a", "b"][1] == 300  # clips, not legs


def test_the_file_of_the_package_is_what_the_command_makes(tmp_path: Path) -> None:
    if not NORMS.is_file():
        pytest.skip(f"needs {NORMS}, which is not here")
    validation = REPOSITORY / "docs" / "validation.json"
    main(["--norms", str(NORMS), "--validation", str(validation), "-o", str(tmp_path / "made.toml")])
    made, kept = (
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in (tmp_path / "made.toml", REPOSITORY / "gait" / "findings" / "pattern_correlations.toml")
    )
    assert made == kept
