"""Which clips belong to which session: from the names in a folder, or from a manifest (CSV)."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import PurePosixPath

from gait.batch.storage import file_stamp, file_system, is_url, joined, local, name_of, videos_under
from gait.errors import InputError

#: Words in a file's name that say where the camera stood.
VIEW_WORDS = {
    **dict.fromkeys(("side", "left", "right", "lateral", "sagittal"), "side"),
    **dict.fromkeys(("rear", "back", "behind", "posterior"), "rear"),
    **dict.fromkeys(("front", "anterior", "frontal"), "front"),
}
VIEWS = ("auto", "side", "rear", "front")
#: Columns of a manifest that mean something to gait.
KNOWN = ("file", "athlete", "date", "height", "speed", "view", "session")
_LONGEST_SLUG = 80  # bytes of UTF-8; file systems take 255
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


@dataclass(frozen=True)
class ClipEntry:
    """One video of a session.

    ``place`` is its path or URL, ``shown`` what the source calls it; ``view`` is what its name or the manifest says
    (``"auto"`` where neither does), ``said`` whether that is the manifest and therefore binding. ``extra`` holds the
    manifest's columns that mean nothing to gait; ``problem`` is what is wrong with its row.
    """

    place: str
    shown: str
    view: str = "auto"
    said: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True)
class PlannedSession:
    """One session to be analysed, or the ``problem`` that keeps it from being analysed."""

    name: str
    clips: tuple[ClipEntry, ...]
    athlete: str | None = None
    date: str | None = None
    height_m: float | None = None
    speed_mps: float | None = None
    problem: str | None = None
    slug: str = ""


def read_source(
    source: str, *, height_m: float | None = None, speed_mps: float | None = None, beside: str | None = None
) -> list[PlannedSession]:
    """Find the sessions in a folder of clips or a manifest.

    Parameters
    ----------
    source : str
        Path or URL; what ends in ``.csv`` is a manifest.
    height_m, speed_mps : float, optional
        For sessions of which the manifest does not say it.
    beside : str, optional
        The output, should it lie inside the folder: nothing in it is a clip.

    Returns
    -------
    list of PlannedSession
        In the order of the manifest, or by name. Each has a ``slug`` of its own, also where names hardly differ.

    Raises
    ------
    InputError
        There is no such folder or file, no clip in it, or the manifest has no usable header.
    """
    if PurePosixPath(name_of(source)).suffix.lower() in (".csv", ".tsv"):
        sessions = _from_manifest(source)
    else:
        sessions = _from_folder(source, beside)
    filled = [
        replace(s, height_m=s.height_m or height_m, speed_mps=s.speed_mps or speed_mps, slug=_slug(s)) for s in sessions
    ]
    return _told_apart(filled)


def split_name(stem: str) -> tuple[str, str]:
    """Split a clip's name into what all clips of its session share, and the view.

    Returns
    -------
    session, view : str
        The session may be empty (``"side.mp4"``); the view is ``"auto"`` where the name does not say it.
    """
    tokens = [t for t in re.split(r"([\s_\-.]+)", stem) if t]
    words = [n for n, token in enumerate(tokens) if token.casefold() in VIEW_WORDS]
    if not words:
        return stem.strip(), "auto"
    last = words[-1]
    view = VIEW_WORDS[tokens[last].casefold()]
    drop = {last}
    before = last - 2
    # "from behind", "side left": words that only lead up to it.
    while before >= 0 and (tokens[before].casefold() in ("from", "view") or VIEW_WORDS.get(tokens[before].casefold())):
        drop.add(before)
        before -= 2
    if last + 2 < len(tokens) and tokens[last + 2].casefold() == "view":
        drop.add(last + 2)
    kept = [token for n, token in enumerate(tokens) if n not in drop]
    text = re.sub(r"([\s_\-.])[\s_\-.]+", r"\1", "".join(kept))
    return text.strip(" _-.\t"), view


# --- a folder ---


def _from_folder(source: str, beside: str | None) -> list[PlannedSession]:
    names = videos_under(source)
    if beside is not None and not is_url(beside) and not is_url(source):
        output, root = local(beside).resolve(), local(source).resolve()
        names = [name for name in names if output == root or not (root / name).resolve().is_relative_to(output)]
    if not names:
        raise InputError(f"{source}: no video in this folder; give a folder of clips, or a manifest (.csv)")
    deep = any("/" in name for name in names)
    groups: dict[tuple[str, str], list[ClipEntry]] = {}
    titles: dict[tuple[str, str], tuple[str, str | None]] = {}
    for name in names:
        path = PurePosixPath(name)
        shared, view = split_name(path.stem)
        parent = path.parent.name if len(path.parts) > 1 else ""
        title = shared or parent or name_of(source.rstrip("/")) or "session"
        key = (str(path.parent), _folded(title))
        groups.setdefault(key, []).append(ClipEntry(joined(source, name), name, view))
        titles.setdefault(key, (title, parent if deep and parent else None))
    order = {"side": 0, "rear": 1, "front": 2, "auto": 3}
    return [
        PlannedSession(titles[key][0], tuple(sorted(clips, key=lambda c: (order[c.view], c.shown))), titles[key][1])
        for key, clips in groups.items()
    ]


def _folded(text: str) -> str:
    """Names that differ in case, in separators or in how an accent is encoded are the same name."""
    return re.sub(r"[\s_\-.]+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


# --- a manifest ---


def _from_manifest(source: str) -> list[PlannedSession]:
    rows, unknown = _rows(source)
    folder = source.rpartition("/")[0] if is_url(source) else str(local(source).resolve().parent)
    groups: dict[tuple[str, str, str, str, str], list[tuple[PlannedSession, ClipEntry]]] = {}
    for number, row in rows:
        one = _row(number, row, unknown, folder)
        clip = one.clips[0]
        given = row.get("session", "").strip()
        within = "" if given else str(PurePosixPath(clip.shown.replace("\\", "/")).parent)
        alone = "" if clip.shown else str(number)
        key = (_folded(one.athlete or ""), one.date or "", within, _folded(one.name), alone)
        groups.setdefault(key, []).append((one, clip))
    return [_merged([one for one, _ in group], [clip for _, clip in group]) for group in groups.values()]


def _rows(source: str) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Read the table: (line number, cells by column) of each row, and the columns that gait does not know."""
    try:
        if is_url(source):
            system, path = file_system(source)
            content = bytes(system.cat_file(path))
        else:
            content = local(source).read_bytes()
    except FileNotFoundError:
        raise InputError(f"{source}: no such file; give a folder of clips, or a manifest (.csv)") from None
    except OSError as error:
        raise InputError(f"{source}: cannot be read: {error.strerror or error}") from None
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
                cells = [*cells[: len(header)], *cells[len(header) :]]
                rows.append((reader.line_num, {"": f"has {len(cells)} cells, the header {len(header)}"}))
                continue
            rows.append((reader.line_num, dict(zip(header, cells, strict=False))))
    except csv.Error as error:
        raise InputError(f"{source}: line {reader.line_num} is not CSV: {error}") from None
    names = [h.casefold() for h in header or []]
    if "file" not in names:
        found = f" (found: {', '.join(h for h in header if h)})" if header else " (it is empty)"
        raise InputError(f"{source}: has no column 'file'{found}; the columns are {', '.join(KNOWN)}")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InputError(f"{source}: the column '{twice[0]}' is there twice; keep one")
    if not rows:
        raise InputError(f"{source}: no row below the header; give one row a clip")
    assert header is not None
    known = {h: h.casefold() for h in header if h.casefold() in KNOWN}
    unknown = [h for h in header if h and h not in known]
    return [(n, {known.get(k, k): v for k, v in row.items()}) for n, row in rows], unknown


def _row(number: int, row: Mapping[str, str], unknown: Sequence[str], folder: str) -> PlannedSession:
    """Read one row of a manifest; whatever is wrong with it becomes its problem."""
    cell = {name: row.get(name, "").strip() for name in KNOWN}
    problems: list[str] = []
    if row.get("") and not cell["file"]:
        problems.append(row[""])
    height = _measure(cell["height"], "height", 120, 220, "cm", problems)
    speed = _measure(cell["speed"], "speed", 3, 30, "km/h", problems)
    view = cell["view"].casefold() or "auto"
    view = VIEW_WORDS.get(view, view)
    if view not in VIEWS:
        problems.append(f"view '{cell['view']}' is unknown; choose from: {', '.join(VIEWS)}")
        view = "auto"
    said = view != "auto"
    shared, named = split_name(PurePosixPath(cell["file"].replace("\\", "/")).stem)
    day = _day(cell["date"], problems)
    place = joined(folder, cell["file"])
    if not cell["file"]:
        problems = problems or ["the cell 'file' is empty"]
    elif not is_url(place):  # those behind URLs are looked at later, many at once
        try:
            file_stamp(place)
        except InputError as error:
            problems.append(str(error))
    extra = {name: row.get(name, "").strip() for name in unknown}
    name = cell["session"] or shared or PurePosixPath(cell["file"]).parent.name or f"row {number}"
    problem = f"row {number}: {'; '.join(problems)}" if problems else None
    clip = ClipEntry(place, cell["file"], view if said else named, said, extra, problem)
    return PlannedSession(
        name=name,
        clips=(clip,),
        athlete=cell["athlete"] or None,
        date=day,
        height_m=None if height is None else height / 100,
        speed_mps=None if speed is None else speed / 3.6,
    )


def _measure(text: str, name: str, low: float, high: float, unit: str, problems: list[str]) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        problems.append(f"{name} '{text}' is not a number; give {unit}")
        return None
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
    for pattern in ("%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(text, pattern).date().isoformat()
        except ValueError:
            continue
    problems.append(f"date '{text}' is not a day; write it like 2026-03-01")
    return None


def _merged(rows: Sequence[PlannedSession], clips: Sequence[ClipEntry]) -> PlannedSession:
    """Make one session of its rows. A bad row loses its own clip only; rows that contradict each other lose all."""
    good = [row for row, clip in zip(rows, clips, strict=True) if clip.problem is None]
    heights = sorted({row.height_m for row in good if row.height_m is not None})
    speeds = sorted({row.speed_mps for row in good if row.speed_mps is not None})
    problem = None
    for what, values, scale, unit in (("heights", heights, 100, "cm"), ("speeds", speeds, 3.6, "km/h")):
        if len(values) > 1:
            told = " and ".join(f"{scale * value:g}" for value in values)
            problem = f"its rows have different {what} ({told} {unit}); a session is one run"
    return PlannedSession(
        name=rows[0].name,
        clips=tuple(clips),
        athlete=rows[0].athlete,
        date=rows[0].date,
        height_m=next(iter(heights), None),
        speed_mps=next(iter(speeds), None),
        problem=problem,
    )


# --- names of folders ---


def _slug(session: PlannedSession) -> str:
    """Make a folder's name: letters and digits of any script; everything else becomes a hyphen."""
    parts = [session.athlete or "", session.date or "", session.name]
    folded = [_folded(part) for part in parts]
    # "anna/anna monday" needs its athlete once.
    words = [p for n, p in enumerate(parts) if p and not (n < 2 and folded[n] in folded[2])]
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", " ".join(words)))
    # Marks belong to letters in many scripts.
    kept = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else "-" for c in text)
    slug = re.sub(r"-+", "-", kept).strip("-")
    while len(slug.encode()) > _LONGEST_SLUG:
        slug = slug[:-1]
    slug = slug.strip("-") or "session"
    return f"{slug}-session" if slug.casefold() in _RESERVED else slug


def _told_apart(sessions: Iterable[PlannedSession]) -> list[PlannedSession]:
    """Give sessions whose folders would have the same name a mark made of what they are."""
    sessions = list(sessions)
    count: dict[str, int] = {}
    for session in sessions:
        count[session.slug.casefold()] = count.get(session.slug.casefold(), 0) + 1
    marked = []
    for session in sessions:
        if count[session.slug.casefold()] > 1:
            identity = "\n".join((session.athlete or "", session.date or "", session.name, session.clips[0].shown))
            session = replace(session, slug=f"{session.slug}-{hashlib.sha256(identity.encode()).hexdigest()[:6]}")
        marked.append(session)
    return marked
