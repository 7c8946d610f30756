"""BlazePose through LiteRT: the networks of the MediaPipe bundle, with each person's crop tracked over frames.

How it works
------------
The frames are cut into blocks of a fraction of a second. The first frame of each block is its key frame. Key frames
are worked on one after another: the engine looks for every tracked person where they were in the key frame before, then
once more in the crop that follows from that. The detector looks for new people once a second, and in every key frame
while somebody is new or lost or nobody is there. All other frames are independent of each other: each person's crop
lies between those of the key frames before and after. Blocks are counted from the first frame, so that the results do
not depend on how many workers share the work.

A second landmark network can be given some frames as well, in the crops in which the first one found people. On six
rendered clips (480 frames, ten points of the legs) the heavy network's median error against the true joints was 2.8 %
of the leg in these crops and in crops of its own. Its crops are put aside, and whichever thread has time runs it on
them: threads share one such network, and do not wait for each other.

Deviations from MediaPipe's usual video use
-------------------------------------------
1. No smoothing: it happens later, with zero phase (see `gait.pose.engines.mediapipe_tasks`).
2. The crop is interpolated between key frames instead of taken from the frame before: it does not lag.
3. The detector runs once a second, not in every frame; on a treadmill the crop hardly moves.
4. The segmentation mask is not computed (`gait.pose.engines.network_pruning`).
5. Crops are cut from the brightness and colour planes as the video stores them, and only the crop is converted to RGB.
6. Thresholds of 0.3, and up to three people, as in `gait.pose.engines.mediapipe_tasks`; people who keep still are
   looked for in key frames only.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np

from gait._typing import Image, PathLike
from gait.display_language import gettext
from gait.errors import InputError
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.blazepose import LANDMARK_SIDE, BodyLandmarks, PersonCrop, whole_frame_crop
from gait.pose.engines.crop_tracking import PROBATION_S, TrackedPeople, TrackedPerson
from gait.pose.engines.litert_networks import LiteRTNetworks, NetworkPool, WaitingCrops, detector_pool
from gait.pose.engines.log_suppression import stderr_filter
from gait.pose.engines.model_file import MEMBERS, PoseModel, load_model
from gait.pose.engines.network_pruning import without_output
from gait.pose.engines.pose_engine import EngineState, FrameResult, PersonKeypoints
from gait.video import DecodedFrame

_Result = TypeVar("_Result")

#: Deviation 6.
_MIN_CONFIDENCE = 0.3
_MAX_PEOPLE = 3
#: Key frames per second of the video. Hips rise and fall some three times a second, and the crop must keep up with
#: them, because keypoints shift a little along with the crop. With 8 a second, contacts seen from behind came 10 ms
#: early.
_KEY_FRAMES_PER_S = 12.0
#: Least and most frames per block: enough that some can be worked on at the same time, few enough for memory. [E]
_BLOCK = (4, 12)
#: Seconds between two searches for new people. [E]
_SEARCH_EVERY_S = 1.0
#: Somebody who is not found is expected in the same place for so long, seconds. [E]
_PATIENCE_S = 1.0
#: Nobody crosses the frame faster than this many sides of the crop per second: whoever is found farther from where
#: somebody was is somebody else. A sprinter past a standing camera makes some 4. [E]
_MAX_SPEED = 2.5
#: … but a crop and the keypoints in it always differ by up to this much, sides of the crop. [E]
_MIN_REACH = 0.2
#: Reach of crops that could hold one person, sides of the crop: a crop of the detector and a tracked one in the same
#: key frame; a detection near an expected place; keypoints and the crop in which they were found. [E]
_SAME_CROP, _NEARBY, _MAX_REACH = 0.08, 0.4, 0.5
#: Keypoints suggest a crop at most this much larger or smaller than the one in which they were found. [E]
_MAX_SIZE_RATIO = 2.0
#: So many workers share one detector and one second network, which run in some frames only. [E]
_WORKERS_PER_SHARED = 4
#: How long a thread may hold Python's lock while others wait for it, seconds. [E]
_TURN_S = 0.0005


def network_contents(model: PoseModel) -> tuple[bytes, bytes]:
    """Give the two networks of a bundle as `gait.pose.engines.litert_networks.LiteRTNetworks` takes them.

    Parameters
    ----------
    model : PoseModel

    Returns
    -------
    tuple of bytes
        The detector, and the landmark network without its mask.

    Raises
    ------
    ValueError
        When one of them is not a network.
    """
    return model.member(MEMBERS[0]), _landmarker(model)


def _landmarker(model: PoseModel) -> bytes:
    return without_output(model.member(MEMBERS[1]), (1, LANDMARK_SIDE, LANDMARK_SIDE, 1))


class LiteRT:
    """The engine ``litert``; see `gait.pose.engines.pose_engine.PoseEngine`.

    Parameters
    ----------
    model : str or path, optional
        As in `gait.pose.engines.model_file.load_model`.
    workers : int
        Frames in work at the same time, each on one core.
    second_model : str or path, optional
        Another model, whose landmark network is given the crops in which the first one found people, in the frames
        that ``refine`` of :meth:`track` chooses.

    Raises
    ------
    InputError
        When a model cannot be used.
    """

    name = "litert"
    keypoints = BLAZEPOSE_KEYPOINTS
    keypoint_family = "blazepose"

    def __init__(
        self, model: PathLike | None = None, *, workers: int = 1, second_model: PathLike | None = None
    ) -> None:
        self._model = load_model(model)
        self._second_model = None if second_model is None else load_model(second_model)
        self.model = self._model.name
        self.model_sha256 = self._model.sha256
        self._workers = workers
        self._pool: NetworkPool[LiteRTNetworks] | None = None
        self._second: WaitingCrops | None = None
        self._after = ExitStack()

    def __enter__(self) -> Self:
        with stderr_filter.suppress_logs():
            try:
                detector, landmarker = network_contents(self._model)
                shared = max(1, self._workers // _WORKERS_PER_SHARED)
                detectors = detector_pool(detector, shared)
                pool = NetworkPool(lambda: LiteRTNetworks(detectors, landmarker), self._workers)
                with detectors.borrow(), pool.borrow():
                    self._limit_opencv()
                    self._take_short_turns()
            except InputError:
                raise
            except (RuntimeError, ValueError) as error:
                raise InputError(
                    gettext("{model}: the pose model cannot be loaded: {reason}").format(
                        model=self._model.path, reason=_reason(error)
                    )
                ) from None
            except (ImportError, OSError) as error:
                # OpenCV is linked against libraries that a machine without a desktop lacks.
                raise InputError(
                    gettext(
                        "the pose runtime cannot be loaded: {reason}; on Debian or Ubuntu: apt install libgl1 libsm6 "
                        "libxext6 libglib2.0-0"
                    ).format(reason=_reason(error))
                ) from None
        self._pool = pool
        if self._second_model is not None:
            self._second = WaitingCrops(partial(_landmarker, self._second_model), shared)
        return self

    def _limit_opencv(self) -> None:
        """Keep OpenCV from spreading each small crop over all cores, which are busy with other frames."""
        import cv2

        before = cv2.getNumThreads()
        cv2.setNumThreads(1)
        self._after.callback(cv2.setNumThreads, before)

    def _take_short_turns(self) -> None:
        """Have threads that compute in Python let others run more often.

        Each frame gives Python's lock up and waits to get it back some 25 times: around each picture operation and the
        network. Python's usual 5 ms would let a thread that imports or computes hold the networks up all the time.
        """
        before = sys.getswitchinterval()
        sys.setswitchinterval(min(before, _TURN_S))
        self._after.callback(sys.setswitchinterval, before)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool = self._second = None
        self._after.close()

    def track(
        self,
        frames: Iterable[DecodedFrame],
        *,
        fps: float,
        state: EngineState | None = None,
        workers: int | None = None,
        refine: Callable[[DecodedFrame], bool] | None = None,
    ) -> Generator[FrameResult]:
        """Find people, and track them over the frames.

        Parameters
        ----------
        frames : iterable of DecodedFrame
            In order, without gaps. At most some four blocks of them are held at any time.
        fps : float
            Playback rate, 1/s.
        state : EngineState, optional
            From the last frame before these, when work continues after an interruption.
        workers : int, optional
            Of these frames, at most so many are worked on at the same time; as many as the engine has workers without
            it. With 1 all work is done in the calling thread. Several threads may call this method at the same time.
        refine : callable, optional
            Whether the second model is given a frame. What it finds is there after :meth:`refined`.

        Yields
        ------
        FrameResult
            One per frame, in their order.

        Raises
        ------
        ValueError
            When the engine is used outside its ``with`` block, or has no second model to refine with.
        """
        if self._pool is None or (refine is not None and self._second is None):
            raise ValueError("the engine is used outside its with block, or without a second model")
        schedule = _Schedule.at(fps)
        workers = self._workers if workers is None else min(workers, self._workers)
        executor: Executor = (
            ThreadPoolExecutor(workers, thread_name_prefix="gait-pose") if workers > 1 else _CallingThread()
        )
        tracked = TrackedPeople.from_arrays(state) if state else TrackedPeople()
        try:
            yield from self._track_blocks(executor, iter(frames), schedule, tracked, refine or _never)
        finally:
            # Also on Ctrl-C: networks must not go away while a frame is in work.
            executor.shutdown(wait=True, cancel_futures=True)

    def _track_blocks(
        self,
        executor: Executor,
        frames: Iterator[DecodedFrame],
        schedule: _Schedule,
        tracked: TrackedPeople,
        refine: Callable[[DecodedFrame], bool],
    ) -> Iterator[FrameResult]:
        """Submit the work block by block and yield the results in order.

        Workers take tasks in the order of submission, and a task waits only for tasks that were submitted before it,
        so that it never waits in vain. Key frames are submitted one block ahead of the rest, so that waiting is rare.
        """
        started: deque[_Block] = deque()
        pending: deque[tuple[Future[_KeyFrame], list[Future[FrameResult]]]] = deque()
        before: Future[_KeyFrame] = Future()
        before.set_result(_KeyFrame(tracked, ()))

        def submit(block: _Block, after: Future[_KeyFrame] | None) -> None:
            count = len(block.rest) + 1
            results = [executor.submit(self._key_frame_result, block.key_frame, block.key, refine)]
            for position, frame in enumerate(block.rest, start=1):
                share = position / count
                results.append(executor.submit(self._between, frame, block.key, after, share, schedule, refine))
            pending.append((block.key, results))

        while True:
            block_frames = _take(frames, schedule.block)
            if block_frames:
                before = executor.submit(self._key_frame, block_frames[0], before, schedule)
                started.append(_Block(before, block_frames[0], block_frames[1:]))
            # A block can be finished when the key frame after it is known; one more is kept ahead.
            while len(started) > (2 if block_frames else 0):
                submit(started.popleft(), started[0].key if started else None)
            while pending and (len(pending) > self._blocks_ahead(schedule) or not block_frames):
                key, results = pending.popleft()
                for future in results[:-1]:
                    yield future.result()
                yield replace(results[-1].result(), state=key.result().tracked.to_arrays())
            if not block_frames:
                return

    def _blocks_ahead(self, schedule: _Schedule) -> int:
        """Return how many blocks are submitted beside the one that is waited for, so that no worker runs dry."""
        return 1 + 2 * self._workers // schedule.block

    def refined(self, results: Iterable[FrameResult]) -> list[FrameResult]:
        """Run the second network in those frames that ``refine`` of :meth:`track` chose and that still wait for it.

        Parameters
        ----------
        results : iterable of FrameResult
            As :meth:`track` yielded them.

        Returns
        -------
        list of FrameResult
            The same, with what the second network found.
        """
        return [self._finished(result) if isinstance(result, _UnfinishedResult) else result for result in results]

    def _finished(self, result: _UnfinishedResult) -> FrameResult:
        assert self._second is not None
        bodies = self._second.result(result.waiting)
        refined = tuple(_keypoints(body) for body in bodies if is_present(body, body.found_in))
        return FrameResult(result.people, result.bystanders, result.state, refined)

    def free_second(self) -> None:
        """Free the memory of the second network (95 MB) until it is needed again. No frame may be in work."""
        if self._second is not None:
            self._second.free()

    def networks(self) -> AbstractContextManager[LiteRTNetworks]:
        """Lend a pair of networks; while they are lent, no frame can be in work on them.

        Returns
        -------
        context manager of LiteRTNetworks

        Raises
        ------
        ValueError
            When the engine is used outside its ``with`` block.
        """
        if self._pool is None:
            raise ValueError("the engine is used outside its with block")
        return self._pool.borrow()

    def _key_frame(self, frame: DecodedFrame, before: Future[_KeyFrame], schedule: _Schedule) -> _KeyFrame:
        """Find everybody tracked in a key frame, and somebody new when it is time."""
        tracked = before.result().tracked
        with self.networks() as networks:
            view = _FrameView(frame, networks)
            found_people: list[tuple[TrackedPerson, BodyLandmarks]] = []
            lost: list[TrackedPerson] = []
            for person in tracked.people:
                body = view.person(person.crop, search=True)
                if body is not None:
                    # A second pass: in a crop that lags behind the rise and fall of the body, keypoints shift with the
                    # crop, by enough to move contacts seen from behind by several ms.
                    body = view.person(body.crop.changed(person.offset)) or body
                jumped = body is not None and not body.crop.changed(person.offset).is_near(
                    person.crop, reach=schedule.reach if person.key_frames else _MAX_REACH
                )
                if body is None or jumped or any(body.is_same_person(other) for _, other in found_people):
                    lost.append(person)
                else:
                    found_people.append((person.after_key_frame(body.crop, body.position, schedule.probation), body))
            next_number, since = tracked.next_number, tracked.since_search + 1
            anybody_new = any(person.key_frames < schedule.probation for person, _ in found_people)
            if since >= schedule.search or lost or anybody_new or not found_people:
                since = 0
                found_people, next_number = self._search(view, found_people, lost, next_number, schedule)
        found_again = {person.number for person, _ in found_people}
        # Whoever is hidden for a moment is expected in the same place.
        expected = [
            replace(person, missed=person.missed + 1)
            for person in lost
            if person.number not in found_again and person.key_frames and person.missed < schedule.patience
        ]
        people = sorted([*(person for person, _ in found_people), *expected], key=lambda person: person.number)
        return _KeyFrame(TrackedPeople(tuple(people), since, next_number), tuple(body for _, body in found_people))

    @staticmethod
    def _search(
        view: _FrameView,
        found_people: list[tuple[TrackedPerson, BodyLandmarks]],
        lost: Sequence[TrackedPerson],
        next_number: int,
        schedule: _Schedule,
    ) -> tuple[list[tuple[TrackedPerson, BodyLandmarks]], int]:
        """Match the detector's crops with everybody who is tracked, and add who is new or was lost."""
        everybody = list(found_people)
        missing = list(lost)
        matched: set[int] = set()
        for detected in view.detections():
            # A crop of the detector that lies between two people holds one of them: only its keypoints tell which.
            match = next((i for i, (p, _) in enumerate(everybody) if detected.is_near(p.crop, reach=_SAME_CROP)), None)
            body = None
            if match is None:
                body = view.person(detected)
                if body is None:
                    continue
                match = next((i for i, (_, other) in enumerate(everybody) if body.is_same_person(other)), None)
            if match is None and body is not None and len(everybody) < _MAX_PEOPLE:
                person = next((p for p in missing if body.crop.is_near(p.crop)), None)
                if person is not None:
                    missing.remove(person)
                else:
                    person = TrackedPerson.new(next_number, detected)
                    next_number += 1
                match = len(everybody)
                everybody.append((person.after_key_frame(body.crop, body.position, schedule.probation), body))
            if match is not None and match not in matched:
                matched.add(match)
                person, found = everybody[match]
                everybody[match] = (person.matched(found.crop, detected), found)
        return everybody, next_number

    def _between(
        self,
        frame: DecodedFrame,
        before: Future[_KeyFrame],
        after: Future[_KeyFrame] | None,
        share: float,
        schedule: _Schedule,
        refine: Callable[[DecodedFrame], bool],
    ) -> FrameResult:
        """Find people in a frame between two key frames, ``share`` (0–1) of the way to the second."""
        first = before.result().tracked
        second = first if after is None else after.result().tracked
        crops, bystanders = _expected_crops(first, second, share, schedule)
        with self.networks() as networks:
            view = _FrameView(frame, networks)
            found: list[BodyLandmarks] = []
            for crop, present in crops:
                # The detector helps only where somebody must be: found before and after.
                body = view.person(crop, search=present)
                if body is not None and not any(body.is_same_person(other) for other in found):
                    found.append(body)
            put_aside = view.cut(found) if refine(frame) else None
        return self._with_second(FrameResult(tuple(_keypoints(body) for body in found), bystanders), put_aside)

    def _key_frame_result(
        self, frame: DecodedFrame, key: Future[_KeyFrame], refine: Callable[[DecodedFrame], bool]
    ) -> FrameResult:
        found = key.result().people
        put_aside = None
        if refine(frame):
            with self.networks() as networks:
                put_aside = _FrameView(frame, networks).cut(found)
        return self._with_second(FrameResult(tuple(_keypoints(body) for body in found)), put_aside)

    def _with_second(self, result: FrameResult, crops: Sequence[tuple[Image, PersonCrop]] | None) -> FrameResult:
        """Note crops for the second network, and run it on what waits, unless another thread does."""
        if self._second is None:
            return result
        if crops is not None:
            result = _UnfinishedResult(result.people, result.bystanders, waiting=self._second.put(crops))
        self._second.work()
        return result


class _CallingThread(Executor):
    """Runs each call at once, in the thread that submits it."""

    def submit(self, call: Callable[..., _Result], /, *args: Any, **kwargs: Any) -> Future[_Result]:
        future: Future[_Result] = Future()
        future.set_result(call(*args, **kwargs))
        return future


def _never(_frame: DecodedFrame) -> bool:
    return False


@dataclass(frozen=True)
class _Schedule:
    """How many frames (``block``) or key frames things take at a frame rate; ``reach`` in sides of the crop."""

    block: int
    search: int
    probation: int
    patience: int
    reach: float

    @classmethod
    def at(cls, fps: float) -> _Schedule:
        block = int(np.clip(round(fps / _KEY_FRAMES_PER_S), *_BLOCK))
        keys_per_s = fps / block
        reach = min(max(_MAX_SPEED / keys_per_s, _MIN_REACH), _MAX_REACH)
        return cls(
            block=block,
            search=max(1, round(keys_per_s * _SEARCH_EVERY_S)),
            probation=max(4, round(keys_per_s * PROBATION_S)),
            patience=max(2, round(keys_per_s * _PATIENCE_S)),
            reach=reach,
        )


@dataclass(frozen=True, eq=False)
class _KeyFrame:
    """The state after a key frame: everybody tracked, and who was found in it."""

    tracked: TrackedPeople
    people: tuple[BodyLandmarks, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class _UnfinishedResult(FrameResult):
    """A result for which the second network has not run yet, or has; `LiteRT.refined` finishes it."""

    waiting: Future[list[BodyLandmarks]]


@dataclass(frozen=True, eq=False)
class _Block:
    key: Future[_KeyFrame]
    key_frame: DecodedFrame
    rest: list[DecodedFrame]


def _take(frames: Iterator[DecodedFrame], count: int) -> list[DecodedFrame]:
    return [frame for _, frame in zip(range(count), frames, strict=False)]


def _expected_crops(
    before: TrackedPeople, after: TrackedPeople, share: float, schedule: _Schedule
) -> tuple[list[tuple[PersonCrop, bool]], int]:
    """Return where to look for whom between two key frames.

    Returns
    -------
    crops : list of (PersonCrop, bool)
        One per person; whether the person was there both before and after.
    bystanders : int
        People who were there both before and after but keep still; nobody looks for them.
    """
    wanted = before.possible_runners(schedule.probation) | after.possible_runners(schedule.probation)
    later = {person.number: person for person in after.people}
    crops: list[tuple[PersonCrop, bool]] = []
    bystanders = 0
    for person in before.people:
        if person.number not in later:
            continue
        if person.number not in wanted:
            bystanders += 1
            continue
        crops.append((person.crop.towards(later[person.number].crop, share), True))
    # Who comes or goes is looked for on the side of the key frame in which they were found.
    present_in_both = {person.number for person in before.people} & set(later)
    sides = (before, after) if share < 0.5 else (after, before)
    for tracked in sides:
        for person in tracked.people:
            if person.number not in present_in_both and not any(person.crop.is_near(crop) for crop, _ in crops):
                crops.append((person.crop, False))
    return crops, bystanders


def _keypoints(body: BodyLandmarks) -> PersonKeypoints:
    return PersonKeypoints(body.position, body.visibility, body.world)


class _FrameView:
    """One frame together with one pair of networks."""

    def __init__(self, frame: DecodedFrame, networks: LiteRTNetworks) -> None:
        self._planes = frame.planes()
        self._whole = whole_frame_crop(frame.width, frame.height)
        self._networks = networks
        self._detections: list[PersonCrop] | None = None

    def detections(self) -> list[PersonCrop]:
        """Return where the detector finds people, best first."""
        if self._detections is None:
            self._detections = self._networks.detect(self._planes, self._whole, min_score=_MIN_CONFIDENCE)
        return self._detections

    def person(self, crop: PersonCrop, *, search: bool = False) -> BodyLandmarks | None:
        """Return the person in a crop; where nobody is, and ``search``, the one that the detector finds nearby."""
        body = self._networks.find_landmarks(self._planes, crop)
        if is_present(body, crop):
            return body
        if search:
            for detected in self.detections():
                if detected.is_near(crop, reach=_NEARBY):
                    body = self._networks.find_landmarks(self._planes, detected)
                    return body if is_present(body, detected) else None
        return None

    def cut(self, found: Iterable[BodyLandmarks]) -> list[tuple[Image, PersonCrop]]:
        """Return the crops in which people were found."""
        crops = (body.found_in for body in found)
        return [(self._networks.cut_landmark_crop(self._planes, crop), crop) for crop in crops]


def is_present(body: BodyLandmarks, crop: PersonCrop) -> bool:
    """Return whether a crop holds a person: the network reports one, and the person has not left the crop.

    Parameters
    ----------
    body : BodyLandmarks
        What the network found.
    crop : PersonCrop
        Where it looked.

    Returns
    -------
    bool
    """
    return body.presence >= _MIN_CONFIDENCE and body.crop.is_near(crop, reach=_MAX_REACH, ratio=_MAX_SIZE_RATIO)


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
