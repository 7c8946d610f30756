"""What a coach looks at and does: all athletes at a glance, filters, groups, notes, joining and deleting for good."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from gait.app.app_store import AppStore
from gait.app.athlete_details import add_athlete, change_athlete, delete_athlete, get_athlete_details, list_athletes
from gait.app.diary_store import add_audit
from gait.app.job_queue import JobQueue
from gait.app.job_store import FINAL_STATES, add_job, list_jobs
from gait.app.login_store import end_report_links
from gait.app.upload_store import SpaceLedger
from gait.checked_json import parse_json
from gait.display_language import _, spoken_language
from gait.errors import GaitError, InputError
from gait.findings.assessment import compare_with_bands
from gait.findings.finder import derive_findings
from gait.findings.value_text import unit_text
from gait.history.athlete_names import name_key
from gait.history.athlete_table import get_athlete, merge_athletes
from gait.history.change_text import metric_display, metric_name
from gait.records import Measurement, Runner

Order = Literal["name", "last", "findings", "group"]
ORDERS: tuple[Order, ...] = ("name", "last", "findings", "group")
#: Longest note, characters, and longest filters. [E]
MAX_NOTE = 20_000
#: Tries to remove all traces while other threads read, and seconds between them. [E]
_SCRUB_TRIES, _SCRUB_WAIT_S = 10, 0.3


@dataclass(frozen=True)
class TargetProgress:
    """How far an athlete is on the way to a target.

    Attributes
    ----------
    name, first, now, target : str
        The metric and its values as text; ``first`` and ``now`` are empty where it was not measured.
    share : float or None
        Part of the way from the first session to the target, 0 to 1.
    """

    name: str
    first: str
    now: str
    target: str
    share: float | None


@dataclass(frozen=True)
class AthleteOverview:
    """One athlete at a glance.

    Attributes
    ----------
    details : mapping
        As `gait.app.athlete_details.list_athletes`.
    session : int or None
        The latest.
    report : bool
        Whether its page is kept here.
    findings : tuple of (metric, headline)
        Clear findings of the latest session.
    outside : tuple of str
        Metrics of the latest session whose value lies outside its range, whether that is certain or not.
    weeks : int or None
        Whole weeks since the latest session.
    target : TargetProgress or None
    """

    details: Mapping[str, Any]
    session: int | None
    report: bool
    findings: tuple[tuple[str, str], ...]
    outside: tuple[str, ...]
    weeks: int | None
    target: TargetProgress | None

    @property
    def consent(self) -> bool:
        """Whether it is noted that this person agrees to be filmed."""
        return bool(self.details["consent_at"])

    @property
    def group(self) -> str:
        """The group; empty without one."""
        return str(self.details["squad"] or "")


@dataclass(frozen=True)
class CoachFilter:
    """Which athletes are shown, and in which order.

    Attributes
    ----------
    text : str
        Part of the name or the group.
    group, finding, outside : str
        Empty: any.
    weeks : int
        Not filmed for so many weeks; 0: whether or not.
    consent : bool
        Only those without it.
    order : {"name", "last", "findings", "group"}
    """

    text: str = ""
    group: str = ""
    finding: str = ""
    outside: str = ""
    weeks: int = 0
    consent: bool = False
    order: Order = "name"

    def apply(self, athletes: Iterable[AthleteOverview]) -> list[AthleteOverview]:
        """Choose and sort athletes.

        Parameters
        ----------
        athletes : iterable of AthleteOverview

        Returns
        -------
        list of AthleteOverview
        """
        chosen = [one for one in athletes if self._fits(one)]
        names = {id(one): str(one.details["name"]).casefold() for one in chosen}
        keys = {
            "name": lambda one: (names[id(one)],),
            "last": lambda one: (str(one.details["last_session"] or ""), names[id(one)]),
            "findings": lambda one: (-len(one.findings), -len(one.outside), names[id(one)]),
            "group": lambda one: (not one.group, one.group.casefold(), names[id(one)]),
        }
        return sorted(chosen, key=keys[self.order])

    def _fits(self, one: AthleteOverview) -> bool:
        text = self.text.strip().casefold()
        return (
            (not text or text in str(one.details["name"]).casefold() or text in one.group.casefold())
            and (not self.group or one.group == self.group)
            and (not self.finding or any(metric == self.finding for metric, _headline in one.findings))
            and (not self.outside or self.outside in one.outside)
            and (not self.weeks or one.weeks is None or one.weeks >= self.weeks)
            and (not self.consent or not one.consent)
        )


def athlete_overviews(store: AppStore, athlete: int | None = None) -> list[AthleteOverview]:
    """Collect what is shown of each athlete.

    Parameters
    ----------
    store : AppStore
    athlete : int, optional
        Only this one.

    Returns
    -------
    list of AthleteOverview
        By name.
    """
    latest = {row["athlete"]: row for row in store.rows(_LATEST, athlete, athlete)}
    today = dt.datetime.fromtimestamp(store.clock()).date()
    people = list_athletes(store) if athlete is None else [get_athlete_details(store, athlete)]
    found = []
    for details in people:
        row = latest.get(details["id"])
        findings, outside = ((), ()) if row is None else _findings(store, row)
        found.append(
            AthleteOverview(
                details,
                None if row is None else row["id"],
                row is not None and row["folder"] is not None,
                findings,
                outside,
                _weeks_since(details["last_session"], today),
                target_progress(store, details),
            )
        )
    return found


def target_progress(store: AppStore, details: Mapping[str, Any]) -> TargetProgress | None:
    """Say how far an athlete is on the way to the target.

    Parameters
    ----------
    store : AppStore
    details : mapping
        As `gait.app.athlete_details.list_athletes`.

    Returns
    -------
    TargetProgress or None
        ``None`` without a target.
    """
    key, target = details["target_metric"], details["target_value"]
    if not key or target is None:
        return None
    rows = store.rows(
        "SELECT avg(m.value) AS value, min(m.unit) AS unit FROM sessions AS s JOIN measurements AS m "
        "ON m.session = s.id WHERE s.athlete = ? AND m.key = ? AND typeof(m.value) IN ('real', 'integer') "
        "GROUP BY s.id ORDER BY s.date, s.id",
        *(details["id"], key),
    )
    display = metric_display(key, rows[-1]["unit"] if rows else metric_unit(key))

    def text(value: float) -> str:
        from gait.display_units import number_text

        return f"{number_text(value * display.scale, display.decimals)}{unit_text(display)}"

    first, now = (rows[0]["value"], rows[-1]["value"]) if rows else (None, None)
    share = None
    if first is not None:
        share = 1.0 if first == target else max(0.0, min(1.0, (now - first) / (target - first)))
    return TargetProgress(
        metric_name(key),
        "" if first is None else text(first),
        "" if now is None else text(now),
        text(target),
        share,
    )


def metric_unit(key: str) -> str:
    """Look up the unit of a metric.

    Parameters
    ----------
    key : str

    Returns
    -------
    str
        Empty for an unknown one.
    """
    from gait.findings.knowledge_loader import load_knowledge

    metric = load_knowledge().metric(key)
    return "" if metric is None else metric.unit


def set_group(store: AppStore, athletes: Sequence[int], group: str) -> int:
    """Put athletes into a group.

    Parameters
    ----------
    store : AppStore
    athletes : sequence of int
    group : str
        Empty: into none.

    Returns
    -------
    int
        How many.
    """
    for athlete in dict.fromkeys(athletes):
        change_athlete(store, athlete, {"squad": group or None})
    return len(set(athletes))


def measure_again(store: AppStore, queue: JobQueue, athletes: Sequence[int]) -> tuple[list[str], int]:
    """Queue the latest session of each athlete again, into the same report.

    Parameters
    ----------
    store : AppStore
    queue : JobQueue
    athletes : sequence of int

    Returns
    -------
    jobs : list of str
    left_out : int
        Athletes without a session whose films are kept here, or who are being measured.
    """
    jobs: list[str] = []
    for athlete in dict.fromkeys(athletes):
        done = [j for j in list_jobs(store, athlete=athlete, limit=1000) if j["kind"] == "analysis"]
        measured = next((j for j in done if j["state"] == "done" and j["clips"]), None)
        if measured is None or any(j["folder"] == measured["folder"] and j["state"] not in FINAL_STATES for j in done):
            continue
        jobs.append(
            add_job(
                store,
                "analysis",
                athlete=athlete,
                uploads=measured["clips"],
                options=measured["options"],
                folder=measured["folder"],
            )
        )
    queue.wake()
    return jobs, len(set(athletes)) - len(jobs)


def get_note(store: AppStore, note: int) -> dict[str, Any]:
    """Read a note.

    Parameters
    ----------
    store : AppStore
    note : int

    Returns
    -------
    dict
        As `gait.app.diary_store.add_note`.

    Raises
    ------
    InputError
        There is none (``not_found``).
    """
    found = store.row("SELECT * FROM notes WHERE id = ?", note)
    if found is None:
        raise InputError(_("there is no such note"), code="not_found")
    return dict(found)


def change_note(store: AppStore, note: int, text: str, *, before: str | None = None) -> dict[str, Any]:
    """Change the text of a note, unless another browser did so meanwhile.

    Parameters
    ----------
    store : AppStore
    note : int
    text : str
    before : str, optional
        The text that was shown where the change was made.

    Returns
    -------
    dict
        As `get_note`.

    Raises
    ------
    InputError
        There is none (``not_found``), it was changed meanwhile (``conflict``), or it is empty.
    """
    cleaned = clean_note(text)
    with store.write() as connection:
        found = get_note(store, note)
        if before is not None and clean_lines(before) != clean_lines(found["text"]):
            raise InputError(_("somebody has changed this note meanwhile"), code="conflict")
        connection.execute("UPDATE notes SET text = ?, changed_at = ? WHERE id = ?", (cleaned, store.now_text(), note))
    return get_note(store, note)


def clean_note(text: str) -> str:
    """Check the text of a note.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Without control characters, with one kind of line break.

    Raises
    ------
    InputError
        It is empty or too long.
    """
    cleaned = clean_lines(text)
    if not cleaned:
        raise InputError(_("the note is empty; write something"))
    if len(cleaned) > MAX_NOTE:
        raise InputError(
            _("the note has {count} characters; at most {most} are kept").format(count=len(cleaned), most=MAX_NOTE)
        )
    return cleaned


def clean_lines(text: str) -> str:
    """Take control characters out of a text of several lines.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        With line feeds between lines.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127))
    return kept.encode(errors="replace").decode().strip()


def merge_into(store: AppStore, wrong: int, right: int) -> dict[str, Any]:
    """Give everything of one athlete to another, who is the same person; the first one goes.

    Parameters
    ----------
    store : AppStore
    wrong, right : int

    Returns
    -------
    dict
        The athlete who stays.

    Raises
    ------
    InputError
        No such athlete (``not_found``); both are the same, or one is being measured (``conflict``).
    """
    if wrong == right:
        raise InputError(_("choose two different athletes"), code="conflict")
    names = [get_athlete_details(store, athlete)["name"] for athlete in (wrong, right)]
    if list_jobs(store, athlete=wrong, states=("waiting", "running")):
        raise InputError(_("this athlete is being measured; wait, or stop that first"), code="conflict")
    with store.write() as connection:
        rows = [get_athlete(connection, name, store.folder.database) for name in names]
        moved = merge_athletes(connection, rows[0], rows[1])
    add_audit(store, "athletes_merged", athlete=right, detail={"sessions": moved})
    return get_athlete_details(store, right)


def delete_for_good(store: AppStore, queue: JobQueue, ledger: SpaceLedger, athlete: int) -> None:
    """Stop an athlete's jobs, then delete all rows, uploads and reports, so that no trace stays.

    Parameters
    ----------
    store : AppStore
    queue : JobQueue
    ledger : SpaceLedger
    athlete : int

    Raises
    ------
    InputError
        No such athlete (``not_found``), or traces remain because another program has the history open.
    """
    name = get_athlete_details(store, athlete)["name"]
    for job in list_jobs(store, athlete=athlete, states=("waiting", "running"), limit=10_000):
        queue.cancel(job["id"])
        queue.wait_until_stopped(job["id"])
    _forget_in_batches(store, name)
    for session in store.rows("SELECT id FROM sessions WHERE athlete = ?", athlete):
        end_report_links(store, session["id"])
    delete_athlete_and_traces(store, athlete)
    ledger.forget()


def delete_athlete_and_traces(store: AppStore, athlete: int) -> None:
    """Delete an athlete, and rewrite the database until it holds no trace, while other threads may read.

    Parameters
    ----------
    store : AppStore
    athlete : int

    Raises
    ------
    InputError
        No such athlete (``not_found``), or another program has the history open all the time.
    """
    from gait.history.database import database_errors, scrub

    try:
        delete_athlete(store, athlete)
        return
    except InputError:
        if store.row("SELECT 1 FROM athletes WHERE id = ?", athlete) is not None:
            raise  # nothing is deleted yet
    for _again in range(_SCRUB_TRIES):
        with database_errors(store.folder.database):
            if scrub(store.connection()):
                return
        time.sleep(_SCRUB_WAIT_S)
    raise InputError(
        _("deleted; traces stay in the database until the server starts again, because another program reads it")
    )


def find_or_add(store: AppStore, name: str, group: str = "") -> dict[str, Any]:
    """Add an athlete, or find the one of this name.

    Parameters
    ----------
    store : AppStore
    name : str
    group : str
        Only for an athlete who has none.

    Returns
    -------
    dict
        As `gait.app.athlete_details.list_athletes`.
    """
    added = add_athlete(store, name)
    if group and not added["squad"]:
        added = change_athlete(store, added["id"], {"squad": group})
    return added


def is_same_name(typed: str, name: str) -> bool:
    """Tell whether a typed name is this one, whatever case and spaces.

    Parameters
    ----------
    typed, name : str

    Returns
    -------
    bool
    """
    try:
        return name_key(typed) == name_key(name)
    except GaitError:
        return False


_LATEST = """
    SELECT s.id, s.athlete, s.content, s.height_m, s.leg_length_m, s.speed_mps,
           (SELECT j.folder FROM jobs AS j WHERE j.session = s.id ORDER BY j.created_at DESC LIMIT 1) AS folder,
           (SELECT j.result FROM jobs AS j WHERE j.session = s.id AND j.result IS NOT NULL AND j.kind <> 'check'
            ORDER BY j.created_at DESC LIMIT 1) AS result
    FROM sessions AS s WHERE (? IS NULL OR s.athlete = ?) AND s.id = (
        SELECT t.id FROM sessions AS t WHERE t.athlete = s.athlete ORDER BY t.date DESC, t.id DESC LIMIT 1)
"""


def _findings(store: AppStore, row: Any) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Read the clear findings as the report tells them, and list what lies outside its range."""
    known, outside = _assessed(_Session(store, row["id"], row["content"]), spoken_language())
    if row["result"] is not None:
        try:
            told = parse_json(row["result"].encode()).get("findings")
            if told is not None:
                return tuple((str(f["metric"]), str(f["headline"])) for f in told), outside
        except (ValueError, LookupError, TypeError, AttributeError):
            pass
    return known, outside


@dataclass(frozen=True)
class _Session:
    """A session whose measurements are compared once: equal by what was measured, not by where it is read."""

    store: AppStore
    number: int
    content: str

    def __hash__(self) -> int:
        return hash((self.number, self.content))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Session) and (self.number, self.content) == (other.number, other.content)


@lru_cache(maxsize=4096)
def _assessed(session: _Session, _language: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    store = session.store
    found = store.row("SELECT height_m, leg_length_m, speed_mps FROM sessions WHERE id = ?", session.number)
    assert found is not None
    rows = store.rows(
        "SELECT key, side, value, unit, low, high, steps, grade, reason, video FROM measurements WHERE session = ?",
        session.number,
    )
    runner = Runner(None, found["height_m"], found["leg_length_m"], found["speed_mps"])
    measurements = [
        Measurement(
            key=row["key"],
            side=row["side"],
            value=row["value"],
            unit=row["unit"],
            interval=None if row["low"] is None or row["high"] is None else (row["low"], row["high"]),
            steps=row["steps"],
            grade=row["grade"],
            reason=row["reason"],
            video=row["video"],
            evidence_s=None,
        )
        for row in rows
    ]
    try:
        assessed = compare_with_bands(measurements, runner)
        findings = derive_findings(measurements, runner)
    except (ValueError, TypeError):  # rows of another version
        return (), ()
    outside = dict.fromkeys(
        a.measurement.key
        for a in assessed
        if a.measurement.value is not None and a.verdict in ("outside", "likely", "open") and not a.ordinary
    )
    return tuple((f.metric, f.headline) for f in findings[0]), tuple(outside)


def _weeks_since(date: str | None, today: dt.date) -> int | None:
    if not date:
        return None
    try:
        return max(0, (today - dt.date.fromisoformat(date[:10])).days // 7)
    except ValueError:
        return None


def _forget_in_batches(store: AppStore, name: str) -> None:
    """Remove rows of batches that belong to nobody, because they failed, and tell this name."""
    key = name_key(name)
    rows = store.rows("SELECT batch, number, name, reason FROM batch_rows WHERE athlete IS NULL")
    told = [(row["batch"], row["number"]) for row in rows if key in f"{row['name']} {row['reason'] or ''}".casefold()]
    with store.write() as connection:
        connection.executemany("DELETE FROM batch_rows WHERE batch = ? AND number = ?", told)
        connection.execute("DELETE FROM batches WHERE id NOT IN (SELECT batch FROM batch_rows)")
