"""Read a manifest: a CSV file with one row a clip. A bad value fails its row, not the batch."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import PurePosixPath

from gait.batch.clip_names import VIEW_KEYWORDS, fold_name, split_clip_name
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.storage import file_signature, is_url, join_location, local_path, read_file
from gait.errors import InputError

VIEWS = ("auto", "side", "rear", "front")
#: Columns of a manifest that gait uses.
MANIFEST_COLUMNS = ("file", "athlete", "date", "height", "speed", "view", "session")
#: Body height in cm and belt speed in km/h that are plausible. [E]
HEIGHT_RANGE_CM, SPEED_RANGE_KMH = (120, 220), (3, 30)
_DATE_FORMATS = ("%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")


def read_manifest(source: str) -> list[PlannedSession]:
    """Read the sessions of a manifest.

    Parameters
    ----------
    source : str
        Path or URL of the CSV: comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252.

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
    groups: dict[tuple[str, str, str, str, str], list[tuple[PlannedSession, ClipEntry]]] = {}
    for number, row in rows:
        session = _parse_row(number, row, extra_columns, folder)
        clip = session.clips[0]
        session_name = row.get("session", "").strip()
        within = "" if session_name else str(PurePosixPath(clip.label.replace("\\", "/")).parent)
        alone = "" if clip.label else str(number)
        key = (fold_name(session.athlete or ""), session.date or "", within, fold_name(session.name), alone)
        groups.setdefault(key, []).append((session, clip))
    return [_join_rows([row for row, _ in group], [clip for _, clip in group]) for group in groups.values()]


def _read_rows(source: str) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Read the table: (line number, cells by column) of each row, and the columns that gait does not use."""
    content = read_file(source)
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what spreadsheets on Windows write
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header: list[str] | None = None
    rows = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                continue
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                rows.append((reader.line_num, {"": f"has {len(cells)} cells, the header {len(header)}"}))
                continue
            rows.append((reader.line_num, dict(zip(header, cells, strict=False))))
    except csv.Error as error:
        raise InputError(f"{source}: line {reader.line_num} is not CSV: {error}") from None
    names = [h.casefold() for h in header or []]
    if "file" not in names:
        found = f" (found: {', '.join(h for h in header if h)})" if header else " (it is empty)"
        raise InputError(f"{source}: has no column 'file'{found}; the columns are {', '.join(MANIFEST_COLUMNS)}")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InputError(f"{source}: the column '{twice[0]}' is there twice; keep one")
    if not rows:
        raise InputError(f"{source}: no row below the header; give one row a clip")
    assert header is not None
    canonical = {h: h.casefold() for h in header if h.casefold() in MANIFEST_COLUMNS}
    extra_columns = [h for h in header if h and h not in canonical]
    return [(n, {canonical.get(k, k): v for k, v in row.items()}) for n, row in rows], extra_columns


def _parse_row(number: int, row: Mapping[str, str], extra_columns: Sequence[str], folder: str) -> PlannedSession:
    """Parse one row; a fault becomes its problem."""
    cell = {name: row.get(name, "").strip() for name in MANIFEST_COLUMNS}
    problems: list[str] = []
    if row.get("") and not cell["file"]:
        problems.append(row[""])
    height = _number(cell["height"], "height", HEIGHT_RANGE_CM, "cm", problems)
    speed = _number(cell["speed"], "speed", SPEED_RANGE_KMH, "km/h", problems)
    view = cell["view"].casefold() or "auto"
    view = VIEW_KEYWORDS.get(view, view)
    if view not in VIEWS:
        problems.append(f"view '{cell['view']}' is unknown; choose from: {', '.join(VIEWS)}")
        view = "auto"
    view_given = view != "auto"
    session_name, view_of_name = split_clip_name(PurePosixPath(cell["file"].replace("\\", "/")).stem)
    day = _day(cell["date"], problems)
    location = join_location(folder, cell["file"])
    if not cell["file"]:
        problems = problems or ["the cell 'file' is empty"]
    elif not is_url(location):  # those behind URLs are looked at later, many at once
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
        f"row {number}: {'; '.join(problems)}" if problems else None,
    )
    return PlannedSession(
        name=cell["session"] or session_name or PurePosixPath(cell["file"]).parent.name or f"row {number}",
        clips=(clip,),
        athlete=cell["athlete"] or None,
        date=day,
        height_m=None if height is None else height / 100,
        speed_mps=None if speed is None else speed / 3.6,
    )


def _number(text: str, name: str, limits: tuple[float, float], unit: str, problems: list[str]) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        problems.append(f"{name} '{text}' is not a number; give {unit}")
        return None
    low, high = limits
    if not low <= value <= high:
        problems.append(f"{name} {text} is outside {low:g} to {high:g} {unit}")
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
    problems.append(f"date '{text}' is not a day; write it like 2026-03-01")
    return None


def _join_rows(rows: Sequence[PlannedSession], clips: Sequence[ClipEntry]) -> PlannedSession:
    """Make one session of its rows. A bad row loses its own clip only; rows that contradict each other lose all."""
    good = [row for row, clip in zip(rows, clips, strict=True) if clip.problem is None]
    heights = sorted({row.height_m for row in good if row.height_m is not None})
    speeds = sorted({row.speed_mps for row in good if row.speed_mps is not None})
    problem = None
    for quantity, values, scale, unit in (("heights", heights, 100, "cm"), ("speeds", speeds, 3.6, "km/h")):
        if len(values) > 1:
            listed = " and ".join(f"{scale * value:g}" for value in values)
            problem = f"its rows have different {quantity} ({listed} {unit}); a session is one run"
    return PlannedSession(
        name=rows[0].name,
        clips=tuple(clips),
        athlete=rows[0].athlete,
        date=rows[0].date,
        height_m=next(iter(heights), None),
        speed_mps=next(iter(speeds), None),
        problem=problem,
    )
