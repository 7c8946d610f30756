"""Analyse many sessions: what is missing or has changed, on this machine or on a cluster; then write the index."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

from gait._typing import PathLike
from gait.batch.batch_output import open_output, write_overview
from gait.batch.batch_result import BatchResult
from gait.batch.batch_source import plan_sessions
from gait.batch.clip_survey import clip_states, is_done, read_stamps, survey_clips
from gait.batch.job import STAMP, JobOptions, MeasureFunction, SessionJob
from gait.batch.planned_session import PlannedSession
from gait.batch.session_row import SessionRow, row_from_stamp, row_without_job, row_without_stamp
from gait.batch.storage import absolute_location
from gait.batch.storage_folder import StorageFolder
from gait.batch.worker_pool import JobEvent, JobFinished, run_locally
from gait.history.athlete_history import History
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.report.report_json import gait_version

_ERROR_FILE = "error.txt"
#: Seconds between two indexes during the work, so that one is there if the batch is stopped. [E]
_INDEX_EVERY_S = 30.0
#: With very many sessions an index takes long: its time is at most one part in so many. [E]
_INDEX_SHARE = 20.0


def analyze_batch(
    source: PathLike,
    output: PathLike,
    *,
    height_m: float | None = None,
    speed_mps: float | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    engine: str = DEFAULT_ENGINE,
    video: bool = True,
    fresh: bool = False,
    history: PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
    watch: Callable[[JobEvent], None] | None = None,
    measure: MeasureFunction | None = None,
) -> BatchResult:
    """Analyse many sessions; a fault in one ends only that one.

    Parameters
    ----------
    source : path or URL
        Folder of clips, searched with all folders in it, or a manifest (CSV): `docs/batch.md`.
    output : path or URL
        Folder for a report per session, ``index.html``, ``summary.csv`` and ``summary.parquet``.
    height_m, speed_mps : float, optional
        Body height in metres and belt speed in m/s of sessions for which the manifest gives none.
    jobs : int, optional
        Worker processes on this machine; by default one a core.
    cluster : str, optional
        Address of a Dask scheduler, or a YAML file that describes the cluster to start; replaces this machine.
    engine : str
        Name of the pose engine.
    video : bool
        Whether to write annotated videos.
    fresh : bool
        Analyse everything again, also what has not changed.
    history : path, optional
        Database to which every finished session is added (`gait.history.athlete_history`).
    progress : callable, optional
        Called with (sessions done, sessions in all).
    watch : callable, optional
        Called with every event of the workers (`gait.batch.worker_pool`).
    measure : callable, optional
        Replaces the analysis of a session's clips, for tests.

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
    A session is done when its stamp exists. The stamp is written last and holds what it was made of: contents of the
    clips, version, model and options. So a batch can be killed at any moment and run again.
    Programs that call this must do so under ``if __name__ == "__main__":``, as always with worker processes.
    """
    from gait.pose.engines.model_file import bundle_hash
    from gait.pose.estimation import POSE_VERSION, available_cores

    source, output = absolute_location(source), absolute_location(output)
    sessions = plan_sessions(source, height_m=height_m, speed_mps=speed_mps, output=output)
    if history is not None:
        with History(history):  # a file that cannot be used is refused before the long work
            pass

    version, method = gait_version(), f"{POSE_VERSION}:{bundle_hash()}"

    def job_for(session: PlannedSession, usable: Sequence[int]) -> SessionJob:
        return SessionJob(
            session.slug,
            tuple(session.clips[n] for n in usable),
            JobOptions(session.height_m, session.speed_mps, session.athlete, video, engine),
            output,
            version,
            method,
            fresh=fresh,
            staged=cluster is not None,
            measure=measure,
        )

    with open_output(output) as target:
        run = _Run(sessions, target, progress)
        queue = run.plan(job_for)
        workers = available_cores() if jobs is None else jobs
        if cluster is None and queue:
            pose_workers = max(1, available_cores() // min(workers, len(queue)))
            queue = [replace(job, workers=pose_workers) for job in queue]
        with _job_events(queue, workers, cluster) as events:
            for event in events:
                if isinstance(event, JobFinished):
                    event = _checked_arrival(event, target)
                    run.finish(event)
                if watch is not None:
                    watch(event)
        rows = tuple(run.rows[session.slug] for session in sessions)
        parquet = write_overview(rows, target, planned=len(sessions))
        if history is not None:
            add_to_history(history, rows, target)
    return BatchResult(output, rows, parquet)


def add_to_history(history: PathLike, rows: Sequence[SessionRow], target: StorageFolder) -> None:
    """Add every measured session to the history; sessions that are there already stay as they are.

    Parameters
    ----------
    history : path
        The database.
    rows : sequence of SessionRow
    target : StorageFolder
        The output of the batch, with the reports.
    """
    with History(history) as opened:
        for row in rows:
            content = target.read(f"{row.planned.slug}/report.json") if row.status == "ok" else None
            if content is not None:
                name = row.planned.athlete or row.planned.name
                opened.add(json.loads(content), athlete=name, date=row.planned.date, session=row.planned.name)


@dataclass(frozen=True)
class _PlannedJob:
    """A session with its clips' states; ``usable`` are the numbers of the clips that are analysed."""

    session: PlannedSession
    states: list[dict[str, Any]]
    usable: list[int]


class _Run:
    """The rows of a batch as they become known, and the overview that is written meanwhile."""

    def __init__(
        self, sessions: list[PlannedSession], target: StorageFolder, progress: Callable[[int, int], None] | None
    ) -> None:
        self.rows: dict[str, SessionRow] = {}
        self._sessions, self._target, self._progress = sessions, target, progress
        self._planned: dict[str, _PlannedJob] = {}
        self._next_index = monotonic() + _INDEX_EVERY_S

    def plan(self, job_for: Callable[[PlannedSession, Sequence[int]], SessionJob]) -> list[SessionJob]:
        """Return the jobs to run, and make the rows of sessions that need none."""
        stamps = read_stamps(self._target, self._sessions)
        surveys = survey_clips(self._sessions, stamps)
        queue: list[SessionJob] = []
        for session, states in zip(self._sessions, clip_states(self._sessions, surveys), strict=True):
            usable = [n for n, state in enumerate(states) if state["status"] == "ok"]
            if session.problem or not usable:
                self.rows[session.slug] = row_without_job(session, states)
                continue
            job = job_for(session, usable)
            stamp = stamps.get(session.slug)
            signatures = [surveys[clip.location].signature for clip in job.clips]
            if stamp is not None and not job.fresh and is_done(stamp, job, signatures):
                self.rows[session.slug] = row_from_stamp(session, states, usable, stamp, kept=True)
            else:
                self._planned[session.slug] = _PlannedJob(session, states, usable)
                queue.append(job)
        self._report_progress()
        # The longest first, so that no core ends alone with a long one.
        return sorted(queue, key=lambda job: -sum(surveys[clip.location].size for clip in job.clips))

    def finish(self, event: JobFinished) -> None:
        """Make the row of a session that has ended; write the overview from time to time."""
        planned = self._planned[event.slug]
        if event.stamp is None:
            self.rows[event.slug] = row_without_stamp(
                planned.session, planned.states, planned.usable, event.reason, event.reason_code
            )
            with suppress(OSError):
                self._target.write(f"{event.slug}/{_ERROR_FILE}", (event.details or event.reason).encode())
        else:
            self.rows[event.slug] = row_from_stamp(
                planned.session, planned.states, planned.usable, event.stamp, kept=False
            )
            if self._target.folder is not None:
                self._target.remove(f"{event.slug}/{_ERROR_FILE}")  # of an earlier run
        self._report_progress()
        if (begun := monotonic()) > self._next_index:
            rows = [self.rows[session.slug] for session in self._sessions if session.slug in self.rows]
            write_overview(rows, self._target, planned=len(self._sessions))
            self._next_index = monotonic() + max(_INDEX_EVERY_S, _INDEX_SHARE * (monotonic() - begun))

    def _report_progress(self) -> None:
        if self._progress is not None:
            self._progress(len(self.rows), len(self._sessions))


def _checked_arrival(event: JobFinished, target: StorageFolder) -> JobFinished:
    """Check that what a worker elsewhere has written is visible here."""
    folder = target.folder
    if event.stamp is None or folder is None or (folder / event.slug / STAMP).is_file():
        return event
    reason = f"{folder} is not a folder that the workers share with this machine; give a shared one, or a URL"
    return JobFinished(event.slug, None, reason)


@contextmanager
def _job_events(queue: Sequence[SessionJob], workers: int, cluster: str | None) -> Iterator[Generator[JobEvent]]:
    if cluster is None or not queue:
        with closing(run_locally(queue, workers)) as events:
            yield events
        return
    from gait.batch.cluster import connect_cluster, run_on_cluster

    with connect_cluster(cluster) as client, closing(run_on_cluster(client, queue)) as events:
        yield events


__all__ = ["BatchResult", "SessionRow", "add_to_history", "analyze_batch"]
