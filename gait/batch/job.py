"""One session from its clips to its report: what every process does, on this machine and on a cluster."""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from gait._typing import ProgressCallback
from gait.batch.session_plan import ClipEntry
from gait.batch.storage import FileStamp, StorageFolder, digest, fetch, file_stamp
from gait.errors import GaitError, InputError

if TYPE_CHECKING:
    from gait.session import Session

#: The file that is written last into a session's folder: what it was made of, and what came of it.
STAMP = "session.json"
SCHEMA = "gait.session/1"
#: Annotated videos as a report calls them (`gait.report.report_folder.video_names`).
_DRAWN = tuple(f"{view}{number}.mp4" for view in ("side", "rear", "front") for number in ("", "_2", "_3"))
_THUMBNAIL = (112, 144)  # width, height


@dataclass(frozen=True)
class JobOptions:
    """What decides a report besides the clips."""

    height_m: float | None = None
    speed_mps: float | None = None
    athlete: str | None = None
    video: bool = True
    engine: str = "litert"


@dataclass(frozen=True)
class Measured:
    """What one analysis says, as plain data.

    Attributes
    ----------
    findings, measurements, views : list of dict
        As in ``report.json``; the views with the number of their clip.
    refused : dict
        Number of a clip -> why nothing could be measured from it.
    thumbnail : str, optional
        Small JPEG as a data URI.
    """

    findings: list[dict[str, Any]]
    measurements: list[dict[str, Any]]
    views: list[dict[str, Any]]
    refused: dict[int, str]
    thumbnail: str | None = None


#: (clips on this machine, the same as planned, folder for the report, options, workers, fresh, progress) -> result.
Measure = Callable[
    [Sequence[Path], Sequence[ClipEntry], Path, JobOptions, int, bool, ProgressCallback | None], Measured
]


@dataclass(frozen=True)
class SessionJob:
    """One session to be done. Everything that a process elsewhere needs to know.

    Attributes
    ----------
    slug : str
        The session's folder in ``target``.
    clips : tuple of Clip
    options : Options
    target : str
        Path or URL of the batch's output.
    version : str
        Of gait, where the order was given: a worker with another one refuses.
    method : str
        Version of the pose estimation and SHA-256 of its model, for the key.
    workers : int
        Pose workers in this process.
    fresh : bool
        Do it although it is done.
    aside : bool
        Work in a temporary folder and copy the report to the target, stamp last; else in the target itself.
    measure : callable
        What is done with the clips.
    """

    slug: str
    clips: tuple[ClipEntry, ...]
    options: JobOptions
    target: str
    version: str
    method: str = ""
    workers: int = 1
    fresh: bool = False
    aside: bool = False
    measure: Measure | None = None


def key_of(order: SessionJob, digests: Sequence[str]) -> str:
    """Name what decides a session's report: contents of the clips, version, model, options."""
    views = [clip.view if clip.said else "auto" for clip in order.clips]
    decides = [SCHEMA, order.version, order.method, asdict(order.options), list(digests), views]
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def read_stamp(content: bytes | None) -> dict[str, Any] | None:
    """Read a stamp; what is not one counts as not there."""
    try:
        stamp = json.loads(content or b"")
    except ValueError:
        return None
    return stamp if isinstance(stamp, dict) and stamp.get("schema") == SCHEMA else None


def run_job(order: SessionJob, progress: ProgressCallback | None = None) -> dict[str, Any]:
    """Do one session, unless its stamp says that this very work is done; give the stamp.

    What is wrong with the clips themselves is a result like any other: status ``"failed"`` with the reason, kept like a
    report. Everything else (no network, no space, a fault of the program) is raised, because it may be gone next time.

    Raises
    ------
    Exception
        Whatever went wrong that is not the clips' fault.
    """
    from gait.report.report_json import gait_version

    if gait_version() != order.version:
        raise InputError(f"this worker has gait {gait_version()}, the batch {order.version}; install the same on both")
    begun = perf_counter()
    target = StorageFolder(order.target)
    with tempfile.TemporaryDirectory(prefix="gait-") as temporary:
        fetched, marks, digests = _fetched(order, Path(temporary))
        key = key_of(order, digests)
        kept = read_stamp(target.read(f"{order.slug}/{STAMP}"))
        if kept is not None and kept["key"] == key and not order.fresh:
            if [clip.get("mark") for clip in kept["clips"]] != [asdict(mark) for mark in marks]:
                for clip, mark in zip(kept["clips"], marks, strict=True):
                    clip["mark"] = asdict(mark)
                _write(target, order.slug, kept)
            return kept
        folder = Path(temporary, "report") if order.aside or target.folder is None else target.folder / order.slug
        folder.mkdir(parents=True, exist_ok=True)
        # Whoever finds no stamp knows that the folder is not finished.
        target.remove(f"{order.slug}/{STAMP}")
        for name in _DRAWN if kept is not None else ():
            target.remove(f"{order.slug}/{name}")  # of clips that have changed or gone
        stamp: dict[str, Any] = {
            "schema": SCHEMA,
            "key": key,
            "gait_version": order.version,
            "status": "ok",
            "reason": None,
            "clips": [
                {"file": clip.place, "sha256": d, "mark": asdict(m), "status": "ok", "reason": None, "view": None}
                for clip, d, m in zip(order.clips, digests, marks, strict=True)
            ],
            "findings": [],
            "measurements": [],
            "thumbnail": None,
        }
        _measure(order, fetched, folder, stamp, progress)
        stamp["seconds"] = round(perf_counter() - begun, 2)
        if target.folder is None or folder != target.folder / order.slug:
            _deliver(folder, target, order.slug)
        _write(target, order.slug, stamp)
    return stamp


def _fetched(order: SessionJob, temporary: Path) -> tuple[list[Path], list[FileStamp], list[str]]:
    """Have the clips here, each in a folder of its own: two may have the same name."""
    fetched, marks, digests = [], [], []
    for number, clip in enumerate(order.clips):
        place = temporary / f"clip_{number + 1}"
        place.mkdir()
        marks.append(file_stamp(clip.place))
        fetched.append(fetch(clip.place, place))
        digests.append(digest(str(fetched[-1])))
    return fetched, marks, digests


def _measure(
    order: SessionJob, fetched: Sequence[Path], folder: Path, stamp: dict[str, Any], progress: ProgressCallback | None
) -> None:
    """Measure the clips that can be opened, and write into the stamp what came of it."""
    from gait.video.reader import frame_times

    usable = []
    for number, path in enumerate(fetched):
        try:
            if order.measure is None:
                frame_times(path)  # one broken clip must not take those of the other sides with it
            usable.append(number)
        except GaitError as error:
            stamp["clips"][number].update(status="failed", reason=_without(str(error), path))
    measure = order.measure or measure_clips
    try:
        if not usable:
            raise InputError("; ".join(clip["reason"] for clip in stamp["clips"]))
        clips = [order.clips[n] for n in usable]
        paths = [fetched[n] for n in usable]
        found = measure(paths, clips, folder, order.options, order.workers, order.fresh, progress)
    except GaitError as error:
        reason = str(error)
        for path in fetched:
            reason = _without(reason, path)
        for number in usable:
            stamp["clips"][number].update(status="failed", reason=reason)
        stamp.update(status="failed", reason=reason, thumbnail=first_picture([fetched[n] for n in usable]))
        return
    for view in found.views:
        number = usable[view["clip"]]
        stamp["clips"][number]["view"] = view["view"]
        expected = order.clips[number].view
        if not order.clips[number].said and expected not in ("auto", view["view"]):
            stamp["clips"][number]["reason"] = f"its name says {expected}, the picture {view['view']}"
    for clip, reason in found.refused.items():
        stamp["clips"][usable[clip]].update(status="failed", reason=_without(reason, fetched[usable[clip]]))
    numbers = [usable[view["clip"]] for view in found.views]
    stamp["findings"] = found.findings
    stamp["measurements"] = [{**m, "clip": numbers[m["video"]]} for m in found.measurements]
    stamp["thumbnail"] = found.thumbnail
    _name_places(folder / "report.json", [order.clips[n].place for n in numbers])


def _without(text: str, path: Path) -> str:
    """Leave out where a clip lay while it was worked on: the row names it already."""
    for told in (f"{path}: ", f"{path.name}: "):
        text = text.replace(told, "")
    return text.replace(str(path), path.name)


def _name_places(report: Path, places: Sequence[str]) -> None:
    """Write into a report where its videos come from instead of where they lay for the work."""
    if not report.is_file():
        return
    from gait.atomic_files import atomic_write

    record = json.loads(report.read_text(encoding="utf-8"))
    if [video["file"] for video in record["videos"]] == list(places):
        return
    for video, place in zip(record["videos"], places, strict=True):
        video["file"] = place
    with atomic_write(report) as temporary, temporary.open("w", encoding="utf-8") as file:
        json.dump(record, file, ensure_ascii=False, indent=1, allow_nan=False)
        file.write("\n")


def _deliver(folder: Path, target: StorageFolder, slug: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            target.put(path, f"{slug}/{path.relative_to(folder).as_posix()}")


def _write(target: StorageFolder, slug: str, stamp: Mapping[str, Any]) -> None:
    text = json.dumps(stamp, ensure_ascii=False, indent=1, allow_nan=False)
    target.write(f"{slug}/{STAMP}", text.encode())


def measure_clips(
    paths: Sequence[Path],
    clips: Sequence[ClipEntry],
    folder: Path,
    options: JobOptions,
    workers: int,
    fresh: bool,
    progress: ProgressCallback | None,
) -> Measured:
    """Analyse the clips of one session and write their report into a folder.

    Raises
    ------
    GaitError
        No clip shows a run that can be measured.
    """
    from gait.report.report_folder import write_report
    from gait.report.report_json import report_dict
    from gait.session import analyze

    session = analyze(
        paths,
        height_m=options.height_m,
        speed_mps=options.speed_mps,
        name=options.athlete,
        view=[clip.view if clip.said else "auto" for clip in clips],
        engine=options.engine,
        poses=folder,
        fresh=fresh,
        workers=workers,
        progress=progress,
    )
    write_report(session, folder, video=options.video)
    record = report_dict(session)
    number = {str(path): n for n, path in enumerate(paths)}
    views = [{"clip": number[view.info.file], "view": view.info.view} for view in session.views]
    seen = {view["clip"] for view in views}
    refusals = [notice.message for notice in session.notices if notice.code == "video_refused"]
    refused = dict(zip([n for n in range(len(paths)) if n not in seen], refusals, strict=False))
    findings = [{**f, "corrections": list(f["corrections"])} for f in record["findings"]]
    return Measured(findings, record["measurements"], views, refused, thumbnail_of(session))


# --- thumbnails ---


def thumbnail_of(session: Session) -> str | None:
    """Make the small picture of a session: the frame that shows its first finding, cut to the runner."""
    from gait.report.pose_moments import points_at

    seen = [m for m in session.measurements if m.evidence_s is not None]
    first = next(iter(session.findings), None)
    if first is not None:
        # A finding about both sides rests on measurements of each.
        seen.sort(key=lambda m: (m.key != first.metric, m.side != first.side))
    shown = next(iter(seen), None)
    view = session.views[shown.video if shown is not None else 0]
    time_s = shown.evidence_s if shown is not None else None
    if time_s is None:
        time_s = float(view.clean["time"].values[0])
    points = points_at(view.clean, time_s)
    return picture_at(Path(view.info.file), time_s, [tuple(map(float, p)) for p in points.values()])


def first_picture(paths: Sequence[Path]) -> str | None:
    """Make the small picture of clips in which nothing was measured, where one can be read at all."""
    from gait.video.reader import frame_times

    for path in paths:
        try:
            return picture_at(path, float(frame_times(path)[0]))
        except Exception:  # what is wrong with it is told elsewhere
            continue
    return None


def picture_at(path: Path, time_s: float, around: Sequence[tuple[float, ...]] = ()) -> str | None:
    """Cut a small picture out of a frame, around some points; ``None`` where it cannot be read."""
    import cv2
    import numpy as np

    from gait.video.reader import frame_at

    try:
        image = frame_at(path, time_s).image
    except (GaitError, OSError):
        return None
    height, width = image.shape[:2]
    shape = _THUMBNAIL[0] / _THUMBNAIL[1]
    centre, tall = (width / 2, height / 2), float(min(height, width / shape))
    if around:
        low, high = np.min(around, axis=0), np.max(around, axis=0)
        centre = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
        tall = min(max(1.25 * float(high[1] - low[1]), 1.3 * float(high[0] - low[0]) / shape, 32.0), tall)
    wide = tall * shape
    x = round(min(max(centre[0] - wide / 2, 0), width - wide))
    y = round(min(max(centre[1] - tall / 2, 0), height - tall))
    cut = np.ascontiguousarray(image[y : y + max(round(tall), 1), x : x + max(round(wide), 1)])
    small = cv2.resize(cut, _THUMBNAIL, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 72])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii") if done else None
