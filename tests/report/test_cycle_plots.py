"""Gait cycles as drawings: both legs, gaps where nothing was measured, and links to the stride."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from gait.report.cycle_plots import cycle_plots, typical_strides
from tests.fake_sessions import measured


def cycles(strides: tuple[int, int] = (12, 12), *, signal: str = "knee_flexion") -> xr.Dataset:
    percent = np.arange(101)
    wave = 40 - 35 * np.cos(2 * np.pi * percent / 100)
    mean = np.stack([wave, wave + 3])[None]
    for side, count in enumerate(strides):
        if count == 0:
            mean[:, side] = np.nan
    dims = ("signal", "side", "percent")
    return xr.Dataset(
        {
            "mean": (dims, mean),
            "sd": (dims, np.full_like(mean, 2.0)),
            "strides": (dims[:2], np.array([strides])),
            "toe_off": ("side", [36.0, np.nan]),
        },
        coords={
            "signal": [signal],
            "side": ["left", "right"],
            "percent": percent,
            "unit": ("signal", ["deg"]),
            "sign": ("signal", ["0 = straight"]),
        },
    )


def given(*keys: str, sides: tuple[str, ...] = ("left", "right")) -> list:
    return [measured(key, 1.0, side=side) for key in keys for side in sides]


BOTH = given("knee_flexion_stance")


def test_a_refused_leg_is_not_drawn() -> None:
    assert cycle_plots(cycles(), [], {}) == []
    ((_, plot),) = cycle_plots(cycles(), given("knee_flexion_stance", sides=("left",)), {})
    assert 'class="mean left"' in plot.svg
    assert 'class="mean right"' not in plot.svg


def test_both_legs_are_drawn_and_in_the_caption() -> None:
    ((title, plot),) = cycle_plots(cycles(), BOTH, {})
    assert title == "Knee bend"
    assert plot.caption == "Left 5° to 75°; right 8° to 78°."
    for mark in ('class="mean left"', 'class="mean right"', 'class="spread left"', 'class="toe-off left"'):
        assert mark in plot.svg
    assert 'class="toe-off right"' not in plot.svg
    assert "catch" not in plot.svg
    assert "nan" not in plot.svg


def test_a_click_leads_to_a_stride_in_the_player() -> None:
    ((_, plot),) = cycle_plots(cycles(), BOTH, {"left": (1.5, 2.2)}, player="player-1")
    assert 'data-player="player-1" data-begin="1.5000" data-end="2.2000"' in plot.svg


@pytest.mark.parametrize(("strides", "drawn"), [((12, 2), ("left",)), ((0, 5), ("right",)), ((0, 0), ())])
def test_a_leg_with_too_few_strides_is_left_out(strides: tuple[int, int], drawn: tuple[str, ...]) -> None:
    made = cycle_plots(cycles(strides), BOTH, {})
    assert len(made) == bool(drawn)
    for _, plot in made:
        for side in ("left", "right"):
            assert (f'class="mean {side}"' in plot.svg) == (side in drawn)


def test_the_trunk_is_one_line() -> None:
    ((_, plot),) = cycle_plots(cycles(signal="trunk_lean"), given("trunk_lean", sides=("both",)), {})
    assert plot.svg.count('class="mean both"') == 1
    assert plot.caption == "5° to 75°."
    assert 'class="mean left"' not in plot.svg


def test_the_stride_shown_is_an_ordinary_one_in_the_middle() -> None:
    contacts = [0.0, 0.7, 1.4, 2.1, 4.2, 4.9, 5.6]  # two strides were missed
    events = pd.DataFrame({"side": "left", "kind": "contact", "time_s": contacts})
    begin, end = typical_strides(events)["left"]
    assert end - begin == pytest.approx(0.7)
    assert "right" not in typical_strides(events)
    assert typical_strides(events.iloc[:1]) == {}


def test_a_recorded_signal_has_the_band_of_healthy_runners() -> None:
    ((_, plot),) = cycle_plots(cycles(), BOTH, {}, speed_mps=(3.0, 3.0))
    assert 'class="usual"' in plot.svg
    assert "13 healthy runners" in plot.svg
    lean = cycles(signal="trunk_lean")
    ((_, plot),) = cycle_plots(lean, given("trunk_lean", sides=("both",)), {})
    assert 'class="usual"' not in plot.svg
