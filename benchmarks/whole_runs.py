"""Whole commands against the plain MediaPipe loop: films of several lengths, sizes and rates, in turns."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.engine_speed import usable_cores
from benchmarks.films import FilmKind, film, film_folder
from benchmarks.processes import ROOT, ProcessCost, cheapest, run_process

#: The sample clip that films are made of.
SAMPLE = ROOT / "sample_videos" / "treadmill_side.mp4"
#: Rate of the clip rendered for slow-motion films, frames/s, and its length, s.
SLOW_MOTION_FPS, SLOW_MOTION_S = 240, 6.5
HEIGHT = ("--height", 176)
#: The loop runs over films of up to so many frames, and over the first frames of longer ones.
WHOLE_LOOP_FRAMES, STRETCH_FRAMES = 2400, 900
#: Films up to this length run as often as their `WholeRun` says, longer ones once, s.
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
    rounds : int
        How often each contender runs on it, in turns.
    every_frame : bool
        Whether ``gait analyze --every-frame`` is timed as well.
    """

    kind: FilmKind
    seconds: float
    rounds: int = 1
    every_frame: bool = False

    @property
    def frames(self) -> int:
        """Frames of the film."""
        return round(self.kind.fps * self.seconds)

    @property
    def name(self) -> str:
        """A name for files."""
        return f"{self.kind.lines}p{self.kind.fps} {self.seconds:g} s"


HD, FULL_HD = FilmKind(720, 60), FilmKind(1080, 60)
QUICK_RUNS = (WholeRun(HD, 10), WholeRun(HD, 40, every_frame=True))
STANDARD_RUNS = (
    WholeRun(HD, 10, rounds=2),
    WholeRun(HD, 40, rounds=2, every_frame=True),
    WholeRun(HD, 600),
    WholeRun(FULL_HD, 10),
    WholeRun(FULL_HD, 40),
    WholeRun(FULL_HD, 60),
    WholeRun(FULL_HD, 600),
    WholeRun(FilmKind(720, 30), 10),
    WholeRun(FilmKind(720, 30), 40),
    WholeRun(FilmKind(1080, 30), 10),
    WholeRun(FilmKind(1080, 30), 40),
    WholeRun(FilmKind(720, 240), 10),
    WholeRun(FilmKind(720, 240), 40),
    WholeRun(FilmKind(1080, 240), 10),
    WholeRun(FilmKind(1080, 240), 40),
)
#: What `--full` adds: an hour, and ten minutes at the other rates.
LONG_RUNS = (
    WholeRun(FULL_HD, 3600),
    *(WholeRun(FilmKind(lines, fps), 600) for fps in (30, 240) for lines in (720, 1080)),
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


def run_mediapipe_loop(video: Path, model: Path, frames: int) -> Result:
    """Run the plain MediaPipe loop in a process of its own.

    Parameters
    ----------
    video, model : Path
    frames : int
        Frames of the video. Of more than `WHOLE_LOOP_FRAMES`, the first `STRETCH_FRAMES` are measured, and their time
        is scaled: the loop does the same work for every frame.

    Returns
    -------
    dict
        Fields of `ProcessCost`, for the whole video; ``timed_frames``, over which the loop ran; ``frame_ms``.
    """
    stretch = frames > WHOLE_LOOP_FRAMES
    cost = run_process("-m", "benchmarks.mediapipe_loop", video, model, *([STRETCH_FRAMES] if stretch else []))
    loop = json.loads(cost.output.splitlines()[-1])
    per_frame = loop["seconds"] / loop["frames"]
    left = max(frames - loop["frames"], 0) if stretch else 0
    share = cost.cpu_s / cost.seconds
    scaled = {"seconds": cost.seconds + left * per_frame, "cpu_s": cost.cpu_s + left * per_frame * share}
    return cost.as_record() | scaled | {"timed_frames": loop["frames"], "frame_ms": 1e3 * per_frame}


def time_whole_run(run: WholeRun, rounds: int, scratch: Path) -> Result:
    """Time ``gait analyze --no-video`` and the loop on a film, in turns.

    Parameters
    ----------
    run : WholeRun
    rounds : int
        How often each runs; films longer than `REPEATED_S` once.
    scratch : Path
        Existing folder for reports.

    Returns
    -------
    dict
        ``lines``, ``fps``, ``length_s``, ``frames``, ``rounds``; ``seen``, frames that the network has seen; ``gait``,
        ``every_frame`` and ``loop``, fields of `ProcessCost` of the fastest round; ``loop_s``, ``loop_scaled`` and
        ``times_loop``.
    """
    from gait.pose.engines.model_file import load_model

    model = scratch / "model.task"
    model.write_bytes(load_model().content())
    video, folder = make_film(run.kind, run.seconds), scratch / "report"
    rounds = rounds if run.seconds <= REPEATED_S else 1
    costs: dict[str, list[Result]] = {}
    seen = 0

    def note(name: str, cost: Result, number: int) -> None:
        costs.setdefault(name, []).append(cost)
        print(f"round {number + 1}: {run.kind}, {run.seconds:g} s, {name}: {cost['seconds']:.1f} s", flush=True)

    for number in range(rounds):
        note("gait", analyze(video, folder, "--no-video").as_record(), number)
        seen = _seen_frames(folder)
        shutil.rmtree(folder)
        note("loop", run_mediapipe_loop(video, model, run.frames), number)
        if run.every_frame:
            note("every_frame", analyze(video, folder, "--no-video", "--every-frame").as_record(), number)
            shutil.rmtree(folder)
    best = {name: min(of_name, key=lambda cost: float(cost["seconds"])) for name, of_name in costs.items()}
    loop_s = best["loop"]["seconds"]
    return {
        "lines": run.kind.lines,
        "fps": run.kind.fps,
        "length_s": run.seconds,
        "frames": run.frames,
        "rounds": rounds,
        "seen": seen,
        "gait": best["gait"],
        "every_frame": best.get("every_frame"),
        "loop": best["loop"],
        "loop_s": loop_s,
        "loop_scaled": best["loop"]["timed_frames"] < run.frames,
        "times_loop": loop_s / best["gait"]["seconds"],
    }


def _seen_frames(folder: Path) -> int:
    from gait.pose.dataset import load_pose

    with load_pose(folder / "pose_1.nc") as pose:
        return int(pose.sizes["time"])


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
    """Time ``gait batch`` on clips of one length: here, on a local Dask cluster, and a part of them with every frame.

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
        ``clips``, ``length_s``, ``kind``; ``batch``, ``unchecked`` (without the quick look), ``cluster`` and
        ``every_frame`` (without it too), each fields of `ProcessCost` and ``clips``. ``peak_mb`` is that of the
        largest process.
    """
    # The quick look is left out where runs are compared: a cluster takes none.
    cluster = scratch / "cluster.yaml"
    cluster.write_text(
        "cluster: distributed.LocalCluster\n"
        f"workers: {usable_cores()}\n"
        "options: {n_workers: 0, threads_per_worker: 1, dashboard_address: null}\n",
        encoding="utf-8",
    )
    runs: dict[str, tuple[int, tuple[object, ...]]] = {
        "batch": (clips, ()),
        "unchecked": (clips, ("--no-check",)),
        "every_frame": (every_frame_clips, ("--no-check", "--every-frame")),
        "cluster": (clips, ("--cluster", cluster)),
    }
    result: Result = {"clips": clips, "length_s": seconds, "kind": str(HD)}
    for name, (count, options) in runs.items():
        with tempfile.TemporaryDirectory(dir=scratch) as temporary:
            folder = Path(temporary) / "clips"
            folder.mkdir()
            for number in range(count):
                # Eleven strides on: each clip shows other pairs of strides.
                shutil.copy(make_film(HD, seconds, first=11 * number), folder / f"run {number:02d} side.mp4")
            out = Path(temporary) / "out"
            cost = run_process("-m", "gait", "batch", folder, "-o", out, *HEIGHT, "--no-video", "--quiet", *options)
            done = len(list(out.glob("*/report.json")))
        if done != count:
            raise SystemExit(f"gait batch, {name}: {done} of {count} clips have a report")
        print(f"gait batch, {name}: {count} clips of {seconds:g} s: {cost.seconds:.0f} s", flush=True)
        result[name] = cost.as_record() | {"clips": count}
    return result
