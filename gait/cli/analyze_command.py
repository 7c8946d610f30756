"""``gait analyze``: measure a run on video and write its report."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gait.background_work import in_background
from gait.cli.options import (
    DEFAULT_ENGINE,
    VIEWS,
    AdjustOption,
    AnswersOption,
    CaptureFpsOption,
    EngineOption,
    EveryFrameOption,
    HeightOption,
    HistoryFileOption,
    HistoryOption,
    LanguageOption,
    LegLengthOption,
    NameOption,
    NoVideoOption,
    QuietOption,
    SpeedOption,
    UnitsOption,
    VideoOption,
    VideosArgument,
    ViewOption,
    check_choice,
    check_engine,
    check_videos,
    find_history_file,
    parse_capture_fps,
    parse_height_m,
    parse_language,
    parse_leg_length_m,
    parse_name,
    parse_speed_mps,
    parse_time_span,
    parse_units,
    parse_video_choice,
    speak_in_command,
)
from gait.cli.output_folder import prepared_folder
from gait.cli.progress_display import ProgressDisplay
from gait.cli.terminal_output import is_person_at_terminal, print_line, print_session
from gait.display_language import N_, _
from gait.display_text import short_file_name
from gait.errors import InputError
from gait.heap_settings import return_large_blocks

if TYPE_CHECKING:
    from gait.findings.answers import Answers

#: What stands before the questions.
_INTRODUCTION = N_(
    "First a few questions about pain, shoes and training, for advice that fits. Enter skips a question, s all that "
    "are left; several answers go as 1,3."
)


def register(app: typer.Typer) -> None:
    """Add ``gait analyze`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("analyze", no_args_is_help=False)(_analyze)


def _analyze(
    videos: VideosArgument,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder for the report. [default: VIDEO's name + _gait]"),
    ] = None,
    height: HeightOption = None,
    leg_length: LegLengthOption = None,
    speed: SpeedOption = None,
    name: NameOption = None,
    view: ViewOption = "auto",
    capture_fps: CaptureFpsOption = None,
    engine: EngineOption = DEFAULT_ENGINE,
    model: Annotated[
        str | None, typer.Option(metavar="NAME|FILE.task", help="Pose network: full, heavy, mixed, or a model file.")
    ] = None,
    start: Annotated[str | None, typer.Option(metavar="S", help="Leave out what comes before, seconds.")] = None,
    end: Annotated[str | None, typer.Option(metavar="S", help="Leave out what comes after, seconds.")] = None,
    answers: AnswersOption = None,
    no_ask: Annotated[
        bool, typer.Option("--no-ask", help="Do not ask about pain, shoes and training before the analysis.")
    ] = False,
    adjust: AdjustOption = None,
    same_run: Annotated[
        bool, typer.Option("--same-run", help="All videos show one run, even if their cadences differ.")
    ] = False,
    units: UnitsOption = None,
    language: LanguageOption = None,
    every_frame: EveryFrameOption = False,
    no_video: NoVideoOption = False,
    annotated_video: VideoOption = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Estimate the poses again, even if the folder has them.")
    ] = False,
    history: HistoryOption = False,
    db: HistoryFileOption = None,
    quiet: QuietOption = False,
) -> None:
    """Measure a run on video and write its report.

    The folder gets report.html, report.json, steps.csv, the poses and annotated videos. On a terminal it first asks
    what no video shows; Enter skips a question, s all of them.
    """
    height_m = parse_height_m(height)
    leg_length_m = parse_leg_length_m(leg_length)
    speed_mps = parse_speed_mps(speed)
    capture_rate = parse_capture_fps(capture_fps)
    start_s, end_s = parse_time_span(start, end)
    shown_units = parse_units(units) or "metric"
    spoken = speak_in_command(parse_language(language))
    check_choice("--view", view, VIEWS)
    written_video = parse_video_choice(annotated_video, no_video=no_video)
    check_videos(videos)
    check_engine(engine, model)

    from gait.owned_files import is_source
    from gait.session_files import ANSWERS_FILE, check_session_folder, pose_file_name
    from gait.video.timeline import frame_times

    # All of these fail before the long work where something is wrong.
    runner_answers = None
    if answers is not None:
        from gait.findings.answers import load_answers

        runner_answers = load_answers(answers)
    database = _opened_once(find_history_file(history, db), name)
    for video in videos:
        frame_times(video, start=start_s, end=end_s)

    if output is None:
        output = Path(short_file_name(videos[0].stem, "_gait"))
    read = [*videos, *(adjust or ()), *([] if answers is None else [answers])]
    keeps_answers = runner_answers is not None and not is_source(output / ANSWERS_FILE, read)
    others = [ANSWERS_FILE] if keeps_answers else []
    check_session_folder(output, videos=len(videos), sources=read, annotated=bool(written_video), others=others)
    earlier = None
    if answers is None and not no_ask and not quiet and is_person_at_terminal():
        earlier = _earlier_answers(output / ANSWERS_FILE)
        runner_answers = _ask_runner(earlier)
        keeps_answers = runner_answers is not None and (earlier is not None or not (output / ANSWERS_FILE).exists())
    with prepared_folder(output) as folder, ProgressDisplay(quiet=quiet) as progress:
        from gait.session import analyze

        if fresh or not all((folder / pose_file_name(number)).exists() for number in range(len(videos))):
            return_large_blocks()  # of all the frames that the networks are going to look at
        in_background(partial(_prepare_page, spoken))
        session = analyze(
            videos,
            height_m=height_m,
            leg_length_m=leg_length_m,
            speed_mps=speed_mps,
            name=parse_name(name),
            view=view,
            capture_fps=capture_rate,
            engine=engine,
            model=model,
            start=start_s,
            end=end_s,
            cache_dir=folder,
            fresh=fresh,
            answers=runner_answers,
            adjust=adjust,
            units=shown_units,
            language=spoken,
            progress=progress.task("poses"),
            same_run=same_run,
            every_frame=every_frame,
        )
        if runner_answers is not None and keeps_answers:
            from gait.findings.answers import write_answers

            write_answers(runner_answers, folder / ANSWERS_FILE, changing=earlier is not None)
        from gait.report.report_folder import write_report

        report = write_report(session, folder, video=written_video, progress=progress.task("report"))
        progress.close()
        if not quiet:
            print_session(session, report, command="analyze")
        if database is not None:
            from gait.history.athlete_history import History

            with History(database) as athletes:
                athletes.add(folder, athlete=name)


def _prepare_page(language: str) -> None:
    from gait.report.page_preparation import prepare_page

    prepare_page(language)


def _earlier_answers(file: Path) -> Answers | None:
    """Read the answers that an earlier run kept, if there are any."""
    from gait.findings.answers import load_answers

    try:
        return load_answers(file) if file.exists() else None
    except InputError:
        return None


def _ask_runner(earlier: Answers | None) -> Answers | None:
    """Ask the questions; return ``None`` where none is answered."""
    from gait.cli.questionnaire import ask_questions, prompt_for_line
    from gait.findings.answers import warnings_from_answers

    answers = ask_questions(prompt_for_line, print_line, earlier=earlier, introduction=_INTRODUCTION)
    for warning in warnings_from_answers(answers):
        print_line("\n" + _("Please read this first: {warning}").format(warning=warning.message))
    print_line()
    return answers or None


def _opened_once(database: Path | None, name: str | None) -> Path | None:
    """Prove that a report can be added to the history, and return its file."""
    if database is None:
        return None
    if parse_name(name) is None:
        raise InputError(_("--history needs the name of the runner; give --name NAME"))
    from gait.history.athlete_history import History

    with History(database):
        return database
