"""What a look at a video says, on one screen of a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from gait.records import Grade
from gait.report.terminal_summary import ANOTHER_SIDE, SHORT_GRADES, short_name

if TYPE_CHECKING:
    from rich.console import Console

    from gait.quality.quality_records import ExpectedMetrics, VideoCheck

SCHEMA = "gait.check/1"
STYLES = {"good": "green", "watch": "yellow", "bad": "bold red"}
MEASURED: tuple[Grade, ...] = ("good", "fair", "poor")


def print_check(check: VideoCheck, console: Console) -> None:
    """Print what was seen, what can be measured, and how to film better; nothing is told by colour alone.

    Parameters
    ----------
    check : VideoCheck
    console
        Meant for 80 columns and more.
    """
    from rich import box
    from rich.markup import escape
    from rich.padding import Padding
    from rich.table import Table

    size = f"{check.width} × {check.height}, {check.duration_s:.1f} s"
    console.print(f"[bold]{escape(check.file)}[/bold]  {size}", highlight=False, soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, show_header=False, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("verdict", "aspect", "seen"):
        table.add_column(name, no_wrap=name != "seen")
    for one in check.observations:
        table.add_row(f"[{STYLES[one.verdict]}]{one.verdict}[/]", one.aspect, escape(one.seen))
    console.print(table, highlight=False)
    for title, lines in (
        ("Can be measured", can_be_measured(check.outlook)),
        ("Cannot be measured", cannot_be_measured(check.outlook)),
        ("Film it better", film_better(check)),
    ):
        if lines:
            console.print(f"[bold]{title}[/bold]")
        for line in lines:
            console.print(Padding(escape(line), (0, 0, 0, 2)), highlight=False)


def can_be_measured(outlook: Iterable[ExpectedMetrics]) -> list[str]:
    """Say what can be measured, one line a grade and reason; a side is named where only that one can."""
    possible = [one for one in outlook if one.possible]
    lines = []
    for grade in MEASURED:
        for reason, names in _by_reason([one for one in possible if one.grade == grade], possible).items():
            lines.append(f"{SHORT_GRADES[grade]}{f' ({reason})' if reason else ''}: {names}")
    return lines


def cannot_be_measured(outlook: Iterable[ExpectedMetrics]) -> list[str]:
    """Say what cannot be measured and why, one line a reason; what gait never measures comes last."""
    outlook = list(outlook)
    lines = []
    for reason, names in _by_reason([one for one in outlook if one.ever and not one.possible], outlook).items():
        if reason.startswith(ANOTHER_SIDE):
            lines.append(f"{names}: film {reason.removeprefix(ANOTHER_SIDE)}")
        else:
            lines.append(f"{names}: {reason}")
    never = [short_name(one.key) for one in outlook if not one.ever]
    if never:
        lines.append(f"from no video yet: {', '.join(dict.fromkeys(never))}")
    return lines


def _by_reason(chosen: Sequence[ExpectedMetrics], among: Iterable[ExpectedMetrics]) -> dict[str, str]:
    sides: dict[tuple[str, str | None, Grade], int] = {}
    for one in among:
        row = (one.key, one.reason, one.grade)
        sides[row] = sides.get(row, 0) + 1
    grouped: dict[str, list[str]] = {}
    for one in chosen:
        alone = one.side != "both" and sides[(one.key, one.reason, one.grade)] == 1
        name = f"{short_name(one.key)} ({one.side})" if alone else short_name(one.key)
        grouped.setdefault(one.reason or "", []).append(name)
    return {reason: ", ".join(dict.fromkeys(names)) for reason, names in grouped.items()}


def film_better(check: VideoCheck) -> list[str]:
    """Give the advice that came up, what matters most first, each once."""
    ordered = sorted(check.observations, key=lambda o: o.verdict != "bad")
    return list(dict.fromkeys(f"{o.advice[:1].upper()}{o.advice[1:]}." for o in ordered if o.advice is not None))


def check_document(checks: Sequence[VideoCheck], refused: Sequence[tuple[Path, str]]) -> str:
    """Give the same as JSON text, schema ``gait.check/1``.

    Parameters
    ----------
    checks : sequence of VideoCheck
    refused : sequence of (path, str)
        Videos of which nothing can be measured, and why.
    """
    from gait import __version__

    document = {
        "schema": SCHEMA,
        "gait_version": __version__,
        "videos": [
            {
                **{key: value for key, value in asdict(check).items() if key not in ("observations", "outlook")},
                "verdict": check.verdict,
                "observations": [asdict(one) for one in check.observations],
                "metrics": [{**asdict(one), "possible": one.possible} for one in check.outlook],
                "advice": film_better(check),
            }
            for check in checks
        ],
        "refused": [{"file": str(path), "reason": reason} for path, reason in refused],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
