"""Speed of the pose engine where it sees every frame, against the plain loop and against its own network.

    python -m benchmarks.engine_speed MEASUREMENT [ARGUMENT ...]

makes one measurement and prints it as JSON. Every measurement runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.processes import run_process

#: Engine → numbers of workers that are compared.
WORKERS = {"litert": (1, 2, 4), "mediapipe": (2,)}
BASELINE, BOUND, BARE = "MediaPipe VIDEO loop", "bound", "bound without the mask"

Result = dict[str, Any]


def usable_cores() -> int:
    """Return the number of cores that this process may use.

    Returns
    -------
    int
    """
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
    """Run the loop of MediaPipe's own guide (`benchmarks.mediapipe_loop`).

    Parameters
    ----------
    clip : str

    Returns
    -------
    int
        Frames.
    """
    from benchmarks.mediapipe_loop import run_loop
    from gait.pose.engines.model_file import load_model

    return run_loop(clip, load_model().content(), started=_start_clock)[0]


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
    cores = usable_cores()

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
    with LiteRT(workers=1) as engine, engine.networks() as networks:
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


def measure_here(name: str, *arguments: str) -> Result:
    """Measure in this process.

    Parameters
    ----------
    name : str
        A name in `MEASURES`.
    *arguments : str

    Returns
    -------
    dict
        ``frames``, ``seconds``, ``fps`` and ``peak_mb``; or what the measurement returns.
    """
    result = MEASURES[name](*arguments)
    if isinstance(result, dict):
        return result
    wall = time.perf_counter() - _began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return {"frames": result, "seconds": wall, "fps": result / wall, "peak_mb": peak}


def measure(name: str, *arguments: object) -> Result:
    """Measure in a process of its own.

    Parameters
    ----------
    name : str
        A name in `MEASURES`.
    *arguments : object

    Returns
    -------
    dict
        As `measure_here`.
    """
    return dict(json.loads(run_process("-m", "benchmarks.engine_speed", name, *arguments).output.splitlines()[-1]))


def contenders() -> Iterator[tuple[str, tuple[object, ...]]]:
    """List what is compared.

    Yields
    ------
    name : str
    call : tuple
        Name in `MEASURES` and its arguments; ``{clip}`` stands for the video.
    """
    yield BARE, ("bound", "without")
    yield BOUND, ("bound", "with")
    yield BASELINE, ("loop", "{clip}")
    for engine, counts in WORKERS.items():
        for workers in counts:
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
            for name, (kind, *arguments) in contenders():
                result = measure(str(kind), *(str(a).replace("{clip}", str(path)) for a in arguments))
                print(f"round {number + 1}: {clip}, {name}: {result['fps']:.1f} frames/s", flush=True)
                if name not in best[clip] or result["fps"] > best[clip][name]["fps"]:
                    best[clip][name] = result
    return best


def main() -> None:
    """Make the measurement of the command line and print it."""
    print(json.dumps(measure_here(*sys.argv[1:])))


if __name__ == "__main__":
    main()
