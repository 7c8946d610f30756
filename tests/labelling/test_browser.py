"""The labelling page in a browser, from the first frame to the saved file; nothing from elsewhere, no errors."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gait.labelling.label_file import LABEL_POINTS, read_label_file
from gait.labelling.label_server import LabelServer, prepare_task
from gait.owned_files import FILES_LIST
from gait.video import VideoWriter

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
WIDTH, HEIGHT, FRAMES = 160, 120, 60


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM)
        yield running
        running.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LabelServer]:
    path = tmp_path / "run.mp4"
    with VideoWriter(path, width=WIDTH, height=HEIGHT, fps=30) as writer:
        for number in range(FRAMES):
            image = np.full((HEIGHT, WIDTH, 3), 200, dtype=np.uint8)
            image[50:60, 2 * number : 2 * number + 10] = 0
            writer.write(image)
    made = LabelServer(prepare_task(path))
    thread = threading.Thread(target=made.serve)
    thread.start()
    yield made
    made.close()
    thread.join(5)


@pytest.fixture
def page(browser: sync_api.Browser, server: LabelServer) -> Iterator[sync_api.Page]:
    """The open page; afterwards nothing may have gone wrong or been asked of another server."""
    opened = browser.new_page(viewport={"width": 1200, "height": 800})
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda r: None if r.url.startswith((server.url[:20], "data:")) else faults.append(r.url))
    opened.goto(server.url)
    opened.wait_for_selector('canvas[data-shown="0"]')
    yield opened
    assert faults == []
    opened.close()


def go_to(page: sync_api.Page, frame: int) -> None:
    page.get_by_role("spinbutton", name="Frame", exact=True).fill(str(frame))
    page.keyboard.press("Tab")
    page.wait_for_selector(f'canvas[data-shown="{frame}"]')
    page.locator("#frame").focus()


def click(page: sync_api.Page, x: float, y: float) -> None:
    box = page.locator("#frame").bounding_box()
    scale = min(box["width"] / WIDTH, box["height"] / HEIGHT)
    left, top = (box["width"] - WIDTH * scale) / 2, (box["height"] - HEIGHT * scale) / 2
    page.mouse.click(box["x"] + left + (x + 0.5) * scale, box["y"] + top + (y + 0.5) * scale)


def status(page: sync_api.Page) -> str:
    return page.locator("#status").inner_text()


def test_a_labelling_from_the_first_frame_to_the_file(page: sync_api.Page, server: LabelServer) -> None:
    page.get_by_label("Your name").fill("Cy")
    page.get_by_label("Near leg").select_option("left")
    go_to(page, 20)
    page.keyboard.press("ArrowRight")
    page.wait_for_selector('canvas[data-shown="21"]')
    page.keyboard.press("c")
    page.keyboard.press("[")
    page.keyboard.press("p")
    for number in range(6):
        click(page, 30 + 10 * number, 20 + 15 * number)
    page.keyboard.press("3")
    page.keyboard.press("l")  # the knee half a pixel to the right
    page.keyboard.press("Escape")
    go_to(page, 30)
    page.get_by_role("button", name="Last touch").click()
    page.get_by_label("± frames").fill("0.5")
    go_to(page, 25)
    page.keyboard.press("g")
    click(page, 100, 90)
    click(page, 60, 88)
    assert page.locator("#list li").count() == 3
    page.get_by_role("button", name="Save labelling").click()
    page.get_by_text("Saved as Cy").wait_for()
    labelling = read_label_file(server.task.output).labellings["Cy"]
    contact, toe_off = labelling.events
    assert (contact.kind, contact.side, contact.frame, contact.labelled_frame) == ("initial_contact", "left", 20.75, 21)
    assert list(contact.points) == list(LABEL_POINTS)
    for number, name in enumerate(LABEL_POINTS):
        at = contact.points[name]
        moved = 0.5 if name == "knee" else 0.0
        assert (at.x, at.y) == pytest.approx((30 + 10 * number + moved, 20 + 15 * number), abs=0.3)
    assert (toe_off.kind, toe_off.frame, toe_off.frame_sd) == ("toe_off", 30, 0.5)
    (flat,) = labelling.flat_feet
    assert (flat.frame, flat.side) == (25, "left")
    assert (flat.heel.x, flat.toe.x) == pytest.approx((100, 60), abs=0.3)
    assert {p.name for p in server.task.output.parent.iterdir()} == {"run.mp4", "run.json", FILES_LIST}


def test_a_name_that_is_taken_changes_nothing(page: sync_api.Page, server: LabelServer) -> None:
    server.save(
        {
            "labeller": "A",
            "near_side": "left",
            "labelling": {"events": [{"kind": "toe_off", "side": "left", "frame": 1, "frame_sd": 1}]},
        }
    )
    before = server.task.output.read_bytes()
    page.reload()
    page.wait_for_selector('canvas[data-shown="0"]')
    page.get_by_label("Your name").fill("A")
    page.keyboard.press("Tab")
    page.get_by_text("has a labelling").wait_for()
    page.locator("#frame").focus()
    page.keyboard.press("t")
    page.get_by_role("button", name="Save labelling").click()
    page.get_by_role("button", name="Save as it is").click()
    page.get_by_text("already has a labelling").wait_for()
    assert server.task.output.read_bytes() == before


def test_what_is_missing_is_said_before_saving(page: sync_api.Page, server: LabelServer) -> None:
    save = page.get_by_role("button", name="Save labelling")
    save.click()
    assert "name or initials" in status(page)
    page.get_by_label("Your name").fill("B")
    save.click()
    assert "nearer to the camera" in status(page)
    page.get_by_label("Near leg").select_option("right")
    save.click()
    assert "first or last touch" in status(page)
    page.locator("#frame").focus()
    page.keyboard.press("c")
    save.click()
    assert "0 of 6 points" in page.locator("#question-list").inner_text()
    page.get_by_role("button", name="Go on labelling").click()
    assert not server.task.output.exists()


def test_undo_and_redo(page: sync_api.Page) -> None:
    page.locator("#frame").focus()
    page.keyboard.press("c")
    page.keyboard.press("p")
    click(page, 40, 40)
    assert page.locator("#points .at").first.inner_text() == "40, 40"
    page.keyboard.press("Control+z")
    assert page.locator("#points .at").first.inner_text() == "1"
    page.get_by_role("button", name="Undo").click()
    assert page.locator("#list li").count() == 0
    page.keyboard.press("Control+Shift+z")
    assert page.locator("#list li").count() == 1


def test_the_points_of_a_contact_belong_to_one_frame(page: sync_api.Page) -> None:
    page.locator("#frame").focus()
    page.keyboard.press("c")
    page.keyboard.press("p")
    click(page, 40, 40)
    page.keyboard.press("ArrowRight")
    page.wait_for_selector('canvas[data-shown="1"]')
    click(page, 50, 50)
    assert "in frame 0" in status(page)
    assert page.locator("#points .at").nth(1).inner_text() == "2"


def test_unsaved_work_survives_a_closed_page(page: sync_api.Page, server: LabelServer) -> None:
    page.get_by_label("Your name").fill("Di")
    page.keyboard.press("Tab")
    page.locator("#frame").focus()
    with page.expect_response(lambda r: r.url.endswith("/draft")):
        page.keyboard.press("c")
    assert json.loads((server.task.output.parent / "run.Di.draft.json").read_text())["labels"][0]["frame"] == 0
    page.goto("about:blank")
    page.goto(server.url)
    page.wait_for_selector('canvas[data-shown="0"]')
    page.get_by_label("Your name").fill("Di")
    page.keyboard.press("Tab")
    page.get_by_text("Continued").wait_for()
    assert page.locator("#list li").count() == 1


def test_a_zoomed_frame_keeps_its_coordinates(page: sync_api.Page) -> None:
    page.locator("#frame").focus()
    page.keyboard.press("c")
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.keyboard.press("p")
    page.keyboard.press("Enter")  # the middle of the view stays the middle of the frame
    assert page.locator("#points .at").first.inner_text() == f"{WIDTH / 2 - 0.5:g}, {HEIGHT / 2 - 0.5:g}"


def test_every_control_has_a_name_and_a_phone_needs_no_scrolling_sideways(
    browser: sync_api.Browser, server: LabelServer
) -> None:
    phone = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True).new_page()
    phone.goto(server.url)
    phone.wait_for_selector('canvas[data-shown="0"]')
    phone.get_by_role("button", name="First touch").tap()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    unnamed = phone.evaluate(
        """[...document.querySelectorAll('button, input, select')].filter(e => e.offsetParent &&
            !e.getAttribute('aria-label') && !e.textContent.trim() && !(e.labels && e.labels.length)).length"""
    )
    assert unnamed == 0
    phone.get_by_role("button", name="Place points").tap()
    box = phone.locator("#frame").bounding_box()
    phone.evaluate("window.scrollTo(0, 0)")
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "," in phone.locator("#points .at").first.inner_text()
    phone.close()


def test_finish_ends_the_page(page: sync_api.Page) -> None:
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("You can close this page").wait_for()
