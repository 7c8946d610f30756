"""The table of steps as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from gait.report.steps_csv import write_csv
from tests.fake_sessions import fake_session, fake_view


def test_csv_has_one_row_per_step_of_every_video(tmp_path: Path) -> None:
    made = fake_session(views=[fake_view(), fake_view(view="rear")])
    read = pd.read_csv(write_csv(made, tmp_path / "steps.csv"))
    assert len(read) == sum(len(v.steps) for v in made.views)
    assert list(read.columns[:6]) == ["video", "view", "side", "contact_s", "off_s", "toe_off_s"]
    assert set(read["view"]) == {"side", "rear"}
    assert read["overstride"].isna().sum() == 2
    assert "contact_time" in read


def test_csv_without_steps_has_its_header() -> None:
    empty = replace(fake_view(), steps=pd.DataFrame({"side": [], "contact_s": [], "toe_off_s": []}))
    table = fake_session(views=[empty]).steps
    assert len(table) == 0
    assert {"side", "contact_s", "toe_off_s"} <= set(table.columns)
