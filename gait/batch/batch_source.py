"""The sessions of a batch: from the names of the clips in a folder, or from a manifest (CSV)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from gait.batch.clip_names import fold_name, split_clip_name
from gait.batch.manifest import read_manifest
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.storage import base_name, find_videos, is_url, join_location, local_path
from gait.errors import InputError

#: Longest folder name, bytes of UTF-8; file systems take 255. [E]
_MAX_SLUG_BYTES = 80
#: Names that Windows reserves for devices.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def plan_sessions(
    source: str, *, height_m: float | None = None, speed_mps: float | None = None, output: str | None = None
) -> list[PlannedSession]:
    """Find the sessions in a folder of clips or a manifest.

    Parameters
    ----------
    source : str
        Path or URL; a name that ends in ``.csv`` or ``.tsv`` is a manifest.
    height_m, speed_mps : float, optional
        Body height in metres and belt speed in m/s of sessions for which the manifest gives none.
    output : str, optional
        The output of the batch. Videos in it are no clips.

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
        sessions = _sessions_in_folder(source, output)
    filled = [
        replace(s, height_m=s.height_m or height_m, speed_mps=s.speed_mps or speed_mps, slug=_slug(s)) for s in sessions
    ]
    return _with_unique_slugs(filled)


def _sessions_in_folder(source: str, output: str | None) -> list[PlannedSession]:
    names = find_videos(source)
    if output is not None and not is_url(output) and not is_url(source):
        excluded, root = local_path(output).resolve(), local_path(source).resolve()
        names = [name for name in names if excluded == root or not (root / name).resolve().is_relative_to(excluded)]
    if not names:
        raise InputError(f"{source}: no video in this folder; give a folder of clips, or a manifest (.csv)")
    nested = any("/" in name for name in names)
    groups: dict[tuple[str, str], list[ClipEntry]] = {}
    titles: dict[tuple[str, str], tuple[str, str | None]] = {}
    for name in names:
        path = PurePosixPath(name)
        session_name, view = split_clip_name(path.stem)
        parent = path.parent.name if len(path.parts) > 1 else ""
        title = session_name or parent or base_name(source.rstrip("/")) or "session"
        key = (str(path.parent), fold_name(title))
        groups.setdefault(key, []).append(ClipEntry(join_location(source, name), name, view))
        titles.setdefault(key, (title, parent if nested and parent else None))
    order = {"side": 0, "rear": 1, "front": 2, "auto": 3}
    return [
        PlannedSession(titles[key][0], tuple(sorted(clips, key=lambda c: (order[c.view], c.label))), titles[key][1])
        for key, clips in groups.items()
    ]


def _slug(session: PlannedSession) -> str:
    """Make a folder's name: letters and digits of any script; everything else becomes a hyphen."""
    fields = [session.athlete or "", session.date or "", session.name]
    folded = [fold_name(text) for text in fields]
    # "anna/anna monday" needs its athlete once.
    chosen = [text for n, text in enumerate(fields) if text and not (n < 2 and folded[n] in folded[2])]
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", " ".join(chosen)))
    # Combining marks belong to letters in many scripts.
    letters = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else "-" for c in text)
    slug = re.sub(r"-+", "-", letters).strip("-")
    while len(slug.encode()) > _MAX_SLUG_BYTES:
        slug = slug[:-1]
    slug = slug.strip("-") or "session"
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
