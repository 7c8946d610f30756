"""Shared options: what is accepted, and that repeated constants agree with their source."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

import pytest

from gait.cli import options
from gait.display_language import speak
from gait.errors import InputError
from gait.pose.engines import engine_registry
from gait.records import View


def test_repeated_constants_agree_with_their_source() -> None:
    assert options.DEFAULT_ENGINE == engine_registry.DEFAULT_ENGINE
    assert ("auto", *get_args(View)) == options.VIEWS


def test_numbers_are_read_with_point_or_comma_and_become_si_units() -> None:
    assert options.parse_height_m("178") == pytest.approx(1.78)
    assert options.parse_leg_length_m("92,5") == pytest.approx(0.925)
    assert options.parse_speed_mps("10.8") == pytest.approx(3.0)
    assert options.parse_height_m("5'10\"") == pytest.approx(1.778)
    assert options.parse_leg_length_m("36in") == pytest.approx(0.9144)
    assert options.parse_speed_mps("5:00/km") == pytest.approx(1000 / 300)
    assert options.parse_capture_fps("240") == 240
    assert options.parse_time_span("1,5", "20") == (1.5, 20)
    assert options.parse_count("--jobs", "3", 64, "processes") == 3


def test_what_was_left_out_stays_none() -> None:
    for parse in (
        options.parse_height_m,
        options.parse_leg_length_m,
        options.parse_speed_mps,
        options.parse_capture_fps,
        options.parse_name,
    ):
        assert parse(None) is None
    assert options.parse_time_span(None, None) == (None, None)
    assert options.parse_count("--jobs", None, 64, "processes") is None
    assert options.parse_name("  ") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1.5", "--jobs 1.5 must be a whole number; e.g. --jobs 2"),
        ("0", "--jobs 0 is outside 1 to 64 processes; e.g. --jobs 2"),
        ("nan", "--jobs nan is not a number; e.g. --jobs 2"),
        ("all", "--jobs all is not a number; e.g. --jobs 2"),
    ],
)
def test_a_refused_count_repeats_what_was_typed(text: str, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        options.parse_count("--jobs", text, 64, "processes")
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (options.parse_height_m, "1.78"),
        (options.parse_height_m, "178kg"),
        (options.parse_speed_mps, "fast"),
        (options.parse_capture_fps, "5"),
        (options.parse_leg_length_m, "9"),
    ],
)
def test_no_english_is_left_in_a_translated_refusal(parse: Callable[[str], object], text: str) -> None:
    with speak("de"), pytest.raises(InputError) as refusal:
        parse(text)
    assert not re.search(r"(?<!-)\b(is|not|to|of|give|number|length|speed|per second)\b", str(refusal.value))


def test_a_history_file_needs_the_history_option(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GAIT_HISTORY", str(tmp_path / "mine.db"))
    assert options.find_history_file(False, None) is None
    assert options.find_history_file(True, None) == tmp_path / "mine.db"
    assert options.find_history_file(True, tmp_path / "team.db") == tmp_path / "team.db"
    with pytest.raises(InputError, match="add --history"):
        options.find_history_file(False, tmp_path / "team.db")


@pytest.mark.parametrize(
    ("typed", "units"),
    [(None, None), ("imperial", "imperial"), (" MPH ", "imperial"), ("min/km", "pace"), ("min/mi", "imperial-pace")],
)
def test_units_go_by_their_name_or_by_that_of_their_speeds(typed: str | None, units: str | None) -> None:
    assert options.parse_units(typed) == units


@pytest.mark.parametrize("typed", ["", "miles", "metric imperial"])
def test_unknown_units_are_refused_with_the_choice(typed: str) -> None:
    with pytest.raises(InputError, match="choose from: metric, imperial, pace, imperial-pace, km/h"):
        options.parse_units(typed)
