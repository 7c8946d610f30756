"""``gait report``: write a report again from saved poses."""

from __future__ import annotations

import typer

from gait.cli.options import (
    AdjustOption,
    AnswersOption,
    KeptVideoOption,
    LanguageOption,
    QuietOption,
    ReportFolderArgument,
    UnitsOption,
    parse_language,
    parse_units,
    parse_video_choice,
)
from gait.cli.output_folder import prepared_folder
from gait.cli.progress_display import ProgressDisplay
from gait.cli.terminal_output import print_error, print_session
from gait.display_language import _
from gait.errors import FILM_MISSING, InputError


def register(app: typer.Typer) -> None:
    """Add ``gait report`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("report", no_args_is_help=False)(_report)


def _report(
    folder: ReportFolderArgument,
    answers: AnswersOption = None,
    adjust: AdjustOption = None,
    units: UnitsOption = None,
    language: LanguageOption = None,
    annotated_video: KeptVideoOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write a report again, from its saved poses.

    It uses this version of gait, and the answers, adjusted joints and units given now or earlier. Annotated videos
    stay as they are, unless --video says otherwise. Where the film is gone, pictures are drawn from the body points.
    """
    from gait.findings.answers import load_answers, write_answers
    from gait.io.sessions import analysis_options, has_videos, load_session
    from gait.owned_files import is_source
    from gait.session_files import ANSWERS_FILE, check_session_folder

    shown_units = parse_units(units)
    given_language = parse_language(language)
    written_video = "keep" if annotated_video is None else parse_video_choice(annotated_video)
    options, lost = None, None
    if has_videos(folder):
        try:
            options = analysis_options(folder)
        except InputError as error:
            if error.code != FILM_MISSING or adjust:
                raise
            lost = error
    if options is not None and shown_units is not None:
        options["units"] = shown_units
    if options is not None and given_language is not None:
        options["language"] = given_language
    if adjust and options is None:
        raise InputError(_("--adjust needs a report of a video; this one was made from poses of another program"))
    saved_answers = folder / ANSWERS_FILE
    if answers is None and saved_answers.is_file():
        answers = saved_answers
    runner_answers = None if answers is None else load_answers(answers)
    keeps_answers = runner_answers is not None and answers is not None and not is_source(saved_answers, [answers])
    clips = [] if options is None else options["videos"]
    check_session_folder(
        folder, videos=len(clips), sources=[*clips, *(adjust or ())], others=[ANSWERS_FILE] if keeps_answers else []
    )
    with prepared_folder(folder) as output, ProgressDisplay(quiet=quiet) as progress:
        if runner_answers is not None and keeps_answers:
            write_answers(runner_answers, saved_answers)
        from gait.report.report_folder import write_report
        from gait.session import analyze

        if options is None:
            session = load_session(output, answers=runner_answers, units=shown_units, language=given_language)
        else:
            session = analyze(
                **options,
                cache_dir=output,
                answers=runner_answers,
                adjust=adjust,
                progress=progress.task("poses"),
                same_run=True,  # as was decided when the session was made
            )
        page = write_report(session, output, video=written_video, progress=progress.task("report"))
        progress.close()
        if lost is not None:
            print_error(str(lost))
        if not quiet:
            print_session(session, page, command="report")
