"""A film that the browser records itself: sent, read, and measured right, although it has no length and no index."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gait.video.reader import read_frames
from tests.app.app_client import wait_for
from tests.app.app_process import running_app
from tests.app.browser_pages import PHONE, needs_chromium, signed_in_context
from tests.app.test_live_page import BITS, PICTURES, SQUARE, camera_film

pytestmark = needs_chromium
#: As `MediaRecorder` names them; what the browser chooses by itself, and what Firefox and older Chromium write.
KINDS = {"chosen": "", "webm": "video/webm;codecs=h264"}


def filmed_cadence(path: Path) -> tuple[float, float]:
    """Cadence from the numbers that each picture carries, and the pictures a second."""
    times, numbers = [], []
    for frame in read_frames(path):
        row = frame.image[SQUARE // 2, :, 1]
        numbers.append(sum(int(row[bit * SQUARE + SQUARE // 2] > 128) << bit for bit in range(BITS)))
        times.append(frame.time_s)
    shown = np.unwrap(np.array(numbers, dtype=float), period=PICTURES)
    seconds = times[-1] - times[0]
    return float(152 / 30 * np.polyfit(times, shown, 1)[0]), len(times) / seconds


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_recorded_film_gives_the_cadence_that_was_filmed(tmp_path: Path, kind: str) -> None:
    film = camera_film()
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    flags += [f"--use-file-for-fake-video-capture={film}"]
    with running_app(tmp_path, stub=False) as (base, client, _process):
        with signed_in_context(base, client, *flags, **PHONE, permissions=["camera"]) as context:
            page = context.new_page()
            if KINDS[kind]:
                page.add_init_script(f"MediaRecorder.isTypeSupported = (kind) => kind === '{KINDS[kind]}'")
            page.goto(base)
            page.fill("input[name=athlete]", "Zoe")
            page.fill("input[name=height]", "170")
            page.click(".film[data-view=side] [data-camera]")
            page.wait_for_selector("#camera-facts:not(:empty)")
            page.click("[data-record]")
            page.wait_for_timeout(8_000)
            assert "s left" in page.inner_text("#recording")
            page.click("[data-record]")  # now it stops
            page.wait_for_selector(".film[data-view=side] .picked:not([hidden])")
            page.click("#upload > button.primary")
            page.wait_for_url("**/jobs/*", timeout=60_000)
            number = page.url.rsplit("/", 1)[1]
        (clip,) = (tmp_path / "data" / "uploads").glob("*/*")
        cadence, rate = filmed_cadence(clip)
        if rate < 20:
            pytest.skip(f"this machine recorded {rate:.0f} frames/s only")
        job = wait_for(client, number, seconds=400)
        assert job["state"] == "done", job["reason"]
        report = client.get(f"/api/v1/sessions/{job['session']}/report").json()
        measured = next(m for m in report["measurements"] if m["key"] == "cadence")
        assert measured["value"] == pytest.approx(cadence, abs=1)


def test_a_browser_without_a_camera_says_so_and_the_rest_goes_on(tmp_path: Path) -> None:
    with running_app(tmp_path) as (base, client, _process), signed_in_context(base, client, **PHONE) as context:
        page = context.new_page()
        page.add_init_script(
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('in use', 'NotReadableError'))"
        )
        page.goto(base)
        page.click(".film[data-view=side] [data-camera]")
        page.wait_for_selector("#error:not([hidden])")
        assert "in use" in page.inner_text("#error")
        assert page.is_hidden("#camera")
        film = {"name": "run.mp4", "mimeType": "video/mp4", "buffer": b"good run"}
        page.set_input_files("#main-film", film)
        page.wait_for_selector(".film[data-view=side] .picked:not([hidden])")


def test_height_and_speed_are_typed_in_the_units_of_the_runner(tmp_path: Path) -> None:
    with running_app(tmp_path) as (base, client, _process):
        client.post("/api/v1/athletes", json={"name": "Ian", "units": "imperial"})
        with signed_in_context(base, client, **PHONE) as context:
            page = context.new_page()
            page.goto(base)
            page.fill("input[name=height]", "178")
            page.fill("input[name=speed]", "10")
            page.select_option("select[name=units]", "imperial-pace")
            page.wait_for_function("document.querySelector('[name=height]').value === '5 ft 10 in'")
            assert page.input_value("input[name=speed]") == "9:39 min/mi"
            page.fill("input[name=athlete]", "Zoe")
            page.fill("input[name=height]", "tall")
            page.set_input_files("#main-film", {"name": "r.mp4", "mimeType": "video/mp4", "buffer": b"good run"})
            page.click("#upload > button.primary")
            page.wait_for_selector("#error:not([hidden])")
            assert "1 ft 8 in" in page.inner_text("#error")
            page.fill("input[name=height]", "5'10\"")
            page.click("#upload > button.primary")
            page.wait_for_url("**/jobs/*")
            page.goto(base)  # the choice is kept; somebody who is known has their own
            assert page.input_value("select[name=units]") == "imperial-pace"
            page.fill("input[name=athlete]", "Ian")
            page.locator("input[name=athlete]").blur()
            page.wait_for_function("document.querySelector('[name=units]').value === 'imperial'")
        zoe = next(one for one in client.get("/api/v1/athletes").json() if one["name"] == "Zoe")
        assert zoe["height_m"] == pytest.approx(1.778)
        assert zoe["speed_mps"] == pytest.approx(1609.344 / 579, rel=1e-3)
        assert zoe["units"] == "imperial-pace"
