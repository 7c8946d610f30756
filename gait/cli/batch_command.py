"""``gait batch``: many videos, one index and one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from gait.cli.error_hints import with_hint
from gait.cli.options import (
    EveryFrameOption,
    HistoryFileOption,
    HistoryOption,
    JobsOption,
    LanguageOption,
    NoVideoOption,
    QuietOption,
    UnitsOption,
    VideoOption,
    example_remedy,
    find_history_file,
    parse_count,
    parse_height_m,
    parse_language,
    parse_number,
    parse_speed_mps,
    parse_units,
    parse_video_choice,
    speak_in_command,
)
from gait.cli.progress_display import ProgressDisplay
from gait.cli.terminal_output import print_error, print_line
from gait.display_language import Texts, _, clauses_text, labelled_text, ngettext, pgettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gait.batch.batch_run import BatchResult
    from gait.batch.clip_check import FilmAgain
    from gait.batch.worker_pool import JobEvent

#: Exit codes: nothing was measured; some clips were not measured, or some results not stored.
UNUSABLE, PARTIAL_FAILURE = 2, 3
#: State of a session, in a list of those that were not measured.
_STATUS_TEXTS: Mapping[str, str] = Texts({"failed": "failed", "duplicate": "duplicate"}, context="a session")
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
    annotated_video: VideoOption = None,
    every_frame: EveryFrameOption = False,
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
    report_language = speak_in_command(parse_language(language))
    database = find_history_file(history, db)
    written_video = parse_video_choice(annotated_video, no_video=no_video)
    processes = parse_count("--jobs", jobs, 512, pgettext("after a range of numbers", "processes"))
    minutes = parse_number(
        "--time-limit",
        time_limit,
        0.1,
        100_000,
        pgettext("after a range of numbers", "minutes"),
        example_remedy("--time-limit", 60),
    )
    gigabytes = parse_number("--memory-limit", memory_limit, 0.5, 10_000, "GB", example_remedy("--memory-limit", 8))

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
            video=written_video,
            every_frame=every_frame,
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
            print_error(
                _("nothing can be measured in any clip; {index} lists the reasons").format(index=_index_of(result))
            )
            raise typer.Exit(UNUSABLE)
        if again:
            raise typer.Exit(PARTIAL_FAILURE)
        return
    if not result.count("ok"):
        print_error(_("no session could be measured; {index} lists the reasons").format(index=_index_of(result)))
        raise typer.Exit(UNUSABLE)
    if not result.complete:
        failed = sum(not row.complete for row in result.sessions)
        parts = []
        if failed:
            text = ngettext(
                "{count} of {all} sessions has clips that were not measured",
                "{count} of {all} sessions have clips that were not measured",
                failed,
            )
            parts.append(text.format(count=failed, all=len(result.sessions)))
        if lost := sum(row.lost for row in result.sessions):
            text = ngettext(
                "{count} will be tried again by the next run", "{count} will be tried again by the next run", lost
            )
            parts.append(text.format(count=lost))
        if unstored := len(result.problems):
            text = ngettext(
                "{count} could not be stored: {reason}", "{count} could not be stored, the first: {reason}", unstored
            )
            parts.append(text.format(count=unstored, reason=result.problems[0]))
        parts.append(_("{index} lists the reasons").format(index=_index_of(result)))
        print_error(clauses_text(parts))
        raise typer.Exit(PARTIAL_FAILURE)


def _print_check(result: BatchResult) -> None:
    from gait.report.terminal_text import terminal_console

    console = terminal_console()
    waiting, done = result.count("waiting"), sum(row.kept for row in result.sessions)
    clauses = [ngettext("{count} session looked at", "{count} sessions looked at", waiting).format(count=waiting)]
    if done:
        text = ngettext("{count} had been analysed before", "{count} had been analysed before", done)
        clauses.append(text.format(count=done))
    console.print(clauses_text(clauses))
    if not result.notes.film_again:
        console.print(_("No clip needs to be filmed again."))
    console.print(_("Index: {file}").format(file=_index_of(result)), style="bold", soft_wrap=True)


def _print_notes(result: BatchResult) -> None:
    """Print what the index says besides the sessions: who is missing, what was skipped, what to put right."""
    from gait.report.terminal_text import terminal_console

    console = terminal_console()
    notes = result.notes
    if notes.absent:
        names = ", ".join(one.name for one in notes.absent[:_MAX_FAILURES])
        if (more := len(notes.absent) - _MAX_FAILURES) > 0:
            names = ngettext("{names} and {count} more", "{names} and {count} more", more).format(
                names=names, count=more
            )
        console.print(_("Not filmed in this batch: {names}").format(names=names), soft_wrap=True)
    if notes.skipped:
        count = len(notes.skipped)
        text = ngettext(
            "{count} file skipped; the index lists it with the reason",
            "{count} files skipped; the index lists them with the reason",
            count,
        )
        console.print(text.format(count=count))
    if notes.unselected:
        text = ngettext(
            "{count} session left out by {option}", "{count} sessions left out by {option}", notes.unselected
        )
        console.print(text.format(count=notes.unselected, option="--where"))
    for row in result.sessions:
        if row.planned.remark:
            console.print(row.planned.remark, soft_wrap=True)
    for problem in notes.problems[:_MAX_FAILURES]:
        console.print(problem, soft_wrap=True)


def _print_result(result: BatchResult) -> None:
    from gait.report.terminal_text import styled_text, terminal_console

    console = terminal_console()
    text = ngettext("{done} of {count} session measured", "{done} of {count} sessions measured", len(result.sessions))
    clauses = [text.format(done=result.count("ok"), count=len(result.sessions))]
    if skipped := sum(row.kept for row in result.sessions):
        text = ngettext("{count} had been done before", "{count} had been done before", skipped)
        clauses.append(text.format(count=skipped))
    console.print(clauses_text(clauses))
    failed = [row for row in result.sessions if row.status not in ("ok", "waiting")]
    for row in failed[:_MAX_FAILURES]:
        name = labelled_text(row.planned.athlete, row.planned.name) if row.planned.athlete else row.planned.name
        reason = with_hint(row.reason or "", row.reason_code, command="batch")
        console.print(styled_text(f"  {_STATUS_TEXTS[row.status]}  ", (name, "bold"), f"  {reason}"), soft_wrap=True)
    if len(failed) > _MAX_FAILURES:
        console.print(f"  {_more_text(len(failed) - _MAX_FAILURES)}")
    for line in _stale_lines(result):
        console.print(line, soft_wrap=True)
    if not result.parquet:
        text = _("summary.parquet needs pyarrow ({command}); summary.csv holds the same.")
        console.print(text.format(command="pip install 'gait[export]'"))
    console.print(_("Index: {file}").format(file=_index_of(result)), style="bold", soft_wrap=True)


def _stale_lines(result: BatchResult) -> list[str]:
    """Tell which reports are of clips that are gone."""
    removed = [report.slug for report in result.stale if report.removed]
    left = [report.slug for report in result.stale if not report.removed]
    lines = []
    if removed:
        text = ngettext(
            "{count} report removed, because its clips are gone: {names}",
            "{count} reports removed, because their clips are gone: {names}",
            len(removed),
        )
        lines.append(text.format(count=len(removed), names=_shown(removed)))
    if left:
        text = ngettext(
            "{count} report of clips that are gone; {option} removes what gait wrote: {names}",
            "{count} reports of clips that are gone; {option} removes what gait wrote: {names}",
            len(left),
        )
        lines.append(text.format(count=len(left), names=_shown(left), option="--prune"))
    return lines


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:_MAX_FAILURES]) + (" …" if len(names) > _MAX_FAILURES else "")


def _more_text(count: int) -> str:
    text = ngettext("and {count} more; the index lists it", "and {count} more; the index lists them", count)
    return text.format(count=count)


def _index_of(result: BatchResult) -> str:
    from gait.batch.storage import join_location

    return join_location(result.output, "index.html")


class _BatchProgress:
    """One bar for all sessions and one for each session at work."""

    def __init__(self, display: ProgressDisplay) -> None:
        self._display = display
        self._failed = 0

    def show_check(self, done: int, total: int) -> None:
        row = pgettext("progress bar", "check")
        self._display.show(row, done, total, _("sessions looked at"))
        if done == total:
            self._display.remove(row)

    def announce(self, again: Sequence[FilmAgain], looked_at: int) -> None:
        """Say before the long work which clips to film again: the runner may still be there."""
        if not again:
            return
        self._display.close()
        text = ngettext(
            "Film this clip again (of {all} looked at):",
            "Film these {count} clips again (of {all} looked at):",
            len(again),
        )
        print_line(text.format(count=len(again), all=looked_at))
        for one in again[:_MAX_FAILURES]:
            reason = with_hint(one.reason, one.reason_code, command="batch")
            print_line(f"  {labelled_text(f'{one.athlete or one.session}, {one.file}', reason)}")
        if len(again) > _MAX_FAILURES:
            print_line(f"  {_more_text(len(again) - _MAX_FAILURES)}")

    def show_sessions(self, done: int, total: int) -> None:
        note = _("sessions")
        if self._failed:
            text = ngettext("sessions, {count} failed", "sessions, {count} failed", self._failed)
            note = text.format(count=self._failed)
        self._display.show(pgettext("progress bar", "all"), done, total, note)
        self._display.line(_("{done} of {all} sessions").format(done=done, all=total))

    def show_event(self, event: JobEvent) -> None:
        from gait.batch.worker_pool import JobFinished, JobProgress

        if isinstance(event, JobFinished):
            self._failed += event.stamp is None or event.stamp["status"] != "ok"
            self._display.remove(event.slug)
        elif isinstance(event, JobProgress):
            self._display.show(event.slug, event.done, event.total, _("frames"))
