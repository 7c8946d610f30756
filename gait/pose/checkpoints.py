"""What was seen in a stretch of a video, in plain arrays, and on disk so that work that was killed goes on there."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gait.atomic_files import atomic_write
from gait.errors import InputError
from gait.pose.engines.engine import EngineState, FrameResult

#: Raised when parts are laid out differently.
_LAYOUT = 1
#: Stored with single precision, the pose dataset's own.
_ARRAYS = ("time", "others", "frame", "position", "confidence", "world")
_MEMORY = "memory_"
#: The file, beside the parts, that holds what they amount to.
WHOLE = "pose.nc"
#: What reading a damaged part can end with.
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True, eq=False)
class PoseChunk:
    """A stretch of frames, and everybody in them.

    Attributes
    ----------
    time : (f,) float64
        Of each frame, seconds.
    others : (f,) int32
        As `gait.pose.engines.engine.Seen`.
    frame : (n,) int32
        In which frame, from 0, each person was seen.
    position : (n, k, 2) float32
    confidence : (n, k) float32
    world : (n, k, 3) float32
        NaN where the engine gives none.
    memory : EngineState
        What the engine needs to go on after the last frame.
    """

    time: NDArray[np.float64]
    others: NDArray[np.int32]
    frame: NDArray[np.int32]
    position: NDArray[np.float32]
    confidence: NDArray[np.float32]
    world: NDArray[np.float32]
    memory: EngineState = field(default_factory=dict)

    @classmethod
    def of(cls, times: Sequence[float], seen: Sequence[FrameResult], landmarks: int) -> PoseChunk:
        """Gather what an engine saw; ``landmarks`` is how many a person has."""
        people = [(number, person) for number, one in enumerate(seen) for person in one.people]
        unknown = np.full((landmarks, 3), np.nan, np.float32)

        def stacked(arrays: Sequence[NDArray[Any]], shape: tuple[int, ...]) -> NDArray[np.float32]:
            return np.array(arrays, dtype=np.float32).reshape(-1, *shape)

        return cls(
            time=np.array(times, dtype=np.float64),
            others=np.array([one.others for one in seen], dtype=np.int32),
            frame=np.array([number for number, _ in people], dtype=np.int32),
            position=stacked([person.position for _, person in people], (landmarks, 2)),
            confidence=stacked([person.confidence for _, person in people], (landmarks,)),
            world=stacked([unknown if p.world is None else p.world for _, p in people], (landmarks, 3)),
            memory=(seen[-1].memory or {}) if seen else {},
        )


class PoseChunks(Protocol):
    """PoseChunks that follow each other, as often as they are asked for: a list, or a folder."""

    def __iter__(self) -> Iterator[PoseChunk]: ...

    def append(self, part: PoseChunk, /) -> None: ...  # noqa: D102


class CheckpointFolder:
    """A folder in which finished parts wait until the whole video is done.

    Parameters
    ----------
    folder : path
        Made when the first part is put there; its parent must exist. Parts of other work in it are thrown away.
    work : mapping
        What decides the parts: video, engine, model, options. Parts of anything else are never given back.

    Notes
    -----
    A part that is damaged, and all after it, are as if they were not there. Parts are read from disk whenever they are
    gone through; none stays in memory.
    """

    def __init__(self, folder: str | os.PathLike[str], work: Mapping[str, str | int | float]) -> None:
        self._folder = Path(folder)
        self._work = json.dumps({"layout": _LAYOUT, **work}, sort_keys=True)
        self._count = 0

    def restore(self) -> Iterator[PoseChunk]:
        """Give the parts that are there, in order, and throw away what does not belong to them."""
        while True:
            try:
                part = self._read(self._file(self._count))
            except _UNREADABLE:
                break
            if part is None:
                break
            self._count += 1
            yield part
        known = {self._file(number).name for number in range(self._count)}
        if self._folder.is_dir():
            for file in self._folder.iterdir():
                if file.name not in known and file.suffix == ".npz":
                    file.unlink(missing_ok=True)

    def __iter__(self) -> Iterator[PoseChunk]:
        """Give all parts that were restored or put here, in order."""
        for number in range(self._count):
            file = self._file(number)
            try:
                part = self._read(file)
            except _UNREADABLE:
                part = None
            if part is None:
                raise InputError(f"{file}: was changed while it was needed; run again")
            yield part

    def append(self, part: PoseChunk) -> None:
        """Keep one more part."""
        self._folder.mkdir(exist_ok=True)
        arrays = {name: getattr(part, name) for name in _ARRAYS}
        arrays |= {_MEMORY + name: array for name, array in part.memory.items()}
        with atomic_write(self._file(self._count)) as temporary:
            np.savez(temporary, work=np.array(self._work), **arrays)
        self._count += 1

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:05d}.npz"

    def _read(self, file: Path) -> PoseChunk | None:
        with np.load(file, allow_pickle=False) as stored:
            if str(stored["work"]) != self._work:
                return None
            memory = {name.removeprefix(_MEMORY): stored[name] for name in stored.files if name.startswith(_MEMORY)}
            part = PoseChunk(**{name: stored[name] for name in _ARRAYS}, memory=memory)
        return part if len(part.time) else None


def discard_checkpoints(folder: str | os.PathLike[str]) -> None:
    """Remove a folder of parts, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
