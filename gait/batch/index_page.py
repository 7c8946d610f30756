"""``index.html``: all sessions of a batch on one page, worst findings first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from gait.batch.session_date import DATE_SOURCE_TEXTS
from gait.display_language import Texts, as_sentence, clauses_text, labelled_text, ngettext
from gait.findings.finder import SEVERITY_RANK
from gait.history.change_text import metric_name
from gait.metrics.grading import VIEW_WORDS
from gait.report.page_templates import inline_files, template_environment
from gait.report.report_json import gait_version

if TYPE_CHECKING:
    from gait.batch.batch_history import AbsentAthlete
    from gait.batch.clip_check import FilmAgain
    from gait.batch.session_row import SessionRow
    from gait.batch.skipped_files import SkippedFile

#: Letters of an ISO date that make the day.
_DAY = 10
#: Severity → dots.
_DOTS = {"marked": "●●●", "moderate": "●●○", "mild": "●○○"}
#: Before a finding that is likely but not clear.
_LIKELY_DOT = "○○○"
#: Findings of a session that the page lists. [E]
_MAX_FINDINGS = 3
_STATUS_TEXTS: Mapping[str, str] = Texts(
    {"ok": "measured", "failed": "failed", "duplicate": "duplicate", "waiting": "not analysed yet"},
    context="a session",
)
#: Word before a finding.
_FOUND_WORDS: Mapping[str, str] = Texts(
    {"marked": "marked", "moderate": "moderate", "mild": "mild", "likely": "likely"}, context="a finding"
)
#: Values of a column up to which the page offers it as a filter, skipped files that it lists. [E]
_MAX_CHOICES, _MAX_SKIPPED = 40, 500


@dataclass(frozen=True)
class IndexNotes:
    """What a batch has to say besides its sessions.

    Attributes
    ----------
    film_again : tuple of FilmAgain
        Clips that the quick look found useless.
    skipped : tuple of SkippedFile
        Files of the folder that are not analysed.
    absent : tuple of AbsentAthlete
        Athletes of the roster or the history who are not in the batch.
    stale : tuple of str
        Folders of reports whose clips are gone.
    problems : tuple of str
        Rows of the roster that cannot be used, sessions that could not be added to the history.
    season : bool
        Whether ``season.html`` lies beside the index.
    unselected : int
        Sessions that a filter left out.
    """

    film_again: tuple[FilmAgain, ...] = ()
    skipped: tuple[SkippedFile, ...] = ()
    absent: tuple[AbsentAthlete, ...] = ()
    stale: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    season: bool = False
    unselected: int = 0


@dataclass(frozen=True)
class _FindingLine:
    dots: str
    severity: str
    headline: str


@dataclass(frozen=True)
class _Entry:
    """One session as the page shows it; ``rank`` sorts it, the larger the worse."""

    name: str
    athlete: str
    date: str
    date_source: str
    labels: tuple[tuple[str, str], ...]
    nothing: str
    href: str | None
    thumbnail: str | None
    status: str
    status_text: str
    reason: str | None
    views: str
    found: tuple[_FindingLine, ...]
    more: int
    metrics: str
    remarks: tuple[str, ...]
    rank: int


def render_index(rows: Sequence[SessionRow], *, planned: int | None = None, notes: IndexNotes | None = None) -> str:
    """Render the page.

    Parameters
    ----------
    rows : sequence of SessionRow
    planned : int, optional
        Number of sessions in all; more than ``rows`` while a batch is at work.
    notes : IndexNotes, optional
        What else the page lists.

    Returns
    -------
    str
        HTML that loads nothing: images, style and script are in it. Without its script it is still a list with links,
        worst findings first.
    """
    entries = sorted((_entry(row) for row in rows), key=lambda e: (-e.rank, e.athlete.casefold(), e.name.casefold()))
    metrics = sorted({f["metric"] for row in rows for f in (*row.findings, *row.likely)})
    names = sorted(((metric_name(metric), metric) for metric in metrics), key=lambda pair: pair[0].casefold())
    counts = {status: sum(entry.status == status for entry in entries) for status in _STATUS_TEXTS}
    notes = notes or IndexNotes()
    waiting = max((planned or 0) - len(entries), 0)
    return (
        template_environment("gait.batch")
        .get_template("index.html.j2")
        .render(
            entries=entries,
            metrics=names,
            athletes=sorted({entry.athlete for entry in entries if entry.athlete}, key=str.casefold),
            counts=counts,
            lead=_lead(counts, waiting, notes),
            notes=notes,
            reasons=clauses_text([f"{count} {reason}" for count, reason in _counted_reasons(notes)]),
            shown_skipped=tuple(islice(notes.skipped, _MAX_SKIPPED)),
            columns=_choices(entries),
            statuses=_STATUS_TEXTS,
            version=gait_version(),
            style=inline_files("gait.report", "report.css") + inline_files("gait.batch", "index.css"),
            script=inline_files("gait.batch", "index.js"),
        )
    )


def _counted_reasons(notes: IndexNotes) -> list[tuple[int, str]]:
    reasons = [skipped.reason for skipped in notes.skipped]
    return [(reasons.count(reason), reason) for reason in dict.fromkeys(reasons)]


def _choices(entries: Sequence[_Entry]) -> list[tuple[str, list[str]]]:
    """Return the columns by which the page filters, each with its values; one value or very many help nobody."""
    values: dict[str, set[str]] = {}
    for entry in entries:
        for name, value in entry.labels:
            values.setdefault(name, set()).add(value)
    return [
        (name, sorted(found, key=str.casefold))
        for name, found in values.items()
        if len(found) <= _MAX_CHOICES and (len(found) > 1 or any(name not in dict(e.labels) for e in entries))
    ]


def _nothing_text(row: SessionRow) -> str:
    """Say that nothing stands out, and in how many values that is known."""
    refused = len(row.measurements) - row.measured
    text = ngettext("Nothing stands out in {count} value.", "Nothing stands out in {count} values.", row.measured)
    text = text.format(count=row.measured)
    if not refused:
        return text
    more = ngettext("{count} could not be measured.", "{count} could not be measured.", refused)
    return f"{text} {more.format(count=refused)}"


def _lead(counts: Mapping[str, int], waiting: int, notes: IndexNotes) -> str:
    """Say how many sessions of each state there are, and what is not in the list."""
    messages = {
        "ok": ngettext("{count} measured", "{count} measured", counts["ok"]),
        "failed": ngettext("{count} failed", "{count} failed", counts["failed"]),
        "duplicate": ngettext("{count} duplicate", "{count} duplicates", counts["duplicate"]),
        "waiting": ngettext("{count} not analysed yet", "{count} not analysed yet", counts["waiting"]),
    }
    states = [text.format(count=counts[status]) for status, text in messages.items() if counts[status]]
    further = []
    if waiting:
        further.append(ngettext("{count} still to come", "{count} still to come", waiting).format(count=waiting))
    if left := notes.unselected:
        text = ngettext("{count} left out by the filter", "{count} left out by the filter", left)
        further.append(text.format(count=left))
    if skipped := len(notes.skipped):
        text = ngettext("{count} file skipped", "{count} files skipped", skipped)
        further.append(text.format(count=skipped))
    clauses = [*([", ".join(states)] if states else []), *further]
    return as_sentence(clauses_text(clauses)) if clauses else ""


def _weight(severity: str) -> int:
    return 1 + SEVERITY_RANK[severity] if severity in SEVERITY_RANK else 0


def _entry(row: SessionRow) -> _Entry:
    clear = sorted(row.findings, key=lambda f: -_weight(f["severity"]))
    # A likely finding counts less than any clear one, and is told after it; its headline says "probably".
    likely = sorted(row.likely, key=lambda f: -_weight(f["severity"]))
    findings = [*clear, *likely]
    rank = sum(10_000 ** (n == 0) * _weight(f["severity"]) for n, f in enumerate(clear))
    views = [
        VIEW_WORDS.get(state["view"], state["view"]) for state in row.clips if state["status"] == "ok" and state["view"]
    ]
    several = len(row.clips) > 1
    remarks = [
        *([row.planned.remark] if row.planned.remark else []),
        *row.notices,
    ]
    remarks += [
        labelled_text(clip.label, str(state["reason"])) if several else str(state["reason"])
        for clip, state in zip(row.planned.clips, row.clips, strict=True)
        if state["reason"] and (row.status == "ok" or (several and state["reason"] != row.reason))
    ]
    return _Entry(
        name=row.planned.name,
        athlete=row.planned.athlete or "",
        date=(row.planned.date or "")[:_DAY],
        date_source=DATE_SOURCE_TEXTS.get(row.planned.date_from or "", ""),
        labels=tuple((name, value) for name, value in row.planned.labels.items() if value),
        nothing=_nothing_text(row),
        href=f"{quote(row.planned.slug)}/report.html" if row.status == "ok" else None,
        thumbnail=row.thumbnail,
        status=row.status,
        status_text=_STATUS_TEXTS[row.status],
        reason=row.reason,
        views=", ".join(views) or ", ".join(clip.label for clip in row.planned.clips),
        found=tuple(
            _FindingLine(_DOTS.get(f["severity"], ""), _FOUND_WORDS.get(f["severity"], f["severity"]), f["headline"])
            if f in clear
            else _FindingLine(_LIKELY_DOT, _FOUND_WORDS["likely"], f["headline"])
            for f in findings[:_MAX_FINDINGS]
        ),
        more=max(len(findings) - _MAX_FINDINGS, 0),
        metrics=" ".join(dict.fromkeys(f["metric"] for f in findings)),
        remarks=tuple(remarks),
        # Sessions without findings come before those that could not be measured.
        rank=10 * rank + len(likely) + (1 if row.status == "ok" else 0),
    )
