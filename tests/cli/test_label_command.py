"""``gait label``: refusals before the work, the address, and what was saved."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import assert_refused
from tests.conftest import write_clip


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace browser and server: the page saves one labelling and finishes."""
    from gait.labelling.label_server import LabelServer

    addresses: list[str] = []

    def serve(server: LabelServer) -> None:
        server.save(
            {
                "labeller": server.task.labeller or "Cy",
                "near_side": "left",
                "labelling": {"events": [{"kind": "toe_off", "side": "left", "frame": 1, "frame_sd": 1}]},
            }
        )
        server._server.server_close()

    monkeypatch.setattr(LabelServer, "serve", serve)
    monkeypatch.setattr("webbrowser.open", lambda url: addresses.append(url) or True)
    return addresses


def test_a_labelling_is_saved_beside_the_video(gait, opened, tmp_path: Path) -> None:
    write_clip(tmp_path / "run.mp4")
    outcome = gait("label", "run.mp4", "--labeller", "Ada")
    assert (outcome.code, outcome.err) == (0, "")
    assert opened[0].startswith("http://127.0.0.1:")
    assert opened[0] in outcome.out
    assert "Saved in run.json: Ada" in outcome.out
    assert_refused(gait("label", "run.mp4", "--labeller", "Ada"), "run.json", "already has a labelling", "--labeller")


def test_the_file_can_be_chosen_and_no_browser_opened(gait, opened, tmp_path: Path) -> None:
    write_clip(tmp_path / "run.mp4")
    (tmp_path / "labels").mkdir()
    outcome = gait("label", "run.mp4", "-o", "labels/run.json", "--no-browser", "--quiet")
    assert outcome.code == 0
    assert opened == []
    assert "http://127.0.0.1:" in outcome.out
    assert (tmp_path / "labels" / "run.json").is_file()


def test_what_cannot_be_used_is_refused(gait, tmp_path: Path) -> None:
    write_clip(tmp_path / "run.mp4")
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "report.json").write_text('{"schema": "gait.report/1"}')
    assert_refused(gait("label", "absent.mp4"), "absent.mp4", "no such file")
    assert_refused(gait("label", "text.mp4"), "text.mp4")
    assert_refused(gait("label", "run.mp4", "-o", "absent/run.json"), "cannot be written", "-o")
    assert_refused(gait("label", "run.mp4", "-o", "report.json"), "report.json: clip: is missing")
    assert_refused(gait("label", "run.mp4", "--labeller", "../A"), "1 to 40")
    shutil.copy(tmp_path / "run.mp4", tmp_path / "other.mp4")
    (tmp_path / "run.json").write_text('{"clip": "run", "near_side": "left", "labellings": {"A": {"events": []}}}')
    assert_refused(gait("label", "other.mp4", "-o", "run.json"), "belongs to the clip 'run'")
