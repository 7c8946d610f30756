"""BlazePose's two networks on the LiteRT runtime, and the crops they are given."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from gait._typing import Image
from gait.pose.engines.blazepose import (
    BOXES,
    DETECTOR_SIDE,
    LANDMARK_SIDE,
    LANDMARKS,
    BodyLandmarks,
    PersonCrop,
    decode_detections,
    decode_landmarks,
)
from gait.video import YuvPlanes

_Built = TypeVar("_Built")


class NetworkPool(Generic[_Built]):
    """Networks of one kind that threads use in turns. Each is built when it is needed, and one thread has it at a time.

    Parameters
    ----------
    build : callable
        Builds one.
    size : int
        Most that are built.
    """

    def __init__(self, build: Callable[[], _Built], size: int) -> None:
        self._build = build
        self._missing = size
        self._idle: list[_Built] = []
        self._changed = threading.Condition()

    def take(self, *, wait: bool = True) -> _Built | None:
        """Take a network that nobody else has; :meth:`give_back` must follow.

        Parameters
        ----------
        wait : bool
            Wait until there is one.

        Returns
        -------
        object or None
            ``None`` where all are in use, and this is not to wait.
        """
        with self._changed:
            while not self._idle and not self._missing:
                if not wait:
                    return None
                self._changed.wait()
            if self._idle:
                return self._idle.pop()
            self._missing -= 1
        try:
            return self._build()
        except BaseException:
            with self._changed:
                self._missing += 1
                self._changed.notify()
            raise

    def give_back(self, network: _Built) -> None:
        """Give back what :meth:`take` returned.

        Parameters
        ----------
        network : object
        """
        with self._changed:
            self._idle.append(network)
            self._changed.notify()

    @contextmanager
    def borrow(self) -> Iterator[_Built]:
        """Lend a network that nobody else has.

        Yields
        ------
        object
        """
        network = self.take()
        assert network is not None
        try:
            yield network
        finally:
            self.give_back(network)

    def free(self) -> None:
        """Free the memory of the networks that nobody has; they are built again when they are needed."""
        with self._changed:
            self._missing += len(self._idle)
            self._idle.clear()


#: A crop as a picture, and where it was cut.
_CutCrop = tuple[Image, PersonCrop]


class WaitingCrops:
    """Crops that wait for a landmark network, and that network: whichever thread has time runs it.

    For a large network that runs in few frames: threads share one, and do not wait for each other in the meantime.

    Parameters
    ----------
    content : callable
        Gives the TensorFlow Lite model; called when it is needed.
    size : int
        Most crops in work at the same time, each of them in a network of its own.
    """

    def __init__(self, content: Callable[[], bytes], size: int) -> None:
        self._networks = NetworkPool(lambda: _landmark_network(content()), size)
        self._waiting: deque[tuple[Future[list[BodyLandmarks]], Sequence[_CutCrop]]] = deque()

    def put(self, crops: Sequence[_CutCrop]) -> Future[list[BodyLandmarks]]:
        """Have the landmarks in some crops found later.

        Parameters
        ----------
        crops : sequence of ((256, 256, 3) uint8 array, PersonCrop)
            RGB, and which part of the frame it is.

        Returns
        -------
        concurrent.futures.Future
            For :meth:`result`.
        """
        future: Future[list[BodyLandmarks]] = Future()
        self._waiting.append((future, crops))
        return future

    def work(self, *, wait: bool = False) -> bool:
        """Run the network on what has waited longest.

        Parameters
        ----------
        wait : bool
            Wait for the network where another thread uses it.

        Returns
        -------
        bool
            ``False`` where nothing waits, or the network is in use.
        """
        network = self._networks.take(wait=wait) if self._waiting else None
        if network is None:
            return False
        try:
            future, crops = self._waiting.popleft()
        except IndexError:  # another thread was faster
            return False
        else:
            try:
                future.set_result([network.landmarks(rgb, crop) for rgb, crop in crops])
            except BaseException as error:
                future.set_exception(error)
                raise
            return True
        finally:
            self._networks.give_back(network)

    def result(self, future: Future[list[BodyLandmarks]]) -> list[BodyLandmarks]:
        """Return the landmarks in crops, and run the network on what waits until they are there.

        Parameters
        ----------
        future : concurrent.futures.Future
            As :meth:`put` returned it.

        Returns
        -------
        list of BodyLandmarks
            One for each crop.
        """
        while not future.done() and self.work(wait=True):
            pass
        return future.result()

    def free(self) -> None:
        """Free the memory of the network until it is needed again, and forget what waits."""
        self._waiting.clear()
        self._networks.free()


class LiteRTNetworks:
    """A landmark network on one core, for one thread at a time, and the detector that it shares with others.

    Parameters
    ----------
    detectors : NetworkPool
        As :func:`detector_pool` gives it.
    landmarker : bytes
        TensorFlow Lite model.

    Raises
    ------
    ValueError
        When the model does not take or give what BlazePose's does.
    """

    def __init__(self, detectors: NetworkPool[_Network], landmarker: bytes) -> None:
        import cv2

        self._cv2: Any = cv2
        self._detectors = detectors
        self._landmarker = _landmark_network(landmarker)

    def detect(self, planes: YuvPlanes, shown: PersonCrop, *, min_score: float) -> list[PersonCrop]:
        """Detect people.

        Parameters
        ----------
        planes : YuvPlanes
            The frame.
        shown : PersonCrop
            The part of it that the detector is given.
        min_score : float
            Smallest score, 0–1.

        Returns
        -------
        list of PersonCrop
            Where to look for each person, best first.
        """
        # Black beyond the frame's border, as MediaPipe gives it to the detector.
        rgb = self.cut(planes, shown, DETECTOR_SIDE, replicate=False)
        with self._detectors.borrow() as detector:
            boxes, logits = detector(rgb, 1 / 127.5, -1.0)
            return decode_detections(boxes[0], logits[0, :, 0], shown, min_score=min_score)

    def find_landmarks(self, planes: YuvPlanes, crop: PersonCrop) -> BodyLandmarks:
        """Find the landmarks of the person in a crop.

        Parameters
        ----------
        planes : YuvPlanes
            The frame.
        crop : PersonCrop

        Returns
        -------
        BodyLandmarks
        """
        return self._landmarker.landmarks(self.cut_landmark_crop(planes, crop), crop)

    def cut_landmark_crop(self, planes: YuvPlanes, crop: PersonCrop) -> Image:
        """Cut a crop out of a frame as a landmark network takes it.

        Parameters
        ----------
        planes : YuvPlanes
            The frame.
        crop : PersonCrop

        Returns
        -------
        (256, 256, 3) uint8 array
            RGB.
        """
        # The border's pixels repeated beyond it, as MediaPipe gives them to the landmark network.
        return self.cut(planes, crop, LANDMARK_SIDE, replicate=True)

    def cut(self, planes: YuvPlanes, crop: PersonCrop, side: int, *, replicate: bool) -> Image:
        """Cut a crop out of a frame.

        Parameters
        ----------
        planes : YuvPlanes
            The frame.
        crop : PersonCrop
        side : int
            Of the cropped image, pixels.
        replicate : bool
            Repeat the border's pixels beyond it, instead of black.

        Returns
        -------
        (side, side, 3) uint8 array
            RGB.
        """
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
        rgb: Image = cv2.transform(cv2.merge(cut), planes.to_rgb)
        return rgb


class _Network:
    """A network with one square RGB input, and outputs that are identified by their shapes."""

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

    def __call__(self, rgb: Image, factor: float, offset: float) -> list[NDArray[np.float32]]:
        """Run on ``rgb × factor + offset``. The arrays returned are the network's own: gone at the next call."""
        tensor = self._interpreter.tensor
        np.multiply(rgb, np.float32(factor), out=tensor(self._input)()[0])
        if offset:
            view = tensor(self._input)()
            view += np.float32(offset)
            del view  # the interpreter refuses to run while its memory is referenced
        self._interpreter.invoke()
        return [tensor(index)() for index in self._outputs]

    def landmarks(self, rgb: Image, crop: PersonCrop) -> BodyLandmarks:
        """Find the landmarks of the person in a crop, where this is a landmark network."""
        landmarks, flag, heatmap, world = self(rgb, 1 / 255, 0.0)
        return decode_landmarks(landmarks[0], float(flag[0, 0]), heatmap[0], world[0], crop)


def detector_pool(content: bytes, size: int = 1) -> NetworkPool[_Network]:
    """Return detectors that several threads share.

    Parameters
    ----------
    content : bytes
        TensorFlow Lite model; one that is no detector is noticed when it is used.
    size : int
        Most that are built.

    Returns
    -------
    NetworkPool
    """
    return NetworkPool(lambda: _network(content, DETECTOR_SIDE, BOXES), size)


def _landmark_network(content: bytes) -> _Network:
    return _network(content, LANDMARK_SIDE, LANDMARKS)


def _network(content: bytes, side: int, outputs: Sequence[tuple[int, ...]]) -> _Network:
    from ai_edge_litert.interpreter import Interpreter

    return _Network(Interpreter(model_content=content, num_threads=1), side, outputs)
