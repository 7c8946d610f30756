"""Summary of a check of a video (`gait check`): one screen of the terminal, or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.quality.quality_records import ExpectedMetric, FilmingVerdict, Observation, VideoCheck
from gait.records import Grade
from gait.report.report_json import gait_version
from gait.report.terminal_summary import OTHER_VIEW, SHORT_GRADES, short_name
from gait.report.terminal_text import styled_text

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA = "gait.check/1"
VERDICT_STYLES: dict[FilmingVerdict, str] = {"good": "green", "watch": "yellow", "bad": "bold red"}
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
        verdict: str = observation.verdict if observation.known else "unknown"
        style = VERDICT_STYLES[observation.verdict] if observation.known else "dim"
        table.add_row(styled_text((verdict, style)), observation.aspect, styled_text(observation.text))
    console.print(table)
    for title, lines in (
        ("Can be measured", measurable_lines(check.expected_metrics)),
        ("Cannot be measured", not_measurable_lines(check.expected_metrics)),
        ("Film it better", filming_advice(check)),
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
            lines.append(f"{SHORT_GRADES[grade]}{f' ({reason})' if reason else ''}: {names}")
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
    for reason, names in _names_by_reason([m for m in expected if not m.possible], expected).items():
        if reason.startswith(OTHER_VIEW):
            lines.append(f"{names}: film {reason.removeprefix(OTHER_VIEW)}")
        else:
            lines.append(f"{names}: {reason}")
    return lines


def _names_by_reason(chosen: Sequence[ExpectedMetric], among: Iterable[ExpectedMetric]) -> dict[str, str]:
    sides = Counter((m.key, m.reason, m.grade) for m in among)
    names: dict[str, list[str]] = {}
    for metric in chosen:
        alone = metric.side != "both" and sides[(metric.key, metric.reason, metric.grade)] == 1
        name = f"{short_name(metric.key)} ({metric.side})" if alone else short_name(metric.key)
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
    return list(dict.fromkeys(f"{o.advice[:1].upper()}{o.advice[1:]}." for o in ordered if o.advice is not None))


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
