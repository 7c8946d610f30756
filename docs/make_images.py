"""Make the images of the documentation: ``python docs/make_images.py``, in the project's environment.

``images/report.png`` is the top of the report on ``sample_videos/treadmill_side.mp4`` as a browser shows it. Needs
Chromium or Chrome.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2

from gait import analyze, write_report

FOLDER = Path(__file__).parent / "images"
CLIP = Path(__file__).parents[1] / "sample_videos" / "treadmill_side.mp4"
WIDTH, HEIGHT = 1100, 1500
MAX_BYTES = 300_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def save_screenshot(page: Path, target: Path) -> None:
    """Save a page as a browser shows it, as a PNG of at most `MAX_BYTES`."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        raise SystemExit(f"make_images: none of {', '.join(BROWSERS)} is installed")
    with tempfile.TemporaryDirectory() as scratch:
        shot = Path(scratch) / "shot.png"
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        command += [f"--user-data-dir={scratch}/profile", f"--window-size={WIDTH},{HEIGHT}"]
        command += ["--virtual-time-budget=3000", f"--screenshot={shot}", page.resolve().as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120, env=dict(os.environ))
        image = cv2.imread(str(shot))
        assert image is not None
        share = 1.0
        while True:
            small = image if share == 1 else cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
            _, data = cv2.imencode(".png", small, [cv2.IMWRITE_PNG_COMPRESSION, 9])
            if len(data) <= MAX_BYTES:
                break
            share -= 0.05
        target.write_bytes(data.tobytes())


def main() -> None:
    """Analyse the sample clip and save the top of its report."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        session = analyze(CLIP, height_m=1.76, speed_mps=2.8, name="Sample runner")
        save_screenshot(write_report(session, scratch, video=False), FOLDER / "report.png")
    sys.stdout.write(f"{FOLDER / 'report.png'}\n")


if __name__ == "__main__":
    main()
