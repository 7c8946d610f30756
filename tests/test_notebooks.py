"""The notebooks run, from kept poses; what is kept of them is small and shows results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gait.batch.summary_table import COLUMNS
from gait.validation.mocap import load_recordings
from tests.conftest import REPOSITORY
from tests.documents import said, script

pytest.importorskip("nbclient", reason="running notebooks needs gait[notebooks]")
pytest.importorskip("ipykernel", reason="running notebooks needs gait[notebooks]")

FOLDER = REPOSITORY / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
#: Runs where its analysis is made anyway: ``tests/end_to_end/test_notebook.py``.
FIRST = "01_first_analysis"
MOCAP = REPOSITORY.parent / "shared" / "mocap"


@pytest.fixture(scope="module")
def run() -> Any:
    return script(FOLDER / "run.py")


def shortened(path: Path, copy: Path) -> Path:
    """Copy the notebook that measures most, with fewer of the same: three angles show what seven do."""
    text = path.read_text(encoding="utf-8")
    for long, short in (
        ("rates = [24, 30, 60, 120]", "rates = [24, 60]"),
        ("for seed in range(2)", "for seed in range(1)"),
        ("yaws = [-40, -30, -15, 0, 15, 30, 40]", "yaws = [-40, 0, 40]"),
    ):
        assert text.count(long) == 1, long
        text = text.replace(long, short)
    copy.write_text(text, encoding="utf-8")
    return copy


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem != FIRST], ids=lambda p: p.stem)
def test_it_runs(path: Path, run: Any, tmp_path: Path) -> None:
    environment = {"GAIT_POSES": str(tmp_path), "GAIT_MOCAP": str(MOCAP)}
    if path.stem.startswith("05"):
        path = shortened(path, tmp_path / path.name)
    if path.stem.startswith("02") and not load_recordings(MOCAP):
        pytest.skip("the force-plate recordings do not lie beside this checkout (../shared/mocap)")
    notebook = run.execute(path, environment=environment, timeout_s=120)
    for words in {
        "01_first_analysis": (
            "side view, facing left",
            "Your feet land far in front",
            "of 23 intervals hold the truth",
        ),
        "02_events_and_cycles_of_a_force_plate_runner": ("39 recordings", "95 % interval", "rms difference"),
        "03_side_and_rear_together": ("rear facing away", "intervals hold the truth", "Your hips sink"),
        "04_group_comparison": ("'control': 6, 'cue': 6", "power at g"),
        "05_sensitivity_frame_rate_and_yaw": ("+40°, measured as",),
    }[path.stem]:
        assert words in said(notebook), words


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_what_is_kept_is_small_and_belongs_to_no_machine(path: Path, run: Any) -> None:
    import nbformat

    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) <= run.MAX_BYTES
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert any(cell.outputs for cell in code)
    assert not any(output.output_type == "error" for cell in code for output in cell.outputs)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    for sign in ("/root/", "/home/", "/Users/", str(REPOSITORY), '"execution": {'):
        assert sign not in text, sign


def test_the_table_of_the_group_comparison_is_what_its_script_makes() -> None:
    import pandas as pd

    make_data = script(FOLDER / "make_data.py")
    kept = pd.read_csv(FOLDER / "data" / "summary.csv")
    assert list(kept.columns) == list(COLUMNS)
    assert kept.athlete.nunique() == make_data.ATHLETES
    made = pd.DataFrame(make_data.measure_athlete(1, sessions=1))[list(COLUMNS)]
    expected = kept[(kept.athlete == make_data.athlete_name(1)) & (kept.session == "before")].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        expected.drop(columns="reason"), made.drop(columns="reason"), check_dtype=False, rtol=0.02
    )
