"""Hold gait against real clips digitised by eye (`gait.labelling.label_file`).

A label gives the image of a posture, not its value: angles and lengths follow from the labelled points by the
documented formulas, in the same axes as gait's (the camera's roll as gait finds it tilts both).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import xarray as xr

from gait._typing import FloatArray
from gait.analysis.view_analysis import ViewAnalysis
from gait.errors import InputError
from gait.geometry.camera import LEG_PER_HEIGHT, SHANK_PER_HEIGHT, THIGH_PER_HEIGHT, rotate_upright
from gait.labelling.label_file import (
    DRAFT_SUFFIX,
    LABEL_POINTS,
    FlatFoot,
    LabelFile,
    LabelledEvent,
    LabelledPoint,
    Labelling,
    read_label_file,
)
from gait.validation.reference_comparison import Reference, ReferenceEvent, ReferencePoint, ReferenceValue
from gait.video.timeline import frame_times

#: By eye minus by force (50 N of vertical force), ms of real time: first touch comes 2 to 5 ms before the force rises,
#: last touch 10 to 15 ms after it falls (the labelled clips' README; method §9). The middle, and the standard deviation
#: of an even distribution over the range.
EYE_MINUS_FORCE_MS = {"initial_contact": -3.5, "toe_off": 12.5}
EYE_MINUS_FORCE_SD_MS = {"initial_contact": 1.5 / 3**0.5, "toe_off": 2.5 / 3**0.5}
#: Suffixes of videos, in the order in which they are looked for.
VIDEO_SUFFIXES = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mts")
#: Label file's kind of event → gait's.
EVENT_KIND = {"initial_contact": "contact", "toe_off": "toe_off"}
#: Label point → keypoint without its side.
KEYPOINT_OF_POINT = {"toe": "foot_index"} | {name: name for name in LABEL_POINTS if name != "toe"}
#: Points under cloth lie in the same wrong place in all frames of a clip; others are read anew in each frame.
SHARED_POINTS = ("hip",)


@dataclass(frozen=True)
class LabelledClip:
    """A clip with its labels.

    Attributes
    ----------
    name : str
    video : Path
    labels : LabelFile
    """

    name: str
    video: Path
    labels: LabelFile


def find_labelled_clips(folder: Path, video_folders: Sequence[Path] = ()) -> list[LabelledClip]:
    """Find the label files of a folder and their videos.

    Parameters
    ----------
    folder : Path
        Holds ``NAME.json``.
    video_folders : sequence of Path
        Searched for ``NAME.mp4`` and other videos after ``folder``.

    Returns
    -------
    list of LabelledClip
        By name.

    Raises
    ------
    InputError
        No such folder, no label files in it, a label file is damaged, or its video is missing.
    """
    for place in (folder, *video_folders):
        if not place.is_dir():
            raise InputError(f"{place}: no such folder")
    files = sorted(p for p in folder.glob("*.json") if not p.name.endswith(DRAFT_SUFFIX) and p.name[0] != ".")
    if not files:
        raise InputError(f"{folder}: no label files (NAME.json) there; see docs/label.md for how to make them")
    clips = []
    for file in files:
        labels = read_label_file(file)
        if labels.clip != file.stem:
            raise InputError(f"{file}: clip: is {labels.clip!r}, must be the file's own name {file.stem!r}")
        clips.append(LabelledClip(file.stem, _video_of(file, (folder, *video_folders)), labels))
    return clips


def _video_of(file: Path, folders: Iterable[Path]) -> Path:
    folders = tuple(folders)
    for folder in folders:
        for path in sorted(folder.glob(f"{_escaped(file.stem)}.*")):
            if path.stem == file.stem and path.suffix.lower() in VIDEO_SUFFIXES:
                return path
    searched = ", ".join(map(str, folders))
    raise InputError(f"{file}: its video {file.stem}.mp4 is not in {searched}; give its folder", code="video_missing")


def _escaped(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def label_reference(clip: LabelledClip, view: ViewAnalysis) -> Reference:
    """Compute what the labels of a clip say, in the axes of its analysis.

    Parameters
    ----------
    clip : LabelledClip
    view : ViewAnalysis
        From the side; gives the camera's roll, the direction and the rates.

    Returns
    -------
    Reference

    Raises
    ------
    InputError
        A label lies behind the last frame of the video.
    """
    times = frame_times(clip.video)
    real = view.info.real_per_playback
    events: list[ReferenceEvent] = []
    values: list[ReferenceValue] = []
    points: list[ReferencePoint] = []
    mean_sd: dict[tuple[str, str, str], float] = {}
    for name, labelling in clip.labels.labellings.items():
        _check_frames(clip, name, labelling, len(times))
        events += [_event(name, event, times, real) for event in labelling.events]
        for side in dict.fromkeys(event.side for event in labelling.events):
            contacts = [e for e in labelling.events if e.side == side and e.kind == "initial_contact"]
            flat = [f for f in labelling.flat_feet if (f.side or clip.labels.near_side) == side]
            posture = LabelledPosture.of([e for e in contacts if e.points], flat, view)
            for number, event in enumerate(e for e in contacts if e.points):
                assert event.labelled_frame is not None
                contact = _event(name, event, times, real).force_time_s
                at = float(times[event.labelled_frame])
                values += [
                    ReferenceValue(name, key, side, float(column[number]), contact, np.nan, at)
                    for key, column in posture.values().items()
                    if np.isfinite(column[number])
                ]
                points += [
                    ReferencePoint(name, KEYPOINT_OF_POINT[joint], side, at, *posture.at(number, joint), point.sd)
                    for joint, point in event.points.items()
                ]
            for key, sd in posture.mean_sd().items():
                mean_sd[name, key, side] = sd
            stances = _stances(name, labelling, side, times, real)
            values += [
                ReferenceValue(name, "contact_time", side, 1e3 * real * (off - on), on, off, on)
                for on, off, _ in stances
            ]
            if stances:
                sds = [sd for *_, sd in stances]
                own = 1e3 * real * float(np.sqrt(np.sum(np.square(sds)))) / len(sds)
                mean_sd[name, "contact_time", side] = float(np.linalg.norm([own, *EYE_MINUS_FORCE_SD_MS.values()]))
    return Reference(
        tuple(events),
        tuple(values),
        tuple(points),
        mean_sd,
        {EVENT_KIND[kind]: sd for kind, sd in EYE_MINUS_FORCE_SD_MS.items()},
    )


def _check_frames(clip: LabelledClip, name: str, labelling: Labelling, frames: int) -> None:
    numbers = [f for e in labelling.events for f in (e.frame, e.labelled_frame or 0)]
    numbers += [f.frame for f in labelling.flat_feet]
    late = [f for f in numbers if f > frames - 1]
    if late:
        raise InputError(
            f"{clip.name}.json: labellings.{name}: frame {late[0]:g} is behind the last frame {frames - 1} of "
            f"{clip.video}: are these the labels of this video?"
        )


def _event(observer: str, event: LabelledEvent, times: FloatArray, real: float) -> ReferenceEvent:
    at = float(np.interp(event.frame, np.arange(len(times)), times))
    frame_s = float(np.median(np.diff(times)))
    by_force = at - 1e-3 * EYE_MINUS_FORCE_MS[event.kind] / real
    return ReferenceEvent(observer, event.side, EVENT_KIND[event.kind], at, by_force, event.frame_sd * frame_s)


def _stances(
    observer: str, labelling: Labelling, side: str, times: FloatArray, real: float
) -> list[tuple[float, float, float]]:
    """Return contact, toe-off (50 N, s) and the standard uncertainty of their difference of each labelled stance."""
    of_side = [_event(observer, e, times, real) for e in labelling.events if e.side == side]
    of_side.sort(key=lambda e: e.time_s)
    return [
        (on.force_time_s, off.force_time_s, float(np.hypot(on.sd_s, off.sd_s)))
        for on, off in pairwise(of_side)
        if (on.kind, off.kind) == ("contact", "toe_off")
    ]


@dataclass(frozen=True)
class LabelledPosture:
    """The labelled postures of one leg at its contacts, by one labeller.

    Attributes
    ----------
    xy : (S, P, 2) float array
        Points in the order of `LABEL_POINTS`, forwards and up, pixels; NaN where absent.
    sd : (S, P) float array
        Pixels.
    flat : (F, 2, 2) float array
        Heel and toe of flat feet, forwards and up, pixels.
    flat_sd : (F, 2) float array
        Pixels.
    """

    xy: FloatArray
    sd: FloatArray
    flat: FloatArray
    flat_sd: FloatArray

    @classmethod
    def of(
        cls, contacts: Sequence[LabelledEvent], flat_feet: Sequence[FlatFoot], view: ViewAnalysis
    ) -> LabelledPosture:
        """Lay labelled points along the runner's axes.

        Parameters
        ----------
        contacts : sequence of LabelledEvent
            With points.
        flat_feet : sequence of FlatFoot
        view : ViewAnalysis

        Returns
        -------
        LabelledPosture
        """
        xy, sd = _arrays([[e.points.get(name) for name in LABEL_POINTS] for e in contacts], len(LABEL_POINTS))
        flat, flat_sd = _arrays([[f.heel, f.toe] for f in flat_feet], 2)
        pose, direction = view.clean, view.camera.direction
        return cls(forward_up(xy, pose, direction), sd, forward_up(flat, pose, direction), flat_sd)

    def at(self, number: int, point: str) -> tuple[float, float]:
        """Return one point.

        Parameters
        ----------
        number : int
            Of the contact.
        point : str
            One of `LABEL_POINTS`.

        Returns
        -------
        (float, float)
            Forwards and up, pixels.
        """
        forward, up = self.xy[number, LABEL_POINTS.index(point)]
        return float(forward), float(up)

    def values(self) -> dict[str, FloatArray]:
        """Compute the metrics that labelled points give by their documented formulas.

        Returns
        -------
        dict
            Metric → (S,) float array. Leg length is that of gait: thigh plus shank, mean over the frames, times
            0.53 / 0.491 (Winter 2009).
        """
        point = {name: self.xy[:, n] for n, name in enumerate(LABEL_POINTS)}
        thigh, shank = point["knee"] - point["hip"], point["ankle"] - point["knee"]
        leg = np.linalg.norm(thigh, axis=1) + np.linalg.norm(shank, axis=1)
        leg_px = float(np.nanmean(leg)) if np.isfinite(leg).any() else np.nan
        length_px = leg_px * LEG_PER_HEIGHT / (THIGH_PER_HEIGHT + SHANK_PER_HEIGHT)
        pitch, flat = _pitch(point["heel"], point["toe"]), _pitch(self.flat[:, 0], self.flat[:, 1])
        return {
            "overstride": (point["ankle"] - point["hip"])[:, 0] / length_px,
            "tibia_angle": np.degrees(np.arctan2(shank[:, 0], -shank[:, 1])),
            "knee_flexion_contact": np.degrees(np.arctan2(thigh[:, 0], -thigh[:, 1]))
            - np.degrees(np.arctan2(shank[:, 0], -shank[:, 1])),
            "foot_strike_angle": pitch - (float(flat.mean()) if len(flat) else np.nan),
        }

    def mean_sd(self) -> dict[str, float]:
        """Propagate the labeller's stated uncertainties to the mean over contacts.

        Returns
        -------
        dict
            Metric → standard uncertainty, its unit. Points of `SHARED_POINTS` and the flat foot err alike at all
            contacts; the others independently.
        """
        if not len(self.xy):
            return {}
        base = self._means()
        variance = dict.fromkeys(base, 0.0)

        def add(shifted: LabelledPosture) -> None:
            for key, mean in shifted._means().items():
                variance[key] += (mean - base[key]) ** 2

        for axis in range(2):
            for n, name in enumerate(LABEL_POINTS):
                groups = [np.arange(len(self.xy))] if name in SHARED_POINTS else list(np.arange(len(self.xy))[:, None])
                for contacts in groups:
                    xy = self.xy.copy()
                    xy[contacts, n, axis] += self.sd[contacts, n]
                    add(LabelledPosture(xy, self.sd, self.flat, self.flat_sd))
            for n in range(2):
                flat = self.flat.copy()
                flat[:, n, axis] += self.flat_sd[:, n] / np.sqrt(max(len(flat), 1))
                add(LabelledPosture(self.xy, self.sd, flat, self.flat_sd))
        return {key: float(np.sqrt(v)) for key, v in variance.items() if np.isfinite(v)}

    def _means(self) -> Mapping[str, float]:
        values = self.values()
        return {key: float(np.nanmean(v)) if np.isfinite(v).any() else np.nan for key, v in values.items()}


def forward_up(xy_px: FloatArray, pose: xr.Dataset, direction: int) -> FloatArray:
    """Turn pixels of a side view into positions along the runner's axes, as gait does with keypoints.

    Parameters
    ----------
    xy_px : (..., 2) float array
        Pixels, x right and y down.
    pose : xarray.Dataset
        Clean poses; its attribute holds the camera's roll.
    direction : {−1, 1}
        −1 where the runner faces the left edge.

    Returns
    -------
    (..., 2) float array
        Forwards and up, pixels.
    """
    return np.asarray(rotate_upright(xy_px, pose) * np.array([direction, -1.0]))


def _arrays(rows: Sequence[Sequence[LabelledPoint | None]], count: int) -> tuple[FloatArray, FloatArray]:
    triples = np.array([[(np.nan,) * 3 if p is None else (p.x, p.y, p.sd) for p in row] for row in rows], dtype=float)
    triples = triples.reshape(len(rows), count, 3)
    return triples[..., :2], np.nan_to_num(triples[..., 2])


def _pitch(heel: FloatArray, toe: FloatArray) -> FloatArray:
    return np.asarray(np.degrees(np.arctan2((toe - heel)[:, 1], (toe - heel)[:, 0])))
