"""The content of the HTML report: from a session to the records of `gait.report.page_records`.

Each part of the page has a module of its own: `gait.report.first_screen`, `gait.report.finding_cards`,
`gait.report.advice_cards`, `gait.report.measurement_table`, `gait.report.filming_advice`, `gait.report.clip_panels` and
`gait.report.physio_summary`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gait.display_language import _
from gait.display_units import height_in_units, length_in_units
from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.finder import MAX_FINDINGS_SHOWN
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import Knowledge, Paper
from gait.findings.value_text import leg_length_m, runner_speed_text
from gait.metrics.drift import SHORTEST_S
from gait.records import Runner
from gait.report.advice_cards import prescribed_cadence
from gait.report.clip_panels import describe_clip, real_seconds
from gait.report.exercise_gallery import exercise_gallery
from gait.report.filming_advice import filming_advice, missing_metrics
from gait.report.finding_cards import FindingCardMaker, StillsByFinding
from gait.report.first_screen import first_screen, group_comparisons
from gait.report.hand_changes import hand_changes
from gait.report.measurement_table import metric_rows
from gait.report.page_records import Comparison, LeadPicture, Player, ReportPage
from gait.report.page_rules import advice_panel
from gait.report.physio_summary import summarise_for_physio
from gait.report.range_strips import compare_metric
from gait.report.stride_figure import StrideFigure
from gait.report.time_plots import SvgPlot

if TYPE_CHECKING:
    from gait.session import Session


#: The entry of ``sources.toml`` that says that there is no paper.
UNSTUDIED = "choice"


def build_page(
    session: Session,
    *,
    stills: StillsByFinding,
    players: Mapping[int, Player],
    plots: Mapping[int, Sequence[tuple[str, SvgPlot]]],
    cycles: Mapping[int, Sequence[tuple[str, SvgPlot]]] | None = None,
    strides: Mapping[int, StrideFigure] | None = None,
    picture: LeadPicture | None = None,
    extra_notices: Sequence[str] = (),
    version: str = "",
    made_on: str = "",
    filmed_on: str = "",
) -> ReportPage:
    """Assemble the content of a report.

    Parameters
    ----------
    session : Session
        A finished analysis.
    stills : mapping
        Stills by ``(finding key, side)``; a finding without one is shown as text only.
    players, plots, cycles, strides : mapping
        By number of the view.
    picture : LeadPicture, optional
        Of the first screen.
    extra_notices : sequence of str
        Problems that came up while the report was written.
    version : str
        Of the program.
    made_on : str
        The date of the report.
    filmed_on : str
        The day of the film; empty where it is unknown.

    Returns
    -------
    ReportPage
    """
    knowledge = load_knowledge()
    runner = session.runner
    assessed = compare_with_bands(session.measurements, runner)
    comparisons = all_comparisons(assessed, runner, knowledge)
    groups = group_comparisons(comparisons, (*session.findings, *session.likely))
    maker = FindingCardMaker(session, assessed, stills, players, knowledge)
    cards = [maker.card(finding) for finding in (*session.findings, *session.likely)]
    shown = cards[:MAX_FINDINGS_SHOWN]
    panel = advice_panel(session)
    clips = tuple(
        describe_clip(n, v, players.get(n), plots.get(n, ()), (cycles or {}).get(n, ()), (strides or {}).get(n))
        for n, v in enumerate(session.views)
    )
    missing = missing_metrics(assessed, knowledge)
    name = runner.name or _("A runner")
    elsewhere = {knowledge.caveat.code, *knowledge.warnings}
    first = first_screen(session, assessed, groups, cards, panel, picture, knowledge)
    return ReportPage(
        title=_("Running form: {name}").format(name=name),
        runner=name,
        facts=tuple(_facts(runner)),
        first=first,
        clips=clips,
        cadence_target=prescribed_cadence(session),
        cards=tuple(shown),
        other_findings=tuple(cards[MAX_FINDINGS_SHOWN:]),
        good=groups.fine,
        open=groups.open,
        metrics=metric_rows(assessed, runner, knowledge),
        filming=filming_advice(missing, knowledge),
        missing=tuple(item for _, item in missing),
        unfilmable=tuple(item for kind, item in missing if kind is None),
        notices=(*extra_notices, *(n.message for n in session.notices if n.code not in elsewhere)),
        hand_changes=hand_changes(session.views),
        panel=panel,
        exercises=exercise_gallery(),
        too_short=max((real_seconds(v) for v in session.views), default=0.0) < SHORTEST_S,
        physio=summarise_for_physio(session, assessed, clips, knowledge),
        knowledge=knowledge,
        papers=tuple(_paper_text(paper) for paper in knowledge.papers.values() if paper.id != UNSTUDIED),
        range_sources=_range_sources(assessed, knowledge),
        version=version,
        made_on=made_on,
        filmed_on=filmed_on,
    )


def all_comparisons(assessed: Sequence[Assessment], runner: Runner, knowledge: Knowledge) -> list[Comparison]:
    """Describe every comparison, the sides of one metric together, in the order of the metrics.

    Parameters
    ----------
    assessed : sequence of Assessment
    runner : Runner
    knowledge : Knowledge

    Returns
    -------
    list of Comparison
        Without metrics of which no side was measured.
    """
    by_metric: dict[str, list[Assessment]] = {}
    for a in assessed:
        if a.verdict != "refused":
            by_metric.setdefault(a.measurement.key, []).append(a)
    return [compare_metric(of_metric, runner, knowledge) for of_metric in by_metric.values()]


def _paper_text(paper: Paper) -> str:
    doi = f"doi {paper.doi}" if paper.doi else ""
    return ", ".join(part for part in (_(paper.cite), _(paper.journal), doi) if part)


def _range_sources(assessed: Sequence[Assessment], knowledge: Knowledge) -> str:
    """Cite the papers behind the ranges of what was measured."""
    bands = [a.metric.band for a in assessed if a.metric is not None and a.verdict != "refused"]
    papers = dict.fromkeys(paper for band in bands if band is not None for paper in band.sources)
    return knowledge.cite_papers(tuple(papers)) or _("none")


def _facts(runner: Runner) -> list[tuple[str, str]]:
    facts = [(_("Speed"), runner_speed_text(runner) or _("not given"))]
    facts.append((_("Height"), _("not given") if runner.height_m is None else height_in_units(runner.height_m)))
    leg = leg_length_m(runner)
    if leg is not None:
        text = "{length}" if runner.leg_length_m is not None else _("{length} (53 % of height)")
        facts.append((_("Leg length"), text.format(length=length_in_units(leg * 100, decimals=0))))
    return facts
