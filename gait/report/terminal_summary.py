"""One screen for the terminal: what stands out, every number, what could not be measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.finder import SHOWN_FIRST, notices_from_findings
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.value_text import display_of, interval_text, limits_text, number
from gait.records import Grade

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gait.session import Session

VERDICT_STYLE = {"outside": "bold red", "borderline": "yellow", "inside": "green", "reference": "", "refused": "dim"}
VERDICT_ORDER = ("outside", "borderline", "inside", "reference", "refused")
#: Names that fit a narrow column; other metrics go by their key.
SHORT_NAMES = {
    "foot_strike_angle": "foot strike",
    "knee_flexion_contact": "knee contact",
    "knee_flexion_stance": "knee in stance",
    "vertical_oscillation": "oscillation",
    "pelvic_drop_midstance": "drop half-way",
    "arm_swing_lateral": "arm swing",
    "lateral_trunk_lean": "lateral lean",
}
SHORT_UNITS = {
    "% of leg length": "% leg",
    "% of shoulder width": "% width",
    "% of hip width": "% hips",
    "steps/min": "/min",
}
SHORT_GRADES: dict[Grade, str] = {"good": "reliable", "fair": "fair", "poor": "indicative", "refused": ""}
ANOTHER_SIDE = "not visible from this side: film "


def print_summary(session: Session, console: Console) -> None:
    """Print findings in words, a table of every number with its interval, and what was not measured, by reason.

    Parameters
    ----------
    session
        A finished analysis.
    console
        Where to print. Works without colour: nothing is told by colour alone. Meant for 80 columns and more.
    """
    from rich.markup import escape

    assessed = compare_with_bands(session.measurements, session.runner)
    titles = {c.id: c.title for c in session.corrections}
    signs = load_knowledge().warnings
    for notice in session.notices:
        if notice.code in signs:
            console.print(f"[bold]First:[/bold] {escape(notice.message)}", highlight=False)
    for position, finding in enumerate(session.findings[:SHOWN_FIRST], start=1):
        console.print(f"[bold]{position}. {escape(finding.headline)}[/bold] ({finding.severity})")
        for correction in finding.corrections[:1]:
            console.print(f"   Try: {escape(titles[correction])}", style="dim")
    if all(one.verdict == "refused" for one in assessed):
        console.print("[bold]Nothing could be measured.[/bold]")
    else:
        if not session.findings:
            console.print("[bold]Nothing stands out.[/bold] No measurement lies clearly outside its ordinary range.")
        console.print(_table(assessed))
    answered = [entry.title for entry in notices_from_findings(session.measurements, session.answers)]
    if answered:
        more = f"; {len(answered) - SHOWN_FIRST} more in the report" if len(answered) > SHOWN_FIRST else ""
        console.print(
            f"{'From your answers' if session.answers else 'Also'}: {escape('; '.join(answered[:SHOWN_FIRST]))}{more}",
            highlight=False,
        )
    for line in not_measured(assessed):
        console.print(escape(line), style="dim", highlight=False)
    for notice in session.notices:
        if notice.code in signs:
            continue
        console.print(f"Note: {escape(notice.message)}", style="dim", highlight=False)


def not_measured(assessed: Iterable[Assessment]) -> list[str]:
    """Say what was not measured, one line a reason; a side is named only where the other one was measured."""
    refused = [a for a in assessed if a.verdict == "refused"]
    sides: dict[str, int] = {}
    for one in refused:
        sides[one.measurement.key] = sides.get(one.measurement.key, 0) + 1
    by_reason: dict[str, list[str]] = {}
    for one in refused:
        m = one.measurement
        name = short_name(m.key)
        if m.side != "both" and sides[m.key] == 1:
            name = f"{name} ({m.side})"
        by_reason.setdefault(m.reason or "no reason given", []).append(name)
    lines = []
    for reason, names in by_reason.items():
        listed = ", ".join(dict.fromkeys(names))
        if reason.startswith(ANOTHER_SIDE):
            lines.append(f"Film {reason.removeprefix(ANOTHER_SIDE)} for: {listed}")
        else:
            lines.append(f"Not measured: {listed}. {reason[:1].upper()}{reason[1:]}")
    return lines


def short_name(key: str) -> str:
    """Return a name that fits a narrow column."""
    return SHORT_NAMES.get(key, key.replace("_", " "))


def _in_order(assessed: Sequence[Assessment]) -> list[Assessment]:
    """Sort what stands out most first; both sides of a metric stay together."""
    worst: dict[str, int] = {}
    for one in assessed:
        place = VERDICT_ORDER.index(one.verdict)
        worst[one.measurement.key] = min(worst.get(one.measurement.key, place), place)
    first = {key: n for n, key in enumerate(worst)}
    return sorted(assessed, key=lambda a: (worst[a.measurement.key], first[a.measurement.key]))


def _table(assessed: tuple[Assessment, ...]) -> Table:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=0)
    for title in ("metric", "", "value", "95 % interval", "n", "grade", "ordinary", ""):
        right = title in {"value", "95 % interval", "n", "ordinary"}
        table.add_column(title, justify="right" if right else "left", no_wrap=True)
    previous = ""
    for one in _in_order(assessed):
        m = one.measurement
        if one.verdict == "refused" or m.value is None:
            continue
        display = display_of(one.metric, m)
        unit = SHORT_UNITS.get(display.unit, display.unit)
        table.add_row(
            "" if m.key == previous else escape(short_name(m.key)),
            "" if m.side == "both" else m.side[0].upper(),
            f"{number(m.value * display.scale, display.decimals)}{unit if unit == '°' else f' {unit}'}",
            "" if m.interval is None else interval_text(m.interval, display),
            str(m.steps),
            SHORT_GRADES[m.grade],
            "" if one.limits is None else limits_text(one.limits, display),
            {"outside": "outside", "borderline": "borderline"}.get(one.verdict, ""),
            style=VERDICT_STYLE[one.verdict],
        )
        previous = m.key
    return table
