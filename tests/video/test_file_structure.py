"""A file that was cut off says so by its structure; one that only hides frames does not."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from gait.errors import InputError
from gait.video import probe, read_frames
from gait.video.file_structure import cut_part
from tests.conftest import write_clip, write_sound
from tests.video.test_stream_clock import write_regular

_FRAGMENTS = {"container_options": {"movflags": "frag_keyframe+empty_moov"}}
_INDEX_FIRST = {"container_options": {"movflags": "faststart"}}


def cut(path: Path, share: float) -> Path:
    content = path.read_bytes()
    short = path.with_stem(path.stem + "_cut")
    short.write_bytes(content[: int(len(content) * share)])
    return short


@pytest.mark.parametrize(
    ("name", "options", "part"),
    [
        ("a.mp4", _INDEX_FIRST, "mdat"),
        ("b.mov", _INDEX_FIRST, "mdat"),
        ("c.avi", {}, "RIFF"),
        ("d.mkv", {}, "Segment"),
        ("e.webm", {"codec": "libvpx"}, "Segment"),
    ],
)
@pytest.mark.parametrize("share", [0.8, 0.9])
def test_a_file_that_is_cut_off_says_so(tmp_path: Path, name: str, options: dict, part: str, share: float) -> None:
    whole = write_regular(tmp_path / name, **options)
    assert cut_part(whole) is None
    assert probe(whole).warnings == ()
    short = cut(whole, share)
    assert cut_part(short) == part
    assert any(text.startswith("the file is cut off: ") for text in probe(short).warnings)
    assert 5 < len(list(read_frames(short))) < 60


@pytest.mark.parametrize("share", [0.5, 0.62, 0.7, 0.81, 0.9])
def test_a_fragmented_file_that_is_cut_off_gives_its_whole_fragments(tmp_path: Path, share: float) -> None:
    short = cut(write_regular(tmp_path / "whole.mp4", **_FRAGMENTS), share)
    assert len(list(read_frames(short))) >= 12
    assert any("cut off" in text for text in probe(short).warnings)


def test_what_a_phone_appends_is_no_missing_part(tmp_path: Path) -> None:
    whole = write_regular(tmp_path / "whole.mp4")
    for tail in (b"\0" * 100, b"\x7f\xff\xff\xffSEFT" + bytes(20), b"MotionPhoto_Data"):
        path = tmp_path / "tail.mp4"
        path.write_bytes(whole.read_bytes() + tail)
        assert probe(path).warnings == ()
        assert len(list(read_frames(path))) == 60


def test_a_file_without_length_or_index_is_whole(tmp_path: Path) -> None:
    for name, options in (("live.mkv", {"live": "1"}), ("live.webm", {"live": "1"})):
        codec = "libvpx" if name.endswith("webm") else "libx264"
        path = write_regular(tmp_path / name, codec=codec, container_options=options)
        assert probe(path).warnings == ()
        assert len(list(read_frames(path))) == 60


def test_a_trimmed_file_is_whole(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "trimmed.mp4", b_frames=0, gop=24)
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 12
    length, media_time = struct.unpack(">Ii", data[at : at + 8])
    data[at : at + 8] = struct.pack(">Ii", length // 4, media_time)  # only the first quarter is shown
    path.write_bytes(data)
    assert probe(path).warnings == ()


def bomb(tmp_path: Path, kind: str) -> Path:
    """Make a small file that claims hundreds of millions of frames."""
    options = _FRAGMENTS if kind == "trun" else _INDEX_FIRST
    path = write_regular(tmp_path / f"{kind}.mp4", **options)
    data = bytearray(path.read_bytes())
    at = data.index(kind.encode()) + 4
    if kind == "trun":
        data[at : at + 8] = struct.pack(">II", 0, 400_000_000)
    else:
        data[at + 4 : at + 12] = struct.pack(">II", 1, 400_000_000)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["stsz", "trun"])
def test_a_small_file_that_claims_millions_of_frames_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InputError, match="claims more than 10000000 frames"):
        probe(bomb(tmp_path, kind))


def test_sound_has_millions_of_samples(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds only sound"):
        probe(write_sound(tmp_path / "sound.mov", seconds=2))


@pytest.mark.parametrize(("box", "at", "value"), [("mdhd", 16, 1), ("mdhd", 16, 2**32 - 1)])
def test_impossible_rates_are_refused(tmp_path: Path, box: str, at: int, value: int) -> None:
    path = write_regular(tmp_path / "times.mp4", **_INDEX_FIRST)
    data = bytearray(path.read_bytes())
    place = data.index(box.encode()) + at
    data[place : place + 4] = struct.pack(">I", value)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"which no camera films \(0\.1 to 5000\)"):
        probe(path)
