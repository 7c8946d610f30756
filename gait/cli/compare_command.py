"""``gait compare``: two reports side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gait.cli.error_hints import options_that_help
from gait.cli.options import LanguageOption, QuietOption, UnitsOption, parse_language, parse_units, speak_in_command
from gait.cli.output_folder import prepared_folder
from gait.cli.progress_display import ProgressDisplay
from gait.display_language import _
from gait.display_text import short_file_name
from gait.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gait.history.comparison import ReportComparison
    from gait.io.report_reader import SavedReport


def register(app: typer.Typer) -> None:
    """Add ``gait compare`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("compare", no_args_is_help=False)(_compare)


def _compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="Folder of a report: before, or one athlete.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Folder of another: after, or another athlete.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Folder for the comparison. [default: A_B]")
    ] = None,
    same_runner: Annotated[
        bool | None,
        typer.Option(
            "--same-runner/--different",
            help="One person or two. [default: by the names in the reports]",
            show_default=False,
        ),
    ] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Do not write the side-by-side video.")] = False,
    units: UnitsOption = None,
    language: LanguageOption = None,
    quiet: QuietOption = False,
) -> None:
    """Compare two reports: before and after, or two athletes.

    The folder gets compare.html, compare.json and compare.mp4, in which both runners are at the same point of their
    stride at any moment.
    """
    from gait.display_units import show_in
    from gait.io.report_reader import read_report

    shown_units = parse_units(units)
    given_language = parse_language(language)
    reports = read_report(first), read_report(second)
    kept_units = {report.units for report in reports}
    if shown_units is None:
        shown_units = kept_units.pop() if len(kept_units) == 1 else "metric"
    kept_languages = {report.language for report in reports}
    speak_in_command(given_language, kept=kept_languages.pop() if len(kept_languages) == 1 else None)
    folder = output if output is not None else Path(short_file_name(f"{_folder_name(first)}_{_folder_name(second)}"))
    if (folder / "report.json").exists():
        raise InputError(_("{folder}: is the folder of a report; choose another one with -o").format(folder=folder))
    with show_in(shown_units):
        _write_comparison(reports, folder, same_runner=same_runner, video=not no_video, quiet=quiet)


def _write_comparison(
    reports: tuple[SavedReport, SavedReport], folder: Path, *, same_runner: bool | None, video: bool, quiet: bool
) -> None:
    from gait.history.comparison import compare
    from gait.history.comparison_files import write_comparison

    comparison = compare(*reports, same_runner=same_runner)
    with prepared_folder(folder) as target, ProgressDisplay(quiet=quiet) as progress:
        page = write_comparison(comparison, target, video=video, progress=progress.task("side by side"))
        progress.close()
    if not quiet:
        from gait.report.terminal_text import terminal_console

        console = terminal_console()
        _print_comparison(comparison, console)
        console.print(_("Comparison: {file}").format(file=page), style="bold", soft_wrap=True)


def _folder_name(report: Path) -> str:
    folder = report.parent if report.name == "report.json" else report
    return folder.resolve().name


def _print_comparison(comparison: ReportComparison, console: Console) -> None:
    """Print differences with intervals, then what cannot be compared and why; for 80 columns and more."""
    one, other = comparison.labels
    console.print(f"A: {one}   B: {other}", style="bold")
    table = _difference_table(comparison)
    if table.row_count:
        console.print(table)
    for line in _not_comparable(comparison):
        console.print(line, style="dim")
    text = _("Taken as two runners ({reason}): no error of the method cancels.")
    if comparison.same_runner:
        text = _("Taken as one runner ({reason}): errors of the method partly cancel.")
    console.print(text.format(reason=comparison.assumed), style="dim")
    hint = options_that_help([comparison.assumed_code], command="compare")
    if hint is not None:
        console.print(hint, style="dim")
    for note in comparison.notes:
        console.print(_("Note: {note}").format(note=note), style="dim")


def _difference_table(comparison: ReportComparison) -> Table:
    from rich import box
    from rich.table import Table

    from gait.display_units import number_text
    from gait.history.change_text import (
        VERDICT_STYLES,
        metric_display,
        short_metric_name,
        short_unit_text,
        signed_interval_text,
        signed_text,
        verdict_text,
    )
    from gait.report.terminal_summary import SIDE_LETTERS

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for title in (_("metric"), "", "A", "B", "B − A", _("95 %"), ""):
        table.add_column(title, justify="left" if title in (_("metric"), "") else "right", no_wrap=True)
    previous = ""
    for d in sorted(comparison.differences, key=lambda d: d.change.verdict != "changed"):
        if d.change.difference is None or d.change.interval is None:
            continue
        display = metric_display(d.key, d.first.unit)
        a, b = (number_text((v.value or 0.0) * display.scale, display.decimals) for v in (d.first, d.second))
        table.add_row(
            "" if d.key == previous else short_metric_name(d.key),
            "" if d.side == "both" else SIDE_LETTERS[d.side],
            a,
            f"{b}{short_unit_text(display)}",
            signed_text(d.change.difference, display),
            signed_interval_text(d.change.interval, display),
            verdict_text(d.change.verdict, same_runner=comparison.same_runner),
            style=VERDICT_STYLES[d.change.verdict],
        )
        previous = d.key
    return table


def _not_comparable(comparison: ReportComparison) -> list[str]:
    from gait.findings.value_text import SIDE_TEXTS
    from gait.history.change_text import short_metric_name

    reasons: dict[str, list[str]] = {}
    for d in comparison.differences:
        if d.change.verdict == "not comparable":
            name = short_metric_name(d.key)
            if d.side != "both":
                name = f"{name} ({SIDE_TEXTS[d.side]})"
            reasons.setdefault(d.change.reason or _("no reason given"), []).append(name)
    text = _("Cannot be compared: {metrics}: {reason}.")
    return [text.format(metrics=", ".join(names), reason=reason) for reason, names in reasons.items()]
