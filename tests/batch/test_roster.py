"""A roster as a coach writes it, in a spreadsheet or in TOML."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.batch.roster import find_roster, read_roster
from gait.errors import InputError

TOML = """
[[athlete]]
name = "Anna Berg"
height = 176
aliases = ["Anna B"]
squad = "U20"
shoe = "flat"

[[athlete]]
name = "Łukasz Müller"
leg_length = 92.5
"""


def test_csv_and_toml_give_the_same(tmp_path: Path) -> None:
    header = "\ufeffAthlete;Height_cm;Leg;Aliases;Team;shoe\r\n"
    csv = f"{header}Anna Berg;176 cm;;Anna B;U20;flat\r\nŁukasz Müller;;92,5;;;\r\n"
    (tmp_path / "r.csv").write_text(csv, encoding="utf-8")
    (tmp_path / "r.toml").write_text(TOML, encoding="utf-8")
    table, toml = (read_roster(str(tmp_path / name)) for name in ("r.csv", "r.toml"))
    assert table.entries == toml.entries
    assert table.problems == ()
    anna, lukasz = table.entries
    assert (anna.height_m, anna.labels, lukasz.leg_length_m) == (1.76, {"squad": "U20", "shoe": "flat"}, 0.925)
    for spelling in ("ANNA berg", "Berg, Anna", "anna_b", "Anna-Berg"):
        assert table.find(spelling) == (anna,)
    assert table.find("lukasz muller") == (lukasz,)
    assert table.find("Ana Berg") == ()
    assert table.similar("Ana Berg") == ["Anna Berg"]


def test_a_bad_value_is_one_line_and_the_rest_counts(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("name,height\nAnna,1.76\n,180\nBen,x\nanna,170\nZoë,170\nZoe,165\n", encoding="utf-8")
    roster = read_roster(str(file))
    assert [entry.name for entry in roster.entries] == ["Anna", "Ben", "Zoë", "Zoe"]
    assert roster.entries[0].height_m is None
    assert [line.partition(":")[0] for line in roster.problems] == ["row 2", "row 3", "row 4", "row 5"]
    assert [entry.height_m for entry in roster.find("Zoë")] == [1.7]  # accents decide where they must


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("r.csv", b"athlet,height\nAnna,170\n", "no column 'name'"),
        ("r.csv", b"name,Athlete\nAnna,170\n", "there twice"),
        ("r.csv", b"name\n", "names no athlete"),
        ("r.csv", b"", "no column 'name'"),
        ("r.csv", b"PK\x03\x04", "spreadsheet"),
        ("r.toml", b"athlete = 3", r"no table \[\[athlete\]\]"),
        ("r.toml", b"[[athlete]\n", "is not TOML"),
        ("r.toml", b"\xff\xfe", "UTF-8"),
    ],
)
def test_what_is_no_roster_is_one_line(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as refused:
        read_roster(str(tmp_path / name))
    assert "\n" not in str(refused.value)


def test_it_is_found_beside_clips_and_manifest(tmp_path: Path) -> None:
    assert find_roster(str(tmp_path)) is None
    (tmp_path / "roster.csv").write_text("name\nAnna\n", encoding="utf-8")
    (tmp_path / "week.csv").write_text("file\n", encoding="utf-8")
    assert find_roster(str(tmp_path)) == find_roster(str(tmp_path / "week.csv")) == str(tmp_path / "roster.csv")
    (tmp_path / "roster.toml").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="keep one"):
        find_roster(str(tmp_path))
