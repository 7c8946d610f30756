"""What a video file may ask for: pictures, frames, times, and the kinds of files and coding that are read.

The limits are far above what cameras write and far below what a small file can claim: a few hundred bytes can state a
picture of four thousand megapixels, or two thousand million frames.
"""

from __future__ import annotations

#: Largest picture, pixels. A phone takes 8 (4K) or 33 (8K) in a video. [E]
MAX_PIXELS = 64_000_000
#: From this size on, one frame is decoded at a time: each further one would take as much memory again. [E]
MANY_PIXELS = 20_000_000
#: Most frames: 11 hours at 240 frames/s. [E]
MAX_FRAMES = 10_000_000
#: Longest video, s. [E]
MAX_DURATION_S = 12 * 3600.0
#: Highest playback rate, frames/s; the fastest cameras that write videos reach 1000 to 2000. [E]
MAX_FPS = 5000.0
#: Lowest, frames/s; a time lapse takes one picture in a few seconds, and plays them faster. [E]
MIN_FPS = 0.1

#: Kinds of files that are read (names of libavformat). Left out are those that open other files (concat, hls, dash,
#: sdp, imf, image2), devices, bare pictures and text. Only these are ever opened, so a play list posing as ``.mp4`` is
#: not.
CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "avi",
    "mpegts",
    "mpeg",
    "flv",
    "asf",
    "ogg",
    "mxf",
    "nut",
    "dv",
    "gif",
    "rm",
    "h264",
    "hevc",
    "mpegvideo",
    "m4v",
    "ivf",
    "obu",
    "av1",
)
#: Bare streams: pictures one after another, without times and without an index.
BARE_STREAMS = frozenset({"h264", "hevc", "mpegvideo", "m4v", "obu", "av1"})

#: Codings that are read (names of libavcodec's decoders): those of cameras, phones and video editors. Left out are
#: those of single pictures, such as PNG, whose notes and colour tables may unpack to a thousand times their size.
CODINGS = frozenset(
    {
        "h264",
        "hevc",
        "vvc",
        "av1",
        "libdav1d",
        "libaom-av1",
        "vp6",
        "vp6f",
        "vp8",
        "vp9",
        "libvpx",
        "libvpx-vp9",
        "mpeg4",
        "mpeg2video",
        "mpeg1video",
        "mpegvideo",
        "h261",
        "h263",
        "h263i",
        "h263p",
        "flv",
        "mjpeg",
        "mjpegb",
        "amv",
        "prores",
        "dnxhd",
        "dvvideo",
        "cfhd",
        "wmv1",
        "wmv2",
        "wmv3",
        "wmv3image",
        "vc1",
        "vc1image",
        "msmpeg4v1",
        "msmpeg4v2",
        "msmpeg4",
        "svq1",
        "svq3",
        "theora",
        "rv10",
        "rv20",
        "rv30",
        "rv40",
        "huffyuv",
        "ffvhuff",
        "ffv1",
        "utvideo",
        "magicyuv",
        "rawvideo",
        "v210",
        "gif",
        "qtrle",
        "rpza",
        "cinepak",
        "indeo3",
        "indeo4",
        "indeo5",
        "hap",
    }
)


def codec_whitelist() -> str:
    """Return the codings that may be decoded, as libavformat takes them.

    Returns
    -------
    str
    """
    return ",".join(sorted(CODINGS))


def format_whitelist() -> str:
    """Return the kinds of files that may be opened, as libavformat takes them.

    Returns
    -------
    str
    """
    return ",".join(CONTAINERS)


def pixel_limit_text() -> str:
    """Return the largest picture as words for a message.

    Returns
    -------
    str
    """
    return f"{MAX_PIXELS / 1e6:.0f} megapixels"
