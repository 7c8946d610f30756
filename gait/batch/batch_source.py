"""The sessions of a batch: from the names of the clips in a folder, or from a manifest (CSV)."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from gait.batch.clip_names import fold_name, split_clip_name
from gait.batch.date_names import date_of_folders, split_date
from gait.batch.manifest import read_manifest
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.roster import Roster, ambiguity
from gait.batch.storage import base_name, is_url, join_location, list_videos, local_path
from gait.display_language import _, list_text
from gait.display_text import encodable_text, short_file_name
from gait.errors import InputError

#: Longest folder name, bytes of UTF-8; file systems take 255. [E]
_MAX_SLUG_BYTES = 80
#: What is added to the name of a session's folder that would be one of clips.
_APART = "-gait"
#: Names that Windows reserves for devices.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def plan_sessions(
    source: str,
    *,
    height_m: float | None = None,
    speed_mps: float | None = None,
    output: str | None = None,
    roster: Roster | None = None,
) -> list[PlannedSession]:
    """Find the sessions in a folder of clips or a manifest.

    Parameters
    ----------
    source : str
        Path or URL; a name that ends in ``.csv`` or ``.tsv`` is a manifest.
    height_m, speed_mps : float, optional
        Body height in metres and belt speed in m/s of sessions for which the manifest gives none.
    output : str, optional
        The output of the batch. No session's folder in it is one of clips.
    roster : Roster, optional
        Full names, heights and squads of the athletes. A session whose athlete is ambiguous gets a problem.

    Returns
    -------
    list of PlannedSession
        In the order of the manifest, or by name. Each has a ``slug`` of its own, also where names hardly differ.

    Raises
    ------
    InputError
        There is no such folder or file, no clip in it, or the manifest has no usable header.
    """
    if PurePosixPath(base_name(source)).suffix.lower() in (".csv", ".tsv"):
        sessions = read_manifest(source)
    else:
        sessions = _sessions_in_folder(source, roster)
    # The folder of a session keeps its name when a roster comes later.
    named = _apart_from_clips(_with_unique_slugs([replace(s, slug=_slug(s)) for s in sessions]), output)
    filled = named if roster is None else [_with_roster(session, roster) for session in named]
    return [replace(s, height_m=s.height_m or height_m, speed_mps=s.speed_mps or speed_mps) for s in filled]


def _with_roster(session: PlannedSession, roster: Roster) -> PlannedSession:
    """Complete a session with what the roster knows of its athlete; the manifest counts first."""
    names = [session.athlete] if session.athlete is not None else [session.name, split_date(session.name)[0]]
    found = next((entries for name in names if name and (entries := roster.find(name))), ())
    if len(found) > 1:
        problem = ambiguity(names[0] or session.name, found)
        return replace(session, problem=session.problem or problem)
    if not found:
        if session.athlete is None:
            return session
        similar = roster.similar(session.athlete)
        remark = _("{athlete} is not in the roster")
        if similar:
            remark = _("{athlete} is not in the roster; did you mean {names}?")
        suggestions = list_text(similar, word="or")
        return replace(session, remark=remark.format(athlete=session.athlete, names=suggestions))
    entry = found[0]
    return replace(
        session,
        athlete=entry.name,
        height_m=session.height_m or entry.height_m,
        leg_length_m=session.leg_length_m or entry.leg_length_m,
        roster_labels=entry.labels,
    )


def _sessions_in_folder(source: str, roster: Roster | None) -> list[PlannedSession]:
    listing = list_videos(source)
    names = list(listing.videos)
    if not names and not listing.unreadable:
        raise InputError(
            _("{source}: no video in this folder; give a folder of clips, or a manifest (.csv)").format(source=source)
        )
    sessions = sessions_of_names(names, source, roster)
    return sessions + [_unreadable_folder(source, name, reason) for name, reason in listing.unreadable]


def sessions_of_names(names: Iterable[str], source: str, roster: Roster | None = None) -> list[PlannedSession]:
    """Find out from the names of clips which of them belong together, whose they are, and of which day.

    Parameters
    ----------
    names : iterable of str
        Relative to the folder, with forward slashes.
    source : str
        The folder.
    roster : Roster, optional

    Returns
    -------
    list of PlannedSession
        Without slugs.
    """
    groups: dict[tuple[str, str], list[ClipEntry]] = {}
    about: dict[tuple[str, str], PlannedSession] = {}
    for name in names:
        label = encodable_text(name)
        path = PurePosixPath(label)
        session_name, view = split_clip_name(path.stem)
        folders = path.parts[:-1]
        rests, date_of_path = date_of_folders(folders)
        athlete = _athlete_of_folders(folders, rests, roster)
        inside = next((rest for rest in reversed(rests) if rest), "")
        title = session_name or inside or base_name(source.rstrip("/")) or "session"
        key = (str(path.parent), fold_name(title))
        groups.setdefault(key, []).append(ClipEntry(join_location(source, name), label, view))
        dates = ((date_of_path, "folder"), (split_date(session_name)[1], "name"))
        named, named_from = max(dates, key=lambda pair: -(10**9) if pair[0] is None else pair[0].narrowness)
        day = named.day if named is not None else None
        session = PlannedSession(title, (), athlete, named_date=named, named_from=named_from)
        if day is not None:
            session = replace(session, date=day.isoformat(), date_from=named_from)
        about.setdefault(key, session)
    order = {"side": 0, "rear": 1, "front": 2, "auto": 3}
    return [
        replace(about[key], clips=tuple(sorted(clips, key=lambda c: (order[c.view], c.label))))
        for key, clips in groups.items()
    ]


def _athlete_of_folders(folders: Sequence[str], rests: Sequence[str], roster: Roster | None) -> str | None:
    """Find the athlete in the folders that a clip lies in: one whom the roster has, or the outermost without a date."""
    if roster is not None:
        for name, rest in zip(folders, rests, strict=True):
            if rest and len(roster.find(rest)) == 1:
                return rest
            if rest != name and len(roster.find(name)) == 1:
                return name
    squads = set() if roster is None else {fold_name(entry.squad) for entry in roster.entries if entry.squad}
    people = [rest for rest in rests if rest and fold_name(rest) not in squads] or [rest for rest in rests if rest]
    return next((name for name in people if name in folders), next(iter(people), None))


def _unreadable_folder(source: str, name: str, reason: str) -> PlannedSession:
    """Make a session that fails, so that clips which nobody could see are not passed over in silence."""
    label = encodable_text(name)
    problem = _("this folder cannot be read: {reason}").format(reason=reason)
    return PlannedSession(label, (ClipEntry(join_location(source, name), label, problem=problem),), problem=problem)


def _slug(session: PlannedSession) -> str:
    """Make a folder's name: letters and digits of any script; everything else becomes a hyphen."""
    day = "" if session.named_from == "name" else session.date or ""
    if not day and session.named_from == "folder" and session.named_date is not None:
        day = session.named_date.text  # a week, a month
    fields = [session.athlete or "", day, session.name]
    folded = [fold_name(text) for text in fields]
    # "anna/anna monday" needs its athlete once.
    chosen = [text for n, text in enumerate(fields) if text and not (n < 2 and folded[n] in folded[2])]
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", " ".join(chosen)))
    # Combining marks belong to letters in many scripts.
    letters = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else "-" for c in text)
    slug = re.sub(r"-+", "-", letters).strip("-")
    slug = short_file_name(slug.strip("-") or "session", limit=_MAX_SLUG_BYTES)
    return f"{slug}-session" if slug.casefold() in _RESERVED else slug


def _with_unique_slugs(sessions: Iterable[PlannedSession]) -> list[PlannedSession]:
    """Add a hash of the session to slugs that would be the same."""
    sessions = list(sessions)
    count: dict[str, int] = {}
    for session in sessions:
        count[session.slug.casefold()] = count.get(session.slug.casefold(), 0) + 1
    unique = []
    for session in sessions:
        if count[session.slug.casefold()] > 1:
            identity = "\n".join((session.athlete or "", session.date or "", session.name, session.clips[0].label))
            session = replace(session, slug=f"{session.slug}-{hashlib.sha256(identity.encode()).hexdigest()[:6]}")
        unique.append(session)
    return unique


def _apart_from_clips(sessions: Sequence[PlannedSession], output: str | None) -> list[PlannedSession]:
    """Give sessions another folder whose own would be one of clips, as in ``gait batch week -o week``."""
    if output is None:
        return list(sessions)
    folders: set[str] = set()
    for clip in (clip for session in sessions for clip in session.clips if clip.location):
        above = _real_location(clip.location)
        while (above := above.rpartition("/")[0]) and above not in folders:
            folders.add(above)
    taken = {session.slug.casefold() for session in sessions}
    apart = []
    for session in sessions:
        slug = session.slug
        others = taken - {session.slug.casefold()}
        while _real_location(join_location(output, slug)) in folders or slug.casefold() in others:
            slug += _APART
        taken.add(slug.casefold())
        apart.append(session if slug == session.slug else replace(session, slug=slug))
    return apart


def _real_location(location: str) -> str:
    """Resolve links, and spellings that a file system does not tell apart; a URL stays as it is."""
    if is_url(location):
        return location
    try:
        return Path(os.path.realpath(local_path(location))).as_posix().casefold()
    except (OSError, ValueError, InputError):
        return location
