"""Opening a video file: every fault of the file becomes one line that names the fault and the remedy."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import Any

import av

from gait.display_language import _
from gait.errors import InputError
from gait.video.file_structure import check_claims, whole_fragments_length
from gait.video.input_limits import (
    CODINGS,
    MANY_PIXELS,
    MAX_PIXELS,
    codec_whitelist,
    format_whitelist,
    pixel_limit_text,
)

#: Ticks per second where a stream does not state its clock. [E]
_FALLBACK_CLOCK_HZ = 600_000
#: A play list or description in text: the first characters of the kinds that name other files or hosts.
_PLAYLISTS = (
    "#EXTM3U",
    "ffconcat",
    "v=0",
    "<?xml",
    "<MPD",
    "<SmoothStreaming",
    "[Reference]",
    "RTSPtext",
    "[playlist]",
)
#: Packets that are tried to find out how large an unreadable picture is. [E]
_TRIED_PACKETS = 5
_SIZE_IN_LOG = re.compile(r"(\d+)\s*x\s*(\d+)")
#: Dispositions of a stream that is a single picture, such as a cover.
STILLS = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails
#: What every decoder and container gets: pictures above the limit are refused before memory is taken for them.
_OPTIONS = {"max_pixels": str(MAX_PIXELS)}


@contextmanager
def open_video(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open a container and its video stream.

    Parameters
    ----------
    path : Path

    Yields
    ------
    container : av.container.InputContainer
    stream : av.video.stream.VideoStream

    Raises
    ------
    InputError
        When the file is missing, cannot be read, or holds no video.
    """
    check_file(path)
    check_claims(path)
    try:
        container = _open(path)
    except (av.FFmpegError, OSError, ValueError):
        raise _unreadable(path) from None
    with container:
        yield container, _picture_stream(path, container)


def _open(path: Path) -> Any:
    # "file:" keeps a name such as "a:b.mp4" from being taken for a protocol. The white lists keep a play list with the
    # suffix .mp4 from opening other files, and the network.
    settings: dict[str, Any] = {
        "mode": "r",
        "metadata_errors": "replace",
        "options": _OPTIONS,
        "container_options": {
            "protocol_whitelist": "file",
            "format_whitelist": format_whitelist(),
            "codec_whitelist": codec_whitelist(),
        },
    }
    length = whole_fragments_length(path)
    return av.open(f"file:{path.resolve()}" if length is None else _FirstBytes(path, length), **settings)


class _FirstBytes(FileIO):
    """A file without what lies behind a certain length."""

    def __init__(self, path: Path, length: int) -> None:
        super().__init__(path)
        self._length = length

    def read(self, size: int | None = -1) -> bytes:
        left = max(self._length - self.tell(), 0)
        return super().read(left if size is None or size < 0 else min(size, left))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_END:
            offset, whence = offset + self._length, os.SEEK_SET
        return super().seek(offset, whence)


def _picture_stream(path: Path, container: Any) -> Any:
    """Return the video stream to read: of several, the largest that is a film and no cover."""
    streams = [stream for stream in container.streams.video if not stream.disposition & STILLS]
    if not streams:
        message = (
            _("{path}: holds only sound; give a video of the run")
            if container.streams.audio
            else _("{path}: holds no video; give a video of the run")
        )
        raise InputError(message.format(path=path))
    stream = max(streams, key=lambda stream: (stream.codec_context is not None, stream.frames != 1, _pixels(stream)))
    coding = stream.codec_context.name if stream.codec_context is not None else "unknown"
    if coding not in CODINGS:
        size = _size_in_header(container, stream)
        if size is not None and size[0] * size[1] > MAX_PIXELS:
            raise _too_large(path, *size)
        raise InputError(
            _("{path}: its coding ({coding}) is not one that gait reads; export it as MP4 (H.264)").format(
                path=path, coding=coding
            )
        )
    if not _pixels(stream):
        raise _oversize_error(path) or InputError(
            _("{path}: its coding cannot be read here; export it as MP4 (H.264)").format(path=path)
        )
    if _pixels(stream) > MAX_PIXELS:
        raise _too_large(path, stream.width, stream.height)
    stream.codec_context.options = _OPTIONS
    return stream


def _pixels(stream: Any) -> int:
    return int(stream.width or 0) * int(stream.height or 0) if stream.codec_context is not None else 0


def _too_large(path: Path, width: int, height: int) -> InputError:
    return InputError(
        _(
            "{path}: its picture has {width} × {height} pixels, more than {pixel_limit_text}; export it "
            "smaller, 1080 lines are enough"
        ).format(path=path, width=width, height=height, pixel_limit_text=pixel_limit_text()),
        code="picture_too_large",
    )


def _size_in_header(container: Any, stream: Any) -> tuple[int, int] | None:
    """Return width and height from the header of a PNG or JPEG 2000, without decoding it."""
    with suppress(av.FFmpegError, OSError, StopIteration):
        head = bytes(next(container.demux(stream)))[:64]
        if head[:8] == b"\x89PNG\r\n\x1a\n" and len(head) >= 24:
            return struct.unpack(">II", head[16:24])
        if (at := head.find(b"\xff\x4f\xff\x51")) >= 0 and len(head) >= at + 24:
            right, bottom, left, top = struct.unpack(">4I", head[at + 8 : at + 24])
            return right - left, bottom - top
    return None


def _oversize_error(path: Path) -> InputError | None:
    """Return the error for a picture above the limit, whose size stands in the coded picture alone."""
    before, skips = av.logging.get_level(), av.logging.get_skip_repeated()
    av.logging.set_level(av.logging.ERROR)
    av.logging.set_skip_repeated(False)  # it holds a line back until another one comes
    try:
        with (
            av.logging.Capture(local=False) as log,
            suppress(av.FFmpegError, OSError, ValueError),
            _open(path) as container,
        ):
            streams = [stream for stream in container.streams.video if stream.codec_context is not None]
            for stream in streams:
                stream.codec_context.options = _OPTIONS
            for packet in islice(container.demux(streams), _TRIED_PACKETS):
                with suppress(av.FFmpegError, OSError):
                    packet.decode()
        lines = [line for _, _, line in log]
    finally:
        av.logging.set_level(before)
        av.logging.set_skip_repeated(skips)
    for line in lines:
        size = _SIZE_IN_LOG.search(line)
        if size is not None and int(size[1]) * int(size[2]) > MAX_PIXELS:
            return _too_large(path, int(size[1]), int(size[2]))
    return None


def check_file(path: Path) -> None:
    """Check that a path leads to an ordinary, readable file that is not empty.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        When it does not.
    """
    try:
        state = path.stat()
        if path.is_dir():
            raise InputError(_("{path}: is a folder; give the video file inside it").format(path=path))
        if not path.is_file():
            raise InputError(_("{path}: is not an ordinary file; save the video to a file first").format(path=path))
        if state.st_size == 0:
            raise InputError(_("{path}: is empty (0 bytes); copy it from the phone again").format(path=path))
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise InputError(_("{path}: no such file; check the name and the folder").format(path=path)) from None
    except NotADirectoryError:
        raise InputError(_("{path}: no such file; part of this path is not a folder").format(path=path)) from None
    except PermissionError:
        raise InputError(
            _("{path}: may not be read; change its permissions or copy it elsewhere").format(path=path)
        ) from None
    except OSError as error:
        raise InputError(
            _("{path}: cannot be read: {reason}; copy it to this computer").format(
                path=path, reason=error.strerror or error
            )
        ) from None


def decode(
    container: Any,
    stream: Any,
    *,
    from_s: float | None = None,
    shift_s: float = 0.0,
    threads: int | None = None,
    wanted: Container[int] | None = None,
) -> Iterator[Any]:
    """Decode every frame that can be decoded: skip damaged ones, stop where the rest of the file is damaged.

    Parameters
    ----------
    container : av.container.InputContainer
        At its start, or after a seek; one that was read before keeps its threads.
    stream : av.video.stream.VideoStream
    from_s : float, optional
        After a seek: the time that was sought, seconds. Nothing before the first key frame is decoded, and nothing at
        all where that key frame lies after this time (in files without a sound index).
    shift_s : float
        Added to the timestamps of the file, seconds.
    threads : int, optional
        Threads of the decoder; one per processor core without it.
    wanted : container of int, optional
        Timestamps of the frames that are used, ticks. A frame that is not among them is left out where no other frame
        refers to it, because then nobody has to decode it; the other frames stay equal to the last bit.

    Yields
    ------
    av.VideoFrame
    """
    if stream.codec_context.is_open:  # of a file that is read on
        stream.codec_context.skip_frame = "DEFAULT"
    elif threads is None:
        # Each frame in work at the same time takes the memory of a picture.
        stream.thread_type = "AUTO" if _pixels(stream) < MANY_PIXELS else "SLICE"
    else:
        stream.thread_type = "NONE" if threads == 1 else "SLICE"
        stream.thread_count = threads
    tick_s = float(time_base(stream))
    packets = container.demux(stream)
    waits_for_key = from_s is not None
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.FFmpegError, OSError):
            packet = None
        if waits_for_key and packet is not None and packet.size:
            if not packet.is_keyframe:
                continue
            if packet.pts is None or packet.pts * tick_s + shift_s > (from_s or 0.0) + tick_s / 2:
                return
            waits_for_key = False
        if wanted is not None and packet is not None:
            stream.codec_context.skip_frame = "NONREF" if packet.size and packet.pts not in wanted else "DEFAULT"
        try:
            for frame in stream.decode(packet):
                if not frame.is_corrupt:
                    yield frame
        except (av.FFmpegError, OSError):
            if packet is None:
                return
            continue
        if packet is None:
            return


def time_base(stream: Any) -> Fraction:
    """Return the length of one tick of a stream's clock.

    Parameters
    ----------
    stream : av.video.stream.VideoStream

    Returns
    -------
    Fraction
        Seconds.
    """
    return stream.time_base or Fraction(1, _FALLBACK_CLOCK_HZ)


def no_frames_error(path: Path) -> InputError:
    """Make the error for a file in which not one frame can be decoded.

    Parameters
    ----------
    path : Path

    Returns
    -------
    InputError
        To be raised by the caller.
    """
    return _oversize_error(path) or InputError(
        _("{path}: holds no frame that can be decoded; copy it again or export it as MP4 (H.264)").format(path=path)
    )


def _unreadable(path: Path) -> InputError:
    with path.open("rb") as file:
        head = file.read(64)
    text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip().lower()
    if any(text.startswith(start.lower()) for start in _PLAYLISTS):
        return InputError(_("{path}: is not a video but a play list; give the video file itself").format(path=path))
    if _is_still_image(head):
        return InputError(
            _("{path}: is a still image (or several without times), not a video; give the video file itself").format(
                path=path
            )
        )
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return InputError(
            _(
                "{path}: is cut off (its index is missing), as when recording or copying was interrupted; copy it again"
            ).format(path=path)
        )
    return InputError(_("{path}: is not a video that can be read; give an MP4, MOV or similar file").format(path=path))


def _is_still_image(head: bytes) -> bool:
    return (
        head[:8] == b"\x89PNG\r\n\x1a\n"
        or head[:3] == b"\xff\xd8\xff"
        or head[:2] == b"BM"
        or (head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif"))
        or head[:4] in (b"II*\0", b"MM\0*", b"8BPS", b"v/1\x01", b"DDS ", b"qoif", b"\0\0\1\0")
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or head[:12] in (b"\0\0\0\x0cjP  \r\n\x87\n", b"\0\0\0\x0cJXL \r\n\x87\n")
        or head[:2] in (b"\xff\x0a", b"\xff\x4f")
        or (head[:1] == b"P" and head[1:2] in b"1234567" and head[2:3].isspace())
    )
