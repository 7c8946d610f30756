"""One screen for the terminal: what stands out, every number, what could not be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gait.report.assessment import Assessment, assess
from gait.report.findings import SHOWN_FIRST
from gait.report.wording import (
    GRADE_WORDS,
    display_of,
    interval_text,
    length_text,
    limits_text,
    number,
    unit_text,
)
from gait.results import Runner

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gait.session import Session

VERDICT_STYLE = {"outside": "bold red", "borderline": "yellow", "inside": "green", "reference": "", "refused": "dim"}


def print_summary(session: Session, console: Console) -> None:
    """Print findings in words, a table of every number with its interval, and refusals with their reasons.

    Parameters
    ----------
    session
        A finished analysis.
    console
        Where to print. Works without colour: nothing is told by colour alone.
    """
    from rich.markup import escape

    assessed = assess(session.measurements, session.runner)
    titles = {c.id: c.title for c in session.corrections}
    for position, finding in enumerate(session.findings[:SHOWN_FIRST], start=1):
        console.print(f"[bold]{position}. {escape(finding.headline)}[/bold] ({finding.severity})")
        for correction in finding.corrections[:1]:
            console.print(f"   Try: {escape(titles[correction])}", style="dim")
    if not session.findings:
        console.print("[bold]Nothing stands out.[/bold] No measurement lies clearly outside its ordinary range.")
    console.print(_table(assessed, session.runner))
    for one in assessed:
        if one.verdict == "refused":
            reason = one.measurement.reason or "no reason given"
            console.print(f"Not measured: {escape(_name(one))} ({one.measurement.side}): {escape(reason)}", style="dim")
    for notice in session.notices:
        console.print(f"Note: {escape(notice.message)}", style="dim")


def _table(assessed: tuple[Assessment, ...], runner: Runner) -> Table:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("metric", overflow="fold")
    for title in ("side", "value", "95 % interval", "unit", "steps", "grade", "ordinary", ""):
        right = title in {"value", "95 % interval", "steps", "ordinary"}
        table.add_column(title, justify="right" if right else "left", overflow="fold")
    for one in assessed:
        m = one.measurement
        if one.verdict == "refused" or m.value is None:
            continue
        display = display_of(one.metric, m)
        unit, length = unit_text(display).strip(), length_text(m.value, display, runner)
        table.add_row(
            escape(_name(one)),
            m.side,
            number(m.value * display.scale, display.decimals),
            "" if m.interval is None else interval_text(m.interval, display),
            unit if length is None else f"{unit} ({length})",
            str(m.steps),
            GRADE_WORDS[m.grade],
            "" if one.limits is None else limits_text(one.limits, display),
            {"outside": "outside", "borderline": "borderline"}.get(one.verdict, ""),
            style=VERDICT_STYLE[one.verdict],
        )
    return table


def _name(one: Assessment) -> str:
    return one.measurement.key if one.metric is None else one.metric.field_name
