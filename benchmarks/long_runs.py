"""Runs of any length without the pose network: a small video, and checkpoints with the poses of exact joints.

Everything after the network then works as on a real video: person tracking, files, measurements, report.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from gait._typing import FloatArray
from gait.pose.checkpoints import CheckpointFolder, PoseChunk
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.engine_registry import DEFAULT_ENGINE, make_engine
from gait.pose.engines.pose_engine import FrameResult, PersonKeypoints
from gait.pose.estimation import _CHUNK_FRAMES, pose_identity
from gait.quality.picture_changes import PIECE_PICTURES
from gait.synthetic import CameraSpec, camera_of, events_of, presets
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion_solver import solve
from gait.video import frame_times

#: Keypoint noise, pixels: about that of a good pose model. [E]
NOISE_PX = 2.5
#: Strides a second of a runner, about. [E]
STRIDES_HZ = 1.4


def repeat_clip(clip: Path, path: Path, minutes: float) -> Path:
    """Repeat a clip without encoding it again.

    Parameters
    ----------
    clip : Path
    path : Path
        Video to write.
    minutes : float
        At least this long.

    Returns
    -------
    Path
        ``path``.
    """
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        original = source.streams.video[0]
        copy = target.add_stream_from_template(original)
        base = original.time_base or Fraction(1, 90_000)
        length = max(p.pts + (p.duration or 0) for p in source.demux(original) if p.pts is not None)
        shift = 0
        while shift * base < 60 * minutes:
            source.seek(0)
            for packet in source.demux(original):
                if packet.dts is None:
                    continue
                packet.pts, packet.dts = (packet.pts or 0) + shift, packet.dts + shift
                packet.time_base, packet.stream = base, copy
                target.mux(packet)
            shift += length
    return path


def moving_video(path: Path, minutes: float, *, fps: int = 60) -> Path:
    """Write a grey video in which a square moves on and on: a video in which nothing moves is refused.

    Parameters
    ----------
    path : Path
        Video to write.
    minutes : float
    fps : int

    Returns
    -------
    Path
        ``path``.

    Notes
    -----
    The square circles as fast as a runner's legs and drifts, so that no second of it comes back within a piece of the
    video that is searched for copies. The clip is longer than such a piece and ends where it begins.
    """
    width, height, half = 960, 720, 60
    count = PIECE_PICTURES + 200
    turn = 2 * np.pi * np.arange(count) / count
    stride = turn * round(STRIDES_HZ * count / fps)
    across = np.rint(250 + 50 * np.sin(7 * turn) + 50 * np.cos(stride)).astype(int)
    down = np.rint(200 + 50 * np.sin(5 * turn + 1) + 50 * np.sin(stride)).astype(int)
    square = np.random.default_rng(1).integers(30, 226, (12, 12)).astype(np.uint8).repeat(10, 0).repeat(10, 1)
    clip = path.with_name(f"{path.stem}_once.mp4")
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "35", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        planes = np.full((height * 3 // 2, width), 128, np.uint8)  # brightness above, colours below
        for x, y in zip(across, down, strict=True):
            planes[:height] = 90
            planes[y - half : y + half, x - half : x + half] = square
            container.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        container.mux(stream.encode(None))
    repeat_clip(clip, path, minutes)
    clip.unlink()
    return path


def stride_pixels(seconds: float = 12.0, *, fps: int = 60) -> FloatArray:
    """Project a whole number of strides into a camera at the side.

    Parameters
    ----------
    seconds : float
        Length of the motion that the strides are cut from.
    fps : int

    Returns
    -------
    (frames, joints, 2) array
        Pixels; can be repeated without a jump.
    """
    motion = solve(presets.neutral(), seconds, seed=1)
    contacts = [e.time_s for e in events_of(motion, seconds) if (e.side, e.kind) == ("left", "contact")]
    count = round((contacts[-1] - contacts[0]) * fps)
    times = np.linspace(contacts[0], contacts[-1], count, endpoint=False)
    return np.asarray(camera_of(CameraSpec()).project(motion.joints(times)))


def write_checkpoints(video: Path, folder: Path, run: FloatArray, *, engine: str = DEFAULT_ENGINE) -> None:
    """Write the checkpoints that an engine would leave after finding this run in a video.

    Parameters
    ----------
    video : path
    folder : path
        Folder of checkpoints, as `gait.pose.estimation.estimate_keypoints` takes it.
    run : (frames, joints, 2) array
        From :func:`stride_pixels`.
    engine : str
        Pose engine to imitate.
    """
    used = make_engine(engine)
    folder.parent.mkdir(parents=True, exist_ok=True)
    store = CheckpointFolder(
        folder, {"engine": used.name, "model": used.model, **pose_identity(video, used.model_sha256, None, None)}
    )
    joints = [JOINTS.index(name) if name in JOINTS else JOINTS.index("nose") for name in BLAZEPOSE_KEYPOINTS]
    times = frame_times(video)
    random = np.random.default_rng(1)
    confidence, world = np.full(len(joints), 0.9), np.zeros((len(joints), 3))
    for begin in range(0, len(times), _CHUNK_FRAMES):
        frames = np.arange(begin, min(begin + _CHUNK_FRAMES, len(times)))
        positions = run[frames % len(run)][:, joints]
        positions = positions + random.normal(0, NOISE_PX, positions.shape)
        results = [FrameResult((PersonKeypoints(position, confidence, world),), state={}) for position in positions]
        store.append(PoseChunk.of(times[frames].tolist(), results, len(joints)))
