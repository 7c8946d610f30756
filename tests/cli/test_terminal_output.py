"""Lines that several commands print."""

from __future__ import annotations

import json
from pathlib import Path

from gait.cli.terminal_output import print_error, print_json, print_line, print_session
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
