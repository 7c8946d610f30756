"""The whole calibration on made-up measurements: what is written where, in which order, and nothing elsewhere."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration import calibrate as run
from calibration.calibrate import FILES, HELD_OUT_MODELS, calibrate
from calibration.constants_writer import HEADER
from calibration.keypoint_errors_fit import LegLengthRatio
from gait.calibration import constants_file, use_trial_folder
from gait.events.stride_model import StrideModel, load_stride_model
from gait.validation.process_pool import ValidationInputs
from gait.validation.truth_comparison import TABLES, ValidationResults
from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "gait" / "calibration"
CLIPS = 6


class Pool:
    """A pool that hands out made-up rows by the name of the measuring function."""

    def __init__(self, rows: dict[str, list[object]]) -> None:
        self.rows = rows

    def map(self, measure: object, cases: list[object]) -> list[list[object]]:
        rows = self.rows.get(measure.__name__, [])  # type: ignore[attr-defined]
        return [rows[n : n + 1] for n, _ in enumerate(cases)]


def keypoint_row(number: int) -> dict[str, object]:
    names = ("bias_x", "bias_y", "locked_x", "locked_y", "random_x", "random_y", "distance", "memory_s")
    row: dict[str, object] = dict.fromkeys(names, 0.1 * number)
    return row | {"joint": "ankle", "place": "near", "locked": [0.0] * 20}


def measurement_table() -> pd.DataFrame:
    rows = [
        {"key": key, "place": "near", "fps": 60.0, "clip": f"clip {n}", "value": 10.0 + n, "truth": 10.0}
        for key in ("cadence", "foot_strike_angle")
        for n in range(CLIPS)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace everything that takes long; the list tells which constants a step found when it began."""
    order: list[str] = []
    rows: dict[str, list[object]] = {
        "clip_keypoint_errors": [keypoint_row(n) for n in range(CLIPS)],
        "clip_leg_length": [LegLengthRatio(view, 1.0, 1.0) for view in ("side", "rear", "front") for _ in range(2)],
        "clip_drops": [
            {"key": "pelvic_drop", "place": "rear", "apparent": float(n), "true": 1.0 + n} for n in range(CLIPS)
        ],
        "clip_landings": [
            {"place": "near", "recorded": True, "error_s": 0.002 * n, "apparent": 8.0 + n, "true": 9.0 + n}
            for n in range(CLIPS)
        ],
    }

    class Context:
        def __init__(self, inputs: ValidationInputs, jobs: int | None) -> None:
            assert inputs.trial_constants is not None
            order.append(" ".join(sorted(path.stem for path in inputs.trial_constants.glob("*.toml"))))

        def __enter__(self) -> Pool:
            return Pool(rows)

        def __exit__(self, *_: object) -> None:
            return None

    model = load_stride_model("all")

    def fitted(*_: object) -> tuple[dict[str, StrideModel], dict[str, StrideModel]]:
        return {"all": model, "without_001": model}, {"rest0": model, "rest1": model}

    def evaluated(*_: object, **__: object) -> ValidationResults:
        clips = pd.DataFrame({"clip": [f"clip {n}" for n in range(CLIPS)], "wrong_person": [0.0] * (CLIPS - 1) + [0.5]})
        empty = {name: pd.DataFrame() for name in TABLES}
        return ValidationResults(**(empty | {"clips": clips, "measurements": measurement_table()}))

    monkeypatch.setattr(run, "worker_pool", Context)
    monkeypatch.setattr(run, "make_clips", lambda *_, **__: None)
    monkeypatch.setattr(run, "fit_stride_models", fitted)
    monkeypatch.setattr(run, "add_landings", lambda models, *_: dict(models))
    monkeypatch.setattr(run, "evaluate", evaluated)
    return order


def test_a_run_writes_its_files_and_nothing_else(steps: list[str], tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in PACKAGE.iterdir() if path.is_file()}
    output = tmp_path / "results"
    calibrate({}, tmp_path / "clips", engine="litert", output=output)
    assert sorted(path.name for path in output.iterdir()) == sorted([*FILES, HELD_OUT_MODELS])
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
    assert steps == ["", "keypoint_errors", *["keypoint_errors pelvic_drop"] * 3]


def test_files_of_an_earlier_run_do_not_leak_into_this_one(steps: list[str], tmp_path: Path) -> None:
    (tmp_path / "method_error.toml").write_text("old = 1\n", encoding="utf-8")
    (tmp_path / "ordinary_cycles.toml").write_text("of = 'another command'\n", encoding="utf-8")
    calibrate({}, tmp_path, engine="litert", output=tmp_path)
    assert steps[0] == "ordinary_cycles"
    assert "old" not in (tmp_path / "method_error.toml").read_text(encoding="utf-8")


def test_clips_on_which_somebody_else_was_followed_do_not_count(steps: list[str], tmp_path: Path) -> None:
    calibrate({}, tmp_path, engine="litert", output=tmp_path)
    row = tomllib.loads((tmp_path / "method_error.toml").read_text(encoding="utf-8"))["metric"]["cadence"]["near"]["60"]
    assert row["clips"] == CLIPS - 1
    assert row["bias"] == pytest.approx(2.0)
    assert row["sd"] > np.std(range(CLIPS - 1))  # widened for the small number of clips


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
