"""The history of athletes: every session that was ever measured, in one file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date as calendar_date
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from gait._typing import PathLike
from gait.atomic_files import atomic_write
from gait.errors import InputError
from gait.history import athlete_names as names
from gait.history import database as store
from gait.history.change import Value
from gait.io.report_reader import Report, read_report

if TYPE_CHECKING:
    import pandas as pd

    from gait.history.metric_trend import Trend

Given = Report | Mapping[str, Any] | PathLike
Outcome = Literal["added", "replaced", "unchanged", "moved"]

_ATHLETES = """
    SELECT a.name, count(s.id) AS sessions, min(s.date) AS first, max(s.date) AS last
    FROM athletes AS a LEFT JOIN sessions AS s ON s.athlete = a.id GROUP BY a.id ORDER BY a.key
"""
_SESSIONS = """
    SELECT s.id AS session, s.date, s.date_from, s.name, s.speed_mps, s.height_m, s.leg_length_m,
           (SELECT group_concat(DISTINCT view) FROM videos WHERE session = s.id) AS views,
           (SELECT count(value) FROM measurements WHERE session = s.id) AS measured,
           s.origin, s.gait_version
    FROM sessions AS s WHERE s.athlete = ? ORDER BY s.date, s.id
"""
# CROSS JOIN keeps the order of the loops: through an athlete's sessions, not through all of a metric.
_MEASUREMENTS = """
    SELECT s.id AS session, s.date, s.name AS session_name, s.speed_mps, m.key, m.side, m.value, m.unit, m.low, m.high,
           m.steps, m.grade, m.reason, v.view, v.facing, v.engine, v.capture_fps
    FROM sessions AS s CROSS JOIN measurements AS m ON m.session = s.id
    CROSS JOIN videos AS v ON v.session = m.session AND v.number = m.video
    WHERE s.athlete = ? {more} ORDER BY s.date, s.id, m.key, m.side
"""
# Of every metric and side that was measured, its first session and its last two.
_ENDS = """
    WITH placed AS (
        SELECT m.key, m.side, s.id AS session,
               row_number() OVER (PARTITION BY m.key, m.side ORDER BY s.date, s.id) AS place,
               count(*) OVER (PARTITION BY m.key, m.side) AS of_all
        FROM sessions AS s CROSS JOIN measurements AS m ON m.session = s.id
        WHERE s.athlete = ? AND m.value IS NOT NULL AND m.low IS NOT NULL
    )
    SELECT s.id AS session, s.date, s.name AS session_name, s.speed_mps, m.key, m.side, m.value, m.unit, m.low, m.high,
           m.steps, m.grade, m.reason, v.view, v.facing, v.engine, v.capture_fps
    FROM placed AS p JOIN sessions AS s ON s.id = p.session
    JOIN measurements AS m ON m.session = p.session AND m.key = p.key AND m.side = p.side
    JOIN videos AS v ON v.session = m.session AND v.number = m.video
    WHERE p.place = 1 OR p.place >= p.of_all - 1 ORDER BY s.date, s.id
"""
_TABLES = ("athletes", "sessions", "measurements")


@dataclass(frozen=True)
class Added:
    """What became of a report: the number of its session, whose it is, when it was, and what was done."""

    session: int
    athlete: str
    date: str
    date_from: str
    outcome: Outcome
    new_athlete: bool = False


class History:
    """A database of athletes, their sessions and measurements.

    Parameters
    ----------
    path : path, optional
        The file. By default ``$GAIT_HISTORY``, else ``gait/gait-history.db`` in the user's data folder.
    create : bool
        Make it where there is none.

    Raises
    ------
    InputError
        The file is not a history, was made by a newer version, cannot be written, or does not exist.

    Notes
    -----
    Several processes may read and write at once; a write waits for the one before it, and is on the disk when the call
    returns. Names are told apart neither by case, nor by spaces, nor by how their letters are composed. A network
    folder must support file locks; SQLite's own advice is a local disk.

    Examples
    --------
    Reports go in with `add`, and what became of a metric comes out with `trend`:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with History(f"{folder}/gait-history.db") as history:
    ...         len(history.athletes())
    0
    """

    def __init__(self, path: PathLike | None = None, *, create: bool = True) -> None:
        self.path = store.default_path() if path is None else Path(path)
        self._db = store.connect(self.path, create=create)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the history cannot be used any more."""
        self._db.close()

    # --- putting in ---

    def add(
        self,
        report: Given,
        *,
        athlete: str | None = None,
        date: str | calendar_date | None = None,
        session: str | None = None,
    ) -> Added:
        """Put a report in.

        Parameters
        ----------
        report : mapping or path
            A parsed ``report.json``, that file, or the folder of a report.
        athlete : str, optional
            Who ran; by default the name in the report.
        date : str or date, optional
            When, ISO 8601 (``2026-03-01`` or ``2026-03-01T17:30``). By default when the camera says that it filmed,
            else when the report was written, else now.
        session : str, optional
            What to call the session. A second report under the same name replaces the first.

        Returns
        -------
        Added
            ``outcome`` is "added"; "unchanged" where the very same measurements are there already; "moved" where they
            were there under another athlete, date or name and these were given now; "replaced" where an
            earlier report of the same clips, in the same folder or under the same session name, made way.

        Raises
        ------
        InputError
            Not a report, or nobody says who ran.
        """
        return self.add_many([report], athlete=athlete, date=date, session=session)[0]

    def add_many(
        self,
        reports: Iterable[Given],
        *,
        athlete: str | None = None,
        date: str | calendar_date | None = None,
        session: str | None = None,
    ) -> list[Added]:
        """Put reports in, all of them or none, with one write to the disk; see :meth:`add`."""
        ready = [_Entry.of(read_report(report), athlete, date, session) for report in reports]
        with store.told(self.path), store.writing(self._db):
            return [self._put(entry) for entry in ready]

    def _put(self, entry: _Entry) -> Added:
        same = self._db.execute("SELECT * FROM sessions WHERE content = ?", (entry.content,)).fetchone()
        if same is not None:
            return self._again(entry, same)
        who, name, new = self._found_or_made(entry.athlete)
        earlier = self._earlier(entry, who)
        if earlier is not None:
            self._db.execute("DELETE FROM sessions WHERE id = ?", (earlier["id"],))
            if not entry.date_given and entry.date_from != "video":
                entry.date, entry.date_from = earlier["date"], earlier["date_from"]
            entry.session = entry.session or earlier["name"]
        runner = entry.report.record["runner"]
        columns = (
            *(None if earlier is None else earlier["id"], who, entry.date, entry.date_from, entry.session),
            *(entry.content, entry.origin, entry.report.clips(), str(entry.report.record.get("gait_version", "?"))),
            *(runner.get("height_m"), runner.get("leg_length_m"), runner.get("speed_mps")),
        )
        number = self._db.execute(f"INSERT INTO sessions VALUES ({_marks(columns)})", columns).lastrowid
        assert number is not None
        self._db.executemany(
            "INSERT INTO videos VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    number,
                    n,
                    *(str(v[k]) for k in ("file", "view", "facing", "engine")),
                    v["playback_fps"],
                    v["capture_fps"],
                )
                for n, v in enumerate(entry.report.videos)
            ],
        )
        self._db.executemany(
            "INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(number, m["key"], m["side"], m["value"], m["unit"], *(m["interval"] or (None, None))),
                    *(m["steps"], m["grade"], m["reason"], m["video"]),
                )
                for m in entry.report.record["measurements"]
            ],
        )
        return Added(number, name, entry.date, entry.date_from, "replaced" if earlier else "added", new)

    def _again(self, entry: _Entry, same: sqlite3.Row) -> Added:
        """Correct whose they are and when, where that was said now, of measurements that are there already."""
        if entry.athlete_given:
            who, name, new = self._found_or_made(entry.athlete)
        else:  # somebody may have corrected what the report says
            row = self._db.execute("SELECT id, name FROM athletes WHERE id = ?", (same["athlete"],)).fetchone()
            who, name, new = row["id"], row["name"], False
        date, date_from = (entry.date, "given") if entry.date_given else (same["date"], same["date_from"])
        made = (who, date, date_from, entry.session or same["name"])
        if made == (same["athlete"], same["date"], same["date_from"], same["name"]):
            return Added(same["id"], name, date, date_from, "unchanged", new)
        self._db.execute(
            "UPDATE sessions SET athlete = ?, date = ?, date_from = ?, name = ? WHERE id = ?", (*made, same["id"])
        )
        self._without_empty(same["athlete"])
        return Added(same["id"], name, date, date_from, "moved", new)

    def _earlier(self, entry: _Entry, who: int) -> sqlite3.Row | None:
        """Find the session that a changed report replaces."""
        if entry.session is not None:
            found = self._db.execute(
                "SELECT * FROM sessions WHERE athlete = ? AND name = ?", (who, entry.session)
            ).fetchone()
            if found is not None:
                return _row(found)
        if entry.origin is None:
            return None
        # The same folder and the same clips; but not where a camera or a person says that it was on another day,
        # because many call every clip "side.mp4" and every folder "out".
        rows = self._db.execute(
            "SELECT * FROM sessions WHERE athlete = ? AND origin = ? AND clips = ? ORDER BY id DESC",
            (who, entry.origin, entry.report.clips()),
        )
        for row in rows:
            sure = row["date_from"] in ("given", "video") and (entry.date_given or entry.date_from == "video")
            if (not sure or row["date"] == entry.date) and (entry.session is None or row["name"] is None):
                return _row(row)
        return None

    def _found_or_made(self, name: str) -> tuple[int, str, bool]:
        found = self._find(name)
        if found is not None:
            return found["id"], found["name"], False
        made = self._db.execute(
            "INSERT INTO athletes (name, key) VALUES (?, ?)", (names.tidy(name), names.key_of(name))
        )
        assert made.lastrowid is not None
        return made.lastrowid, names.tidy(name), True

    # --- looking ---

    def athletes(self) -> pd.DataFrame:
        """Give one row an athlete, by name: ``name, sessions`` (count), ``first, last`` (ISO dates)."""
        return self._frame(_ATHLETES, ())

    def sessions(self, athlete: str) -> pd.DataFrame:
        """Give one row a session, the oldest first.

        Columns: ``session`` (number), ``date, date_from, name, speed_mps, height_m, leg_length_m, views, measured``
        (values that were not refused), ``origin`` (folder of the report), ``gait_version``.

        Raises
        ------
        InputError
            No such athlete; the message names similar ones.
        """
        return self._frame(_SESSIONS, (self._one(athlete)["id"],))

    def measurements(self, athlete: str, metric: str | None = None) -> pd.DataFrame:
        """Give one row a measurement, the oldest first; refused ones too, with their reason.

        Parameters
        ----------
        athlete : str
        metric : str, optional
            Key of one metric.

        Returns
        -------
        pandas.DataFrame
            ``session, date, session_name, speed_mps, metric, side, value, unit, low, high`` (95 % interval, in the
            metric's unit), ``steps, grade, reason, view, facing, engine, capture_fps``.
        """
        more = "" if metric is None else "AND m.key = ?"
        given = () if metric is None else (metric,)
        table = self._frame(_MEASUREMENTS.format(more=more), (self._one(athlete)["id"], *given))
        return table.rename(columns={"key": "metric"})

    def trend(self, athlete: str, metric: str, side: str | None = None) -> Trend:
        """Follow one metric of one side over time.

        Parameters
        ----------
        athlete : str
        metric : str
            Its key (``gait/findings/metrics.toml``), or ``<key>_asymmetry``.
        side : {"left", "right", "both"}, optional
            May be left out where the metric has one side only.

        Returns
        -------
        Trend
            Values with 95 % intervals, and what changed since the first and since the previous session; what counts as
            a change is said in `gait.history.change`: errors of the method that the same person
            has every time drop out of the difference, and what is left must exceed the smallest detectable.

        Raises
        ------
        InputError
            No such athlete, the metric was never recorded, or the side must be named.
        """
        trends = self._trends(athlete, metric)
        wanted = {t.side: t for t in trends}
        if side is None and len(wanted) == 1:
            side = next(iter(wanted))
        if side not in wanted:
            given = "" if side is None else f"{side!r} is not one of its sides; "
            if not wanted:
                raise InputError(f"{metric!r} was never recorded for {athlete}; see gait history {athlete!r}")
            raise InputError(f"{metric}: {given}choose the side from: {', '.join(sorted(wanted))}")
        return wanted[side]

    def trends(self, athlete: str) -> list[Trend]:
        """Follow every metric and side that was measured at least once, in order of importance."""
        return [t for t in self._trends(athlete, None) if t.points]

    def ends(self, athlete: str) -> list[Trend]:
        """Give what :meth:`trends` gives, but of each only the first session and the last two: quick, however many."""
        who = self._one(athlete)
        with store.told(self.path):
            rows = self._db.execute(_ENDS, (who["id"],)).fetchall()
        return _in_order(who["name"], rows)

    def _trends(self, athlete: str, metric: str | None) -> list[Trend]:
        who = self._one(athlete)
        more = "" if metric is None else "AND m.key = ?"
        given = () if metric is None else (metric,)
        with store.told(self.path):
            rows = self._db.execute(_MEASUREMENTS.format(more=more), (who["id"], *given)).fetchall()
        return _in_order(who["name"], rows)

    def similar(self, name: str | None = None) -> list[tuple[str, str, float]]:
        """Suggest names that may be one person: (name, name, likeness 0 to 1), the likeliest first.

        Parameters
        ----------
        name : str, optional
            Only those like this one, which need not be there.
        """
        known = [str(row["name"]) for row in self._db.execute("SELECT name FROM athletes ORDER BY key")]
        if name is None:
            return names.pairs_alike(known)
        others = [other for other in known if names.key_of(other) != names.key_of(name)]
        return [(name, other, names.likeness(name, other)) for other in names.nearest(name, others)]

    # --- changing ---

    def merge(self, wrong_name: str, right_name: str) -> int:
        """Give all sessions of a misspelt athlete to the right one; later reports under the wrong name go there too.

        Returns
        -------
        int
            How many sessions were moved.

        Raises
        ------
        InputError
            One of them does not exist, or both are the same.
        """
        with store.told(self.path), store.writing(self._db):
            wrong, right = self._one(wrong_name), self._one(right_name)
            if wrong["id"] == right["id"]:
                raise InputError(f"{wrong_name} and {right_name} are the same athlete ({right['name']}) already")
            moved = self._db.execute(
                "UPDATE sessions SET athlete = ? WHERE athlete = ?", (right["id"], wrong["id"])
            ).rowcount
            self._db.execute("UPDATE aliases SET athlete = ? WHERE athlete = ?", (right["id"], wrong["id"]))
            self._db.execute("DELETE FROM athletes WHERE id = ?", (wrong["id"],))
            self._db.execute("INSERT OR REPLACE INTO aliases VALUES (?, ?)", (wrong["key"], right["id"]))
        return int(moved)

    def rename(self, name: str, new_name: str) -> None:
        """Give an athlete another name.

        Raises
        ------
        InputError
            No such athlete, or the new name is somebody else's (then merge them).
        """
        with store.told(self.path), store.writing(self._db):
            who, other = self._one(name), self._find(new_name)
            if other is not None and other["id"] != who["id"]:
                raise InputError(f"there is an athlete {other['name']} already; to put both together use merge")
            new = names.key_of(new_name)
            self._db.execute("DELETE FROM aliases WHERE key = ?", (new,))
            if new != who["key"]:  # reports still carry the old name
                self._db.execute("INSERT OR REPLACE INTO aliases VALUES (?, ?)", (who["key"], who["id"]))
            self._db.execute(
                "UPDATE athletes SET name = ?, key = ? WHERE id = ?",
                (names.tidy(new_name), new, who["id"]),
            )

    def delete(self, athlete: str) -> int:
        """Delete an athlete with everything: no byte of it is left in the file or in its log.

        Returns
        -------
        int
            How many sessions were deleted.

        Raises
        ------
        InputError
            No such athlete; or all is deleted, but another program uses the history at this moment, so that traces
            stay in the file until it is opened again while nobody else has it.

        Notes
        -----
        Freed pages are overwritten, the file is rewritten, its log is emptied. Reports, exports and backups made
        before are other files, and a disk or its snapshots may keep what a file held earlier: those are yours to clear.
        """
        with store.told(self.path), store.writing(self._db):
            who = self._one(athlete)
            count = self._db.execute("SELECT count(*) FROM sessions WHERE athlete = ?", (who["id"],)).fetchone()[0]
            self._db.execute("DELETE FROM athletes WHERE id = ?", (who["id"],))
            store.to_scrub(self._db)
        self._scrub()
        return int(count)

    def remove(self, session: int) -> None:
        """Delete one session by its number, as :meth:`sessions` gives it; its athlete stays.

        Raises
        ------
        InputError
            There is no such session.
        """
        with store.told(self.path), store.writing(self._db):
            if not self._db.execute("DELETE FROM sessions WHERE id = ?", (session,)).rowcount:
                raise InputError(f"there is no session {session}; see their numbers with gait history NAME")
            store.to_scrub(self._db)
        self._scrub()

    # --- taking out ---

    def export(self, folder: PathLike, athlete: str | None = None) -> list[Path]:
        """Write ``athletes.csv``, ``sessions.csv`` and ``measurements.csv``; as Parquet too where pyarrow is installed.

        Parameters
        ----------
        folder : path
            Made when missing.
        athlete : str, optional
            Only this one.

        Returns
        -------
        list of Path
            The files.
        """
        target = Path(folder)
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{target}: cannot be made ({error.strerror}); choose another folder") from None
        only = None if athlete is None else self._one(athlete)["name"]
        written = []
        with store.told(self.path):
            self._db.execute("BEGIN")  # all tables as they are at one moment
            try:
                people = self.athletes()
                people = people if only is None else people[people["name"] == only]
                tables = {"athletes": people}
                for what, look in (("sessions", self.sessions), ("measurements", self.measurements)):
                    tables[what] = _stacked({str(name): look(str(name)) for name in people["name"]})
            finally:
                self._db.execute("COMMIT")
        for what in _TABLES:
            written += _written(tables[what], target / f"{what}.csv")
        return written

    def backup(self, path: PathLike) -> Path:
        """Copy the history as it is now into one file, whole or not at all, while others go on writing.

        Raises
        ------
        InputError
            The folder does not exist or cannot be written, or the file is the history itself.
        """
        target = Path(path)
        if target.exists() and target.samefile(self.path):
            raise InputError(f"{target}: is the history itself; choose another file for the backup")
        if target.is_dir() or not target.parent.is_dir():
            raise InputError(f"{target}: give a file in a folder that exists")
        with store.told(target):
            return store.copy(self._db, target)

    # --- inside ---

    def _scrub(self) -> None:
        with store.told(self.path):
            if not store.scrub(self._db):
                raise InputError(
                    f"{self.path}: deleted, but another program has the history open, so that traces stay in the file "
                    "until it is opened again with nobody else there"
                )

    def _find(self, name: str) -> sqlite3.Row | None:
        key = names.key_of(name)
        found = self._db.execute("SELECT id, name, key FROM athletes WHERE key = ?", (key,)).fetchone()
        if found is None:
            found = self._db.execute(
                "SELECT a.id, a.name, a.key FROM aliases JOIN athletes AS a ON a.id = athlete WHERE aliases.key = ?",
                (key,),
            ).fetchone()
        return None if found is None else _row(found)

    def _one(self, name: str) -> sqlite3.Row:
        with store.told(self.path):
            found = self._find(name)
            if found is not None:
                return found
            known = [str(row["name"]) for row in self._db.execute("SELECT name FROM athletes")]
        alike = names.nearest(name, known)
        hint = f"did you mean {' or '.join(alike)}?" if alike else "see gait history for those who are"
        raise InputError(f"there is no athlete {names.tidy(name)} in {self.path}; {hint}")

    def _without_empty(self, athlete: int) -> None:
        """Take away an athlete that a correction has left without any session."""
        self._db.execute(
            "DELETE FROM athletes WHERE id = ? AND NOT EXISTS (SELECT 1 FROM sessions WHERE athlete = athletes.id)",
            (athlete,),
        )

    def _frame(self, query: str, given: tuple[Any, ...]) -> pd.DataFrame:
        import pandas as pd

        with store.told(self.path):
            cursor = self._db.execute(query, given)
            columns = [description[0] for description in cursor.description]
            return pd.DataFrame([tuple(row) for row in cursor], columns=columns)


@dataclass
class _Entry:
    """A report that is about to go in."""

    report: Report
    athlete: str
    athlete_given: bool
    date: str
    date_from: str
    session: str | None
    content: str
    origin: str | None

    @property
    def date_given(self) -> bool:
        return self.date_from == "given"

    @classmethod
    def of(cls, report: Report, athlete: str | None, date: str | calendar_date | None, session: str | None) -> _Entry:
        who = athlete if athlete is not None else report.name
        if who is None:
            where = "the report" if report.folder is None else str(report.folder)
            raise InputError(f"{where}: does not say who ran; give the athlete's name")
        names.tidy(who)
        origin = None if report.folder is None else str(report.folder.resolve())
        called = None if session is None else " ".join(session.split()) or None
        return cls(report, who, athlete is not None, *_date_of(report, date), called, report.content(), origin)


def _date_of(report: Report, given: str | calendar_date | None) -> tuple[str, str]:
    if given is not None:
        return parsed_date(given), "given"
    filmed = report.recorded() if report.folder is not None else None
    if filmed is not None:
        return filmed.isoformat(timespec="minutes"), "video"
    if report.folder is not None:
        written = (report.folder / "report.json").stat().st_mtime
        return datetime.fromtimestamp(written).isoformat(timespec="minutes"), "report"
    return datetime.now().isoformat(timespec="minutes"), "today"


def parsed_date(given: str | calendar_date) -> str:
    """Give an ISO date, with hours and minutes where they were given.

    Raises
    ------
    InputError
        It is not a date.
    """
    if isinstance(given, datetime):
        return given.replace(tzinfo=None).isoformat(timespec="minutes")
    if isinstance(given, calendar_date):
        return given.isoformat()
    text = given.strip()
    try:
        if len(text) <= 10:
            return calendar_date.fromisoformat(text).isoformat()
        return datetime.fromisoformat(text).replace(tzinfo=None).isoformat(timespec="minutes")
    except ValueError:
        raise InputError(
            f"{given!r} is not a date; write year-month-day, e.g. 2026-03-01 or 2026-03-01T17:30"
        ) from None


def _row(found: Any) -> sqlite3.Row:
    assert isinstance(found, sqlite3.Row)
    return found


def _marks(columns: tuple[Any, ...]) -> str:
    return ", ".join("?" for _ in columns)


def _in_order(athlete: str, rows: Iterable[sqlite3.Row]) -> list[Trend]:
    """Sort measurements, which are in order of time, by metric and side; metrics in order of importance."""
    from gait.findings.knowledge_loader import load_knowledge
    from gait.history.metric_trend import Point, Trend

    found: dict[tuple[str, str], list[Point]] = {}
    for row in rows:
        session, date, name, speed, *value = row
        found.setdefault((row["key"], row["side"]), []).append(Point(session, date, name, speed, Value(*value)))
    order = {key: n for n, key in enumerate(load_knowledge().metrics)}
    place = {pair: (order.get(pair[0], len(order)), *pair) for pair in found}
    return [Trend.of(athlete, *pair, found[pair]) for pair in sorted(found, key=place.__getitem__)]


def _stacked(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    named = [frame.assign(athlete=name) for name, frame in frames.items() if len(frame)]
    if not named:
        return pd.DataFrame({"athlete": []})
    made = pd.concat(named, ignore_index=True)
    return made[["athlete", *(column for column in made.columns if column != "athlete")]]


def _written(frame: pd.DataFrame, path: Path) -> list[Path]:
    from importlib.util import find_spec

    try:
        with atomic_write(path) as temporary:
            frame.to_csv(temporary, index=False)
        if find_spec("pyarrow") is None:
            return [path]
        with atomic_write(path.with_suffix(".parquet")) as temporary:
            frame.to_parquet(temporary, index=False)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error}); choose another folder") from None
    return [path, path.with_suffix(".parquet")]
