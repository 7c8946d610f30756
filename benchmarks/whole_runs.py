"""Whole commands against the plain MediaPipe loop: films of several lengths, sizes and rates, in turns."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.films import FilmKind, film, film_folder
from benchmarks.processes import ROOT, ProcessCost, cheapest, run_process

#: The sample clip that films are made of.
SAMPLE = ROOT / "sample_videos" / "treadmill_side.mp4"
#: Rate of the clip rendered for slow-motion films, frames/s, and its length, s.
SLOW_MOTION_FPS, SLOW_MOTION_S = 240, 6.5
HEIGHT = ("--height", 176)
#: The loop is timed on films up to this length, s; longer ones are scaled from the two longest that were timed.
TIMED_LOOP_S = 40.0
#: Films up to this length run in every round, longer ones once, s.
REPEATED_S = 60.0

Result = dict[str, Any]


@dataclass(frozen=True)
class WholeRun:
    """A film on which whole commands are timed.

    Attributes
    ----------
    kind : FilmKind
    seconds : float
        Its length.
    loop : bool
        Whether the loop is timed on it, or scaled to it.
    every_frame : bool
        Whether ``gait analyze --every-frame`` is timed as well.
    """

    kind: FilmKind
    seconds: float
    loop: bool = True
    every_frame: bool = False


HD, FULL_HD = FilmKind(720, 60), FilmKind(1080, 60)
QUICK_RUNS = (WholeRun(HD, 10), WholeRun(HD, 40, every_frame=True))
FULL_RUNS = (
    WholeRun(HD, 10),
    WholeRun(HD, 40, every_frame=True),
    WholeRun(HD, 600),
    WholeRun(FULL_HD, 10),
    WholeRun(FULL_HD, 40, every_frame=True),
    WholeRun(FULL_HD, 60, loop=False),
    WholeRun(FULL_HD, 600),
    WholeRun(FULL_HD, 3600),
    WholeRun(FilmKind(720, 30), 40),
    WholeRun(FilmKind(1080, 30), 40),
    WholeRun(FilmKind(720, 240), 10),
    WholeRun(FilmKind(1080, 240), 10),
)


def make_film(kind: FilmKind, seconds: float, *, first: int = 0) -> Path:
    """Return a film of the sample's runner; at 240 frames/s of one rendered for this.

    Parameters
    ----------
    kind : FilmKind
    seconds : float
    first : int
        As in `benchmarks.films.film`.

    Returns
    -------
    Path
    """
    return film(kind, seconds, source=SAMPLE if kind.fps <= 60 else _slow_motion_source(), first=first)


def _slow_motion_source() -> Path:
    from gait.synthetic import CameraSpec, presets, render_clip

    path = film_folder() / f"rendered_side_{SLOW_MOTION_FPS}.mp4"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        print(f"rendering {path} (once; some minutes)", flush=True)
        camera = CameraSpec(view="side", facing="left", fps=float(SLOW_MOTION_FPS))
        render_clip(presets.overstriding(), camera, presets.BRIGHT, duration_s=SLOW_MOTION_S, seed=21, path=path)
    return path


@cache
def has_every_frame(command: str = "analyze") -> bool:
    """Check whether a command has the option ``--every-frame``.

    Parameters
    ----------
    command : str

    Returns
    -------
    bool
    """
    return "--every-frame" in run_process("-m", "gait", command, "--help").output


def every_frame_option(command: str = "analyze") -> tuple[str, ...]:
    """Return the option by which every frame is seen, where there is one.

    Parameters
    ----------
    command : str

    Returns
    -------
    tuple of str
    """
    return ("--every-frame",) if has_every_frame(command) else ()


def analyze(video: Path, folder: Path, *options: object) -> ProcessCost:
    """Run ``gait analyze`` in a process of its own.

    Parameters
    ----------
    video : Path
    folder : Path
        Output folder.
    *options : object
        Further options of the command.

    Returns
    -------
    ProcessCost
    """
    return run_process("-m", "gait", "analyze", video, "-o", folder, *HEIGHT, *options)


def run_mediapipe_loop(video: Path, model: Path) -> ProcessCost:
    """Run the plain MediaPipe loop in a process of its own.

    Parameters
    ----------
    video, model : Path

    Returns
    -------
    ProcessCost
    """
    return run_process("-m", "benchmarks.mediapipe_loop", video, model)


def time_whole_runs(runs: Sequence[WholeRun], rounds: int, scratch: Path) -> list[Result]:
    """Time ``gait analyze --no-video`` and the loop on films, in turns.

    Parameters
    ----------
    runs : sequence of WholeRun
    rounds : int
        Films of up to `REPEATED_S` run so often, longer ones once.
    scratch : Path
        Existing folder for reports.

    Returns
    -------
    list of dict
        One a run: ``lines``, ``fps``, ``length_s``, ``frames``; ``seen``, frames that the network has seen; ``gait``,
        ``every_frame`` and ``loop`` (`ProcessCost`), ``loop_s``, ``loop_scaled`` and ``times_loop``.
    """
    from gait.pose.engines.model_file import load_model

    model = scratch / "model.task"
    model.write_bytes(load_model().content())
    costs: dict[tuple[int, str], list[ProcessCost]] = {}
    seen: dict[int, int] = {}
    films = {run: make_film(run.kind, run.seconds) for run in runs}
    for number in range(rounds):
        for index, run in enumerate(runs):
            if number and run.seconds > REPEATED_S:
                continue
            video, folder = films[run], scratch / "report"
            done: dict[str, ProcessCost] = {"gait": analyze(video, folder, "--no-video")}
            seen[index] = _seen_frames(folder)
            shutil.rmtree(folder)
            if run.loop and run.seconds <= TIMED_LOOP_S:
                done["loop"] = run_mediapipe_loop(video, model)
            if run.every_frame and has_every_frame():
                done["every_frame"] = analyze(video, folder, "--no-video", "--every-frame")
                shutil.rmtree(folder)
            for name, cost in done.items():
                costs.setdefault((index, name), []).append(cost)
                print(f"round {number + 1}: {run.kind}, {run.seconds:g} s, {name}: {cost.seconds:.1f} s", flush=True)
    results: list[Result] = []
    for index, run in enumerate(runs):
        row: Result = {"lines": run.kind.lines, "fps": run.kind.fps, "length_s": run.seconds}
        row |= {"frames": round(run.kind.fps * run.seconds), "seen": seen[index]}
        row |= {
            name: cheapest(costs[index, name]).as_record() if (index, name) in costs else None
            for name in ("gait", "every_frame", "loop")
        }
        results.append(row)
    for row, run in zip(results, runs, strict=True):
        row["loop_scaled"] = run.loop and row["loop"] is None
        row["loop_s"] = row["loop"]["seconds"] if row["loop"] else _scaled_loop_s(row, results) if run.loop else None
        row["times_loop"] = row["loop_s"] / row["gait"]["seconds"] if row["loop_s"] else None
    return results


def _seen_frames(folder: Path) -> int:
    from gait.pose.dataset import load_pose

    with load_pose(folder / "pose_1.nc") as pose:
        return int(pose.sizes["time"])


def _scaled_loop_s(row: Result, rows: Iterable[Result]) -> float | None:
    """Scale the loop to a longer film: a start and the same time for every frame."""
    timed = sorted(
        (r["length_s"], r["loop"]["seconds"])
        for r in rows
        if r["loop"] and (r["lines"], r["fps"]) == (row["lines"], row["fps"])
    )
    if len(timed) < 2:
        return None
    (short, short_s), (long, long_s) = timed[-2:]
    return float(long_s + (row["length_s"] - long) * (long_s - short_s) / (long - short))


def time_check(films: Sequence[tuple[FilmKind, float]], rounds: int) -> list[Result]:
    """Time ``gait check``.

    Parameters
    ----------
    films : sequence of (FilmKind, float)
        Kind and length in s.
    rounds : int

    Returns
    -------
    list of dict
        ``lines``, ``fps``, ``length_s`` and the fields of `ProcessCost`.
    """
    results = []
    for kind, seconds in films:
        video = make_film(kind, seconds)
        cost = cheapest([run_process("-m", "gait", "check", video) for _ in range(rounds)])
        print(f"gait check: {kind}, {seconds:g} s: {cost.seconds:.1f} s", flush=True)
        results.append({"lines": kind.lines, "fps": kind.fps, "length_s": seconds, **cost.as_record()})
    return results


def time_annotated_video(films: Sequence[tuple[FilmKind, float]], rounds: int, scratch: Path) -> list[Result]:
    """Time the annotated video: the command from saved poses, with it and without it.

    Parameters
    ----------
    films : sequence of (FilmKind, float)
    rounds : int
    scratch : Path
        Existing folder for reports.

    Returns
    -------
    list of dict
        ``lines``, ``fps``, ``length_s``; ``again_s``, the command without it; ``extra_s``; ``written_s``, how long the
        video plays; ``written_fps``, frames written per second of ``extra_s``; ``peak_mb``.
    """
    from gait.session_files import own_annotated_videos
    from gait.video import probe

    results = []
    for kind, seconds in films:
        video, folder = make_film(kind, seconds), scratch / "annotated"
        analyze(video, folder, "--no-video")
        again = cheapest([analyze(video, folder, "--no-video") for _ in range(rounds)])
        shown = cheapest([analyze(video, folder) for _ in range(rounds)])
        written = [probe(path) for path in own_annotated_videos(folder)]
        extra_s = max(shown.seconds - again.seconds, 1e-3)
        print(f"annotated video: {kind}, {seconds:g} s: {extra_s:.1f} s", flush=True)
        results.append(
            {"lines": kind.lines, "fps": kind.fps, "length_s": seconds, "again_s": again.seconds, "extra_s": extra_s}
            | {"written_s": sum(meta.duration_s for meta in written), "peak_mb": shown.peak_mb}
            | {"written_fps": sum(meta.frames for meta in written) / extra_s}
        )
        shutil.rmtree(folder)
    return results


def time_batch(clips: int, seconds: float, every_frame_clips: int, scratch: Path) -> Result:
    """Time ``gait batch`` on clips of one length, and on a part of them with every frame.

    Parameters
    ----------
    clips : int
    seconds : float
        Length of each clip.
    every_frame_clips : int
        Clips that are analysed with every frame as well.
    scratch : Path
        Existing folder for clips and reports.

    Returns
    -------
    dict
        ``clips``, ``length_s``, ``batch`` (`ProcessCost`), ``every_frame_clips`` and ``every_frame``.
    """

    def run(name: str, count: int, *options: str) -> ProcessCost:
        with tempfile.TemporaryDirectory(dir=scratch) as temporary:
            folder = Path(temporary) / "clips"
            folder.mkdir()
            for number in range(count):
                # Eleven strides on: each clip shows other pairs of strides.
                shutil.copy(make_film(HD, seconds, first=11 * number), folder / f"run {number:02d} side.mp4")
            arguments = ("batch", folder, "-o", Path(temporary) / "out", *HEIGHT, "--no-video", "--quiet", *options)
            cost = run_process("-m", "gait", *arguments)
        print(f"gait batch, {name}: {count} clips of {seconds:g} s: {cost.seconds:.0f} s", flush=True)
        return cost

    result: Result = {"clips": clips, "length_s": seconds, "kind": str(HD), "every_frame": None}
    result |= {"batch": run("sampled", clips).as_record(), "every_frame_clips": every_frame_clips}
    if has_every_frame("batch"):
        result["every_frame"] = run("every frame", every_frame_clips, *every_frame_option("batch")).as_record()
    return result
