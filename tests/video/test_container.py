"""A file that is no video gets one line that names the fault; a damaged one gives what can be read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from gait.errors import InputError
from gait.video import (
    frame_at,
    probe,
    read_frames,
)
from tests.conftest import level, picture, write_clip, write_sound


def test_awkward_names_are_only_names(tmp_path, clip):
    for name in ("a:b.mp4", "läuft 100%.mp4", "concat:x.mp4", "run#1?.mp4"):
        path = Path(shutil.copy(clip, tmp_path / name))
        assert probe(path).frames == 24


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
    ("fault", "message"),
    [
        ("missing", "no such file"),
        ("folder", "is a folder"),
        ("empty", "is empty"),
        ("text", "is not a video"),
        ("playlist", "is not a video"),
        ("noise", "is not a video"),
        ("index", "cut off"),
        ("sound", "only sound"),
        ("photo", "still image"),
        ("under file", "no such file"),
    ],
)
@pytest.mark.parametrize("call", [probe, lambda path: list(read_frames(path)), lambda path: frame_at(path, 0)])
def test_a_file_that_is_no_video_gets_one_line(broken, capfd, fault, message, call):
    with pytest.raises(InputError, match=message) as caught:
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


def test_a_video_cut_short_gives_what_is_there_and_a_warning(tmp_path, capfd):
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
