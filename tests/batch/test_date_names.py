"""Dates in names of folders and clips, as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from gait.batch.date_names import date_of_folders, split_date


@pytest.mark.parametrize(
    ("name", "rest", "first", "last"),
    [
        ("2026-03-01", "", date(2026, 3, 1), date(2026, 3, 1)),
        ("1.3.26", "", date(2026, 3, 1), date(2026, 3, 1)),
        ("2026-W09", "", date(2026, 2, 23), date(2026, 3, 1)),
        ("KW 9 2026", "", date(2026, 2, 23), date(2026, 3, 1)),
        ("March 2026", "", date(2026, 3, 1), date(2026, 3, 31)),
        ("3 de marzo de 2026", "", date(2026, 3, 3), date(2026, 3, 3)),
        ("2026", "", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-03-01T10-11-12", "", date(2026, 3, 1), date(2026, 3, 1)),
        ("Anna 2026-03-01", "Anna", date(2026, 3, 1), date(2026, 3, 1)),
        ("31-03-2026", "", date(2026, 3, 31), date(2026, 3, 31)),
    ],
)
def test_a_date_is_found(name: str, rest: str, first: date, last: date) -> None:
    left, found = split_date(name)
    assert left == rest
    assert found is not None
    assert found.spans == ((first, last),)


@pytest.mark.parametrize(
    "name", ["Anna", "Jan", "May", "June Carter", "U20", "2026-13-45", "45-13-2026", "12345678", "100APPLE", "10.5", ""]
)
def test_what_is_no_date_stays_a_name(name: str) -> None:
    assert split_date(name) == (name, None)


def test_day_and_month_of_numbers_stay_open() -> None:
    found = split_date("03-04-2026")[1]
    assert found is not None
    assert found.day is None
    assert found.allows(date(2026, 4, 3))
    assert found.allows(date(2026, 3, 4))


def test_folders_of_year_month_and_day_are_one_date() -> None:
    rests, found = date_of_folders(["2026", "03", "01", "Anna"])
    assert rests == ["", "", "", "Anna"]
    assert found is not None
    assert found.day == date(2026, 3, 1)
