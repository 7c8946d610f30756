"""The report in a browser: first screen, folds, players, plots, print and accessibility, without network or errors."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gait.cli.main import app
from gait.findings.answers import parse_answers
from gait.owned_files import FILES_LIST
from gait.report.html_page import render_html
from tests.fake_sessions import FakeSession, fake_session, measured

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
SAMPLE = Path(__file__).parents[2] / "sample_videos" / "treadmill_side.mp4"
HOSTILE = '<script>document.title="hurt"</script>"><img src=x onerror=alert(1)> \u202eمرحبا 🏃‍♀️ ' + "x" * 240


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, example: Path) -> Path:
    """The report of a sample with an annotated video, under a name that means harm; its poses were kept before."""
    folder = tmp_path_factory.mktemp("browser")
    for name in ("pose_1.nc", FILES_LIST):  # without its list, nothing shows that gait wrote the file
        shutil.copy(example / "report" / name, folder / name)
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


def show(page: sync_api.Page, selector: str) -> None:
    """Unfold everything around an element."""
    page.evaluate("s => { for (let e = document.querySelector(s); e; e = e.parentElement) e.open = true; }", selector)


def now(page: sync_api.Page) -> float:
    # Not wait_for_function: the page's own policy forbids the evaluation of text that it needs.
    for _ in range(100):
        if page.evaluate("(v => v.readyState >= 2 && !v.seeking)(document.querySelector('video'))"):
            break
        page.wait_for_timeout(50)
    return float(page.evaluate("document.querySelector('video').currentTime"))


def test_a_bar_of_the_timeline_moves_the_video(page: sync_api.Page) -> None:
    show(page, ".stance[data-seek]")
    bar = page.locator(".stance[data-seek]").nth(5)
    bar.click(force=True)  # an area above all bars takes the click, and finds the bar under it
    assert now(page) == pytest.approx(float(bar.get_attribute("data-seek")), abs=0.02)


def test_a_bar_can_be_used_by_keyboard(page: sync_api.Page) -> None:
    show(page, ".stance[data-seek]")
    bar = page.locator(".stance[data-seek]").nth(2)
    bar.focus()
    page.keyboard.press("Enter")
    assert now(page) == pytest.approx(float(bar.get_attribute("data-seek")), abs=0.02)


def test_a_dot_of_the_cadence_moves_the_video(page: sync_api.Page) -> None:
    show(page, ".plot .step")
    area = page.locator(".plot:has(.step) .catch").first
    area.scroll_into_view_if_needed()
    dot = area.locator("xpath=..").locator(".step").nth(8).bounding_box()
    page.mouse.click(dot["x"] + 0.5 * dot["width"], dot["y"] + 0.5 * dot["height"])
    box = area.bounding_box()
    begin, end = (float(area.get_attribute(f"data-{name}")) for name in ("begin", "end"))
    share = (dot["x"] + 0.5 * dot["width"] - box["x"]) / box["width"]
    assert now(page) == pytest.approx(begin + share * (end - begin), abs=0.03)


def test_a_point_of_a_gait_cycle_moves_the_video(page: sync_api.Page) -> None:
    show(page, ".cycle .catch")
    area = page.locator(".cycle .catch").first
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    page.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    begin, end = (float(area.get_attribute(f"data-{name}")) for name in ("begin", "end"))
    assert now(page) == pytest.approx(begin + 0.25 * (end - begin), abs=0.03)
    assert page.locator(".cycle .here").count() == 1


def test_the_player_steps_single_frames_and_slows_down(page: sync_api.Page) -> None:
    show(page, ".stance[data-seek]")
    page.locator(".stance[data-seek]").first.click(force=True)
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
    show(page, "#metronome")
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
    show(page, "#metronome")
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


def test_a_moment_in_the_video_leads_back_to_its_finding(page: sync_api.Page) -> None:
    button = page.locator("#finding-1 .seek")
    button.click()
    assert now(page) == pytest.approx(float(button.get_attribute("data-seek")), abs=0.02)
    back = page.get_by_role("link", name="Back to where you were")
    back.click()
    assert page.evaluate("document.activeElement.dataset.back") == "finding-1"
    assert not back.is_visible()


def test_the_controls_lie_below_the_picture(page: sync_api.Page) -> None:
    video = page.locator("video")
    assert video.get_attribute("controls") is None
    picture, bar = video.bounding_box(), page.locator("[data-position]").bounding_box()
    assert bar["y"] >= picture["y"] + picture["height"]
    page.locator("[data-position]").fill("500")
    assert now(page) == pytest.approx(page.evaluate("document.querySelector('video').duration") / 2, abs=0.1)


def test_the_page_is_small(report: Path) -> None:
    assert report.stat().st_size < 3_000_000


# ---- pages of made-up sessions: every state of the first screen, folds, print ----------------------------------------

CLEAR = [
    measured("overstride", 0.40, side="left", half=0.01),
    measured("overstride", 0.36, side="right", half=0.02),
    measured("trunk_lean", 25.0, half=1),
    measured("vertical_oscillation", 16.0, half=1),
    measured("cadence", 172.0, half=1.0),
    measured("knee_flexion_stance", 35.0, side="left", half=5),
    measured("pelvic_drop", None, grade="refused", reason="not visible from this side: film the rear view"),
]
STATES = {
    "clear": lambda: fake_session(CLEAR),
    "likely": lambda: fake_session([measured("overstride", 0.285, side="left", half=0.04)]),
    "fine": lambda: fake_session([measured("cadence", 172.0, half=1.0), measured("trunk_lean", 6.0, half=1.0)]),
    "now": lambda: fake_session(CLEAR, answers=parse_answers({"no_weight": True})),
    "see": lambda: fake_session(
        CLEAR, answers=parse_answers({"pain_where": ["hip_side"], "pain_when": ["all_day"], "pain_strength": 4})
    ),
    "nothing": lambda: fake_session([measured("overstride", None, side="left", grade="refused")]),
}
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("states")
    made = {}
    for name, session in STATES.items():
        made[name] = folder / f"{name}.html"
        made[name].write_text(_html(session()), encoding="utf-8")
    return made


def _html(session: FakeSession) -> str:
    return render_html(session)  # type: ignore[arg-type]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("state", STATES)
def test_the_first_screen_shows_sentence_and_picture(
    browser: sync_api.Browser, pages: dict[str, Path], state: str, viewport: dict[str, int]
) -> None:
    page = browser.new_page(viewport=viewport)
    page.goto(pages[state].as_uri())
    shown = ["h1", ".leadpic .still", *([] if state in {"nothing", "now", "see"} else [".first .step h2"])]
    for selector in shown:
        box = page.locator(selector).bounding_box()
        assert box is not None, selector
        # Of the picture the upper half is enough: a warning stands before it.
        reach = box["height"] if selector == "h1" else 0.5 * box["height"]
        assert box["y"] + reach <= viewport["height"], selector
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.close()


def test_a_warning_that_cannot_wait_is_red_and_stops_the_training(
    browser: sync_api.Browser, pages: dict[str, Path]
) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(pages["now"].as_uri())
    red, green, blue = map(
        int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.querySelector('h1')).color"))[:3]
    )
    assert red > 2 * max(green, blue)
    assert not page.locator("#to-do").is_visible()
    assert not page.locator(".first .step").is_visible()
    page.close()


def test_the_first_screen_follows_the_answers(browser: sync_api.Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(pages["clear"].as_uri())
    own = page.locator("h1").inner_text()
    page.locator("#questions-fold summary").click()
    page.locator('[data-question="pain_where"] input[value="hip_side"]').check()
    page.locator('[data-question="no_weight"] input[value="yes"]').check()
    assert page.locator("h1").inner_text() == "Stop running and see a doctor now."
    assert not page.locator(".first .step").is_visible()
    page.locator('[data-question="no_weight"] input[value="no"]').check()
    page.locator('[data-question="pain_where"] input[value="hip_side"]').uncheck()
    assert page.locator("h1").inner_text() == own
    assert page.locator(".first .step").is_visible()
    page.close()


@pytest.mark.parametrize("state", ["clear", "fine", "see"])
def test_with_all_folds_closed_a_phone_shows_the_report_in_eight_screens(
    browser: sync_api.Browser, pages: dict[str, Path], state: str
) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(pages[state].as_uri())
    assert page.evaluate("document.documentElement.scrollHeight") <= 8 * PHONE["height"]
    page.close()


def test_contents_stand_at_the_side_of_a_desktop_and_folded_on_a_phone(
    browser: sync_api.Browser, pages: dict[str, Path]
) -> None:
    for viewport, is_open in ((DESKTOP, True), (PHONE, False)):
        page = browser.new_page(viewport=viewport)
        page.goto(pages["clear"].as_uri())
        assert page.locator("#contents a").first.is_visible() is is_open
        page.close()
    page = browser.new_page(viewport=PHONE)
    page.goto(pages["clear"].as_uri())
    page.locator("#contents summary").click()
    page.locator('#contents a[href="#all"]').click()
    page.wait_for_timeout(600)
    assert page.locator("#all table").is_visible()
    assert not page.locator("#contents a").first.is_visible()
    page.close()


def test_a_link_opens_the_fold_it_leads_into(browser: sync_api.Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(pages["clear"].as_uri())
    link = page.locator("[data-step='link']")
    target = link.get_attribute("href")
    assert not page.locator(target).is_visible()
    link.click()
    page.wait_for_timeout(300)
    assert page.locator(target).is_visible()
    page.close()


def test_what_is_touched_on_a_phone_is_large_enough(browser: sync_api.Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(pages["clear"].as_uri())
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, summary, input:not([type=radio], [type=checkbox]), select')]
          .filter((e) => e.getClientRects().length && !e.matches('.skip') && e.getBoundingClientRect().height < 43.5)
          .map((e) => e.outerHTML.slice(0, 90))"""
    )
    assert small == []
    page.close()


def _pdf_pages(page: sync_api.Page) -> int:
    return len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(format="A4", print_background=True)))


@pytest.mark.parametrize("state", ["clear", "fine", "see", "now"])
def test_it_prints_on_four_pages_at_most(browser: sync_api.Browser, pages: dict[str, Path], state: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(pages[state].as_uri())
    assert 1 <= _pdf_pages(page) <= 4
    page.emulate_media(media="print")
    assert not page.locator("#all table").is_visible()
    assert not page.locator("nav").is_visible()
    page.close()


def test_a_physiotherapist_gets_one_page(browser: sync_api.Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(pages["see"].as_uri())
    assert not page.locator("#physio").is_visible()
    page.get_by_role("link", name="One page for your physiotherapist").last.click()
    page.wait_for_timeout(300)
    assert page.locator("#physio").is_visible()
    assert not page.locator("main").is_visible()
    words = page.locator("#physio").inner_text()
    for word in ("Ada", "overstride distance", "95 % range", "How strong is it at its worst", "Findings"):
        assert word in words, word
    assert _pdf_pages(page) == 1
    page.get_by_role("link", name="Back to the report").click()
    page.wait_for_timeout(300)
    assert page.locator("main").is_visible()
    page.close()


@pytest.mark.parametrize(
    ("state", "scheme", "unfolded"),
    [("clear", "light", True), ("clear", "dark", False), ("now", "dark", False), ("nothing", "light", False)],
)
def test_axe_finds_no_serious_fault(
    browser: sync_api.Browser, pages: dict[str, Path], state: str, scheme: str, unfolded: bool
) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    script = (Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(pages[state].as_uri())
    if unfolded:
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    page.evaluate(script)
    # Without drawings: their hundreds of lines only take time. Their names are tested in test_exercise_drawings.py.
    run = "axe.run({exclude: [['svg']]}, {resultTypes: ['violations']})"
    found = page.evaluate(run)["violations"]
    assert [(f["id"], f["nodes"][0]["html"]) for f in found if f["impact"] in {"serious", "critical"}] == []
    context.close()
