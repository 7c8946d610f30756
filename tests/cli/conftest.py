"""The command line as a person calls it, with the measuring replaced where a test is about what happens around it."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gait.cli import main as command_line
from gait.owned_files import owned_write
from tests.made_reports import measured, report

Outcome = SimpleNamespace


@pytest.fixture
def gait(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Outcome]]:
    """Run the command line in an empty folder that is also the place of the history."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAIT_HISTORY", str(tmp_path / "history.db"))
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as ended:
            command_line.main([str(argument) for argument in arguments])
        output = capfd.readouterr()
        return SimpleNamespace(code=ended.value.code, out=output.out, err=output.err)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield call
    for number, handler in before.items():
        signal.signal(number, handler)


def fake_session(**more: tuple[object, ...]) -> SimpleNamespace:
    """Make a session without a single measurement."""
    return SimpleNamespace(**{"measurements": (), "notices": (), "answers": None, "language": "en", **more})


@pytest.fixture
def analysis(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Replace the analysis and the report; ``error`` and ``leave`` say what the analysis raises and writes."""
    calls = SimpleNamespace(analyze=None, report=None, error=None, leave=(), session=fake_session())

    def analyze(videos, *, cache_dir, progress, **options):
        calls.analyze = {"videos": videos, "cache_dir": cache_dir, **options}
        for name in calls.leave:
            (cache_dir / name).touch()
        if calls.error is not None:
            raise calls.error
        if progress is not None:
            progress(1, 2)
        return calls.session

    def write_report(session, folder, *, video, progress):
        calls.report = {"session": session, "folder": folder, "video": video}
        with owned_write(folder / "report.html") as temporary:
            temporary.write_text("report")
        return folder / "report.html"

    monkeypatch.setattr("gait.session.analyze", analyze)
    monkeypatch.setattr("gait.io.sessions.analysis_options", lambda folder: {"videos": [folder], "height_m": 1.7})
    monkeypatch.setattr("gait.report.report_folder.write_report", write_report)
    monkeypatch.setattr(
        "gait.report.terminal_summary.print_summary",
        lambda session, console: console.print(f"summary of {len(session.measurements)} measurements"),
    )
    return calls


@pytest.fixture
def history_file(tmp_path: Path) -> Path:
    """Fill the history with three sessions of Anna and one of Ana."""
    from gait.history.athlete_history import History

    file = tmp_path / "history.db"
    with History(file) as history:
        for month, cadence, lean in ((1, 160.0, 5.0), (2, 166.0, 5.4), (3, 172.0, 5.2)):
            made = report(
                measured("cadence", cadence),
                measured("trunk_lean", lean, 3.0),
                *(measured("tibia_angle", lean + 2, 4.0, side=side) for side in ("left", "right")),
                speed=3.0 + 0.1 * month,
            )
            history.add(made, date=f"2026-0{month}-01")
        history.add(report(name="Ana"), date="2026-01-05")
    return file


def saved(folder: Path, record: dict[str, Any]) -> Path:
    """Write a report.json into a new folder."""
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


def assert_refused(outcome: Outcome, *fragments: str) -> None:
    """Check that the outcome is one line on standard error with these fragments, and exit code 2."""
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("gait: ")
    assert outcome.err.count("\n") == 1, outcome.err
    for fragment in fragments:
        assert fragment in outcome.err
