"""The fit of ordinary ranges: made-up runners, and the table of healthy ones where it is at hand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from calibration import ordinary_ranges_fit
from calibration.ordinary_ranges_fit import (
    FILE,
    fit_ordinary_range,
    leave_one_out,
    main,
    ordinary_range_lines,
)
from gait.findings import ordinary_ranges

NORMS = Path(__file__).resolve().parents[3] / "shared" / "norms" / "runners.csv"
needs_norms = pytest.mark.skipif(not NORMS.is_file(), reason="the table of healthy runners (../shared/norms) is absent")


def made_up_runners(count: int = 60, laboratory_shift: float = 0.0) -> pd.DataFrame:
    random = np.random.default_rng(3)
    rows = []
    for number in range(count):
        leg, height = random.normal(0.95, 0.05), 1.75
        own, slope = random.normal(0, 8.0), random.normal(0, 3.0)
        other = number % 2
        for speed in (2.5, 3.5, 4.5):
            v = speed - 3.25
            value = 170 + 10 * v + 1.5 * v**2 - 80 * (leg - 0.95) + own + slope * v + random.normal(0, 2.0)
            rows.append((f"r{number}", ("A", "B")[other], height, leg, speed, value + laboratory_shift * other))
    return pd.DataFrame(rows, columns=["runner", "source", "height_m", "leg_length_m", "speed_mps", "cadence"])


@pytest.fixture(autouse=True)
def _sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ordinary_ranges_fit, "SOURCE_IDS", {**ordinary_ranges_fit.SOURCE_IDS, "A": "fukuchi2017", "B": "hamner2013"}
    )


def test_the_fit_finds_what_made_the_runners() -> None:
    found = fit_ordinary_range(made_up_runners(), "cadence")
    errors = np.sqrt(np.diag(found.covariance))
    assert (np.abs(found.coefficients - [170, 10, 1.5, -80]) < 3 * errors).all()
    assert np.sqrt(np.diag(found.runner_covariance)) == pytest.approx([8.0, 3.0], rel=0.3)
    assert found.within_sd == pytest.approx(2.0, rel=0.25)
    assert (found.runners, found.trials, found.freedom) == (60, 180, 58)


def test_a_difference_between_laboratories_belongs_to_the_spread() -> None:
    alike, apart = (fit_ordinary_range(made_up_runners(laboratory_shift=shift), "cadence") for shift in (0.0, 25.0))
    assert apart.laboratory_sd > 5 * max(alike.laboratory_sd, 1.0)
    at = np.array([3.25])
    assert apart.predict(at, apart.ordinary_leg())[1] > 1.5 * alike.predict(at, alike.ordinary_leg())[1]


def test_a_leg_length_that_does_not_matter_is_no_term() -> None:
    runners = made_up_runners()
    runners["cadence"] += 80 * (runners.leg_length_m - 0.95)
    assert "leg" not in fit_ordinary_range(runners, "cadence").terms


def test_what_is_written_is_read_again() -> None:
    fitted = fit_ordinary_range(made_up_runners(), "cadence")
    read = ordinary_ranges.parse_ordinary_ranges(tomllib.loads("\n".join(ordinary_range_lines([fitted]))))["cadence"]
    leg = fitted.leg_of_height(1.7)
    for one, other in zip(fitted.predict(np.array([3.0]), leg), read.predict(np.array([3.0]), leg), strict=True):
        assert one == pytest.approx(other, rel=1e-3)


def test_without_the_table_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--norms", str(tmp_path / "nobody.csv")])
    assert stopped.value.code == 2
    assert "no such table of runners" in capsys.readouterr().err


@needs_norms
def test_the_file_of_the_package_is_what_the_command_writes(tmp_path: Path) -> None:
    main(["--norms", str(NORMS), "-o", str(tmp_path)])
    written = ordinary_ranges.parse_ordinary_ranges(tomllib.loads((tmp_path / FILE).read_text(encoding="utf-8")))
    kept = ordinary_ranges.load_ordinary_ranges()
    assert list(written) == list(kept)
    for key, one in written.items():
        assert one.terms == kept[key].terms
        assert one.coefficients == pytest.approx(kept[key].coefficients, rel=1e-3)
        leg = one.ordinary_leg()
        at = np.array([3.0]), np.ones(1), leg
        assert one.limits(*at)[0] == pytest.approx(kept[key].limits(*at)[0], rel=2e-3)


@needs_norms
def test_no_runner_of_the_table_clearly_passes_a_limit_of_the_others() -> None:
    """Two metrics whose models fit fastest; the command prints all of them (docs/method.md)."""
    trials = pd.read_csv(NORMS)
    table = leave_one_out(trials, ("tibia_angle", "cadence"))
    flagged = table[table.flagged]
    assert (flagged.trials == 109).all()
    assert (flagged.clear == 0).all()
    assert (flagged.likely <= 3).all()
