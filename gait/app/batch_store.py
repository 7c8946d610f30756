"""Many films at once: which of them make a session and whose it is, as in ``gait batch``, and the rows of a batch.

Films of this machine are taken over by a second name of the same file (a hard link) where the disk allows it, else by
a copy. A batch stands in rows, so that it goes on after the server was stopped.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import stat
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from gait.app.app_store import AppStore, new_identifier
from gait.app.athlete_details import add_athlete, list_athletes
from gait.app.film_folders import FilmFolders
from gait.app.job_queue import JobQueue
from gait.app.upload_store import SpaceLedger, add_upload, delete_upload, finish_upload
from gait.batch.batch_history import athlete_of_session
from gait.batch.batch_source import plan_sessions, sessions_of_names
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.roster import find_roster, read_roster
from gait.batch.storage import VIDEO_SUFFIXES, is_url, local_path, read_file
from gait.display_language import _, keep_language
from gait.display_text import display_text
from gait.errors import GaitError, InputError
from gait.history.athlete_names import MAX_NAME_LENGTH, name_key
from gait.text_tables import read_text_table

_log = logging.getLogger(__name__)
#: Sessions of one batch. [E]
MAX_SESSIONS = 2000
#: Clips of one session, as in a job.
_MAX_CLIPS = 6
#: Seconds until a full queue is tried again. [E]
_WAIT_S = 5.0


@dataclass(frozen=True)
class PlannedRun:
    """A session that the films make.

    Attributes
    ----------
    athlete, session : str
    known : bool
        Whether there is such an athlete already.
    films : tuple of str
        Names relative to the folder.
    paths : tuple of str
        Where they are on this machine; empty for films that the browser will send.
    options : mapping
        For the job: ``date, session, height_m, leg_length_m, speed_mps, view, capture_fps, start_s, end_s``.
    squad : str or None
        Of the roster.
    problem : str or None
        Why it cannot be measured.
    """

    athlete: str
    session: str
    known: bool
    films: tuple[str, ...]
    paths: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    squad: str | None = None
    problem: str | None = None


def plan_folder(store: AppStore, films: FilmFolders, root: int, path: str) -> list[PlannedRun]:
    """Plan the sessions of a folder of this machine, or of a manifest in it, as ``gait batch`` does.

    Parameters
    ----------
    store : AppStore
    films : FilmFolders
    root : int
    path : str
        Below it: a folder, or a manifest (.csv).

    Returns
    -------
    list of PlannedRun

    Raises
    ------
    InputError
        There is no such folder, or no video in it.
    """
    source = films.find(root, path)
    if source.is_file():
        _check_answers(films, source)
    try:
        roster_file = find_roster(str(source))
        roster = None if roster_file is None else read_roster(str(films.checked(Path(roster_file))))
        sessions = plan_sessions(str(source), roster=roster)
    except InputError as error:
        # The person in the browser need not learn where on this machine the folder lies.
        raise InputError(str(error).replace(str(source), path or source.name), code=error.code) from None
    keys = _known_keys(store)
    return [_planned(session, keys, films) for session in sessions[:MAX_SESSIONS]]


def plan_names(store: AppStore, names: Sequence[str]) -> list[PlannedRun]:
    """Plan the sessions of films that the browser will send, from their names.

    Parameters
    ----------
    store : AppStore
    names : sequence of str
        With the folders that were dropped.

    Returns
    -------
    list of PlannedRun
    """
    keys = _known_keys(store)
    clean = {}
    for name in names:
        parts = [p for p in PurePosixPath(name.replace("\\", "/")).parts if p not in ("/", "..", ".") and "\0" not in p]
        if parts and PurePosixPath(parts[-1]).suffix.lower() in VIDEO_SUFFIXES and not parts[-1].startswith("."):
            clean["/".join(parts)] = name
    return [_planned(session, keys, None, clean) for session in sessions_of_names(clean, "films")]


def add_batch(store: AppStore, runs: Sequence[PlannedRun] = ()) -> str:
    """Keep a batch; `BatchImporter` works on it.

    Parameters
    ----------
    store : AppStore
    runs : sequence of PlannedRun
        Of a folder of this machine; none for films that the browser sends.

    Returns
    -------
    str
        Its identifier.
    """
    identifier = new_identifier()
    with store.write() as connection:
        connection.execute("INSERT INTO batches VALUES (?, ?)", (identifier, store.now_text()))
    for number, run in enumerate(runs):
        athlete = None
        if run.problem is None:
            added = add_athlete(store, run.athlete, {"squad": run.squad} if not run.known else None)
            athlete = added["id"]
        _add_row(store, identifier, number, athlete, run.session, run.paths, run.options, reason=run.problem)
    return identifier


def add_sent_run(
    store: AppStore, queue: JobQueue, batch: str, *, athlete: int, uploads: list[str], options: Mapping[str, Any]
) -> str:
    """Queue a run whose films the browser has sent, as a row of a batch.

    Parameters
    ----------
    store : AppStore
    queue : JobQueue
    batch : str
    athlete : int
    uploads : list of str
    options : mapping

    Returns
    -------
    str
        The job.

    Raises
    ------
    InputError
        There is no such batch (``not_found``), or the job cannot be added.
    """
    if store.row("SELECT 1 FROM batches WHERE id = ?", batch) is None:
        raise InputError(_("there is no such batch"), code="not_found")
    job = queue.submit(athlete=athlete, uploads=uploads, options=dict(options))
    found = store.row("SELECT coalesce(max(number) + 1, 0) AS number FROM batch_rows WHERE batch = ?", batch)
    assert found is not None
    _add_row(store, batch, found["number"], athlete, str(options.get("session") or ""), (), options, job=job)
    return job


def batch_rows(store: AppStore, queue: JobQueue, batch: str) -> list[dict[str, Any]]:
    """Describe how far each session of a batch is.

    Parameters
    ----------
    store : AppStore
    queue : JobQueue
    batch : str

    Returns
    -------
    list of dict
        ``number, athlete, athlete_name, name, state, stage, done, total, seconds_left, reason, job, session``; state
        "waiting" also where the films are not taken over yet.

    Raises
    ------
    InputError
        There is no such batch (``not_found``).
    """
    if store.row("SELECT 1 FROM batches WHERE id = ?", batch) is None:
        raise InputError(_("there is no such batch"), code="not_found")
    rows = store.rows(
        "SELECT r.number, r.athlete, a.name AS athlete_name, r.name, r.job, r.reason, j.state, j.session, "
        "j.reason AS job_reason FROM batch_rows AS r LEFT JOIN athletes AS a ON a.id = r.athlete "
        "LEFT JOIN jobs AS j ON j.id = r.job WHERE r.batch = ? ORDER BY r.number",
        batch,
    )
    return [_row(dict(row), queue) for row in rows]


def list_batches(store: AppStore, limit: int = 20) -> list[dict[str, Any]]:
    """List batches, the latest first.

    Parameters
    ----------
    store : AppStore
    limit : int

    Returns
    -------
    list of dict
        ``id, created_at, sessions, open`` (how many are not done).
    """
    rows = store.rows(
        "SELECT b.id, b.created_at, count(r.number) AS sessions, "
        "coalesce(sum(r.reason IS NULL AND coalesce(j.state, 'waiting') IN ('waiting', 'running')), 0) AS open "
        "FROM batches AS b JOIN batch_rows AS r ON r.batch = b.id LEFT JOIN jobs AS j ON j.id = r.job "
        "GROUP BY b.id ORDER BY b.created_at DESC LIMIT ?",
        limit,
    )
    return [dict(row) for row in rows]


class BatchImporter:
    """A thread that takes over the films of batches, one session after the other, and queues them.

    Parameters
    ----------
    store : AppStore
    queue : JobQueue
    ledger : SpaceLedger
    films : FilmFolders
    """

    def __init__(self, store: AppStore, queue: JobQueue, ledger: SpaceLedger, films: FilmFolders) -> None:
        self._store, self._queue, self._ledger, self.films = store, queue, ledger, films
        self._wake, self._stopping = threading.Event(), False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Work on what is open, also of an earlier server."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=keep_language(self._work), name="gait-batch", daemon=True)
                self._thread.start()
        self._wake.set()

    def stop(self) -> None:
        """End; what is open goes on at the next start."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(10)

    def _work(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                while not self._stopping and self._next():
                    pass
            except GaitError:  # another program keeps the file locked
                self._wake.wait(_WAIT_S)
                continue
            self._wake.wait()

    def _next(self) -> bool:
        row = self._store.row(
            "SELECT batch, number, athlete, films, options FROM batch_rows WHERE job IS NULL AND reason IS NULL "
            "AND athlete IS NOT NULL AND films <> '[]' ORDER BY batch, number LIMIT 1"
        )
        if row is None:
            return False
        uploads: list[str] = []
        job, reason = None, None
        try:
            paths = [Path(path) for path in json.loads(row["films"])]
            if measured_already(self._store, row["athlete"], paths):
                reason = _("measured already")
            else:
                for path in paths:
                    uploads.append(self._take_over(path, row["athlete"]))  # noqa: PERF401 (kept where one fails)
                job = self._submit(row["athlete"], uploads, json.loads(row["options"]))
                if job is None:
                    return False
        except GaitError as error:
            reason = str(error)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
        if job is None:
            for upload in uploads:
                with suppress(GaitError):
                    delete_upload(self._store, upload)
        with self._store.write() as connection:
            # Without the paths: they hold names of people.
            connection.execute(
                "UPDATE batch_rows SET job = ?, reason = ?, films = '[]' WHERE batch = ? AND number = ?",
                (job, reason, row["batch"], row["number"]),
            )
        self._ledger.forget()
        return True

    def _take_over(self, path: Path, athlete: int) -> str:
        film = self.films.checked(path)
        size = film.lstat().st_size
        upload = add_upload(self._store, self._ledger, file_name=film.name, size=size, athlete=athlete)
        try:
            link_or_copy(film, self._store.folder.part(upload))
            finish_upload(self._store, upload)
        except BaseException:
            delete_upload(self._store, upload)
            raise
        return upload

    def _submit(self, athlete: int, uploads: list[str], options: dict[str, Any]) -> str | None:
        while not self._stopping:
            try:
                return self._queue.submit(athlete=athlete, uploads=uploads, options=options)
            except InputError as error:
                if error.code != "busy":
                    raise
                self._wake.wait(_WAIT_S)
        return None


def link_or_copy(film: Path, target: Path) -> None:
    """Give a film a second name, or copy it where the disk does not allow that. The film itself is not changed.

    Parameters
    ----------
    film : Path
        A file, no link.
    target : Path
        Replaced.

    Raises
    ------
    InputError
        It is no plain file.
    """
    if not stat.S_ISREG(film.lstat().st_mode):
        raise InputError(_("{name} is no film").format(name=display_text(film.name)), code="not_found")
    target.unlink(missing_ok=True)
    try:
        os.link(film, target, follow_symlinks=False)
        return
    except (OSError, NotImplementedError):
        pass
    descriptor = os.open(film, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1024 * 1024)


def measured_already(store: AppStore, athlete: int, paths: Sequence[Path]) -> bool:
    """Tell whether films of these names and sizes belong to this athlete and are measured or wait for it.

    Parameters
    ----------
    store : AppStore
    athlete : int
    paths : sequence of Path

    Returns
    -------
    bool
    """
    query = (
        "SELECT 1 FROM uploads AS u JOIN job_clips AS c ON c.upload = u.id JOIN jobs AS j ON j.id = c.job "
        "WHERE u.athlete = ? AND u.file_name = ? AND u.size = ? AND j.kind = 'analysis' "
        "AND j.state IN ('waiting', 'running', 'done')"
    )
    try:
        return all(store.row(query, athlete, path.name, path.lstat().st_size) is not None for path in paths)
    except OSError:
        return False


def _planned(
    session: PlannedSession, known: set[str], films: FilmFolders | None, sent: Mapping[str, str] | None = None
) -> PlannedRun:
    athlete = display_text(athlete_of_session(session))[:MAX_NAME_LENGTH].strip()
    problem, paths = None, []
    on_disk = [] if films is None else [(films, clip) for clip in session.clips]
    for folders, clip in on_disk:
        try:
            paths.append(str(_film_on_disk(folders, clip)))
        except InputError as error:
            problem = problem or str(error)
    # Only then what else is wrong: it may tell of files outside the folder whether they exist.
    problem = problem or session.problem or next((clip.problem for clip in session.clips if clip.problem), None)
    if problem is None and len(session.clips) > _MAX_CLIPS:
        problem = _("{count} films have one name; at most {most} make a session").format(
            count=len(session.clips), most=_MAX_CLIPS
        )
    first = session.clips[0] if session.clips else None
    options = {
        "date": session.date,
        "session": session.name[:200],
        "height_m": session.height_m,
        "leg_length_m": session.leg_length_m,
        "speed_mps": session.speed_mps,
    }
    if first is not None and len(session.clips) == 1:
        options |= {"capture_fps": first.capture_fps, "start_s": first.start_s, "end_s": first.end_s}
        options["view"] = first.binding_view if first.view_given else None
    try:
        is_known = name_key(athlete) in known
    except InputError as error:
        problem, is_known = problem or str(error), False
    return PlannedRun(
        athlete,
        session.name,
        is_known,
        tuple((sent or {}).get(clip.label, clip.label) for clip in session.clips),
        tuple(paths),
        {key: value for key, value in options.items() if value is not None},
        session.roster_labels.get("squad"),
        problem,
    )


def _film_on_disk(films: FilmFolders, clip: ClipEntry) -> Path:
    name = display_text(clip.label)
    if is_url(clip.location):
        raise InputError(_("{name} lies elsewhere; only films below this folder are taken").format(name=name))
    try:
        path = films.checked(local_path(clip.location))
    except InputError:
        raise InputError(_("{name} is missing, a link, or outside this folder").format(name=name)) from None
    if not path.is_file():
        raise InputError(_("{name} is missing, a link, or outside this folder").format(name=name))
    return path


def _check_answers(films: FilmFolders, manifest: Path) -> None:
    """Refuse a manifest whose answers lie outside the folder, before they are read."""
    table = read_text_table(read_file(str(manifest)), manifest.name)
    columns = [n for n, head in enumerate(table.header) if head.strip().casefold() == "answers"]
    for line, cells in table.rows:
        for column in columns:
            cell = cells[column].strip() if column < len(cells) else ""
            if not cell:
                continue
            try:
                if is_url(cell):
                    raise InputError(cell)
                films.checked(manifest.parent / cell)
            except InputError:
                message = _("row {line}: the file of answers is missing, a link, or outside this folder")
                raise InputError(message.format(line=line)) from None


def _known_keys(store: AppStore) -> set[str]:
    keys = {row["key"] for row in store.rows("SELECT key FROM athletes")}
    return keys | {row["key"] for row in store.rows("SELECT key FROM aliases")}


def _add_row(
    store: AppStore,
    batch: str,
    number: int,
    athlete: int | None,
    name: str,
    paths: Sequence[str],
    options: Mapping[str, Any],
    *,
    job: str | None = None,
    reason: str | None = None,
) -> None:
    with store.write() as connection:
        connection.execute(
            "INSERT INTO batch_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (batch, number, athlete, name, json.dumps(list(paths)), json.dumps(dict(options)), job, reason),
        )


def _row(row: dict[str, Any], queue: JobQueue) -> dict[str, Any]:
    row["state"] = row["state"] or ("failed" if row["reason"] else "waiting")
    row["reason"] = row.pop("job_reason") or row["reason"]
    row |= {"stage": None, "done": None, "total": None, "seconds_left": None}
    if row["job"] is not None and row["state"] == "running":
        with suppress(GaitError):
            snapshot = queue.snapshot(row["job"])
            row |= {key: snapshot[key] for key in ("stage", "done", "total", "seconds_left")}
    return row


def athlete_names(store: AppStore) -> list[str]:
    """List the names of all athletes, for suggestions.

    Parameters
    ----------
    store : AppStore

    Returns
    -------
    list of str
    """
    return [athlete["name"] for athlete in list_athletes(store)]
