"""Log lines of a runtime do not reach the terminal; everything else does, afterwards."""

from __future__ import annotations

import os

from gait.pose.engines.log_suppression import stderr_filter


def test_log_lines_are_dropped_and_other_lines_are_passed_on(capfd):
    with stderr_filter.suppress_logs():
        os.write(2, b"W0000 00:00:1795317918.476904   14158 somewhere.cc:121] noise\nINFO: Created delegate\n")
        os.write(2, b"progress 50 %\n")
        assert capfd.readouterr().err == ""
    assert capfd.readouterr().err == "progress 50 %\n"
    os.write(2, b"W0000 later\n")
    assert capfd.readouterr().err == "W0000 later\n"


def test_blocks_may_be_nested(capfd):
    with stderr_filter.suppress_logs():
        with stderr_filter.suppress_logs():
            os.write(2, b"INFO: inner\n")
        os.write(2, b"ERROR: outer\nkept\n")
    assert capfd.readouterr().err == "kept\n"


def test_the_terminal_comes_back_after_an_error(capfd):
    try:
        with stderr_filter.suppress_logs():
            raise RuntimeError
    except RuntimeError:
        os.write(2, b"INFO: mine\n")
    assert capfd.readouterr().err == "INFO: mine\n"
