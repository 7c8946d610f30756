"""BlazePose through the MediaPipe Tasks runtime, one frame at a time.

Deviations from MediaPipe's usual video use
-------------------------------------------
1. IMAGE mode instead of VIDEO mode. VIDEO mode tracks a region from the frame before and smooths causally, which
   lags behind fast feet: on a rendered runner it doubles the ankle error against per-frame inference. Smoothing
   happens later here, with zero phase. IMAGE mode also makes frames independent, so they can be processed in parallel.
2. Detection and presence thresholds of 0.3 instead of 0.5: a missed frame costs more than an uncertain one, whose
   low confidence later stages use.
3. Up to three people are detected, and the runner is tracked among them
   (`gait.pose.tracking.runner_selection`). Where only one person is visible this changes neither numbers nor speed.
4. Everything of the runtime runs in a thread that cannot reach a network: the runtime reports its use to its maker, and
   has no switch against that (`gait.pose.engines.network_block`).
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import numpy as np

from gait._typing import Image, PathLike
from gait.display_language import _
from gait.errors import InputError
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.log_suppression import stderr_filter
from gait.pose.engines.model_file import load_model
from gait.pose.engines.network_block import OfflineThread
from gait.pose.engines.pose_engine import PersonKeypoints

#: Deviation 2.
_MIN_CONFIDENCE = 0.3
#: Deviation 3.
_MAX_PEOPLE = 3


class MediapipeTasks:
    """The engine ``mediapipe``; see `gait.pose.engines.per_frame.ImageEngine`.

    Parameters
    ----------
    model : str or path, optional
        As in `gait.pose.engines.model_file.load_model`.

    Raises
    ------
    InputError
        When the model cannot be used.
    """

    name = "mediapipe"
    keypoints = BLAZEPOSE_KEYPOINTS
    keypoint_family = "blazepose"

    def __init__(self, model: PathLike | None = None) -> None:
        self._model = load_model(model)
        self.model = self._model.name
        self.model_sha256 = self._model.sha256
        self._landmarker: Any = None
        self._offline: OfflineThread | None = None

    def __enter__(self) -> Self:
        self._offline = OfflineThread()
        with stderr_filter.suppress_logs():
            try:
                self._offline.call(self._begin)
            except (RuntimeError, ValueError) as error:
                self.__exit__(None, None, None)
                raise InputError(
                    _("{model}: the pose model cannot be loaded: {reason}").format(
                        model=self._model.path, reason=_reason(error)
                    )
                ) from None
            except (ImportError, OSError) as error:
                self.__exit__(None, None, None)
                # The runtime and its OpenCV are linked against libraries that a machine without a desktop lacks.
                raise InputError(
                    _(
                        "the pose runtime cannot be loaded: {reason}; on Debian or Ubuntu: apt install libegl1 "
                        "libgles2 libgl1 libsm6 libxext6 libglib2.0-0"
                    ).format(reason=_reason(error))
                ) from None
        return self

    def _begin(self) -> None:
        # Half a second of imports (and with them OpenCV): only when poses are really estimated.
        from mediapipe.tasks.python.core.base_options import BaseOptions
        from mediapipe.tasks.python.vision import pose_landmarker
        from mediapipe.tasks.python.vision.core.image import Image as MediapipeImage
        from mediapipe.tasks.python.vision.core.image import ImageFormat
        from mediapipe.tasks.python.vision.core.vision_task_running_mode import VisionTaskRunningMode

        self._image, self._srgb = MediapipeImage, ImageFormat.SRGB
        self._landmarker = pose_landmarker.PoseLandmarker.create_from_options(
            pose_landmarker.PoseLandmarkerOptions(
                base_options=BaseOptions(model_asset_buffer=self._model.content()),
                running_mode=VisionTaskRunningMode.IMAGE,
                num_poses=_MAX_PEOPLE,
                min_pose_detection_confidence=_MIN_CONFIDENCE,
                min_pose_presence_confidence=_MIN_CONFIDENCE,
            )
        )
        # The runtime starts its threads, and logs, on the first image.
        self._detect(np.zeros((64, 64, 3), np.uint8))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._offline is not None:
            if self._landmarker is not None:
                self._offline.call(self._landmarker.close)
                self._landmarker = None
            self._offline.close()
            self._offline = None

    def __call__(self, image_rgb: Image) -> tuple[PersonKeypoints, ...]:
        """Find people.

        Parameters
        ----------
        image_rgb : (height, width, 3) uint8 array

        Returns
        -------
        tuple of PersonKeypoints
            Confidence is BlazePose's visibility: inside the image and not hidden.
        """
        if self._landmarker is None or self._offline is None:
            raise ValueError("the engine is used outside its with block")
        if stderr_filter.first_person_found:
            result = self._offline.call(self._detect, image_rgb)
        else:
            # A last warning comes with the first person that is found, once per process.
            with stderr_filter.suppress_logs():
                result = self._offline.call(self._detect, image_rgb)
        stderr_filter.first_person_found |= bool(result.pose_landmarks)
        height, width = image_rgb.shape[:2]
        people = []
        for body, body_world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True):
            found = np.array([(p.x * width, p.y * height, p.visibility) for p in body], np.float64)
            world = np.array([(p.x, p.y, p.z) for p in body_world], np.float64)
            people.append(PersonKeypoints(found[:, :2], np.clip(found[:, 2], 0.0, 1.0), world))
        return tuple(people)

    def _detect(self, image_rgb: Image) -> Any:
        return self._landmarker.detect(self._image(image_format=self._srgb, data=np.ascontiguousarray(image_rgb)))


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
