"""The statistics that calibration runs share, and how they write a file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.constants_writer import robust_line, robust_sd, write_constants


def line_of(*args: np.ndarray, **prior: Any) -> dict[str, float]:
    return tomllib.loads("\n".join(robust_line(*args, **prior)))


def test_a_robust_spread_is_that_of_the_bulk() -> None:
    values = np.random.default_rng(1).normal(0, 2, 2000)
    assert robust_sd(values) == pytest.approx(2, rel=0.06)
    values[:20] = 30
    assert robust_sd(values) == pytest.approx(2, rel=0.06)


def test_a_robust_spread_is_at_least_half_of_the_plain_one() -> None:
    values = np.array([0.0, 0.0, 0.0, 0.0, 10.0])
    assert robust_sd(values) == pytest.approx(np.std(values) / 2)


def test_a_line_is_found_in_spite_of_an_outlier() -> None:
    apparent = np.linspace(0, 10, 30)
    true = 1 + 1.2 * apparent
    true[7] += 15
    line = line_of(apparent, true, prior_center=5.0, prior_half_width=2.0)
    assert line["slope"] == pytest.approx(1.2, abs=0.03)
    assert line["offset"] == pytest.approx(1, abs=0.2)
    assert line["clips"] == 30


def test_a_clip_on_which_something_else_was_tracked_does_not_turn_the_line() -> None:
    true = np.array([1.1, 1.5, 2.8, 4.8, 9.7])
    apparent = np.array([0.5, 1.3, 2.5, 4.3, 1.5])  # the last one lies far from the others, and is wrong
    prior = {"prior_center": 5.0, "prior_half_width": 2.0}
    assert line_of(apparent, true, **prior)["slope"] > 2
    line = line_of(apparent, true, ignore_outliers=True, **prior)
    assert line["slope"] == pytest.approx(1.0, abs=0.1)
    assert line["sd"] > 3  # what is left over still tells of it


def test_noise_in_what_is_seen_does_not_flatten_the_line() -> None:
    rng = np.random.default_rng(3)
    true = rng.normal(8, 4, 400)
    apparent = true + rng.normal(0, 4, 400)
    line = line_of(apparent, true, prior_center=8.0, prior_half_width=2.0)
    assert line["slope"] == pytest.approx(1.0, abs=0.08)
    assert np.polyfit(apparent, true, 1)[0] < 0.6  # what the usual regression would give


def test_two_clips_cannot_turn_the_line() -> None:
    line = line_of(np.array([2.3, 1.5]), np.array([4.4, 9.7]), prior_center=5.0, prior_half_width=2.0)
    assert line["slope"] == 1.0
    assert 0 < line["offset"] < 5


def test_a_single_clip_moves_the_line_part_of_the_way() -> None:
    line = line_of(np.array([5.0]), np.array([7.0]), prior_center=5.0, prior_half_width=2.0)
    assert 5 < line["offset"] + 5 * line["slope"] < 7


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    write_constants(tmp_path / "a.toml", ["# Made by: a test", "x = 1"])
    assert (tmp_path / "a.toml").read_text(encoding="utf-8") == "# Made by: a test\nx = 1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.toml"]
