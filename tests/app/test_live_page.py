"""The page Live: its socket with a stand-in for the network, and in a browser with a camera that shows the sample."""

from __future__ import annotations

import json
import re
import shutil
import struct
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from starlette.websockets import WebSocketDisconnect

from gait.app.live_page import LiveDesk, describe_targets
from gait.app.live_store import keep_live_session, list_live_sessions, programme_state
from gait.live.live_course import LiveCourse
from gait.live.live_targets import LIVE_TARGETS
from gait.live.stride_stream import RHYTHM_S
from gait.video import read_frames
from tests.app.app_client import add_athlete, signed_in_client
from tests.app.app_process import running_app
from tests.app.stub_tracker import CADENCE, StubTracker
from tests.run_cache import folder_made_once
from tests.sample_clips import SAMPLES

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
#: Of the stand-in's runner: fewer than a camera gives, and enough for the rhythm.
PICTURES_PER_S = 12
HEADERS = {"host": "127.0.0.1:8765", "origin": "http://127.0.0.1:8765"}


@pytest.fixture
def client(tmp_path):
    with signed_in_client(tmp_path) as client:
        client.app.state.live_desk = LiveDesk(make_tracker=StubTracker)
        yield client


def socket_of(client, **headers):
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
    return client.websocket_connect("/live/socket", headers={**HEADERS, "cookie": cookies, **headers})


def picture(colour=(90, 90, 90)):
    return cv2.imencode(".jpg", np.full((480, 640, 3), colour, np.uint8))[1].tobytes()


def packed(time_s, content):
    return struct.pack("<d", 1000 * time_s) + content


def start(**changed):
    given = {"type": "start", "athlete": None, "target": "cadence", "low": 165, "high": 175, "kind": "free"}
    return {**given, **changed}


def refusal(client, message):
    with socket_of(client) as socket:
        socket.send_text(message if isinstance(message, str) else json.dumps(message))
        told = socket.receive_json()
    assert told["type"] == "refused"
    return told


def test_a_session_gives_the_cadence_and_is_kept(client):
    athlete = add_athlete(client)
    with socket_of(client) as socket:
        socket.send_json(start(athlete=athlete, kind="programme"))
        ready = socket.receive_json()
        assert ready == {"type": "ready", "plan": {"kind": "programme", "number": 1, "minutes": 15, "share": 1.0}}
        values, n, end, content = [], 0, time.monotonic() + 90, picture()
        # Eleven seconds with a value: shorter sessions are not kept.
        while sum(value is not None for value in values) < 11 * PICTURES_PER_S and time.monotonic() < end:
            socket.send_bytes(packed(n / PICTURES_PER_S, content))
            told = socket.receive_json()
            assert told["type"] == "reading"
            time.sleep(0.02)  # more than 60 pictures in a second are dropped
            values.append(told.get("value"))
            n += 1
        socket.send_json({"type": "stop"})
        kept = socket.receive_json()
    known = [value for value in values if value is not None]
    assert known
    assert max(abs(value - CADENCE) for value in known) < 1
    assert kept["type"] == "kept"
    (session,) = list_live_sessions(client.app.state.store, athlete)
    assert session["id"] == kept["id"]
    assert session["result"]["mean"] == pytest.approx(CADENCE, abs=1)
    assert session["result"]["with_feedback"]["seconds"] == 0  # the first minute is without
    plan = client.get(f"/live/plan?athlete={athlete}&target=cadence").json()
    assert (plan["low"], plan["high"], plan["band_of"]) == (165, 175, "last")
    assert plan["sessions"][0]["id"] == kept["id"]


def test_what_is_no_picture_is_told_and_the_session_goes_on(client):
    bomb = bytearray(picture())
    place = bomb.index(b"\xff\xc0")
    bomb[place + 5 : place + 9] = (10_000).to_bytes(2, "big") * 2
    with socket_of(client) as socket:
        socket.send_json(start())
        socket.receive_json()
        for content, words in ((b"GIF89a", "cannot be read"), (bytes(bomb), "10000"), (b"\xff" * 500_000, "kB")):
            socket.send_bytes(packed(1, content))
            told = socket.receive_json()
            assert told["type"] == "fault"
            assert words in told["reason"]
        for junk in (b"", b"\0" * 8, struct.pack("<d", float("nan")) + picture()):
            socket.send_bytes(junk)  # left out without a word
        socket.send_text("x" * 5000)
        socket.send_bytes(packed(2, picture()))
        assert socket.receive_json()["type"] == "reading"


def test_a_picture_that_crashes_its_reader_costs_this_session_alone(client):
    with socket_of(client) as socket:
        socket.send_json(start())
        socket.receive_json()
        socket.send_bytes(packed(1, picture((255, 0, 0))))
        told = socket.receive_json()
    assert told["type"] == "refused"
    assert "start again" in told["reason"]
    with socket_of(client) as socket:
        socket.send_json(start())
        assert socket.receive_json()["type"] == "ready"


def test_one_session_at_a_time(client):
    with socket_of(client) as first:
        first.send_json(start())
        first.receive_json()
        with socket_of(client) as second:
            assert second.receive_json()["code"] == "busy"
        first.send_json({"type": "stop"})
        assert first.receive_json()["type"] == "kept"


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        '"start"',
        start(target="speed"),
        start(target=None),
        start(low=175, high=165),
        start(low=170, high=170),
        start(low="a"),
        start(high=1e300),
        start(athlete="1"),
        start(athlete=True),
        start(athlete=99),
        start(athlete=10**30),
        start(kind="x"),
    ],
    ids=str,
)
def test_a_start_that_makes_no_sense_gets_one_line(client, message):
    told = refusal(client, message)
    assert told["reason"]
    assert "\n" not in told["reason"]


def test_strangers_and_other_sites_get_no_socket(client):
    with pytest.raises(WebSocketDisconnect), socket_of(client, origin="http://evil.example"):
        pass
    client.cookies.clear()
    with pytest.raises(WebSocketDisconnect), socket_of(client):
        pass


def test_nothing_is_kept_of_seconds_nor_of_nobody(client):
    store, athlete = client.app.state.store, add_athlete(client)
    record = LiveCourse(0.0).record()
    assert keep_live_session(store, athlete, "cadence", record) is None
    assert keep_live_session(store, 99, "cadence", {**record, "seconds_measured": 60.0}) is None
    assert list_live_sessions(store, athlete) == []


def test_the_programme_counts_its_sessions_and_then_asks_for_the_retention_test(client):
    store, athlete = client.app.state.store, add_athlete(client)
    made = {**LiveCourse(0.0).record(), "kind": "programme", "low": 160.0, "high": 170.0}
    for _n in range(7):
        keep_live_session(store, athlete, "cadence", {**made, "seconds_measured": 900.0})
    keep_live_session(store, athlete, "cadence", {**made, "seconds_measured": 60.0})  # too short to count
    keep_live_session(store, athlete, "trunk_lean", {**made, "seconds_measured": 900.0})  # another target
    state = programme_state(store, athlete, "cadence")
    assert (state["done"], state["number"], state["minutes"], state["retention_due"]) == (7, 8, 30, None)
    keep_live_session(store, athlete, "cadence", {**made, "seconds_measured": 900.0})
    state = programme_state(store, athlete, "cadence")
    assert state["done"] == 8
    assert state["retention_due"] is not None


def test_a_plan_of_nobody_or_of_an_unknown_target_is_refused(client):
    athlete = add_athlete(client)
    assert client.get("/live/plan?athlete=99").status_code == 404
    assert client.get(f"/live/plan?athlete={athlete}&target=speed").status_code == 404
    assert client.get("/live/plan?athlete=x").status_code == 422


def test_every_target_has_a_name_and_a_place_for_the_camera(client):
    told = describe_targets()
    assert [one["key"] for one in told] == list(LIVE_TARGETS)
    assert all(one["name"] and one["camera"] and one["unit"] for one in told)
    assert client.get("/live").status_code == 200
    assert client.get("/live?athlete=99").status_code == 200


#: Bits of the number that each picture of the film carries as black and white squares, and their side, pixels.
BITS, SQUARE = 9, 16
#: Reads that number from each picture that the camera gives, with its time: the film is not played evenly on a busy
#: machine, so its cadence follows from how fast it was played.
READ_NUMBERS = """
window.played = [];
let count = 0;
const canvas = new OffscreenCanvas(BITS * SQUARE, SQUARE);
const drawing = canvas.getContext("2d", {willReadFrequently: true});
const play = HTMLVideoElement.prototype.play;
HTMLVideoElement.prototype.play = function () {
  const next = (now, frame) => {
    this.requestVideoFrameCallback(next);
    if ((count += 1) % 6) return;  // reading takes time that the page needs
    drawing.drawImage(this, 0, 0, BITS * SQUARE, SQUARE, 0, 0, BITS * SQUARE, SQUARE);
    const pixels = drawing.getImageData(0, SQUARE / 2, BITS * SQUARE, 1).data;
    let number = 0;
    for (let bit = 0; bit < BITS; bit += 1) number += (pixels[4 * (bit * SQUARE + SQUARE / 2)] > 128) << bit;
    window.played.push([frame.captureTime ?? now, number]);
  };
  this.requestVideoFrameCallback(next);
  return play.call(this);
};
""".replace("BITS", str(BITS)).replace("SQUARE", str(SQUARE))
#: Pictures of the film: 16 strides at 152 steps/min, so that it repeats without a jump.
PICTURES = 379


def camera_film() -> Path:
    """The sample at 30 frames/s, with the number of each picture in its corner; made once for all workers."""
    return folder_made_once("camera-film", _write_camera_film) / "run.mjpeg"


def _write_camera_film(folder: Path) -> None:
    with (folder / "run.mjpeg").open("wb") as film:
        for frame in read_frames(SAMPLES / "treadmill_side.mp4"):
            number = frame.index // 2
            if frame.index % 2 == 0 and number < PICTURES:
                small = cv2.resize(frame.image[..., ::-1], (640, 480), interpolation=cv2.INTER_AREA)
                for bit in range(BITS):
                    small[:SQUARE, bit * SQUARE : (bit + 1) * SQUARE] = 255 * (number >> bit & 1)
                film.write(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())


def played_cadence(played: list[list[float]], seconds: float) -> float:
    """Cadence of the runner in the last seconds, from the numbers of the pictures that the camera gave."""
    times, numbers = np.array(played).T
    late = times >= times[-1] - 1000 * seconds
    shown = np.unwrap(numbers[late], period=PICTURES)
    pictures_per_s = 1000 * np.polyfit(times[late], shown, 1)[0]
    return float(152 * pictures_per_s / 30)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
def test_in_the_browser_the_live_cadence_is_within_one_of_the_clips(tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    film = camera_film()
    options = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    options += [f"--use-file-for-fake-video-capture={film}", "--autoplay-policy=no-user-gesture-required"]
    with running_app(tmp_path / "app") as (base, client, _process), playwright.sync_playwright() as running:
        athlete = client.post("/api/v1/athletes", json={"name": "Anna"}).json()["id"]
        browser = running.chromium.launch(executable_path=CHROMIUM, args=options)
        context = browser.new_context(viewport={"width": 390, "height": 844}, permissions=["camera"])
        cookies = [{"name": c.name, "value": c.value or "", "url": base} for c in client.cookies.jar]
        context.add_cookies(cookies)
        context.add_init_script(READ_NUMBERS)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{base}/live?athlete={athlete}")
        page.select_option("#kind", "free")
        page.fill("#low", "165")
        page.fill("#high", "175")
        page.click("#start")
        page.wait_for_selector("#run[data-value]:not([data-value=''])", timeout=150_000)
        page.wait_for_timeout(6_000)  # with the next five seconds long enough to be kept
        # The median of five: while a busy machine plays the film now faster, now slower, both averages differ for a
        # moment, and while it is too busy to play it, for longer.
        apart: list[float] = []
        while len(apart) < 5 or (abs(float(np.median(apart[-5:]))) >= 1 and len(apart) < 40):
            page.wait_for_timeout(1000)
            value, played = page.evaluate("[Number(document.getElementById('run').dataset.value), window.played]")
            apart.append(value - played_cadence(played, RHYTHM_S))
        assert page.get_attribute("#run", "data-state") == "low"
        assert re.fullmatch(r"1[345]\d", page.inner_text("#number"))
        assert page.evaluate("gaitLiveTimes.sounds.length") >= 1
        page.click("#stop")
        page.wait_for_selector("#summary:not([hidden])", timeout=20_000)
        assert abs(float(np.median(apart[-5:]))) < 1
        assert page.inner_text("#earlier li").count("free practice") == 1
        assert faults == []
        browser.close()
