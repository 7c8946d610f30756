"""What a look at a video says, as small frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gait.records import Facing, Grade, Side, View

#: ``good``: nothing to do. ``watch``: it costs something. ``bad``: something cannot be measured, or not be trusted.
Verdict = Literal["good", "watch", "bad"]
VERDICTS: tuple[Verdict, ...] = ("good", "watch", "bad")


@dataclass(frozen=True)
class Observation:
    """One thing seen about how a video was filmed.

    Attributes
    ----------
    aspect : str
        ``view, framing, frame rate, length, sharpness, foot blur, light, tilt, speed, people, camera, place``.
    seen : str
        What was seen, with number and unit.
    verdict : {"good", "watch", "bad"}
    advice : str or None
        How to film it better; ``None`` where there is nothing to do.
    value : float or None
        The number behind ``seen``.
    unit : str
    """

    aspect: str
    seen: str
    verdict: Verdict = "good"
    advice: str | None = None
    value: float | None = None
    unit: str = ""

    @property
    def sentence(self) -> str:
        """What was seen and what to do about it, in one line."""
        return self.seen if self.advice is None else f"{self.seen}: {self.advice}"


@dataclass(frozen=True)
class ExpectedMetrics:
    """Whether a metric can be measured from a video.

    Attributes
    ----------
    key : str
    side : {"left", "right", "both"}
    grade : {"good", "fair", "poor", "refused"}
        The best grade that the whole video can be given; ``refused`` where it cannot be measured.
    reason : str or None
        What limits the grade, or why not and what to film instead.
    ever : bool
        ``False`` where this version of gait gives no value from any video.
    """

    key: str
    side: Side
    grade: Grade
    reason: str | None = None
    ever: bool = True

    @property
    def possible(self) -> bool:
        """Whether there will be a value."""
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
        1/s; see `gait.video.reader.VideoMeta`.
    duration_s : float
        Playback time.
    view : {"side", "rear", "front"}
    facing : {"left", "right", "away", "towards"}
    yaw_deg : float
        Off the ideal direction of that view, unsigned.
    cadence : float or None
        Steps/min from a few seconds; ``None`` where no rhythm was found.
    camera_roll_deg : float or None
        + where the picture of the world is turned counter-clockwise; ``None`` where nothing tells.
    observations : tuple of Observation
    outlook : tuple of ExpectedMetrics
        One per metric and side.
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
    outlook: tuple[ExpectedMetrics, ...]

    @property
    def usable(self) -> bool:
        """Whether anything can be measured."""
        return any(one.possible for one in self.outlook)

    @property
    def refusal(self) -> str:
        """Why nothing can be measured, in one line; empty where something can."""
        if self.usable:
            return ""
        worst = [o.sentence for o in self.observations if o.verdict == "bad"]
        return f"nothing can be measured: {'; '.join(worst)}"

    @property
    def verdict(self) -> Verdict:
        """The worst of all verdicts."""
        return max((o.verdict for o in self.observations), key=VERDICTS.index, default="good")

    def observation(self, aspect: str) -> Observation:
        """Return what was seen about one aspect.

        Raises
        ------
        KeyError
            When nothing was said about it.
        """
        for one in self.observations:
            if one.aspect == aspect:
                return one
        raise KeyError(aspect)
