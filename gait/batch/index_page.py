"""``index.html``: all sessions of a batch on one page, worst findings first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from gait.findings.finder import SEVERITY_RANK
from gait.history.change_text import name_of
from gait.report.page_templates import ours, templates
from gait.report.report_json import gait_version

if TYPE_CHECKING:
    from gait.batch.batch_run import SessionRow

_DOTS = {"marked": "●●●", "moderate": "●●○", "mild": "●○○"}
_SHOWN = 3
_STATUS_WORDS = {"ok": "measured", "failed": "failed", "duplicate": "duplicate"}


@dataclass(frozen=True)
class _Found:
    dots: str
    severity: str
    headline: str


@dataclass(frozen=True)
class _Entry:
    """One session as the page shows it; ``rank`` sorts it, the larger the worse."""

    name: str
    athlete: str
    date: str
    href: str | None
    thumbnail: str | None
    status: str
    status_word: str
    reason: str | None
    views: str
    found: tuple[_Found, ...]
    more: int
    metrics: str
    remarks: tuple[str, ...]
    rank: int


def render_index(rows: Sequence[SessionRow], *, planned: int | None = None) -> str:
    """Make the page.

    Parameters
    ----------
    rows : sequence of gait.batch.batch_run.Row
    planned : int, optional
        How many sessions there will be; more than there are rows while a batch is at work.

    Returns
    -------
    str
        HTML that loads nothing: pictures, style and script are in it. Without its script it is still a list with
        links, worst first.
    """
    entries = sorted((_entry(row) for row in rows), key=lambda e: (-e.rank, e.athlete.casefold(), e.name.casefold()))
    metrics = sorted({f["metric"] for row in rows for f in row.findings})
    names = sorted(((name_of(metric), metric) for metric in metrics), key=lambda pair: pair[0].casefold())
    counts = {word: sum(entry.status == status for entry in entries) for status, word in _STATUS_WORDS.items()}
    return (
        templates("gait.batch")
        .get_template("index.html.j2")
        .render(
            entries=entries,
            metrics=names,
            athletes=sorted({entry.athlete for entry in entries if entry.athlete}, key=str.casefold),
            counts=counts,
            waiting=max((planned or 0) - len(entries), 0),
            statuses=_STATUS_WORDS,
            version=gait_version(),
            style=ours("gait.report", "report.css") + ours("gait.batch", "index.css"),
            script=ours("gait.batch", "index.js"),
        )
    )


def _weight(severity: str) -> int:
    return 1 + SEVERITY_RANK[severity] if severity in SEVERITY_RANK else 0


def _entry(row: SessionRow) -> _Entry:
    findings = sorted(row.findings, key=lambda f: -_weight(f["severity"]))
    rank = sum(10_000 ** (n == 0) * _weight(f["severity"]) for n, f in enumerate(findings))
    views = [state["view"] for state in row.clips if state["status"] == "ok" and state["view"]]
    several = len(row.clips) > 1
    remarks = [
        f"{clip.shown}: {state['reason']}" if several else str(state["reason"])
        for clip, state in zip(row.planned.clips, row.clips, strict=True)
        if state["reason"] and (row.status == "ok" or (several and state["reason"] != row.reason))
    ]
    return _Entry(
        name=row.planned.name,
        athlete=row.planned.athlete or "",
        date=row.planned.date or "",
        href=f"{quote(row.planned.slug)}/report.html" if row.status == "ok" else None,
        thumbnail=row.thumbnail,
        status=row.status,
        status_word=_STATUS_WORDS[row.status],
        reason=row.reason,
        views=", ".join(views) or ", ".join(clip.shown for clip in row.planned.clips),
        found=tuple(_Found(_DOTS.get(f["severity"], ""), f["severity"], f["headline"]) for f in findings[:_SHOWN]),
        more=max(len(findings) - _SHOWN, 0),
        metrics=" ".join(dict.fromkeys(f["metric"] for f in findings)),
        remarks=tuple(remarks),
        # What was measured and is in order comes before what could not be measured.
        rank=rank + (1 if row.status == "ok" else 0),
    )
