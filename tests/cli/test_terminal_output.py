"""Lines that several commands print."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gait.cli.terminal_output import is_person_at_terminal, print_error, print_json, print_line, print_session
from gait.findings.answers import parse_answers
from gait.records import Measurement, Notice
from tests.cli.conftest import fake_session


def test_an_error_is_one_line(capfd) -> None:
    print_error("run.mp4: nobody\n  is running")
    assert capfd.readouterr().err == "gait: run.mp4: nobody is running\n"


def test_options_that_help_follow_the_summary(analysis, capfd) -> None:
    refused = Measurement(
        "step_width", "both", None, "cm", None, 0, "refused", "needs the height", 0, None, reason_code="height_missing"
    )
    session = fake_session(measurements=(refused,), notices=(Notice("speed_unknown", "The speed was not given."),))
    print_session(session, Path("report.html"), command="analyze")
    lines = " ".join(capfd.readouterr().out.split())
    assert lines.startswith("summary of 1 measurements Options that help: --height 178")
    assert "--speed 10.5" in lines
    assert lines.endswith("Report: report.html")
    assert "The report asks about pain" in lines


def test_without_such_codes_there_is_no_such_line(analysis, capfd) -> None:
    print_session(fake_session(), Path("report.html"), command="analyze")
    assert "Options that help" not in capfd.readouterr().out


def test_who_has_answered_is_not_sent_to_the_questions(analysis, capfd) -> None:
    answers = parse_answers({"shoe_miles": 300})
    print_session(fake_session(answers=answers), Path("report.html"), command="analyze")
    assert "asks about pain" not in capfd.readouterr().out


def test_names_of_files_steer_no_terminal(capfd) -> None:
    print_error("M\udcfcller\x1b[2J\u202e.mp4: no such file")
    print_line("Written: a\x1b]0;x\x07.csv\nnext\tline")
    out, err = capfd.readouterr()
    assert err == "gait: M\\xfcller\\x1b[2J\\u202e.mp4: no such file\n"
    assert out == "Written: a\\x1b]0;x\\x07.csv\nnext\tline\n"


def test_json_keeps_the_bytes_of_a_name(capfd) -> None:
    print_json('{"file": "M\udcfcller", "name": "Zoë"}\n')
    assert json.loads(capfd.readouterr().out) == {"file": "M\udcfcller", "name": "Zoë"}


@pytest.mark.parametrize(
    ("ci", "terminals", "asks"),
    [("", (True, True), True), ("true", (True, True), False), ("", (True, False), False), ("", (False, True), False)],
)
def test_only_a_person_at_a_terminal_is_asked(monkeypatch, ci, terminals, asks) -> None:
    monkeypatch.setenv("CI", ci)
    for name, terminal in zip(("stdin", "stdout"), terminals, strict=True):
        monkeypatch.setattr(sys, name, SimpleNamespace(isatty=lambda terminal=terminal: terminal))
    assert is_person_at_terminal() is asks


def test_nobody_sits_at_a_process_without_streams(monkeypatch) -> None:
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(sys, "stdin", None)
    assert not is_person_at_terminal()


def test_a_real_terminal_is_one_and_a_file_is_none(monkeypatch, tmp_path) -> None:
    pty = pytest.importorskip("pty", reason="no pseudo-terminals here")
    monkeypatch.setenv("CI", "")
    master, slave = pty.openpty()
    with os.fdopen(master, "rb"), os.fdopen(slave, "w") as terminal, (tmp_path / "answers").open("w") as file:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(sys, "stdout", terminal)
        asks_at_terminal = is_person_at_terminal()
        monkeypatch.setattr(sys, "stdin", file)
        asks_in_pipe = is_person_at_terminal()
        monkeypatch.undo()
    assert (asks_at_terminal, asks_in_pipe) == (True, False)
