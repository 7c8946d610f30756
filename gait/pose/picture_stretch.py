"""Which part of a video can be measured as it stands: what the pictures alone showed, kept with the poses.

`gait.quality.picture_changes` finds it. Here it is written into a pose dataset, and a pose dataset is cut down to the
part that can be measured.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from gait.display_language import N_
from gait.errors import RefusedError
from gait.formatted_message import format_message, join_messages, message_from_json
from gait.pose.dataset import FILMING_REFUSAL_ATTR, VIDEO_FPS_ATTR

if TYPE_CHECKING:
    import xarray as xr

#: Attribute of a pose dataset: a `PictureStretch` as JSON.
PICTURE_STRETCH_ATTR = "picture_stretch"
#: What a picture can have: see `PictureFault`.
PictureFaultKind = Literal["still", "cut", "fade", "blank", "repeated", "reversed"]
_WORDS: dict[str, str] = {
    "still": N_("nothing moves from {start} s to {end} s (a frozen picture, or nobody runs)"),
    "cut": N_("the picture jumps at {start} s (a cut)"),
    "fade": N_("one scene fades into another from {start} s to {end} s"),
    "blank": N_("the picture is blank from {start} s to {end} s"),
    "repeated": N_("the pictures from {start} s to {end} s were shown before (a loop)"),
    "reversed": N_("the clip plays backwards from {start} s to {end} s (a boomerang)"),
}
#: Faults that are told one by one; of more, the rest is counted. [E]
_TOLD = 3


@dataclass(frozen=True)
class PictureFault:
    """A place at which the pictures of a video do not follow each other as a camera takes them.

    Attributes
    ----------
    kind : {"still", "cut", "fade", "blank", "repeated", "reversed"}
    start_s : float
        Playback, s; of a cut the first picture after it.
    end_s : float
        Playback, s: time of the last such picture.
    """

    kind: str
    start_s: float
    end_s: float = float("nan")

    @property
    def text(self) -> str:
        """What is wrong, and when, in plain words."""
        end = {} if math.isnan(self.end_s) else {"end": (self.end_s, 1)}
        return format_message(_WORDS[self.kind], start=(self.start_s, 1), **end)


@dataclass(frozen=True)
class PictureStretch:
    """The longest stretch of a video whose pictures follow each other as a camera takes them.

    Attributes
    ----------
    start_s, end_s : float
        Its first picture, and just after its last one, s of playback.
    whole : bool
        It is the whole video, or the whole part that was asked for.
    repeated_share : float
        Share of its frames that show the picture before once more, 0–1; 0.5 where 30 pictures/s are stored as 60.
    repeated_s : tuple of float
        Times of these frames, s.
    faults : tuple of PictureFault
        All of the video, in order of time.
    """

    start_s: float
    end_s: float
    whole: bool = True
    repeated_share: float = 0.0
    repeated_s: tuple[float, ...] = ()
    faults: tuple[PictureFault, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length of the stretch, s of playback."""
        return self.end_s - self.start_s

    @property
    def fault_text(self) -> str:
        """All faults in one line; empty where there is none."""
        told = [fault.text for fault in self.faults[:_TOLD]]
        if len(self.faults) > _TOLD:
            told.append(format_message("and {count} more such places", count=len(self.faults) - _TOLD))
        return join_messages(told)

    @property
    def notice(self) -> str | None:
        """What a reader must know about the stretch that is measured, in one line; ``None`` where it is the whole."""
        if self.whole:
            return None
        return format_message(
            "{faults}; only the stretch from {start} to {end} s is measured",
            faults=self.fault_text,
            start=(self.start_s, 1),
            end=(self.end_s, 1),
        )

    def repeated_notice(self, fps: float) -> str | None:
        """Say how many different pictures a second there are.

        Parameters
        ----------
        fps : float
            Frames per second, 1/s.

        Returns
        -------
        str or None
            ``None`` where every frame shows a picture of its own.
        """
        if not self.repeated_share:
            return None
        return format_message(
            "{share} % of the frames show the picture before once more: {pictures} pictures a second, not {frames}",
            share=(100 * self.repeated_share, 0),
            pictures=(fps * (1 - self.repeated_share), 0),
            frames=(fps, 0),
        )

    def to_json(self) -> str:
        """Write the stretch as text for an attribute.

        Returns
        -------
        str
        """
        return json.dumps(asdict(self), allow_nan=True)

    @classmethod
    def of(cls, pose: xr.Dataset) -> Self | None:
        """Read the stretch from a pose dataset.

        Parameters
        ----------
        pose : xarray.Dataset

        Returns
        -------
        PictureStretch or None
            ``None`` where the pictures were not compared, as in poses of other programs.
        """
        try:
            kept = json.loads(str(pose.attrs[PICTURE_STRETCH_ATTR]))
            faults = tuple(PictureFault(**fault) for fault in kept.pop("faults"))
            return cls(**{**kept, "repeated_s": tuple(kept["repeated_s"]), "faults": faults})
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


def measurable_part(pose: xr.Dataset) -> xr.Dataset:
    """Cut a pose dataset down to the stretch that can be measured, and leave out frames that repeat a picture.

    Parameters
    ----------
    pose : xarray.Dataset

    Returns
    -------
    xarray.Dataset
        The same where the pictures were not compared or are all right. Where frames are left out, ``fps`` is the rate
        of the remaining ones.
    """
    stretch = PictureStretch.of(pose)
    if stretch is None or (stretch.whole and not stretch.repeated_s):
        return pose
    time = np.asarray(pose.time.values, dtype=float)
    half = 0.25 / float(pose.attrs.get(VIDEO_FPS_ATTR, pose.attrs["fps"]))
    kept = (time >= stretch.start_s - half) & (time < stretch.end_s + half)
    within = int(kept.sum())
    if stretch.repeated_s and within:
        # Poses may be those of every second frame: one is left out if the pose before shows the same picture.
        repeated = np.array(stretch.repeated_s)
        before = np.concatenate([[-np.inf], time[:-1]])
        frame_s = 1 / float(pose.attrs.get(VIDEO_FPS_ATTR, pose.attrs["fps"]))
        frames = np.maximum(np.rint((time - before) / frame_s), 1)
        shown_again = np.searchsorted(repeated, time + half) - np.searchsorted(repeated, before + half)
        kept &= shown_again < frames
    if kept.all() or not within:
        return pose
    remaining = pose.isel(time=np.flatnonzero(kept))
    fps = float(pose.attrs["fps"])
    rates = {VIDEO_FPS_ATTR: float(pose.attrs.get(VIDEO_FPS_ATTR, fps)), "fps": fps * int(kept.sum()) / within}
    return remaining.assign_attrs(rates)


def refuse_as_filmed(pose: xr.Dataset) -> None:
    """Refuse poses of a video from which nothing can be measured, as its pictures showed.

    Parameters
    ----------
    pose : xarray.Dataset
        With or without the attribute ``filming_refusal``, which `gait.quality.video_pose` writes.

    Raises
    ------
    RefusedError
        With the reason that a check of the video gives as well.
    """
    text = pose.attrs.get(FILMING_REFUSAL_ATTR)
    if text is None:
        return
    try:
        refusal = json.loads(str(text))
        code, reason = str(refusal["code"]), message_from_json(str(refusal["reason"]))
    except (KeyError, TypeError, ValueError):
        return
    raise RefusedError(reason, code=code)
