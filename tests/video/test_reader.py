"""What a person with a phone video may expect: true times, upright pictures, and one clear line when it fails."""

from __future__ import annotations

import os
import shutil
import struct
import threading
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from gait.errors import InputError
from gait.video.reader import VideoWriter, frame_at, probe, read_frames, read_pictures, read_spots
from tests.conftest import level, picture, red_corner, write_clip, write_sound


def times_of(path: Path, **span: float) -> list[float]:
    return [frame.time_s for frame in read_frames(path, **span)]


# --- times ---


def test_probe_tells_what_the_file_is(clip):
    meta = probe(clip)
    assert (meta.width, meta.height, meta.rotation, meta.frames) == (64, 48, 0, 24)
    assert meta.fps == 30
    assert meta.duration_s == pytest.approx(0.8)
    assert not meta.variable_frame_rate
    assert meta.capture_fps is None
    assert meta.assumed_capture_fps == 30
    assert meta.warnings == ()


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001), 25, 120, 240])
def test_rates_are_not_rounded(tmp_path, rate):
    path = write_clip(tmp_path / "clip.mp4", fps=float(rate), frames=30)
    assert probe(path).fps == pytest.approx(float(rate), rel=1e-6)


def test_every_frame_comes_in_order_with_its_own_time(clip):
    frames = list(read_frames(clip))
    assert [frame.index for frame in frames] == list(range(24))
    assert [level(frame.image) for frame in frames] == list(range(24))
    np.testing.assert_allclose([frame.time_s for frame in frames], np.arange(24) / 30, atol=1e-6)
    assert all(frame.image.dtype == np.uint8 and frame.image.flags.c_contiguous for frame in frames)


def test_variable_rate_keeps_the_recorded_times(tmp_path):
    steps = np.where(np.arange(39) % 3 == 0, 1 / 20, 1 / 30)
    times = np.concatenate([[0], np.cumsum(steps)])
    path = write_clip(tmp_path / "variable.mp4", times=list(times))
    assert probe(path).variable_frame_rate
    np.testing.assert_allclose(times_of(path), times, atol=1e-5)


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


def test_start_and_end_cut_by_time_and_keep_the_index(clip):
    frames = list(read_frames(clip, start=0.5, end=0.6))
    assert [frame.index for frame in frames] == [15, 16, 17]
    assert [level(frame.image) for frame in frames] == [15, 16, 17]


def test_a_timeline_that_does_not_start_at_zero_is_kept(tmp_path):
    path = write_clip(tmp_path / "late.mkv", times=[5 + index / 30 for index in range(20)], codec="mpeg4")
    assert probe(path).start_s == pytest.approx(5, abs=1e-3)
    assert times_of(path)[0] == pytest.approx(5, abs=1e-3)


def test_a_transport_stream_counts_from_its_first_picture(tmp_path):
    path = write_clip(tmp_path / "camcorder.ts", frames=40)
    assert times_of(path)[0] == pytest.approx(0, abs=0.1)
    np.testing.assert_allclose(np.diff(times_of(path)), 1 / 30, atol=2e-5)


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


def test_a_video_trimmed_on_the_phone_starts_where_it_was_trimmed(tmp_path):
    # Phones trim without re-encoding: the edit list says which part of the stored frames is shown.
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


def test_a_bare_stream_without_timestamps_is_spaced_evenly(tmp_path):
    path = write_clip(tmp_path / "bare.h264", container_format="h264", b_frames=0)
    frames = list(read_frames(path))
    assert [level(frame.image) for frame in frames] == list(range(24))
    assert np.ptp(np.diff([frame.time_s for frame in frames])) < 1e-6


def test_a_video_of_one_frame(tmp_path):
    path = write_clip(tmp_path / "one.mp4", frames=1)
    meta = probe(path)
    assert (meta.frames, meta.variable_frame_rate) == (1, False)
    assert len(list(read_frames(path))) == 1


# --- orientation ---


@pytest.mark.parametrize(
    ("counter_clockwise", "clockwise", "corner"),
    [(0, 0, "top left"), (90, 270, "bottom left"), (-90, 90, "top right"), (180, 180, "bottom right")],
)
def test_phone_rotation_is_applied(tmp_path, counter_clockwise, clockwise, corner):
    path = write_clip(tmp_path / "turned.mp4", rotation=counter_clockwise)
    meta, frame = probe(path), next(read_frames(path))
    assert meta.rotation == clockwise
    assert red_corner(frame.image) == corner
    assert frame.image.shape == (meta.height, meta.width, 3) == ((48, 64, 3) if clockwise % 180 == 0 else (64, 48, 3))
    assert red_corner(frame_at(path, 0.3).image) == corner


def test_a_mirrored_recording_is_shown_as_players_show_it(tmp_path):
    path = write_clip(tmp_path / "mirrored.mp4", hflip=True)
    assert red_corner(next(read_frames(path)).image) == "top right"


def test_non_square_pixels_are_stretched(tmp_path):
    path = write_clip(tmp_path / "wide.mp4", aspect=Fraction(4, 3), size=(48, 48))
    assert (probe(path).width, probe(path).height) == (64, 48)
    assert next(read_frames(path)).image.shape == (48, 64, 3)


# --- formats ---


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


def test_awkward_names_are_only_names(tmp_path, clip):
    for name in ("a:b.mp4", "läuft 100%.mp4", "concat:x.mp4", "run#1?.mp4"):
        path = Path(shutil.copy(clip, tmp_path / name))
        assert probe(path).frames == 24


def test_android_slow_motion_says_how_fast_it_was_filmed(tmp_path):
    path = write_clip(tmp_path / "slow.mp4", metadata={"com.android.capture.fps": "240.000000"})
    assert probe(path).capture_fps == 240
    assert probe(path).assumed_capture_fps == 240


def test_a_nominal_capture_rate_does_not_overrule_the_timestamps(tmp_path):
    path = write_clip(tmp_path / "dim.mp4", fps=28.5, metadata={"com.android.capture.fps": "30.0"})
    assert probe(path).capture_fps == 30
    assert probe(path).assumed_capture_fps == pytest.approx(28.5, rel=1e-3)


# --- the frame at a time ---


@pytest.mark.parametrize(("time", "index"), [(-1, 0), (0, 0), (0.32, 9), (0.3334, 10), (0.5, 15), (0.77, 23), (9, 23)])
def test_frame_at_is_what_a_player_shows(clip, time, index):
    frame = frame_at(clip, time)
    assert frame.index == index == level(frame.image)
    assert frame.time_s == pytest.approx(index / 30, abs=1e-6)


# --- careless users ---


@pytest.fixture
def broken(tmp_path, clip) -> dict[str, Path]:
    """Every file that somebody once took for a video, by what is wrong with it."""
    files = {name: tmp_path / f"{name}.mp4" for name in ("missing", "folder", "empty", "text", "index", "playlist")}
    files["folder"].mkdir()
    files["empty"].touch()
    files["text"].write_text("This is not a video.\n" * 50)
    files["playlist"].write_text("#EXTM3U\n#EXTINF:1,\nhttp://192.0.2.1/a.ts\n#EXT-X-ENDLIST\n")
    data = clip.read_bytes()
    files["index"].write_bytes(data[: len(data) // 2])
    files["sound"] = write_sound(tmp_path / "sound.m4a")
    files["under file"] = files["text"] / "run.mp4"
    files["noise"] = tmp_path / "noise.mp4"
    files["noise"].write_bytes(np.random.default_rng(0).bytes(20_000))
    with av.open(str(tmp_path / "photo.png"), "w", format="image2") as container:
        stream = container.add_stream("png")
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb24"
        frame = av.VideoFrame.from_ndarray(picture(0), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    files["photo"] = tmp_path / "photo.png"
    return files


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("missing", "no such file"),
        ("folder", "is a folder"),
        ("empty", "is empty"),
        ("text", "is not a video"),
        ("playlist", "is not a video"),
        ("noise", "is not a video"),
        ("index", "cut off"),
        ("sound", "only sound"),
        ("photo", "picture"),
        ("under file", "no such file"),
    ],
)
@pytest.mark.parametrize("call", [probe, lambda path: list(read_frames(path)), lambda path: frame_at(path, 0)])
def test_a_file_that_is_no_video_gets_one_line(broken, capfd, fault, says, call):
    with pytest.raises(InputError, match=says) as caught:
        call(broken[fault])
    assert str(broken[fault]) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_gets_one_line(tmp_path, clip):
    path = Path(shutil.copy(clip, tmp_path))
    path.chmod(0)
    with pytest.raises(InputError, match="may not be read"):
        probe(path)


def test_a_video_cut_short_gives_what_is_there_and_says_so(tmp_path, capfd):
    whole = write_clip(tmp_path / "whole.mp4", frames=90, size=(320, 240), faststart=True)
    data = whole.read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(data[: int(len(data) * 0.7)])
    meta = probe(path)
    frames = list(read_frames(path))
    assert 20 < len(frames) < 90
    assert any("cut off" in warning for warning in meta.warnings)
    assert [level(frame.image) for frame in frames[:20]] == list(range(20))
    assert frame_at(path, 100).index == frames[-1].index
    assert capfd.readouterr().err == ""


def test_damage_in_the_middle_costs_only_the_damaged_frames(tmp_path, capfd):
    whole = write_clip(tmp_path / "whole.mp4", frames=90, size=(320, 240), faststart=True)
    data = bytearray(whole.read_bytes())
    middle = int(len(data) * 0.6)
    data[middle : middle + 300] = bytes(300)
    path = tmp_path / "damaged.mp4"
    path.write_bytes(data)
    frames = list(read_frames(path))
    assert 45 < len(frames) <= 90
    assert (np.diff([frame.time_s for frame in frames]) > 0).all()
    assert capfd.readouterr().err == ""


def test_a_range_outside_the_video_is_refused_with_the_range_it_has(clip):
    with pytest.raises(InputError, match=r"runs from 0\.00 to 0\.77 s"):
        read_frames(clip, start=5)
    with pytest.raises(InputError, match=r"start .* must be before end"):
        read_frames(clip, start=2, end=1)


def test_frames_are_not_kept_in_memory(tmp_path):
    path = write_clip(tmp_path / "long.mp4", frames=300, size=(320, 240), codec="mpeg4")
    reader = read_frames(path)
    next(reader)
    reader.close()  # and nothing keeps running
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gait")]


def test_a_replaced_file_is_read_anew(tmp_path):
    path = write_clip(tmp_path / "clip.mp4", frames=10)
    assert probe(path).frames == 10
    write_clip(path, frames=12)
    assert probe(path).frames == 12


# --- writing ---


def write(path: Path, frames: int = 20, *, size: tuple[int, int] = (64, 48), fps: float = 60000 / 1001, **options):
    with VideoWriter(path, width=size[0], height=size[1], fps=fps, **options) as writer:
        for index in range(frames):
            writer.write(picture(index, *size))


def test_what_is_written_can_be_read_and_played_anywhere(tmp_path):
    path = tmp_path / "out.mp4"
    write(path)
    meta = probe(path)
    assert (meta.frames, meta.width, meta.height) == (20, 64, 48)
    assert meta.fps == pytest.approx(60000 / 1001, rel=1e-9)
    assert [level(frame.image) for frame in read_frames(path)] == list(range(20))
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
    head = path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")  # browsers can start before the file is there


def test_written_times_are_kept_relative_to_the_first(tmp_path):
    times = [3.0, 3.02, 3.1, 3.15]
    with VideoWriter(tmp_path / "out.mp4", width=64, height=48, fps=30) as writer:
        for index, time in enumerate(times):
            writer.write(picture(index), time_s=time)
    assert writer.start_s == 3.0
    np.testing.assert_allclose(times_of(tmp_path / "out.mp4"), np.array(times) - 3.0, atol=1e-5)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_storage_stands_upright_here_and_elsewhere(tmp_path, rotation):
    path = tmp_path / "turned.mp4"
    write(path, 3, rotation=rotation)
    meta, frame = probe(path), next(read_frames(path))
    assert (meta.rotation, meta.width, meta.height) == (rotation, 64, 48)
    assert red_corner(frame.image) == "top left"
    stored = {0: "top left", 90: "bottom left", 180: "bottom right", 270: "top right"}
    for upright, corner in ((1, "top left"), (0, stored[rotation])):
        player = cv2.VideoCapture(str(path))
        player.set(cv2.CAP_PROP_ORIENTATION_AUTO, upright)
        shown, image = player.read()
        player.release()
        assert shown
        assert red_corner(image[..., ::-1]) == corner
        assert image.shape == ((48, 64, 3) if upright or rotation % 180 == 0 else (64, 48, 3))


def test_a_rotation_that_is_no_quarter_turn_is_refused(tmp_path):
    with pytest.raises(ValueError, match="rotation=45"):
        write(tmp_path / "out.mp4", rotation=45)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [(63, 47), (1, 1), (64, 33)])
def test_odd_sizes_are_padded(tmp_path, size):
    write(tmp_path / "out.mp4", size=size)
    meta = probe(tmp_path / "out.mp4")
    assert (meta.width, meta.height) == (size[0] + size[0] % 2, size[1] + size[1] % 2)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_video_leaves_nothing_and_keeps_the_old_one(tmp_path, error):
    path = tmp_path / "out.mp4"
    path.write_text("old")

    def interrupted(frames: int) -> None:
        with VideoWriter(path, width=64, height=48, fps=30) as writer:
            for index in range(frames):
                writer.write(picture(index))
            raise error

    for frames in (0, 1, 20):
        with pytest.raises(error):
            interrupted(frames)
        assert [file.name for file in tmp_path.iterdir()] == ["out.mp4"]
        assert path.read_text() == "old"


def test_a_wrong_image_is_refused(tmp_path):
    with pytest.raises(ValueError, match="as announced"):
        write_wrong(tmp_path / "out.mp4", np.zeros((48, 60, 3), np.uint8))
    with pytest.raises(ValueError, match="as announced"):
        write_wrong(tmp_path / "out.mp4", np.zeros((48, 64, 3), np.float32))
    assert not list(tmp_path.iterdir())


def write_wrong(path: Path, image: np.ndarray) -> None:
    with VideoWriter(path, width=64, height=48, fps=30) as writer:
        writer.write(image)


@pytest.mark.parametrize("folder", ["missing", "file"])
def test_a_folder_that_cannot_be_written_to_gets_one_line(tmp_path, folder):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        write(tmp_path / folder / "out.mp4")


# --- a few pictures here and there ---


def test_spots_start_at_key_frames_and_no_picture_comes_twice(tmp_path):
    path = write_clip(tmp_path / "long.mp4", frames=26, gop=12)
    spots = list(read_spots(path, [0.45, 0.84], count=2))
    # Where exactly the key frames lie is up to the encoder.
    starts = [spot[0].index for spot in spots]
    assert 13 - 12 < starts[0] <= 13 < starts[1] <= 25
    assert [[p.index for p in spot] for spot in spots] == [[start, start + 1] for start in starts]
    assert [level(p.rgb()) for spot in spots for p in spot] == [p.index for spot in spots for p in spot]
    close = [p.index for spot in read_spots(path, [0.41, 0.42, 0.45, 0.84], count=3) for p in spot]
    assert close == sorted(set(close))
    assert len(close) >= 8  # three each, as far as there are pictures left


def test_spots_go_on_between_key_frames_where_there_are_few(tmp_path):
    path = write_clip(tmp_path / "few.mp4", frames=26, gop=300)
    assert [spot[0].index for spot in read_spots(path, [0.1, 0.4, 0.8])] == [0, 12, 24]
    assert [spot[0].index for spot in read_spots(path, [0.1, 0.4], patience=5)] == [0, 6]


@pytest.mark.parametrize(("rotation", "hflip"), [(None, False), (90, False), (180, False), (-90, False), (0, True)])
def test_brightness_alone_stands_as_the_picture_does(tmp_path, rotation, hflip):
    path = write_clip(tmp_path / "turned.mp4", frames=3, rotation=rotation, hflip=hflip)
    one = next(iter(read_pictures(path)))
    grey = one.rgb() @ (0.299, 0.587, 0.114)
    assert one.grey().shape == grey.shape
    assert np.abs(one.grey() - grey).mean() < 2.5
