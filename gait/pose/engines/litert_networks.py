"""BlazePose's two networks on the LiteRT runtime, and the crops they are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

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


class LiteRTNetworks:
    """The detector and the landmark network, on one core; for one thread at a time.

    Parameters
    ----------
    detector, landmarker : bytes
        TensorFlow Lite models.
    second_landmarker : callable, optional
        Gives another landmark network, for :meth:`refine`; called when that is used for the first time.

    Raises
    ------
    ValueError
        When a model does not take or give what BlazePose's does.
    """

    def __init__(
        self, detector: bytes, landmarker: bytes, second_landmarker: Callable[[], bytes] | None = None
    ) -> None:
        import cv2
        from ai_edge_litert.interpreter import Interpreter

        self._cv2: Any = cv2
        self._detector = _Network(Interpreter(model_content=detector, num_threads=1), DETECTOR_SIDE, BOXES)
        self._landmarker = _Network(Interpreter(model_content=landmarker, num_threads=1), LANDMARK_SIDE, LANDMARKS)
        self._second_model = second_landmarker
        self._second: _Network | None = None

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
        boxes, logits = self._detector(rgb, 1 / 127.5, -1.0)
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
        return self._landmarks(self._landmarker, planes, crop)

    def refine(self, planes: YuvPlanes, crop: PersonCrop) -> BodyLandmarks:
        """Find the landmarks of the person in a crop with the second landmark network.

        Parameters
        ----------
        planes : YuvPlanes
            The frame.
        crop : PersonCrop

        Returns
        -------
        BodyLandmarks

        Raises
        ------
        ValueError
            When there is no second network, or it is not like BlazePose's.
        """
        if self._second is None:
            from ai_edge_litert.interpreter import Interpreter

            if self._second_model is None:
                raise ValueError("there is no second landmark network")
            interpreter = Interpreter(model_content=self._second_model(), num_threads=1)
            self._second = _Network(interpreter, LANDMARK_SIDE, LANDMARKS)
        return self._landmarks(self._second, planes, crop)

    def _landmarks(self, network: _Network, planes: YuvPlanes, crop: PersonCrop) -> BodyLandmarks:
        # The border's pixels repeated beyond it, as MediaPipe gives them to the landmark network.
        rgb = self.cut(planes, crop, LANDMARK_SIDE, replicate=True)
        landmarks, flag, heatmap, world = network(rgb, 1 / 255, 0.0)
        return decode_landmarks(landmarks[0], float(flag[0, 0]), heatmap[0], world[0], crop)

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
