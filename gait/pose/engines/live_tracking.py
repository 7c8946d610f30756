"""One runner's keypoints in pictures as they arrive from a camera: each at once, from what came before it.

The crop of a picture follows from the picture before. In one step of 1/30 s the hips rise or fall by up to 2.5 cm, one
per cent of a crop; where the crop that the keypoints suggest lies farther away than twice that, the network runs again
in it. At one per cent it ran again in a fifth of the pictures of the samples, and the live values stayed the same.
The detector looks for the runner where nobody is found, and once a second, between two pictures, to keep the crop
centred (`gait.pose.engines.crop_tracking.TrackedPerson.offset`).

There are no frames ahead, so the keypoints are not those of `gait.pose.engines.litert` to the last digit: that engine
takes the crop between two key frames.
"""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import numpy as np

from gait._typing import Image, PathLike
from gait.display_language import _
from gait.errors import InputError
from gait.pose.dataset import BLAZEPOSE_KEYPOINTS
from gait.pose.engines.blazepose import BodyLandmarks, PersonCrop, whole_frame_crop
from gait.pose.engines.crop_tracking import TrackedPerson
from gait.pose.engines.litert import LiteRT, is_present
from gait.pose.engines.litert_networks import LiteRTNetworks
from gait.pose.engines.pose_engine import PersonKeypoints
from gait.video import YuvPlanes
from gait.video.input_limits import MAX_PIXELS, pixel_limit_text

#: Smallest score of a detection; as in `gait.pose.engines.litert`.
_MIN_CONFIDENCE = 0.3
#: The network runs again where the crop is off by more than this, sides of the crop. [E]
_MOVED = 0.02
#: Seconds between two detections that centre the crop. [E]
_SEARCH_EVERY_S = 1.0
#: Whoever is not found is expected near the same place for so long, seconds; then it may be anybody. [E]
_PATIENCE_S = 1.0
#: A detection this near to the last crop, sides of the crop, is the same person. [E]
_NEARBY = 0.4
#: Detections that are averaged in the place of the crop. [E]
_SHAPES = 30


class LiveTracker:
    """Finds one runner's keypoints in pictures as they arrive; for one thread at a time.

    A context manager; enter it before use.

    Parameters
    ----------
    model : str or path
        As in `gait.pose.engines.model_file.load_model`.

    Raises
    ------
    InputError
        When the model cannot be used.
    """

    keypoint_names = BLAZEPOSE_KEYPOINTS

    def __init__(self, model: PathLike = "full") -> None:
        self._engine = LiteRT(model)
        self._stack = ExitStack()
        self._networks: LiteRTNetworks | None = None
        self._person: TrackedPerson | None = None
        self._last: tuple[YuvPlanes, BodyLandmarks] | None = None
        self._seen_s = self._searched_s = -np.inf

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._engine)
            self._networks = stack.enter_context(self._engine.networks())
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._networks = None
        self._stack.close()

    def reset(self) -> None:
        """Forget the runner: the next picture shows another scene."""
        self._person = self._last = None
        self._seen_s = self._searched_s = -np.inf

    def keypoints(self, picture: Image | YuvPlanes | bytes, time_s: float) -> PersonKeypoints | None:
        """Find the runner in the next picture.

        Parameters
        ----------
        picture : (height, width, 3) uint8 array, YuvPlanes or bytes
            RGB, planes, or a JPEG or PNG file.
        time_s : float
            When it was taken, seconds of any clock. Pictures that come late or out of order do not matter; after a
            gap of more than a second the runner is looked for anew.

        Returns
        -------
        PersonKeypoints or None
            Pixels of this picture; ``None`` where nobody is found. Of several people, the one in the largest crop, who
            is then followed.

        Raises
        ------
        InputError
            When the picture cannot be read.
        ValueError
            When the tracker is used outside its ``with`` block.
        """
        if self._networks is None:
            raise ValueError("the tracker is used outside its with block")
        if isinstance(picture, YuvPlanes):
            planes = picture
        else:
            image = read_picture(picture) if isinstance(picture, bytes) else picture
            if min(image.shape[:2]) < 2:  # nothing is left when colours are stored at half the size
                return None
            planes = YuvPlanes.from_rgb(image)
        if not abs(time_s - self._seen_s) <= _PATIENCE_S:
            self.reset()
        body = None if self._person is None else self._follow(self._networks, planes, self._person)
        self._last = None
        detected = None
        if body is None:
            self._searched_s = time_s
            body, detected = self._search(self._networks, planes)
            if body is None or detected is None:
                return None
            person = self._person or TrackedPerson.new(0, detected)
            self._person = person.after_key_frame(body.crop, body.position, _SHAPES).matched(body.crop, detected)
        else:
            assert self._person is not None
            self._person = self._person.after_key_frame(body.crop, body.position, _SHAPES)
            self._last = planes, body
        self._seen_s = time_s
        return PersonKeypoints(body.position, body.visibility, body.world)

    def use_pause(self) -> None:
        """Centre the crop once a second: the detector looks at the last picture again.

        It takes as long as the landmarks of a picture; where no picture waits, it delays none.
        """
        if self._networks is None or self._last is None or abs(self._seen_s - self._searched_s) < _SEARCH_EVERY_S:
            return
        (planes, body), self._last, self._searched_s = self._last, None, self._seen_s
        near = (crop for crop in self._detect(self._networks, planes) if crop.is_near(body.crop, reach=_NEARBY))
        detected = next(near, None)
        if detected is not None and self._person is not None:
            self._person = self._person.matched(body.crop, detected)

    @staticmethod
    def _follow(networks: LiteRTNetworks, planes: YuvPlanes, person: TrackedPerson) -> BodyLandmarks | None:
        """Look for the runner in the crop that follows from the picture before."""
        body = networks.find_landmarks(planes, person.crop)
        if not is_present(body, person.crop):
            return None
        better = body.crop.changed(person.offset)
        if not person.crop.is_near(better, reach=_MOVED):
            again = networks.find_landmarks(planes, better)
            if is_present(again, better):
                return again
        return body

    @staticmethod
    def _detect(networks: LiteRTNetworks, planes: YuvPlanes) -> list[PersonCrop]:
        """Find people, the largest first."""
        whole = whole_frame_crop(planes.y.shape[1], planes.y.shape[0])
        return sorted(networks.detect(planes, whole, min_score=_MIN_CONFIDENCE), key=lambda crop: -crop.side)

    def _search(self, networks: LiteRTNetworks, planes: YuvPlanes) -> tuple[BodyLandmarks | None, PersonCrop | None]:
        """Look for the runner with the detector."""
        found = self._detect(networks, planes)
        if self._person is not None:
            last = self._person.crop
            found = [crop for crop in found if crop.is_near(last, reach=_NEARBY)]
        for crop in found:
            body = networks.find_landmarks(planes, crop)
            if is_present(body, crop):
                return body, crop
        return None, None


def read_picture(content: bytes) -> Image:
    """Decode a JPEG or PNG file.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    (height, width, 3) uint8 array
        RGB, upright.

    Raises
    ------
    InputError
        When it is no such picture, or too large.
    """
    import cv2

    image: Any = None
    if content[:3] == b"\xff\xd8\xff" or content[:8] == b"\x89PNG\r\n\x1a\n":
        try:
            image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
        except cv2.error:  # more pixels than OpenCV takes, or damaged
            image = None
    if image is None:
        raise InputError(_("the picture cannot be read; send a JPEG or PNG"))
    if image.shape[0] * image.shape[1] > MAX_PIXELS:
        raise InputError(_("the picture has more than {limit}; send a smaller one").format(limit=pixel_limit_text()))
    return np.asarray(image, dtype=np.uint8)
