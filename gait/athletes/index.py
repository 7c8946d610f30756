"""``index.html``: all sessions of a batch on one page, worst findings first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import quote

from gait.knowledge import load_knowledge
from gait.report.json import gait_version

if TYPE_CHECKING:
    import jinja2

    from gait.athletes.batch import Row

SEVERITIES = {"marked": 3, "moderate": 2, "mild": 1}
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


def render_index(rows: Sequence[Row], *, planned: int | None = None) -> str:
    """Make the page.

    Parameters
    ----------
    rows : sequence of gait.athletes.batch.Row
    planned : int, optional
        How many sessions there will be; more than there are rows while a batch is at work.

    Returns
    -------
    str
        HTML that loads nothing: pictures, style and script are in it. Without its script it is still a list with
        links, worst first.
    """
    from markupsafe import Markup

    entries = sorted((_entry(row) for row in rows), key=lambda e: (-e.rank, e.athlete.casefold(), e.name.casefold()))
    metrics = sorted({f["metric"] for row in rows for f in row.findings})
    names = sorted(((_name(metric), metric) for metric in metrics), key=lambda pair: pair[0].casefold())
    counts = {word: sum(entry.status == status for entry in entries) for status, word in _STATUS_WORDS.items()}
    style = [("gait.report", "report.css"), ("gait.athletes", "index.css")]
    # Ours, not the user's: the only text that goes into the page unescaped.
    texts = [(resources.files(package) / "templates" / file).read_text(encoding="utf-8") for package, file in style]
    script = (resources.files("gait.athletes") / "templates" / "index.js").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            entries=entries,
            metrics=names,
            athletes=sorted({entry.athlete for entry in entries if entry.athlete}, key=str.casefold),
            counts=counts,
            waiting=max((planned or 0) - len(entries), 0),
            statuses=_STATUS_WORDS,
            version=gait_version(),
            style=Markup("\n".join(texts)),
            script=Markup(script),
        )
    )


def _entry(row: Row) -> _Entry:
    findings = sorted(row.findings, key=lambda f: -SEVERITIES.get(f["severity"], 0))
    rank = sum(10_000 ** (n == 0) * SEVERITIES.get(f["severity"], 0) for n, f in enumerate(findings))
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


def _name(metric: str) -> str:
    known = load_knowledge().metric(metric)
    return metric.replace("_", " ") if known is None else known.name


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("gait.athletes", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
