"""The page shows the numbers of validation.json, and so does the one in the documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gait.owned_files import owned_write
from gait.validation.error_tables import measurement_tables
from gait.validation.published_data import published_measurements
from gait.validation.validation_page import (
    main,
    markdown_table,
    metric_units,
    readme_table,
    record_as_json,
    render_page,
    write_page,
)
from tests.conftest import REPOSITORY

DOCS = REPOSITORY / "docs"


def test_the_page_in_the_documentation_is_that_of_its_json() -> None:
    record = json.loads((DOCS / "validation.json").read_text(encoding="utf-8"))
    pictures = sorted(path.name for path in (DOCS / "images" / "validation").glob("*.png"))
    page = (DOCS / "validation.md").read_text(encoding="utf-8")
    assert page == render_page(record, pictures), "write it again: python -m gait.validation.validation_page docs"


def test_json_has_null_for_missing_values() -> None:
    record = json.loads(record_as_json({"accuracy": pd.DataFrame({"bias": [1.23456, np.nan]})}, {"seed": 0}))
    assert record == {"about": {"seed": 0}, "tables": {"accuracy": [{"bias": 1.2346}, {"bias": None}]}}


def test_a_table_is_markdown() -> None:
    assert markdown_table(("a", "b"), [("1", "2")]) == ["| a | b |", "|---|---|", "| 1 | 2 |", ""]


def record() -> dict[str, Any]:
    """Make the record of a validation of twenty side clips, half of them recorded, and of one recorded joint clip."""
    rng = np.random.default_rng(8)
    names = [f"clip_{n}" for n in range(20)] + ["joints_side_011_35"]
    sources = ["planned"] * 10 + ["recorded"] * 10 + ["joints"]
    count = len(names)
    clips = {"clip": names, "fps": [60.0] * count, "source": sources, "view": ["side"] * count}
    clips |= {"body": ["sculpted", "makehuman"] * 10 + ["none"], "seed": list(range(count))}
    clips |= {"recording": [None] * 10 + ["011_25", "013_35"] * 5 + ["011_35"], "speed_mps": [3.0] * count}
    clips |= {"height_m": [1.75] * count, "yaw_deg": [2.0] * count, "height_px": [450] * count}
    clips |= {name: ["x"] * count for name in ("blur", "light", "clothes", "markers")} | {"drop_deg": [5.0] * count}
    clips |= {"detected": [1] * count, "wrong_person": [0] * count}
    clips |= {name: [None] * count for name in ("found_view", "refused")}
    truth = np.linspace(0.18, 0.36, count)
    value = truth + rng.normal(0, 0.01, count)
    legs = {"row": list(range(count)), "key": ["overstride"] * count, "side": ["left"] * count}
    legs |= {"place": ["near"] * count, "value": value.tolist(), "low": (value - 0.02).tolist()}
    legs |= {"high": (value + 0.02).tolist(), "truth": truth.tolist(), "freedom": [None] * count}
    legs |= {"grade": ["good"] * count, "reason_code": [None] * count, "level": [True] * count}
    data = {"clips": clips, "measurements": legs}
    empty = ("detection", "events", "detectors", "identity", "keypoints", "requested")
    tables = measurement_tables(published_measurements(data)) | {name: pd.DataFrame() for name in empty}
    about = {"command": "gait validate --seed 18", "version": "0", "engine": "litert", "network": "mixed", "seed": 18}
    about |= {"clips": 20, "recordings": 3, "runners": 2}
    made: dict[str, Any] = json.loads(record_as_json(tables, about, data=data))
    return made


REAL = {
    "reference": "labels",
    "clips": [{"clip": "run", "file": "run.mp4", "refused": None, "note": ""}],
    "events": [
        {"clip": "run", "side": "left", "place": "near", "kind": kind, "n": 4, "missed": 0, "error_ms": 3.0}
        | {"force_error_ms": -1.0, "spread_ms": 2.0, "reference_sd_ms": 2.0, "half_width_ms": 15.0, "holds": holds}
        for kind, holds in (("contact", True), ("toe_off", False))
    ],
    "values": [],
    "points": [],
}


def test_the_page_says_what_a_paper_would() -> None:
    page = render_page(record(), [])
    for words in (
        "gait validate --seed 18",
        "20 rendered clips and 3 force-plate recordings of 2 runners",
        "| `overstride`, L | side, near leg | 20 / 20 | 0.180 to 0.351 |",
        "sculpted, planned",
        "makehuman, recorded",
        "lands far ahead (`overstride`)",
        "0.30 L or more, beyond the limit",
        "0.23 L at 2.5 m/s",
        "| rendered, recorded motion | side | 10 | 5 / 5 | 60: 10 | 2 | 10 to 19 |",
        "None were compared",
        "another seed (18)",
        "## What this does not show",
        "### Against published detectors",
    ):
        assert words in page, words
    assert "nan" not in page
    assert "None |" not in page


def test_real_clips_have_a_table_of_their_own() -> None:
    page = render_page(record() | {"real": REAL}, [])
    assert "| events | 2 | 2 / 1 | 50 % (" in page
    assert "| run | left (near) | toe-off | 4 |" in page.replace("  ", " ").replace("  ", " ")
    assert "None were compared" not in page


def test_the_table_of_the_readme_has_bounds_and_slope(tmp_path: Path) -> None:
    made = record()
    (tmp_path / "validation.json").write_text(json.dumps(made), encoding="utf-8")
    made["tables"]["events"] = []
    table = readme_table(tmp_path / "validation.json", metric_units()).splitlines()
    assert "slope" in table[0]
    row = next(line for line in table if line.startswith("| overstride, near leg"))
    assert " to 100) | " in row
    assert len(row.split("|")) == len(table[0].split("|"))


def written(made: dict[str, Any], folder: Path) -> Path:
    """Write a record as a validation does."""
    with owned_write(folder / "validation.json") as temporary:
        temporary.write_text(json.dumps(made), encoding="utf-8")
    return folder / "validation.json"


def test_tables_are_computed_again_from_the_published_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gait.validation.error_plots.save_measurement_figures", lambda *_: [])
    made = record()
    path = written(made, tmp_path)
    page = write_page(tmp_path, []).read_text(encoding="utf-8")
    made["tables"]["accuracy"][0]["bias"] = 99.0
    written(made, tmp_path)
    assert main(["--tables", str(tmp_path)]) == 0
    assert (tmp_path / "validation.md").read_text(encoding="utf-8") == page
    assert json.loads(path.read_text(encoding="utf-8"))["data"] == made["data"]
    assert main([str(tmp_path / "none")]) == 2
    assert "usage" in capsys.readouterr().err
