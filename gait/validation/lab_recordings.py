"""Hold gait against a laboratory: markers and force plates recorded while a phone filmed (C3D and video)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from scipy.signal import butter, sosfiltfilt

from gait._typing import FloatArray
from gait.analysis.view_analysis import ViewAnalysis
from gait.checked_toml import parse_toml
from gait.errors import InputError
from gait.geometry.camera import find_camera
from gait.geometry.keypoint_tracks import KeypointTracks
from gait.io.poses import load_poses
from gait.metrics.register import METRIC_BY_KEY
from gait.records import View
from gait.validation.label_comparison import VIDEO_SUFFIXES
from gait.validation.reference_comparison import Reference, ReferenceEvent, ReferenceValue, reference_formula

#: Vertical force at which a foot counts as on the ground, N, and the low-pass of the force, Hz: those of the
#: force-plate recordings on which events were calibrated (Fukuchi 2017).
CONTACT_FORCE_N, FORCE_LOW_PASS_HZ = 50.0, 50.0
#: Stances shorter or longer than this are no running steps, s of real time (method §9, plausible contact times).
STANCE_RANGE_S = (0.09, 0.45)
#: Fewer contacts than this say nothing about a runner. [E]
MIN_CONTACTS = 4
#: C3D's label of an event, in small letters → kind.
C3D_EVENTS = {"foot strike": "contact", "foot off": "toe_off", "toe off": "toe_off", "heel strike": "contact"}
SIDES = ("left", "right")
#: Settings that all recordings of a folder share; ``NAME.toml`` beside a recording goes before it.
SHARED_SETTINGS = "lab.toml"
_SETTINGS = ("offset_s", "height_cm", "markers")


@dataclass(frozen=True)
class LabRecording:
    """A synchronous recording of a laboratory and a camera.

    Attributes
    ----------
    name : str
    c3d, video : Path
    markers : mapping
        Keypoint → name of a marker or names of several, whose middle it is (`gait.load_poses`).
    offset_s : float
        Time in the video at the first frame of the C3D, s.
    height_m : float or None
        Body height.
    """

    name: str
    c3d: Path
    video: Path
    markers: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    offset_s: float = 0.0
    height_m: float | None = None


@dataclass(frozen=True)
class LabEvents:
    """Contacts and toe-offs of a C3D file.

    Attributes
    ----------
    source : {"force", "events"}
        Force plates, or the file's own events.
    times_s : dict
        (side, kind) → (n,) array, s from the first frame.
    """

    source: str
    times_s: dict[tuple[str, str], FloatArray]


def find_lab_recordings(folder: Path) -> list[LabRecording]:
    """Find pairs of C3D file and video, and their settings.

    Parameters
    ----------
    folder : Path
        Holds ``NAME.c3d`` and ``NAME.mp4`` (or another video), and, where needed, ``NAME.toml`` or ``lab.toml``.

    Returns
    -------
    list of LabRecording
        By name.

    Raises
    ------
    InputError
        No such folder, no C3D file in it, a video is missing, or settings are unknown or damaged.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() == ".c3d")
    if not files:
        raise InputError(f"{folder}: no C3D files (NAME.c3d) there; see docs/label.md")
    recordings = []
    for file in files:
        videos = [p for p in sorted(folder.iterdir()) if p.stem == file.stem and p.suffix.lower() in VIDEO_SUFFIXES]
        if not videos:
            raise InputError(f"{file}: its video {file.stem}.mp4 is not beside it; copy it there")
        settings = _settings(folder, file.stem)
        recordings.append(
            LabRecording(
                file.stem,
                file,
                videos[0],
                settings.get("markers", {}),
                float(settings.get("offset_s", 0.0)),
                None if settings.get("height_cm") is None else float(settings["height_cm"]) / 100,
            )
        )
    return recordings


def _settings(folder: Path, name: str) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for path in (folder / SHARED_SETTINGS, folder / f"{name}.toml"):
        if not path.is_file():
            continue
        try:
            given = parse_toml(path.read_bytes())
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
        except ValueError as error:
            raise InputError(f"{path}: {error}") from None
        unknown = [key for key in given if key not in _SETTINGS]
        if unknown:
            raise InputError(f"{path}: {unknown[0]}: no such setting; there are {', '.join(_SETTINGS)}")
        for key in ("offset_s", "height_cm"):
            value = given.get(key)
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise InputError(f"{path}: {key}: must be a number, is {value!r}")
        markers = given.get("markers", {})
        if not isinstance(markers, dict):
            raise InputError(f"{path}: markers: must be a table, such as [markers] and left_hip = 'LHJC'")
        for key, value in markers.items():
            names = value if isinstance(value, list) else [value]
            if not names or not all(isinstance(n, str) for n in names):
                raise InputError(f"{path}: markers.{key}: must be the name of a marker, or a list of names")
        settings |= given
    return settings


def lab_reference(recording: LabRecording, view: ViewAnalysis) -> Reference:
    """Compute the metrics of a recording from its markers and events, by gait's own definitions.

    Parameters
    ----------
    recording : LabRecording
    view : ViewAnalysis
        The analysis of its video: gives the view, the rates and the part of the run that the video shows.

    Returns
    -------
    Reference
        Times on the playback timeline of the video.

    Raises
    ------
    InputError
        The C3D file cannot be used, or its events and the video do not overlap.
    """
    tracks = marker_tracks(recording, view.camera.view)
    found = lab_events(recording.c3d, tracks.pose)
    real = view.info.real_per_playback
    start = float(tracks.time[0])

    def playback(lab_s: FloatArray) -> FloatArray:
        return recording.offset_s + lab_s / real

    first, last = (float(view.clean.time.values[n]) for n in (0, -1))
    events, values, contacts_s = [], [], []
    for side in SIDES:
        for kind in ("contact", "toe_off"):
            times = playback(found.times_s[side, kind])
            events += [
                ReferenceEvent(found.source, side, kind, float(t), float(t), 0.0) for t in times if first <= t <= last
            ]
        contact, toe_off = _paired(found.times_s[side, "contact"], found.times_s[side, "toe_off"])
        shown = (playback(contact) >= first) & (playback(toe_off) <= last)
        contact, toe_off = contact[shown], toe_off[shown]
        contacts_s += contact.tolist()
        by_metric = reference_formula(tracks, side, contact + start, toe_off + start)
        by_metric["contact_time"] = 1e3 * (toe_off - contact)
        values += [
            ReferenceValue(found.source, key, side, float(v), float(on), float(off), float(on))
            for key, column in by_metric.items()
            if key in METRIC_BY_KEY
            for v, on, off in zip(column, playback(contact), playback(toe_off), strict=True)
            if np.isfinite(v)
        ]
    if len(contacts_s) < MIN_CONTACTS:
        raise InputError(
            f"{recording.name}: {len(contacts_s)} steps of {recording.c3d.name} lie within {recording.video.name}, at "
            f"least {MIN_CONTACTS} are needed; check offset_s = {recording.offset_s:g} in its TOML"
        )
    return Reference(tuple(events), tuple(values), whole_clip=_cadence(np.sort(contacts_s)))


def _cadence(contacts_s: FloatArray) -> dict[str, float]:
    """Return steps/min by the slope of contact times, where no step is missing between them."""
    between = np.diff(contacts_s)
    if len(between) < MIN_CONTACTS or between.max() > 1.5 * np.median(between):
        return {}
    return {"cadence": 60 / float(np.polyfit(np.arange(len(contacts_s)), contacts_s, 1)[0])}


def _paired(contacts: FloatArray, toe_offs: FloatArray) -> tuple[FloatArray, FloatArray]:
    pairs = []
    for contact in contacts:
        following = toe_offs[toe_offs > contact]
        if len(following) and STANCE_RANGE_S[0] <= following[0] - contact <= STANCE_RANGE_S[1]:
            pairs.append((contact, following[0]))
    both = np.array(pairs, dtype=float).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def marker_tracks(recording: LabRecording, view: View) -> KeypointTracks:
    """Lay the markers of a recording out as a camera in a view shows them, without smoothing.

    Parameters
    ----------
    recording : LabRecording
    view : {"side", "rear", "front"}

    Returns
    -------
    KeypointTracks

    Raises
    ------
    InputError
        The file cannot be read, or hips, knees or ankles are missing.
    """
    pose = load_poses(recording.c3d, format="c3d", view=view, names=recording.markers)
    return KeypointTracks(pose, find_camera(pose, view=view))


def lab_events(path: Path, markers: xr.Dataset) -> LabEvents:
    """Read contacts and toe-offs of a C3D file: from its force plates, or else from its own events.

    Parameters
    ----------
    path : Path
    markers : xarray.Dataset
        Pose dataset of its markers, from any view: the lower foot is the one on the ground.

    Returns
    -------
    LabEvents

    Raises
    ------
    InputError
        The file has neither.
    """
    try:
        import ezc3d
    except ImportError:
        raise InputError("C3D files need ezc3d: pip install 'gait[export]'") from None
    file: Any = None
    try:
        file = ezc3d.c3d(str(path), extract_forceplat_data=True)
    except Exception:  # plates of a type that the reader lacks; the events may still be there
        file = ezc3d.c3d(str(path))
    force, rate = _vertical_force(file)
    if force is not None:
        times = force_events(force, rate)
        if len(times[0]) >= MIN_CONTACTS:
            return LabEvents("force", _by_side(*times, markers))
    own = _own_events(file)
    if sum(map(len, own.values())) >= 2 * MIN_CONTACTS:
        return LabEvents("events", own)
    raise InputError(
        f"{path}: has neither force plates with steps above {CONTACT_FORCE_N:g} N nor events Foot Strike and Foot Off"
    )


def _vertical_force(file: Any) -> tuple[FloatArray | None, float]:
    """Return the sum of the vertical forces of all plates, (T,) N, and its rate; the greatest axis is vertical."""
    plates = file["data"].get("platform") or []
    forces = [np.asarray(p["force"], dtype=float) for p in plates]
    forces = [f for f in forces if f.ndim == 2 and f.shape[0] == 3 and f.shape[1] > 1]
    if not forces:
        return None, 0.0
    total = np.nansum(forces, axis=0)
    vertical = total[int(np.argmax(np.abs(total).mean(axis=1)))]
    return vertical * np.sign(vertical.mean() or 1.0), float(file["parameters"]["ANALOG"]["RATE"]["value"][0])


def force_events(force_n: FloatArray, rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """Find the steps in the vertical force of a treadmill.

    Parameters
    ----------
    force_n : (T,) float array
        Of all plates together, N, + = a runner pushes down.
    rate_hz : float
        Samples per second.

    Returns
    -------
    contacts, toe_offs : (S,) float arrays
        s from the first sample: crossings of 50 N between samples, after a zero-phase Butterworth low-pass of 50 Hz
        (second order, run forwards and backwards). Steps at the ends of the recording and implausible ones are left
        out.
    """
    if rate_hz > 2.5 * FORCE_LOW_PASS_HZ and len(force_n) > 32:
        force_n = sosfiltfilt(butter(2, FORCE_LOW_PASS_HZ, fs=rate_hz, output="sos"), force_n)
    above = force_n > CONTACT_FORCE_N
    crossing = np.flatnonzero(np.diff(above.astype(int)))
    share = (CONTACT_FORCE_N - force_n[crossing]) / (force_n[crossing + 1] - force_n[crossing])
    at, rises = (crossing + share) / rate_hz, ~above[crossing]
    steps = [
        (on, off)
        for on, off, is_step in zip(at, at[1:], rises, strict=False)
        if is_step and STANCE_RANGE_S[0] <= off - on <= STANCE_RANGE_S[1]
    ]
    both = np.array(steps, dtype=float).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _by_side(contacts: FloatArray, toe_offs: FloatArray, markers: xr.Dataset) -> dict[tuple[str, str], FloatArray]:
    """Give each step to the foot that is lower in the middle of it."""
    time = np.asarray(markers.time.values, dtype=float)
    time = time - time[0]
    names = [str(n) for n in markers.keypoint.values]
    down = {}
    for side in SIDES:
        feet = [n for n in names if n in (f"{side}_ankle", f"{side}_heel", f"{side}_foot_index")]
        y = markers.position.sel(keypoint=feet, space="y").isel(individual=0).mean("keypoint")
        down[side] = np.interp((contacts + toe_offs) / 2, time, np.asarray(y.values, dtype=float))
    is_left = down["left"] > down["right"]  # image rows count downwards
    return {
        (side, kind): times[is_left if side == "left" else ~is_left]
        for kind, times in (("contact", contacts), ("toe_off", toe_offs))
        for side in SIDES
    }


def _own_events(file: Any) -> dict[tuple[str, str], FloatArray]:
    """Read the file's own events, s from the first frame."""
    found: dict[tuple[str, str], list[float]] = {(s, k): [] for s in SIDES for k in ("contact", "toe_off")}
    group = file["parameters"].get("EVENT", {})
    if {"LABELS", "CONTEXTS", "TIMES"} <= set(group):
        first = file["header"]["points"]["first_frame"] / float(file["parameters"]["POINT"]["RATE"]["value"][0])
        times = np.asarray(group["TIMES"]["value"], dtype=float).reshape(2, -1)
        for label, context, minutes, seconds in zip(
            group["LABELS"]["value"], group["CONTEXTS"]["value"], *times, strict=False
        ):
            kind, side = C3D_EVENTS.get(str(label).strip().lower()), str(context).strip().lower()
            if kind is not None and side in SIDES:
                found[side, kind].append(60 * minutes + seconds - first)
    return {key: np.sort(np.array(values, dtype=float)) for key, values in found.items()}
