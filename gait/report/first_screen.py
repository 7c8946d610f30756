"""The first screen of the report: one sentence, a picture, up to three cards, one thing to try, and the next step."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gait.display_language import Texts, _
from gait.findings.answers import Answers, withheld_corrections
from gait.findings.assessment import Assessment
from gait.findings.finder import MAX_FINDINGS_SHOWN
from gait.findings.knowledge_records import Knowledge
from gait.records import Finding
from gait.report.filming_advice import usual_filming
from gait.report.page_records import (
    Comparison,
    FindingCard,
    FirstScreen,
    GlanceCard,
    LeadPicture,
    SmallStep,
)
from gait.report.page_rules import USUAL_ADVICE, AdvicePanel
from gait.report.page_wording import tally_text

if TYPE_CHECKING:
    from gait.session import Session

#: Cards on the first screen. [E]
MAX_CARDS = 3
#: Longest text of the thing to try, characters: whole sentences up to there. [E]
MAX_TRY_LENGTH = 190
WARNING_HEADLINES: Mapping[str, str] = Texts(
    {
        "now": "Stop running and see a doctor now.",
        "see": "Have this looked at before you do more.",
        "heed": "Ease off a little: your answers show early signs.",
    }
)
WARNING_SENTENCES: Mapping[str, str] = Texts(
    {
        "now": "This comes from your answers. What the film shows can wait, and stands below.",
        "see": "This comes from your answers. It is no diagnosis: a film cannot find out why something hurts.",
        "heed": "This comes from your answers. It is no diagnosis: a film cannot find out why something hurts.",
    }
)


@dataclass(frozen=True)
class ComparisonGroups:
    """The comparisons that are no findings, one a metric; the counts of the page are those of these groups.

    ``open``: undecided, or not measured well enough. ``fine``: also what lies beyond where it is no concern.
    """

    open: tuple[Comparison, ...]
    fine: tuple[Comparison, ...]


def group_comparisons(comparisons: Sequence[Comparison], findings: Sequence[Finding]) -> ComparisonGroups:
    """Sort the comparisons that are no findings by how they ended.

    Parameters
    ----------
    comparisons : sequence of Comparison
    findings : sequence of Finding

    Returns
    -------
    ComparisonGroups
        What lies outside its range but is named by no finding is open.
    """
    named = named_metrics(findings)
    beside = [c for c in comparisons if c.tier in ("clear", "likely") and c.key not in named]
    undecided = [c for tier in ("open", "unmeasured") for c in comparisons if c.tier == tier]
    fine = [c for tier in ("fine", "no_concern") for c in comparisons if c.tier == tier]
    return ComparisonGroups((*beside, *undecided), tuple(fine))


def named_metrics(findings: Sequence[Finding]) -> frozenset[str]:
    """Collect the metrics that findings name.

    Parameters
    ----------
    findings : sequence of Finding

    Returns
    -------
    frozenset of str
        Keys.
    """
    return frozenset(key for finding in findings for key in (finding.metric, *finding.parts))


def first_screen(
    session: Session,
    assessed: Sequence[Assessment],
    groups: ComparisonGroups,
    cards: Sequence[FindingCard],
    panel: AdvicePanel,
    picture: LeadPicture | None,
    knowledge: Knowledge,
) -> FirstScreen:
    """Assemble the first screen.

    Parameters
    ----------
    session : Session
    assessed : sequence of Assessment
        All measurements.
    groups : ComparisonGroups
        All comparisons that are no findings.
    cards : sequence of FindingCard
        Of the clear and the likely findings, in the order of the page.
    panel : AdvicePanel
        The advice, the best first.
    picture : LeadPicture or None
    knowledge : Knowledge

    Returns
    -------
    FirstScreen
    """
    findings = (*session.findings, *session.likely)
    measured = any(a.verdict != "refused" for a in assessed)
    headline, tone, sentence = _headline(findings, groups)
    return FirstScreen(
        headline=headline,
        tone=panel.urgency or tone,
        film_tone=tone,
        sentence=sentence,
        headlines=WARNING_HEADLINES,
        sentences=WARNING_SENTENCES,
        tally=_tally(session, groups),
        picture=picture,
        cards=tuple(_glance_cards(findings, cards, groups)),
        step=_small_step(session.answers or Answers(), panel, knowledge) if measured else None,
        next_step="" if session.next_step is None else session.next_step.text,
        filming=() if measured else usual_filming(knowledge),
    )


def _headline(findings: Sequence[Finding], groups: ComparisonGroups) -> tuple[str, str, str]:
    """Return headline, tone and the sentence below it."""
    if findings:
        first = findings[0]
        sentence = "" if first.evidence == "clear" else _("Not certain, but what helps costs little.")
        return f"{first.headline}.", first.evidence, sentence
    if not groups.open and not groups.fine:
        what = _("Nothing could be compared with healthy runners. Here is what to film.")
        return _("This film does not show enough for a result."), "none", what
    if not groups.open:
        return _("Your running form looks fine: nothing stands out."), "fine", ""
    if len(groups.open) < len(groups.fine):
        return _("Nothing stands out, and most of it looks fine."), "fine", ""
    return _("Nothing stands out so far, but much is still open."), "open", _("The next step decides most.")


def _tally(session: Session, groups: ComparisonGroups) -> tuple[tuple[str, int, str], ...]:
    """Count what the page lists: cards of findings, and the comparisons in each fold."""
    counts = Counter(
        clear=len(session.findings),
        likely=len(session.likely),
        open=len(groups.open),
        fine=len(groups.fine),
    )
    parts = []
    for tier in ("clear", "likely", "open", "fine"):
        count = counts[tier]
        if count:
            parts.append((tier, count, tally_text(tier, count)))
    return tuple(parts)


def _glance_cards(
    findings: Sequence[Finding],
    cards: Sequence[FindingCard],
    groups: ComparisonGroups,
) -> list[GlanceCard]:
    glances = []
    for number, (finding, card) in enumerate(zip(findings, cards, strict=True), start=1):
        target = f"finding-{number}" if number <= MAX_FINDINGS_SHOWN else "also-outside"
        strip = None if card.comparison is None else card.comparison.strip
        glances.append(GlanceCard(card.tier, card.words, finding.headline, strip, target))
    named = named_metrics(findings)
    good = (c for c in groups.fine if c.tier == "fine" and c.good and c.key not in named)
    glances += [GlanceCard("fine", c.words, c.good.rstrip("."), c.strip, "good") for c in good]
    undecided = (c for c in groups.open if c.key not in named)
    glances += [GlanceCard(c.tier, c.words, c.name, c.strip, "open") for c in undecided]
    return glances[:MAX_CARDS]


def _small_step(answers: Answers, panel: AdvicePanel, knowledge: Knowledge) -> SmallStep | None:
    """Return the best advice for now; ``None`` where a doctor must look first."""
    if panel.urgency == "now":
        return None
    for advice in panel.ranked:
        if not advice.later:
            return SmallStep(advice.title, first_sentences(advice.text), f"general-{advice.id}")
    withheld = withheld_corrections(answers, knowledge=knowledge)
    for correction_id in USUAL_ADVICE:
        entry = knowledge.corrections.get(correction_id)
        if entry is not None and correction_id not in withheld:
            text = entry.text if entry.text_plain is None else entry.text_plain
            return SmallStep(entry.title, first_sentences(text), f"general-{correction_id}")
    return None


def first_sentences(text: str, longest: int = MAX_TRY_LENGTH) -> str:
    """Cut a text to its first whole sentences.

    Parameters
    ----------
    text : str
    longest : int
        Characters; the first sentence is kept however long it is.

    Returns
    -------
    str
    """
    kept = ""
    for sentence in re.findall(r".+?(?:[.!?](?=\s|$)|$)\s*", text):
        if kept and len(kept) + len(sentence.rstrip()) > longest:
            break
        kept += sentence
    return kept.strip()
