"""Lines from the apparent to the true pelvic drop, one for each view and surface."""

from __future__ import annotations

import tomllib

import numpy as np
import pandas as pd
import pytest

from calibration.pelvic_drop_fit import drop_lines


def test_each_view_gets_its_own_line() -> None:
    apparent = np.linspace(1, 9, 20)
    rows = [
        {"key": "pelvic_drop", "place": place, "apparent": a, "true": offset + slope * a}
        for place, offset, slope in (("rear", 1.5, 1.1), ("rear_marked", 0.1, 1.0))
        for a in apparent
    ]
    table = tomllib.loads("\n".join(drop_lines(pd.DataFrame(rows))))["pelvic_drop"]
    assert table["rear"]["slope"] == pytest.approx(1.1, abs=0.02)
    assert table["rear"]["offset"] == pytest.approx(1.5, abs=0.15)
    assert table["rear_marked"]["offset"] == pytest.approx(0.1, abs=0.02)
    assert table["rear"]["clips"] == 20
