"""The page *Live*: one number while somebody runs, and the WebSocket that its pictures come through.

The page sends text (JSON: start, stop) and pictures (binary: the time of the picture, eight bytes, float64, little
endian, ms of the page's clock; then what `gait.live.live_picture.open_picture` takes). Only the newest picture waits;
what came before it is dropped.
"""

from __future__ import annotations

import asyncio
import json
import math
import struct
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, cast, get_args

import anyio.to_thread
from fastapi import APIRouter, Request, WebSocket
from fastapi.responses import HTMLResponse
from starlette.websockets import WebSocketDisconnect, WebSocketState

from gait.app.app_store import AppStore
from gait.app.athlete_details import get_athlete_details, list_athletes
from gait.app.live_process import LiveProcess, LiveRequest, TrackerFactory, network_tracker
from gait.app.live_store import keep_live_session, list_live_sessions, programme_state
from gait.app.page_rendering import page, settings_of, store_of
from gait.display_language import Texts, _, spoken_language
from gait.errors import InputError
from gait.live.feedback import SessionKind, SessionPlan, TargetZone, plan_session
from gait.live.live_course import LiveCourse
from gait.live.live_meter import LiveReading
from gait.live.live_targets import LIVE_TARGETS
from gait.metrics.register import METRICS

router = APIRouter(include_in_schema=False)
#: Pictures that one page may send in a second; more are dropped. [E]
MAX_PICTURES_PER_S = 60
#: Seconds without a picture after which a session ends, and its longest time. [E]
SILENCE_S, LONGEST_S = 60.0, 2 * 3600.0
#: Pictures that cannot be read, one after the other, after which a session ends. [E]
MAX_FAULTS = 30
_TIME = struct.Struct("<d")
TARGET_NAMES: Mapping[str, str] = Texts(
    {
        "cadence": "Cadence",
        "overstride": "Landing: foot ahead of the hip",
        "foot_strike_angle": "Landing: angle of the foot",
        "trunk_lean": "Forward lean",
        "lateral_trunk_lean": "Sideways lean",
        "arm_crossover": "Arms across the body",
    }
)
UNIT_NAMES: Mapping[str, str] = Texts(
    {
        "steps/min": "steps/min",
        "fraction of L": "of leg length",
        "deg": "°",
        "shoulder widths": "shoulder widths",
    }
)
CAMERA_PLACES: Mapping[str, str] = Texts(
    {
        "side": "Put the camera at the side, square to the treadmill, whole body in the picture.",
        "front": "Put the camera in front, on the shelf of the treadmill, hips and hands in the picture.",
        "any": "The camera may stand anywhere around the treadmill; the side is best. Feet in the picture.",
    }
)


@dataclass
class LiveDesk:
    """The one live session that a server can hold.

    Attributes
    ----------
    make_tracker : callable
        As `gait.app.live_process.LiveProcess` takes it; replaced in tests.
    busy : bool
    """

    make_tracker: TrackerFactory = network_tracker
    busy: bool = False


def live_desk(app: Any) -> LiveDesk:
    """Return the desk of a server.

    Parameters
    ----------
    app : FastAPI

    Returns
    -------
    LiveDesk
    """
    if not hasattr(app.state, "live_desk"):
        app.state.live_desk = LiveDesk()
    desk: LiveDesk = app.state.live_desk
    return desk


def describe_targets() -> list[dict[str, Any]]:
    """Describe what can be practised, in the reader's language.

    Returns
    -------
    list of dict
        ``key, name, unit, digits, step, low, high, view, camera``.
    """
    specs = {spec.key: spec for spec in METRICS}
    return [
        {
            "key": target.key,
            "name": TARGET_NAMES[target.key],
            "unit": UNIT_NAMES[specs[target.key].unit],
            "digits": max(0, -math.floor(math.log10(target.step))),
            "step": target.step,
            "low": target.low,
            "high": target.high,
            "view": target.view or "any",
            "camera": CAMERA_PLACES[target.view or "any"],
        }
        for target in LIVE_TARGETS.values()
    ]


@router.get("/live")
def show_live(request: Request, athlete: int | None = None) -> HTMLResponse:
    """Show the page.

    Parameters
    ----------
    request : Request
    athlete : int, optional
        Who is chosen at first.

    Returns
    -------
    HTMLResponse
    """
    athletes = list_athletes(store_of(request))
    return page(
        request,
        "live.html.j2",
        targets=describe_targets(),
        athletes=athletes,
        chosen=athlete if athlete in {a["id"] for a in athletes} else None,
        port=settings_of(request).port,
    )


@router.get("/live/plan")
def send_plan(request: Request, athlete: int, target: str = "cadence") -> dict[str, Any]:
    """Say what an athlete's next session is, and how the earlier ones went.

    Parameters
    ----------
    request : Request
    athlete : int
    target : str

    Returns
    -------
    dict
        `gait.app.live_store.programme_state`, and ``sessions``: the latest ten, without their course.
    """
    store = store_of(request)
    get_athlete_details(store, athlete)
    _check_target(target)
    sessions = [s for s in list_live_sessions(store, athlete) if s["target"] == target][:10]
    for session in sessions:
        session["result"] = {k: v for k, v in session["result"].items() if k != "course"}
    return {**programme_state(store, athlete, target), "sessions": sessions}


def _check_target(target: object) -> str:
    if not isinstance(target, str) or target not in LIVE_TARGETS:
        raise InputError(_("there is no such target"), code="not_found")
    return target


@dataclass
class LiveSession:
    """One session as the server keeps it.

    Attributes
    ----------
    athlete : int or None
        ``None``: nothing is kept.
    target : str
    plan : SessionPlan
    band : TargetZone
    """

    athlete: int | None
    target: str
    plan: SessionPlan
    band: TargetZone
    course: LiveCourse | None = None
    begin_s: float = 0.0
    time_s: float = 0.0
    pictures: int = 0
    kept: bool = False
    _delays: deque[float] = field(default_factory=lambda: deque(maxlen=600))

    def answer(self, reading: LiveReading, took_s: float) -> dict[str, Any]:
        """Take a reading, and tell the page.

        Parameters
        ----------
        reading : LiveReading
        took_s : float
            Seconds from the arrival of the picture to the reading.

        Returns
        -------
        dict
            ``type`` "reading", ``time`` (ms, of the picture), ``found``, ``elapsed``, ``feedback``, and with a value
            ``value, error`` (of the mean over the last steps), ``half`` (of the 95 % interval), ``state, cadence``.
        """
        self.pictures += 1
        self._delays.append(took_s)
        if self.course is None:
            self.begin_s, self.course = reading.time_s, LiveCourse(reading.time_s)
        self.time_s = reading.time_s
        elapsed = reading.time_s - self.begin_s
        feedback = self.plan.has_feedback(elapsed)
        told: dict[str, Any] = {
            "type": "reading",
            "time": 1000 * reading.time_s,
            "found": reading.found,
            "elapsed": round(elapsed, 2),
            "feedback": feedback,
            "server_ms": round(1000 * took_s, 1),
        }
        estimate = reading.estimate
        if estimate is None or not math.isfinite(estimate.value):
            return {**told, "reason": reading.reason}
        state = self.band.state_of(estimate.value)
        self.course.add(reading.time_s, estimate.value, state, feedback=feedback)
        return {
            **told,
            "value": round(estimate.value, 4),
            "error": round(estimate.standard_error, 4) if math.isfinite(estimate.standard_error) else None,
            "half": round(estimate.half_width, 4) if math.isfinite(estimate.half_width) else None,
            "state": state,
            "cadence": round(estimate.cadence, 2),
            "inside": round(self.course.seconds_inside, 1),
            "measured": round(self.course.seconds, 1),
        }

    def result(self) -> dict[str, Any]:
        """Return the session as it is kept.

        Returns
        -------
        dict
        """
        seconds = max(self.time_s - self.begin_s, 1e-9)
        record = (self.course or LiveCourse(0.0)).record()
        return {
            "kind": self.plan.kind,
            "number": self.plan.number,
            "share": self.plan.share,
            "low": self.band.low,
            "high": self.band.high,
            "pictures_per_s": round(self.pictures / seconds, 1) if self.pictures > 1 else 0.0,
            "server_ms": round(1000 * sorted(self._delays)[len(self._delays) // 2], 1) if self._delays else None,
            **record,
        }


def begin_session(store: AppStore, message: object, *, read_only: bool) -> LiveSession:
    """Check what a page asks for.

    Parameters
    ----------
    store : AppStore
    message : object
        From the page: ``athlete`` (number or ``None``), ``target``, ``low``, ``high``, ``kind``.
    read_only : bool

    Returns
    -------
    LiveSession

    Raises
    ------
    InputError
        Something in it cannot be.
    """
    if not isinstance(message, dict) or message.get("type") != "start":
        raise InputError(_("the request cannot be read"), code="bad_request")
    target = _check_target(message.get("target"))
    low, high = (_number(message.get(name)) for name in ("low", "high"))
    step = LIVE_TARGETS[target].step
    if low is None or high is None or not high - low >= step * 0.999:
        raise InputError(_("the band needs a lower and a higher value"), code="invalid")
    athlete = message.get("athlete")
    if isinstance(athlete, bool) or not isinstance(athlete, int | None):
        raise InputError(_("there is no such athlete"), code="not_found")
    kind = message.get("kind")
    if kind not in get_args(SessionKind):
        raise InputError(_("the request cannot be read"), code="bad_request")
    if athlete is None or read_only:
        return LiveSession(None, target, plan_session("free"), TargetZone(low, high))
    get_athlete_details(store, athlete)
    done = programme_state(store, athlete, target)["done"]
    return LiveSession(athlete, target, plan_session(cast(SessionKind, kind), done), TargetZone(low, high))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1000:
        return None
    return float(value)


@router.websocket("/live/socket")
async def take_pictures(socket: WebSocket) -> None:
    """Hold one live session.

    Parameters
    ----------
    socket : WebSocket
        The guard has checked who it is.
    """
    await socket.accept()
    desk = live_desk(socket.app)
    if desk.busy:
        busy = _("Somebody else practises live on this server. Try again when they have finished.")
        await _refuse(socket, busy, "busy", 1013)
        return
    desk.busy = True
    try:
        with suppress(WebSocketDisconnect, RuntimeError):
            await _hold(socket, desk)
    finally:
        desk.busy = False


async def _hold(socket: WebSocket, desk: LiveDesk) -> None:
    store = store_of(socket)
    try:
        message = json.loads(await asyncio.wait_for(socket.receive_text(), SILENCE_S))
        read_only = settings_of(socket).read_only
        session = await anyio.to_thread.run_sync(lambda: begin_session(store, message, read_only=read_only))
    except TimeoutError:
        return
    except (ValueError, KeyError, InputError) as error:  # KeyError: bytes where text was expected
        known = error if isinstance(error, InputError) else InputError(_("the request cannot be read"))
        await _refuse(socket, str(known), known.code or "bad_request", 1008)
        return
    request = LiveRequest(session.target, spoken_language())
    process = await anyio.to_thread.run_sync(LiveProcess, request, desk.make_tracker)
    try:
        await anyio.to_thread.run_sync(process.wait_until_ready)
        plan = session.plan
        told = {"kind": plan.kind, "number": plan.number, "minutes": plan.minutes, "share": plan.share}
        await socket.send_json({"type": "ready", "plan": told})
        await _exchange(socket, session, process)
    except InputError as error:
        await _refuse(socket, str(error), error.code or "ended", 1011)
    finally:
        with anyio.CancelScope(shield=True):
            number = await anyio.to_thread.run_sync(_keep, store, session)
            await anyio.to_thread.run_sync(process.end)
    if socket.client_state is WebSocketState.CONNECTED and socket.application_state is WebSocketState.CONNECTED:
        await socket.send_json({"type": "kept", "id": number, "result": session.result()})
        await socket.close()


def _keep(store: AppStore, session: LiveSession) -> int | None:
    if session.athlete is None or session.kept:
        return None
    session.kept = True
    return keep_live_session(store, session.athlete, session.target, session.result())


async def _exchange(socket: WebSocket, session: LiveSession, process: LiveProcess) -> None:
    """Take pictures and send readings, side by side, until the page stops."""
    waiting: deque[tuple[bytes, float, float]] = deque(maxlen=1)  # the newest picture takes the place of an older one
    arrived = asyncio.Event()

    async def read() -> None:
        faults = 0
        while True:
            await arrived.wait()
            arrived.clear()
            if not waiting:
                continue
            picture, time_s, came = waiting.popleft()
            try:
                reading = await anyio.to_thread.run_sync(process.read, picture, time_s)
            except InputError as error:
                faults += 1
                if error.code == "ended" or faults > MAX_FAULTS:
                    raise
                await socket.send_json({"type": "fault", "time": 1000 * time_s, "reason": str(error)})
                continue
            faults = 0
            await socket.send_json(session.answer(reading, monotonic() - came))

    reader = asyncio.create_task(read())
    receiver = asyncio.create_task(_receive(socket, waiting, arrived))
    try:
        done, _pending = await asyncio.wait({reader, receiver}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (reader, receiver):
            task.cancel()
        await asyncio.gather(reader, receiver, return_exceptions=True)


async def _receive(socket: WebSocket, waiting: deque[tuple[bytes, float, float]], arrived: asyncio.Event) -> None:
    """Put the newest picture where the reader finds it, until the page stops."""
    begun, allowance, last = monotonic(), float(MAX_PICTURES_PER_S), monotonic()
    while monotonic() - begun < LONGEST_S:
        try:
            message = await asyncio.wait_for(socket.receive(), SILENCE_S)
        except TimeoutError:
            return
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        content: bytes | None = message.get("bytes")
        if content is None:
            if len(text := message.get("text") or "") < 1000 and '"stop"' in text:
                return
            continue
        now = monotonic()
        allowance = min(allowance + (now - last) * MAX_PICTURES_PER_S, float(MAX_PICTURES_PER_S))
        last = now
        if allowance < 1 or len(content) <= _TIME.size:
            continue
        allowance -= 1
        time_ms = _TIME.unpack_from(content)[0]
        if not math.isfinite(time_ms) or abs(time_ms) > 1e13:
            continue
        waiting.append((content[_TIME.size :], time_ms / 1000, now))
        arrived.set()


async def _refuse(socket: WebSocket, reason: str, code: str, status: int) -> None:
    with suppress(RuntimeError, WebSocketDisconnect):
        await socket.send_json({"type": "refused", "reason": reason, "code": code})
        await socket.close(status)
