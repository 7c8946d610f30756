"""The season's page and table."""

from __future__ import annotations

import csv
import io

from gait.history.season import AthleteSeason, SeasonChange
from gait.history.season_page import render_season_page, season_csv

HOSTILE = "<script>alert(1)</script>"
CHANGE = SeasonChange("cadence", "both", "Cadence: 160 → 170 /min (+10)", "2026-03-01", other_speed=True)
SEASONS = [
    AthleteSeason("Anna", 3, "2026-03-08", "2026-03-01", "video", "measured", labels={"squad": "U20"}, compared=9),
    AthleteSeason("Ben", 2, "2026-03-08", "2026-03-01", "file", "measured", changes=(CHANGE,), compared=9),
    AthleteSeason(HOSTILE, here="failed", reason="=HYPERLINK(1)"),
    AthleteSeason("Mia"),
]


def test_the_page_says_who_changed_who_failed_and_who_is_missing() -> None:
    page = render_season_page(SEASONS, of_batch=True, table="season.csv")
    assert "Ben has really changed since last time" in page
    assert "2 measured in this batch, 1 filmed without a result, 1 not filmed" in page
    assert page.index("Cadence: 160 → 170") < page.index("No real change in 9 values")
    assert "another belt speed" in page
    assert "when the file was written" in page
    assert HOSTILE not in page
    assert "no session yet" in page
    assert "No athlete has really changed" in render_season_page(SEASONS[:1])


def test_the_table_has_one_row_an_athlete_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(season_csv(SEASONS))))
    assert [row["athlete"] for row in rows] == ["Anna", "Ben", HOSTILE, "Mia"]
    assert [row["here"] for row in rows] == ["measured", "measured", "failed", "not filmed"]
    assert (rows[0]["squad"], rows[1]["changed"]) == ("U20", "1")
    assert rows[2]["reason"].startswith("'=")
