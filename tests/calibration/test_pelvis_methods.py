"""The comparison of ways to read pelvic drop: what follows the truth wins, what nobody read gives no value."""

from __future__ import annotations

import numpy as np

from calibration.pelvis_methods import Told, compared, learned, page


def told(count: int, seed: int) -> list[Told]:
    """Runners whose cloth follows the drop, whose hip line does not, and whose landmarks hint at it."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        true = float(rng.uniform(0, 10))
        landmarks = rng.normal(0, 1, 12)
        landmarks[3] += 0.5 * true
        seen = float("nan") if number == 0 else 0.7 * true + float(rng.normal(0, 0.2))
        kind = "cloth" if number % 2 == 0 else "marks"
        made.append(Told(f"clip {number}", "rear", kind, true, float(rng.normal(-5, 1)), seen, landmarks))
    return made


def test_what_follows_the_pelvis_wins() -> None:
    rows = compared(told(24, 1), told(20, 2)).set_index("way")
    cloth = rows.loc["cloth in the picture, best line to the truth"]
    assert cloth["median"] < 0.6
    assert cloth["rank"] > 0.9
    assert (cloth["clips"], cloth["given"]) == (10, 9)
    assert rows.loc["line through the hip landmarks, as it is"]["median"] > 5
    assert abs(rows.loc["line through the hip landmarks, best line to the truth"]["rank"]) < 0.6


def test_learning_takes_what_hints_at_the_truth() -> None:
    test = told(20, 4)
    found = learned(told(30, 3), test)
    true = np.array([t.true for t in test])
    assert np.corrcoef(found, true)[0, 1] > 0.5
    assert np.abs(found - true).mean() < np.abs(true - true.mean()).mean()


def test_views_with_too_few_runners_are_left_out() -> None:
    assert compared(told(3, 1), told(5, 2)).empty


def test_the_page_is_a_table() -> None:
    text = page(compared(told(24, 1), told(20, 2)))
    assert "| marks in the picture, best line to the truth | rear | 10 of 10 |" in text
    assert "nan" not in text
