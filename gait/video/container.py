"""Opening a video file: every fault of the file becomes one line that names the fault and the remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from gait.errors import InputError

#: Ticks per second where a stream does not state its clock. [E]
_FALLBACK_CLOCK_HZ = 600_000


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
    try:
        # "file:" keeps a name such as "a:b.mp4" from being taken for a protocol, and the white list keeps a
        # playlist with the suffix .mp4 from reaching out to the network.
        container = av.open(
            f"file:{path.resolve()}",
            mode="r",
            metadata_errors="replace",
            container_options={"protocol_whitelist": "file"},
        )
    except (av.FFmpegError, OSError, ValueError):
        raise _unreadable(path) from None
    with container:
        if container.format.name.endswith("_pipe") or container.format.name == "image2":
            raise InputError(f"{path}: is a still image, not a video; give the video file itself")
        covers = av.stream.Disposition.attached_pic
        streams = [stream for stream in container.streams.video if not stream.disposition & covers]
        if not streams:
            content = "holds only sound" if container.streams.audio else "holds no video"
            raise InputError(f"{path}: {content}; give a video of the run")
        if streams[0].codec_context is None or not streams[0].width:
            raise InputError(f"{path}: its coding cannot be read here; export it as MP4 (H.264)")
        yield container, streams[0]


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
            raise InputError(f"{path}: is a folder; give the video file inside it")
        if not path.is_file():
            raise InputError(f"{path}: is not an ordinary file; save the video to a file first")
        if state.st_size == 0:
            raise InputError(f"{path}: is empty (0 bytes); copy it from the phone again")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the name and the folder") from None
    except NotADirectoryError:
        raise InputError(f"{path}: no such file; part of this path is not a folder") from None
    except PermissionError:
        raise InputError(f"{path}: may not be read; change its permissions or copy it elsewhere") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}; copy it to this computer") from None


def decode(container: Any, stream: Any) -> Iterator[Any]:
    """Decode every frame that can be decoded: skip damaged ones, stop where the rest of the file is damaged.

    Parameters
    ----------
    container : av.container.InputContainer
    stream : av.video.stream.VideoStream

    Yields
    ------
    av.VideoFrame
    """
    stream.thread_type = "AUTO"
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.FFmpegError, OSError):
            packet = None
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
    return InputError(f"{path}: holds no frame that can be decoded; copy it again or export it as MP4 (H.264)")


def _unreadable(path: Path) -> InputError:
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return InputError(
            f"{path}: is cut off (its index is missing), as when recording or copying was interrupted; copy it again"
        )
    return InputError(f"{path}: is not a video that can be read; give an MP4, MOV or similar file")
