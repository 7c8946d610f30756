"""The page of ``gait label``: a server on this machine alone, for one person, one video and one label file.

The page is blind: it gets frames, and nothing that gait or another labeller has found in them.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import cv2

from gait.atomic_files import temporary_file
from gait.checked_json import parse_json
from gait.errors import GaitError, InputError
from gait.labelling.label_file import (
    DRAFT_SUFFIX,
    SIDES,
    LabelFile,
    LegSide,
    add_labelling,
    check_labeller,
    labelling_from_record,
    read_label_file,
    refuse_labeller,
)
from gait.owned_files import owned_write, remove_own_file
from gait.video.reader import read_frames
from gait.video.timeline import frame_times, probe

#: Frames decoded at once around a requested one, before and after it, and frames kept. [E]
FRAMES_BEFORE, FRAMES_AFTER, FRAMES_KEPT = 4, 12, 160
#: Quality of the frames as JPEG: no loss that an eye sees at eight times the size. [E]
JPEG_QUALITY = 97
#: Largest request, bytes: a labelling of a thousand events is smaller. [E]
MAX_BODY = 2_000_000
#: Files of the page → their kind.
PAGE_FILES = {
    "label_page.html": "text/html; charset=utf-8",
    "label_page.css": "text/css; charset=utf-8",
    "label_page.js": "text/javascript; charset=utf-8",
}
#: Everything comes from this server; nothing else may be loaded or reached.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class FrameStore:
    """Frames of a video as JPEG, by number; the last ones stay in memory.

    Parameters
    ----------
    video : Path
    quality : int
        Of the JPEG, 0 to 100.

    Raises
    ------
    InputError
        The video cannot be read.
    """

    def __init__(self, video: Path, *, quality: int = JPEG_QUALITY) -> None:
        self._quality = quality
        self.video, self.meta, self.times = video, probe(video), frame_times(video)
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def jpeg(self, number: int) -> bytes:
        """Return one frame.

        Parameters
        ----------
        number : int
            From 0.

        Returns
        -------
        bytes
            JPEG, upright.

        Raises
        ------
        InputError
            There is no such frame, or it is damaged.
        """
        if not 0 <= number < len(self.times):
            raise InputError(f"frame {number} is not in the video, which has frames 0 to {len(self.times) - 1}")
        with self._lock:
            if number not in self._kept:
                self._decode(number)
            if number not in self._kept:
                raise InputError(f"frame {number} is damaged in {self.video}")
            self._kept.move_to_end(number)
            return self._kept[number]

    def _decode(self, number: int) -> None:
        first, last = max(number - FRAMES_BEFORE, 0), min(number + FRAMES_AFTER, len(self.times) - 1)
        end = None if last == len(self.times) - 1 else float(self.times[last + 1])
        for frame in read_frames(self.video, start=float(self.times[first]), end=end):
            if frame.index not in self._kept:
                bgr = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
                encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, self._quality])[1]
                self._kept[frame.index] = encoded.tobytes()
        while len(self._kept) > FRAMES_KEPT:
            self._kept.popitem(last=False)


@dataclass(frozen=True)
class LabelTask:
    """What is to be labelled, and where it goes.

    Attributes
    ----------
    video : Path
    output : Path
        Label file, made or added to.
    labeller : str
        Name of the labelling; empty where the page asks for it.
    """

    video: Path
    output: Path
    labeller: str = ""


def prepare_task(video: Path, *, output: Path | None = None, labeller: str | None = None) -> LabelTask:
    """Check before the work that its result can be saved.

    Parameters
    ----------
    video : Path
    output : Path, optional
        Label file; ``NAME.json`` beside the video without it.
    labeller : str, optional
        Name of the labelling.

    Returns
    -------
    LabelTask

    Raises
    ------
    InputError
        The video cannot be read, the file is no label file of this video, its folder cannot be written to, or it has
        a labelling of this name.
    """
    probe(video)
    target = output or video.with_suffix(".json")
    if target.suffix.lower() != ".json" or target.name.endswith(DRAFT_SUFFIX):
        raise InputError(f"{target}: a label file ends in .json; choose another name")
    try:
        with temporary_file(target.parent):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{target}: cannot be written ({reason}); choose another file", code="label_file") from None
    if labeller is not None:
        check_labeller(labeller)
    if target.exists():
        labels = read_label_file(target)
        if labels.clip != video.stem:
            raise InputError(f"{target}: belongs to the clip {labels.clip!r}, not to {video.stem!r}", code="label_file")
        if labeller is not None:
            refuse_labeller(target, labels, labeller)
    return LabelTask(video, target, labeller or "")


class LabelServer:
    """Serve the page of one task on the loopback interface.

    Parameters
    ----------
    task : LabelTask
    on_saved : callable, optional
        Called with the name of each labelling that was saved.

    Attributes
    ----------
    url : str
        Address of the page. It holds a secret, so that other pages in the same browser cannot reach the server.
    """

    def __init__(self, task: LabelTask, *, on_saved: Callable[[str], None] | None = None) -> None:
        self.task, self.store, self.on_saved = task, FrameStore(task.video), on_saved
        self.secret = secrets.token_urlsafe(18)
        self._writing = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.labels = self
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}/{self.secret}/label_page.html"

    def serve(self) -> None:
        """Answer requests until the page is closed with *Finish*, or `close` is called."""
        try:
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self._server.server_close()

    def close(self) -> None:
        """Stop answering; from any thread but the one that serves."""
        self._server.shutdown()

    def about(self) -> dict[str, Any]:
        """Describe the task for the page.

        Returns
        -------
        dict
        """
        meta, labels = self.store.meta, self._labels()
        return {
            "clip": self.task.video.stem,
            "video": self.task.video.name,
            "output": str(self.task.output),
            "labeller": self.task.labeller,
            "labellers": [] if labels is None else list(labels.labellings),
            "near_side": None if labels is None else labels.near_side,
            "width": meta.width,
            "height": meta.height,
            "times_s": [round(float(t), 6) for t in self.store.times],
        }

    def save(self, record: Any) -> dict[str, Any]:
        """Add a finished labelling to the label file.

        Parameters
        ----------
        record : object
            ``labeller, near_side, labelling`` as the page sends them.

        Returns
        -------
        dict

        Raises
        ------
        InputError
            Something is missing or wrong, or the name is taken.
        """
        labeller, near_side = self._named(record)
        labelling = labelling_from_record(record.get("labelling"), where="this labelling", path="")
        last = len(self.store.times) - 1
        for event in labelling.events:
            if event.frame > last:
                raise InputError(f"frame {event.frame:g} of a {event.kind} lies behind the last frame {last}")
        with self._writing:
            add_labelling(
                self.task.output,
                clip=self.task.video.stem,
                near_side=near_side,
                labeller=labeller,
                labelling=labelling,
            )
            remove_own_file(self._draft(labeller))
        if self.on_saved is not None:
            self.on_saved(labeller)
        return {"saved": str(self.task.output), "labellers": list((self._labels() or _NOTHING).labellings)}

    def save_draft(self, record: Any) -> dict[str, Any]:
        """Keep an unfinished labelling beside the label file.

        Parameters
        ----------
        record : object
            As the page sends it; it comes back as it is.

        Returns
        -------
        dict
        """
        labeller, _ = self._named(record, near_side_needed=False)
        with self._writing:
            labels = self._labels()
            if labels is not None:
                refuse_labeller(self.task.output, labels, labeller)
            with owned_write(self._draft(labeller)) as temporary:
                temporary.write_text(json.dumps(record), encoding="utf-8")
        return {"draft": self._draft(labeller).name}

    def draft(self, labeller: str) -> dict[str, Any]:
        """Return an unfinished labelling.

        Parameters
        ----------
        labeller : str

        Returns
        -------
        dict
            ``draft``, ``None`` where there is none; ``taken``, whether the label file has the name already.

        Raises
        ------
        InputError
            The name cannot be used.
        """
        path = self._draft(check_labeller(labeller))
        try:
            kept = parse_json(path.read_bytes())
        except (OSError, ValueError):
            kept = None
        labels = self._labels()
        taken = labels is not None and labeller.casefold() in {n.casefold() for n in labels.labellings}
        return {"draft": kept, "taken": taken}

    def _labels(self) -> LabelFile | None:
        return read_label_file(self.task.output) if self.task.output.exists() else None

    def _draft(self, labeller: str) -> Path:
        return self.task.output.with_name(f"{self.task.output.stem}.{labeller}{DRAFT_SUFFIX}")

    def _named(self, record: Any, *, near_side_needed: bool = True) -> tuple[str, LegSide]:
        if not isinstance(record, dict):
            raise InputError("the request is not an object")
        labeller = check_labeller(str(record.get("labeller", "")).strip())
        near_side = record.get("near_side")
        if near_side_needed and near_side not in SIDES:
            raise InputError("say which leg is nearer to the camera")
        return labeller, cast("LegSide", near_side)


_NOTHING = LabelFile("", "left", {})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    labels: LabelServer


class _Handler(BaseHTTPRequestHandler):
    """Answers the page. Everything lies under the secret; other hosts and origins are refused."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "gait", ""

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (the base class's name)
        """Keep quiet: the terminal belongs to the command."""

    def do_GET(self) -> None:
        """Answer with the page, a frame, or what the page asks about."""
        self._answer(self._get)

    def do_POST(self) -> None:
        """Save a labelling or a draft, or end the server."""
        self._answer(self._post)

    def _answer(self, respond: Callable[[str], None]) -> None:
        labels = self.server.labels
        prefix = f"/{labels.secret}/"
        # A page of another site could make the browser come here under another name (DNS rebinding).
        if self.headers.get("Host") != labels.host or not self.path.startswith(prefix):
            self._send(HTTPStatus.NOT_FOUND, b"not found", "text/plain")
            return
        try:
            respond(self.path.removeprefix(prefix))
        except GaitError as error:
            self._json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the page has asked for another frame meanwhile
        except OSError as error:
            self._json({"error": f"{error.strerror or error}"}, HTTPStatus.INTERNAL_SERVER_ERROR)

    def _get(self, path: str) -> None:
        labels, address = self.server.labels, urlsplit(path)
        if address.path in PAGE_FILES:
            content = (files("gait.labelling") / "page" / address.path).read_bytes()
            self._send(HTTPStatus.OK, content, PAGE_FILES[address.path])
        elif address.path == "about.json":
            self._json(labels.about())
        elif address.path == "draft.json":
            self._json(labels.draft(parse_qs(address.query).get("labeller", [""])[0]))
        elif address.path.startswith("frame/") and address.path.removeprefix("frame/").isdecimal():
            jpeg = labels.store.jpeg(int(address.path.removeprefix("frame/")))
            self._send(HTTPStatus.OK, jpeg, "image/jpeg", cache="private, max-age=3600")
        else:
            self._send(HTTPStatus.NOT_FOUND, b"not found", "text/plain")

    def _post(self, path: str) -> None:
        labels = self.server.labels
        length = self.headers.get("Content-Length", "")
        origin = self.headers.get("Origin")
        if not length.isdecimal() or int(length) > MAX_BODY or origin not in (None, f"http://{labels.host}"):
            self.close_connection = True
            self._send(HTTPStatus.BAD_REQUEST, b"refused", "text/plain")
            return
        try:
            record = parse_json(self.rfile.read(int(length)) or b"null")
        except ValueError:
            raise InputError("the request is not JSON") from None
        if path == "save":
            self._json(labels.save(record))
        elif path == "draft":
            self._json(labels.save_draft(record))
        elif path == "finish":
            self._json({"finished": True})
            threading.Thread(target=labels.close, daemon=True).start()
        else:
            self._send(HTTPStatus.NOT_FOUND, b"not found", "text/plain")

    def _json(self, record: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(status, json.dumps(record).encode(), "application/json; charset=utf-8")

    def _send(self, status: HTTPStatus, content: bytes, kind: str, *, cache: str = "no-store") -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(content))),
            ("Cache-Control", cache),
            ("Content-Security-Policy", POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
