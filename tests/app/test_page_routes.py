"""From a chosen film to its report in the browser, with what a careless user does on the way."""

from __future__ import annotations

import json
from pathlib import Path

from tests.app.app_client import add_athlete, measure, wait_for
from tests.app.app_process import running_app
from tests.app.browser_pages import PHONE, is_too_wide, needs_chromium, serious_faults, signed_in_context


@needs_chromium
def test_a_film_is_sent_checked_and_measured(tmp_path: Path) -> None:
    with running_app(tmp_path / "app") as (base, client, _process):
        athlete = add_athlete(client)
        with signed_in_context(base, client, **PHONE) as context:
            page = context.new_page()
            page.goto(f"{base}/?athlete={athlete}")
            assert not is_too_wide(page)
            assert serious_faults(page) == []
            measure = page.get_by_role("button", name="Measure", exact=True)
            problem = page.locator("#error")
            measure.click()
            assert problem.inner_text() == "Choose a film, or record one."
            film = page.locator("#main-film")
            film.set_input_files({"name": "empty.mp4", "mimeType": "video/mp4", "buffer": b""})
            assert "is empty" in problem.inner_text()
            film.set_input_files({"name": "notes.txt", "mimeType": "text/plain", "buffer": b"x"})
            assert "is no video" in problem.inner_text()
            film.set_input_files({"name": "run.mp4", "mimeType": "video/mp4", "buffer": b"film"})
            # The runner is known, so the film is checked before anything else is said.
            page.get_by_text("Step back: the feet are cut off.").wait_for()
            page.get_by_label("Height").fill("17,8")
            measure.click()
            page.get_by_text("Give a length from 50 cm to 260 cm.").wait_for()
            page.get_by_label("Height").fill("1,78")
            measure.click()
            page.wait_for_url("**/jobs/*")
            page.get_by_role("link", name="Open the report").wait_for()
            page.get_by_text("You land far in front.").wait_for()
            assert serious_faults(page) == []
        jobs = client.get("/api/v1/jobs").json()
        assert sorted(job["kind"] for job in jobs) == ["analysis", "check"]  # the early check counts
        assert client.get(f"/api/v1/athletes/{athlete}").json()["height_m"] == 1.78


@needs_chromium
def test_first_findings_are_shown_before_their_page_is_written(tmp_path: Path) -> None:
    with running_app(tmp_path / "app") as (base, client, _process):
        job = wait_for(client, measure(client, b"film")["id"])
        found = {"headlines": ["You land far in front."], "findings": [], "report_ready": False}
        now = {**job, "state": "running", "stage": "report", "session": None, "result": found, "seconds_left": None}
        with signed_in_context(base, client, **PHONE) as context:
            page = context.new_page()
            page.route(
                f"**/jobs/{job['id']}/events",
                lambda route: route.fulfill(
                    content_type="text/event-stream", body=f"event: job\ndata: {json.dumps(now)}\n\n"
                ),
            )
            page.goto(f"{base}/jobs/{job['id']}")
            page.get_by_text("You land far in front.").wait_for()
            assert page.locator("#stage").inner_text() == "Writing the report"
            assert page.locator("#report").is_hidden()


_NO_CAMERA = (
    "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('Invalid constraint', 'NAME'); };"
)
_NOTHING_RECORDED = """
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream(5);
window.MediaRecorder = class {
  static isTypeSupported() { return true; }
  state = "inactive";
  start() { this.state = "recording"; }
  stop() { this.state = "inactive"; this.onstop(); }
};
"""


@needs_chromium
def test_a_camera_that_is_not_there_or_records_nothing_is_told_in_plain_words(tmp_path: Path) -> None:
    with running_app(tmp_path / "app") as (base, client, _process), signed_in_context(base, client, **PHONE) as context:
        for name in ("OverconstrainedError", "NotFoundError"):
            page = context.new_page()
            page.add_init_script(_NO_CAMERA.replace("NAME", name))
            page.goto(base)
            page.locator("[data-camera]").first.click()
            page.get_by_text("The camera cannot be used: no camera was found").wait_for()
            page.goto(f"{base}/live")
            page.locator("#start").click()
            page.get_by_text("The camera cannot be opened: no camera was found").wait_for()
        page = context.new_page()
        page.add_init_script(_NOTHING_RECORDED)
        page.goto(base)
        page.locator("[data-camera]").first.click()
        page.locator("[data-record]").click()
        page.locator("[data-record]").click()
        page.get_by_text("This browser has recorded nothing.").wait_for()
        assert page.locator("#camera").is_hidden()
        assert page.locator(".picked").first.is_hidden()
