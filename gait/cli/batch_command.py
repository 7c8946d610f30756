"""``gait batch``: the options, the progress display, the last words. Everything heavy is imported when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from gait.batch.batch_run import BatchResult
    from gait.batch.worker_pool import JobEvent

_LINE_EVERY_S = 10.0
_FAILURES_TOLD = 20


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(name="batch", no_args_is_help=False)(batch_command)


def batch_command(
    source: Annotated[
        str,
        typer.Argument(metavar="DIR|MANIFEST.csv", help="Folder of clips, or a table of them; a path or a URL."),
    ],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="OUT", help="Folder (or URL) for reports, index and summary.")
    ],
    height: Annotated[
        str | None, typer.Option(metavar="CM", help="Body height, where the manifest does not say it.")
    ] = None,
    speed: Annotated[
        str | None, typer.Option(metavar="KMH", help="Belt speed, where the manifest does not say it.")
    ] = None,
    jobs: Annotated[str | None, typer.Option(metavar="N", help="Processes. [default: one a core]")] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS|FILE.yaml", help="A Dask scheduler, or a file that says which cluster to start."),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Also put the sessions into the history; see `gait history`.")
    ] = False,
    db: Annotated[Path | None, typer.Option(metavar="FILE", help="With --history: another history file.")] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Do not write annotated videos.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do everything again, also what has not changed.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
) -> None:
    """Analyse many clips: a report per session, one index and one table.

    Clips of one session are joined by name (anna_side.mp4, anna_rear.mp4) or by the manifest. What is done already
    is not done again. Ends with code 0 when at least one session was measured, else 2.
    """
    from gait.cli.main import _number

    height_cm = _number("--height", height, 120, 220, "cm", "give centimetres, e.g. --height 178")
    speed_kmh = _number("--speed", speed, 3, 30, "km/h", "give the belt's km/h, e.g. --speed 10.5")
    from gait.history.database import history_file

    kept = history_file(history, db)  # says what is wrong before the long work
    count = _number("--jobs", jobs, 1, 512, "processes", "e.g. --jobs 4")

    from gait.batch.batch_run import batch

    with _Display(quiet) as display:
        result = batch(
            source,
            output,
            height_m=None if height_cm is None else height_cm / 100,
            speed_mps=None if speed_kmh is None else speed_kmh / 3.6,
            jobs=None if count is None else int(count),
            cluster=cluster,
            video=not no_video,
            fresh=fresh,
            history=kept,
            progress=display.progress,
            watch=display.watch,
        )
    if not quiet:
        _tell(result)
    if not result.count("ok"):
        sys.stderr.write(f"gait: no session could be measured; {_index(result)} says why\n")
        raise typer.Exit(2)


def _tell(result: BatchResult) -> None:
    """Print what came of a batch."""
    from rich.console import Console
    from rich.markup import escape

    console = Console()
    kept = sum(row.kept for row in result.sessions)
    told = [f"{result.count('ok')} of {len(result.sessions)} sessions measured"]
    if kept:
        told.append(f"{kept} had been done before")
    console.print("; ".join(told), highlight=False)
    failed = [row for row in result.sessions if row.status != "ok"]
    for row in failed[:_FAILURES_TOLD]:
        name = f"{row.planned.athlete}: {row.planned.name}" if row.planned.athlete else row.planned.name
        console.print(
            f"  {row.status}  [bold]{escape(name)}[/bold]  {escape(row.reason or '')}", highlight=False, soft_wrap=True
        )
    if len(failed) > _FAILURES_TOLD:
        console.print(f"  and {len(failed) - _FAILURES_TOLD} more; the index lists them")
    if not result.parquet:
        console.print("summary.parquet needs pyarrow (pip install 'gait[export]'); summary.csv holds the same.")
    console.print(f"Index: {_index(result)}", style="bold", highlight=False, soft_wrap=True, markup=False)


def _index(result: BatchResult) -> str:
    from gait.batch.storage import joined

    return joined(result.output, "index.html")


class _Display:
    """How far the batch is, on standard error: one bar for all and a line a worker, or a line of text now and then."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._bar: Any = None
        self._all: Any = None
        self._tasks: dict[str, Any] = {}
        self._failed = 0
        self._told = monotonic()

    def __enter__(self) -> _Display:
        if self._terminal and not self._quiet:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[unit]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def progress(self, done: int, total: int) -> None:
        if self._bar is not None:
            if self._all is None:
                self._all = self._bar.add_task("all", total=total, unit="sessions")
            unit = f"sessions, {self._failed} failed" if self._failed else "sessions"
            self._bar.update(self._all, completed=done, unit=unit)
        elif not self._quiet and (monotonic() - self._told >= _LINE_EVERY_S):
            self._told = monotonic()
            sys.stderr.write(f"gait: {done} of {total} sessions\n")

    def watch(self, event: JobEvent) -> None:
        from gait.batch.worker_pool import JobFinished, JobProgress

        if isinstance(event, JobFinished):
            self._failed += event.stamp is None or event.stamp["status"] != "ok"
            if event.slug in self._tasks:
                self._bar.remove_task(self._tasks.pop(event.slug))
        elif isinstance(event, JobProgress) and self._bar is not None:
            if event.slug not in self._tasks:
                self._tasks[event.slug] = self._bar.add_task(event.slug[:40], total=event.total, unit="frames")
            self._bar.update(self._tasks[event.slug], completed=event.done, total=event.total)
