"""What an engine found in a stretch of a video, as plain arrays, and on disk so that interrupted work can continue."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gait._typing import FloatArray, PathLike
from gait.atomic_files import atomic_write, remove_abandoned
from gait.display_language import _
from gait.errors import InputError
from gait.owned_files import FILES_LIST, mark_own_folder
from gait.pose.engines.pose_engine import EngineState, FrameResult

#: Increased when chunks are laid out differently on disk.
_LAYOUT = 1
#: Field of a chunk → its name in the file.
_STORED_NAMES = {
    "time": "time",
    "bystanders": "others",
    "frame": "frame",
    "position": "position",
    "confidence": "confidence",
    "world": "world",
}
_STATE_PREFIX = "memory_"
#: The file, beside the chunks, with the finished poses of the whole video.
FINISHED_FILE = "pose.nc"
_CHUNK_NAME = re.compile(r"\d{5,}\.npz")
#: Chunks of the second network, in a folder of their own.
REFINED_FOLDER = "refined"
#: What reading a damaged chunk can raise.
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True, eq=False)
class PoseChunk:
    """A stretch of frames, and everybody in them. Stored with single precision, as the pose dataset itself.

    Attributes
    ----------
    time : (f,) float64 array
        Time of each frame, seconds.
    bystanders : (f,) int32 array
        As in `gait.pose.engines.pose_engine.FrameResult`.
    frame : (n,) int32 array
        In which frame, from 0, each person was found.
    position : (n, k, 2) float32 array
        Pixels, x right, y down.
    confidence : (n, k) float32 array
        0–1.
    world : (n, k, 3) float32 array
        Metres; NaN where the engine gives none.
    state : EngineState
        What the engine needs to continue after the last frame.
    """

    time: FloatArray
    bystanders: NDArray[np.int32]
    frame: NDArray[np.int32]
    position: NDArray[np.float32]
    confidence: NDArray[np.float32]
    world: NDArray[np.float32]
    state: EngineState = field(default_factory=dict)

    @classmethod
    def of(cls, times: Sequence[float], results: Sequence[FrameResult], keypoints: int) -> PoseChunk:
        """Gather what an engine found.

        Parameters
        ----------
        times : sequence of f float
            Time of each frame, seconds.
        results : sequence of f FrameResult
        keypoints : int
            Number of keypoints of a person.

        Returns
        -------
        PoseChunk
        """
        people = [(number, person) for number, result in enumerate(results) for person in result.people]
        no_world = np.full((keypoints, 3), np.nan, np.float32)

        def stacked(arrays: Sequence[NDArray[Any]], shape: tuple[int, ...]) -> NDArray[np.float32]:
            return np.array(arrays, dtype=np.float32).reshape(-1, *shape)

        return cls(
            time=np.array(times, dtype=np.float64),
            bystanders=np.array([result.bystanders for result in results], dtype=np.int32),
            frame=np.array([number for number, _ in people], dtype=np.int32),
            position=stacked([person.position for _, person in people], (keypoints, 2)),
            confidence=stacked([person.confidence for _, person in people], (keypoints,)),
            world=stacked([no_world if p.world is None else p.world for _, p in people], (keypoints, 3)),
            state=(results[-1].state or {}) if results else {},
        )


class PoseChunks(Protocol):
    """Chunks that follow each other in time and can be iterated over several times: a list, or a folder."""

    def __iter__(self) -> Iterator[PoseChunk]: ...

    def append(self, chunk: PoseChunk, /) -> None:
        """Add a chunk at the end.

        Parameters
        ----------
        chunk : PoseChunk
        """


class CheckpointFolder:
    """A folder in which finished chunks wait until the whole video is done.

    Parameters
    ----------
    folder : path
        Made with the first chunk; its parent must exist. Chunks of other work in it are removed.
    identity : mapping
        What decides the chunks: video, engine, model, options. Chunks of anything else are never returned.

    Notes
    -----
    A damaged chunk, and all after it, count as missing. Chunks are read from disk at every iteration; none stays in
    memory.
    """

    def __init__(self, folder: PathLike, identity: Mapping[str, str | int | float]) -> None:
        self._folder = Path(folder)
        self._identity = json.dumps({"layout": _LAYOUT, **identity}, sort_keys=True)
        self._count = 0

    def restore(self) -> Iterator[PoseChunk]:
        """Read the chunks that are there, and remove files that do not belong to them.

        Yields
        ------
        PoseChunk
            In order of time.
        """
        while True:
            try:
                chunk = self._read(self._file(self._count))
            except _UNREADABLE:
                break
            if chunk is None:
                break
            self._count += 1
            yield chunk
        restored = {self._file(number).name for number in range(self._count)}
        if self._folder.is_dir():
            remove_abandoned(self._folder)
            for file in self._folder.iterdir():
                if file.name not in restored and _CHUNK_NAME.fullmatch(file.name) and file.is_file():
                    file.unlink(missing_ok=True)

    def __iter__(self) -> Iterator[PoseChunk]:
        """Read all chunks that were restored or appended, in order."""
        for number in range(self._count):
            yield self[number]

    def __getitem__(self, number: int) -> PoseChunk:
        """Read a chunk that was restored or appended, counted from 0 in that order."""
        file = self._file(number)
        try:
            chunk = self._read(file)
        except _UNREADABLE:
            chunk = None
        if chunk is None:
            raise InputError(_("{file}: was changed while gait needed it; run again").format(file=file))
        return chunk

    def append(self, chunk: PoseChunk) -> None:
        """Save one more chunk.

        Parameters
        ----------
        chunk : PoseChunk
        """
        self._folder.mkdir(exist_ok=True)
        mark_own_folder(self._folder)
        arrays = {stored: getattr(chunk, name) for name, stored in _STORED_NAMES.items()}
        arrays |= {_STATE_PREFIX + name: array for name, array in chunk.state.items()}
        with atomic_write(self._file(self._count)) as temporary:
            np.savez(temporary, work=np.array(self._identity), **arrays)
        self._count += 1

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:05d}.npz"

    def _read(self, file: Path) -> PoseChunk | None:
        with np.load(file, allow_pickle=False) as stored:
            if str(stored["work"]) != self._identity:
                return None
            state = {
                name.removeprefix(_STATE_PREFIX): stored[name]
                for name in stored.files
                if name.startswith(_STATE_PREFIX)
            }
            chunk = PoseChunk(**{name: stored[file_name] for name, file_name in _STORED_NAMES.items()}, state=state)
        return chunk if len(chunk.time) else None


def discard_checkpoints(folder: PathLike) -> None:
    """Remove the chunks in a folder, and the folder if nothing else is in it.

    Parameters
    ----------
    folder : path
        It need not exist.
    """
    folder = Path(folder)
    if not folder.is_dir() or folder.is_symlink():
        return
    remove_abandoned(folder)
    discard_checkpoints(folder / REFINED_FOLDER)
    with suppress(OSError):
        for file in folder.iterdir():
            if _CHUNK_NAME.fullmatch(file.name) or file.name == FINISHED_FILE:
                file.unlink(missing_ok=True)
        if [file.name for file in folder.iterdir()] == [FILES_LIST]:
            (folder / FILES_LIST).unlink(missing_ok=True)
        folder.rmdir()
