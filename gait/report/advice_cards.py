"""Advice beside findings: corrections with their sources, and the cadence that one of them prescribes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gait.findings.finder import RAISE_CADENCE, cadence_target
from gait.findings.knowledge_records import Knowledge
from gait.records import Correction
from gait.report.page_records import Advice, CadenceTarget
from gait.report.page_wording import STUDY_TEXTS

if TYPE_CHECKING:
    from gait.session import Session


def correction_advice(correction: Correction, knowledge: Knowledge) -> Advice:
    """Write where a correction comes from.

    Parameters
    ----------
    correction : Correction
    knowledge : Knowledge

    Returns
    -------
    Advice
    """
    entry = knowledge.corrections.get(correction.id)
    return Advice(
        id=correction.id,
        title=correction.title,
        article=correction.article,
        research=correction.research,
        evidence=STUDY_TEXTS[entry.evidence] if entry is not None else "",
    )


def prescribed_cadence(session: Session) -> CadenceTarget | None:
    """Return the prescribed cadence.

    Parameters
    ----------
    session : Session

    Returns
    -------
    CadenceTarget or None
        ``None`` where no correction prescribes one.
    """
    now = next((m.value for m in session.measurements if m.key == "cadence" and m.value is not None), None)
    if now is None or not any(c.id == RAISE_CADENCE for c in session.corrections):
        return None
    return CadenceTarget(round(now), *cadence_target(now))
