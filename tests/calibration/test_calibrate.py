"""The whole calibration on made-up measurements: what is written where, in which order, and nothing elsewhere."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration import calibrate as run
from calibration.calibrate import FAMILIES, FILES, calibrate
from calibration.constants_writer import HEADER
from calibration.keypoint_correction_fit import JointErrors
from calibration.keypoint_errors_fit import LegLengthRatio
from gait.calibration import constants_file, use_trial_folder
from gait.events.stride_model import StrideModel, load_stride_model
from gait.pose.dataset import CALIBRATED_NETWORKS
from gait.validation.cases import ValidationCase, clip_cases
from gait.validation.process_pool import ValidationInputs
from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "gait" / "calibration"
CLIPS = 6


class Pool:
    """A pool that hands out made-up rows by the name of the measuring function."""

    def __init__(self, rows: dict[str, list[object]]) -> None:
        self.rows = rows

    def map(self, measure: object, cases: list[object]) -> list[list[object]]:
        rows = self.rows.get(measure.__name__, [])  # type: ignore[attr-defined]
        return [[rows[n % len(rows)]] if rows else [] for n, _ in enumerate(cases)]


def joint_errors(number: int) -> JointErrors:
    return JointErrors("heavy", "rear", "hip", np.ones((1, 1), complex), np.array([0.01 + 0.001j * number]), 0.01)


def keypoint_row(number: int) -> dict[str, object]:
    names = ("bias_x", "bias_y", "locked_x", "locked_y", "random_x", "random_y", "distance", "memory_s")
    row: dict[str, object] = dict.fromkeys(names, 0.1 * number)
    return row | {"network": "heavy", "joint": "ankle", "place": "near", "locked": [0.0] * 20}


def measured_row(number: int) -> dict[str, object]:
    return {
        "network": "heavy",
        "key": "cadence",
        "place": "near",
        "source": "recorded",
        "level": True,
        "fps": 60.0,
        "value": 10.0 + number,
        "truth": 10.0,
    }


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace everything that takes long; the list tells which constants a step found when it began."""
    order: list[str] = []
    rows: dict[str, list[object]] = {
        "clip_keypoint_errors": [keypoint_row(n) for n in range(CLIPS)],
        "clip_leg_length": [
            LegLengthRatio(network, view, 1.0, 1.0)
            for network, view in product(CALIBRATED_NETWORKS, ("side", "rear", "front"))
            for _ in range(2)
        ],
        "clip_errors": [measured_row(n) for n in range(CLIPS)],
        "clip_joint_errors": [joint_errors(n) for n in range(CLIPS)],
        "clip_drops": [
            {"key": "pelvic_drop", "place": "rear", "apparent": float(n), "true": 1.0 + n} for n in range(CLIPS)
        ],
        "clip_belt_ratio": [{"network": "heavy", "clip": f"clip {n}", "ratio": 1.0 + 0.01 * n} for n in range(CLIPS)],
        "clip_landings": [
            {"place": "near", "recorded": True, "error_s": 0.002 * n, "apparent": 8.0 + n, "true": 9.0 + n}
            for n in range(CLIPS)
        ],
    }

    class Context:
        def __init__(self, inputs: ValidationInputs, jobs: int | None) -> None:
            assert inputs.trial_constants is not None
            found = sorted(path.stem for path in inputs.trial_constants.glob("*.toml"))
            order.append(f"{inputs.trial_constants.name}: {' '.join(found)}")

        def __enter__(self) -> Pool:
            return Pool(rows)

        def __exit__(self, *_: object) -> None:
            return None

    model = load_stride_model("all")

    def fitted(*_: object) -> dict[str, StrideModel]:
        return {"all": model, "without_001": model}

    monkeypatch.setattr(run, "worker_pool", Context)
    monkeypatch.setattr(run, "make_clips", lambda *_, **__: None)
    monkeypatch.setattr(run, "fit_stride_models", fitted)
    monkeypatch.setattr(run, "held_out_errors", lambda *_: {key: [0.005, -0.004, 0.006] for key in model.events})
    monkeypatch.setattr(run, "add_landings", lambda models, *_: dict(models))
    cases = [
        replace(case, name=f"{family} {n}", factors=case.factors | {"body": family})
        for family in FAMILIES
        for n, case in enumerate(clip_cases("quick", seed=1) * 3)
    ]
    monkeypatch.setattr(run, "clip_cases", lambda *_, **__: cases)
    return order


def test_a_run_writes_its_files_and_nothing_else(steps: list[str], tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in PACKAGE.iterdir() if path.is_file()}
    output = tmp_path / "results"
    calibrate({}, tmp_path / "clips", engine="litert", output=output)
    folders = [f"without_{family}" for family in FAMILIES]
    assert sorted(path.name for path in output.iterdir()) == sorted([*FILES, *folders, "held_out_errors.csv"])
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert {path: path.stat().st_mtime_ns for path in PACKAGE.iterdir() if path.is_file()} == before
    for name in FILES:
        if name.endswith(".toml"):
            text = (output / name).read_text(encoding="utf-8")
            assert text.startswith(f"{HEADER}\n")
            tomllib.loads(text)
    assert load_stride_model("without_001", output / "stride_model.npz").landing_sd_s["near"] > 0


def test_each_step_begins_with_the_results_of_those_before(steps: list[str], tmp_path: Path) -> None:
    calibrate({}, tmp_path, engine="litert", output=tmp_path / "results")
    before_events = "keypoint_correction keypoint_errors pelvic_drop"
    before_belt = f"foot_strike {before_events}"
    # The last pools, one a network, measure the speed of the belt and what is left.
    expected = ["keypoint_correction keypoint_errors", *[before_events] * 3]
    expected += [before_belt] * 3 + [f"belt_speed {before_belt}"] * 3
    for folder in ("without_sculpted", "without_makehuman"):
        assert [step.partition(": ")[2] for step in steps if step.startswith(f"{folder}:")] == expected


def test_no_family_is_tested_on_constants_that_were_fitted_to_it(
    steps: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tested = []
    made_up = run.table_of

    def recorded(pool: Pool, measure: Callable[..., object], cases: list[ValidationCase]) -> pd.DataFrame:
        if measure is run.clip_errors:
            tested.append(({case.factors["body"] for case in cases}, steps[-1].partition(":")[0]))
        return made_up(pool, measure, cases)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "table_of", recorded)
    calibrate({}, tmp_path, engine="litert", output=tmp_path / "results")
    assert {(*bodies, folder) for bodies, folder in tested} == {
        ("sculpted", "without_sculpted"),
        ("makehuman", "without_makehuman"),
    }


def test_files_of_an_earlier_run_do_not_leak_into_this_one(steps: list[str], tmp_path: Path) -> None:
    (tmp_path / "method_error.toml").write_text("old = 1\n", encoding="utf-8")
    (tmp_path / "ordinary_cycles.toml").write_text("of = 'another command'\n", encoding="utf-8")
    calibrate({}, tmp_path, engine="litert", output=tmp_path)
    assert steps[0].endswith(": ordinary_cycles")
    assert "old" not in (tmp_path / "method_error.toml").read_text(encoding="utf-8")


def test_the_method_error_is_that_of_all_clips_left_out(steps: list[str], tmp_path: Path) -> None:
    calibrate({}, tmp_path, engine="litert", output=tmp_path)
    row = tomllib.loads((tmp_path / "method_error.toml").read_text(encoding="utf-8"))["heavy"]["cadence"]["near"]["60"]
    assert row["clips"] == 24
    assert row["bias"] == pytest.approx(2.5)


def test_trial_constants_come_first_and_only_where_they_exist(tmp_path: Path) -> None:
    (tmp_path / "pelvic_drop.toml").write_text("x = 1\n", encoding="utf-8")
    use_trial_folder(tmp_path)
    try:
        assert constants_file("pelvic_drop.toml").read_text(encoding="utf-8") == "x = 1\n"
        assert "Made by" in constants_file("method_error.toml").read_text(encoding="utf-8")
    finally:
        use_trial_folder(None)
    assert "Made by" in constants_file("pelvic_drop.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*(name for name in FILES if name.endswith(".toml")), "ordinary_cycles.toml"])
def test_every_file_of_constants_names_the_command_that_makes_it(name: str) -> None:
    first = (PACKAGE / name).read_text(encoding="utf-8").splitlines()[0]
    module = first.removeprefix("# Made by: python -m ").replace(".", "/")
    assert (REPOSITORY / f"{module}.py").is_file(), first


def test_without_recordings_nothing_is_calibrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        run.main(["-o", str(tmp_path / "results")])
    assert "no force-plate recordings" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
