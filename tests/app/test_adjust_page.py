"""The page *Adjust* in a browser: drag a joint and see the number change, on a phone and at a desk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.app_process import running_app
from tests.app.browser_pages import DESK, PHONE, is_too_wide, needs_chromium, serious_faults, signed_in_context
from tests.app.measured_session import add_measured_session, session_folder

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Any, int, Path]]:
    folder = tmp_path_factory.mktemp("adjust")
    with running_app(folder) as (base, client, _process):
        session = add_measured_session(client, folder / "data")
        yield base, client, session, session_folder(folder / "data")


@pytest.fixture(autouse=True)
def as_measured(served: tuple[str, Any, int, Path]) -> None:
    """Each test begins with nothing set by hand."""
    _base, client, session, _folder = served
    address = f"/api/v1/sessions/{session}/adjust"
    record = client.get(address).json()
    if record["joints_moved"] + record["events_moved"]:
        client.post(address, json={"version": record["version"], "change": {"kind": "reset"}})


def opened(context: Any, base: str, session: int) -> Any:
    page = context.new_page()
    page.goto(f"{base}/sessions/{session}/adjust")
    page.wait_for_selector(".point", timeout=60_000)
    return page


def measured_again(page: Any) -> None:
    page.wait_for_selector("#adjust[data-measured-ms]:not([aria-busy])", state="attached", timeout=30_000)


def drag_ankle(page: Any, dx: float, dy: float) -> None:
    page.select_option("#joints", "left ankle")
    page.evaluate("document.getElementById('pictures').scrollIntoView()")
    box = page.locator('[data-joint="left ankle"] .dot').bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
    page.mouse.move(x + dx, y + dy, steps=3)
    assert page.locator("#lens").is_visible()
    page.mouse.up()


def number_now(page: Any) -> float:
    text = page.locator("#values tr.here td:last-child").first.inner_text()
    return float(re.search(r"[\d.]+", text)[0])


@pytest.mark.parametrize("device", [PHONE, DESK], ids=["phone", "desk"])
def test_a_dragged_joint_changes_the_number_and_undo_brings_it_back(served, device: dict[str, Any]) -> None:
    base, client, session, folder = served
    with signed_in_context(base, client, **device) as context:
        page = opened(context, base, session)
        assert not is_too_wide(page)
        before = number_now(page)
        drag_ankle(page, 40, 4)
        measured_again(page)
        assert abs(number_now(page) - before) > 0.2
        assert "→" in page.inner_text("#status")
        assert "steps set by hand" in page.inner_text("#values")
        assert "left ankle moved by" in page.inner_text("#trail")
        assert page.locator('[data-joint="left ankle"].moved').count() == 1
        assert json.loads((folder / "adjust.json").read_text())["entries"]
        page.click("#undo")
        page.wait_for_selector("#undo:disabled, #redo:enabled")
        page.wait_for_selector("#adjust:not([aria-busy])", state="attached")
        assert number_now(page) == before
        assert not is_too_wide(page)


def test_at_a_desk_the_numbers_stand_beside_the_picture(served) -> None:
    base, client, session, _folder = served
    with signed_in_context(base, client, **DESK) as context:
        page = opened(context, base, session)
        picture, numbers = (page.locator(name).bounding_box() for name in (".picture", "#numbers"))
        assert numbers["x"] >= picture["x"] + picture["width"]
        assert numbers["y"] < picture["y"] + picture["height"] / 2
        pages = page.locator("nav.top").bounding_box()
        assert pages["x"] <= picture["x"]
        assert pages["x"] + pages["width"] >= numbers["x"] + numbers["width"]


def test_several_people_are_framed_and_another_one_becomes_the_runner(served) -> None:
    base, client, session, _folder = served
    people = [
        {"x": 20.0, "y": 100.0, "width": 200.0, "height": 500.0},
        {"x": 500.0, "y": 90.0, "width": 180.0, "height": 490.0},
    ]
    with signed_in_context(base, client, **DESK) as context:
        page = opened(context, base, session)
        page.route("**/people", lambda route: route.fulfill(json=people))
        page.click(".people summary")
        page.click("#find-people")
        page.wait_for_selector("#people button >> nth=1")
        # The frames stay while the page takes another shape.
        page.set_viewport_size({"width": 900, "height": 800})
        page.wait_for_timeout(300)
        assert page.locator("#stage .box").count() == 2
        assert page.locator("#stage .box-name").all_text_contents() == ["1", "2"]
        shown = page.evaluate(
            "(() => { const b = document.getElementById('stage').viewBox.baseVal; return [b.x, b.width]; })()"
        )
        assert shown[0] <= 20
        assert shown[0] + shown[1] >= 680
        # The film of the other tests is not measured again here.
        (job, *_rest) = client.get("/api/v1/jobs").json()
        page.route("**/runner", lambda route: route.fulfill(status=202, json=job))
        with page.expect_request("**/runner") as asked:
            page.locator("#people button").nth(1).click()
        assert (asked.value.post_data_json["x"], asked.value.post_data_json["y"]) == (590, 335)
        page.wait_for_url(f"**/jobs/{job['id']}")


def test_arrow_keys_move_a_joint(served) -> None:
    base, client, session, _folder = served
    with signed_in_context(base, client, **DESK) as context:
        page = opened(context, base, session)
        page.focus('[data-joint="left ankle"]')
        for _time in range(3):
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Enter")
        measured_again(page)
        joint = next(
            j
            for j in client.get(f"/api/v1/sessions/{session}/adjust").json()["pictures"][0]["joints"]
            if (j["side"], j["joint"]) == ("left", "ankle")
        )
        assert joint["x"] - joint["measured_x"] == pytest.approx(30, abs=0.1)
        assert page.evaluate("document.activeElement.dataset.joint") == "left ankle"


def test_an_event_is_moved_along_the_filmstrip(served) -> None:
    base, client, session, _folder = served
    with signed_in_context(base, client, **PHONE) as context:
        page = opened(context, base, session)
        page.locator("#events button", has_text="left landing").click()
        page.wait_for_selector("#strip img.now")
        assert not is_too_wide(page)
        page.click("#frame-back")
        measured_again(page)
        assert page.locator("#events button", has_text="moved to").count() == 1
        assert "left landing moved from" in page.inner_text("#trail")
        page.click("#event-back")
        page.wait_for_selector("#event-back:disabled")


def test_another_browsers_change_is_shown_instead_of_overwritten(served) -> None:
    base, client, session, _folder = served
    seen = False
    # The browser notes the refusal of the second change as an error.
    with pytest.raises(AssertionError), signed_in_context(base, client, **DESK) as context:  # noqa: PT012
        first, second = opened(context, base, session), opened(context, base, session)
        drag_ankle(first, 30, 0)
        measured_again(first)
        drag_ankle(second, -30, 0)
        second.wait_for_selector("#status.fault")
        assert "Another browser" in second.inner_text("#status")
        assert second.locator('[data-joint="left ankle"].moved').count() == 1
        assert client.get(f"/api/v1/sessions/{session}/adjust").json()["joints_moved"] == 1
        seen = True
    assert seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(served, scheme: str) -> None:
    base, client, session, _folder = served
    with signed_in_context(base, client, color_scheme=scheme, **PHONE) as context:
        page = opened(context, base, session)
        page.locator("#events button").first.click()
        page.wait_for_selector("#strip img.now")
        assert serious_faults(page) == []
        small = page.evaluate(
            "[...document.querySelectorAll('main button, main select, main input, main summary')]"
            ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44 && !e.closest('label.choice'))"
            ".map(e => e.id || e.outerHTML)"
        )
        assert small == []
