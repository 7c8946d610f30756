"""Frames come in order, with their own times, as RGB, whatever the codec."""

from __future__ import annotations

import threading
from pathlib import Path

import av
import numpy as np
import pytest

from gait.video import (
    YuvPlanes,
    frame_at,
    read_bursts,
    read_decoded_frames,
    read_frames,
    read_frames_at,
)
from tests.conftest import level, picture, write_clip


def times_of(path: Path, **span: float) -> list[float]:
    return [frame.time_s for frame in read_frames(path, **span)]


def test_every_frame_comes_in_order_with_its_own_time(clip):
    frames = list(read_frames(clip))
    assert [frame.index for frame in frames] == list(range(24))
    assert [level(frame.image) for frame in frames] == list(range(24))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(24) / 30, atol=1e-6)
    assert all(frame.image.dtype == np.uint8 and frame.image.flags.c_contiguous for frame in frames)


def test_start_and_end_cut_by_time_and_keep_the_index(clip):
    frames = list(read_frames(clip, start=0.5, end=0.6))
    assert [frame.index for frame in frames] == [15, 16, 17]
    assert [level(frame.image) for frame in frames] == [15, 16, 17]


def test_repeated_timestamps_never_reach_the_caller(tmp_path):
    times = [0, 1, 2, 2, 3, 4, 4, 5, 6, 7]
    path = tmp_path / "repeated.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for index, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(index), format="rgb24")
            frame.pts = index
            for packet in stream.encode(frame):
                packet.pts = packet.dts = time if time == index else index
                container.mux(packet)
        container.mux(stream.encode(None))
    assert (np.diff(times_of(path)) > 0).all()


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("ten_bit.mp4", "libx265", "yuv420p10le"),
        ("hevc.mov", "libx265", "yuv420p"),
        ("full_colour.mp4", "libx264", "yuv444p"),
        ("old.avi", "mpeg4", "yuv420p"),
        ("lossless.mkv", "ffv1", "yuv420p"),
    ],
)
def test_other_codecs_become_plain_rgb(tmp_path, name, codec, pix_fmt):
    frames = list(read_frames(write_clip(tmp_path / name, codec=codec, pix_fmt=pix_fmt)))
    assert [level(frame.image) for frame in frames] == list(range(24))
    assert frames[0].image.dtype == np.uint8


def test_odd_sizes_are_read(tmp_path):
    path = write_clip(tmp_path / "odd.mkv", codec="ffv1", pix_fmt="yuv444p", size=(65, 47))
    assert next(read_frames(path)).image.shape == (47, 65, 3)


@pytest.mark.parametrize(("time", "index"), [(-1, 0), (0, 0), (0.32, 9), (0.3334, 10), (0.5, 15), (0.77, 23), (9, 23)])
def test_frame_at_gives_what_a_player_shows(clip, time, index):
    frame = frame_at(clip, time)
    assert frame.index == index == level(frame.image)
    assert frame.time_s == pytest.approx(index / 30, abs=1e-6)


def test_frames_are_not_kept_in_memory(tmp_path):
    path = write_clip(tmp_path / "long.mp4", frames=300, size=(320, 240), codec="mpeg4")
    before = set(threading.enumerate())  # other tests of this process may have left some
    reader = read_frames(path)
    next(reader)
    reader.close()  # and nothing keeps running
    assert not [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("gait")]


def test_bursts_start_at_key_frames_and_no_frame_comes_twice(tmp_path):
    path = write_clip(tmp_path / "long.mp4", frames=26, gop=12)
    bursts = list(read_bursts(path, [0.45, 0.84], count=2))
    # Where exactly the key frames lie is up to the encoder.
    starts = [burst[0].index for burst in bursts]
    assert 13 - 12 < starts[0] <= 13 < starts[1] <= 25
    assert [[f.index for f in burst] for burst in bursts] == [[start, start + 1] for start in starts]
    assert [level(f.rgb()) for burst in bursts for f in burst] == [f.index for burst in bursts for f in burst]
    close = [f.index for burst in read_bursts(path, [0.41, 0.42, 0.45, 0.84], count=3) for f in burst]
    assert close == sorted(set(close))
    assert len(close) >= 8  # three each, as far as there are frames left


def test_bursts_start_between_key_frames_where_there_are_few(tmp_path):
    path = write_clip(tmp_path / "few.mp4", frames=26, gop=300)
    assert [burst[0].index for burst in read_bursts(path, [0.1, 0.4, 0.8])] == [0, 12, 24]
    assert [burst[0].index for burst in read_bursts(path, [0.1, 0.4], patience=5)] == [0, 6]


@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("threads", [None, 1])
def test_chosen_frames_of_several_groups_are_equal_to_the_last_bit(tmp_path, b_frames, threads):
    path = write_clip(tmp_path / "clip.mp4", frames=120, b_frames=b_frames, gop=12)
    every = {frame.index: frame for frame in read_decoded_frames(path)}
    chosen = [0, 1, 14, 30, 31, 47, 75, 76, 119]
    found = list(read_frames_at(path, np.array([every[index].time_s for index in chosen]), threads=threads))
    assert [frame.index for frame in found] == chosen
    for frame in found:
        np.testing.assert_array_equal(frame.rgb(), every[frame.index].rgb())


@pytest.mark.parametrize("b_frames", [0, 2])
@pytest.mark.parametrize("threads", [None, 1])
@pytest.mark.parametrize(("start", "step"), [(None, 2), (0.35, 3), (0.5, 1)])
def test_every_nth_frame_is_equal_to_the_last_bit(tmp_path, b_frames, threads, start, step):
    path = write_clip(tmp_path / "clip.mp4", frames=60, b_frames=b_frames)
    every = list(read_decoded_frames(path, start=start, end=1.5))
    some = list(read_decoded_frames(path, start=start, end=1.5, step=step, threads=threads))
    assert [frame.index for frame in some] == [frame.index for frame in every[::step]]
    for one, other in zip(some, every[::step], strict=True):
        assert one.time_s == other.time_s
        np.testing.assert_array_equal(one.planes().y, other.planes().y)


def test_a_picture_becomes_planes(tmp_path):
    frame = next(iter(read_decoded_frames(write_clip(tmp_path / "clip.mp4", frames=1))))
    expected, planes = frame.planes(), YuvPlanes.from_rgb(frame.rgb())
    for name in "yuv":
        difference = getattr(planes, name).astype(int) - getattr(expected, name)
        assert np.abs(difference).mean() < 3
    np.testing.assert_array_equal(planes.from_upright, expected.from_upright)
    np.testing.assert_array_equal(planes.to_rgb, expected.to_rgb)


def test_ten_bits_are_converted_once_and_show_the_same_picture(tmp_path):
    frame = next(iter(read_decoded_frames(write_clip(tmp_path / "ten.mp4", codec="libx265", pix_fmt="yuv420p10le"))))
    planes = frame.planes()
    assert frame.planes() is planes
    assert (planes.y.shape, planes.u.shape) == ((48, 64), (24, 32))
    colours = [planes.y[24, 32], planes.u[12, 16], planes.v[12, 16], 1]
    assert np.abs(planes.to_rgb @ colours - frame.rgb()[24, 32]).max() < 6
