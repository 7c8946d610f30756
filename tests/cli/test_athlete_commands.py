"""``gait history`` and ``gait compare`` as careless people use them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from gait.cli.main import main as cli
from gait.history.athlete_history import History
from tests.made_reports import measured, report


@pytest.fixture
def gait_(capfd, monkeypatch, tmp_path):
    """Run the command line in an empty folder, with a history in it, and tell what came of it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAIT_HISTORY", str(tmp_path / "history.db"))
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: object) -> SimpleNamespace:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        output = capfd.readouterr()
        return SimpleNamespace(code=ended.value.code, out=output.out, err=output.err)

    return call


def saved(folder: Path, record: dict) -> Path:
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    file = tmp_path / "history.db"
    with History(file) as history:
        for month, cadence, lean in ((1, 160.0, 5.0), (2, 166.0, 5.4), (3, 172.0, 5.2)):
            made = report(
                measured("cadence", cadence),
                measured("trunk_lean", lean, 3.0),
                *(measured("tibia_angle", lean + 2, 4.0, side=side) for side in ("left", "right")),
                speed=3.0 + 0.2 * month,
            )
            history.add(made, date=f"2026-0{month}-01")
        history.add(report(name="Ana"), date="2026-01-05")
    return file


def test_without_a_history_it_says_how_to_begin(gait_, tmp_path: Path) -> None:
    done = gait_("history")
    assert (done.code, "No history yet" in done.out) == (0, True)
    assert not (tmp_path / "history.db").exists()
    done = gait_("history", "Anna")
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_adding_says_what_was_done_and_asks_about_like_names(gait_, filled: Path, tmp_path: Path) -> None:
    folder = saved(tmp_path / "run", report(measured("cadence", 150.0), name="Annna"))
    done = gait_("history", "--add", folder, "--date", "2026-04-01")
    assert "Annna, 2026-04-01: session 5 added." in done.out
    assert "gait history Annna --merge Anna" in done.out
    assert "was there already" in gait_("history", "--add", folder).out
    assert gait_("history", "Annna", "--merge", "Anna").code == 0
    assert "Annna" not in gait_("history").out


def test_the_list_and_the_suggestion(gait_, filled: Path) -> None:
    done = gait_("history")
    assert "Anna" in done.out
    assert "2026-03-01" in done.out
    assert "gait history Ana --merge Anna" in done.out


def test_an_athlete_fits_80_columns_and_says_what_changed(gait_, filled: Path) -> None:
    done = gait_("history", "anna")
    assert max(map(len, done.out.splitlines())) <= 80
    cadence = next(line for line in done.out.splitlines() if line.startswith("cadence"))
    assert "+12.0" in cadence
    assert "really changed" in cadence
    assert "within noise" in next(line for line in done.out.splitlines() if line.startswith("trunk lean"))
    assert "The belt ran at 11.5 and 13.0 km/h" in " ".join(done.out.split())


def test_one_metric_shows_every_session(gait_, filled: Path) -> None:
    done = gait_("history", "Anna", "--metric", "cadence")
    assert [line[:10] for line in done.out.splitlines() if line.startswith("2026")] == [
        *("2026-01-01", "2026-02-01", "2026-03-01"),
    ]
    assert "+12.0 *" in done.out
    assert gait_("history", "Anna", "--metric", "cadance").code == 2


def test_the_page_is_self_contained(gait_, filled: Path, tmp_path: Path) -> None:
    assert gait_("history", "Anna", "--page", "anna.html").code == 0
    page = (tmp_path / "anna.html").read_text(encoding="utf-8")
    assert page.count('class="plot over"') == 3
    assert "ring" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert gait_("history", "Anna", "--page", "nowhere/anna.html").code == 2
    assert gait_("history", "Anna", "--page", "anna.png").code == 2


def test_deleting_asks_first(gait_, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    done = gait_("history", "Anna", "--delete")
    assert done.code == 2
    assert "nothing was deleted" in done.err
    assert gait_("history", "Anna", "--delete", "--yes").code == 0
    assert b"Anna" not in filled.read_bytes()
    assert gait_("history", "Anna").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["--merge", "Anna"],
        ["--delete"],
        ["--page", "x.html"],
        ["Anna", "--merge", "Tom", "--rename", "Tim"],
        ["Anna", "--date", "2026-01-01"],
        ["--add", "nowhere"],
        ["Anna", "--merge", "Nobody"],
        ["--remove", "999"],
        ["--db", "."],
        ["--backup", "nowhere/copy.db"],
    ],
)
def test_what_makes_no_sense_is_one_line_and_code_2(gait_, filled: Path, arguments: list[str]) -> None:
    done = gait_("history", *arguments)
    assert done.code == 2
    assert done.err.startswith("gait: ")
    assert done.err.count("\n") == 1


def test_export_and_backup(gait_, filled: Path, tmp_path: Path) -> None:
    assert gait_("history", "--export", "out", "--backup", "copy.db").code == 0
    assert (tmp_path / "out" / "measurements.csv").is_file()
    with History(tmp_path / "copy.db") as copied:
        assert len(copied.athletes()) == 2


def test_analyze_with_history_needs_a_name_before_the_long_work(gait_, clip: Path) -> None:
    done = gait_("analyze", clip, "--history")
    assert done.code == 2
    assert "--name" in done.err
    assert gait_("analyze", clip, "--db", "x.db").code == 2


def test_compare_prints_and_writes(gait_, tmp_path: Path) -> None:
    before = saved(tmp_path / "before", report(measured("cadence", 160.0), measured("trunk_lean", 5.0)))
    after = saved(tmp_path / "after", report(measured("cadence", 170.0), measured("trunk_lean", None)))
    done = gait_("compare", before, after)
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80
    assert "+10.0" in done.out
    assert "Cannot be compared: trunk lean" in done.out
    assert (tmp_path / "before_after" / "compare.html").is_file()
    assert json.loads((tmp_path / "before_after" / "compare.json").read_text())["videos"] == []


def test_compare_refuses_what_it_cannot_use(gait_, tmp_path: Path) -> None:
    before = saved(tmp_path / "before", report())
    for arguments in ([before, before], [before, "nowhere"], [before, tmp_path]):
        done = gait_("compare", *arguments)
        assert done.code == 2
        assert done.err.count("\n") == 1
    after = saved(tmp_path / "after", report(measured("cadence", 170.0)))
    done = gait_("compare", before, after, "-o", after)
    assert (done.code, "report" in done.err) == (2, True)


def test_analyze_puts_the_report_into_the_history(
    gait_, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(session: object, folder: Path, **_: object) -> Path:
        (folder / "report.json").write_text(json.dumps(report(name="  anna ")), encoding="utf-8")
        return folder / "report.html"

    monkeypatch.setattr("gait.session.analyze", lambda *_, **__: "the session")
    monkeypatch.setattr("gait.report.write_report", write)
    monkeypatch.setattr(cli, "_tell", lambda *_: None)
    for _ in range(2):
        assert gait_("analyze", clip, "--name", "Anna", "--history", "--no-video").code == 0
    with History(tmp_path / "history.db") as history:
        assert history.athletes()[["name", "sessions"]].values.tolist() == [["Anna", 1]]
