"""Processes of a pool share their inputs and the constants on trial."""

from __future__ import annotations

from pathlib import Path

from gait.calibration import constants_file
from gait.validation.process_pool import ValidationInputs, worker_inputs, worker_pool


def engine_and_constants(_: int) -> tuple[str, str]:
    return worker_inputs().engine, constants_file("foot_strike.toml").read_text(encoding="utf-8")


def test_every_process_gets_the_inputs(tmp_path: Path) -> None:
    (tmp_path / "foot_strike.toml").write_text("on = 'trial'\n", encoding="utf-8")
    inputs = ValidationInputs({}, tmp_path, "some engine", trial_constants=tmp_path)
    with worker_pool(inputs, 1) as pool:
        assert list(pool.map(engine_and_constants, [1])) == [("some engine", "on = 'trial'\n")]
    assert "Made by" in constants_file("foot_strike.toml").read_text(encoding="utf-8")  # this process is not concerned
