"""``gait ask``: the dialogue from the keyboard to the file."""

from __future__ import annotations

import io
import sys

import pytest

from gait.findings.answers import load_answers
from tests.cli.conftest import assert_refused


def test_answers_go_to_a_file_for_the_analysis(gait, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stdin", io.StringIO("4\n\n\n\n\n5\n" + "\n" * 60))
    outcome = gait("ask", "-o", "mine.toml")
    assert (outcome.code, outcome.err) == (0, "")
    assert load_answers(tmp_path / "mine.toml").values == {"pain_where": ("hip_deep",), "pain_feel": ("pinch_deep",)}
    assert "Please read this first: Sharp or pinching pain deep in the hip" in outcome.out
    assert "gait analyze VIDEO --answers mine.toml" in outcome.out


def test_no_answers_no_file(gait, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n" * 60))
    outcome = gait("ask")
    assert (outcome.code, outcome.err) == (0, "")
    assert "nothing was written" in outcome.out
    assert not list(tmp_path.iterdir())


def test_stopping_half_way_keeps_the_earlier_answers(gait, monkeypatch, tmp_path):
    (tmp_path / "answers.toml").write_text("shoe_miles = 100\n")
    monkeypatch.setattr(sys, "stdin", io.StringIO("2\n1\n"))
    outcome = gait("ask")
    assert outcome.code == 130
    assert (tmp_path / "answers.toml").read_text() == "shoe_miles = 100\n"
    assert [p.name for p in tmp_path.iterdir()] == ["answers.toml"]


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("mine.txt", ["mine.txt", ".toml"]),
        ("nowhere/mine.toml", ["nowhere", "no such folder"]),
        ("spoilt.toml", ["spoilt.toml", "'shoe_mile' is no question"]),
    ],
)
def test_an_unusable_file_is_refused_before_the_first_question(gait, tmp_path, output, says):
    (tmp_path / "spoilt.toml").write_text("shoe_mile = 3\n")
    assert_refused(gait("ask", "-o", output), *says)
