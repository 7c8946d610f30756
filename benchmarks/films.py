"""Films of any length for the benchmarks: the strides of a rendered clip in ever new orders.

A clip that is merely repeated is no film: its second half is a copy of its first, and `gait check` says so. Here the
clip is cut at the contacts of one foot, every stride is encoded a few times with other noise and another light, and
films are put together from these strides so that no pair of them comes back for minutes. Nothing is encoded again for
that, so an hour of film is written in seconds.

Films are kept between runs in the folder that `film_folder` names, outside the repository.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, islice, pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

from gait._typing import FloatArray
from gait.video import read_decoded_frames
from gait.video.reader import YuvPlanes

#: Changes whenever the same call would give another film.
VERSION = 4
#: Times that each stride is encoded, with other noise and light, and a camera that sways another way. [E]
VARIANTS = 4
#: How far the camera sways in the middle of a stride, share of the picture's height. [E] Without it, strides of the
#: same rendered runner are so alike that they are taken for copies.
SWAY = 0.006
#: Noise of the camera, levels (0–255), and by how much the light of the variants differs. [E]
NOISE, LIGHT = 2.0, 0.015
#: Constant quality of x264. [E]
CRF = 26


@dataclass(frozen=True)
class FilmKind:
    """Size and rate of a film.

    Attributes
    ----------
    lines : int
        Height of the picture, pixels; it is 16:9.
    fps : int
        Frames/s.
    """

    lines: int
    fps: int

    @property
    def width(self) -> int:
        """Width of the picture, pixels."""
        return self.lines * 16 // 9

    def __str__(self) -> str:
        return f"{self.lines}p, {self.fps} fps"


def film_folder() -> Path:
    """Return the folder in which films are kept: ``GAIT_BENCH_FILMS``, else one in the user's cache.

    Returns
    -------
    Path
    """
    chosen = os.environ.get("GAIT_BENCH_FILMS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(chosen) if chosen else cache / "gait-benchmarks"


def film(kind: FilmKind, seconds: float, *, source: Path, folder: Path | None = None, first: int = 0) -> Path:
    """Return a film, made unless an earlier run has left it.

    Parameters
    ----------
    kind : FilmKind
    seconds : float
        Its length, to a frame.
    source : Path
        Rendered clip with its truth beside it, at a multiple of the film's rate.
    folder : Path, optional
        Where films are kept; `film_folder` by default.
    first : int
        Leave out so many strides of the order: films with other numbers are other films.

    Returns
    -------
    Path
    """
    kept = folder or film_folder()
    kept.mkdir(parents=True, exist_ok=True)
    strides = kept / f"v{VERSION}_{source.stem}_{kind.lines}p{kind.fps}_strides.mp4"
    path = strides.with_name(strides.name.replace("_strides", f"_{seconds:g}s_{first}" if first else f"_{seconds:g}s"))
    for target in (strides, path):
        if target.is_file():
            continue
        temporary = target.with_name(f".{os.getpid()}_{target.name}")
        if target is strides:
            encode_strides(source, temporary, kind)
        else:
            join_strides(strides, temporary, seconds, first=first)
        temporary.rename(target)
    return path


def stride_cuts(source: Path, step: int) -> list[tuple[int, int]]:
    """Find the strides of a rendered clip, from one contact of the left foot to the next.

    Parameters
    ----------
    source : Path
        The clip; ``NAME.truth.json`` lies beside it.
    step : int
        Strides begin at multiples of so many frames.

    Returns
    -------
    list of (int, int)
        First frame of each stride, and one after its last.
    """
    truth = _truth(source)
    times = np.asarray(truth["times_s"], dtype=float)[::step]
    contacts = [e["time_s"] for e in truth["events"] if (e["side"], e["kind"]) == ("left", "contact")]
    return list(pairwise(step * int(np.abs(times - contact).argmin()) for contact in contacts))


def stride_order(strides: int) -> Iterator[int]:
    """Order strides so that no pair of them comes back before every pair has been shown.

    Parameters
    ----------
    strides : int
        Number of strides, a prime.

    Yields
    ------
    int
        Number of the next stride, without end.

    Notes
    -----
    Steps of 1 through all strides, then steps of 2, and so on: ``strides`` being prime, each step size visits every
    stride once, and the pairs of different step sizes differ.
    """
    stride = 0
    for lap in count():
        for _ in range(strides):
            yield stride
            stride = (stride + 1 + lap % (strides - 1)) % strides


def encode_strides(source: Path, path: Path, kind: FilmKind) -> None:
    """Encode every stride of a clip `VARIANTS` times, each beginning with a key frame.

    Parameters
    ----------
    source : Path
        As in `film`.
    path : Path
        Video to write.
    kind : FilmKind
    """
    times = _truth(source)["times_s"]
    step = round((len(times) - 1) / (times[-1] - times[0]) / kind.fps)
    margin = 2 * round(SWAY * kind.lines / 2 + 2)
    pictures = [_enlarged(frame.planes(), kind, margin) for frame in read_decoded_frames(source)]
    random = np.random.default_rng(1)
    # Noise that is drawn once and shown at another place in every frame.
    noise = random.normal(128, NOISE, (kind.lines + 64, kind.width + 64)).round().astype(np.uint8)
    options = {"crf": str(CRF), "preset": "ultrafast", "g": "100000", "forced-idr": "1"}
    with av.open(str(path), "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=kind.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = kind.width, kind.lines, "yuv420p"
        index = 0
        for variant in range(VARIANTS):
            light = 1 + LIGHT * (variant - (VARIANTS - 1) / 2)
            for stride, (begin, end) in enumerate(stride_cuts(source, step)):
                turn = 2 * np.pi * (variant / VARIANTS + 0.382 * stride)
                sway = SWAY * kind.lines * np.array([np.cos(turn), np.sin(turn)])
                for number in range(begin, end, step):
                    planes = _shifted(pictures[number], kind, sway * np.sin(np.pi * (number - begin) / (end - begin)))
                    x, y = random.integers(0, 64, 2)
                    grain = noise[y : y + kind.lines, x : x + kind.width]
                    bright = planes[: kind.lines]
                    cv2.addWeighted(bright, light, grain, 1.0, -128.0, dst=bright)
                    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
                    frame.pts, frame.time_base = index, Fraction(1, kind.fps)
                    frame.pict_type = PictureType.I if number == begin else PictureType.NONE
                    container.mux(stream.encode(frame))
                    index += 1
        container.mux(stream.encode(None))


def join_strides(strides: Path, path: Path, seconds: float, *, first: int = 0) -> None:
    """Put a film together from strides, without encoding them again.

    Parameters
    ----------
    strides : Path
        From `encode_strides`.
    path : Path
        Video to write.
    seconds : float
        Its length, to a frame.
    first : int
        Leave out so many strides of the order.
    """
    with av.open(str(strides)) as container, av.open(str(path), "w", format="mp4") as target:
        original: Any = container.streams.video[0]
        copy: Any = target.add_stream_from_template(original)
        pieces: list[list[bytes]] = []
        for packet in container.demux(original):
            if packet.dts is None:
                continue
            if packet.is_keyframe:
                pieces.append([])
            pieces[-1].append(bytes(packet))
        variants = [pieces[at :: len(pieces) // VARIANTS] for at in range(len(pieces) // VARIANTS)]
        number = max(n for n in range(2, len(variants) + 1) if all(n % d for d in range(2, n)))
        random = np.random.default_rng(1)
        tick = Fraction(1) / (original.average_rate * original.time_base)
        contents = (
            (content, index == 0)
            for stride in islice(stride_order(number), first, None)
            for index, content in enumerate(variants[stride][random.integers(VARIANTS)])
        )
        for index, (content, is_key) in enumerate(islice(contents, round(seconds * original.average_rate))):
            packet = av.Packet(content)
            packet.pts = packet.dts = round(index * tick)
            packet.duration, packet.time_base, packet.stream = round(tick), original.time_base, copy
            packet.is_keyframe = is_key
            target.mux(packet)


def _truth(source: Path) -> dict[str, Any]:
    return dict(json.loads(source.with_suffix(".truth.json").read_text(encoding="utf-8")))


def _enlarged(planes: YuvPlanes, kind: FilmKind, margin: int) -> list[NDArray[np.uint8]]:
    """Enlarge a picture to the film's height, and fill up left and right, and by a margin (even) all around."""
    filled = []
    inner = round(planes.y.shape[1] * kind.lines / planes.y.shape[0] / 4) * 4
    for plane, part in ((planes.y, 1), (planes.u, 2), (planes.v, 2)):
        size = (inner // part, kind.lines // part)
        enlarged = cv2.resize(np.ascontiguousarray(plane), size, interpolation=cv2.INTER_LINEAR)
        left, edge = (kind.width - inner) // 2 // part, margin // part
        right = kind.width // part - size[0] - left + edge
        grown = cv2.copyMakeBorder(enlarged, edge, edge, left + edge, right, cv2.BORDER_REPLICATE)
        filled.append(np.asarray(grown, dtype=np.uint8))
    return filled


def _shifted(planes: list[NDArray[np.uint8]], kind: FilmKind, shift: FloatArray) -> NDArray[np.uint8]:
    """Cut a picture out of an enlarged one, shifted by (x, y) pixels: brightness above, colours below."""
    rows = []
    for plane, part in zip(planes, (1, 2, 2), strict=True):
        size = (kind.width // part, kind.lines // part)
        middle = (np.array(plane.shape[::-1]) - 1) / 2 + shift / part
        cut = cv2.getRectSubPix(plane, size, tuple(map(float, middle)))
        rows.append(cut.reshape(-1, kind.width))
    return np.concatenate(rows)
