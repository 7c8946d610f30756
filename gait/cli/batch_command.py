"""``gait batch``: many videos, one index and one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gait.cli.error_hints import with_hint
from gait.cli.options import (
    HistoryFileOption,
    HistoryOption,
    JobsOption,
    NoVideoOption,
    QuietOption,
    find_history_file,
    parse_count,
    parse_height_m,
    parse_speed_mps,
)
from gait.cli.progress_display import ProgressDisplay
from gait.cli.terminal_output import print_error

if TYPE_CHECKING:
    from gait.batch.batch_run import BatchResult
    from gait.batch.worker_pool import JobEvent

#: Failed sessions that the terminal lists; the index lists all. [E]
_MAX_FAILURES = 20


def register(app: typer.Typer) -> None:
    """Add ``gait batch`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("batch", no_args_is_help=False)(_batch)


def _batch(
    source: Annotated[
        str,
        typer.Argument(metavar="DIR|MANIFEST.csv", help="Folder of videos, or a table that lists them; path or URL."),
    ],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="OUT", help="Folder (or URL) for reports, index and summary.")
    ],
    height: Annotated[
        str | None, typer.Option(metavar="CM", help="Body height, for runners without one in the manifest.")
    ] = None,
    speed: Annotated[
        str | None, typer.Option(metavar="KMH", help="Belt speed, for runs without one in the manifest.")
    ] = None,
    jobs: JobsOption = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS|FILE.yaml", help="Dask scheduler, or a file that describes a cluster to start."),
    ] = None,
    history: HistoryOption = False,
    db: HistoryFileOption = None,
    no_video: NoVideoOption = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do everything again, even where nothing changed.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Analyse many videos: a report each, one index and one table.

    Videos of one session are found by name (anna_side.mp4, anna_rear.mp4) or by the manifest. Sessions that are done
    and unchanged are skipped. Ends with code 0 if at least one session was measured, else with 2.
    """
    height_m = parse_height_m(height)
    speed_mps = parse_speed_mps(speed)
    database = find_history_file(history, db)
    processes = parse_count("--jobs", jobs, 512, "processes")

    from gait.batch.batch_run import analyze_batch

    with ProgressDisplay(quiet=quiet) as display:
        progress = _BatchProgress(display)
        result = analyze_batch(
            source,
            output,
            height_m=height_m,
            speed_mps=speed_mps,
            jobs=processes,
            cluster=cluster,
            video=not no_video,
            fresh=fresh,
            history=database,
            progress=progress.show_sessions,
            watch=progress.show_event,
        )
    if not quiet:
        _print_result(result)
    if not result.count("ok"):
        print_error(f"no session could be measured; {_index_of(result)} lists the reasons")
        raise typer.Exit(2)


def _print_result(result: BatchResult) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console()
    summary = f"{result.count('ok')} of {len(result.sessions)} sessions measured"
    skipped = sum(row.kept for row in result.sessions)
    console.print(f"{summary}; {skipped} had been done before" if skipped else summary, highlight=False)
    failed = [row for row in result.sessions if row.status != "ok"]
    for row in failed[:_MAX_FAILURES]:
        name = f"{row.planned.athlete}: {row.planned.name}" if row.planned.athlete else row.planned.name
        reason = with_hint(row.reason or "", row.reason_code, command="batch")
        console.print(f"  {row.status}  [bold]{escape(name)}[/bold]  {escape(reason)}", highlight=False, soft_wrap=True)
    if len(failed) > _MAX_FAILURES:
        console.print(f"  and {len(failed) - _MAX_FAILURES} more; the index lists them")
    if not result.parquet:
        console.print("summary.parquet needs pyarrow (pip install 'gait[export]'); summary.csv holds the same.")
    console.print(f"Index: {_index_of(result)}", style="bold", highlight=False, soft_wrap=True, markup=False)


def _index_of(result: BatchResult) -> str:
    from gait.batch.storage import join_location

    return join_location(result.output, "index.html")


class _BatchProgress:
    """One bar for all sessions and one for each session at work."""

    def __init__(self, display: ProgressDisplay) -> None:
        self._display = display
        self._failed = 0

    def show_sessions(self, done: int, total: int) -> None:
        note = f"sessions, {self._failed} failed" if self._failed else "sessions"
        self._display.show("all", done, total, note)
        self._display.line(f"{done} of {total} sessions")

    def show_event(self, event: JobEvent) -> None:
        from gait.batch.worker_pool import JobFinished, JobProgress

        if isinstance(event, JobFinished):
            self._failed += event.stamp is None or event.stamp["status"] != "ok"
            self._display.remove(event.slug)
        elif isinstance(event, JobProgress):
            self._display.show(event.slug, event.done, event.total, "frames")
