"""Make the pictures of the app for the README: ``python docs/make_app_images.py``, in the project's environment.

A phone comes in by the code of ``gait serve --lan``, films ``sample_videos/treadmill_side.mp4`` and reads the report.
Needs Chromium and the test tools (``gait[test]``).
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parent / "images"
CLIP = Path(__file__).parents[1] / "sample_videos" / "treadmill_side.mp4"
PHONE = {"width": 390, "height": 780}
MAX_BYTES = 200_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def main() -> None:
    """Film, follow, read; save four pictures."""
    browser_path = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser_path is None:
        raise SystemExit(f"make_app_images: none of {', '.join(BROWSERS)} is installed")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        command = [sys.executable, "-m", "gait", "serve", "--lan", "--no-browser", "--quiet", "--port", str(port)]
        server = subprocess.Popen([*command, "--data", folder], stdout=subprocess.PIPE, text=True)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
                context = browser.new_context(viewport=PHONE, device_scale_factor=2, has_touch=True, locale="en-GB")
                _use(context.new_page(), _phone_address(server))
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


def _phone_address(server: subprocess.Popen[str]) -> str:
    """Return the address that stands in the code: the last one that is printed, after the one for this machine."""
    assert server.stdout is not None
    found: list[str] = []
    while len(found) < 2:
        line = server.stdout.readline()
        if not line:
            raise SystemExit("make_app_images: the server did not start")
        if "/enter?token=" in line:
            found.append(line.split()[-1])
    return found[-1]


def _use(page: Page, address: str) -> None:
    page.goto(address)
    page.fill("input[name=athlete]", "Sample runner")
    page.fill("input[name=height]", "176")
    page.fill("input[name=speed]", "10.1")
    _save(page, "app_record.png")
    page.set_input_files("#main-film", CLIP)
    page.click("button.primary")
    page.wait_for_url("**/jobs/*", timeout=60_000)
    page.wait_for_selector("#check:not([hidden])", timeout=300_000)
    page.wait_for_timeout(500)
    _save(page, "app_progress.png")
    page.wait_for_selector("#report:not([hidden])", timeout=300_000)
    report = page.get_attribute("#report", "href")
    page.goto(page.url.split("/jobs/")[0] + str(report))
    page.wait_for_timeout(1500)
    _save(page, "app_report.png")


def _save(page: Page, name: str) -> None:
    """Save what the phone shows as a PNG of at most `MAX_BYTES`."""
    image: Any = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    for share in (0.8, 0.7, 0.6, 0.5, 0.45, 0.4):
        small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        data = cv2.imencode(".png", small, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1]
        if len(data) <= MAX_BYTES:
            break
    (FOLDER / name).write_bytes(data.tobytes())
    sys.stdout.write(f"{FOLDER / name}: {len(data) / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
