"""``gait validate``: options reach the validation."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
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
        (["--labels", "nowhere"], ["--labels nowhere", "no such folder"]),
        (["--labels", "."], ["no label files"]),
        (["--labels", "..", "--lab", ".."], ["give one of them"]),
        (["--videos", "."], ["--videos goes with --labels"]),
        (["--lab", "nowhere"], ["--lab nowhere", "no such folder"]),
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


def test_labels_are_a_validation_of_their_own(gait, monkeypatch, tmp_path):
    """Tables are printed; nothing is written but to a folder that was asked for."""
    given = {}
    clips = pd.DataFrame([{"clip": "run", "refused": None}])
    result = SimpleNamespace(reference="labels", clips=clips)

    def compare(folder: Path, **options: object) -> SimpleNamespace:
        given.update(options, folder=folder)
        return result

    def write(result: object, folder: Path, *, command: str) -> tuple[Path, Path]:
        given["command"] = command
        return folder / "labels_validation.md", folder / "labels_validation.json"

    monkeypatch.setattr("gait.validation.real_runners.compare_with_labels", compare)
    monkeypatch.setattr("gait.validation.real_runners.write_real_runners", write)
    monkeypatch.setattr("gait.validation.real_runners.real_runner_lines", lambda result: ["| table |", ""])
    for name in ("mine", "clips"):
        (tmp_path / name).mkdir()
    outcome = gait("validate", "--labels", "mine", "--videos", "clips", "--work", "kept")
    assert (outcome.code, outcome.out) == (0, "| table |\n")
    assert (given["folder"], given["video_folders"]) == (Path("mine"), [Path("clips")])
    assert given["cache_dir"] == Path("kept/real")
    assert "command" not in given
    assert not (tmp_path / "docs").exists()
    outcome = gait("validate", "--labels", "mine", "--videos", "clips", "-o", "out")
    assert "labels_validation.md" in outcome.out
    assert given["command"] == "gait validate --labels mine --videos clips"
    assert_refused(gait("validate", "--labels", "mine", "-o", "mine"), "-o mine", "labels themselves")
    result.clips.loc[0, "refused"] = "nobody runs"
    outcome = gait("validate", "--labels", "mine")
    assert outcome.code == 2
    assert "no clip could be analysed: nobody runs" in outcome.err
