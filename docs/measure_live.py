"""Measure the page Live in Chromium with a camera that plays the sample: delays, pictures a second, cadence.

Run ``python docs/measure_live.py``; it takes a minute. The film carries the number of each picture, so that its cadence
is known although a busy machine plays it unevenly.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.app.app_process import running_app
from tests.app.test_live_page import CHROMIUM, READ_NUMBERS, camera_film, played_cadence


def main() -> None:
    """Print what was measured."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as (base, client, _process):
        film = camera_film(Path(folder) / "run.mjpeg")
        options = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        options += [f"--use-file-for-fake-video-capture={film}", "--autoplay-policy=no-user-gesture-required"]
        with sync_playwright() as running:
            browser = running.chromium.launch(executable_path=CHROMIUM, args=options)
            context = browser.new_context(permissions=["camera"])
            context.add_cookies([{"name": c.name, "value": c.value or "", "url": base} for c in client.cookies.jar])
            context.add_init_script(READ_NUMBERS)
            page = context.new_page()
            page.goto(f"{base}/live")
            page.fill("#low", "165")
            page.fill("#high", "175")
            page.click("#start")
            page.wait_for_selector("#run[data-value]:not([data-value=''])", timeout=60_000)
            page.wait_for_timeout(6000)
            apart = []
            for _second in range(30):
                page.wait_for_timeout(1000)
                value, played = page.evaluate("[Number(document.getElementById('run').dataset.value), window.played]")
                apart.append(value - played_cadence(played, 6))
            delays, sounds = page.evaluate("[gaitLiveTimes.results, gaitLiveTimes.sounds]")
            browser.close()
    print(f"live cadence − played cadence, steps/min: {np.median(apart):+.2f} (median), {np.ptp(apart):.2f} (range)")
    print(f"camera to result: {np.median(delays):.0f} ms (median), {np.percentile(delays, 95):.0f} ms (95 %)")
    print(f"camera to sound, first change: {', '.join(f'{sound:.0f}' for sound in sounds)} ms")
    print(f"pictures: {len(delays)}")


if __name__ == "__main__":
    main()
