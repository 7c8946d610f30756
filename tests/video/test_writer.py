"""Written videos play anywhere, keep their times, and are whole or not there."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from gait.errors import InputError
from gait.owned_files import FILES_LIST, owned_write
from gait.video import (
    VideoWriter,
    probe,
    read_frames,
)
from tests.conftest import level, picture, red_corner


def times_of(path: Path, **span: float) -> list[float]:
    return [frame.time_s for frame in read_frames(path, **span)]


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
def test_a_frame_stored_turned_is_upright_here_and_in_players(tmp_path, rotation):
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
    with owned_write(path) as temporary:
        temporary.write_text("old")

    def interrupted(frames: int) -> None:
        with VideoWriter(path, width=64, height=48, fps=30) as writer:
            for index in range(frames):
                writer.write(picture(index))
            raise error

    for frames in (0, 1, 20):
        with pytest.raises(error):
            interrupted(frames)
        assert {file.name for file in tmp_path.iterdir()} == {"out.mp4", FILES_LIST}
        assert path.read_text() == "old"


def test_a_video_of_somebody_else_is_not_written_over(tmp_path):
    path = tmp_path / "out.mp4"
    path.write_text("my clip")
    with pytest.raises(InputError, match="was not written by gait and is not written over"):
        write(path)
    assert path.read_text() == "my clip"
    assert [file.name for file in tmp_path.iterdir()] == ["out.mp4"]


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
