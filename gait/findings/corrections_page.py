"""``docs/corrections.md``: every item of the articles, where it comes from and what brings it up.

``python -m gait.findings.corrections_page [FILE]`` writes it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from gait.atomic_files import atomic_write
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.knowledge_records import CorrectionEntry, Knowledge, WarningSign
from gait.findings.questions import Condition, Question, Trigger

PAGE = Path("docs/corrections.md")
KINDS = ("cue", "drill", "exercise", "habit", "training", "care", "warning")
EVIDENCE = {"trial": "measured in runners", "expert": "advised, no trial cited", "low": "no study found"}
URGENCY = {"now": "now", "see": "see someone", "heed": "early sign"}
Item = CorrectionEntry | WarningSign


def corrections_page(knowledge: Knowledge | None = None) -> str:
    """Write out everything the articles advise.

    Parameters
    ----------
    knowledge
        The package's own unless given.

    Returns
    -------
    str
        Markdown: counts per article, the items of each article, the words of every item, the questions.
    """
    known = load_knowledge() if knowledge is None else knowledge
    parts = [
        "# Corrections and warning signs",
        "Made from `gait/knowledge/` by `python -m gait.findings.corrections_page`; do not edit. Wording is this project's own. "
        "Nothing here is a diagnosis.",
        _counts(known),
    ]
    for article in known.articles.values():
        parts += [f"## {article.title}", _article(article.id, known)]
    parts += ["## The words", *(_words(c) for c in known.corrections.values())]
    parts += ["## The warning signs", *(_warning(warn) for warn in known.warnings.values())]
    parts += ["## The questions", _questions(known)]
    return "\n\n".join(parts) + "\n"


def items_of(article: str, knowledge: Knowledge | None = None) -> tuple[Item, ...]:
    """Return the corrections and warnings that an article has a part in, in the order of the knowledge."""
    known = load_knowledge() if knowledge is None else knowledge
    everything: Iterable[Item] = (*known.corrections.values(), *known.warnings.values())
    return tuple(item for item in everything if any(p.article == article for p in item.passages))


def write_page(path: str | os.PathLike[str] = PAGE) -> Path:
    """Write :func:`corrections_page` to a file, whole or not at all."""
    path = Path(path)
    with atomic_write(path) as temporary:
        temporary.write_text(corrections_page(), encoding="utf-8")
    return path


def _kind(item: Item) -> str:
    return item.kind if isinstance(item, CorrectionEntry) else "warning"


def _counts(known: Knowledge) -> str:
    rows = []
    for article in known.articles.values():
        kinds = [_kind(item) for item in items_of(article.id, known)]
        rows.append([article.title, *(str(kinds.count(kind)) for kind in KINDS), f"**{len(kinds)}**"])
    everything: list[Item] = [*known.corrections.values(), *known.warnings.values()]
    kinds = [_kind(item) for item in everything]
    rows.append(["all, each once", *(str(kinds.count(kind)) for kind in KINDS), f"**{len(kinds)}**"])
    note = "An item that several articles name counts for each of them."
    return f"{_table(['article', *KINDS, 'items'], rows)}\n\n{note}"


def _article(article: str, known: Knowledge) -> str:
    rows = []
    for item in items_of(article, known):
        sections = ", ".join(p.section for p in item.passages if p.article == article)
        rows.append(
            [f"`{item.id}`", _kind(item), sections, "; or ".join(_triggers(item, known)), _evidence(item, known)]
        )
    return _table(["item", "kind", "section", "brought up by", "evidence"], rows)


def _evidence(item: Item, known: Knowledge) -> str:
    if isinstance(item, WarningSign):
        return EVIDENCE["expert"]
    papers = f": {known.cite(tuple(r.paper for r in item.research))}" if item.research else ""
    return f"{EVIDENCE[item.evidence]}{papers}"


def _triggers(item: Item, known: Knowledge) -> list[str]:
    told = []
    for metric in known.metrics.values():
        for flag in metric.flags:
            if isinstance(item, CorrectionEntry) and item.id in flag.corrections:
                where = "above" if flag.when == "high" else "below"
                told.append(f"{metric.key} {where} its band (`{flag.finding}`)")
    if isinstance(item, CorrectionEntry):
        told += [f"{key} differs between left and right" for key in item.sides_differ]
    return told + [_trigger(trigger) for trigger in item.when]


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


def _words(entry: CorrectionEntry) -> str:
    origin = "" if entry.dose_from == "article" else " (of this program)"
    dose = f" *How much{origin}:* {entry.dose}" if entry.dose else ""
    research = "".join(f"\n- {r.paper}: {r.effect}" for r in entry.research)
    return f"**{entry.id}** ({entry.kind}). {entry.title}. {entry.text}{dose}" + (f"\n{research}" if research else "")


def _warning(warn: WarningSign) -> str:
    held = f" *Left out until somebody has looked:* {', '.join(warn.holds_back)}." if warn.holds_back else ""
    return f"**{warn.id}** ({URGENCY[warn.level]}). {warn.text}{held}"


def _questions(known: Knowledge) -> str:
    return _table(
        ["question", "asked", "answers"], [[f"`{q.id}`", q.text, _answers(q)] for q in known.questions.values()]
    )


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
    print(write_page(*sys.argv[1:2]))
