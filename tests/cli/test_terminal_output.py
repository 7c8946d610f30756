"""Lines that several commands print."""

from __future__ import annotations

from pathlib import Path

from gait.cli.terminal_output import print_error, print_session
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


def test_without_such_codes_there_is_no_such_line(analysis, capfd) -> None:
    print_session(fake_session(), Path("report.html"), command="analyze")
    assert "Options that help" not in capfd.readouterr().out
