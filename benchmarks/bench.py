"""Measure speed, memory and start-up, and write docs/benchmarks.md, docs/benchmarks.json and a figure.

``python -m benchmarks.bench [--quick | --full]``; ``make bench`` does the same. Every measurement runs in a fresh
process. Measurements that are compared take turns on each film, so that other load on the machine affects all of them
alike. Films are made once and kept (`benchmarks.films`). Each part's result is stored, and a run that was interrupted
goes on after its last part (`benchmarks.stored_parts`).
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.benchmarks_page import AGAIN_S, IMPORTS, benchmarks_page, quick_table
from benchmarks.cost_figure import save_cost_figure
from benchmarks.engine_speed import BARE, BASELINE, BOUND, measure, speeds, usable_cores
from benchmarks.long_runs import moving_video, stride_pixels, write_checkpoints
from benchmarks.processes import ROOT, cheapest, run_process
from benchmarks.stored_parts import StoredParts, code_version
from benchmarks.whole_runs import (
    FULL_HD,
    HD,
    LONG_RUNS,
    QUICK_RUNS,
    STANDARD_RUNS,
    WholeRun,
    analyze,
    make_film,
    time_annotated_video,
    time_batch,
    time_check,
    time_whole_run,
)

#: Length of the films on which the engine alone is timed, s.
ENGINE_FILM_S = 13.0
#: Lengths of the simulated runs whose memory `--full` measures, minutes.
SIMULATED_MIN = (1.0, 60.0)
#: Length of a batch's clips, s; how many there are, and how many of them are analysed with every frame too.
BATCH_S, BATCH_CLIPS, BATCH_EVERY_FRAME = 30.0, {"standard": 6, "full": 24}, {"standard": 3, "full": 4}
#: Runs of the comparison of sampled with every frame: all planned films of joints, beside all recorded ones; clips of a
#: validation.
PLANNED_FILMS, VALIDATION_CLIPS = 120, 30
FIGURE = "images/benchmark_cost.svg"
#: Where the results of parts are kept.
STORED = ROOT / "build" / "bench"

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
        IMPORTS: ["-c", "import gait.session, gait.report.html_page; gait.session.preload()"],
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


def peak_memory_without_network(minutes: float, scratch: Path) -> Result:
    """Measure the peak memory of everything after the network, on simulated poses in every frame.

    Parameters
    ----------
    minutes : float
    scratch : Path
        Existing folder for video and report.

    Returns
    -------
    dict
        ``minutes``, ``frames``, ``fps``, ``seconds``, ``peak_mb``.
    """
    from gait.video import probe

    video = moving_video(scratch / "run.mp4", minutes)
    write_checkpoints(video, scratch / "report" / "pose_1.part", stride_pixels())
    cost = analyze(video, scratch / "report", "--no-video", "--every-frame")
    frames = probe(video).frames
    print(f"{minutes:g} simulated minutes: {cost.seconds:.0f} s", flush=True)
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


def compare_sampling(clips: Path | None, mocap: Path | None, stored: StoredParts) -> Result:
    """Compare sampled with every frame where the truth is known, in a process of its own.

    Parameters
    ----------
    clips : Path or None
        Folder of a validation's rendered clips with their poses of every frame; films of joints without it.
    mocap : Path or None
        Folder of force-plate recordings.
    stored : StoredParts
        Each run's rows are kept beside its parts.

    Returns
    -------
    dict
        ``command`` and ``rows`` of `gait.validation.sampling_comparison`.
    """
    given: list[object] = [] if mocap is None else ["--mocap", mocap]
    if clips is None:
        given += ["--planned", PLANNED_FILMS]
    else:
        given += ["--clips", clips, "--count", VALIDATION_CLIPS]
    folder = stored.folder / f"sampling_{stored.code}_{'films' if clips is None else 'clips'}"
    module = "gait.validation.sampling_comparison"
    run_process("-m", module, *given, "-o", folder, "--keep", folder / "rows")
    rows = json.loads((folder / "sampling.json").read_text(encoding="utf-8"))["rows"]
    return {"command": " ".join(map(str, ["python -m", module, *given])), "rows": rows}


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
        "whole": [time_whole_run(run, 1, scratch) for run in QUICK_RUNS],
        "check": time_check([(HD, 40.0)], 1),
        "annotated": time_annotated_video([(HD, 10.0)], 1, scratch),
    }


def report_again_s(rounds: int, scratch: Path) -> float:
    """Time the report of a film from saved poses.

    Parameters
    ----------
    rounds : int
    scratch : Path
        Existing folder.

    Returns
    -------
    float
        Seconds, of the fastest round.
    """
    video, folder = make_film(FULL_HD, AGAIN_S), scratch / "again"
    analyze(video, folder, "--no-video")
    return cheapest([analyze(video, folder, "--no-video") for _ in range(rounds)]).seconds


def engine_parts(rounds: int) -> Result:
    """Measure the engine where it sees every frame.

    Parameters
    ----------
    rounds : int

    Returns
    -------
    dict
        ``speed``, ``ratios``, ``stages_of`` and ``stages_ms``.
    """
    clips = {str(kind): make_film(kind, ENGINE_FILM_S) for kind in (HD, FULL_HD)}
    speed = speeds(clips, rounds)
    ratios: Result = {}
    for clip, results in speed.items():
        ours = max(result["fps"] for name, result in results.items() if name.startswith("litert"))
        against = {"plain_loop": BASELINE, "bound": BOUND, "bare": BARE}
        ratios[clip] = {key: ours / results[name]["fps"] for key, name in against.items()}
    return {"speed": speed, "ratios": ratios, "stages_of": str(HD), "stages_ms": measure("stages", clips[str(HD)])}


#: Name of a part → (settings that decide it, function that measures it in a scratch folder).
Parts = dict[str, tuple[Result, Callable[[Path], Any]]]


def whole_name(run: WholeRun) -> str:
    """Name the part of a film.

    Parameters
    ----------
    run : WholeRun

    Returns
    -------
    str
    """
    return f"whole {run.name}"


def list_parts(
    runs: Sequence[WholeRun],
    *,
    rounds: int | None,
    full: bool,
    clips: Path | None,
    mocap: Path | None,
    stored: StoredParts,
) -> Parts:
    """List what is measured, the most important first.

    Parameters
    ----------
    runs : sequence of WholeRun
        Films on which whole commands are timed.
    rounds : int or None
        Rounds of each measurement that is compared; those of each film, and 1 otherwise, by default.
    full : bool
        Whether a batch has 24 clips, and the memory of simulated runs is measured.
    clips, mocap : Path or None
        As in `compare_sampling`.
    stored : StoredParts

    Returns
    -------
    dict
        `Parts`.
    """
    again = rounds or 1
    mode = "full" if full else "standard"
    batch = (BATCH_CLIPS[mode], BATCH_S, BATCH_EVERY_FRAME[mode])
    checked = [(HD, 10.0), (HD, 40.0), (FULL_HD, 40.0), (FULL_HD, 600.0)]
    drawn = [(HD, 40.0), (FULL_HD, 40.0)]
    parts: Parts = {"start_up": ({"rounds": again}, lambda _: start_up(again))}
    for run in runs:
        count = rounds or run.rounds
        parts[whole_name(run)] = (
            {"rounds": count, "every_frame": run.every_frame},
            partial(time_whole_run, run, count),
        )
    parts |= {
        "check": ({"rounds": again}, lambda _: time_check(checked, again)),
        "annotated": ({"rounds": again}, lambda scratch: time_annotated_video(drawn, again, scratch)),
        "again_s": ({"rounds": again}, lambda scratch: report_again_s(again, scratch)),
        "batch": ({"clips": batch}, lambda scratch: time_batch(*batch, scratch)),
        "engine": ({"rounds": again}, lambda _: engine_parts(again)),
        "sampling": (
            {"clips": str(clips), "mocap": str(mocap)},
            lambda _: compare_sampling(clips, mocap, stored),
        ),
    }
    for minutes in SIMULATED_MIN if full else ():
        parts[f"simulated {minutes:g} min"] = ({}, partial(peak_memory_without_network, minutes))
    return parts


def measure_everything(parts: Parts, runs: Sequence[WholeRun], stored: StoredParts) -> Result:
    """Measure all that the page shows, as far as it is not stored.

    Parameters
    ----------
    parts : dict
        From `list_parts`.
    runs : sequence of WholeRun
        Films on which whole commands are timed.
    stored : StoredParts

    Returns
    -------
    dict
        Content of ``benchmarks.json``.
    """
    results: Result = {}
    for name, (settings, function) in parts.items():
        results[name] = _measured(name, settings, function, stored)
    report: Result = {"machine": machine(), "code": stored.code}
    report["other_code"] = [name for name in stored.measured_with_other_code() if name in parts]
    report["start_up_s"] = results["start_up"]
    report["whole"] = [results[whole_name(run)] for run in sorted(runs, key=_in_the_table)]
    report |= {name: results[name] for name in ("check", "annotated", "again_s", "batch", "sampling")}
    report |= results["engine"]
    report["memory_without_network"] = [result for name, result in results.items() if name.startswith("simulated")]
    return report


def _measured(name: str, settings: Result, function: Callable[[Path], Any], stored: StoredParts) -> Any:
    def in_a_scratch_folder() -> Any:
        with tempfile.TemporaryDirectory(prefix="gait-bench-") as folder:
            return function(Path(folder))

    return stored.part(name, in_a_scratch_folder, **settings)


def _in_the_table(run: WholeRun) -> tuple[bool, int, int, float]:
    """Order films: those of the goals first, then by rate, size and length."""
    return run.kind.fps != HD.fps, run.kind.fps, run.kind.lines, run.seconds


def main() -> None:
    """Read the command line, measure and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument(
        "--quick", action="store_true", help="10 and 40 s of 720p60 only, in three minutes; prints, writes nothing"
    )
    mode.add_argument(
        "--full", action="store_true", help="an hour of film, ten minutes at every rate, 24 clips, simulated hours too"
    )
    parser.add_argument("--rounds", type=int, help="rounds of each measurement that is compared; 1, or 2 on two films")
    parser.add_argument("--clips", type=Path, help="folder of a validation's clips, for sampled against every frame")
    parser.add_argument("--mocap", type=Path, help="folder of force-plate recordings; ../shared/mocap by default")
    parser.add_argument("--parts", nargs="+", metavar="NAME", help="measure and store only these; writes no page")
    parser.add_argument("--fresh", action="store_true", help="measure stored parts again")
    parser.add_argument(
        "--any-code", action="store_true", help="keep stored parts although the code has changed; the page names them"
    )
    parser.add_argument("--stored", type=Path, default=STORED, help="folder of stored parts")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of benchmarks.md and .json")
    options = parser.parse_args()
    if options.quick:
        with tempfile.TemporaryDirectory(prefix="gait-bench-") as folder:
            print(quick_table(measure_quickly(Path(folder))))
        return
    stored = StoredParts(options.stored, code_version(), options.any_code)
    if options.fresh:
        stored.forget()
    runs = [*STANDARD_RUNS, *(LONG_RUNS if options.full else ())]
    parts = list_parts(
        runs, rounds=options.rounds, full=options.full, clips=options.clips, mocap=options.mocap, stored=stored
    )
    if options.parts:
        chosen = {name: part for name, part in parts.items() if name.startswith(tuple(options.parts))}
        if not chosen:
            parser.error(f"no such part; there are {', '.join(parts)}")
        for name, (settings, function) in chosen.items():
            _measured(name, settings, function, stored)
        return
    report = measure_everything(parts, runs, stored)
    report["command"] = " ".join(["python -m benchmarks.bench", *sys.argv[1:]]) if sys.argv[1:] else "make bench"
    options.output.mkdir(exist_ok=True)
    write_pages(report, options.output)


def write_pages(report: Result, output: Path) -> None:
    """Write the page, its figures as JSON, and the drawing.

    Parameters
    ----------
    report : dict
        From `measure_everything`, and ``command``.
    output : Path
        Existing folder.
    """
    figure = output / FIGURE
    figure.parent.mkdir(parents=True, exist_ok=True)
    save_cost_figure(report["whole"], figure)
    (output / "benchmarks.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (output / "benchmarks.md").write_text(benchmarks_page(report, FIGURE), encoding="utf-8")
    print(f"Written: {output / 'benchmarks.md'}")


if __name__ == "__main__":
    main()
