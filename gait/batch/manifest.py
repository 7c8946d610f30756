"""Read a manifest: a CSV file with one row a clip. A bad value fails its row, not the batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import PurePosixPath

from gait.batch.clip_names import VIEW_KEYWORDS, fold_name, split_clip_name
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.storage import (
    existing_spelling,
    file_signature,
    is_url,
    join_location,
    local_path,
    read_file,
    url_problem,
)
from gait.checked_toml import parse_toml
from gait.display_language import N_, _, clauses_text, gettext, list_text
from gait.display_units import number_text
from gait.errors import InputError
from gait.text_tables import read_number, read_text_table
from gait.written_units import read_length_cm, read_speed_kmh

VIEWS = ("auto", "side", "rear", "front")
#: Columns of a manifest that gait uses.
MANIFEST_COLUMNS = (
    *("file", "athlete", "date", "height", "speed", "view", "session"),
    *("capture_fps", "start", "end", "leg_length", "answers"),
)
#: Body height in cm and belt speed in km/h that are plausible. [E]
HEIGHT_RANGE_CM, SPEED_RANGE_KMH = (120, 220), (3, 30)
#: Leg length in cm, capture rate in frames/s and moments in s that are plausible: those of the command line. [E]
_LEG_RANGE_CM, _RATE_RANGE, _MOMENT_RANGE_S = (50, 130), (10, 1000), (0, 86_400)
#: Size of a file of answers that somebody wrote. [E]
_MAX_ANSWERS_BYTES = 1_000_000
#: Size of a manifest with some hundred thousand clips, and letters of a list in a message. [E]
_MAX_MANIFEST_BYTES, _MAX_LISTED = 64_000_000, 200
_DATE_FORMATS = ("%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")


def read_manifest(source: str) -> list[PlannedSession]:
    """Read the sessions of a manifest.

    Parameters
    ----------
    source : str
        Path or URL of the CSV: any separator and encoding that `gait.text_tables.read_text_table` takes.

    Returns
    -------
    list of PlannedSession
        In the order of the manifest, without slugs.

    Raises
    ------
    InputError
        There is no such file, or it has no usable header.
    """
    rows, extra_columns = _read_rows(source)
    folder = source.rpartition("/")[0] if is_url(source) else str(local_path(source).resolve().parent)
    groups: dict[tuple[str, ...], list[tuple[PlannedSession, ClipEntry]]] = {}
    parts_of_clip: dict[str, list[tuple[float | None, float | None]]] = {}
    for number, row in rows:
        session = _parse_row(number, row, extra_columns, folder)
        clip = session.clips[0]
        session_name = row.get("session", "").strip()
        within = "" if session_name else str(PurePosixPath(clip.label.replace("\\", "/")).parent)
        alone = "" if clip.label else str(number)
        key: tuple[str, ...] = (
            fold_name(session.athlete or ""),
            session.date or "",
            within,
            fold_name(session.name),
            alone,
        )
        # One clip may hold several runs: each part of it is a session of its own.
        parts = parts_of_clip.setdefault(clip.location, [])
        part = (clip.start_s, clip.end_s)
        if parts and part not in parts and not session_name:
            key = (*key, str(part))
            session = replace(session, name=f"{session.name} {_part_text(part)}")
        parts.append(part)
        groups.setdefault(key, []).append((session, clip))
    return [_join_rows([row for row, _ in group], [clip for _, clip in group]) for group in groups.values()]


def _part_text(part: tuple[float | None, float | None]) -> str:
    start, end = part
    return f"from {start or 0:g} s" if end is None else f"{start or 0:g} to {end:g} s"


def _read_rows(source: str) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Read the table: (line number, cells by column) of each row, and the columns that gait does not use."""
    if not is_url(source) and (size := file_signature(source).size) > _MAX_MANIFEST_BYTES:
        raise InputError(
            _("{source}: has {size} MB, too many for a manifest: one row a clip").format(
                source=source, size=number_text(size / 1e6, 0)
            )
        )
    table = read_text_table(read_file(source), source)
    header = table.header
    rows = []
    for line, cells in table.rows:
        if any(cell.strip() for cell in cells[len(header) :]):
            fault = _("has {cells} cells, the header {columns}").format(cells=len(cells), columns=len(header))
            rows.append((line, {"": fault}))
            continue
        rows.append((line, dict(zip(header, cells, strict=False))))
    names = [h.casefold() for h in header]
    if "file" not in names:
        found = ", ".join(h for h in header if h)[:_MAX_LISTED]
        text = _("{source}: has no column 'file' (found: {found}); the columns are {columns}")
        if not header:
            text = _("{source}: has no column 'file' (it is empty); the columns are {columns}")
        raise InputError(text.format(source=source, found=found, columns=", ".join(MANIFEST_COLUMNS)))
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InputError(
            _("{source}: the column '{twice}' is there twice; keep one").format(source=source, twice=twice[0])
        )
    if not rows:
        raise InputError(_("{source}: no row below the header; give one row a clip").format(source=source))
    canonical = {h: h.casefold() for h in header if h.casefold() in MANIFEST_COLUMNS}
    extra_columns = [h for h in header if h and h not in canonical]
    return [(n, {canonical.get(k, k): v for k, v in row.items()}) for n, row in rows], extra_columns


def _parse_row(number: int, row: Mapping[str, str], extra_columns: Sequence[str], folder: str) -> PlannedSession:
    """Parse one row; a fault becomes its problem."""
    cell = {name: row.get(name, "").strip() for name in MANIFEST_COLUMNS}
    problems: list[str] = []
    if row.get("") and not cell["file"]:
        problems.append(row[""])
    height = _number(cell["height"], "height", HEIGHT_RANGE_CM, "cm", problems, read=read_length_cm)
    speed = _number(cell["speed"], "speed", SPEED_RANGE_KMH, "km/h", problems, read=read_speed_kmh)
    leg = _number(cell["leg_length"], "leg_length", _LEG_RANGE_CM, "cm", problems, read=read_length_cm)
    rate = _number(cell["capture_fps"], "capture_fps", _RATE_RANGE, "frames/s", problems)
    start = _number(cell["start"], "start", _MOMENT_RANGE_S, "s", problems)
    end = _number(cell["end"], "end", _MOMENT_RANGE_S, "s", problems)
    if start is not None and end is not None and start >= end:
        problems.append(
            _("start {start} must come before end {end} (seconds)").format(start=f"{start:g}", end=f"{end:g}")
        )
    answers = _answers(cell["answers"], folder, problems)
    view = cell["view"].casefold() or "auto"
    view = VIEW_KEYWORDS.get(view, view)
    if view not in VIEWS:
        given = cell["view"]
        problems.append(
            _("view '{given}' is unknown; choose from: {views}").format(given=given, views=", ".join(VIEWS))
        )
        view = "auto"
    view_given = view != "auto"
    session_name, view_of_name = split_clip_name(PurePosixPath(cell["file"].replace("\\", "/")).stem)
    day = _day(cell["date"], problems)
    location = join_location(folder, cell["file"])
    if not cell["file"]:
        problems = problems or [_("the cell 'file' is empty")]
    elif is_url(location):  # looked at later, many at once
        check = url_problem(location)
        problems += [f"{cell['file']}: {check}"] if check else []
    else:
        location = existing_spelling(location)
        try:
            file_signature(location)
        except InputError as error:
            problems.append(str(error))
    clip = ClipEntry(
        location,
        cell["file"],
        view if view_given else view_of_name,
        view_given,
        {name: row.get(name, "").strip() for name in extra_columns},
        _("row {number}: {problems}").format(number=number, problems=clauses_text(problems)) if problems else None,
        rate,
        start,
        end,
    )
    return PlannedSession(
        name=cell["session"] or session_name or PurePosixPath(cell["file"]).parent.name or f"row {number}",
        clips=(clip,),
        athlete=cell["athlete"] or None,
        date=day,
        height_m=None if height is None else height / 100,
        speed_mps=None if speed is None else speed / 3.6,
        date_from=None if day is None else "given",
        leg_length_m=None if leg is None else leg / 100,
        answers=answers,
    )


def _answers(name: str, folder: str, problems: list[str]) -> str | None:
    """Read and check the file of the runner's answers; its text travels with the session."""
    if not name:
        return None
    from gait.findings.answers import parse_answers

    location = join_location(folder, name)
    try:
        if is_url(location) and (problem := url_problem(location)) is not None:
            raise InputError(problem)
        location = location if is_url(location) else existing_spelling(location)
        if not is_url(location) and file_signature(location).size > _MAX_ANSWERS_BYTES:
            raise InputError(_("is too large for answers"))
        content = read_file(location)
        parse_answers(parse_toml(content))
    except (InputError, ValueError) as error:
        reason = str(error).removeprefix(f"{location}: ")
        problems.append(_("answers {file}: {reason}").format(file=name, reason=reason))
        return None
    return content.decode("utf-8-sig")


def _number(
    text: str,
    name: str,
    limits: tuple[float, float],
    unit: str,
    problems: list[str],
    *,
    read: Callable[[str], float] = read_number,
) -> float | None:
    if not text:
        return None
    value = read(text)
    if math.isnan(value):
        problems.append(_("{name} '{text}' is not a number; give {unit}").format(name=name, text=text, unit=unit))
        return None
    low, high = limits
    if not low <= value <= high:
        problems.append(
            _("{name} {text} is outside {low} to {high} {unit}").format(
                name=name, text=text, low=f"{low:g}", high=f"{high:g}", unit=unit
            )
        )
        return None
    return value


def _day(text: str, problems: list[str]) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    for pattern in _DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern).date().isoformat()
        except ValueError:
            continue
    problems.append(_("date '{text}' is not a day; write it like 2026-03-01").format(text=text))
    return None


def _join_rows(rows: Sequence[PlannedSession], clips: Sequence[ClipEntry]) -> PlannedSession:
    """Make one session of its rows. A bad row loses its own clip only; rows that contradict each other lose all."""
    good = [row for row, clip in zip(rows, clips, strict=True) if clip.problem is None]
    heights = sorted({row.height_m for row in good if row.height_m is not None})
    speeds = sorted({row.speed_mps for row in good if row.speed_mps is not None})
    legs = sorted({row.leg_length_m for row in good if row.leg_length_m is not None})
    parts = {(clip.start_s, clip.end_s) for clip in clips if clip.problem is None}
    answers = list(dict.fromkeys(row.answers for row in good if row.answers is not None))
    problem = None
    if len(parts) > 1:
        problem = _("its rows have different start or end; give all sides of a run the same, or each a session")
    if len(answers) > 1:
        problem = _("its rows have different answers; a session is one runner")
    for text, values, scale in (
        (N_("its rows have different heights ({values} cm); a session is one run"), heights, 100),
        (N_("its rows have different leg lengths ({values} cm); a session is one run"), legs, 100),
        (N_("its rows have different speeds ({values} km/h); a session is one run"), speeds, 3.6),
    ):
        if len(values) > 1:
            problem = gettext(text).format(values=list_text([f"{scale * value:g}" for value in values]))
    return PlannedSession(
        name=rows[0].name,
        clips=tuple(clips),
        athlete=rows[0].athlete,
        date=rows[0].date,
        height_m=next(iter(heights), None),
        speed_mps=next(iter(speeds), None),
        problem=problem,
        date_from=rows[0].date_from,
        leg_length_m=next(iter(legs), None),
        answers=next(iter(answers), None),
    )
