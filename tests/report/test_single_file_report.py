"""A report in one file: what goes in, what is left out, and that a browser plays the video inside."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gait.display_language import speak
from gait.errors import InputError
from gait.report.physio_pdf import physio_pdf
from gait.report.single_file_report import (
    SharedNote,
    SingleFileReport,
    private_record,
    report_videos,
    without_names,
    write_small_video,
)
from gait.video import probe
from tests.made_reports import measured, report
from tests.sample_clips import first_seconds

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
SAMPLE = Path(__file__).parents[2] / "sample_videos" / "treadmill_front.mp4"
POLICY = "default-src 'none'; media-src 'self' file:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
PAGE = (
    f'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{{name}}</title>'
    '</head><body><main><video muted preload="auto" src="side.mp4#t=0.001" aria-label="{name}"></video>'
    "<section id=\"care\"></section></main><script>document.title = 'ran';</script></body></html>"
)

#: Moves the video once it can be shown, and comes back when the picture of that time is there.
SEEK = """
time => new Promise((done, failed) => {
  setTimeout(failed, 60_000, new Error("the video shows nothing"));
  const video = document.querySelector("video");
  video.addEventListener("seeked", () => done(), {once: true});
  const seek = () => { video.currentTime = time; };
  if (video.readyState >= 2) seek();
  else video.addEventListener("loadeddata", seek, {once: true});
})
"""


def folder_of(tmp_path: Path, page: str, **record: object) -> Path:
    import json

    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    (tmp_path / "report.json").write_text(json.dumps({**report(), **record}), encoding="utf-8")
    return tmp_path


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_plays_and_seeks_the_video_of_the_file_alone(tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    folder = folder_of(tmp_path, PAGE.format(name="Anna"))
    source = first_seconds(SAMPLE, folder / "side.mp4", 3.0)
    small = write_small_video(source, folder / "small.mp4")
    assert min(probe(small).height, probe(small).width) <= 480
    assert probe(small).duration_s == pytest.approx(probe(source).duration_s, abs=0.1)
    assert small.stat().st_size < source.stat().st_size
    made = SingleFileReport(folder, {"side.mp4": small})
    alone = tmp_path / "alone" / "page.html"
    alone.parent.mkdir()
    alone.write_bytes(b"".join(made.pieces()))
    assert alone.stat().st_size == made.size
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(alone.as_uri())
        page.evaluate(SEEK, 1)  # not wait_for_function: the page's policy forbids the evaluation of text that it needs
        assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(1, abs=0.1)
        assert page.title() == "ran"
        browser.close()
    assert not faults


def test_names_go_from_texts_and_labels_and_code_stays() -> None:
    page = (
        '<style>.Side{}</style><h1 class="Side">Side</h1><p>Sideways, Side! clip Side_1.mp4</p>'
        '<img alt="Side at contact" src="Side.png"><script>const Side = "Side";</script>'
    )
    record = {"runner": {"name": "Side"}, "videos": [{"file": "/data/uploads/1/clip Side_1.mp4"}]}
    assert without_names(page, record) == (
        '<style>.Side{}</style><h1 class="Side">Runner</h1><p>Sideways, Runner! the clip</p>'
        '<img alt="Runner at contact" src="Side.png"><script>const Side = "Side";</script>'
    )


@pytest.mark.parametrize("name", ["<b>Ben & Co</b>", "Zoë (U20)", "a.b*c", "مريم", "\\1", "x" * 200])
def test_any_name_is_found_as_it_is_written_on_a_page(name: str) -> None:
    from gait.report.page_templates import html_text

    page = f"<h1>{html_text(name)}</h1>"
    assert without_names(page, {"runner": {"name": name}, "videos": []}) == "<h1>Runner</h1>"


def test_a_record_without_names_keeps_its_numbers() -> None:
    record = report(measured("cadence", 165.0), name="Anna", file="/tmp/anna_side.mp4")
    record["warnings"] = [{"code": "x", "message": "anna_side.mp4: short"}]
    clean = private_record(record)
    assert clean["runner"]["name"] is None
    assert clean["videos"][0]["file"] == "clip_1.mp4"
    assert "anna" not in str(clean).casefold()
    assert clean["measurements"] == record["measurements"]
    assert record["runner"]["name"] == "Anna"


def test_notes_stand_on_the_page_as_text(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, PAGE.format(name="Anna"))
    notes = [SharedNote("2026-03-01", "<i>Coach</i>", "one\n<script>alert(1)</script>\u202e")]
    text = b"".join(SingleFileReport(folder, {}, notes=notes).pieces()).decode()
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;i&gt;Coach" in text
    assert "\u202e" not in text
    assert report_videos(folder) == []  # named by the page, and gone
    with pytest.raises(InputError, match="not kept"):
        SingleFileReport(tmp_path / "none", {})


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", [None, "Zoë <b>Müller</b> 🏃 مريم 山田", "x" * 5000])
def test_the_pdf_of_any_name_is_one_document(language: str, name: str | None) -> None:
    rows = [measured("cadence", 165.0), measured("overstride", None, side="left"), measured("trunk_lean", 4.0)]
    with speak(language):
        content = physio_pdf(report(*rows, name=name), day="1 March 2026")
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert physio_pdf(report(*rows, name=name), private=True).startswith(b"%PDF-")
