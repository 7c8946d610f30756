"""Limits of the bands at known and unknown speeds and heights."""

from __future__ import annotations

import pytest

from gait.findings.bands import Band
from gait.findings.knowledge_loader import load_knowledge


def test_an_unknown_speed_gives_the_widest_limits() -> None:
    band = load_knowledge().metrics["overstride"].band
    assert band is not None
    wide = band.at(None)
    assert wide.high == pytest.approx(0.33)
    assert not wide.speed_known
    assert band.at(2.5).high == pytest.approx(0.24)
    assert band.at(3.0).high == pytest.approx(0.265)


def test_a_speed_beyond_the_table_uses_the_nearest_and_says_so() -> None:
    band = load_knowledge().metrics["contact_time"].band
    assert band is not None
    assert band.at(6.0).beyond_table
    assert band.at(6.0).low == band.at(4.5).low


def test_a_tall_runner_may_step_less_often() -> None:
    band = load_knowledge().metrics["cadence"].band
    assert band is not None
    tall, short = band.at(3.0, 1.95).low, band.at(3.0, 1.60).low
    assert tall is not None
    assert short is not None
    assert tall < short
    # The limit is never above the slowest cadence of healthy runners at that speed.
    assert short <= 155.0 + 1e-9


def test_a_speed_read_off_the_belt_narrows_the_band() -> None:
    band = load_knowledge().metrics["overstride"].band
    assert band is not None
    anything, read, given = band.at(None), band.at(None, within=(2.4, 3.0)), band.at(2.8)
    assert anything.high is not None
    assert read.high is not None
    assert given.high is not None
    assert anything.high > read.high > given.high
    assert not read.speed_known
    # Never narrower than the band at any possible speed.
    assert read.high >= max(band.at(v).high or 0.0 for v in (2.4, 2.7, 3.0))


def test_between_the_speeds_of_the_table_limits_are_interpolated() -> None:
    band = Band("published", (), speeds=(2.0, 4.0), low=(10.0, 20.0), high=(30.0, 50.0))
    assert band.depends_on_speed
    limits = band.at(3.0)
    assert (limits.low, limits.high) == (15.0, 40.0)
    assert limits.speed_known
    assert not limits.beyond_table


def test_one_limit_for_all_speeds_needs_no_speed() -> None:
    limits = Band("engineering", (), high=(5.0,)).at(None)
    assert (limits.low, limits.high, limits.speed_known) == (None, 5.0, True)
