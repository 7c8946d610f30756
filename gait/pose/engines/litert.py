"""BlazePose through LiteRT: the networks of the MediaPipe bundle, with the crop followed from picture to picture.

How it works
------------
The pictures are cut into blocks of a fraction of a second, and the first picture of each is its key picture. Key
pictures are worked on one after another: everybody known is looked for where they were in the key picture before, then
once more in the crop that follows from that; the detector looks for new people once a second, and in every key picture
while somebody is new or lost or nobody is there. All other pictures are independent of each other: each person's crop
lies between those of the key pictures before and after. Blocks are counted from the first picture, so that the answers
do not depend on how many workers share the work.

Deviations from MediaPipe's usual video use
-------------------------------------------
1. No smoothing: it happens later, with zero phase (see `gait.pose.engines.mediapipe_tasks`).
2. The crop is interpolated between key pictures instead of taken from the picture before: it does not lag.
3. The detector runs once a second, not in every picture; on a treadmill the crop hardly moves.
4. The segmentation mask is not computed (`gait.pose.engines.network_pruning`).
5. Crops are cut from the brightness and colour planes as the video stores them, and only the crop is converted to RGB.
6. Thresholds of 0.3, and up to three people, as `gait.pose.engines.mediapipe_tasks`; those who are found to keep still are
   looked at in key pictures only.
"""

from __future__ import annotations

import io
import os
import queue
import zipfile
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gait.errors import InputError
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.blazepose import (
    BOXES,
    DETECTOR_SIDE,
    LANDMARK_SIDE,
    LANDMARKS,
    Body,
    Crop,
    body,
    detections,
    whole_picture,
)
from gait.pose.engines.engine import EngineState, FrameResult, PersonKeypoints
from gait.pose.engines.log_suppression import stderr
from gait.pose.engines.model_file import MEMBERS, load_model
from gait.pose.engines.network_pruning import without_output
from gait.pose.engines.people import PROBATION_S, TrackedPeople, TrackedPerson
from gait.video.reader import Picture

_MIN_CONFIDENCE = 0.3
_MOST_PEOPLE = 3
#: Key pictures per second of the video. Hips rise and fall some three times a second, and the crop must follow them:
#: landmarks are drawn after the crop a little. With 8 a second, contacts seen from behind came 10 ms early.
_KEYS_PER_S = 12.0
#: Pictures per block: at least so many that some can be worked on at the same time, at most so many that few are held.
_BLOCK = (4, 12)
_SEARCH_EVERY_S = 1.0
#: Somebody who is not found is expected in the same place for so long, seconds.
_PATIENCE_S = 1.0
#: Nobody crosses the picture faster than this many sides of the crop per second: whoever is found farther from where
#: somebody was is somebody else. A sprinter past a standing camera makes some 4. [E]
_FASTEST = 2.5
#: … but a crop and the landmarks in it are never closer than this to each other for certain, sides of the crop. [E]
_NEAREST = 0.2


class LiteRT:
    """The engine ``litert``; see `gait.pose.engines.engine.PoseEngine`.

    Parameters
    ----------
    model : path, optional
        A ``pose_landmarker_{lite,full,heavy}.task``; the bundled full model without it.
    workers : int
        Pictures in work at the same time, each on one core.

    Raises
    ------
    InputError
        When the model cannot be used.
    """

    name = "litert"
    keypoints = BLAZEPOSE_KEYPOINTS

    def __init__(self, model: str | os.PathLike[str] | None = None, *, workers: int = 1) -> None:
        self._model = load_model(model)
        self.model = self._model.name
        self.model_sha256 = self._model.sha256
        self._workers = workers
        self._idle: queue.SimpleQueue[_Networks] | None = None
        self._after = ExitStack()

    def __enter__(self) -> Self:
        with stderr.quiet():
            try:
                idle: queue.SimpleQueue[_Networks] = queue.SimpleQueue()
                with zipfile.ZipFile(io.BytesIO(self._model.content)) as bundle:
                    detector, landmarker = (bundle.read(name) for name in MEMBERS)
                landmarker = without_output(landmarker, (1, LANDMARK_SIDE, LANDMARK_SIDE, 1))
                for _ in range(self._workers):
                    idle.put(_Networks(detector, landmarker))
                self._quiet_opencv()
            except (RuntimeError, ValueError) as error:
                raise InputError(f"{self._model.path}: the pose model cannot be loaded: {_reason(error)}") from None
            except (ImportError, OSError) as error:
                # OpenCV is linked against libraries that a machine without a desktop lacks.
                raise InputError(
                    f"the pose runtime cannot be loaded: {_reason(error)}; "
                    "on Debian or Ubuntu: apt install libgl1 libsm6 libxext6 libglib2.0-0"
                ) from None
        self._idle = idle
        return self

    def _quiet_opencv(self) -> None:
        """Keep OpenCV from sharing out each small crop over all cores, which are busy with other pictures."""
        import cv2

        before = cv2.getNumThreads()
        cv2.setNumThreads(1)
        self._after.callback(cv2.setNumThreads, before)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._idle = None
        self._after.close()

    def track(
        self, pictures: Iterable[Picture], *, fps: float, memory: EngineState | None = None
    ) -> Generator[FrameResult]:
        """Find people; see `gait.pose.engines.engine.PoseEngine.track`.

        Notes
        -----
        At most some four blocks of pictures are held at any time.
        """
        if self._idle is None:
            raise ValueError("the engine is used outside its with block")
        pace = _Pace.at(fps)
        executor = ThreadPoolExecutor(self._workers, thread_name_prefix="gait-pose")
        try:
            yield from self._blocks(
                executor, iter(pictures), pace, TrackedPeople.from_arrays(memory) if memory else TrackedPeople()
            )
        finally:
            # Also on Ctrl-C: networks must not go away while a picture is in work.
            executor.shutdown(wait=True, cancel_futures=True)

    def _blocks(
        self, executor: ThreadPoolExecutor, pictures: Iterator[Picture], pace: _Pace, cast: TrackedPeople
    ) -> Iterator[FrameResult]:
        """Hand out the work block by block and give the answers in order.

        Workers take tasks in the order they are handed out, and a task waits only for tasks that were handed out
        before it, so that it never waits in vain. Key pictures are handed out one block ahead of the rest, so that
        waiting is rare.
        """
        started: deque[_Block] = deque()
        waiting: deque[tuple[Future[_Key], list[Future[FrameResult]]]] = deque()
        before: Future[_Key] = Future()
        before.set_result(_Key(cast, ()))

        def hand_out(block: _Block, after: Future[_Key] | None) -> None:
            count = len(block.rest) + 1
            work = [executor.submit(_first, block.key)]
            for place, picture in enumerate(block.rest, start=1):
                work.append(executor.submit(self._between, picture, block.key, after, place / count, pace))
            waiting.append((block.key, work))

        while True:
            chunk = _take(pictures, pace.block)
            if chunk:
                before = executor.submit(self._key, chunk[0], before, pace)
                started.append(_Block(before, chunk[1:]))
            # A block can be finished when the key picture after it is known; and one more is kept ahead.
            while len(started) > (2 if chunk else 0):
                hand_out(started.popleft(), started[0].key if started else None)
            while waiting and (len(waiting) > self._blocks_ahead(pace) or not chunk):
                key, work = waiting.popleft()
                for future in work[:-1]:
                    yield future.result()
                yield replace(work[-1].result(), memory=key.result().cast.to_arrays())
            if not chunk:
                return

    def _blocks_ahead(self, pace: _Pace) -> int:
        """Give how many blocks are handed out beside the one that is waited for, so that no worker runs dry."""
        return 1 + 2 * self._workers // pace.block

    @contextmanager
    def _networks(self) -> Iterator[_Networks]:
        assert self._idle is not None
        idle = self._idle
        networks = idle.get()
        try:
            yield networks
        finally:
            idle.put(networks)

    def _key(self, picture: Picture, before: Future[_Key], pace: _Pace) -> _Key:
        """Look at a key picture: everybody known, and somebody new when it is time."""
        cast = before.result().cast
        with self._networks() as networks:
            view = _View(picture, networks)
            kept: list[tuple[TrackedPerson, Body]] = []
            lost: list[TrackedPerson] = []
            for member in cast.members:
                found = view.person(member.crop, search=True)
                if found is not None:
                    # Looked at twice: in a crop that lags behind the rise and fall of the body, landmarks are drawn
                    # after the crop, by enough to shift contacts seen from behind by several ms.
                    found = view.person(found.crop.changed(member.offset)) or found
                jumped = found is not None and not found.crop.changed(member.offset).is_near(
                    member.crop, reach=pace.reach if member.seen else 0.5
                )
                if found is None or jumped or any(found.is_same_as(other) for _, other in kept):
                    lost.append(member)
                else:
                    kept.append((member.after(found.crop, found.position, pace.audition), found))
            next_number, since = cast.next_number, cast.since_search + 1
            young = any(member.seen < pace.audition for member, _ in kept)
            if since >= pace.search or lost or young or not kept:
                since = 0
                kept, next_number = self._searched(view, kept, lost, next_number, pace)
        found_again = {member.number for member, _ in kept}
        # Whoever is hidden for a moment is expected in the same place; the longest known stay first.
        waited_for = [
            replace(member, missed=member.missed + 1)
            for member in lost
            if member.number not in found_again and member.seen and member.missed < pace.patience
        ]
        members = sorted([*(member for member, _ in kept), *waited_for], key=lambda member: member.number)
        return _Key(TrackedPeople(tuple(members), since, next_number), tuple(_landmarks(one) for _, one in kept))

    @staticmethod
    def _searched(
        view: _View,
        kept: list[tuple[TrackedPerson, Body]],
        lost: Sequence[TrackedPerson],
        next_number: int,
        pace: _Pace,
    ) -> tuple[list[tuple[TrackedPerson, Body]], int]:
        """Compare everybody who is known with what the detector sees, and add who is new or was lost."""
        everybody = list(kept)
        missing = list(lost)
        matched: set[int] = set()
        for detected in view.detections():
            # A crop of the detector that lies between two people shows one of them: only a look says whom.
            place = next((i for i, (m, _) in enumerate(everybody) if detected.is_near(m.crop, reach=0.08)), None)
            seen = None
            if place is None:
                seen = view.person(detected)
                if seen is None:
                    continue
                place = next((i for i, (_, other) in enumerate(everybody) if seen.is_same_as(other)), None)
            if place is None and seen is not None and len(everybody) < _MOST_PEOPLE:
                member = next((m for m in missing if seen.crop.is_near(m.crop)), None)
                if member is not None:
                    missing.remove(member)
                else:
                    member = TrackedPerson.new(next_number, detected)
                    next_number += 1
                place = len(everybody)
                everybody.append((member.after(seen.crop, seen.position, pace.audition), seen))
            if place is not None and place not in matched:
                matched.add(place)
                member, found = everybody[place]
                everybody[place] = (member.matched(found.crop, detected), found)
        return everybody, next_number

    def _between(
        self, picture: Picture, before: Future[_Key], after: Future[_Key] | None, share: float, pace: _Pace
    ) -> FrameResult:
        """Look at a picture between two key pictures, ``share`` (0–1) of the way to the second."""
        first = before.result().cast
        second = first if after is None else after.result().cast
        crops, others = _expected(first, second, share, pace)
        with self._networks() as networks:
            view = _View(picture, networks)
            # Searched for only where somebody must be: known before and after.
            found: list[Body] = []
            for crop, sure in crops:
                one = view.person(crop, search=sure)
                if one is not None and not any(one.is_same_as(other) for other in found):
                    found.append(one)
        return FrameResult(tuple(_landmarks(one) for one in found), others)


def _first(key: Future[_Key]) -> FrameResult:
    return FrameResult(key.result().people)


@dataclass(frozen=True)
class _Pace:
    """How many pictures, or key pictures, things take at a frame rate."""

    block: int
    search: int
    audition: int
    patience: int
    reach: float

    @classmethod
    def at(cls, fps: float) -> _Pace:
        block = int(np.clip(round(fps / _KEYS_PER_S), *_BLOCK))
        keys_per_s = fps / block
        reach = min(max(_FASTEST / keys_per_s, _NEAREST), 0.5)
        return cls(
            block=block,
            search=max(1, round(keys_per_s * _SEARCH_EVERY_S)),
            audition=max(4, round(keys_per_s * PROBATION_S)),
            patience=max(2, round(keys_per_s * _PATIENCE_S)),
            reach=reach,
        )


@dataclass(frozen=True, eq=False)
class _Key:
    """What is known after a key picture: everybody followed, and their landmarks in it."""

    cast: TrackedPeople
    people: tuple[PersonKeypoints, ...]


@dataclass(frozen=True, eq=False)
class _Block:
    key: Future[_Key]
    rest: list[Picture]


def _take(pictures: Iterator[Picture], count: int) -> list[Picture]:
    return [picture for _, picture in zip(range(count), pictures, strict=False)]


def _expected(
    before: TrackedPeople, after: TrackedPeople, share: float, pace: _Pace
) -> tuple[list[tuple[Crop, bool]], int]:
    """Say where to look for whom between two key pictures.

    Returns
    -------
    crops : list of (Crop, bool)
        One per person; whether the person was there both before and after.
    others : int
        People who were there both before and after but keep still, and are not looked for.
    """
    wanted = before.awaited(pace.audition) | after.awaited(pace.audition)
    later = {member.number: member for member in after.members}
    crops: list[tuple[Crop, bool]] = []
    others = 0
    for member in before.members:
        if member.number not in later:
            continue
        if member.number not in wanted:
            others += 1
            continue
        crops.append((member.crop.towards(later[member.number].crop, share), True))
    # Who comes or goes is looked for on the side of the key picture that shows them.
    known = {member.number for member in before.members} & set(later)
    sides = (before, after) if share < 0.5 else (after, before)
    for cast in sides:
        for member in cast.members:
            if member.number not in known and not any(member.crop.is_near(crop) for crop, _ in crops):
                crops.append((member.crop, False))
    return crops, others


def _landmarks(seen: Body) -> PersonKeypoints:
    return PersonKeypoints(seen.position, seen.visibility, seen.world)


class _View:
    """One picture as one pair of networks sees it."""

    def __init__(self, picture: Picture, networks: _Networks) -> None:
        self._planes = picture.planes()
        self._whole = whole_picture(picture.width, picture.height)
        self._networks = networks
        self._found: list[Crop] | None = None

    def detections(self) -> list[Crop]:
        """Give where the detector sees people, best first."""
        if self._found is None:
            self._found = self._networks.detect(self._planes, self._whole)
        return self._found

    def person(self, crop: Crop, *, search: bool = False) -> Body | None:
        """Give the person in a crop; where nobody is, and if wanted, the one that the detector sees nearby."""
        seen = self._networks.look(self._planes, crop)
        if _is_there(seen, crop):
            return seen
        if search:
            for near in self.detections():
                if near.is_near(crop, reach=0.4):
                    seen = self._networks.look(self._planes, near)
                    return seen if _is_there(seen, near) else None
        return None


def _is_there(seen: Body, crop: Crop) -> bool:
    """Say whether a crop holds a person: the network says so, and the person has not left it."""
    return seen.presence >= _MIN_CONFIDENCE and seen.crop.is_near(crop, reach=0.5, ratio=2.0)


class _Networks:
    """The detector and the landmark network, on one core; for one thread at a time."""

    def __init__(self, detector: bytes, landmarker: bytes) -> None:
        import cv2
        from ai_edge_litert.interpreter import Interpreter

        self._cv2: Any = cv2
        self._detector = _Network(Interpreter(model_content=detector, num_threads=1), DETECTOR_SIDE, BOXES)
        self._landmarker = _Network(Interpreter(model_content=landmarker, num_threads=1), LANDMARK_SIDE, LANDMARKS)

    def detect(self, planes: Any, whole: Crop) -> list[Crop]:
        # Black beyond the picture's border, as MediaPipe shows the detector.
        rgb = self._cut(planes, whole, DETECTOR_SIDE, replicate=False)
        boxes, logits = self._detector(rgb, 1 / 127.5, -1.0)
        return detections(boxes[0], logits[0, :, 0], whole, least=_MIN_CONFIDENCE)

    def look(self, planes: Any, crop: Crop) -> Body:
        # The border's pixels repeated beyond it, as MediaPipe shows the landmark network.
        rgb = self._cut(planes, crop, LANDMARK_SIDE, replicate=True)
        landmarks, flag, heatmap, world = self._landmarker(rgb, 1 / 255, 0.0)
        return body(landmarks[0], float(flag[0, 0]), heatmap[0], world[0], crop)

    def _cut(self, planes: Any, crop: Crop, side: int, *, replicate: bool) -> NDArray[np.uint8]:
        """Give a crop as (side, side, 3) uint8 RGB."""
        cv2 = self._cv2
        to_stored = np.vstack([planes.from_upright, (0, 0, 1)]) @ np.vstack([crop.matrix(side), (0, 0, 1)])
        # A colour sample lies in the middle of two by two pixels.
        halved = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]]) @ to_stored
        # Where it is not the border's own pixel, what lies beyond is black.
        black = (0, 0, 0) if replicate else np.rint(np.linalg.solve(planes.to_rgb[:, :3], -planes.to_rgb[:, 3]))
        border = cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT
        cut = [
            cv2.warpAffine(
                plane,
                matrix[:2],
                (side, side),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=border,
                borderValue=float(value),
            )
            for plane, matrix, value in zip(
                (planes.y, planes.u, planes.v), (to_stored, halved, halved), black, strict=True
            )
        ]
        rgb: NDArray[np.uint8] = cv2.transform(cv2.merge(cut), planes.to_rgb)
        return rgb


class _Network:
    """A network with one square RGB input, and outputs that are told apart by their shapes."""

    def __init__(self, interpreter: Any, side: int, outputs: Sequence[tuple[int, ...]]) -> None:
        interpreter.allocate_tensors()
        (given,) = interpreter.get_input_details()
        shape = tuple(int(n) for n in given["shape"])
        by_shape = {tuple(int(n) for n in d["shape"]): int(d["index"]) for d in interpreter.get_output_details()}
        if shape != (1, side, side, 3) or not by_shape.keys() >= set(outputs):
            raise ValueError(f"a network takes {shape} and gives {', '.join(map(str, by_shape))}")
        self._interpreter = interpreter
        self._input = int(given["index"])
        self._outputs = [by_shape[wanted] for wanted in outputs]

    def __call__(self, rgb: NDArray[np.uint8], factor: float, offset: float) -> list[NDArray[np.float32]]:
        """Run on ``rgb × factor + offset``. The arrays returned are the network's own: gone at the next call."""
        tensor = self._interpreter.tensor
        np.multiply(rgb, np.float32(factor), out=tensor(self._input)()[0])
        if offset:
            shown = tensor(self._input)()
            shown += np.float32(offset)
            del shown  # the interpreter refuses to run while somebody holds its memory
        self._interpreter.invoke()
        return [tensor(index)() for index in self._outputs]


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
