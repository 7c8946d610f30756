"""``gait batch``: many videos, one index and one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gait.cli.error_hints import with_hint
from gait.cli.options import (
    HistoryFileOption,
    HistoryOption,
    JobsOption,
    LanguageOption,
    NoVideoOption,
    QuietOption,
    UnitsOption,
    find_history_file,
    parse_count,
    parse_height_m,
    parse_language,
    parse_number,
    parse_speed_mps,
    parse_units,
)
from gait.cli.progress_display import ProgressDisplay
from gait.cli.terminal_output import print_error, print_line
from gait.display_language import language_of_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gait.batch.batch_run import BatchResult
    from gait.batch.clip_check import FilmAgain
    from gait.batch.worker_pool import JobEvent

#: Exit codes: nothing was measured; some clips were not measured, or some results not stored.
UNUSABLE, PARTIAL_FAILURE = 2, 3
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
    units: UnitsOption = None,
    language: LanguageOption = None,
    no_video: NoVideoOption = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do everything again, even where nothing changed.")] = False,
    roster: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Athletes with height, leg_length, aliases, squad (CSV or TOML). [default: roster.csv beside them]",
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=VALUE", help="Only sessions that fit, such as squad=U20; may be repeated."),
    ] = None,
    check: Annotated[
        bool | None,
        typer.Option(
            "--check/--no-check",
            help="Only look at all clips quickly: which to film again / skip that look. [default: look, then analyse]",
            show_default=False,
        ),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove reports whose clips are gone, if gait wrote them.")
    ] = False,
    time_limit: Annotated[
        str | None,
        typer.Option("--time-limit", metavar="MIN", help="Minutes for one session. [default: 15, and 20 h a gigabyte]"),
    ] = None,
    memory_limit: Annotated[
        str | None, typer.Option("--memory-limit", metavar="GB", help="Memory of one process. [default: 4]")
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Analyse many videos: a report each, one index and one table.

    Videos of one session are found by name (anna_side.mp4, anna_rear.mp4) or by the manifest. Sessions that are done
    and unchanged are skipped. Ends with code 0 if every clip was measured, 3 if some were not, 2 if none was.
    """
    height_m = parse_height_m(height)
    speed_mps = parse_speed_mps(speed)
    shown_units = parse_units(units)
    report_language = parse_language(language) or language_of_environment()
    database = find_history_file(history, db)
    processes = parse_count("--jobs", jobs, 512, "processes")
    minutes = parse_number("--time-limit", time_limit, 0.1, 100_000, "minutes", "e.g. --time-limit 60")
    gigabytes = parse_number("--memory-limit", memory_limit, 0.5, 10_000, "GB", "e.g. --memory-limit 8")

    from gait.batch.batch_run import analyze_batch
    from gait.batch.worker_limits import DEFAULT_MEMORY, WorkerLimits

    limits = WorkerLimits(
        time_s=None if minutes is None else minutes * 60,
        memory_bytes=DEFAULT_MEMORY if gigabytes is None else int(gigabytes * 1e9),
    )
    with ProgressDisplay(quiet=quiet) as display:
        progress = _BatchProgress(display)
        result = analyze_batch(
            source,
            output,
            height_m=height_m,
            speed_mps=speed_mps,
            jobs=processes,
            cluster=cluster,
            units=shown_units,
            language=report_language,
            video=not no_video,
            fresh=fresh,
            prune=prune,
            history=database,
            roster=roster,
            where=where or (),
            check=check,
            check_only=check is True,
            announce=None if quiet else progress.announce,
            check_progress=progress.show_check,
            limits=limits,
            progress=progress.show_sessions,
            watch=progress.show_event,
        )
    if not quiet:
        if check:
            _print_check(result)
        else:
            _print_result(result)
        _print_notes(result)
    _exit(result, checked_only=check is True)


def _exit(result: BatchResult, *, checked_only: bool) -> None:
    """End with the code of a partial failure, or of a complete one."""
    if checked_only:
        again = [one for one in result.notes.film_again if not one.measurable]
        clips = sum(len(row.clips) for row in result.sessions)
        if again and len(again) >= clips:
            print_error(f"nothing can be measured in any clip; {_index_of(result)} lists the reasons")
            raise typer.Exit(UNUSABLE)
        if again:
            raise typer.Exit(PARTIAL_FAILURE)
        return
    if not result.count("ok"):
        print_error(f"no session could be measured; {_index_of(result)} lists the reasons")
        raise typer.Exit(UNUSABLE)
    if not result.complete:
        failed = sum(not row.complete for row in result.sessions)
        parts = [f"{failed} of {len(result.sessions)} sessions have clips that were not measured"] if failed else []
        lost = sum(row.lost for row in result.sessions)
        parts += [f"{lost} will be tried again by the next run"] if lost else []
        parts += [f"{len(result.problems)} could not be stored: {result.problems[0]}"] if result.problems else []
        print_error(f"{'; '.join(parts)}; {_index_of(result)} lists the reasons")
        raise typer.Exit(PARTIAL_FAILURE)


def _print_check(result: BatchResult) -> None:
    from gait.report.terminal_text import terminal_console

    console = terminal_console()
    waiting, done = result.count("waiting"), sum(row.kept for row in result.sessions)
    line = f"{waiting} session{'' if waiting == 1 else 's'} looked at"
    console.print(f"{line}; {done} had been analysed before" if done else line)
    if not result.notes.film_again:
        console.print("No clip needs to be filmed again.")
    console.print(f"Index: {_index_of(result)}", style="bold", soft_wrap=True)


def _print_notes(result: BatchResult) -> None:
    """Print what the index says besides the sessions: who is missing, what was skipped, what to put right."""
    from gait.report.terminal_text import terminal_console

    console = terminal_console()
    notes = result.notes
    if notes.absent:
        names = ", ".join(one.name for one in notes.absent[:_MAX_FAILURES])
        more = f" and {len(notes.absent) - _MAX_FAILURES} more" if len(notes.absent) > _MAX_FAILURES else ""
        console.print(f"Not filmed in this batch: {names}{more}", soft_wrap=True)
    if notes.skipped:
        count = len(notes.skipped)
        console.print(f"{count} file{'' if count == 1 else 's'} skipped; the index lists them with the reason")
    if notes.unselected:
        console.print(f"{notes.unselected} sessions left out by --where")
    for row in result.sessions:
        if row.planned.remark:
            console.print(row.planned.remark, soft_wrap=True)
    for problem in notes.problems[:_MAX_FAILURES]:
        console.print(problem, soft_wrap=True)


def _print_result(result: BatchResult) -> None:
    from gait.report.terminal_text import styled_text, terminal_console

    console = terminal_console()
    summary = f"{result.count('ok')} of {len(result.sessions)} sessions measured"
    skipped = sum(row.kept for row in result.sessions)
    console.print(f"{summary}; {skipped} had been done before" if skipped else summary)
    failed = [row for row in result.sessions if row.status not in ("ok", "waiting")]
    for row in failed[:_MAX_FAILURES]:
        name = f"{row.planned.athlete}: {row.planned.name}" if row.planned.athlete else row.planned.name
        reason = with_hint(row.reason or "", row.reason_code, command="batch")
        console.print(styled_text(f"  {row.status}  ", (name, "bold"), f"  {reason}"), soft_wrap=True)
    if len(failed) > _MAX_FAILURES:
        console.print(f"  and {len(failed) - _MAX_FAILURES} more; the index lists them")
    for line in _stale_lines(result):
        console.print(line, soft_wrap=True)
    if not result.parquet:
        console.print("summary.parquet needs pyarrow (pip install 'gait[export]'); summary.csv holds the same.")
    console.print(f"Index: {_index_of(result)}", style="bold", soft_wrap=True)


def _stale_lines(result: BatchResult) -> list[str]:
    """Tell which reports are of clips that are gone."""
    removed = [report.slug for report in result.stale if report.removed]
    left = [report.slug for report in result.stale if not report.removed]
    lines = []
    for names, text in (
        (removed, "removed, because their clips are gone"),
        (left, "of clips that are gone; --prune removes what gait wrote"),
    ):
        if names:
            shown = ", ".join(names[:_MAX_FAILURES]) + (" …" if len(names) > _MAX_FAILURES else "")
            lines.append(f"{len(names)} report{'' if len(names) == 1 else 's'} {text}: {shown}")
    return lines


def _index_of(result: BatchResult) -> str:
    from gait.batch.storage import join_location

    return join_location(result.output, "index.html")


class _BatchProgress:
    """One bar for all sessions and one for each session at work."""

    def __init__(self, display: ProgressDisplay) -> None:
        self._display = display
        self._failed = 0

    def show_check(self, done: int, total: int) -> None:
        self._display.show("check", done, total, "sessions looked at")
        if done == total:
            self._display.remove("check")

    def announce(self, again: Sequence[FilmAgain], looked_at: int) -> None:
        """Say before the long work which clips to film again: the runner may still be there."""
        if not again:
            return
        clips = "this clip" if len(again) == 1 else f"these {len(again)} clips"
        self._display.close()
        print_line(f"Film {clips} again (of {looked_at} looked at):")
        for one in again[:_MAX_FAILURES]:
            reason = with_hint(one.reason, one.reason_code, command="batch")
            print_line(f"  {one.athlete or one.session}, {one.file}: {reason}")
        if len(again) > _MAX_FAILURES:
            print_line(f"  and {len(again) - _MAX_FAILURES} more; the index lists them")

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
