"""``gait analyze``: measure a run on video and write its report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gait.cli.options import (
    DEFAULT_ENGINE,
    VIEWS,
    AdjustOption,
    AnswersOption,
    CaptureFpsOption,
    EngineOption,
    HeightOption,
    HistoryFileOption,
    HistoryOption,
    LegLengthOption,
    NameOption,
    NoVideoOption,
    QuietOption,
    SpeedOption,
    VideosArgument,
    ViewOption,
    check_choice,
    check_engine,
    check_videos,
    find_history_file,
    parse_capture_fps,
    parse_height_m,
    parse_leg_length_m,
    parse_name,
    parse_speed_mps,
    parse_time_span,
)
from gait.cli.output_folder import prepared_folder
from gait.cli.progress_display import ProgressDisplay
from gait.cli.terminal_output import print_session
from gait.display_text import short_file_name
from gait.errors import InputError


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
    adjust: AdjustOption = None,
    no_video: NoVideoOption = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Estimate the poses again, even if the folder has them.")
    ] = False,
    history: HistoryOption = False,
    db: HistoryFileOption = None,
    quiet: QuietOption = False,
) -> None:
    """Measure a run on video and write its report.

    The folder gets report.html, report.json, steps.csv, the poses and annotated videos.
    """
    height_m = parse_height_m(height)
    leg_length_m = parse_leg_length_m(leg_length)
    speed_mps = parse_speed_mps(speed)
    capture_rate = parse_capture_fps(capture_fps)
    start_s, end_s = parse_time_span(start, end)
    check_choice("--view", view, VIEWS)
    check_videos(videos)
    check_engine(engine, model)

    from gait.findings.answers import ANSWERS_FILE, load_answers, write_answers
    from gait.owned_files import is_source
    from gait.session_files import check_session_folder
    from gait.video.timeline import frame_times

    # All of these fail before the long work where something is wrong.
    runner_answers = None if answers is None else load_answers(answers)
    database = _opened_once(find_history_file(history, db), name)
    for video in videos:
        frame_times(video, start=start_s, end=end_s)

    if output is None:
        output = Path(short_file_name(videos[0].stem, "_gait"))
    read = [*videos, *(adjust or ()), *([] if answers is None else [answers])]
    keeps_answers = runner_answers is not None and not is_source(output / ANSWERS_FILE, read)
    others = [ANSWERS_FILE] if keeps_answers else []
    check_session_folder(output, videos=len(videos), sources=read, annotated=not no_video, others=others)
    with prepared_folder(output) as folder, ProgressDisplay(quiet=quiet) as progress:
        from gait.report.report_folder import write_report
        from gait.session import analyze

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
            progress=progress.task("poses"),
        )
        if runner_answers is not None and keeps_answers:
            write_answers(runner_answers, folder / ANSWERS_FILE)
        report = write_report(session, folder, video=not no_video, progress=progress.task("report"))
        progress.close()
        if not quiet:
            print_session(session, report, command="analyze")
        if database is not None:
            from gait.history.athlete_history import History

            with History(database) as athletes:
                athletes.add(folder, athlete=name)


def _opened_once(database: Path | None, name: str | None) -> Path | None:
    """Prove that a report can be added to the history, and return its file."""
    if database is None:
        return None
    if parse_name(name) is None:
        raise InputError("--history needs the name of the runner; give --name NAME")
    from gait.history.athlete_history import History

    with History(database):
        return database
