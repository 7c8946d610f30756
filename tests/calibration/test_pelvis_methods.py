"""The comparison of ways to read pelvic drop: the way that agrees with the truth wins; no reading, no value."""

from __future__ import annotations

import numpy as np

from calibration.pelvis_methods import DropReadings, compare_methods, methods_page, predict_from_keypoints


def readings(count: int, seed: int) -> list[DropReadings]:
    """Make up runners whose cloth and keypoints move with the drop, while the hip line does not."""
    rng = np.random.default_rng(seed)
    clips = []
    for number in range(count):
        true = float(rng.uniform(0, 10))
        keypoints = rng.normal(0, 1, 12)
        keypoints[3] += 0.5 * true
        surface_drop = float("nan") if number == 0 else 0.7 * true + float(rng.normal(0, 0.2))
        surface = "cloth" if number % 2 == 0 else "tape or waistband"
        clips.append(
            DropReadings(f"clip {number}", "rear", surface, true, float(rng.normal(-5, 1)), surface_drop, keypoints)
        )
    return clips


def test_the_surface_that_moves_with_the_pelvis_wins() -> None:
    rows = compare_methods(readings(24, 1), readings(20, 2)).set_index("way")
    cloth = rows.loc["cloth in the frames, best line to the truth"]
    assert cloth["median"] < 0.6
    assert cloth["rank"] > 0.9
    assert (cloth["clips"], cloth["given"]) == (10, 9)
    assert rows.loc["line through the hip keypoints, as it is"]["median"] > 5
    assert abs(rows.loc["line through the hip keypoints, best line to the truth"]["rank"]) < 0.6


def test_the_fit_finds_keypoints_that_correlate_with_the_truth() -> None:
    test = readings(20, 4)
    found = predict_from_keypoints(readings(30, 3), test)
    true = np.array([t.true for t in test])
    assert np.corrcoef(found, true)[0, 1] > 0.5
    assert np.abs(found - true).mean() < np.abs(true - true.mean()).mean()


def test_views_with_too_few_runners_are_left_out() -> None:
    assert compare_methods(readings(3, 1), readings(5, 2)).empty


def test_the_page_is_a_table() -> None:
    text = methods_page(compare_methods(readings(24, 1), readings(20, 2)))
    assert "| tape or waistband in the frames, best line to the truth | rear | 10 of 10 |" in text
    assert "nan" not in text
