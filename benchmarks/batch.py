"""How long `gait batch` takes for 24 short clips, compared with single runs and with the best that the cores allow.

    python -m benchmarks.batch [FOLDER]

The clips are pieces of the sample videos, copied without encoding again: good ones from all sides, broken ones, one
without a person, copies, names with spaces and letters of many scripts.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import av

SAMPLES = Path(__file__).parents[1] / "sample_videos"
PIECE_S = 4.0
#: Name → (view of the sample, start of the piece in s).
GOOD = {
    **{f"Anna Berg/monday_{view}": (view, 0.0) for view in ("side", "rear", "front")},
    **{f"Zoë/Lauf 2 {view}": (view, 1.0) for view in ("side", "rear")},
    **{f"山田 太郎/走り-{view}": (view, 2.0) for view in ("side", "front")},
    **{f"Йована/бег {n} side": ("side", 3.0 + n) for n in range(4)},
    **{f"हिन्दी/दौड़_{view}": (view, 4.0) for view in ("rear", "front")},
    **{f"x & y #{n}%/run (1)_rear": ("rear", 5.0 + n) for n in range(3)},
    **{f"solo {n}": ("side", 7.0 + n) for n in range(2)},
}
COPIES = {"copy of monday": "Anna Berg/monday_side", "Kopie": "solo 0"}


def copy_piece(source: Path, target: Path, start: float, seconds: float) -> None:
    """Copy a piece of a video without encoding it again.

    Parameters
    ----------
    source, target : Path
    start : float
        The piece begins at the first key frame at or after this time, s.
    seconds : float
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(source)) as before, av.open(str(target), "w") as after:
        video: Any = before.streams.video[0]
        stream = after.add_stream_from_template(video)
        first: int | None = None
        for packet in before.demux(video):
            if packet.dts is None or float(packet.pts * video.time_base) < start:
                continue
            if first is None:
                if not packet.is_keyframe:
                    continue
                first = packet.pts
            if float((packet.pts - first) * video.time_base) >= seconds:
                continue
            packet.pts, packet.dts, packet.stream = packet.pts - first, packet.dts - first, stream
            after.mux(packet)


def make_clips(folder: Path) -> list[Path]:
    """Make the 24 clips.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of Path
        All clips.
    """
    for name, (view, start) in GOOD.items():
        copy_piece(SAMPLES / f"treadmill_{view}.mp4", folder / f"{name}.mp4", start, PIECE_S)
    for copy, original in COPIES.items():
        (folder / f"{copy}.mp4").write_bytes((folder / f"{original}.mp4").read_bytes())
    whole = (folder / "solo 0.mp4").read_bytes()
    (folder / "cut off.mp4").write_bytes(whole[: len(whole) // 20])
    (folder / "no video at all.mp4").write_text("not a video", encoding="utf-8")
    (folder / "empty file.mp4").touch()
    write_wall(folder / "nobody there.mp4")
    return sorted(folder.rglob("*.mp4"))


def write_wall(path: Path) -> None:
    """Write two seconds of a grey wall.

    Parameters
    ----------
    path : Path
    """
    import numpy as np

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for n in range(60):
            image = np.full((480, 640, 3), 90 + n % 3, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))


def time_gait(*arguments: object) -> tuple[float, float, int]:
    """Run gait and time it.

    Parameters
    ----------
    *arguments : object
        Arguments of the command line.

    Returns
    -------
    wall, cpu : float
        Wall time, and processor time of all its processes, s.
    code : int
        Exit code.
    """
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    command = [sys.executable, "-m", "gait", *map(str, arguments)]
    code = subprocess.run(command, capture_output=True, check=False).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return perf_counter() - begun, cpu, code


def main() -> None:
    """Measure and print the comparison as JSON."""
    scratch = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="gait-batch-"))
    clips = make_clips(scratch / "clips")
    cores = len(os.sched_getaffinity(0))
    wall, cpu, code = time_gait(
        "batch", scratch / "clips", "-o", scratch / "out", "--height", 176, "--no-video", "--quiet"
    )
    again = time_gait("batch", scratch / "clips", "-o", scratch / "out", "--height", 176, "--no-video", "--quiet")
    singles = [
        time_gait("analyze", path, "-o", scratch / "single" / str(n), "--height", 176, "--no-video", "--quiet")
        for n, path in enumerate(clips)
    ]
    result = {
        "clips": len(clips),
        "cores": cores,
        "load_before": os.getloadavg()[2],
        "batch_wall_s": wall,
        "batch_cpu_s": cpu,
        "batch_code": code,
        "again_wall_s": again[0],
        "single_runs_wall_s": sum(s[0] for s in singles),
        "single_runs_cpu_s": sum(s[1] for s in singles),
        "bound_s": cpu / cores,
        "share_of_bound": cpu / cores / wall,
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
