"""Files that open others, too large pictures, and codings that unpack without end are refused from their headers."""

from __future__ import annotations

import struct
import sys
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from gait.errors import InputError
from gait.video import frame_at, probe, read_frames
from tests.conftest import level, picture, write_clip


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(10_000)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes([1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
    return bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\xff\xc0" + frame + b"\xff\xd9"


def wrap(path: Path, picture_data: bytes, codec: str) -> Path:
    """Put ready-coded pictures into a file whose own header says 64 × 48."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=30)
        stream.width, stream.height = 64, 48
        stream.pix_fmt = {"png": "rgb24", "mjpeg": "yuvj420p"}[codec]
        container.start_encoding()
        for number in range(5):
            packet = av.Packet(picture_data)
            packet.stream, packet.time_base = stream, Fraction(1, 30)
            packet.pts = packet.dts = number
            container.mux(packet)
    return path


def peak_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


@pytest.mark.parametrize(
    ("name", "codec", "content"),
    [
        ("png.mov", "png", png(30_000, 30_000)),
        ("png.avi", "png", png(30_000, 30_000)),
        ("jpeg.mov", "mjpeg", jpeg(65_000, 65_000)),
        ("jpeg.avi", "mjpeg", jpeg(65_000, 50_000)),
        ("jpeg.mkv", "mjpeg", jpeg(40_000, 65_000)),
    ],
)
def test_a_picture_above_the_limit_is_refused_from_its_header(
    tmp_path: Path, name: str, codec: str, content: bytes
) -> None:
    path = wrap(tmp_path / name, content, codec)
    before = peak_mb()
    with pytest.raises(InputError, match=r"more than 64 megapixels") as caught:
        probe(path)
    assert caught.value.code == "picture_too_large"
    assert peak_mb() - before < 100


def test_a_gif_above_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.gif"
    screen = struct.pack("<HHBBB", 65_535, 65_535, 0xF0, 0, 0) + bytes(6)
    image = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02\x44\x01\x00"
    path.write_bytes(b"GIF89a" + screen + image * 3 + b"\x3b")
    with pytest.raises(InputError, match="65535 × 65535 pixels, more than 64 megapixels"):
        probe(path)


def test_notes_that_unpack_to_gigabytes_are_not_unpacked(tmp_path: Path) -> None:
    note = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(300_000_000), 9))
    path = wrap(tmp_path / "note.mov", png(64, 48, note), "png")
    before = peak_mb()
    with pytest.raises(InputError, match=r"its coding \(png\) is not one that gait reads"):
        probe(path)
    assert peak_mb() - before < 100


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile 'clip.mp4'\n",
        "file 'clip.mp4'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.mp4\n#EXT-X-ENDLIST\n",
        "\ufeff#EXTM3U\n#EXTINF:1,\nclip.mp4\n",
        '<?xml version="1.0"?>\n<MPD><Period><BaseURL>clip.mp4</BaseURL></Period></MPD>\n',
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "[playlist]\nFile1=clip.mp4\nNumberOfEntries=1\n",
        "<SmoothStreamingMedia></SmoothStreamingMedia>\n",
        "clip.mp4\n",
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".ts", ".m3u8", ".mpd", ".sdp", ".mov"])
def test_a_play_list_opens_no_other_file(tmp_path: Path, clip: Path, text: str, suffix: str) -> None:
    (tmp_path / "clip.mp4").write_bytes(clip.read_bytes())
    path = tmp_path / f"list{suffix}"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"is not a video"):
        probe(path)


@pytest.mark.parametrize(
    "name",
    [
        "subfile,,start,0,end,0,,:clip.mp4",
        "concat:clip.mp4|clip.mp4",
        "crypto:clip.mp4",
        "pipe:0",
        "http:clip.mp4",
        "cache:x",
    ],
)
def test_names_that_look_like_protocols_are_names(tmp_path: Path, clip: Path, name: str, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("clip.mp4").write_bytes(clip.read_bytes())
    with pytest.raises(InputError, match="no such file"):
        probe(name)
    Path(name).write_bytes(clip.read_bytes())
    assert probe(name).frames == 24


@pytest.mark.parametrize("name", ["frame_%03d.png", "frame_*.png"])
def test_a_row_of_pictures_is_refused(tmp_path: Path, name: str) -> None:
    for number in range(3):
        (tmp_path / f"frame_{number:03d}.png").write_bytes(png(64, 48))
    with pytest.raises(InputError, match="no such file"):
        probe(tmp_path / name)
    (tmp_path / name).write_bytes(png(64, 48))
    with pytest.raises(InputError, match="still image"):
        probe(tmp_path / name)


def test_of_several_video_streams_the_largest_is_used_and_told(tmp_path: Path) -> None:
    path = tmp_path / "two.mp4"
    sizes = ((32, 24), (64, 48))
    with av.open(str(path), "w") as container:
        streams: list[Any] = []
        for size in sizes:
            stream: Any = container.add_stream("libx264", rate=30)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            streams.append(stream)
        for index in range(20):
            for stream, size in zip(streams, sizes, strict=True):
                frame = av.VideoFrame.from_ndarray(picture(index, *size), format="rgb24").reformat(format="yuv420p")
                frame.pts, frame.time_base = index, Fraction(1, 30)
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    meta = probe(path)
    assert (meta.width, meta.height, meta.frames) == (64, 48, 20)
    assert meta.warnings == ("the file holds 2 video streams; the one of 64 × 48 is used",)
    assert [level(frame.image) for frame in read_frames(path)] == list(range(20))


@pytest.mark.parametrize("codec", ["mpeg4", "libx264", "libx265", "libvpx", "libvpx-vp9", "prores_ks", "mjpeg", "ffv1"])
def test_ordinary_codings_are_read(tmp_path: Path, codec: str) -> None:
    pix_fmt = {"prores_ks": "yuv422p10le", "mjpeg": "yuvj420p"}.get(codec, "yuv420p")
    suffix = "mov" if codec == "prores_ks" else "mkv"
    path = write_clip(tmp_path / f"clip.{suffix}", codec=codec, pix_fmt=pix_fmt, frames=12)
    assert probe(path).warnings == ()
    assert level(frame_at(path, 0.2).image) == 6
