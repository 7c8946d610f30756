"""True times, playback rate and capture rate of whatever a phone writes."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from gait.errors import InputError
from gait.video import (
    coded_sizes,
    frame_at,
    frame_times,
    probe,
    read_frames,
)
from tests.conftest import level, write_clip


def times_of(path: Path, **span: float) -> list[float]:
    return [frame.time_s for frame in read_frames(path, **span)]


def test_probe_describes_the_file(clip):
    meta = probe(clip)
    assert (meta.width, meta.height, meta.rotation, meta.frames) == (64, 48, 0, 24)
    assert meta.fps == 30
    assert meta.duration_s == pytest.approx(0.8)
    assert not meta.variable_frame_rate
    assert meta.capture_fps is None
    assert meta.assumed_capture_fps == 30
    assert meta.warnings == ()


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_each_frame_has_the_size_of_its_packet(tmp_path: Path, name: str) -> None:
    path = write_clip(tmp_path / name, frames=40)
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    shown = [packet.size for packet in sorted(packets, key=lambda packet: packet.pts)]
    assert coded_sizes(path).tolist() == shown
    assert len(shown) == len(frame_times(path))


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001), 25, 120, 240])
def test_rates_are_not_rounded(tmp_path, rate):
    path = write_clip(tmp_path / "clip.mp4", fps=float(rate), frames=30)
    assert probe(path).fps == pytest.approx(float(rate), rel=1e-6)


def test_a_dropped_frame_changes_neither_rate_nor_times(tmp_path):
    times = [index / 60 for index in range(60) if index not in (20, 21, 22)]
    path = write_clip(tmp_path / "dropped.mp4", times=times, fps=60)
    assert probe(path).fps == pytest.approx(60, rel=1e-4)
    np.testing.assert_allclose(times_of(path), times, atol=1e-5)


def test_a_millisecond_clock_is_not_taken_for_a_variable_rate(tmp_path):
    path = write_clip(tmp_path / "clip.mkv", fps=60000 / 1001, frames=120, codec="mpeg4")
    meta = probe(path)
    assert meta.fps == pytest.approx(59.94, abs=0.03)
    assert not meta.variable_frame_rate


def test_a_timeline_that_does_not_start_at_zero_is_kept(tmp_path):
    path = write_clip(tmp_path / "late.mkv", times=[5 + index / 30 for index in range(20)], codec="mpeg4")
    assert probe(path).start_s == pytest.approx(5, abs=1e-3)
    assert times_of(path)[0] == pytest.approx(5, abs=1e-3)


def test_a_transport_stream_counts_from_its_first_frame(tmp_path):
    path = write_clip(tmp_path / "camcorder.ts", frames=40)
    assert times_of(path)[0] == pytest.approx(0, abs=0.1)
    np.testing.assert_allclose(np.diff(times_of(path)), 1 / 30, atol=2e-5)


def test_variable_rate_keeps_the_recorded_times(tmp_path):
    steps = np.where(np.arange(39) % 3 == 0, 1 / 20, 1 / 30)
    times = np.concatenate([[0], np.cumsum(steps)])
    path = write_clip(tmp_path / "variable.mp4", times=list(times))
    assert probe(path).variable_frame_rate
    np.testing.assert_allclose(times_of(path), times, atol=1e-5)


def test_a_video_trimmed_on_the_phone_starts_where_it_was_trimmed(tmp_path):
    # Phones trim without re-encoding: the edit list defines which of the stored frames are shown.
    path = write_clip(tmp_path / "trimmed.mp4", b_frames=0, gop=24)
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 12
    length, media_time = struct.unpack(">Ii", data[at : at + 8])
    with av.open(str(path)) as container:
        ticks = round(1 / 30 / container.streams.video[0].time_base)
    data[at : at + 8] = struct.pack(">Ii", round(length * 14 / 24), media_time + 10 * ticks)
    path.write_bytes(data)
    frames = list(read_frames(path))
    assert [level(frame.image) for frame in frames] == list(range(10, 24))
    assert [frame.index for frame in frames] == list(range(14))
    assert frames[0].time_s == pytest.approx(0, abs=1e-3)
    assert probe(path).frames == 14
    assert level(frame_at(path, 0.2).image) == 16


def test_a_video_of_one_frame(tmp_path):
    path = write_clip(tmp_path / "one.mp4", frames=1)
    meta = probe(path)
    assert (meta.frames, meta.variable_frame_rate) == (1, False)
    assert len(list(read_frames(path))) == 1


def test_the_capture_rate_of_android_slow_motion_is_read(tmp_path):
    path = write_clip(tmp_path / "slow.mp4", metadata={"com.android.capture.fps": "240.000000"})
    assert probe(path).capture_fps == 240
    assert probe(path).assumed_capture_fps == 240


def test_a_nominal_capture_rate_does_not_overrule_the_timestamps(tmp_path):
    path = write_clip(tmp_path / "dim.mp4", fps=28.5, metadata={"com.android.capture.fps": "30.0"})
    assert probe(path).capture_fps == 30
    assert probe(path).assumed_capture_fps == pytest.approx(28.5, rel=1e-3)


def test_a_range_outside_the_video_is_refused_with_the_range_it_has(clip):
    with pytest.raises(InputError, match=r"runs from 0\.00 to 0\.77 s"):
        read_frames(clip, start=5)
    with pytest.raises(InputError, match=r"start .* must be before end"):
        read_frames(clip, start=2, end=1)


def test_a_replaced_file_is_read_again(tmp_path):
    path = write_clip(tmp_path / "clip.mp4", frames=10)
    assert probe(path).frames == 10
    write_clip(path, frames=12)
    assert probe(path).frames == 12


def test_frame_times_are_those_of_the_frames(clip):
    assert frame_times(clip).tolist() == times_of(clip)
    assert frame_times(clip, start=0.5, end=0.6).tolist() == times_of(clip, start=0.5, end=0.6)
