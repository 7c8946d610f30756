"""What a batch adds to the history of its athletes, and who of them was not filmed this time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gait._typing import PathLike
from gait.batch.date_names import split_date
from gait.batch.planned_session import PlannedSession
from gait.batch.roster import Roster, roster_key
from gait.batch.session_filter import SessionFilter
from gait.batch.session_row import SessionRow
from gait.batch.storage_folder import StorageFolder
from gait.checked_json import parse_json
from gait.display_language import _
from gait.errors import GaitError, InputError
from gait.history.athlete_history import History
from gait.history.season import AthleteSeason, Presence, athlete_season
from gait.history.season_page import render_season_page, season_csv

SEASON_PAGE, SEASON_TABLE = "season.html", "season.csv"


@dataclass(frozen=True)
class AbsentAthlete:
    """An athlete of the roster or the history who is not in this batch.

    Attributes
    ----------
    name : str
    squad : str or None
    last : str or None
        Day of the last session in the history, ISO 8601.
    """

    name: str
    squad: str | None = None
    last: str | None = None


def athlete_of(row: SessionRow) -> str:
    """Return the name under which a session goes into the history.

    Parameters
    ----------
    row : SessionRow

    Returns
    -------
    str
        The athlete; else the name of the session without a date in it.
    """
    return athlete_of_session(row.planned)


def athlete_of_session(planned: PlannedSession) -> str:
    """Return the name under which a planned session goes into the history.

    Parameters
    ----------
    planned : PlannedSession

    Returns
    -------
    str
        The athlete; else the name of the session without a date in it.
    """
    return planned.athlete or split_date(planned.name)[0] or planned.name


def add_to_history(history: PathLike, rows: Sequence[SessionRow], target: StorageFolder) -> list[str]:
    """Add every measured session to the history; sessions that are there already stay as they are.

    Parameters
    ----------
    history : path
        The database.
    rows : sequence of SessionRow
    target : StorageFolder
        The output of the batch, with the reports.

    Returns
    -------
    list of str
        One line for each session that could not be added; all others are added.
    """
    problems: list[str] = []
    with History(history) as opened:
        for row in rows:
            if row.status != "ok":
                continue
            try:
                _add_row(opened, row, target)
            except InputError as error:
                problems.append(
                    _("{planned}: not added to the history: {error}").format(planned=row.planned.name, error=error)
                )
    return problems


def _add_row(history: History, row: SessionRow, target: StorageFolder) -> None:
    folder = None if target.folder is None else target.folder / row.planned.slug
    if folder is not None:
        report: object = folder
    else:
        content = target.read(f"{row.planned.slug}/report.json")
        if content is None:
            raise InputError(_("its report.json is missing; run the batch again"))
        try:
            report = parse_json(content)
        except ValueError:
            raise InputError(_("its report.json is damaged; run the batch again")) from None
    history.add(
        report,  # type: ignore[arg-type]
        athlete=athlete_of(row),
        date=row.planned.date,
        date_from=row.planned.date_from or "given",
        session=row.planned.name,
        fields=row.planned.labels,
    )


def find_absent(
    rows: Sequence[SessionRow], roster: Roster | None, history: PathLike | None, wanted: SessionFilter | None
) -> list[AbsentAthlete]:
    """Find the athletes who were not filmed in this batch.

    Parameters
    ----------
    rows : sequence of SessionRow
        All sessions of the batch, also those that failed: their athletes were filmed.
    roster : Roster or None
    history : path or None
        The database.
    wanted : SessionFilter or None
        Only athletes with these columns count.

    Returns
    -------
    list of AbsentAthlete
        By name.
    """
    here = {roster_key(athlete_of(row)) for row in rows}
    last_of: dict[str, tuple[str, str | None, dict[str, str]]] = {}
    if history is not None:
        with History(history) as opened:
            labels = opened.labels()
            for found in opened.athletes().to_dict("records"):
                last = found["last"] if isinstance(found["last"], str) else None
                last_of[roster_key(str(found["name"]))] = (str(found["name"]), last, labels.get(str(found["name"]), {}))
    absent: dict[str, AbsentAthlete] = {}
    for entry in roster.entries if roster is not None else ():
        keys = {roster_key(name) for name in (entry.name, *entry.aliases)}
        if keys & here or (wanted is not None and not wanted.matches({"athlete": entry.name, **entry.labels})):
            here |= keys
            continue
        last = max((last_of[key][1] or "" for key in keys if key in last_of), default="")
        absent[roster_key(entry.name)] = AbsentAthlete(entry.name, entry.squad, last or None)
        here |= keys
    for key, (name, last_date, of_athlete) in last_of.items():
        if key not in here and (wanted is None or wanted.matches({"athlete": name, **of_athlete})):
            absent[key] = AbsentAthlete(name, of_athlete.get("squad"), last_date)
    return sorted(absent.values(), key=lambda one: one.name.casefold())


def write_season(
    history: PathLike, rows: Sequence[SessionRow], absent: Sequence[AbsentAthlete], target: StorageFolder
) -> list[str]:
    """Write one page and one table with a row for each athlete of the history.

    Parameters
    ----------
    history : path
        The database.
    rows : sequence of SessionRow
        The batch that was added.
    absent : sequence of AbsentAthlete
    target : StorageFolder
        The output of the batch.

    Returns
    -------
    list of str
        One line where they could not be written.
    """
    failed = {roster_key(athlete_of(row)): row.reason or "" for row in rows if row.status in ("failed", "waiting")}
    measured = {roster_key(athlete_of(row)) for row in rows if row.status == "ok"}
    try:
        with History(history) as opened:
            labels = opened.labels()
            seasons: list[AthleteSeason] = []
            for name in map(str, opened.athletes()["name"]):
                key = roster_key(name)
                here: Presence = "measured" if key in measured else "failed" if key in failed else "not filmed"
                reason = failed.get(key) if here == "failed" else None
                seasons.append(athlete_season(opened, name, here=here, reason=reason, labels=labels.get(name, {})))
        known = {roster_key(season.name) for season in seasons}
        seasons += [
            AthleteSeason(one.name, labels={"squad": one.squad} if one.squad else {})
            for one in absent
            if roster_key(one.name) not in known
        ]
        seasons += [
            AthleteSeason(athlete_of(row), here="failed", reason=row.reason, labels=row.planned.labels)
            for row in rows
            if row.status == "failed" and roster_key(athlete_of(row)) not in known
        ]
        seasons.sort(key=lambda season: season.name.casefold())
        target.write(SEASON_TABLE, season_csv(seasons).encode())
        target.write(SEASON_PAGE, render_season_page(seasons, of_batch=True, table=SEASON_TABLE).encode())
    except GaitError as error:
        return [_("the season's page could not be written: {reason}").format(reason=error)]
    return []
