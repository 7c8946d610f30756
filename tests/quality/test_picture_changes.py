"""Pictures that do not follow each other as a camera takes them, made from a small moving figure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gait.pose.appearance.seen_frames import SMALL_PX, SeenFrames, small_picture
from gait.pose.picture_stretch import PictureStretch
from gait.quality import picture_changes
from gait.quality.picture_changes import find_picture_changes, read_pictures_ahead
from gait.video import DecodedFrame, VideoWriter, read_decoded_frames

FPS = 30.0
#: Pictures of the ordinary clip: five seconds.
COUNT = 150
Pictures = NDArray[np.uint8]


def scenery(seed: int) -> NDArray[np.floating]:
    """Draw a room: a smooth random picture."""
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(40, 200, (9, 12))
    return np.kron(coarse, np.ones((16, 16)))


@cache
def run(count: int = COUNT, *, seed: int = 0, noise: float = 1.0) -> Pictures:
    """Draw legs that swing like a runner's, no stride quite like another, before a room."""
    rng = np.random.default_rng(seed + 100)
    room = scenery(seed)
    height, width = room.shape
    rows = np.arange(height)[:, None]
    columns = np.arange(width)[None, :]
    pictures = []
    phase, lift = 0.0, np.cumsum(rng.normal(0, 0.35, count))
    for number in range(count):
        phase += 2 * np.pi * 1.37 / FPS * (1 + 0.04 * np.sin(number / 17))
        picture = room.copy()
        for side, level in ((0.0, 15.0), (np.pi, 235.0)):
            x = width / 2 + 34 * np.sin(phase + side) + 3 * np.sin(2 * phase) + lift[number]
            y = height * 0.62 + 16 * np.cos(phase + side + 0.6)
            picture[(np.abs(columns - x) < 9) & (np.abs(rows - y) < 26)] = level
        pictures.append(picture + rng.normal(0, noise, picture.shape))
    return np.clip(np.rint(pictures), 0, 255).astype(np.uint8)


def examined(monkeypatch: pytest.MonkeyPatch, pictures: Pictures | Sequence[NDArray[np.uint8]]) -> PictureStretch:
    """Find the changes of pictures without writing them to a file."""
    grey = np.stack([_small(picture) for picture in pictures])
    times = np.arange(len(grey)) / FPS
    monkeypatch.setattr(
        picture_changes,
        "read_small_pictures",
        lambda path, start=None, end=None, seen=None: iter([picture_changes.SmallPictures(times, grey)]),
    )
    return find_picture_changes("clip.mp4")


def _small(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    factor = SMALL_PX / min(picture.shape)
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def kinds(stretch: PictureStretch) -> set[str]:
    return {fault.kind for fault in stretch.faults}


def anew(pictures: Pictures, seed: int = 1) -> Pictures:
    """Code pictures anew, roughly: each gets noise of its own."""
    rng = np.random.default_rng(seed)
    return np.clip(pictures + rng.normal(0, 1.0, pictures.shape), 0, 255).astype(np.uint8)


def flash(pictures: Pictures) -> Pictures:
    lit = pictures.copy()
    lit[70:72] = np.clip(lit[70:72] * 1.5 + 60, 0, 255)
    return lit


def white(pictures: Pictures) -> Pictures:
    lit = pictures.copy()
    lit[70] = 250
    return lit


def brighter(pictures: Pictures) -> Pictures:
    gain = 0.8 + 0.4 / (1 + np.exp(-(np.arange(len(pictures)) - 75) / 4))
    return np.clip(pictures * gain[:, None, None], 0, 255).astype(np.uint8)


def step_in_light(pictures: Pictures) -> Pictures:
    return np.concatenate([(pictures[:75] * 0.7).astype(np.uint8), pictures[75:]])


def passer_by(pictures: Pictures) -> Pictures:
    crossed = pictures.copy()
    texture = scenery(9).astype(np.uint8)
    for number in range(len(crossed)):
        left = int(-70 + 3.2 * (number - 30))
        low, high = max(left, 0), min(max(left + 60, 0), crossed.shape[2])
        if low >= high:
            continue
        crossed[number, 10:, low:high] = texture[10:, low - left : high - left] // 2
    return crossed


def shaken(pictures: Pictures) -> Pictures:
    rng = np.random.default_rng(3)
    shift = np.rint(np.cumsum(rng.normal(0, 0.4, (len(pictures), 2)), axis=0)).astype(int)
    return np.stack([np.roll(picture, tuple(by), (0, 1)) for picture, by in zip(pictures, shift, strict=True)])


def with_clock(pictures: Pictures) -> Pictures:
    rng = np.random.default_rng(5)
    shown = pictures.copy()
    for picture in shown:
        picture[2:8, 4:16] = rng.choice([0, 255], (6, 12))
    return shown


def without_one(pictures: Pictures) -> Pictures:
    return np.delete(pictures, 80, axis=0)


@pytest.mark.parametrize(
    "change",
    [lambda p: p, anew, flash, white, brighter, step_in_light, passer_by, shaken, with_clock, without_one],
    ids=["as filmed", "coded anew", "flash", "white", "brighter", "light", "passer-by", "shaken", "clock", "one lost"],
)
def test_ordinary_pictures_have_no_fault(monkeypatch: pytest.MonkeyPatch, change: object) -> None:
    stretch = examined(monkeypatch, change(run()))  # type: ignore[operator]
    assert stretch.faults == ()
    assert stretch.whole
    assert stretch.repeated_share == 0


@pytest.mark.parametrize("clock", [False, True])
@pytest.mark.parametrize(("at", "frames"), [(0, 30), (60, 60), (60, 15), (149, 45)])
def test_a_frozen_picture_is_cut_out(monkeypatch: pytest.MonkeyPatch, at: int, frames: int, clock: bool) -> None:
    moving = run()
    pictures = anew(np.concatenate([moving[:at], np.repeat(moving[at : at + 1], frames, axis=0), moving[at:]]))
    stretch = examined(monkeypatch, with_clock(pictures) if clock else pictures)
    assert kinds(stretch) == {"still"}
    (fault,) = stretch.faults
    assert fault.start_s == pytest.approx(at / FPS, abs=0.1)
    assert fault.end_s == pytest.approx((at + frames) / FPS, abs=0.1)
    assert not stretch.whole
    assert stretch.duration_s == pytest.approx(max(at, COUNT - at) / FPS, abs=0.15)
    assert "nothing moves" in str(stretch.notice)


def test_pictures_that_never_move_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stretch = examined(monkeypatch, anew(np.repeat(run(1), 60, axis=0)))
    assert kinds(stretch) == {"still"}
    assert stretch.duration_s == 0


@pytest.mark.parametrize(
    ("shown", "share"),
    [([0, 0], 0.5), ([0, 0, 0, 1, 1], 0.6), ([0, 1, 2, 3, 4, 4], 1 / 6), ([0, 1, 2, 3, 3], 0.2)],
    ids=["30 as 60", "24 as 60", "25 as 30", "24 as 30"],
)
def test_doubled_pictures_are_counted(monkeypatch: pytest.MonkeyPatch, shown: list[int], share: float) -> None:
    moving, times = run(), len(set(shown))
    numbers = [times * group + one for group in range(COUNT // times) for one in shown]
    stretch = examined(monkeypatch, anew(moving[numbers]))
    assert stretch.faults == ()
    assert stretch.repeated_share == pytest.approx(share, abs=0.03)
    assert f"{60 * (1 - share):.0f} pictures a second, not 60" in str(stretch.repeated_notice(60.0))


def test_a_boomerang_is_measured_forwards_only(monkeypatch: pytest.MonkeyPatch) -> None:
    moving = run(90)
    stretch = examined(monkeypatch, anew(np.concatenate([moving, moving[::-1]])))
    assert kinds(stretch) == {"reversed"}
    assert (stretch.start_s, stretch.end_s) == pytest.approx((0, 3), abs=0.15)


def test_a_loop_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    moving = run(75)
    stretch = examined(monkeypatch, anew(np.concatenate([moving, moving, moving])))
    assert "repeated" in kinds(stretch)
    assert (stretch.start_s, stretch.end_s) == pytest.approx((0, 2.5), abs=0.15)


def test_two_clips_in_one_file_are_not_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    stretch = examined(monkeypatch, np.concatenate([run(60), run(100, seed=4)]))
    assert kinds(stretch) == {"cut"}
    assert stretch.faults[0].start_s == pytest.approx(2.0)
    assert (stretch.start_s, stretch.end_s) == pytest.approx((2.0, 160 / FPS), abs=0.05)


@pytest.mark.parametrize("frames", [9, 18, 30])
def test_a_cross_fade_is_cut_out(monkeypatch: pytest.MonkeyPatch, frames: int) -> None:
    before, after = run(90).astype(float), run(90, seed=4).astype(float)
    share = np.linspace(0, 1, frames)[:, None, None]
    mixed = (1 - share) * before[-frames:] + share * after[:frames]
    pictures = np.concatenate([before[:-frames], mixed, after[frames:]]).astype(np.uint8)
    stretch = examined(monkeypatch, pictures)
    assert kinds(stretch) == {"fade"}
    assert stretch.duration_s < 3.0


def test_black_between_two_clips_is_cut_out(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = np.concatenate([run(90), np.full((10, 144, 192), 3, np.uint8), run(60, seed=4)])
    stretch = examined(monkeypatch, pictures)
    assert kinds(stretch) == {"blank"}
    assert stretch.end_s == pytest.approx(3.0, abs=0.05)


def test_a_file_is_read_as_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "doubled.mp4"
    with VideoWriter(path, width=192, height=144, fps=60) as writer:
        for picture in np.repeat(run(60), 2, axis=0):
            writer.write(np.repeat(picture[..., None], 3, axis=2))
    stretch = find_picture_changes(path)
    assert stretch.whole
    assert stretch.repeated_share == pytest.approx(0.5, abs=0.03)
    assert min(small_picture(next(read_decoded_frames(path))).shape) == SMALL_PX


def test_long_videos_go_in_pieces_with_the_same_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moving = run(90)
    path = tmp_path / "frozen.mp4"
    with VideoWriter(path, width=192, height=144, fps=30) as writer:
        for picture in np.concatenate([moving, np.repeat(moving[-1:], 30, axis=0), run(70, seed=4)]):
            writer.write(np.repeat(picture[..., None], 3, axis=2))
    whole = find_picture_changes(path)
    monkeypatch.setattr(picture_changes, "PIECE_PICTURES", 80)
    monkeypatch.setattr(picture_changes, "OVERLAP_PICTURES", 40)
    pieces = find_picture_changes(path)
    assert kinds(pieces) == kinds(whole) == {"still", "cut"}
    assert (pieces.start_s, pieces.end_s) == pytest.approx((whole.start_s, whole.end_s), abs=0.1)


def numbers_of_read_frames(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Return a set that fills with the numbers of the frames that are read from now on."""
    read: set[int] = set()
    shrink = picture_changes.small_picture

    def noted(frame: DecodedFrame) -> NDArray[np.uint8]:
        read.add(frame.index)
        return shrink(frame)

    monkeypatch.setattr(picture_changes, "small_picture", noted)
    return read


def test_a_few_windows_and_key_frames_find_a_cut_between_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cut.mp4"
    with VideoWriter(path, width=192, height=144, fps=30) as writer:
        for picture in np.concatenate([run(200), run(200, seed=4)]):
            writer.write(np.repeat(picture[..., None], 3, axis=2))
    whole = find_picture_changes(path)
    read = numbers_of_read_frames(monkeypatch)
    part = find_picture_changes(path, windows=[(0.0, 1.0), (12.0, 13.0)])
    assert kinds(part) == kinds(whole) == {"cut"}
    assert part.faults[0].start_s == whole.faults[0].start_s
    assert len(read) < 350


@pytest.fixture(scope="module")
def faulty_minute(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a minute that is frozen from 14 to 16 s, and plays backwards from 40 to 42.5 s before it goes on."""
    path = tmp_path_factory.mktemp("minute") / "minute.mp4"
    moving = run(1725)
    frozen = np.repeat(moving[420:421], 60, axis=0)
    pictures = [moving[:420], frozen, moving[480:1200], moving[1125:1200][::-1], moving[1125:]]
    with VideoWriter(path, width=192, height=144, fps=FPS) as writer:
        for picture in np.concatenate(pictures):
            writer.write(np.repeat(picture[..., None], 3, axis=2))
    return path


def test_the_sizes_of_coded_frames_point_to_faults_between_the_windows(
    faulty_minute: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = numbers_of_read_frames(monkeypatch)
    stretch = find_picture_changes(faulty_minute, windows=[(5.0, 7.0), (28.0, 30.0), (53.0, 55.0)])
    assert kinds(stretch) == {"still", "reversed"}
    still = next(fault for fault in stretch.faults if fault.kind == "still")
    assert (still.start_s, still.end_s) == pytest.approx((14.0, 16.0), abs=0.1)
    first = min(fault.start_s for fault in stretch.faults if fault.kind == "reversed")
    assert first == pytest.approx(40.0, abs=0.1)
    assert (stretch.start_s, stretch.end_s) == pytest.approx((16.0, 40.0), abs=0.2)
    assert len(read) < 1000


def test_faults_inside_the_windows_are_all_found(faulty_minute: Path) -> None:
    stretch = find_picture_changes(faulty_minute, windows=[(12.0, 18.0), (36.0, 44.0)], moments=0)
    assert kinds(stretch) == {"still", "reversed"}


def test_a_window_in_which_nothing_moves_is_still(faulty_minute: Path) -> None:
    stretch = find_picture_changes(faulty_minute, windows=[(2.0, 5.0), (14.2, 15.8)], moments=0)
    assert "still" in kinds(stretch)


def test_nothing_is_suspect_in_a_film_without_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "fine.mp4"
    with VideoWriter(path, width=192, height=144, fps=FPS) as writer:
        for picture in run(600):
            writer.write(np.repeat(picture[..., None], 3, axis=2))
    stretch = find_picture_changes(path, windows=[(3.0, 5.0), (14.0, 16.0)])
    assert stretch.whole
    assert not stretch.faults


def test_pictures_that_were_read_ahead_are_not_read_again(faulty_minute: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    windows = [(5.0, 7.0), (28.0, 30.0), (53.0, 55.0)]
    expected = find_picture_changes(faulty_minute, windows=windows)
    with SeenFrames() as seen:
        read_pictures_ahead(faulty_minute, seen, windows=windows)
        read = numbers_of_read_frames(monkeypatch)
        assert find_picture_changes(faulty_minute, windows=windows, seen=seen) == expected
    assert len(read) < 300  # around the moments at which it was seen to turn back
