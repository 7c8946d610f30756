"""Summary of a check of a video (`gait check`): one screen of the terminal, or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.display_language import N_, Texts, _, as_sentence, labelled_text, list_text, pgettext
from gait.metrics.grading import VIEW_WORDS, other_view_text
from gait.quality.quality_records import ExpectedMetric, FilmingVerdict, Observation, VideoCheck
from gait.records import Grade, View
from gait.report.report_json import gait_version
from gait.report.terminal_summary import SHORT_GRADES, short_name
from gait.report.terminal_text import styled_text

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA = "gait.check/1"
VERDICT_STYLES: dict[FilmingVerdict, str] = {"good": "green", "watch": "yellow", "bad": "bold red"}
#: Verdict → word in a narrow column.
VERDICT_TEXTS: Mapping[str, str] = Texts(
    {"good": "good", "watch": "watch", "bad": "bad", "unknown": "unknown"}, context="how a video is filmed"
)
#: Aspect of an observation → what stands before its text.
ASPECT_NAMES: Mapping[str, str] = Texts(
    {
        "view": "view",
        "framing": "framing",
        "frame rate": "frame rate",
        "pictures": "pictures",
        "length": "length",
        "motion": "motion",
        "sharpness": "sharpness",
        "foot blur": "foot blur",
        "light": "light",
        "tilt": "tilt",
        "speed": "speed",
        "people": "people",
        "camera": "camera",
        "place": "place",
    },
    context="what was checked in a video",
)
_ONE_SIDE = {"left": N_("{name} (left)"), "right": N_("{name} (right)")}
MEASURED_GRADES: tuple[Grade, ...] = ("good", "fair", "poor")


def print_check(check: VideoCheck, console: Console) -> None:
    """Print what was found, what can be measured, and how to film better.

    Parameters
    ----------
    check : VideoCheck
    console : rich.console.Console
        Where to print; made for 80 columns and more. Nothing depends on colour alone.
    """
    from rich import box
    from rich.padding import Padding
    from rich.table import Table

    size = f"{check.width} × {check.height}, {check.duration_s:.1f} s"
    console.print(styled_text((check.file, "bold"), f"  {size}"), soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, show_header=False, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("verdict", "aspect", "text"):
        table.add_column(name, no_wrap=name != "text")
    for observation in check.observations:
        verdict = VERDICT_TEXTS[observation.verdict if observation.known else "unknown"]
        style = VERDICT_STYLES[observation.verdict] if observation.known else "dim"
        table.add_row(
            styled_text((verdict, style)),
            ASPECT_NAMES.get(observation.aspect, observation.aspect),
            styled_text(observation.text),
        )
    console.print(table)
    for title, lines in (
        (_("Can be measured"), measurable_lines(check.expected_metrics)),
        (_("Cannot be measured"), not_measurable_lines(check.expected_metrics)),
        (_("Film it better"), filming_advice(check)),
    ):
        if lines:
            console.print(title, style="bold")
        for line in lines:
            console.print(Padding(styled_text(line), (0, 0, 0, 2)))


def measurable_lines(expected: Iterable[ExpectedMetric]) -> list[str]:
    """List what can be measured, one line a grade and reason; a side is named where only that one can.

    Parameters
    ----------
    expected : iterable of ExpectedMetric

    Returns
    -------
    list of str
    """
    possible = [metric for metric in expected if metric.possible]
    lines = []
    for grade in MEASURED_GRADES:
        for reason, names in _names_by_reason([m for m in possible if m.grade == grade], possible).items():
            words = SHORT_GRADES[grade]
            label = (
                pgettext("how reliable, and why", "{grade} ({reason})").format(grade=words, reason=reason)
                if reason
                else words
            )
            lines.append(labelled_text(label, names))
    return lines


def not_measurable_lines(expected: Iterable[ExpectedMetric]) -> list[str]:
    """List what cannot be measured and why, one line a reason.

    Parameters
    ----------
    expected : iterable of ExpectedMetric

    Returns
    -------
    list of str
    """
    expected = list(expected)
    lines = []
    views = {m.reason: _views(m.key) for m in expected if m.reason and m.reason == other_view_text(_views(m.key))}
    for reason, names in _names_by_reason([m for m in expected if not m.possible], expected).items():
        if reason in views:
            words = list_text([VIEW_WORDS[view] for view in views[reason]], word="or")
            lines.append(_("{metrics}: film the {views} view").format(metrics=names, views=words))
        else:
            lines.append(labelled_text(names, reason))
    return lines


def _views(key: str) -> tuple[View, ...]:
    from gait.findings.knowledge_loader import load_knowledge

    metric = load_knowledge().metric(key)
    return () if metric is None else tuple(metric.views)


def _names_by_reason(chosen: Sequence[ExpectedMetric], among: Iterable[ExpectedMetric]) -> dict[str, str]:
    sides = Counter((m.key, m.reason, m.grade) for m in among)
    names: dict[str, list[str]] = {}
    for metric in chosen:
        alone = metric.side != "both" and sides[(metric.key, metric.reason, metric.grade)] == 1
        name = _(_ONE_SIDE[metric.side]).format(name=short_name(metric.key)) if alone else short_name(metric.key)
        names.setdefault(metric.reason or "", []).append(name)
    return {reason: ", ".join(dict.fromkeys(listed)) for reason, listed in names.items()}


def filming_advice(check: VideoCheck) -> list[str]:
    """List the advice on filming, the most important first, each once.

    Parameters
    ----------
    check : VideoCheck

    Returns
    -------
    list of str
        Sentences.
    """
    ordered = sorted(check.observations, key=lambda o: o.verdict != "bad")
    return list(dict.fromkeys(as_sentence(o.advice) for o in ordered if o.advice is not None))


def check_json(checks: Sequence[VideoCheck], refused: Sequence[tuple[Path, str]]) -> str:
    """Write checks as JSON, schema ``gait.check/1``.

    Parameters
    ----------
    checks : sequence of VideoCheck
    refused : sequence of (path, str)
        Videos of which nothing can be measured, and why.

    Returns
    -------
    str
        JSON text.
    """
    document = {
        "schema": SCHEMA,
        "gait_version": gait_version(),
        "videos": [_video(check) for check in checks],
        "refused": [{"file": str(path), "reason": reason} for path, reason in refused],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _video(check: VideoCheck) -> dict[str, Any]:
    fields = {k: v for k, v in asdict(check).items() if k not in ("observations", "expected_metrics")}
    return {
        **fields,
        "verdict": check.verdict,
        "observations": [_observation(observation) for observation in check.observations],
        # "ever" is always true; readers of earlier versions expect it.
        "metrics": [{**asdict(m), "ever": True, "possible": m.possible} for m in check.expected_metrics],
        "advice": filming_advice(check),
    }


def _observation(observation: Observation) -> dict[str, Any]:
    # The schema calls the text "seen".
    return {("seen" if key == "text" else key): value for key, value in asdict(observation).items()}
