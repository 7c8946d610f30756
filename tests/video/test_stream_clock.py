"""Times of files whose clock begins anywhere, jumps, carries wild values, or is missing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from gait.errors import InputError
from gait.video import frame_at, probe, read_frames
from gait.video.reader import read_bursts
from gait.video.stream_clock import read_clock
from tests.conftest import level, picture, write_clip

#: Levels of `picture` repeat after so many frames.
_LEVELS = 27


def write_regular(path: Path, *, codec: str = "libx264", frames: int = 60, gop: int = 12, **options: Any) -> Path:
    """Write a clip of 30 frames/s whose clock is the frame rate, as cameras do."""
    size = (64, 48)
    with av.open(str(path), "w", **options) as container:
        stream: Any = container.add_stream(codec, rate=30, options={"bf": "2"} if codec == "libx264" else {})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.gop_size = gop
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(index, *size), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def check_every_frame(path: Path, frames: int = 60) -> None:
    """Every frame is read, in order and evenly spaced, from the start and after a seek."""
    read = list(read_frames(path))
    levels = [index % _LEVELS for index in range(frames)]
    assert [level(frame.image) for frame in read] == levels
    np.testing.assert_allclose(np.diff([frame.time_s for frame in read]), 1 / 30, atol=1.1e-3)
    for index in (frames // 3, frames - 2):
        at = read[index].time_s + 1e-4
        assert level(frame_at(path, at).image) == levels[index]
        late = [level(frame.image) for frame in read_frames(path, start=at - 2e-4)]
        assert late == levels[index:]
    moments = [read[index].time_s for index in (0, frames // 2, frames - 3)]
    bursts = list(read_bursts(path, moments, count=2))
    assert len(bursts) >= 1
    for burst in bursts:
        for frame in burst:
            assert level(frame.rgb()) == levels[frame.index]


@pytest.mark.parametrize(
    "name", ["one_key.ts", "one_key.mkv", "one_key.avi", "one_key.mp4", "one_key.mov", "one_key.flv"]
)
def test_every_frame_of_a_file_with_one_key_frame_is_reached(tmp_path: Path, name: str) -> None:
    path = write_regular(tmp_path / name, gop=600)
    check_every_frame(path)
    assert probe(path).warnings == ()


@pytest.mark.parametrize("name", ["many.m2ts", "many.avi", "many.mkv"])
def test_every_frame_of_a_file_with_many_key_frames_is_reached(tmp_path: Path, name: str) -> None:
    options = {"format": "mpegts"} if name.endswith("m2ts") else {}
    path = write_regular(tmp_path / name, **options)
    check_every_frame(path)
    assert probe(path).warnings == ()


def test_frames_of_an_avi_are_in_the_order_of_the_screen(tmp_path: Path) -> None:
    # An AVI has times of decoding only; with frames stored out of order, those are not the times of the frames.
    check_every_frame(write_regular(tmp_path / "b_frames.avi", gop=30))


@pytest.mark.parametrize(("name", "codec"), [("bare.h264", "libx264"), ("bare.hevc", "libx265")])
def test_a_bare_stream_has_the_rate_of_its_pictures(tmp_path: Path, name: str, codec: str) -> None:
    path = write_regular(tmp_path / name, codec=codec, format=name.partition(".")[2])
    check_every_frame(path)
    meta = probe(path)
    assert meta.fps == pytest.approx(30)
    assert meta.warnings == (
        "the file carries no timestamps; the frames are taken to be evenly spaced, 30 in a second",
    )


def test_a_bare_stream_without_a_rate_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "bare.h264", container_format="h264", b_frames=0)  # its clock runs at 1.2 MHz
    with pytest.raises(InputError, match="neither timestamps nor a frame rate"):
        probe(path)


def test_recordings_joined_byte_by_byte_follow_each_other(tmp_path: Path) -> None:
    part = write_regular(tmp_path / "part.ts", frames=54)
    joined = tmp_path / "joined.ts"
    joined.write_bytes(part.read_bytes() * 2)
    read = list(read_frames(joined))
    assert [level(frame.image) for frame in read] == [index % _LEVELS for index in range(108)]
    np.testing.assert_allclose(np.diff([frame.time_s for frame in read]), 1 / 30, atol=1e-3)
    assert level(frame_at(joined, 2.5).image) == level(read[75].image)
    (warning,) = probe(joined).warnings
    assert warning.startswith("the clock of the file jumps at 1.8 s")


def test_times_below_zero_are_moved_to_zero(tmp_path: Path) -> None:
    clock, times, breaks = read_clock([-3000, -1000, -2000, 0], 1e-3, free_running=False, start_s=0)
    np.testing.assert_allclose(times, [0, 1, 2, 3])
    assert clock.shift_s == pytest.approx(3)
    assert breaks == ()


def test_a_wild_time_costs_its_own_frame() -> None:
    stamps = [33 * n for n in range(30)]
    stamps[12] = 10**9
    clock, times, breaks = read_clock(stamps, 1e-3, free_running=False, start_s=0)
    assert (len(times), breaks, clock.wild) == (29, (), {10**9})
    assert times[-1] == pytest.approx(29 * 0.033)


def test_a_pause_is_no_jump_of_the_clock() -> None:
    # A recording of a screen holds its picture while nothing moves.
    stamps = [33 * n for n in range(30)] + [33 * n + 40_000 for n in range(30, 60)]
    clock, times, breaks = read_clock(stamps, 1e-3, free_running=False, start_s=0)
    assert (len(times), breaks, clock.can_seek) == (60, (), True)
    assert times[-1] == pytest.approx(40 + 59 * 0.033)
    _, times, breaks = read_clock(stamps, 1e-3, free_running=True, start_s=0)
    assert len(breaks) == 1  # a transport stream runs on while it records
    assert times[-1] == pytest.approx(59 * 0.033)


def test_slow_films_with_frames_out_of_order_have_no_jumps() -> None:
    stamps = [2000 * n for group in range(10) for n in (4 * group, 4 * group + 3, 4 * group + 1, 4 * group + 2)]
    _, times, breaks = read_clock(stamps, 1e-3, free_running=False, start_s=0)
    assert breaks == ()
    assert len(times) == 40
