"""Progress in a terminal, outside one, and quiet."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from gait.cli import progress_display
from gait.cli.progress_display import ProgressDisplay


def test_outside_a_terminal_progress_is_a_line_now_and_then(capfd, monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progress_display, "monotonic", lambda: clock.now)
    advance = ProgressDisplay().task("poses")
    for done in range(1, 301):
        clock.now += 0.1
        advance(done, 300)
    lines = capfd.readouterr().err.splitlines()
    assert 1 <= len(lines) <= 3
    assert lines[0] in ("gait: poses: 101 of 300 frames", "gait: poses: 102 of 300 frames")


def test_short_work_shows_no_progress(capfd):
    progress = ProgressDisplay()
    advance = progress.task("poses")
    for done in range(1, 20):
        advance(done, 20)
    progress.close()
    assert capfd.readouterr().err == ""


def test_in_a_terminal_there_is_a_bar(capfd, monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progress_display, "monotonic", lambda: clock.now)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    progress = ProgressDisplay()
    advance = progress.task("poses")
    for done in (1, 50, 100, 1, 60):
        clock.now += 2
        advance(done, 100)
    progress.close()
    shown = capfd.readouterr().err
    assert "poses" in shown
    assert "/100" in shown
    assert "frames/s" in shown


def test_quiet_shows_nothing(capfd, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with ProgressDisplay(quiet=True) as progress:
        progress.task("poses")(50, 100)
        progress.show("all", 1, 2)
        progress.line("1 of 2 sessions")
    assert capfd.readouterr().err == ""


def test_bars_of_several_sessions_come_and_go(capfd, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with ProgressDisplay() as progress:
        progress.show("all", 0, 2, "sessions")
        progress.show("anna", 10, 100, "frames")
        progress.remove("anna")
        progress.remove("anna")
        progress.show("all", 1, 2, "sessions, 1 failed")
    shown = capfd.readouterr().err
    assert "sessions, 1 failed" in shown
    assert "1/2" in shown
