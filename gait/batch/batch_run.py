"""Analyse many sessions: what is missing or has changed, on this machine or on a cluster; then write the index."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Literal

from gait._typing import PathLike
from gait.batch.batch_history import add_to_history, find_absent, write_season
from gait.batch.batch_output import open_output, write_overview
from gait.batch.batch_result import BatchResult
from gait.batch.batch_source import plan_sessions
from gait.batch.clip_check import FilmAgain, clips_that_failed, clips_to_film_again
from gait.batch.clip_survey import clip_states, is_done, read_stamps, survey_clips
from gait.batch.index_page import IndexNotes
from gait.batch.job import JobOptions, MeasureFunction, SessionJob
from gait.batch.planned_session import PlannedSession
from gait.batch.roster import find_roster, read_roster
from gait.batch.session_filter import parse_filter, select_sessions
from gait.batch.session_row import (
    SessionRow,
    row_from_stamp,
    row_not_analysed,
    row_without_job,
    row_without_stamp,
)
from gait.batch.session_stamp import STAMP
from gait.batch.skipped_files import find_skipped_files
from gait.batch.stale_reports import find_stale_reports, remove_stale_reports
from gait.batch.storage import absolute_location, base_name
from gait.batch.storage_folder import StorageFolder
from gait.batch.worker_limits import WorkerLimits
from gait.batch.worker_pool import JobEvent, JobFinished, run_locally
from gait.display_language import ENGLISH, _, speak
from gait.display_text import display_text
from gait.display_units import Units, show_in
from gait.errors import GaitError, InputError
from gait.history.athlete_history import History
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.report.report_json import gait_version

_ERROR_FILE = "error.txt"
#: Seconds between two indexes during the work, so that one is there if the batch is stopped. [E]
_INDEX_EVERY_S = 30.0
#: With very many sessions an index takes long: its time is at most one part in so many. [E]
_INDEX_SHARE = 20.0
#: Before the slug of a session in the events of its quick look. No folder has such a name.
_CHECK_SLUG = "check:"
#: Clips from which on a quick look at all of them comes before the long work. [E]
_MIN_CLIPS_TO_CHECK = 5


def analyze_batch(
    source: PathLike,
    output: PathLike,
    *,
    height_m: float | None = None,
    speed_mps: float | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    engine: str = DEFAULT_ENGINE,
    video: bool | Literal["full"] = True,
    units: Units | None = None,
    language: str | None = None,
    every_frame: bool = False,
    fresh: bool = False,
    history: PathLike | None = None,
    prune: bool = False,
    roster: PathLike | None = None,
    where: Sequence[str] = (),
    check: bool | None = None,
    check_only: bool = False,
    announce: Callable[[Sequence[FilmAgain], int], None] | None = None,
    check_progress: Callable[[int, int], None] | None = None,
    limits: WorkerLimits | None = None,
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
    video : bool or "full"
        Whether to write annotated videos.
    units : {"metric", "imperial", "pace", "imperial-pace"}, optional
        In which reports and index show speeds and lengths; metric ones without it.
    language : {"en", "de", "es", "fr"}, optional
        In which reports are written; English without it.
    every_frame : bool
        Estimate poses in every frame, as `gait.analyze` does with the same argument.
    fresh : bool
        Analyse everything again, also what has not changed.
    history : path, optional
        Database to which every finished session is added (`gait.history.athlete_history`).
    prune : bool
        Remove the reports of clips that are gone, as far as gait wrote them and nobody has changed them since.
    roster : path or URL, optional
        File with the athletes' names, heights and squads (`gait.batch.roster`); by default ``roster.csv`` or
        ``roster.toml`` beside the clips or the manifest.
    where : sequence of str
        Conditions such as ``"squad=U20"``: only sessions that fit them are analysed (`gait.batch.session_filter`).
    check : bool, optional
        Whether to look at all clips quickly before the long work, for those that should be filmed again. By default
        where this machine has five clips or more to analyse.
    check_only : bool
        Do nothing else.
    announce : callable, optional
        Called after the quick look with (clips to film again, clips looked at).
    check_progress : callable, optional
        Called with (sessions looked at, sessions to look at).
    limits : WorkerLimits, optional
        Time and memory for one session on this machine (`gait.batch.worker_limits`).
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
    from gait.pose.estimation import POSE_VERSION
    from gait.single_core import available_cores

    source, output = absolute_location(source), absolute_location(output)
    roster_file = find_roster(source) if roster is None else absolute_location(roster)
    with speak(language or ENGLISH):
        athletes = None if roster_file is None else read_roster(roster_file)
        sessions = plan_sessions(source, height_m=height_m, speed_mps=speed_mps, output=output, roster=athletes)
        wanted = parse_filter(where) if where else None
        selected = None if wanted is None else select_sessions(sessions, wanted)
    if history is not None:
        with History(history):  # a file that cannot be used is refused before the long work
            pass

    version, method = gait_version(), f"{POSE_VERSION}:{bundle_hash()}"

    def job_for(session: PlannedSession, usable: Sequence[int]) -> SessionJob:
        return SessionJob(
            session.slug,
            tuple(session.clips[n] for n in usable),
            JobOptions(
                session.height_m,
                session.speed_mps,
                session.athlete,
                video,
                engine,
                session.leg_length_m,
                session.answers,
                units,
                None if language == ENGLISH else language,
                every_frame,
            ),
            output,
            version,
            method,
            fresh=fresh,
            staged=cluster is not None,
            measure=measure,
        )

    with show_in(units or "metric"), speak(language or ENGLISH), open_output(output) as target:
        run = _Run(sessions, target, progress)
        run.notes = IndexNotes(
            skipped=tuple(find_skipped_files(source, output, sessions)),
            problems=tuple(f"{base_name(athletes.source)}, {line}" for line in athletes.problems) if athletes else (),
        )
        queue = run.plan(job_for, selected)
        workers = available_cores() if jobs is None else jobs
        if cluster is None and queue:
            pose_workers = max(1, available_cores() // min(workers, len(queue)))
            queue = [replace(job, workers=pose_workers) for job in queue]
        clips = sum(len(job.clips) for job in queue)
        if check is None:
            check = cluster is None and measure is None and clips >= _MIN_CLIPS_TO_CHECK
        looks = _QuickLooks(run, queue if check or check_only else [], clips, check_progress, announce)
        if check_only or cluster is not None:
            with closing(run_locally(looks.jobs, workers, limits)) as events:
                for event in events:
                    looks.take(event)
        if check_only:
            run.wait_for_analysis()
        else:
            _work(run, queue, looks, workers, cluster, target, watch, limits)
        rows = run.all_rows()
        stale = find_stale_reports(target, sessions, source)
        if prune and not check_only:
            stale = remove_stale_reports(target, stale)
        problems = add_to_history(history, rows, target) if history is not None and not check_only else []
        absent = find_absent(rows, athletes, history, wanted) if athletes is not None or history is not None else []
        run.notes = replace(
            run.notes,
            absent=tuple(absent),
            stale=tuple(report.slug for report in stale if not report.removed),
            season=history is not None and not check_only,
            unselected=len(sessions) - len(rows),
        )
        if run.notes.season and history is not None:
            problems += write_season(history, rows, absent, target)
        run.notes = replace(run.notes, problems=(*run.notes.problems, *problems))
        parquet = write_overview(rows, target, planned=len(rows), notes=run.notes)
    return BatchResult(output, rows, parquet, tuple(stale), run.notes, tuple(problems))


def _work(
    run: _Run,
    queue: list[SessionJob],
    looks: _QuickLooks,
    workers: int,
    cluster: str | None,
    target: StorageFolder,
    watch: Callable[[JobEvent], None] | None,
    limits: WorkerLimits | None,
) -> None:
    """Run the jobs; a fault that ends all of them leaves the sessions that are done."""
    # The same workers look at all clips first: no core waits for the last look, and none is started twice.
    with _job_events(queue if cluster else [*looks.jobs, *queue], workers, cluster, limits) as events:
        try:
            for event in events:
                if looks.take(event):
                    continue
                if isinstance(event, JobFinished):
                    event = _checked_arrival(event, target)
                    run.finish(event)
                if watch is not None:
                    watch(event)
        except GaitError as error:
            if not run.anything_done:
                raise
            run.lose_the_rest(str(error), error.code)
            return
    run.lose_the_rest(_("it was lost: no worker finished it; run the batch again"))


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
        self.notes = IndexNotes()
        self._sessions, self._target, self._progress = sessions, target, progress
        self._planned: dict[str, _PlannedJob] = {}
        self._next_index = monotonic() + _INDEX_EVERY_S

    def plan(
        self, job_for: Callable[[PlannedSession, Sequence[int]], SessionJob], selected: set[str] | None
    ) -> list[SessionJob]:
        """Return the jobs to run, and make the rows of sessions that need none.

        Of sessions that are not selected only those that are done have a row.
        """
        stamps = read_stamps(self._target, self._sessions)
        surveys = survey_clips(self._sessions, stamps)
        queue: list[SessionJob] = []
        for session, states in zip(self._sessions, clip_states(self._sessions, surveys), strict=True):
            usable = [n for n, state in enumerate(states) if state["status"] == "ok"]
            chosen = selected is None or session.slug in selected
            if session.problem or not usable:
                if not chosen:
                    continue
                self.rows[session.slug] = row_without_job(session, states)
                continue
            job = job_for(session, usable)
            stamp = stamps.get(session.slug)
            signatures = [surveys[clip.location].signature for clip in job.clips]
            if stamp is not None and not job.fresh and is_done(stamp, job, signatures):
                self.rows[session.slug] = row_from_stamp(session, states, usable, stamp, kept=True)
            elif chosen:
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
            with suppress(OSError, InputError):  # the reason is in the index too
                self._target.write(
                    f"{event.slug}/{_ERROR_FILE}", display_text(event.details or event.reason, keep="\n").encode()
                )
        else:
            self.rows[event.slug] = row_from_stamp(
                planned.session, planned.states, planned.usable, event.stamp, kept=False
            )
            if self._target.folder is not None:
                self._target.remove(f"{event.slug}/{_ERROR_FILE}")  # of an earlier run
        self._report_progress()
        if (begun := monotonic()) > self._next_index:
            rows = [self.rows[session.slug] for session in self._sessions if session.slug in self.rows]
            with suppress(OSError):  # a full disk; the overview at the end says so
                write_overview(rows, self._target, planned=len(self.rows) + self._waiting, notes=self.notes)
            self._next_index = monotonic() + max(_INDEX_EVERY_S, _INDEX_SHARE * (monotonic() - begun))

    def film_again(self, event: JobFinished) -> list[FilmAgain]:
        """Pick the clips to film again from what a quick look has found."""
        assert event.stamp is not None
        planned = self._planned[event.slug.removeprefix(_CHECK_SLUG)]
        return clips_to_film_again(planned.session, planned.usable, event.stamp)

    def wait_for_analysis(self) -> None:
        """Make the rows of sessions that were checked only."""
        for slug, planned in self._planned.items():
            self.rows.setdefault(slug, row_not_analysed(planned.session, planned.states))

    def lose_the_rest(self, reason: str, reason_code: str | None = None) -> None:
        """Make the rows of sessions that no worker has finished."""
        for slug, planned in self._planned.items():
            if slug not in self.rows:
                self.rows[slug] = row_without_stamp(
                    planned.session, planned.states, planned.usable, reason, reason_code
                )

    def all_rows(self) -> tuple[SessionRow, ...]:
        """Return the rows in the order of the source."""
        return tuple(self.rows[session.slug] for session in self._sessions if session.slug in self.rows)

    @property
    def anything_done(self) -> bool:
        """Whether a job has ended."""
        return any(slug in self.rows for slug in self._planned)

    @property
    def _waiting(self) -> int:
        return sum(slug not in self.rows for slug in self._planned)

    def _report_progress(self) -> None:
        if self._progress is not None:
            self._progress(len(self.rows), len(self.rows) + self._waiting)


class _QuickLooks:
    """The quick looks at the clips of all jobs: what to film again is announced as soon as the last one has ended."""

    def __init__(
        self,
        run: _Run,
        queue: Sequence[SessionJob],
        clips: int,
        progress: Callable[[int, int], None] | None,
        announce: Callable[[Sequence[FilmAgain], int], None] | None,
    ) -> None:
        self.jobs = [replace(job, slug=f"{_CHECK_SLUG}{job.slug}", check_only=True) for job in queue]
        self._run, self._clips, self._progress, self._announce = run, clips, progress, announce
        self._failed = clips_that_failed(run.rows.values()) if queue else []
        self._found: dict[str, list[FilmAgain]] = {}

    def take(self, event: JobEvent) -> bool:
        """Take the event of a quick look; ``False`` if it is none."""
        if not event.slug.startswith(_CHECK_SLUG):
            return False
        if not isinstance(event, JobFinished):
            return True
        # A look that crashed says nothing about the clip.
        self._found[event.slug] = [] if event.stamp is None else self._run.film_again(event)
        if self._progress is not None:
            self._progress(len(self._found), len(self.jobs))
        if len(self._found) == len(self.jobs):
            again = [*self._failed, *(one for job in self.jobs for one in self._found[job.slug])]
            self._run.notes = replace(self._run.notes, film_again=tuple(again))
            if self._announce is not None:
                self._announce(self._run.notes.film_again, self._clips)
        return True


def _checked_arrival(event: JobFinished, target: StorageFolder) -> JobFinished:
    """Check that what a worker elsewhere has written is visible here."""
    folder = target.folder
    if event.stamp is None or folder is None or (folder / event.slug / STAMP).is_file():
        return event
    reason = f"{folder} is not a folder that the workers share with this machine; give a shared one, or a URL"
    return JobFinished(event.slug, None, reason)


@contextmanager
def _job_events(
    queue: Sequence[SessionJob], workers: int, cluster: str | None, limits: WorkerLimits | None
) -> Iterator[Generator[JobEvent]]:
    if cluster is None or not queue:
        with closing(run_locally(queue, workers, limits)) as events:
            yield events
        return
    from gait.batch.cluster import connect_cluster, run_on_cluster

    with connect_cluster(cluster) as client, closing(run_on_cluster(client, queue)) as events:
        yield events


__all__ = ["BatchResult", "SessionRow", "add_to_history", "analyze_batch"]
