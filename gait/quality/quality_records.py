"""What a check of a video found, as small frozen records."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

from gait.formatted_message import format_message, join_messages
from gait.metrics.grading import Refusal
from gait.records import Facing, Grade, Side, View

#: ``good``: nothing to do. ``watch``: results get less certain. ``bad``: something cannot be measured or trusted.
FilmingVerdict = Literal["good", "watch", "bad"]
VERDICTS: tuple[FilmingVerdict, ...] = ("good", "watch", "bad")


@dataclass(frozen=True)
class Observation:
    """One thing about how a video was filmed.

    Attributes
    ----------
    aspect : str
        ``view, framing, frame rate, length, motion, sharpness, foot blur, light, tilt, speed, people, camera, place``.
    text : str
        What was found, with number and unit.
    verdict : {"good", "watch", "bad"}
    advice : str or None
        How to film it better; ``None`` where there is nothing to do.
    value : float or None
        The number behind ``text``.
    unit : str
    code : str or None
        Short name of the cause where an option of the program helps, for example ``slow_motion_suspected``.
    known : bool
        ``False`` where it could not be told: the verdict then says only that nothing speaks against it.
    """

    aspect: str
    text: str
    verdict: FilmingVerdict = "good"
    advice: str | None = None
    value: float | None = None
    unit: str = ""
    code: str | None = None
    known: bool = True

    @property
    def seen(self) -> str:
        """Deprecated name of ``text``."""
        warnings.warn("Observation.seen is now Observation.text", DeprecationWarning, stacklevel=2)
        return self.text

    @property
    def sentence(self) -> str:
        """What was found and what to do about it, in one line."""
        if self.advice is None:
            return self.text
        return format_message("{finding}: {advice}", finding=self.text, advice=self.advice)


@dataclass(frozen=True)
class ExpectedMetric:
    """Whether a metric can be measured from a video.

    Attributes
    ----------
    key : str
    side : {"left", "right", "both"}
    grade : {"good", "fair", "poor", "refused"}
        The best grade that the whole video can get; ``refused`` where the metric cannot be measured.
    reason : str or None
        What limits the grade, or why the metric cannot be measured and what to film instead.
    reason_code : str or None
        Short name of that reason, for programs.
    """

    key: str
    side: Side
    grade: Grade
    reason: str | None = None
    reason_code: str | None = None

    @property
    def possible(self) -> bool:
        """Whether a value is to be expected."""
        return self.grade != "refused"


@dataclass(frozen=True)
class VideoCheck:
    """What can and cannot be measured from one video, and how to film it better.

    Attributes
    ----------
    file : str
    width, height : int
        Pixels, upright.
    playback_fps, capture_fps : float
        Playback and capture rate, 1/s; see `gait.video.timeline.VideoMeta`.
    duration_s : float
        Seconds of playback.
    view : {"side", "rear", "front"}
    facing : {"left", "right", "away", "towards"}
    yaw_deg : float
        Angle between the camera and the ideal direction of that view, degrees, unsigned.
    cadence : float or None
        Steps/min from a few seconds; ``None`` where no running rate was found.
    camera_roll_deg : float or None
        + where the world appears turned counter-clockwise; ``None`` where it is not known.
    observations : tuple of Observation
    expected_metrics : tuple of ExpectedMetric
        One per metric and side.
    refused : Refusal or None
        Why nothing at all can be measured: an analysis refuses the video for the same reason.
    """

    file: str
    width: int
    height: int
    playback_fps: float
    capture_fps: float
    duration_s: float
    view: View
    facing: Facing
    yaw_deg: float
    cadence: float | None
    camera_roll_deg: float | None
    observations: tuple[Observation, ...]
    expected_metrics: tuple[ExpectedMetric, ...]
    refused: Refusal | None = None

    @property
    def outlook(self) -> tuple[ExpectedMetric, ...]:
        """Deprecated name of ``expected_metrics``."""
        warnings.warn("VideoCheck.outlook is now VideoCheck.expected_metrics", DeprecationWarning, stacklevel=2)
        return self.expected_metrics

    @property
    def usable(self) -> bool:
        """Whether anything can be measured."""
        return any(one.possible for one in self.expected_metrics)

    @property
    def refusal(self) -> str:
        """Why nothing can be measured, in one line; empty where something can."""
        if self.usable:
            return ""
        if self.refused is not None:
            return self.refused.reason
        worst = [o.sentence for o in self.observations if o.verdict == "bad"]
        return format_message("nothing can be measured: {reasons}", reasons=join_messages(worst))

    @property
    def refusal_code(self) -> str | None:
        """Short name of the first cause for which an option of the program helps; ``None`` where there is none."""
        if self.usable:
            return None
        if self.refused is not None:
            return self.refused.code
        return next((o.code for o in self.observations if o.verdict == "bad" and o.code is not None), None)

    @property
    def verdict(self) -> FilmingVerdict:
        """The worst of all verdicts."""
        return max((o.verdict for o in self.observations), key=VERDICTS.index, default="good")

    def observation(self, aspect: str) -> Observation:
        """Return the observation about one aspect.

        Parameters
        ----------
        aspect : str
            See `Observation`.

        Returns
        -------
        Observation

        Raises
        ------
        KeyError
            There is no observation about it.
        """
        for observation in self.observations:
            if observation.aspect == aspect:
                return observation
        raise KeyError(aspect)
