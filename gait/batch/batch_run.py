"""Many sessions at once: what is missing or changed is done, here or on a cluster; then the index is made."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from gait.batch.job import STAMP, JobOptions, Measure, SessionJob, key_of, read_stamp
from gait.batch.session_plan import PlannedSession, read_source
from gait.batch.storage import FileStamp, StorageFolder, digest, file_stamp, is_url, local
from gait.batch.worker_pool import JobEvent, JobFinished, run_locally
from gait.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["ok", "failed", "duplicate"]
_LOCK = ".gait-batch.lock"
_ERROR = "error.txt"
#: How often the index is written while the work goes on: whoever stops it finds what is done so far. With very many
#: sessions it takes its time, so that it may take a twentieth of all at most.
_INDEX_EVERY_S, _INDEX_SHARE = 30.0, 20.0
_READ_AT_ONCE = 8


@dataclass(frozen=True)
class SessionRow:
    """One session of a batch and what came of it.

    Attributes
    ----------
    planned : PlannedSession
        Its name, athlete, date, clips and folder (``slug``).
    status : {"ok", "failed", "duplicate"}
    reason : str, optional
        Why it failed, or what it is a duplicate of.
    clips : tuple of mapping
        For each planned clip ``status``, ``reason`` and ``view``.
    findings, measurements : tuple of mapping
        As in ``report.json``; measurements with the number of their ``clip``.
    thumbnail : str, optional
        A small picture as a data URI.
    kept : bool
        Whether an earlier run had done it.
    """

    planned: PlannedSession
    status: Status
    reason: str | None
    clips: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...] = ()
    measurements: tuple[Mapping[str, Any], ...] = ()
    thumbnail: str | None = None
    kept: bool = False


@dataclass(frozen=True)
class BatchResult:
    """What a batch has done.

    Attributes
    ----------
    output : str
        Where everything lies; ``index.html`` in it lists the sessions.
    sessions : tuple of SessionRow
        In the order of the source.
    parquet : bool
        Whether ``summary.parquet`` was written (it needs pyarrow).
    """

    output: str
    sessions: tuple[SessionRow, ...]
    parquet: bool

    @property
    def table(self) -> pd.DataFrame:
        """One row a measurement, as in ``summary.csv`` (`gait.batch.summary_table.summary_table`)."""
        from gait.batch.summary_table import summary_table

        return summary_table(self.sessions)

    def count(self, status: Status) -> int:
        """Say how many sessions have a status."""
        return sum(row.status == status for row in self.sessions)


def batch(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    height_m: float | None = None,
    speed_mps: float | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    engine: str = "litert",
    video: bool = True,
    fresh: bool = False,
    history: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    watch: Callable[[JobEvent], None] | None = None,
    measure: Measure | None = None,
) -> BatchResult:
    """Analyse many sessions; whatever is wrong with one ends only that one.

    Parameters
    ----------
    source : path or URL
        Folder of clips, looked through with all folders in it, or a manifest (CSV): `docs/batch.md`.
    output : path or URL
        Folder for a report per session, ``index.html``, ``summary.csv`` and ``summary.parquet``.
    height_m, speed_mps : float, optional
        For sessions of which no manifest says it: body height in metres, belt speed in m/s.
    jobs : int, optional
        Worker processes on this machine; one a core without it.
    cluster : str, optional
        Address of a Dask scheduler, or a YAML file that says which cluster to start; instead of this machine.
    engine : str
    video : bool
        Whether to write annotated videos.
    fresh : bool
        Do everything again, also what has not changed.
    history : path, optional
        Database to which every finished session is added (`gait.history.athlete_history`).
    progress : callable, optional
        Called with (sessions done, sessions in all).
    watch : callable, optional
        Called with everything that happens (`gait.batch.worker_pool`).
    measure : callable, optional
        What is done with the clips of a session instead of the analysis; for tests.

    Returns
    -------
    BatchResult

    Raises
    ------
    InputError
        The source cannot be read, holds no clip, or is no manifest; the output cannot be written to, or another batch
        is writing there; the cluster does not answer.

    Notes
    -----
    A session is done when its stamp is there, which is written last and names what it was made of: contents of the
    clips, version, model and options. So a batch can be killed at any moment and run again.
    Programs that call this must do so under ``if __name__ == "__main__":``, as always with worker processes.
    """
    from gait.history.athlete_history import History
    from gait.pose.engines.model_file import load_model
    from gait.pose.estimation import POSE_VERSION, available_cores
    from gait.report.report_json import gait_version

    source, output = _absolute(source), _absolute(output)
    sessions = read_source(source, height_m=height_m, speed_mps=speed_mps, beside=output)
    if history is not None:
        with History(history):  # says what is wrong with it before the long work
            pass
    with _writable(output) as target:
        jobs = available_cores() if jobs is None else jobs
        stamps = _stamps(target, sessions)
        clips = _looked_at(sessions, stamps)
        alone = _without_duplicates(sessions, clips)
        version, method = gait_version(), f"{POSE_VERSION}:{load_model(None).sha256}"
        orders: dict[str, SessionJob] = {}
        places: dict[str, list[int]] = {}
        rows: dict[str, SessionRow] = {}
        for session, states in zip(sessions, alone, strict=True):
            usable = [n for n, state in enumerate(states) if state["status"] == "ok"]
            if session.problem or not usable:
                rows[session.slug] = _unusable(session, states)
                continue
            options = JobOptions(session.height_m, session.speed_mps, session.athlete, video, engine)
            order = SessionJob(
                session.slug,
                tuple(session.clips[n] for n in usable),
                options,
                output,
                version,
                method,
                fresh=fresh,
                aside=cluster is not None,
                measure=measure,
            )
            places[session.slug] = usable
            stamp = stamps.get(session.slug)
            marks = [clips[session.clips[n].place].mark for n in usable]
            if stamp is not None and not fresh and _fits(stamp, order, marks):
                rows[session.slug] = _done(session, states, usable, stamp, kept=True)
            else:
                orders[session.slug] = order
        by_slug = {session.slug: (session, states) for session, states in zip(sessions, alone, strict=True)}
        # The longest first: at the end no core is left alone with one.
        queue = sorted(orders.values(), key=lambda o: -sum(_size(clips[c.place].mark) for c in o.clips))
        if cluster is None and queue:
            spare = max(1, available_cores() // min(jobs, len(queue)))
            queue = [replace(order, workers=spare) for order in queue]
        due = monotonic() + _INDEX_EVERY_S
        if progress is not None:
            progress(len(rows), len(sessions))
        with _running(queue, jobs, cluster) as events:
            for event in events:
                if isinstance(event, JobFinished):
                    event = _arrived(event, target)
                    session, states = by_slug[event.slug]
                    if event.stamp is None:
                        rows[event.slug] = _lost(session, states, places[event.slug], event.reason)
                        with suppress(OSError):
                            target.write(f"{event.slug}/{_ERROR}", (event.details or event.reason).encode())
                    else:
                        rows[event.slug] = _done(session, states, places[event.slug], event.stamp, kept=False)
                        if target.folder is not None:
                            target.remove(f"{event.slug}/{_ERROR}")  # of an earlier run
                    if progress is not None:
                        progress(len(rows), len(sessions))
                    if (begun := monotonic()) > due:
                        _write_all([rows[s.slug] for s in sessions if s.slug in rows], target, len(sessions))
                        due = monotonic() + max(_INDEX_EVERY_S, _INDEX_SHARE * (monotonic() - begun))
                if watch is not None:
                    watch(event)
        finished = tuple(rows[session.slug] for session in sessions)
        parquet = _write_all(finished, target, len(sessions))
        if history is not None:
            record(history, finished, target)
    return BatchResult(output, finished, parquet)


def record(history: str | os.PathLike[str], rows: Sequence[SessionRow], target: StorageFolder) -> None:
    """Add every session that was measured to the history; what is there already stays as it is.

    Raises
    ------
    InputError
        The file is no history.
    """
    import json

    from gait.history.athlete_history import History

    with History(history) as kept:
        for row in rows:
            content = target.read(f"{row.planned.slug}/report.json") if row.status == "ok" else None
            if content is not None:
                name = row.planned.athlete or row.planned.name
                kept.add(json.loads(content), athlete=name, date=row.planned.date, session=row.planned.name)


# --- what is there already ---


@dataclass(frozen=True)
class _Look:
    """What is known of a clip before the work: ``problem``, or its mark, and its content where it had to be read."""

    mark: FileStamp | None
    problem: str | None = None
    content: str | None = None


def _stamps(target: StorageFolder, sessions: Sequence[PlannedSession]) -> dict[str, dict[str, Any]]:
    found = target.read_all([f"{session.slug}/{STAMP}" for session in sessions])
    stamps = {session.slug: read_stamp(found.get(f"{session.slug}/{STAMP}")) for session in sessions}
    return {slug: stamp for slug, stamp in stamps.items() if stamp is not None}


def _looked_at(sessions: Sequence[PlannedSession], stamps: Mapping[str, Mapping[str, Any]]) -> dict[str, _Look]:
    """Look at every clip. Only those are read now that may hold the same as another one: their sizes are the same."""
    places = list(dict.fromkeys(clip.place for s in sessions for clip in s.clips if clip.problem is None))

    def look(place: str) -> _Look:
        try:
            return _Look(file_stamp(place))
        except InputError as error:
            return _Look(None, str(error).removeprefix(f"{place}: "))

    with ThreadPoolExecutor(_READ_AT_ONCE) as pool:
        looks = dict(zip(places, pool.map(look, places), strict=True))
        known = {
            (clip["file"], clip["mark"]["size"], clip["mark"]["changed"]): clip["sha256"]
            for stamp in stamps.values()
            for clip in stamp["clips"]
        }
        sizes: dict[int, list[str]] = {}
        for place, one in looks.items():
            if one.mark is not None:
                sizes.setdefault(one.mark.size, []).append(place)
        alike = [place for group in sizes.values() if len(group) > 1 for place in group]

        def read(place: str) -> _Look:
            one = looks[place]
            assert one.mark is not None
            try:
                content = known.get((place, one.mark.size, one.mark.changed)) or digest(place)
            except InputError as error:
                return _Look(None, str(error).removeprefix(f"{place}: "))
            return replace(one, content=content)

        looks.update(zip(alike, pool.map(read, alike), strict=True))
    return looks


def _without_duplicates(sessions: Sequence[PlannedSession], looks: Mapping[str, _Look]) -> list[list[dict[str, Any]]]:
    """Say of every clip of every session whether it can be used; of several with the same content one can.

    That is the one in the session with most clips, which the others would tear apart, then one with an athlete's name.
    """
    first: dict[str, str] = {}
    places: dict[str, str] = {}
    result: dict[int, list[dict[str, Any]]] = {}
    ranked = sorted(enumerate(sessions), key=lambda pair: (-len(pair[1].clips), pair[1].athlete is None, pair[0]))
    for position, session in ranked:
        states: list[dict[str, Any]] = []
        for clip in session.clips:
            state: dict[str, Any] = {"status": "ok", "reason": None, "view": None}
            one = looks.get(clip.place)
            problem = clip.problem or (one.problem if one is not None else None)
            if problem is not None:
                state.update(status="failed", reason=problem)
            elif one is not None and session.problem is None:
                same = places.get(clip.place) or (first.get(one.content) if one.content is not None else None)
                if same is not None:
                    state.update(status="duplicate", reason=f"holds the same as {same}")
                else:
                    places[clip.place] = clip.shown
                    if one.content is not None:
                        first[one.content] = clip.shown
            states.append(state)
        result[position] = states
    return [result[position] for position in range(len(sessions))]


def _fits(stamp: Mapping[str, Any], order: SessionJob, marks: Sequence[FileStamp | None]) -> bool:
    clips = stamp["clips"]
    same = [clip["mark"] for clip in clips] == [None if mark is None else asdict(mark) for mark in marks]
    return same and bool(stamp["key"] == key_of(order, [clip["sha256"] for clip in clips]))


# --- what came of it ---


def _unusable(session: PlannedSession, states: Sequence[dict[str, Any]]) -> SessionRow:
    if session.problem:
        states = [{**state, "status": "failed", "reason": state["reason"] or session.problem} for state in states]
        return SessionRow(session, "failed", session.problem, tuple(states))
    duplicate = all(state["status"] == "duplicate" for state in states)
    reason = "; ".join(dict.fromkeys(state["reason"] for state in states))
    return SessionRow(session, "duplicate" if duplicate else "failed", reason, tuple(states))


def _done(
    session: PlannedSession,
    states: Sequence[dict[str, Any]],
    usable: Sequence[int],
    stamp: Mapping[str, Any],
    *,
    kept: bool,
) -> SessionRow:
    clips = [dict(state) for state in states]
    for number, clip in zip(usable, stamp["clips"], strict=True):
        clips[number] = {name: clip[name] for name in ("status", "reason", "view")}
    measurements = tuple({**m, "clip": usable[m["clip"]]} for m in stamp["measurements"])
    return SessionRow(
        session,
        stamp["status"],
        stamp["reason"],
        tuple(clips),
        tuple(stamp["findings"]),
        measurements,
        stamp["thumbnail"],
        kept,
    )


def _arrived(event: JobFinished, target: StorageFolder) -> JobFinished:
    """Make sure that what a worker elsewhere has written is here."""
    folder = target.folder
    if event.stamp is None or folder is None or (folder / event.slug / STAMP).is_file():
        return event
    where = f"{folder} is not a folder that the workers share with this machine; give a shared one, or a URL"
    return JobFinished(event.slug, None, where)


def _lost(session: PlannedSession, states: Sequence[dict[str, Any]], usable: Sequence[int], reason: str) -> SessionRow:
    clips = [dict(state) for state in states]
    for number in usable:
        clips[number].update(status="failed", reason=reason)
    return SessionRow(session, "failed", reason, tuple(clips))


def _write_all(rows: Sequence[SessionRow], target: StorageFolder, planned: int) -> bool:
    from gait.batch.index_page import render_index
    from gait.batch.summary_table import write_summary

    parquet = write_summary(rows, target)
    target.write("index.html", render_index(rows, planned=planned).encode())
    return parquet


def _size(mark: FileStamp | None) -> int:
    return 0 if mark is None else mark.size


def _absolute(place: str | os.PathLike[str]) -> str:
    text = os.fspath(place)
    # Not resolved: a link stays what the user called it.
    return text.rstrip("/") if is_url(text) else str(local(text).absolute())


@contextmanager
def _running(queue: Sequence[SessionJob], jobs: int, cluster: str | None) -> Iterator[Generator[JobEvent]]:
    if cluster is None or not queue:
        with closing(run_locally(queue, jobs)) as events:
            yield events
        return
    from gait.batch.cluster import connected, run_on

    with connected(cluster) as client, closing(run_on(client, queue)) as events:
        yield events


@contextmanager
def _writable(output: str) -> Iterator[StorageFolder]:
    """Give the output, proven to be writable, and kept from a second batch while this one works."""
    target = StorageFolder(output)
    if target.folder is None:
        target.write(_LOCK, b"")
        target.remove(_LOCK)
        yield target
        return
    folder = target.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock: Any = (folder / _LOCK).open("a") if sys.platform != "win32" else nullcontext()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{folder}: cannot be written to ({reason}); choose a folder with -o") from None
    with lock as file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(f"{folder}: another gait batch is writing there; wait for it to end") from None
            except OSError:
                pass  # some network folders know no locks; the stamps are whole all the same
        try:
            yield target
        finally:
            (folder / _LOCK).unlink(missing_ok=True)
            _remove_if_empty(folder)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


__all__ = ["BatchResult", "SessionRow", "batch", "record"]
