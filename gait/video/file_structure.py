"""What the boxes of a video file claim, read from their headers alone: whether its end is missing, its tables fit.

The structure shows a file that was cut off for certain. Counts of frames do not: an edit list hides frames, and an AVI
counts empty ones.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gait.display_language import _
from gait.errors import InputError
from gait.video.input_limits import MAX_FRAMES

#: Boxes of an MP4 that are looked at before the rest is taken as sound; a fragment of one second has about five. [E]
_MAX_BOXES = 500_000
#: Boxes on the way to the tables of a track.
_PARENTS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
#: Top-level boxes of an MP4 or MOV file.
_TOP_BOXES = frozenset(
    {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"pnot", b"styp", b"sidx", b"uuid"}
)
#: Those that hold frames or say where they are: nothing else shows that a file was cut off. What phones append
#: (their own boxes, unmarked bytes) is not looked at.
_CONTENT_BOXES = frozenset({b"moov", b"mdat", b"moof"})
#: A RIFF chunk that ends this far beyond the file has lost something; some writers are wrong by a few bytes. [E]
_RIFF_SLACK = 64
_EBML, _SEGMENT = b"\x1aE\xdf\xa3", b"\x18S\x80g"
#: Flags of a ``trun`` box: each sample has its own duration, size, flags, time offset (ISO/IEC 14496-12, 8.8.8).
_TRUN_FIELDS = (0x100, 0x200, 0x400, 0x800)


def cut_part(path: Path) -> str | None:
    """Return the part of a file in which it ends too early, as when recording or copying was interrupted.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str or None
        Kind of the box (``"mdat"``, ``"moof"``, ``"moov"``), ``"RIFF"`` or ``"Segment"``. ``None`` where nothing is
        missing, or the structure does not say (transport streams, live recordings).
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16)
        if head[4:8] in _TOP_BOXES:
            kinds = (kind for kind, _, end in _boxes(file, 0, size) if kind in _CONTENT_BOXES and end > size)
            cut = next(kinds, None)
            return None if cut is None else cut.decode("ascii")
        if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
            return "RIFF" if _riff_end(file, size) > size + _RIFF_SLACK else None
        if head[:4] == _EBML:
            end = _segment_end(file)
            return "Segment" if end is not None and end > size else None
    return None


def whole_fragments_length(path: Path) -> int | None:
    """Return how many bytes of a fragmented MP4 lie before a fragment that was cut off in its header.

    Parameters
    ----------
    path : Path

    Returns
    -------
    int or None
        ``None`` where no such fragment is there, or no whole one before it. libavformat refuses a file with one.
    """
    size = path.stat().st_size
    index_seen = fragment_seen = False
    with path.open("rb") as file:
        if file.read(8)[4:8] not in _TOP_BOXES:
            return None
        for kind, begin, end in _boxes(file, 0, size):
            if kind == b"moof" and end > size:
                return begin - 8 if index_seen and fragment_seen else None
            index_seen |= kind == b"moov"
            fragment_seen |= kind == b"moof"
    return None


def check_claims(path: Path) -> None:
    """Refuse an MP4 or MOV whose tables claim more frames than such a file can hold.

    A table may state one size for all frames, and their number, in 20 bytes; libavformat then lays out an index of all
    of them in memory.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        When it does.
    """
    size = path.stat().st_size
    claimed = 0
    with path.open("rb") as file:
        if file.read(8)[4:8] not in _TOP_BOXES:
            return
        for kind, begin, end in _boxes(file, 0, size, into=_PARENTS):
            if kind in (b"stsz", b"trun"):
                claimed += _claimed_samples(file, kind, begin, min(end, size), size)
            if claimed > MAX_FRAMES:
                raise InputError(
                    _(
                        "{path}: claims more than {max_frames} frames, but has {size} bytes; it is damaged: copy it "
                        "again"
                    ).format(path=path, max_frames=MAX_FRAMES, size=size)
                )


def _claimed_samples(file: BinaryIO, kind: bytes, begin: int, end: int, file_size: int) -> int:
    """Return how many samples a table claims without listing them; 0 where it lists each, or where they fit."""
    file.seek(begin)
    content = file.read(12)
    if len(content) < 12:
        return 0
    flags, first, second = struct.unpack(">III", content)
    if kind == b"stsz":  # one size for all, number
        # Sound has one sample for each instant: a number of them is plausible where they fit into the file.
        return second if first and second * first > 2 * file_size else 0
    fields = sum(bool(flags & field) for field in _TRUN_FIELDS)
    return 0 if fields else first


def _boxes(
    file: BinaryIO, begin: int, end: int, *, into: frozenset[bytes] = frozenset()
) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, begin of the content and end of each box; the end may lie beyond the file."""
    stack = [(begin, end)]
    budget = _MAX_BOXES
    while stack and budget:
        at, limit = stack.pop()
        while at + 8 <= limit and budget:
            budget -= 1
            file.seek(at)
            head = file.read(16)
            if len(head) < 8:
                break
            length, kind = struct.unpack(">I4s", head[:8])
            content = at + 8
            if length == 1 and len(head) == 16:
                length, content = struct.unpack(">Q", head[8:])[0], at + 16
            elif length == 0:
                length = limit - at
            if length < content - at or not kind.isascii():
                break  # no box begins here
            yield kind, content, at + length
            if kind in into:
                stack.append((at + length, limit))
                at, limit = content, min(at + length, limit)
            else:
                at += length


def _riff_end(file: BinaryIO, size: int) -> int:
    """Return where the last of the RIFF chunks of an AVI ends; one of more than 1 GB has several."""
    at = end = 0
    while at + 12 <= size:
        file.seek(at)
        head = file.read(8)
        if head[:4] != b"RIFF":
            break
        length = struct.unpack("<I", head[4:])[0]
        if not length:  # was never closed: says nothing
            break
        end = at + 8 + length
        at = end + length % 2
    return end


def _segment_end(file: BinaryIO) -> int | None:
    """Return where the segment of a Matroska or WebM file ends; ``None`` where it does not say."""
    at = 0
    for _unused in range(4):  # the header, the segment, and what may lie between
        file.seek(at)
        head = file.read(12)
        if len(head) < 5:
            return None
        length_at = 4 if head[0] >= 0x10 and head[0] < 0x20 else 1
        width = 9 - head[length_at].bit_length()
        if width > 8 or length_at + width > len(head):
            return None
        value = int.from_bytes(head[length_at : length_at + width], "big") & ((1 << 7 * width) - 1)
        unknown = value == (1 << 7 * width) - 1
        end = at + length_at + width + value
        if head[:4] == _SEGMENT:
            return None if unknown else end
        if unknown:
            return None
        at = end
    return None
