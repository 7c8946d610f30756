"""Measure speed, memory and start-up, and write docs/benchmarks.md and docs/benchmarks.json.

``python -m benchmarks.bench [--quick]``; ``make bench`` does the same. Every measurement runs in a fresh process.
Measurements that are compared take turns in several rounds, and the best round counts, so that other load on the
machine affects all of them alike. The clips are a sample clip enlarged to the sizes that phones film in.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.long_runs import moving_video, repeat_clip, stride_pixels, write_checkpoints

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_videos" / "treadmill_side.mp4"
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
RATES = (30, 60)
WORKERS = (1, 2, 4)
LENGTHS_MIN = (1, 10, 60)
QUICK_LENGTHS_MIN = (1, 3)
#: Goals of the engine: speed over that of the plain MediaPipe loop, and share of the bound. [E]
GOALS = {"plain_loop": 2.3, "bound": 0.8}
#: Limits of the whole of ``gait analyze``: annotated video, times the clip's duration; report of half a minute from
#: stored poses, seconds; memory of the longest video over that of the shortest, and MB. [E]
LIMITS = {"annotated": 3.0, "again_s": 2.0, "growth": 1.2, "peak_mb": 1536}
AGAIN_MIN = 0.5
IMPORTS = "import gait.session, gait.report"
BASELINE, BOUND, BARE = "MediaPipe VIDEO loop", "bound", "bound without the mask"

Result = dict[str, Any]


# --- measurements, each in a process of its own ---


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _networks() -> tuple[bytes, bytes]:
    from gait.pose.engines.model_file import MEMBERS, load_model

    with zipfile.ZipFile(load_model().path) as bundle:
        return bundle.read(MEMBERS[0]), bundle.read(MEMBERS[1])


def measure_engine(clip: str, engine: str, workers: str) -> int:
    """Decode and estimate poses, as ``gait analyze`` does.

    Parameters
    ----------
    clip : str
    engine : str
        Pose engine.
    workers : str
        Number of processes.

    Returns
    -------
    int
        Frames.
    """
    from gait.pose.estimation import estimate_keypoints

    _start_clock()
    with tempfile.TemporaryDirectory() as folder:
        ds = estimate_keypoints(clip, engine=engine, workers=int(workers), checkpoint_dir=Path(folder) / "pose_1.part")
    return int(ds.sizes["time"])


def measure_loop(clip: str) -> int:
    """Run the loop of MediaPipe's own guide: OpenCV reads, the landmarker tracks in VIDEO mode, nothing is drawn.

    Parameters
    ----------
    clip : str

    Returns
    -------
    int
        Frames.
    """
    import cv2
    from mediapipe import Image, ImageFormat
    from mediapipe.tasks.python.core.base_options import BaseOptions
    from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions, RunningMode

    from gait.pose.engines.model_file import load_model

    _start_clock()
    options = PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=load_model().content), running_mode=RunningMode.VIDEO
    )
    frames = 0
    reader: Any = cv2.VideoCapture(clip)
    rate = reader.get(cv2.CAP_PROP_FPS)
    with PoseLandmarker.create_from_options(options) as landmarker:
        while True:
            good, image = reader.read()
            if not good:
                return frames
            shown = Image(image_format=ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            landmarker.detect_for_video(shown, round(frames * 1000 / rate))
            frames += 1


def measure_bound(mask: str, frames_per_core: int = 150) -> int:
    """Run the landmark network on every core and nothing else, one crop per frame.

    Parameters
    ----------
    mask : {"with", "without"}
        Whether the network computes the segmentation mask.
    frames_per_core : int

    Returns
    -------
    int
        Frames.
    """
    from ai_edge_litert.interpreter import Interpreter

    from gait.pose.engines.network_pruning import without_output

    _, landmarker = _networks()
    if mask == "without":
        landmarker = without_output(landmarker, (1, 256, 256, 1))
    cores = _cores()

    def run_network() -> None:
        interpreter = Interpreter(model_content=landmarker, num_threads=1)
        interpreter.allocate_tensors()
        interpreter.invoke()
        ready.wait()
        for _ in range(frames_per_core):
            interpreter.invoke()

    ready = threading.Barrier(cores, action=_start_clock)  # starting the interpreters does not count
    threads = [threading.Thread(target=run_network) for _ in range(cores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return frames_per_core * cores


def measure_stages(clip: str) -> Result:
    """Measure where the time of one frame goes on one core.

    Parameters
    ----------
    clip : str

    Returns
    -------
    dict
        Stage → ms.
    """
    from gait.pose.engines.blazepose import LANDMARK_SIDE, decode_landmarks
    from gait.pose.engines.litert import LiteRT
    from gait.pose.tracking.runner_selection import select_runner
    from gait.video import read_decoded_frames

    def per_call(action: Callable[[], object], times: int = 60) -> float:
        """Return the median, ms."""
        spent = []
        for _ in range(times):
            began = time.perf_counter()
            action()
            spent.append(time.perf_counter() - began)
        return float(np.median(spent)) * 1e3

    frames = 0
    began, used = time.perf_counter(), time.process_time()
    for frame in read_decoded_frames(clip):
        frames += 1
        last = frame
    decoding = (time.process_time() - used) / frames * 1e3
    with LiteRT(workers=1) as engine, engine._networks() as networks:
        from gait.pose.engines.litert import _FrameView

        view = _FrameView(last, networks)
        crop = view.detections()[0]
        planes = last.planes()
        rgb = networks.cut(planes, crop, LANDMARK_SIDE, replicate=True)
        network = networks._landmarker

        def read_out() -> None:
            landmarks, flag, heat, world = (network._interpreter.tensor(i)() for i in network._outputs)
            decode_landmarks(landmarks[0], float(flag[0, 0]), heat[0], world[0], crop)

        stages = {
            "decode": decoding,
            "crop": per_call(lambda: networks.cut(last.planes(), crop, LANDMARK_SIDE, replicate=True)),
            "landmark network": per_call(lambda: network(rgb, 1 / 255, 0.0)),
            "landmarks and heatmaps": per_call(read_out),
            "detector, its share per frame at 60 frames/s": per_call(
                lambda: networks.detect(planes, view._whole, min_score=0.3)
            )
            / 60,
        }
    positions = np.repeat(np.random.default_rng(1).uniform(0, 500, (1, 33, 2)), frames, axis=0)
    began = time.perf_counter()
    select_runner(np.arange(frames), positions)
    stages["select the runner"] = (time.perf_counter() - began) / frames * 1e3
    return stages


_began = 0.0


def _start_clock() -> None:
    """Begin to measure. Imports before this do not count for any contender; start-up is measured by itself."""
    global _began
    _began = time.perf_counter()


MEASURES: dict[str, Callable[..., Any]] = {
    "engine": measure_engine,
    "loop": measure_loop,
    "bound": measure_bound,
    "stages": measure_stages,
}


def _child(name: str, *arguments: str) -> Result:
    """Measure in this process."""
    result = MEASURES[name](*arguments)
    if isinstance(result, dict):
        return result
    wall = time.perf_counter() - _began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return {"frames": result, "seconds": wall, "fps": result / wall, "peak_mb": peak}


def _measure(name: str, *arguments: object) -> Result:
    command = [sys.executable, "-m", "benchmarks.bench", "--measure", name, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


# --- clips ---


def make_clip(path: Path, size: tuple[int, int], rate: int) -> Path:
    """Enlarge the sample clip to a height and fill up left and right.

    Parameters
    ----------
    path : Path
        Video to write.
    size : (int, int)
        Width and height, pixels.
    rate : int
        Frames/s.

    Returns
    -------
    Path
        ``path``.
    """
    from gait.video import VideoWriter, probe, read_decoded_frames

    width, height = size
    step = round(probe(SAMPLE).fps / rate)
    with VideoWriter(path, width=width, height=height, fps=rate) as writer:
        for number, decoded in enumerate(read_decoded_frames(SAMPLE)):
            if number % step:
                continue
            inner = round(decoded.width * height / decoded.height / 2) * 2
            frame = av.VideoFrame.from_ndarray(decoded.rgb(), format="rgb24").reformat(width=inner, height=height)
            left = (width - inner) // 2
            image = np.pad(frame.to_ndarray(), ((0, 0), (left, width - inner - left), (0, 0)), mode="edge")
            writer.write(np.ascontiguousarray(image))
    return path


# --- the report ---


def _contenders() -> Iterator[tuple[str, tuple[object, ...]]]:
    yield BARE, ("bound", "without")
    yield BOUND, ("bound", "with")
    yield BASELINE, ("loop", "{clip}")
    for engine in ("litert", "mediapipe"):
        for workers in WORKERS:
            yield f"{engine}, {workers} worker{'s' * (workers > 1)}", ("engine", "{clip}", engine, workers)


def speeds(clips: dict[str, Path], rounds: int) -> dict[str, dict[str, Result]]:
    """Measure every contender on every clip, taking turns.

    Parameters
    ----------
    clips : dict
        Name → video.
    rounds : int

    Returns
    -------
    dict
        Clip → contender → result of its best round.
    """
    best: dict[str, dict[str, Result]] = {clip: {} for clip in clips}
    for number in range(rounds):
        for clip, path in clips.items():
            for name, (kind, *arguments) in _contenders():
                result = _measure(str(kind), *(str(a).replace("{clip}", str(path)) for a in arguments))
                print(f"round {number + 1}: {clip}, {name}: {result['fps']:.1f} frames/s", flush=True)
                if name not in best[clip] or result["fps"] > best[clip][name]["fps"]:
                    best[clip][name] = result
    return best


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


def analyze(video: Path, folder: Path, *options: str) -> Result:
    """Run ``gait analyze`` in a process of its own.

    Parameters
    ----------
    video : Path
    folder : Path
        Output folder.
    *options : str
        Further options of the command.

    Returns
    -------
    dict
        ``seconds`` and ``peak_mb``.
    """
    command = [
        sys.executable,
        "-m",
        "gait",
        "analyze",
        str(video),
        "-o",
        str(folder),
        "--height",
        "176",
        "-q",
        *options,
    ]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return {"seconds": seconds, "peak_mb": usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)}


def whole_analysis(clip: Path, folder: Path, rounds: int) -> Result:
    """Measure the whole of ``gait analyze`` on a clip: from the video, from stored poses, and with annotated video.

    Parameters
    ----------
    clip : Path
    folder : Path
        Output folder.
    rounds : int

    Returns
    -------
    dict
        ``fps``, ``again_s``, ``annotated_times_duration``, ``peak_mb``, ``peak_mb_annotated``.
    """
    from gait.video import probe

    meta = probe(clip)
    best: dict[str, Result] = {}
    for _ in range(rounds):
        for name, options in (("fresh", ("--no-video", "--fresh")), ("again", ("--no-video",)), ("annotated", ())):
            result = analyze(clip, folder, *options)
            if name not in best or result["seconds"] < best[name]["seconds"]:
                best[name] = result
    extra = best["annotated"]["seconds"] - best["again"]["seconds"]
    return {
        "fps": meta.frames / best["fresh"]["seconds"],
        "again_s": best["again"]["seconds"],
        "annotated_times_duration": extra / meta.duration_s,
        "peak_mb": best["fresh"]["peak_mb"],
        "peak_mb_annotated": best["annotated"]["peak_mb"],
    }


def peak_memory(video: Path, folder: Path, minutes: float, *options: str) -> Result:
    """Measure the peak memory of ``gait analyze`` on a long video.

    Parameters
    ----------
    video : Path
    folder : Path
        Output folder.
    minutes : float
        Length of the video, for the report.
    *options : str
        Further options of the command.

    Returns
    -------
    dict
        ``minutes``, ``frames``, ``fps``, ``seconds``, ``peak_mb``.
    """
    from gait.video import probe

    result = analyze(video, folder, *options)
    frames = probe(video).frames
    print(f"{minutes:g} minutes: {result['peak_mb']:.0f} MB, {result['seconds']:.0f} s", flush=True)
    return {"minutes": minutes, "frames": frames, "fps": frames / result["seconds"], **result}


def peak_memory_without_network(folder: Path, minutes: float) -> Result:
    """Measure the peak memory of everything after the network, on simulated poses.

    Parameters
    ----------
    folder : Path
        Made for video and report.
    minutes : float

    Returns
    -------
    dict
        As `peak_memory`.
    """
    folder.mkdir()
    video = moving_video(folder / "run.mp4", minutes)
    write_checkpoints(video, folder / "report" / "pose_1.part", stride_pixels())
    return peak_memory(video, folder / "report", minutes, "--no-video")


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
    return {"processor": name, "cores": _cores(), "python": platform.python_version(), **packages}


def benchmarks_page(report: Result) -> str:
    """Format the report as a page.

    Parameters
    ----------
    report : dict
        Content of ``benchmarks.json``.

    Returns
    -------
    str
        Markdown.
    """
    about = report["machine"]
    clips = list(report["speed"])
    lines = [
        "# Benchmarks",
        "",
        f"Made by `make bench`. {about['processor']}, {about['cores']} cores; Python {about['python']}, "
        + ", ".join(f"{p} {about[p]}" for p in ("ai-edge-litert", "mediapipe", "av", "numpy"))
        + ". Every figure is the best of "
        f"{report['rounds']} rounds in fresh processes. Within a round, the contenders ran in turn.",
        "",
        "## Speed",
        "",
        "Frames per second from the file to the poses, with clips of 13 s. The time includes the start of the engine, "
        "decoding, pose estimation and person tracking, and no annotated video.",
        "",
        "| | " + " | ".join(clips) + " |",
        "|---|" + "---|" * len(clips),
    ]
    for name, _ in _contenders():
        lines.append(f"| {name} | " + " | ".join(f"{report['speed'][c][name]['fps']:.1f}" for c in clips) + " |")
    lines += [
        "",
        "*MediaPipe VIDEO loop*: OpenCV reads the frames, `detect_for_video` finds the pose, and nothing is drawn. "
        "*Bound*: only the landmark network of the bundle runs, on all cores, with one crop per frame. *Without the "
        "mask*: the same without the segmentation mask, which the engine `litert` does not compute.",
        "",
        "| litert, best of its workers | " + " | ".join(clips) + " |",
        "|---|" + "---|" * len(clips),
        "| times the MediaPipe VIDEO loop | "
        + " | ".join(f"{report['ratios'][c]['plain_loop']:.2f}" for c in clips)
        + " |",
        "| share of the bound | " + " | ".join(f"{100 * report['ratios'][c]['bound']:.0f} %" for c in clips) + " |",
        "| share of the bound without the mask | "
        + " | ".join(f"{100 * report['ratios'][c]['bare']:.0f} %" for c in clips)
        + " |",
        "",
        f"The goal at 720p is {GOALS['plain_loop']} times the loop and {100 * GOALS['bound']:.0f} % of the bound.",
        "",
        "## The whole analysis",
        "",
        "`gait analyze` in a fresh process, including start-up and report.",
        "",
        "| | " + " | ".join(report["whole_way"]) + " |",
        "|---|" + "---|" * len(report["whole_way"]),
    ]
    rows = {
        "frames/s, from the video, `--no-video`": ("fps", ".1f"),
        "s, from saved poses": ("again_s", ".2f"),
        "annotated video, times the duration of the clip": ("annotated_times_duration", ".2f"),
        "peak MB": ("peak_mb", ".0f"),
        "peak MB with annotated video": ("peak_mb_annotated", ".0f"),
    }
    for name, (key, style) in rows.items():
        lines.append(
            f"| {name} | " + " | ".join(f"{result[key]:{style}}" for result in report["whole_way"].values()) + " |"
        )
    lines += [
        "",
        f"The limit for the annotated video is {LIMITS['annotated']:g} times the duration of the clip.",
        "",
        f"The report of {60 * AGAIN_MIN:.0f} s of {report['memory_of']} from saved poses takes "
        f"{report['again_s']:.2f} s, "
        f"{report['again_s'] - report['start_up_s'][IMPORTS]:.2f} s without the start of Python and the imports. "
        f"The goal is {LIMITS['again_s']:g} s.",
        "",
        "## Where the time goes",
        "",
        f"One frame of {report['stages_of']} on one core.",
        "",
        "| stage | ms | share |",
        "|---|---|---|",
    ]
    total = sum(report["stages_ms"].values())
    lines += [f"| {name} | {ms:.2f} | {100 * ms / total:.1f} % |" for name, ms in report["stages_ms"].items()]
    lines += [
        "",
        "## Memory",
        "",
        "Peak resident memory of `gait analyze --no-video` in a fresh process on all cores, with repeated clips of "
        f"{report['memory_of']}. The limits are {LIMITS['growth']} times the peak of the shortest video, and "
        f"{LIMITS['peak_mb']} MB.",
        "",
        *_memory_table(report["memory"]),
        "",
        "The same with simulated poses (960 × 720, 60 frames/s): everything after the pose network.",
        "",
        *_memory_table(report["memory_without_network"]),
    ]
    lines += ["", "## Start-up", "", "| | s |", "|---|---|"]
    lines += [f"| `{name}` | {seconds:.2f} |" for name, seconds in report["start_up_s"].items()]
    return "".join(f"{line if line.startswith('|') else textwrap.fill(line, 118)}\n" for line in lines)


def _memory_table(rows: list[Result]) -> list[str]:
    return [
        "| minutes | frames | frames/s | peak MB |",
        "|---|---|---|---|",
        *(f"| {r['minutes']:g} | {r['frames']} | {r['fps']:.1f} | {r['peak_mb']:.0f} |" for r in rows),
    ]


def main() -> None:
    """Read the command line, measure everything and write the report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="720p60 only, two rounds, videos of 1 and 3 minutes")
    parser.add_argument("--rounds", type=int, help="rounds of each speed measurement (2 with --quick, else 3)")
    parser.add_argument("--minutes", type=float, nargs="*", help="lengths of the videos whose memory is measured")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="folder of benchmarks.md and .json")
    parser.add_argument("--measure", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_child(*options.measure)))
        return
    rounds = options.rounds or (2 if options.quick else 3)
    lengths = options.minutes if options.minutes is not None else QUICK_LENGTHS_MIN if options.quick else LENGTHS_MIN
    with tempfile.TemporaryDirectory(prefix="gait-bench-") as folder:
        kinds = [("720p", 60)] if options.quick else [(size, rate) for size in SIZES for rate in RATES]
        clips = {
            f"{size}, {rate} fps": make_clip(Path(folder) / f"{size}{rate}.mp4", SIZES[size], rate)
            for size, rate in kinds
        }
        reference = "720p, 60 fps"
        report: Result = {"machine": machine(), "rounds": rounds, "start_up_s": start_up(rounds)}
        report["speed"] = speeds(clips, rounds)
        report["ratios"] = {}
        for clip, results in report["speed"].items():
            ours = max(result["fps"] for name, result in results.items() if name.startswith("litert"))
            against = {"plain_loop": BASELINE, "bound": BOUND, "bare": BARE}
            report["ratios"][clip] = {key: ours / results[name]["fps"] for key, name in against.items()}
        report["stages_of"], report["stages_ms"] = reference, _measure("stages", clips[reference])
        scratch = Path(folder)
        report["whole_way"] = {
            clip: whole_analysis(path, scratch / path.stem, rounds) for clip, path in clips.items() if "60 fps" in clip
        }
        largest = list(clips)[-1]
        half = repeat_clip(clips[largest], scratch / "half.mp4", AGAIN_MIN)
        analyze(half, scratch / "half", "--no-video")
        report["again_s"] = min(analyze(half, scratch / "half", "--no-video")["seconds"] for _ in range(rounds))
        report["memory_of"], report["memory"], report["memory_without_network"] = largest, [], []
        for minutes in lengths:
            report["memory_without_network"].append(
                peak_memory_without_network(scratch / f"simulated {minutes:g}", minutes)
            )
            long = repeat_clip(clips[largest], scratch / "long.mp4", minutes)
            report["memory"].append(peak_memory(long, scratch / f"long {minutes:g}", minutes, "--no-video"))
            long.unlink()
    options.output.mkdir(exist_ok=True)
    (options.output / "benchmarks.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    (options.output / "benchmarks.md").write_text(benchmarks_page(report), encoding="utf-8")
    print(f"Written: {options.output / 'benchmarks.md'}")


if __name__ == "__main__":
    main()
