"""The run over labelled clips and laboratory recordings: tables, text and files, refused clips among them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from gait.errors import RefusedError
from gait.labelling.label_file import write_label_file
from gait.validation.real_runners import (
    aligned_table,
    compare_with_lab,
    compare_with_labels,
    real_runner_lines,
    write_real_runners,
)
from tests.foreign_files import seen
from tests.reference_files import VIDEO, exact_labels, write_c3d


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """Replace the analysis: every clip is the sample; one named dark shows nobody."""
    calls: list[dict] = []

    def analyze(video: Path, **options: object) -> SimpleNamespace:
        calls.append({"video": video, **options})
        if video.stem == "dark":
            raise RefusedError("dark.mp4: nobody runs")
        return SimpleNamespace(views=(seen(),))

    monkeypatch.setattr("gait.validation.real_runners.analyze", analyze)
    return calls


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    folder = tmp_path / "labels"
    folder.mkdir()
    for name in ("dark", "run"):
        write_label_file(folder / f"{name}.json", replace(exact_labels(), clip=name))
        shutil.copy(VIDEO, folder / f"{name}.mp4")
    return folder


def test_labelled_clips_give_tables_and_a_refused_one_its_reason(labels: Path, analysed: list, tmp_path: Path) -> None:
    done = []
    result = compare_with_labels(labels, cache_dir=tmp_path / "kept", progress=lambda n, of: done.append((n, of)))
    assert done == [(1, 2), (2, 2)]
    assert analysed[1]["cache_dir"] == tmp_path / "kept" / "labels" / "run"
    assert (tmp_path / "kept" / "labels" / "run").is_dir()
    assert list(result.clips["clip"]) == ["dark", "run"]
    assert result.clips.refused[0] == "dark.mp4: nobody runs"
    assert set(result.values["clip"]) == {"run"}
    assert set(result.events.kind) == {"contact", "toe_off"}
    assert {"events", "at_reference", "reported"} == set(result.summaries())
    text = "\n".join(real_runner_lines(result))
    for fragment in (
        "dark: dark.mp4: nobody runs",
        "tibia_angle, °",
        "left (near)",
        "method error",
        "toe-off",
        "± gait",
    ):
        assert fragment in text
    assert "nan" not in text.lower()


def test_labels_that_take_the_other_leg_for_near_are_noted(labels: Path, analysed: list) -> None:
    for name in ("dark", "run"):
        record = json.loads((labels / f"{name}.json").read_text())
        (labels / f"{name}.json").write_text(json.dumps(record | {"near_side": "right"}))
    result = compare_with_labels(labels)
    assert "labels say that the right leg is near, gait finds the left" in result.clips.note[1]


def test_the_files_hold_every_clip(labels: Path, analysed: list, tmp_path: Path) -> None:
    result = compare_with_labels(labels)
    page, data = write_real_runners(result, tmp_path, command="gait validate --labels labels")
    record = json.loads(data.read_text())
    assert record["schema"] == "gait.real_runners/1"
    assert len(record["clips"]) == 2
    assert {row["key"] for row in record["values"]} >= {"overstride", "contact_time"}
    assert record["summary"]["events"][0]["clips"] == 1
    assert page.name == "labels_validation.md"
    assert "gait validate --labels labels" in page.read_text()
    assert "NaN" not in data.read_text()


def test_recordings_of_a_laboratory_give_the_same_tables(analysed: list, tmp_path: Path) -> None:
    pytest.importorskip("ezc3d", reason="C3D needs gait[export]")
    write_c3d(tmp_path / "run.c3d")
    shutil.copy(VIDEO, tmp_path / "run.mp4")
    (tmp_path / "lab.toml").write_text("height_cm = 176\n")
    result = compare_with_lab(tmp_path)
    assert analysed[0]["height_m"] == 1.76
    assert {"near", "far"} == set(result.events.place)
    assert {"cadence", "trunk_lean", "hip_extension"} <= set(result.values.key)
    text = "\n".join(real_runner_lines(result))
    assert "laboratory" in text
    assert "label" not in text


def test_columns_are_as_wide_as_their_longest_cell() -> None:
    assert aligned_table(("a", "long"), [("bb", "c")]) == [
        "| a  | long |",
        "|----|------|",
        "| bb | c    |",
        "",
    ]
