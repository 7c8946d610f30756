"""``gait compare``: read the options, call, print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gait.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from gait.history.comparison import Comparison


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="Folder of a report: before, or one athlete.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Folder of another: after, or another athlete.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Folder for the comparison. [default: A_B]")
    ] = None,
    same_runner: Annotated[
        bool | None,
        typer.Option(
            "--same-runner/--different",
            help="One person or two; by the names when neither is given.",
            show_default=False,
        ),
    ] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Do not write the side-by-side video.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
) -> None:
    """Compare two reports: before and after, or two athletes.

    The folder gets compare.html, compare.json and compare.mp4, in which both run in step.
    """
    from gait.cli.main import _output_folder, _progress
    from gait.history.comparison import compare as run
    from gait.history.comparison import write_comparison

    made = run(first, second, same_runner=same_runner)
    folder = output if output is not None else Path(f"{_short(first)}_{_short(second)}")
    if (folder / "report.json").exists():
        raise InputError(f"{folder}: is the folder of a report; choose another one with -o")
    with _output_folder(folder, ()) as target, _progress(quiet) as progress:
        page = write_comparison(made, target, video=not no_video, progress=progress.stage("side by side"))
        progress.close()
    if not quiet:
        from rich.console import Console

        console = Console(highlight=False)
        print_comparison(made, console)
        console.print(f"Comparison: {page}", style="bold", soft_wrap=True, markup=False)


def register(app: typer.Typer) -> None:
    """Add ``gait compare`` to the command line."""
    app.command(name="compare", no_args_is_help=False)(compare)


def _short(path: Path) -> str:
    place = path.parent if path.name == "report.json" else path
    return place.resolve().name


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print differences with intervals, then what cannot be compared and why; for 80 columns and more."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from gait.findings.value_text import number
    from gait.history.change_text import (
        VERDICT_STYLES,
        display_of,
        short_name_of,
        short_unit,
        signed,
        signed_interval,
        verdict_words,
    )

    one, other = comparison.labels
    console.print(f"A: {escape(one)}   B: {escape(other)}", style="bold")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for title in ("metric", "", "A", "B", "B − A", "95 %", ""):
        table.add_column(title, justify="left" if title in ("metric", "") else "right", no_wrap=True)
    previous = ""
    for d in sorted(comparison.differences, key=lambda d: d.change.verdict != "changed"):
        if d.change.difference is None or d.change.interval is None:
            continue
        display = display_of(d.key, d.first.unit)
        a, b = (number((v.value or 0.0) * display.scale, display.decimals) for v in (d.first, d.second))
        table.add_row(
            "" if d.key == previous else short_name_of(d.key),
            "" if d.side == "both" else d.side[0].upper(),
            a,
            f"{b}{short_unit(display)}",
            signed(d.change.difference, display),
            signed_interval(d.change.interval, display),
            verdict_words(d.change.verdict, same_runner=comparison.same_runner),
            style=VERDICT_STYLES[d.change.verdict],
        )
        previous = d.key
    if table.row_count:
        console.print(table)
    reasons: dict[str, list[str]] = {}
    for d in comparison.differences:
        if d.change.verdict == "not comparable":
            named = short_name_of(d.key) + ("" if d.side == "both" else f" ({d.side})")
            reasons.setdefault(d.change.reason or "no reason given", []).append(named)
    for reason, metrics in reasons.items():
        console.print(f"Cannot be compared: {', '.join(metrics)}: {reason}.", style="dim", markup=False)
    who = "one runner" if comparison.same_runner else "two runners"
    effect = "errors of the method partly cancel" if comparison.same_runner else "no error of the method cancels"
    console.print(f"Taken as {who} ({comparison.assumed}): {effect}.", style="dim", markup=False)
    for note in comparison.notes:
        console.print(f"Note: {note}", style="dim", markup=False)
