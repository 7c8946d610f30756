"""A whole validation of one small clip: rendered, measured, and written as a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gait.errors import InputError
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.pose.engines.model_file import DEFAULT_MODEL
from gait.validation import cases as case_module
from gait.validation import error_plots, evaluation, process_pool, rendered_clips, validate
from gait.validation.process_pool import ValidationInputs
from gait.validation.rendered_clips import FailedClip, make_clips
from gait.validation.truth_comparison import collect_results, failed_clip_tables
from gait.validation.validation_page import main


def compute_tables_again_gives(folder: Path) -> str:
    """Compute tables and page again from the published data, and return the page."""
    assert main(["--tables", str(folder)]) == 0
    return (folder / "validation.md").read_text(encoding="utf-8")


class ThisProcess(Executor):
    """Works at once, without the start of a process; `tests.validation.test_process_pool` starts some."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*given, **named))
        return future


@contextmanager
def no_processes(inputs: ValidationInputs, jobs: int | None = None) -> Iterator[Executor]:
    """Replace `gait.validation.process_pool.worker_pool`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process_pool, "_inputs", [inputs])
        yield ThisProcess()


@pytest.mark.slow
def test_a_small_validation_writes_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("vtkmodules", reason="rendering needs gait[synthetic]")
    case = case_module.clip_cases("quick")[0]
    small = replace(case.camera, width=400, height=300, blur_subframes=1, noise=0.0)
    cases = [replace(case, camera=small, duration_s=3.0, scene=replace(case.scene, clutter=0.0, bystander=False))]
    monkeypatch.setattr(case_module, "clip_cases", lambda *_, **__: cases)
    for module in (evaluation, rendered_clips):
        monkeypatch.setattr(module, "worker_pool", no_processes)
    monkeypatch.chdir(tmp_path)  # no recordings beside this folder
    # Two of the conditions are plotted: all of them would be hundreds of plots of one clip.
    monkeypatch.setattr(error_plots, "FACTORS", dict(list(error_plots.FACTORS.items())[:2]))
    (tmp_path / "out").mkdir()
    progress: list[tuple[int, int | None]] = []
    page = validate(
        tmp_path / "out",
        size="quick",
        clip_folder=tmp_path / "clips",
        jobs=1,
        command="gait validate --quick",
        drawing=lambda done, total: progress.append((done, total)),
    )
    text = page.read_text(encoding="utf-8")
    pictures = sorted(path.name for path in (tmp_path / "out" / "images" / "validation").iterdir())
    assert progress[-1] == (1, 1)
    assert "gait validate --quick" in text
    for heading in (
        "Is the truth what was requested?",
        "Contacts and toe-offs",
        "Findings: sensitivity and specificity",
        "Real clips, digitised by eye",
        "`cadence`",
        "Keypoints of the pose engine",
    ):
        assert heading in text
    assert "nan" not in text
    record = json.loads((tmp_path / "out" / "validation.json").read_text(encoding="utf-8"))
    (cadence,) = [r for r in record["tables"]["requested"] if r["key"] == "cadence"]
    assert cadence["largest"] < 0.1
    assert record["about"]["network"] == DEFAULT_MODEL
    (first, *_), rows = record["data"]["clips"]["clip"], record["data"]["measurements"]
    assert first == case.name
    assert set(rows["row"]) <= set(range(len(record["data"]["clips"]["clip"])))
    assert len({len(column) for column in rows.values()}) == 1
    # The tables are those of the published data. The plots were drawn once, which is enough.
    drawn_again: list[str] = []
    for name in ("save_measurement_figures", "save_figures"):
        monkeypatch.setattr(error_plots, name, lambda *_, name=name: drawn_again.append(name) or pictures)
    assert compute_tables_again_gives(tmp_path / "out") == text
    for name in record["tables"]:
        assert isinstance(record["tables"][name], list)
    for line in text.splitlines():
        if line.startswith("!["):
            picture = tmp_path / "out" / line.split("](")[1].rstrip(")")
            assert picture.exists() or picture.name == "runners.jpg"
    assert drawn_again == ["save_measurement_figures"]
    # The clip is stored: a second run renders nothing.
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "clips").iterdir()}
    make_clips(cases, ValidationInputs({}, tmp_path / "clips", DEFAULT_ENGINE), jobs=1)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "clips").iterdir()} == kept


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        validate(tmp_path / "none")


def test_labels_that_cannot_be_used_are_refused_before_anything_is_rendered(tmp_path: Path) -> None:
    pytest.importorskip("vtkmodules", reason="rendering needs gait[synthetic]")
    pytest.importorskip("matplotlib", reason="the plots need gait[validation]")
    with pytest.raises(InputError, match="no label files"):
        validate(tmp_path, labels=tmp_path, clip_folder=tmp_path / "clips")
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_measured_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("vtkmodules", reason="rendering needs gait[synthetic]")
    case = case_module.clip_cases("quick")[0]
    failed = failed_clip_tables(FailedClip(case, "the feet are outside the picture"))
    monkeypatch.setattr(evaluation, "evaluate", lambda *_, **__: collect_results([failed, failed]))
    monkeypatch.chdir(tmp_path)  # no recordings beside this folder
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match=r"nothing could be measured in 2 clips \(the first: the feet are outside"):
        validate(tmp_path / "out", size="quick")
    assert list((tmp_path / "out").iterdir()) == []
