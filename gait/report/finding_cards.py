"""Findings in full: how sure, how far, the measurement and its range, the still, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gait.display_language import _, side_text
from gait.display_units import number_text
from gait.findings.assessment import Assessment
from gait.findings.finder import measurements_behind
from gait.findings.knowledge_records import Knowledge
from gait.records import DRIFT, Correction, Finding, Measurement, Runner
from gait.report.advice_cards import correction_advice
from gait.report.evidence_stills import EvidenceStill
from gait.report.lead_picture import representative_measurement
from gait.report.page_records import Comparison, FindingCard, Player
from gait.report.page_wording import EVIDENCE_TEXTS, SEVERITY_TEXTS, TIER_TEXTS
from gait.report.range_strips import TIER_ORDER, compare_metric, comparison_tier

if TYPE_CHECKING:
    from gait.session import Session

#: Stills by key and side of their finding.
StillsByFinding = Mapping[tuple[str, str], EvidenceStill]


@dataclass(frozen=True)
class FindingCardMaker:
    """Make the cards of a session's findings.

    Parameters
    ----------
    session : Session
    assessed : sequence of Assessment
        All measurements.
    stills : mapping
        By key and side of their finding.
    players : mapping
        Annotated videos by number of the view.
    knowledge : Knowledge
    """

    session: Session
    assessed: Sequence[Assessment]
    stills: StillsByFinding
    players: Mapping[int, Player]
    knowledge: Knowledge

    def card(self, finding: Finding) -> FindingCard:
        """Make the card of one finding.

        Parameters
        ----------
        finding : Finding

        Returns
        -------
        FindingCard
        """
        knowledge, runner = self.knowledge, self.session.runner
        metric = knowledge.metrics[finding.metric]
        lead = measurements_of(finding, self.assessed)
        example = representative_measurement(lead) if lead else None
        seek = None
        if example is not None and example.evidence_s is not None and example.video in self.players:
            player = self.players[example.video]
            seek = (player.id, round(example.evidence_s, 3))
        comparison = compare_metric(lead, runner, knowledge) if lead else None
        words = EVIDENCE_TEXTS[finding.evidence]
        flag = most_telling(lead).flag if lead else None
        if flag is not None and flag.finding == finding.key:
            words = TIER_TEXTS[finding.evidence, flag.when]
        corrections: Mapping[str, Correction] = {c.id: c for c in self.session.corrections}
        advice = [correction_advice(corrections[c], knowledge) for c in finding.corrections if c in corrections]
        crossings = strides_crossed(self.session) if finding.metric == "arm_crossover" else ()
        return FindingCard(
            headline=finding.headline,
            tier=finding.evidence,
            words=words,
            severity=finding.severity,
            severity_text=SEVERITY_TEXTS[finding.severity],
            name=metric.name,
            field_name=metric.field_name,
            definition=metric.definition,
            matters=metric.matters,
            sign=metric.sign,
            comparison=comparison,
            remarks=(*crossings, *_remarks(lead, runner)),
            parts=tuple(self._parts(finding)),
            still=self.stills.get((finding.key, finding.side)),
            caption=_caption(example, metric.name),
            seek=seek,
            advice=tuple(advice),
        )

    def _parts(self, finding: Finding) -> list[Comparison]:
        """Compare the other metrics of a pattern, or those that support a finding."""
        _, supports = measurements_behind(finding, self.assessed)
        keys = dict.fromkeys((*finding.parts, *(a.measurement.key for a in supports)))
        parts = []
        for key in keys:
            of_key = [a for a in self.assessed if a.measurement.key == key and a.verdict != "refused"]
            if key != finding.metric and of_key:
                parts.append(compare_metric(of_key, self.session.runner, self.knowledge))
        return parts


def measurements_of(finding: Finding, assessed: Sequence[Assessment]) -> list[Assessment]:
    """Return the measurements of a finding's leading metric.

    Parameters
    ----------
    finding : Finding
    assessed : sequence of Assessment
        All measurements.

    Returns
    -------
    list of Assessment
        Those outside the range where some are; otherwise all of the metric, on the finding's side where it has one. A
        session from disk may hold findings of an earlier version, which today's ranges do not give.
    """
    lead, _ = measurements_behind(finding, assessed)
    if lead:
        return lead
    of_metric = [a for a in assessed if a.measurement.key == finding.metric and a.verdict != "refused"]
    on_side = [a for a in of_metric if finding.side in {"both", a.measurement.side}]
    return on_side or of_metric


def most_telling(assessed: Sequence[Assessment]) -> Assessment:
    """Choose the assessment whose comparison tells most.

    Parameters
    ----------
    assessed : sequence of Assessment
        At least one.

    Returns
    -------
    Assessment
    """
    return min(assessed, key=lambda a: TIER_ORDER.index(comparison_tier(a)))


def strides_crossed(session: Session) -> list[str]:
    """Count for each hand in how many strides it passed the midline, in the views that measured it.

    Parameters
    ----------
    session : Session

    Returns
    -------
    list of str
        One sentence a hand and view.
    """
    sentences = []
    for view in session.views:
        if not {"side", "arm_crossover"} <= set(view.steps.columns):
            continue
        for side in ("left", "right"):
            values = view.steps.loc[view.steps["side"] == side, "arm_crossover"].to_numpy(dtype=float)
            measured = values[np.isfinite(values)]
            if len(measured):
                crossed = int((measured > 0).sum())
                text = side_text("The {side} hand passed the midline in {crossed} of {strides} strides.", side)
                sentences.append(text.format(crossed=crossed, strides=len(measured)))
    return sentences


def _caption(example: Measurement | None, name: str) -> str:
    if example is None or example.evidence_s is None:
        return ""
    if example.key.endswith(DRIFT):
        text = _("The run at {time} s of the clip, where the change begins (or ends, if it was even).")
        return text.format(time=number_text(example.evidence_s, 0))
    if example.side == "both":
        text = _("{metric}: at {time} s of the clip, the step closest to the average.")
    else:
        text = side_text(
            "{metric}: {side} side, at {time} s of the clip, the step closest to the average.", example.side
        )
    return text.format(metric=name, time=number_text(example.evidence_s, 2))


def _remarks(lead: Sequence[Assessment], runner: Runner) -> list[str]:
    remarks = []
    limits = lead[0].limits if lead else None
    band = lead[0].metric.band if lead and lead[0].metric is not None else None
    if limits is not None and not limits.speed_known:
        seen, unknown = (
            _(
                "The speed was read off the belt, so the widest possible range was used. The exact speed gives a "
                "sharper comparison."
            ),
            _(
                "The speed was not given, so the widest possible range was used. The exact speed gives a sharper "
                "comparison."
            ),
        )
        remarks.append(seen if runner.speed_seen_mps else unknown)
    if limits is not None and not limits.height_known:
        remarks.append(_("The height was not given. It gives a sharper comparison."))
    if band is not None and band.note:
        remarks.append(band.note)
    if lead and all(a.measurement.grade == "poor" for a in lead):
        remarks.append(
            _("Indicative only: too few steps, or a view that does not show this well. Film more to be sure.")
        )
    return remarks
