"""A run of any length without the pose network: a small video, and the poses of exact joints as if they had been seen.

Everything after the network then works as on a real hour: following the runner, files, kinematics, report.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from gait.pose.checkpoints import CheckpointFolder, PoseChunk
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.engine import DEFAULT_ENGINE, FrameResult, PersonKeypoints, make_engine
from gait.pose.estimation import _PART_FRAMES, _identity
from gait.synthetic import CameraSpec, camera_of, events_of, presets
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion_solver import solve
from gait.video.reader import VideoWriter, frame_times

#: Landmark noise, pixels: as good pose models have.
NOISE_PX = 2.5


def repeat_clip(clip: Path, path: Path, minutes: float) -> Path:
    """Repeat a clip without coding it again."""
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        given = source.streams.video[0]
        made = target.add_stream_from_template(given)
        base = given.time_base or Fraction(1, 90_000)
        length = max(p.pts + (p.duration or 0) for p in source.demux(given) if p.pts is not None)
        shift = 0
        while shift * base < 60 * minutes:
            source.seek(0)
            for packet in source.demux(given):
                if packet.dts is None:
                    continue
                packet.pts, packet.dts = (packet.pts or 0) + shift, packet.dts + shift
                packet.time_base, packet.stream = base, made
                target.mux(packet)
            shift += length
    return path


def grey_video(path: Path, minutes: float, *, fps: int = 60) -> Path:
    """Film nothing in particular for so long."""
    clip = path.with_name(f"{path.stem}_once.mp4")
    with VideoWriter(clip, width=960, height=720, fps=fps, crf=40) as writer:
        for _ in range(6 * fps):
            writer.write(np.full((720, 960, 3), 90, np.uint8))
    repeat_clip(clip, path, minutes)
    clip.unlink()
    return path


def strides(seconds: float = 12.0, *, fps: int = 60) -> NDArray[np.float64]:
    """Film a whole number of strides from the side: (frames, joints, 2) pixels, to be repeated."""
    motion = solve(presets.neutral(), seconds, seed=1)
    contacts = [e.time_s for e in events_of(motion, seconds) if (e.side, e.kind) == ("left", "contact")]
    count = round((contacts[-1] - contacts[0]) * fps)
    times = np.linspace(contacts[0], contacts[-1], count, endpoint=False)
    return np.asarray(camera_of(CameraSpec()).project(motion.joints(times)))


def pretend_seen(video: Path, keep: Path, run: NDArray[np.float64], *, engine: str = DEFAULT_ENGINE) -> None:
    """Write the parts that an engine would have left after seeing this run in a video.

    Parameters
    ----------
    video : path
    keep : path
        The folder for parts, as `gait.pose.estimation.estimate_pose` takes it.
    run : (frames, joints, 2) array
        From :func:`strides`.
    engine : str
    """
    used = make_engine(engine)
    keep.parent.mkdir(parents=True, exist_ok=True)
    store = CheckpointFolder(
        keep, {"engine": used.name, "model": used.model, **_identity(video, used.model_sha256, None, None)}
    )
    joints = [JOINTS.index(name) if name in JOINTS else JOINTS.index("nose") for name in BLAZEPOSE_KEYPOINTS]
    times = frame_times(video)
    random = np.random.default_rng(1)
    sure, world = np.full(len(joints), 0.9), np.zeros((len(joints), 3))
    for begin in range(0, len(times), _PART_FRAMES):
        frames = np.arange(begin, min(begin + _PART_FRAMES, len(times)))
        positions = run[frames % len(run)][:, joints]
        positions = positions + random.normal(0, NOISE_PX, positions.shape)
        seen = [FrameResult((PersonKeypoints(position, sure, world),), memory={}) for position in positions]
        store.append(PoseChunk.of(times[frames].tolist(), seen, len(joints)))
