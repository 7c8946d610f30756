"""Measure speed, memory and start-up, and write docs/benchmarks.md, docs/benchmarks.json and a figure.

``python -m benchmarks.bench [--quick]``; ``make bench`` does the same. Every measurement runs in a fresh process.
Measurements that are compared take turns in several rounds, and the best round counts, so that other load on the
machine affects all of them alike. Films are made once and kept (`benchmarks.films`).
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.benchmarks_page import AGAIN_S, IMPORTS, benchmarks_page, quick_table
from benchmarks.cost_figure import save_cost_figure
from benchmarks.engine_speed import BARE, BASELINE, BOUND, measure, speeds, usable_cores
from benchmarks.long_runs import moving_video, stride_pixels, write_checkpoints
from benchmarks.processes import ROOT, cheapest
from benchmarks.whole_runs import (
    FULL_HD,
    FULL_RUNS,
    HD,
    QUICK_RUNS,
    analyze,
    every_frame_option,
    make_film,
    time_annotated_video,
    time_batch,
    time_check,
    time_whole_runs,
)

#: Length of the films on which the engine alone is timed, s.
ENGINE_FILM_S = 13.0
#: Lengths of the simulated runs whose memory is measured, minutes.
SIMULATED_MIN = (1.0, 60.0)
#: Clips of a batch, their length in s, and how many of them are analysed with every frame too.
BATCH_CLIPS, BATCH_S, BATCH_EVERY_FRAME = 24, 30.0, 4
FIGURE = "images/benchmark_cost.svg"

Result = dict[str, Any]


def start_up(rounds: int) -> dict[str, float]:
    """Measure how long imports, commands and engines take to start.

    Parameters
    ----------
    rounds : int

    Returns
    -------
    dict
        What starts → s; the best of several rounds.
    """
    commands = {
        "python -c pass": ["-c", "pass"],
        "import gait": ["-c", "import gait"],
        "gait --help": ["-m", "gait", "--help"],
        IMPORTS: ["-c", "import gait.session, gait.report.html_page"],
        "start the engine litert": [
            "-c",
            "from gait.pose.engines.engine_registry import make_engine\nwith make_engine('litert', workers=2): pass",
        ],
        "start the engine mediapipe": [
            "-c",
            "from gait.pose.engines.engine_registry import make_engine\nwith make_engine('mediapipe', workers=2): pass",
        ],
    }
    times: dict[str, float] = {}
    for _ in range(max(rounds, 2) + 1):  # one more round, since the first reads from disk
        for name, arguments in commands.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True)
            times[name] = min(times.get(name, np.inf), time.perf_counter() - began)
    return times


def peak_memory_without_network(folder: Path, minutes: float) -> Result:
    """Measure the peak memory of everything after the network, on simulated poses in every frame.

    Parameters
    ----------
    folder : Path
        Made for video and report.
    minutes : float

    Returns
    -------
    dict
        ``minutes``, ``frames``, ``fps``, ``seconds``, ``peak_mb``.
    """
    from gait.video import probe

    folder.mkdir()
    video = moving_video(folder / "run.mp4", minutes)
    write_checkpoints(video, folder / "report" / "pose_1.part", stride_pixels())
    cost = analyze(video, folder / "report", "--no-video", *every_frame_option())
    frames = probe(video).frames
    print(f"{minutes:g} simulated minutes: {cost.peak_mb:.0f} MB, {cost.seconds:.0f} s", flush=True)
    figures = {"fps": frames / cost.seconds, "seconds": cost.seconds, "peak_mb": cost.peak_mb}
    return {"minutes": minutes, "frames": frames, **figures}


def machine() -> dict[str, str | int]:
    """Describe this machine and the versions of what matters for speed.

    Returns
    -------
    dict
    """
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        name = next(
            (x.split(":")[1].strip() for x in info.read_text().splitlines() if x.startswith("model name")), name
        )
    packages = {p: metadata.version(p) for p in ("ai-edge-litert", "mediapipe", "av", "numpy")}
    return {"processor": name, "cores": usable_cores(), "python": platform.python_version(), **packages}


def measure_quickly(scratch: Path) -> Result:
    """Measure what changes most from one version to the next, in about three minutes.

    Parameters
    ----------
    scratch : Path
        Existing folder.

    Returns
    -------
    dict
        ``machine``, ``whole``, ``check``, ``annotated``.
    """
    return {
        "machine": machine(),
        "whole": time_whole_runs(QUICK_RUNS, 1, scratch),
        "check": time_check([(HD, 40.0)], 1),
        "annotated": time_annotated_video([(HD, 10.0)], 1, scratch),
    }


def measure_everything(scratch: Path, rounds: int, *, simulated: bool = True) -> Result:
    """Measure all that the page shows.

    Parameters
    ----------
    scratch : Path
        Existing folder.
    rounds : int
    simulated : bool
        ``False``: leave out the memory of simulated runs.

    Returns
    -------
    dict
        Content of ``benchmarks.json``.
    """
    report: Result = {"machine": machine(), "rounds": rounds, "start_up_s": start_up(rounds)}
    report["whole"] = time_whole_runs(FULL_RUNS, rounds, scratch)
    report["check"] = time_check([(HD, 10.0), (HD, 40.0), (FULL_HD, 40.0), (FULL_HD, 600.0)], rounds)
    report["annotated"] = time_annotated_video([(HD, 40.0), (FULL_HD, 40.0)], rounds, scratch)
    folder = scratch / "again"
    video = make_film(FULL_HD, AGAIN_S)
    analyze(video, folder, "--no-video")
    report["again_s"] = cheapest([analyze(video, folder, "--no-video") for _ in range(rounds)]).seconds
    report["batch"] = time_batch(BATCH_CLIPS, BATCH_S, BATCH_EVERY_FRAME, scratch)
    clips = {str(kind): make_film(kind, ENGINE_FILM_S) for kind in (HD, FULL_HD)}
    report["speed"], report["ratios"] = speeds(clips, rounds), {}
    for clip, results in report["speed"].items():
        ours = max(result["fps"] for name, result in results.items() if name.startswith("litert"))
        against = {"plain_loop": BASELINE, "bound": BOUND, "bare": BARE}
        report["ratios"][clip] = {key: ours / results[name]["fps"] for key, name in against.items()}
    report["stages_of"], report["stages_ms"] = str(HD), measure("stages", clips[str(HD)])
    lengths = SIMULATED_MIN if simulated else ()
    report["memory_without_network"] = [
        peak_memory_without_network(scratch / f"simulated {minutes:g}", minutes) for minutes in lengths
    ]
    return report


def main() -> None:
    """Read the command line, measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="10 and 40 s of 720p60 only, in three minutes; prints, writes nothing"
    )
    parser.add_argument("--rounds", type=int, default=2, help="rounds of each measurement that is compared")
    parser.add_argument("--no-simulated", action="store_true", help="leave out the memory of simulated runs")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of benchmarks.md and .json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gait-bench-") as folder:
        if options.quick:
            print(quick_table(measure_quickly(Path(folder))))
            return
        report = measure_everything(Path(folder), options.rounds, simulated=not options.no_simulated)
    options.output.mkdir(exist_ok=True)
    (options.output / "benchmarks.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    write_pages(report, options.output)


def write_pages(report: Result, output: Path) -> None:
    """Write the page and its figure.

    Parameters
    ----------
    report : dict
        Content of ``benchmarks.json``.
    output : Path
        Existing folder.
    """
    figure = output / FIGURE
    figure.parent.mkdir(parents=True, exist_ok=True)
    save_cost_figure(report["whole"], figure)
    (output / "benchmarks.md").write_text(benchmarks_page(report, FIGURE), encoding="utf-8")
    print(f"Written: {output / 'benchmarks.md'}")


if __name__ == "__main__":
    main()
