"""A quick look at the clips of a batch before the long work: which of them should be filmed again, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.display_language import clauses_text
from gait.errors import GaitError

if TYPE_CHECKING:
    from gait.batch.session_row import SessionRow


@dataclass(frozen=True)
class FilmAgain:
    """A clip that should be filmed again.

    Attributes
    ----------
    athlete, session : str
        The athlete may be empty.
    file : str
        Name of the clip in the folder or manifest.
    reason : str
        What is wrong, and what to do.
    reason_code : str or None
        Short name of the cause, where an option of the program helps.
    measurable : bool
        Whether at least something can be measured from the clip.
    """

    athlete: str
    session: str
    file: str
    reason: str
    reason_code: str | None = None
    measurable: bool = False


def check_clips(
    paths: Sequence[Path], clips: Sequence[ClipEntry], *, height_m: float | None, engine: str, workers: int
) -> dict[str, Any]:
    """Check the clips of one session, as ``gait check`` does.

    Parameters
    ----------
    paths : sequence of Path
        The clips on this machine.
    clips : sequence of ClipEntry
        The same, as planned.
    height_m : float or None
        Body height, metres.
    engine : str
        Name of the pose engine.
    workers : int
        Pose workers.

    Returns
    -------
    dict
        ``status`` "ok"; ``clips``: for each clip ``again`` (whether it should be filmed again), ``measurable``,
        ``reason`` and ``code``.
    """
    from gait.quality.video_check import check_video

    found = []
    for path, clip in zip(paths, clips, strict=True):
        try:
            check = check_video(
                path,
                capture_fps=clip.capture_fps,
                view=clip.binding_view,  # type: ignore[arg-type]
                engine=engine,
                height_m=height_m,
                workers=workers,
            )
        except GaitError as error:
            reason = str(error).replace(f"{path}: ", "").replace(str(path), path.name)
            found.append({"again": True, "measurable": False, "reason": reason, "code": error.code})
            continue
        bad = [observation for observation in check.observations if observation.verdict == "bad"]
        code = next((observation.code for observation in bad if observation.code is not None), None)
        reason = check.refusal if not check.usable else clauses_text([observation.sentence for observation in bad])
        found.append({"again": bool(reason), "measurable": check.usable, "reason": reason, "code": code})
    return {"status": "ok", "clips": found}


def clips_to_film_again(session: PlannedSession, usable: Sequence[int], found: Mapping[str, Any]) -> list[FilmAgain]:
    """Pick the clips of a session that should be filmed again.

    Parameters
    ----------
    session : PlannedSession
    usable : sequence of int
        Numbers of the clips that were checked.
    found : mapping
        From `check_clips`.

    Returns
    -------
    list of FilmAgain
    """
    return [
        FilmAgain(
            session.athlete or "",
            session.name,
            session.clips[number].label,
            check["reason"],
            check["code"],
            check["measurable"],
        )
        for number, check in zip(usable, found["clips"], strict=True)
        if check["again"]
    ]


def clips_that_failed(rows: Iterable[SessionRow]) -> list[FilmAgain]:
    """Pick the clips that no check could look at, or from which the analysis got nothing.

    Parameters
    ----------
    rows : iterable of SessionRow

    Returns
    -------
    list of FilmAgain
    """
    return [
        FilmAgain(row.planned.athlete or "", row.planned.name, clip.label, str(state["reason"] or row.reason or ""))
        for row in rows
        for clip, state in zip(row.planned.clips, row.clips, strict=True)
        if state["status"] == "failed"
    ]
