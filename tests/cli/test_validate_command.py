"""``gait validate``: options reach the validation."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from tests.cli.conftest import assert_refused


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--mocap", "nowhere"], ["--mocap nowhere", "no such folder"]),
        (["--mocap", "."], ["no recordings", "--mocap"]),
        (["--jobs", "0"], ["--jobs 0", "1 to 64"]),
        (["--seed", "-1"], ["--seed -1", "must not be negative"]),
        (["--engine", "openpose"], ["--engine openpose", "litert"]),
    ],
)
def test_unusable_options_are_refused(gait, tmp_path, options, says):
    assert_refused(gait("validate", "-o", "out", *options), *says)
    assert not list(tmp_path.iterdir())


def test_options_reach_the_validation(gait, monkeypatch, tmp_path):
    given = {}

    def run(output: Path, **options: object) -> Path:
        given.update(options, output=output)
        return output / "validation.md"

    monkeypatch.setattr("gait.validation.validate", run)
    outcome = gait("validate", "--quick", "-o", "out", "--jobs", "2", "--seed", "3", "--work", "kept")
    assert (outcome.code, outcome.err) == (0, "")
    assert (given["output"], given["size"], given["jobs"], given["seed"]) == (Path("out"), "quick", 2, 3)
    assert (given["engine"], given["clip_folder"], given["mocap"]) == (DEFAULT_ENGINE, Path("kept"), None)
    assert "validation.md" in outcome.out
