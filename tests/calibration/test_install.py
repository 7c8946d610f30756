"""Results reach the package by a command of their own: complete sets only, with a list of what differs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calibration.calibrate import FILES
from calibration.install import differences, install, main
from gait.errors import InputError


def write_set(folder: Path, bias: float = 0.5) -> None:
    folder.mkdir()
    for name in FILES:
        if name.endswith(".npz"):
            np.savez(folder / name, weights=np.array([1.0, 2.0 + bias]))
        else:
            (folder / name).write_text(f"# Made by: a test\n[metric.near]\nbias = {bias}\nsd = 1.0\n", encoding="utf-8")


def test_a_complete_set_is_copied_and_what_differs_is_listed(tmp_path: Path) -> None:
    results, target = tmp_path / "results", tmp_path / "package"
    write_set(results, bias=0.75)
    write_set(target)
    compared = install(results, target)
    assert compared["method_error.toml"] == ["metric.near.bias: 0.5 → 0.75"]
    assert compared["stride_model.npz"] == ["weights: largest change 0.25"]
    for name in FILES:
        assert (target / name).read_bytes() == (results / name).read_bytes()
    assert sorted(path.name for path in target.iterdir()) == sorted(FILES)


def test_a_check_changes_nothing(tmp_path: Path) -> None:
    results, target = tmp_path / "results", tmp_path / "package"
    write_set(results, bias=0.75)
    write_set(target)
    before = (target / "method_error.toml").read_bytes()
    assert install(results, target, check=True)["method_error.toml"]
    assert (target / "method_error.toml").read_bytes() == before


def test_an_incomplete_set_is_refused(tmp_path: Path) -> None:
    results, target = tmp_path / "results", tmp_path / "package"
    write_set(results, bias=0.75)
    write_set(target)
    (results / "method_error.toml").unlink()
    with pytest.raises(InputError, match=r"method_error\.toml missing"):
        install(results, target)
    assert "0.5" in (target / "pelvic_drop.toml").read_text(encoding="utf-8")


def test_without_results_nothing_is_installed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no results"):
        install(tmp_path, tmp_path)


def test_one_command_installs_one_set_without_the_other(tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.mkdir()
    (results / "ordinary_cycles.toml").write_text("[[cycle]]\nmean = [1.0, 2.0]\n", encoding="utf-8")
    assert install(results, tmp_path) == {"ordinary_cycles.toml": ["cycle.0.mean: new, [1.0, 2.0]"]}


def test_comments_are_no_difference(tmp_path: Path) -> None:
    for name, comment in (("a.toml", "old"), ("b.toml", "new")):
        (tmp_path / name).write_text(f"# {comment}\nx = [1, 2]\n", encoding="utf-8")
    assert differences(tmp_path / "a.toml", tmp_path / "b.toml") == []


def test_values_that_come_and_go_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "b.toml").write_text("y = 2\n", encoding="utf-8")
    assert differences(tmp_path / "a.toml", tmp_path / "b.toml") == ["x: removed", "y: new, 2"]


def test_the_command_tells_by_its_exit_code_whether_values_differ(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results, target = tmp_path / "results", tmp_path / "package"
    write_set(results, bias=0.75)
    write_set(target)
    folders = ["--results", str(results), "--target", str(target)]
    assert main([*folders, "--check"]) == 1
    assert "metric.near.bias: 0.5 → 0.75" in capsys.readouterr().out
    assert main(folders) == 0
    assert main([*folders, "--check"]) == 0
    assert main(["--results", str(tmp_path / "nowhere"), "--target", str(target)]) == 2
