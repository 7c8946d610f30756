"""One page for a physiotherapist: who, film, findings, answers about pain, and every compared value with its range."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gait.display_language import _
from gait.display_units import height_in_units
from gait.findings.answers import Answers, answer_text
from gait.findings.assessment import Assessment
from gait.findings.knowledge_records import Knowledge
from gait.findings.value_text import (
    SIDE_TEXTS,
    limits_text,
    runner_speed_text,
    value_text,
)
from gait.report.page_records import PhysioRow, PhysioSummary, VideoPanel
from gait.report.page_wording import TIER_TEXTS, page_format, page_interval
from gait.report.range_strips import comparison_direction, comparison_tier

if TYPE_CHECKING:
    from gait.session import Session

#: Beginning of the ids of questions about pain (``questions.toml``), and others that a physiotherapist asks.
PAIN_PREFIX = "pain_"
ALSO_ASKED = (
    "no_weight",
    "fears_serious",
    "unwell",
    "rehab_weeks",
    "fuel",
    "sore_place",
    "painkillers",
    "favours_side",
)


def summarise_for_physio(
    session: Session, assessed: Sequence[Assessment], clips: Sequence[VideoPanel], knowledge: Knowledge
) -> PhysioSummary:
    """Assemble the summary for a physiotherapist.

    Parameters
    ----------
    session : Session
    assessed : sequence of Assessment
        All measurements.
    clips : sequence of VideoPanel
    knowledge : Knowledge

    Returns
    -------
    PhysioSummary
        Findings say how sure they are; measurements without a range come last.
    """
    runner = session.runner
    facts = [
        (_("Height"), _("not given") if runner.height_m is None else height_in_units(runner.height_m)),
        (_("Speed"), runner_speed_text(runner) or _("not given")),
        *((_("Film"), f"{clip.title}: {clip.file}; {', '.join(clip.facts)}") for clip in clips),
    ]
    findings = [f.headline for f in (*session.findings, *session.likely)]
    measured = [a for a in assessed if a.verdict != "refused" and a.measurement.value is not None]
    measured.sort(key=lambda a: a.limits is None)
    signs = knowledge.warnings
    return PhysioSummary(
        name=runner.name or "",
        facts=tuple(facts),
        findings=tuple(findings),
        pain=pain_answers(session.answers, knowledge),
        rows=tuple(physio_row(a) for a in measured),
        missing=missing_names(assessed),
        warnings=tuple(n.message for n in session.notices if n.code in signs),
    )


def pain_answers(answers: Answers | None, knowledge: Knowledge) -> tuple[tuple[str, str], ...]:
    """Pick the answers that a physiotherapist asks for.

    Parameters
    ----------
    answers : Answers or None
    knowledge : Knowledge

    Returns
    -------
    tuple of (str, str)
        Question and answer as text.
    """
    values = {} if answers is None else answers.values
    return tuple(
        (question.text, answer_text(question, values[key]))
        for key, question in knowledge.questions.items()
        if key in values and (key.startswith(PAIN_PREFIX) or key in ALSO_ASKED)
    )


def missing_names(assessed: Iterable[Assessment]) -> tuple[str, ...]:
    """Name the metrics that were refused.

    Parameters
    ----------
    assessed : iterable of Assessment

    Returns
    -------
    tuple of str
    """
    return tuple(
        dict.fromkeys(a.metric.field_name for a in assessed if a.verdict == "refused" and a.metric is not None)
    )


def physio_row(a: Assessment) -> PhysioRow:
    """Describe one measurement for the table.

    Parameters
    ----------
    a : Assessment
        Of a value that was measured.

    Returns
    -------
    PhysioRow
    """
    m, display = a.measurement, page_format(a.metric, a.measurement)
    assert m.value is not None
    tier = comparison_tier(a)
    return PhysioRow(
        name=m.key.replace("_", " ") if a.metric is None else a.metric.field_name,
        side="" if m.side == "both" else SIDE_TEXTS[m.side],
        value=value_text(m.value, display),
        interval="" if m.interval is None else page_interval(m.interval, display),
        ordinary="" if a.limits is None else limits_text(a.limits, display),
        words="" if a.limits is None else TIER_TEXTS[tier, comparison_direction(a)],
        tier=tier,
    )
