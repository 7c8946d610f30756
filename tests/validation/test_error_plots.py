"""Plots of a validation: made where there is something to show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gait.validation.error_plots import coverage_figure, error_figure, event_figure, save_figures
from gait.validation.error_tables import accuracy
from gait.validation.truth_comparison import TABLES, ValidationResults


@pytest.fixture
def results() -> ValidationResults:
    case = {"source": "planned", "view": "side", "fps": 60.0, "yaw_deg": 2.0, "height_px": 450.0, "drop_deg": 4.0}
    case |= {"blur": "sharp", "light": "dim", "clothes": "tight", "place": "near", "body": "sculpted"}
    rows = [
        case | {"key": "cadence", "value": 170.0 + n, "low": 165.0, "high": 175.0, "truth": 170.0, "clip": f"clip {n}"}
        for n in range(6)
    ]
    events = [
        case | {"kind": kind, "outcome": "found", "error_ms": 2.0 * n}
        for kind in ("contact", "toe_off")
        for n in range(6)
    ]
    tables = {name: pd.DataFrame() for name in TABLES}
    return ValidationResults(**(tables | {"measurements": pd.DataFrame(rows), "events": pd.DataFrame(events)}))


def test_figures_are_small_png_files(results: ValidationResults, tmp_path: Path) -> None:
    names = save_figures(results, accuracy(results.measurements), tmp_path / "images", {"cadence": "steps/min"})
    assert sorted(names) == ["coverage.png", "errors_side.png", "events.png"]
    for name in names:
        assert (tmp_path / "images" / name).read_bytes()[:4] == b"\x89PNG"
        assert (tmp_path / "images" / name).stat().st_size < 100_000


def test_without_values_there_is_no_figure(results: ValidationResults) -> None:
    measurements = results.measurements.assign(value=np.nan)
    assert error_figure(measurements, "side", {}) is None
    assert error_figure(results.measurements, "rear", {}) is None
    assert event_figure(results.events.assign(outcome="missed")) is None
    assert coverage_figure(accuracy(measurements)) is None
