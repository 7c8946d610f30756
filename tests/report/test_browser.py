"""The report in a browser: players, plots, metronome and print, without network, errors or harm from a name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gait.cli.main import app

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
SAMPLE = Path(__file__).parents[2] / "sample_videos" / "treadmill_side.mp4"
HOSTILE = '<script>document.title="hurt"</script>"><img src=x onerror=alert(1)> \u202eمرحبا 🏃‍♀️ ' + "x" * 240


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a sample with an annotated video, under a name that means harm."""
    folder = tmp_path_factory.mktemp("browser")
    with pytest.raises(SystemExit) as stopped:
        app(
            [
                "analyze",
                str(SAMPLE),
                "--height",
                "176",
                "--speed",
                "10.1",
                "--end",
                "6",
                "--name",
                HOSTILE,
                "-o",
                str(folder),
            ]
        )
    assert stopped.value.code in (0, None)
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--autoplay-policy=no-user-gesture-required"]
        )
        yield running
        running.close()


@pytest.fixture
def page(browser: sync_api.Browser, report: Path) -> Iterator[sync_api.Page]:
    """The open report; afterwards nothing may have gone wrong or been asked of the network."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    faults: list[str] = []
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("dialog", lambda dialog: (faults.append("a dialog"), dialog.dismiss()))
    opened.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else faults.append(r.url))
    opened.goto(report.as_uri())
    yield opened
    assert faults == []
    opened.close()


def now(page: sync_api.Page) -> float:
    # Not wait_for_function: the page's own policy forbids the evaluation of text that it needs.
    for _ in range(100):
        if page.evaluate("(v => v.readyState >= 2 && !v.seeking)(document.querySelector('video'))"):
            break
        page.wait_for_timeout(50)
    return float(page.evaluate("document.querySelector('video').currentTime"))


def test_a_bar_of_the_timeline_moves_the_video(page: sync_api.Page) -> None:
    bar = page.locator(".stance[data-seek]").nth(5)
    bar.click()
    assert now(page) == pytest.approx(float(bar.get_attribute("data-seek")), abs=0.02)


def test_a_bar_can_be_used_by_keyboard(page: sync_api.Page) -> None:
    bar = page.locator(".stance[data-seek]").nth(2)
    bar.focus()
    page.keyboard.press("Enter")
    assert now(page) == pytest.approx(float(bar.get_attribute("data-seek")), abs=0.02)


def test_a_dot_of_the_cadence_moves_the_video(page: sync_api.Page) -> None:
    dot = page.locator(".step[data-seek]").nth(8)
    dot.dispatch_event("click")
    assert now(page) == pytest.approx(float(dot.get_attribute("data-seek")), abs=0.02)


def test_a_point_of_a_gait_cycle_moves_the_video(page: sync_api.Page) -> None:
    area = page.locator(".catch").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    begin, end = (float(area.get_attribute(f"data-{name}")) for name in ("begin", "end"))
    assert now(page) == pytest.approx(begin + 0.25 * (end - begin), abs=0.03)
    assert page.locator(".cycle .here").count() == 1


def test_the_player_steps_single_frames_and_slows_down(page: sync_api.Page) -> None:
    page.locator(".stance[data-seek]").first.click()
    # A measured moment lies between two frames; a step goes from frame to frame.
    before = int(60 * now(page))
    for _ in range(3):
        page.get_by_role("button", name="One frame forward").click()
        now(page)
    assert int(60 * now(page)) - before == 3
    page.get_by_role("button", name="One frame back").click()
    assert int(60 * now(page)) - before == 2
    page.get_by_role("button", name="0.25×").click()
    assert page.evaluate("document.querySelector('video').playbackRate") == 0.25


def test_the_metronome_clicks_at_the_prescribed_rate(page: sync_api.Page) -> None:
    start = page.get_by_role("button", name="Start the metronome")
    start.click()
    page.wait_for_timeout(2500)
    clicks = int(page.evaluate("document.getElementById('metronome').dataset.clicks"))
    beat = int(page.evaluate("document.querySelector('#metronome input').value"))
    assert clicks == pytest.approx(2.6 / 60 * beat, abs=1.6)
    page.get_by_role("button", name="One click a minute more").click()
    assert int(page.evaluate("document.querySelector('#metronome input').value")) == beat + 1
    page.get_by_role("button", name="Stop").click()
    page.wait_for_timeout(400)
    assert int(page.evaluate("document.getElementById('metronome').dataset.clicks")) == pytest.approx(clicks, abs=2)


def test_the_metronome_stays_within_what_was_studied(page: sync_api.Page) -> None:
    field = page.locator("#metronome input")
    most = field.get_attribute("max")
    field.fill("400")
    field.blur()
    assert field.input_value() == most
    field.fill("nonsense"[:0])
    field.blur()
    assert field.input_value() == field.get_attribute("min")


def test_a_hostile_name_does_no_harm(page: sync_api.Page) -> None:
    assert page.title() != "hurt"
    assert page.locator("h1 script, h1 img").count() == 0
    assert "<script>" in page.locator("body").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_is_wider_than_the_screen(page: sync_api.Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints(page: sync_api.Page, tmp_path: Path) -> None:
    page.emulate_media(media="print")
    assert not page.locator("#metronome").is_visible()
    made = page.pdf(path=str(tmp_path / "report.pdf"))
    assert made.startswith(b"%PDF")


def test_the_page_is_small(report: Path) -> None:
    assert report.stat().st_size < 3_000_000
