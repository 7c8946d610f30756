"""RTMPose through ``rtmlib``: 26 keypoints of Halpe, with heels and toes, one frame at a time.

An extra (``pip install 'gait[rtmpose]'``). Without a model file, rtmlib fetches its own weights when it is first used,
which needs the internet once. BlazePose's measured errors do not hold for it: no bias is subtracted, and events have a
larger uncertainty (`gait.events.stride_model.UNKNOWN_SD_S`).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from gait._typing import Image, PathLike
from gait.display_language import _
from gait.errors import InputError
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.pose_engine import PersonKeypoints
from gait.pose.skeletons import SKELETONS

_HALPE = SKELETONS["halpe26"]
#: Which of the 26 have a BlazePose name, in BlazePose's order.
_CHOSEN = [_HALPE.index(name) for name in BLAZEPOSE_KEYPOINTS if name in _HALPE]
#: As for the other engines; see `gait.pose.engines.mediapipe_tasks`.
_MAX_PEOPLE = 3
#: rtmlib's middle one of three sizes.
_MODE = "balanced"


def rtmpose_hash(model: PathLike | None = None) -> str:
    """Return what identifies the model: the hash of its file, or the version of rtmlib, which decides what it fetches.

    Parameters
    ----------
    model : path, optional
        ONNX file; rtmlib's own model without it.

    Returns
    -------
    str

    Raises
    ------
    InputError
        There is no such file, or no rtmlib.
    """
    if model is None:
        try:
            return f"rtmlib-{metadata.version('rtmlib')}-{_MODE}"
        except metadata.PackageNotFoundError:
            raise _rtmlib_missing() from None
    try:
        return hashlib.sha256(Path(model).read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            _("{model}: the model cannot be read: {reason}; give an .onnx file").format(
                model=model, reason=error.strerror or error
            )
        ) from None


def _rtmlib_missing() -> InputError:
    return InputError(_("the engine rtmpose needs rtmlib: pip install 'gait[rtmpose]'"), code="rtmlib_missing")


class RTMPose:
    """The engine ``rtmpose``; see `gait.pose.engines.per_frame.ImageEngine`.

    Parameters
    ----------
    model : path, optional
        An RTMPose of 26 keypoints as ONNX. A ``yolox*.onnx`` beside it finds the people; without one, rtmlib's own
        does. Without ``model`` both are rtmlib's.

    Raises
    ------
    InputError
        When the model cannot be used, or rtmlib is missing.
    """

    name = "rtmpose"
    keypoints = tuple(_HALPE[n] for n in _CHOSEN)
    keypoint_family = "unknown"

    def __init__(self, model: PathLike | None = None) -> None:
        self._path = None if model is None else Path(model)
        self.model_sha256 = rtmpose_hash(model)
        self.model = f"rtmpose-halpe26-{_MODE}" if self._path is None else self._path.stem
        self._detector: Any = None
        self._pose: Any = None

    def __enter__(self) -> Self:
        try:
            from rtmlib import BodyWithFeet
        except ImportError:
            raise _rtmlib_missing() from None
        detector = None if self._path is None else next(iter(sorted(self._path.parent.glob("yolox*.onnx"))), None)
        files = {"pose": self._path, "det": detector}
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # rtmlib prints what it loads
                both = BodyWithFeet(mode=_MODE, **{kind: str(path) for kind, path in files.items() if path is not None})
        except Exception as error:  # download and runtime raise many kinds
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise InputError(
                _(
                    "the models of rtmpose cannot be loaded ({reason}); without the internet, give an .onnx file "
                    "with a yolox*.onnx beside it"
                ).format(reason=reason),
                code="rtmpose_model_missing",
            ) from None
        self._detector, self._pose = both.det_model, both.pose_model
        for tool, path in ((self._pose, self._path), (self._detector, detector)):
            if path is not None:  # rtmlib has the input size of its own models only
                size = tuple(int(side) for side in tool.session.get_inputs()[0].shape[2:4])
                # Height, width for the detector, the other way round for poses.
                tool.model_input_size = size if tool is self._detector else size[::-1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._detector = self._pose = None

    def __call__(self, image_rgb: Image) -> tuple[PersonKeypoints, ...]:
        """Find people.

        Parameters
        ----------
        image_rgb : (height, width, 3) uint8 array

        Returns
        -------
        tuple of PersonKeypoints
            At most 3, best first. Confidence is the height of the model's peak, cut to 0–1. No world coordinates.
        """
        if self._pose is None:
            raise ValueError("the engine is used outside its with block")
        image_bgr = np.ascontiguousarray(image_rgb[..., ::-1])
        boxes = self._detector(image_bgr)
        if len(boxes) == 0:  # rtmlib would take the whole image for a person
            return ()
        keypoints, scores = self._pose(image_bgr, bboxes=boxes)
        if keypoints.shape[1] != len(_HALPE):
            raise InputError(
                _("{path}: has {shape} keypoints, must be an RTMPose of {count}").format(
                    path=self._path, shape=keypoints.shape[1], count=len(_HALPE)
                )
            )
        people = [
            PersonKeypoints(
                np.asarray(xy, dtype=float)[_CHOSEN], np.clip(np.asarray(score, dtype=float)[_CHOSEN], 0, 1), None
            )
            for xy, score in zip(keypoints, scores, strict=True)
        ]
        return tuple(sorted(people, key=lambda p: -float(p.confidence.mean()))[:_MAX_PEOPLE])
