"""Measure the page Live in Chromium with a camera that plays the sample: delays, pictures a second, cadence, sound.

Run ``python docs/measure_live.py``; it takes a minute and a half. The film carries the number of each picture, so that
its cadence is known although a busy machine plays it unevenly. A second film runs now faster, now slower, so that the
sound changes. Chromium is led over its own protocol: Playwright would copy every picture that the page sends.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from websockets.sync.client import connect

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gait.video import read_frames
from tests.app.app_process import running_app
from tests.app.test_live_page import BITS, CHROMIUM, PICTURES, READ_NUMBERS, SQUARE, camera_film, played_cadence
from tests.sample_clips import SAMPLES

#: Bands of the two sessions, steps/min: always outside, and crossed twice in every round of the second film.
ALWAYS_LOW, CROSSED = (165, 175), (145, 152)


class Browser:
    """Chromium with one page and a camera that plays a film."""

    def __init__(self, film: Path, folder: Path) -> None:
        options = ["--headless=new", "--no-sandbox", "--remote-debugging-port=0", f"--user-data-dir={folder}"]
        options += ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        options += [f"--use-file-for-fake-video-capture={film}", "--autoplay-policy=no-user-gesture-required"]
        assert CHROMIUM is not None
        self._process = subprocess.Popen([CHROMIUM, *options], stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        found = next(m for m in (re.search(r"ws://([^/]+)/", line) for line in self._process.stderr) if m)
        with urllib.request.urlopen(f"http://{found.group(1)}/json") as listed:
            address = next(one["webSocketDebuggerUrl"] for one in json.load(listed) if one["type"] == "page")
        self._stack, self._numbers = ExitStack(), itertools.count(1)
        self._socket = self._stack.enter_context(connect(address, max_size=None))

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command, and return its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv())).get("id") != number:
            pass
        return answer["result"]

    def evaluate(self, script: str) -> Any:
        """Return what a script gives."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, userGesture=True)
        return answer["result"].get("value")

    def close(self) -> None:
        """End the browser."""
        self.call("Browser.close")
        self._process.wait(10)
        self._stack.close()

    def take_own_priority(self) -> None:
        """Give its threads the niceness of this script: it sets that of pages to 0."""
        for process in psutil.Process(self._process.pid).children(recursive=True):
            for thread in process.threads():
                os.setpriority(os.PRIO_PROCESS, thread.id, os.getpriority(os.PRIO_PROCESS, 0))

    def wait_for(self, script: str) -> None:
        """Wait until a script gives something true."""
        for _try in range(200):
            if self.evaluate(script):
                return
            time.sleep(0.3)
        raise TimeoutError(script)


def swaying_film(path: Path) -> Path:
    """Write the sample, up to six per cent faster and slower in turns of 12.6 s."""
    frames = [
        cv2.resize(frame.image[..., ::-1], (640, 480), interpolation=cv2.INTER_AREA)
        for frame in read_frames(SAMPLES / "treadmill_side.mp4")
        if frame.index < 2 * PICTURES
    ]
    turn = np.arange(PICTURES) / PICTURES
    places = np.rint(2 * PICTURES * (turn + 0.06 * (1 - np.cos(2 * np.pi * turn)) / (2 * np.pi))).astype(int)
    with path.open("wb") as film:
        for number, place in enumerate(places):
            small = frames[place % len(frames)].copy()
            for bit in range(BITS):
                small[:SQUARE, bit * SQUARE : (bit + 1) * SQUARE] = 255 * (number >> bit & 1)
            film.write(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
    return path


def hold_session(base: str, cookies: Any, film: Path, band: tuple[int, int], seconds: int) -> dict[str, Any]:
    """Run one live session; return its times, and the cadence of the page minus that of the film in each second."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(film, Path(folder))
        for cookie in cookies:
            browser.call("Network.setCookie", name=cookie.name, value=cookie.value or "", url=base)
        browser.call("Page.enable")
        browser.call("Page.addScriptToEvaluateOnNewDocument", source=READ_NUMBERS)
        browser.call("Page.navigate", url=f"{base}/live")
        browser.wait_for("window.gaitLiveTimes && !document.all.start.disabled && document.all.low.value")
        browser.evaluate(f"for (const [n, v] of [['low', {band[0]}], ['high', {band[1]}]]) document.all[n].value = v")
        browser.evaluate("document.all.start.click()")
        browser.wait_for("document.all.run.dataset.value")
        browser.take_own_priority()
        time.sleep(6)
        first, begin, apart = browser.evaluate("gaitLiveTimes.results.length"), time.monotonic(), []
        for _second in range(seconds):
            time.sleep(1)
            value, played = browser.evaluate("[document.all.run.dataset.value, played.slice(-60)]")
            if value:
                apart.append(float(value) - played_cadence(played, 6))
        times = browser.evaluate("gaitLiveTimes")
        delays, took = times["results"][first:], time.monotonic() - begin
        browser.close()
    return {"delays": delays, "sounds": times["sounds"], "rate": len(delays) / took, "apart": apart}


def main() -> None:
    """Print what was measured."""
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as (base, client, _process):
        cookies = list(client.cookies.jar)
        steady = camera_film(Path(folder) / "run.mjpeg")
        swaying = swaying_film(Path(folder) / "swaying.mjpeg")
        even = hold_session(base, cookies, steady, ALWAYS_LOW, 20)
        changing = hold_session(base, cookies, swaying, CROSSED, 40)
    apart = even["apart"]
    print(f"live cadence − played cadence, steps/min: {np.median(apart):+.2f} (median), {np.ptp(apart):.2f} (range)")
    for name, session in (("steady film", even), ("swaying film", changing)):
        delays = session["delays"]
        middle, late = np.percentile(delays, (50, 95))
        print(
            f"{name}: camera to result {middle:.0f} ms (median), {late:.0f} ms (95 %); {session['rate']:.1f} pictures/s"
        )
    sounds = even["sounds"] + changing["sounds"]
    print(f"camera to sound, each change: {', '.join(f'{sound:.0f}' for sound in sounds)} ms")


if __name__ == "__main__":
    main()
