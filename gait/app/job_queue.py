"""The queue of jobs in two lanes: a quick check never waits for a long analysis. Rows decide, so that it survives.

A server that is killed leaves a job as "running"; the next one puts it back. Poses that were finished lie beside the
report as checkpoints, so that an analysis goes on where it was.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from gait.app.app_store import AppStore
from gait.app.athlete_details import get_athlete_details
from gait.app.diary_store import latest_answers
from gait.app.job_process import JobOutcome, JobProcess, JobReport, JobTask
from gait.app.job_store import (
    FINAL_STATES,
    add_job,
    end_job,
    get_job,
    note_progress,
    requeue_running,
    retry_job,
    take_job,
)
from gait.app.job_tasks import run_task
from gait.app.upload_store import SpaceLedger, get_upload, resume_uploads
from gait.display_language import ENGLISH, LANGUAGES, speak
from gait.errors import GaitError

#: Kinds of job that a lane takes.
LANES = (("check", "remeasure"), ("analysis",))
#: Seconds between two looks at the queue where nothing wakes it, and between two notes of progress in rows. [E]
_LOOK_EVERY_S, _NOTE_EVERY_S = 2.0, 1.0
#: Time that writing annotated videos takes, as a share of the time for poses. [E]
_VIDEO_SHARE = 0.4
#: Share of a stage and seconds of it from which the time left is told: before, it jumps. [E]
_MIN_SHARE, _MIN_ELAPSED_S = 0.03, 1.5


@dataclass
class _Running:
    """A job in work: what rows need not hold."""

    report: JobReport
    stage_since: float
    noted: float = 0.0
    stop: str | None = None


class JobQueue:
    """Threads that take jobs off the rows and give them to worker processes.

    Parameters
    ----------
    store : AppStore
    ledger : SpaceLedger
        Told when files have come.
    """

    def __init__(self, store: AppStore, ledger: SpaceLedger) -> None:
        self._store, self._ledger = store, ledger
        self._wake = [threading.Event() for _lane in LANES]
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Go on with what an earlier server left, and take jobs."""
        resume_uploads(self._store)
        requeue_running(self._store)
        for kinds, wake in zip(LANES, self._wake, strict=True):
            thread = threading.Thread(target=self._work, args=(kinds, wake), name=f"gait-{kinds[0]}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End the workers; their jobs go on at the next start."""
        self._stopping = True
        with self._lock:
            for running in self._running.values():
                running.stop = running.stop or "interrupted"
        for wake in self._wake:
            wake.set()
        for thread in self._threads:
            thread.join(20)
        requeue_running(self._store)

    def submit_check(self, *, athlete: int, uploads: list[str], options: dict[str, Any]) -> str:
        """Queue a quick check alone, before the runner has said everything else.

        Parameters
        ----------
        athlete : int
        uploads : list of str
        options : dict

        Returns
        -------
        str
            Identifier of the check.
        """
        check = add_job(self._store, "check", athlete=athlete, uploads=uploads, options=options)
        self.wake()
        return check

    def submit(self, *, athlete: int, uploads: list[str], options: dict[str, Any], check: str | None = None) -> str:
        """Queue a quick check and, after it, the analysis of one run.

        Parameters
        ----------
        athlete : int
        uploads : list of str
        options : dict
        check : str, optional
            A check of the same clips that was queued before.

        Returns
        -------
        str
            Identifier of the analysis; its ``after`` is the check.
        """
        if check is None or not self._is_check_of(check, athlete, uploads):
            check = add_job(self._store, "check", athlete=athlete, uploads=uploads, options=options)
        analysis = add_job(self._store, "analysis", athlete=athlete, uploads=uploads, options=options, after=check)
        self.wake()
        return analysis

    def _is_check_of(self, check: str, athlete: int, uploads: list[str]) -> bool:
        with suppress(GaitError):
            job = get_job(self._store, check)
            return bool(
                job["kind"] == "check"
                and job["athlete"] == athlete
                and job["clips"] == uploads
                and job["state"] in ("waiting", "running", "done")
            )
        return False

    def wake(self) -> None:
        """Look at the rows now: a job has been added."""
        for wake in self._wake:
            wake.set()

    def cancel(self, identifier: str) -> None:
        """Stop a job; what it has finished stays for another try.

        Parameters
        ----------
        identifier : str
        """
        job = get_job(self._store, identifier)
        with self._lock:
            running = self._running.get(identifier)
            if running is not None:
                running.stop = "cancelled"
        if running is None:
            end_job(self._store, identifier, "cancelled")
        if job["kind"] == "analysis" and job["after"] is not None:
            with suppress(GaitError):
                self.cancel(job["after"])

    def retry(self, identifier: str) -> None:
        """Queue a job again that failed or was cancelled.

        Parameters
        ----------
        identifier : str
        """
        retry_job(self._store, identifier)
        self.wake()

    def wait_until_stopped(self, identifier: str, timeout_s: float = 10.0) -> None:
        """Wait until no worker is at a job any more, before its files go.

        Parameters
        ----------
        identifier : str
        timeout_s : float
        """
        end = monotonic() + timeout_s
        while identifier in self._running and monotonic() < end:
            threading.Event().wait(0.05)

    def snapshot(self, identifier: str) -> dict[str, Any]:
        """Describe a job with its progress at this moment.

        Parameters
        ----------
        identifier : str

        Returns
        -------
        dict
            As `gait.app.job_store.get_job`, with ``seconds_left``.
        """
        job = get_job(self._store, identifier)
        running = self._running.get(identifier)
        job["seconds_left"] = None
        if running is None or job["state"] in FINAL_STATES:
            return job
        job |= {"stage": running.report.stage, "done": running.report.done, "total": running.report.total}
        job["seconds_left"] = _seconds_left(running.report, monotonic() - running.stage_since)
        return job

    # --- in the lanes ---

    def _work(self, kinds: tuple[str, ...], wake: threading.Event) -> None:
        process = JobProcess(self._store.settings.task_function or run_task, self._store.settings.limits)
        try:
            if self._store.settings.task_function is None:
                process.warm_up()
            while not self._stopping:
                wake.clear()
                with suppress(GaitError):  # another program keeps the file locked: the next look may succeed
                    job = take_job(self._store, kinds)
                    if job is not None:
                        self._run(job, process)
                        continue
                wake.wait(_LOOK_EVERY_S)
        finally:
            process.end()

    def _run(self, job: dict[str, Any], process: JobProcess) -> None:
        identifier = job["id"]
        with self._lock:
            running = _Running(JobReport("start"), monotonic(), stop="interrupted" if self._stopping else None)
            self._running[identifier] = running
        try:
            try:
                task = self._task(job)
            except GaitError as error:
                outcome = JobOutcome("failed", None, str(error), error.code)
            else:
                outcome = process.run(task, lambda r: self._note(identifier, running, r), lambda: running.stop)
            self._end(job, outcome)
            if outcome.state == "done" and job["kind"] != "check":
                self._catch_up(job, task)
        finally:
            with self._lock:
                self._running.pop(identifier, None)
            self._ledger.forget()
            self.wake()

    def _task(self, job: dict[str, Any]) -> JobTask:
        athlete = get_athlete_details(self._store, job["athlete"])
        options = {k: athlete[k] for k in ("height_m", "leg_length_m", "speed_mps", "units")}
        options |= {k: v for k, v in job["options"].items() if v is not None}
        options["athlete"] = athlete["name"]
        answers = latest_answers(self._store, job["athlete"])
        if answers is not None:
            options.setdefault("answers", answers["content"])
        language = options.get("language") or athlete["language"] or ENGLISH
        names = [(upload, get_upload(self._store, upload)["file_name"]) for upload in job["clips"]]
        clips = [str(self._store.folder.clip(upload, name)) for upload, name in names]
        folder = str(self._store.folder.session(job["folder"]))
        language = language if language in LANGUAGES else ENGLISH
        return JobTask(job["id"], job["kind"], tuple(clips), folder, options, language)

    def _catch_up(self, job: dict[str, Any], task: JobTask) -> None:
        """Queue a report to be written again where the runner has given other answers while it was made."""
        if "answers" in job["options"]:
            return  # answers of this job alone
        with suppress(GaitError):
            athlete = get_job(self._store, job["id"])["athlete"]
            answers = latest_answers(self._store, athlete)
            if answers is None or answers["content"] == task.options.get("answers"):
                return
            options = {**job["options"], "video": False}
            clips, folder = job["clips"], job["folder"]
            add_job(self._store, "remeasure", athlete=athlete, uploads=clips, options=options, folder=folder)

    def _note(self, identifier: str, running: _Running, report: JobReport) -> None:
        if report.stage != running.report.stage:
            running.stage_since, running.noted = monotonic(), 0.0
        running.report = report
        if report.result is not None or monotonic() - running.noted >= _NOTE_EVERY_S:
            running.noted = monotonic()
            if report.result is not None and report.result.get("report_ready"):
                self._keep_session(get_job(self._store, identifier))
            note_progress(
                self._store,
                identifier,
                stage=report.stage,
                done=report.done,
                total=report.total,
                result=report.result,
            )

    def _end(self, job: dict[str, Any], outcome: JobOutcome) -> None:
        if outcome.state == "interrupted":
            return  # stays "running" in its row, and goes on at the next start
        session = None
        if outcome.state == "done" and job["kind"] != "check":
            try:
                session = self._keep_session(job)
            except GaitError as error:
                outcome = JobOutcome("failed", outcome.result, str(error), error.code)
        end_job(
            self._store,
            job["id"],
            outcome.state,
            result=outcome.result,
            session=session,
            reason=outcome.reason,
            reason_code=outcome.reason_code,
        )

    def _keep_session(self, job: dict[str, Any]) -> int:
        """Add the report to the history; again for the same one changes nothing."""
        name = get_athlete_details(self._store, job["athlete"])["name"]
        with speak(job["options"].get("language") or ENGLISH), self._store.history() as history:
            # Of a batch, the names of folders and films tell the day and the session.
            known = {key: job["options"].get(key) for key in ("date", "session")}
            added = history.add(self._store.folder.session(job["folder"]), athlete=name, **known)
        with self._store.write() as connection:
            connection.execute("UPDATE jobs SET session = ? WHERE folder = ?", (added.session, job["folder"]))
        return added.session


def _seconds_left(report: JobReport, elapsed: float) -> float | None:
    if not report.total or not report.done:
        return None
    share = report.done / report.total
    if share < _MIN_SHARE or elapsed < _MIN_ELAPSED_S:
        return None
    whole = elapsed / share
    later = _VIDEO_SHARE * whole if report.stage == "poses" else 0.0
    return round(max(whole - elapsed, 0.0) + later, 1)
