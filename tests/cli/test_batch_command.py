"""``gait batch`` on a short sample clip and on files that are none."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from gait.batch.batch_run import analyze_batch
from gait.cli.main import main
from gait.errors import InputError
from gait.history.athlete_history import History
from gait.report.report_json import report_schema
from tests import stub_analysis as stub
from tests.conftest import REPOSITORY
from tests.sample_clips import SAMPLES, first_seconds


@pytest.fixture(autouse=True)
def stub_trace(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the stub a folder for its traces."""
    monkeypatch.setenv(stub.TRACE, str(tmp_path_factory.mktemp("trace")))


def gait(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["batch", *map(str, arguments)])
    return int(stopped.value.code or 0)


def test_a_folder_of_clips(tmp_path: Path, capfd: pytest.CaptureFixture[str], clip: Path) -> None:
    source = SAMPLES / "treadmill_side.mp4"
    if not source.is_file():
        pytest.skip("the sample clips are not there")
    clips, out = tmp_path / "клипы", tmp_path / "out"
    good = first_seconds(source, clips / "Zoë B" / "run 1 side.mp4", 4.0)
    (clips / "Zoë B" / "run 1 rear.mp4").write_bytes(good.read_bytes()[:9000])
    (clips / "empty.mp4").write_bytes(clip.read_bytes())
    assert gait(clips, "-o", out, "--height", "176", "--no-video", "--jobs", 1) == 3  # two clips gave nothing
    output = capfd.readouterr()
    assert "1 of 2 sessions measured" in output.out
    assert "failed  empty" in output.out
    folder = out / "Zoë-B-run-1"
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    jsonschema.validate(report, report_schema())
    assert report["runner"]["name"] == "Zoë B"
    assert report["videos"][0]["file"] == str(good)
    table = pd.read_csv(out / "summary.csv")
    cadence = table.query("metric == 'cadence'").iloc[0]
    truth = json.loads(source.with_suffix(".truth.json").read_text(encoding="utf-8"))
    assert cadence["value"] == pytest.approx(truth["metrics"]["cadence"]["value"], abs=1.5)
    assert cadence["low"] < cadence["value"] < cadence["high"]
    assert (cadence["athlete"], cadence["view"], cadence["status"]) == ("Zoë B", "side", "ok")
    broken = table[table["file"] == "Zoë B/run 1 rear.mp4"]
    assert list(broken["status"]) == ["failed"]  # its session goes on without it
    index = (out / "index.html").read_text(encoding="utf-8")
    assert index.count('src="data:image/jpeg;base64,') == 2  # also the clip without a runner shows itself
    written = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert gait(clips, "-o", out, "--height", "176", "--no-video") == 3
    assert "2 had been done before" in capfd.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == written


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "-o", "out"], "nowhere: no such folder; give a folder of clips, or a manifest (.csv)"),
        (["bad.csv", "-o", "out"], "has no column 'file'"),
        ([".", "-o", "out", "--height", "1.78"], "--height 1.78 is outside 120 to 220 cm"),
        ([".", "-o", "out", "--jobs", "none"], "--jobs none is not a number"),
        ([".", "-o", "out"], "no video in this folder"),
        (["."], "Missing option"),
    ],
)
def test_unusable_arguments_are_refused_in_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.csv").write_text("clip\na.mp4\n", encoding="utf-8")
    assert gait(*arguments) == 2
    err = capfd.readouterr().err
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_exit_code_2_if_nothing_can_be_measured(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "week.csv").write_text("file,athlete\ngone.mp4,Anna\n", encoding="utf-8")
    assert gait(tmp_path / "week.csv", "-o", tmp_path / "out") == 2
    output = capfd.readouterr()
    assert "no session could be measured" in output.err
    assert "row 2" in output.out
    assert (tmp_path / "out" / "index.html").is_file()


def test_sessions_go_into_the_history(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.mp4").write_text(name, encoding="utf-8")
    (tmp_path / "w.csv").write_text("file,athlete,date\na.mp4,Anna,2026-03-01\nb.mp4,,\n", encoding="utf-8")
    for _ in range(2):  # again: nothing comes twice
        analyze_batch(tmp_path / "w.csv", tmp_path / "out", jobs=1, measure=stub.measure, history=tmp_path / "h.db")
        with History(tmp_path / "h.db") as history:
            assert sorted(history.athletes()["name"]) == ["Anna", "b"]
            (session,) = history.sessions("Anna").to_dict("records")
            assert (session["date"], session["name"]) == ("2026-03-01", "a")


def test_an_unusable_history_is_refused_before_the_long_work(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("a", encoding="utf-8")
    (tmp_path / "h.db").write_text("my diary", encoding="utf-8")
    (tmp_path / "w.csv").write_text("file\na.mp4\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"h\.db"):
        analyze_batch(tmp_path / "w.csv", tmp_path / "out", jobs=1, measure=stub.measure, history=tmp_path / "h.db")
    assert not (tmp_path / "out" / "index.html").exists()
    assert (tmp_path / "h.db").read_text(encoding="utf-8") == "my diary"


def test_a_history_file_needs_the_history_option(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert gait(tmp_path, "-o", tmp_path / "out", "--db", tmp_path / "h.db") == 2
    assert "--history" in capfd.readouterr().err


def test_the_exit_code_tells_a_partial_failure_from_success_and_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import gait.batch.batch_run as batch_run

    monkeypatch.setattr(batch_run, "analyze_batch", functools.partial(analyze_batch, measure=stub.measure))
    (tmp_path / "a.mp4").write_text("a", encoding="utf-8")
    (tmp_path / "c.mp4").write_text("a", encoding="utf-8")  # a copy is no failure
    assert gait(tmp_path, "-o", tmp_path / "out", "--jobs", 1) == 0
    (tmp_path / "b.mp4").write_text("crash", encoding="utf-8")
    assert gait(tmp_path, "-o", tmp_path / "out", "--jobs", 1) == 3
    err = capfd.readouterr().err
    assert "1 will be tried again by the next run" in err
    assert "Traceback" not in err
    (tmp_path / "long.csv").write_text(f"file,athlete\na.mp4,{'A' * 240}\n", encoding="utf-8")
    database = ("--history", "--db", tmp_path / "h.db")
    assert gait(tmp_path / "long.csv", "-o", tmp_path / "out2", "--jobs", 1, *database) == 3
    assert "too long for a name" in capfd.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_process_and_no_half_written_file(number: signal.Signals, tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for n in range(4):
        (clips / f"{n}.mp4").write_text(f"wait 600 {n}", encoding="utf-8")
    program = tmp_path / "program.py"
    # The command line, with the stub in place of the analysis.
    program.write_text(
        "import functools, sys\nimport gait.batch.batch_run as b\nfrom gait.cli.main import main\n"
        "from tests.stub_analysis import measure\n"
        "b.analyze_batch = functools.partial(b.analyze_batch, measure=measure)\n"
        "if __name__ == '__main__':\n    main(sys.argv[1:])\n",
        encoding="utf-8",
    )
    command = [sys.executable, str(program), "batch", str(clips), "-o", str(tmp_path / "out"), "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
    until = time.monotonic() + 60  # ample: workers start in 2 s on an idle machine
    while len(stub.calls("begun")) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    workers = {int(path.name.partition("-")[2]) for path in stub.trace().iterdir()}
    os.killpg(process.pid, number)  # as a terminal does
    try:
        _, err = process.communicate(timeout=60)  # long before the work would end, also on a busy machine
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    assert process.returncode == (130 if number == signal.SIGINT else 143)
    assert "Traceback" not in err
    assert len(workers) == 2
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
    assert not list((tmp_path / "out").rglob(".*"))
    assert not list((tmp_path / "out").rglob("session.json"))
