"""Write ``docs/corrections.md``: ``python docs/make_corrections.py``. A test compares the page with its sources.

The page lists every correction and warning sign of the articles: text, passage, evidence, what brings it up, and how
many taps away it is in a report.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from pathlib import Path

from gait.atomic_files import atomic_write
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import CorrectionEntry, Knowledge, WarningSign
from gait.findings.patterns import load_patterns
from gait.findings.questions import Condition, Question, Trigger
from gait.report.page_rules import LEVEL_TEXTS, general_advice
from gait.report.page_templates import template_environment

PAGE = Path(__file__).parent / "corrections.md"
KINDS = ("cue", "drill", "exercise", "habit", "training", "care", "warning")
EVIDENCE = {"trial": "measured in runners", "expert": "advised, no trial cited", "low": "no study found"}
URGENCY = {"now": "now", "see": "see a professional", "heed": "early sign"}
LINE_LENGTH = 120
Item = CorrectionEntry | WarningSign


def page() -> str:
    """Write out everything that the articles advise.

    Returns
    -------
    str
        Markdown: counts for each article, the items of each article, the texts of all items, the questions.
    """
    knowledge = load_knowledge()
    sections = [
        "# Corrections and warning signs",
        _wrap(
            "Made from `gait/findings/` by `python docs/make_corrections.py`; do not edit. "
            "The wording is this project's own. Nothing here is a diagnosis."
        ),
        _counts(knowledge),
    ]
    for article in knowledge.articles.values():
        sections += [f"## {article.title}", _article(article.id, knowledge)]
    sections += ["## Taps in a report", _taps(knowledge)]
    sections += ["## Texts of the corrections", *(_correction(c) for c in knowledge.corrections.values())]
    sections += ["## Texts of the warning signs", *(_warning(sign) for sign in knowledge.warnings.values())]
    sections += ["## Questions", _questions(knowledge)]
    return "\n\n".join(sections) + "\n"


class TapCounter(HTMLParser):
    """Counts the taps from a report as it opens to every item: the closed folds around it.

    ``taps`` is by id of the item (``data-item``, ``data-advice``).
    """

    def __init__(self) -> None:
        super().__init__()
        self.taps: dict[str, int] = {}
        self._folds: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: D102
        attributes = dict(attrs)
        item = attributes.get("data-item") or attributes.get("data-advice")
        if tag == "details":
            self._folds.append("open" not in attributes)
        elif item is not None:
            self.taps[item] = min(self.taps.get(item, sum(self._folds)), sum(self._folds))

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        if tag == "details":
            self._folds.pop()


def count_taps(html: str) -> dict[str, int]:
    """Count the taps to every item of a rendered page.

    Parameters
    ----------
    html : str

    Returns
    -------
    dict
        Taps by id of the correction or warning sign.
    """
    counter = TapCounter()
    counter.feed(html)
    return counter.taps


def write_page(path: Path = PAGE) -> Path:
    """Write the page to a file, whole or not at all.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Path
        ``path``.
    """
    with atomic_write(path) as temporary:
        temporary.write_text(page(), encoding="utf-8")
    return path


def _wrap(text: str, *, indent: str = "") -> str:
    return textwrap.fill(text, LINE_LENGTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _kind(item: Item) -> str:
    return item.kind if isinstance(item, CorrectionEntry) else "warning"


def _counts(knowledge: Knowledge) -> str:
    rows = []
    for article in knowledge.articles.values():
        kinds = [_kind(item) for item in knowledge.items_of(article.id)]
        rows.append([article.title, *(str(kinds.count(kind)) for kind in KINDS), f"**{len(kinds)}**"])
    everything: list[Item] = [*knowledge.corrections.values(), *knowledge.warnings.values()]
    kinds = [_kind(item) for item in everything]
    rows.append(["all, each once", *(str(kinds.count(kind)) for kind in KINDS), f"**{len(kinds)}**"])
    note = "An item that several articles give counts for each of them."
    return f"{_table(['article', *KINDS, 'items'], rows)}\n\n{note}"


def _article(article: str, knowledge: Knowledge) -> str:
    rows = []
    for item in knowledge.items_of(article):
        passages = ", ".join(p.section for p in item.passages if p.article == article)
        triggers = "; or ".join(_triggers(item, knowledge))
        rows.append([f"`{item.id}`", _kind(item), passages, triggers, _evidence(item, knowledge)])
    return _table(["item", "kind", "section", "brought up by", "evidence"], rows)


def _taps(knowledge: Knowledge) -> str:
    """List the taps to every item in a report without findings and answers, as its template lays them out."""
    template = template_environment("gait.report").get_template("general_advice.html.j2")
    taps = count_taps(template.render(panel={"sections": general_advice(), "level_texts": LEVEL_TEXTS}))
    counts = Counter(taps.values())
    total = "; ".join(f"{counts[n]} {'items' if counts[n] != 1 else 'item'} at {n}" for n in range(3))
    rows = [
        [f"`{item}`", section.title, str(taps[item])]
        for section in knowledge.sections.values()
        for item in section.items
    ]
    text = _wrap(
        "A tap opens a fold or follows a link, counted from the report as it opens, in a report without findings and "
        f"answers: {total}; the largest number is {max(taps.values())}. What fits the findings or the answers of a "
        "runner stands higher up as well: the first three at 0 taps, the rest at 1. Exercises are one tap further, "
        "where their drawings are."
    )
    return f"{text}\n\n{_table(['item', 'fold', 'taps'], rows)}"


def _evidence(item: Item, knowledge: Knowledge) -> str:
    if isinstance(item, WarningSign):
        return EVIDENCE["expert"]
    papers = f": {knowledge.cite_papers(tuple(r.paper for r in item.research))}" if item.research else ""
    return f"{EVIDENCE[item.evidence]}{papers}"


def _triggers(item: Item, knowledge: Knowledge) -> list[str]:
    triggers = []
    for metric in knowledge.metrics.values():
        for flag in metric.flags:
            if isinstance(item, CorrectionEntry) and item.id in flag.corrections:
                where = "above" if flag.when == "high" else "below"
                triggers.append(f"{metric.key} {where} its band (`{flag.finding}`)")
    triggers += [f"the pattern `{pattern.id}`" for pattern in load_patterns() if item.id in pattern.corrections]
    if isinstance(item, CorrectionEntry):
        triggers += [f"{key} differs between left and right" for key in item.sides_differ]
    return triggers + [_trigger(trigger) for trigger in item.when]


def _trigger(trigger: Trigger) -> str:
    return " and ".join(_condition(condition) for condition in trigger)


def _condition(condition: Condition) -> str:
    if condition.yes is not None:
        return f"{condition.question} = {'yes' if condition.yes else 'no'}"
    if condition.options:
        return f"{condition.question} = {' / '.join(condition.options)}"
    times = f" × {condition.times}" if condition.times else ""
    limits = [("≥", condition.at_least), ("≤", condition.at_most)]
    return " and ".join(f"{condition.question} {sign} {limit:g}{times}" for sign, limit in limits if limit is not None)


def _correction(entry: CorrectionEntry) -> str:
    origin = "" if entry.dose_from == "article" else " (suggested by this program)"
    dose = f" *How much{origin}:* {entry.dose}" if entry.dose else ""
    text = _wrap(f"**{entry.id}** ({entry.kind}). {entry.title}. {entry.text}{dose}")
    research = "\n".join(_wrap(f"- {r.paper}: {r.effect}", indent="  ") for r in entry.research)
    return f"{text}\n\n{research}" if research else text


def _warning(sign: WarningSign) -> str:
    withheld = ""
    if sign.holds_back:
        withheld = f" *Left out until a professional has looked:* {', '.join(sign.holds_back)}."
    return _wrap(f"**{sign.id}** ({URGENCY[sign.level]}). {sign.text}{withheld}")


def _questions(knowledge: Knowledge) -> str:
    rows = [[f"`{q.id}`", q.text, _answers(q)] for q in knowledge.questions.values()]
    return _table(["id", "question", "answers"], rows)


def _answers(question: Question) -> str:
    if question.kind == "yes_no":
        return "yes, no"
    if question.kind == "number":
        return f"{question.low:g} to {question.high:g} {question.unit}"
    return "; ".join(f"{option.id}: {option.text}" for option in question.options)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    print(write_page())
