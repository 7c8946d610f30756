"""One session of a batch and its result, as index, summary and `BatchResult` show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gait.batch.planned_session import PlannedSession
from gait.batch.session_date import with_date
from gait.display_language import _, clauses_text

Status = Literal["ok", "failed", "duplicate", "waiting"]
#: Codes of notices that a reader must know before trusting that nothing stands out.
_DOUBTS = ("slow_motion_suspected", "implausible_cadence", "video_refused", "video_file")


@dataclass(frozen=True)
class SessionRow:
    """One session of a batch and its result.

    Attributes
    ----------
    planned : PlannedSession
        Its name, athlete, date, clips and folder (``slug``).
    status : {"ok", "failed", "duplicate", "waiting"}
        "waiting": not analysed yet.
    reason : str, optional
        Why it failed, or what it is a duplicate of.
    clips : tuple of mapping
        For each planned clip ``status``, ``reason`` and ``view``.
    findings, likely, measurements : tuple of mapping
        As in ``report.json``, findings clear; measurements with the number of their ``clip``.
    thumbnail : str, optional
        Small picture as a data URI.
    kept : bool
        Whether an earlier run had done it.
    reason_code : str, optional
        Short name of the cause of a failure.
    notices : tuple of str
        What a reader must know before trusting the result.
    lost : bool
        Whether it ended without a result, by no fault of its clips: the next run tries again.
    """

    planned: PlannedSession
    status: Status
    reason: str | None
    clips: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...] = ()
    measurements: tuple[Mapping[str, Any], ...] = ()
    thumbnail: str | None = None
    kept: bool = False
    reason_code: str | None = None
    notices: tuple[str, ...] = ()
    lost: bool = False
    likely: tuple[Mapping[str, Any], ...] = ()

    @property
    def measured(self) -> int:
        """Number of values that were measured."""
        return sum(m["value"] is not None for m in self.measurements)

    @property
    def complete(self) -> bool:
        """Whether every clip was measured, copies aside."""
        return self.status in ("ok", "duplicate") and all(clip["status"] != "failed" for clip in self.clips)


def row_without_job(session: PlannedSession, states: Sequence[dict[str, Any]]) -> SessionRow:
    """Make the row of a session of which no clip can be analysed.

    Parameters
    ----------
    session : PlannedSession
    states : sequence of dict
        ``status``, ``reason`` and ``view`` of each clip.

    Returns
    -------
    SessionRow
    """
    if session.problem:
        states = [{**state, "status": "failed", "reason": state["reason"] or session.problem} for state in states]
        return SessionRow(with_date(session), "failed", session.problem, tuple(states))
    duplicate = all(state["status"] == "duplicate" for state in states)
    reason = clauses_text(list(dict.fromkeys(state["reason"] for state in states)))
    return SessionRow(with_date(session), "duplicate" if duplicate else "failed", reason, tuple(states))


def row_from_stamp(
    session: PlannedSession,
    states: Sequence[dict[str, Any]],
    usable: Sequence[int],
    stamp: Mapping[str, Any],
    *,
    kept: bool,
) -> SessionRow:
    """Make the row of a session that has a stamp.

    Parameters
    ----------
    session : PlannedSession
    states : sequence of dict
        ``status``, ``reason`` and ``view`` of each clip before the analysis.
    usable : sequence of int
        Numbers of the clips that were analysed.
    stamp : mapping
    kept : bool
        Whether the stamp is of an earlier run.

    Returns
    -------
    SessionRow
    """
    clips = [dict(state) for state in states]
    for number, clip in zip(usable, stamp["clips"], strict=True):
        clips[number] = {name: clip[name] for name in ("status", "reason", "view")}
    measurements = tuple({**m, "clip": usable[m["clip"]]} for m in stamp["measurements"])
    session = with_date(session, stamp)
    notices = tuple(n["message"] for n in stamp.get("notices", ()) if n["code"] in _DOUBTS)
    if stamp["status"] == "ok" and not any(m["value"] is not None for m in measurements):
        # Nothing was measured, so "nothing stands out" would be untrue.
        reason, code = _why_nothing(stamp)
        for clip in clips:
            if clip["status"] == "ok":
                clip.update(status="failed", reason=reason)
        return SessionRow(
            session, "failed", reason, tuple(clips), (), measurements, stamp["thumbnail"], kept, code, notices
        )
    return SessionRow(
        session,
        stamp["status"],
        stamp["reason"],
        tuple(clips),
        tuple(stamp["findings"]),
        measurements,
        stamp["thumbnail"],
        kept,
        stamp.get("reason_code"),  # version 0.1 wrote none
        notices,
        likely=tuple(stamp.get("likely", ())),  # neither did it tell what is likely
    )


def _why_nothing(stamp: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the most frequent reason of a stamp's refused measurements, and its code."""
    refusals = [(m["reason"], m.get("reason_code")) for m in stamp["measurements"] if m["reason"]]
    if not refusals:
        return _("nothing could be measured"), None
    reason, code = max(dict.fromkeys(refusals), key=refusals.count)
    return _("nothing could be measured: {reason}").format(reason=reason), code


def row_without_stamp(
    session: PlannedSession,
    states: Sequence[dict[str, Any]],
    usable: Sequence[int],
    reason: str,
    reason_code: str | None = None,
) -> SessionRow:
    """Make the row of a session that ended without a stamp: a crash, a lost worker.

    Parameters
    ----------
    session : PlannedSession
    states : sequence of dict
        ``status``, ``reason`` and ``view`` of each clip before the analysis.
    usable : sequence of int
        Numbers of the clips that were to be analysed.
    reason : str
    reason_code : str, optional

    Returns
    -------
    SessionRow
    """
    clips = [dict(state) for state in states]
    for number in usable:
        clips[number].update(status="failed", reason=reason)
    return SessionRow(with_date(session), "failed", reason, tuple(clips), reason_code=reason_code, lost=True)


def row_not_analysed(session: PlannedSession, states: Sequence[dict[str, Any]]) -> SessionRow:
    """Make the row of a session that waits for its analysis.

    Parameters
    ----------
    session : PlannedSession
    states : sequence of dict
        ``status``, ``reason`` and ``view`` of each clip.

    Returns
    -------
    SessionRow
    """
    return SessionRow(with_date(session), "waiting", None, tuple(states))
