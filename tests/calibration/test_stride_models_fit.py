"""Models leave out what their name says, and survive being stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration import stride_models_fit
from calibration.landing_fit import JointLanding, ShoeLanding
from calibration.stride_fit import FORCE_LEAD_S
from calibration.stride_models_fit import add_landings, landing_sd, save_models
from gait.events.stride_model import load_stride_model

NOTHING = np.zeros(1)


@pytest.mark.parametrize(
    ("name", "joints", "shoes"),
    [
        ("all", {"005", "011"}, {(1, ""), (2, "005"), (3, "011")}),
        ("without_005", {"011"}, {(1, ""), (3, "011")}),
    ],
)
def test_landings_leave_out_the_runner_of_the_name(
    monkeypatch: pytest.MonkeyPatch, name: str, joints: set[str], shoes: set[tuple[int, str]]
) -> None:
    used = {}

    def record(of_joints: list[JointLanding], of_shoes: list[ShoeLanding]) -> None:
        used["joints"] = {landing.runner for landing in of_joints}
        used["shoes"] = {(landing.number, landing.runner) for landing in of_shoes}

    monkeypatch.setattr(stride_models_fit, "fit_landing", record)
    of_joints = [JointLanding(runner, NOTHING) for runner in ("005", "011")]
    of_shoes = [ShoeLanding(n, runner, NOTHING, NOTHING) for n, runner in ((1, ""), (2, "005"), (3, "011"))]
    add_landings({name: load_stride_model("all")}, of_joints, of_shoes)
    assert used == {"joints": joints, "shoes": shoes}


def test_stored_models_are_read_as_they_were(tmp_path: Path) -> None:
    model = load_stride_model("all")
    save_models(tmp_path / "models.npz", {"without_005": model})
    again = load_stride_model("without_005", tmp_path / "models.npz")
    for key, maps in model.events.items():
        for one, other in zip(maps, again.events[key], strict=True):
            np.testing.assert_array_equal(one.weights, other.weights)
    assert again.sd_s == model.sd_s


def test_the_spread_of_landings_counts_recorded_motion_only() -> None:
    table = pd.DataFrame(
        {"place": ["near"] * 6, "recorded": [True] * 5 + [False], "error_s": [FORCE_LEAD_S + 0.004] * 5 + [0.5]}
    )
    assert landing_sd(table) == {"near": pytest.approx(np.hypot(0.004, FORCE_LEAD_S))}
