"""``gait check``: what a video can show, before the long work."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gait.background_work import import_in_background
from gait.cli.error_hints import options_that_help, with_hint
from gait.cli.options import (
    DEFAULT_ENGINE,
    VIEWS,
    CaptureFpsOption,
    EngineOption,
    HeightOption,
    LanguageOption,
    VideosArgument,
    ViewOption,
    check_choice,
    check_videos,
    parse_capture_fps,
    parse_height_m,
    parse_language,
    speak_in_command,
)
from gait.cli.terminal_output import print_error, print_json
from gait.display_language import labelled_text
from gait.errors import GaitError

if TYPE_CHECKING:
    from gait.quality.quality_records import VideoCheck


def register(app: typer.Typer) -> None:
    """Add ``gait check`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("check", no_args_is_help=False)(_check)


def _check(
    videos: VideosArgument,
    capture_fps: CaptureFpsOption = None,
    view: ViewOption = "auto",
    height: HeightOption = None,
    engine: EngineOption = DEFAULT_ENGINE,
    language: LanguageOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (schema gait.check/1).")] = False,
) -> None:
    """Check in seconds what a video can show, and how to film better.

    Ends with code 2 if nothing can be measured from one of the videos.
    """
    capture_rate = parse_capture_fps(capture_fps)
    height_m = parse_height_m(height)
    speak_in_command(parse_language(language))
    check_choice("--view", view, VIEWS)
    check_videos(videos)

    from gait.pose.engines.engine_registry import ENGINES, make_engine
    from gait.quality.check_start import StartedCheck
    from gait.single_core import available_cores

    check_choice("--engine", engine, sorted(ENGINES))
    engine_maker = partial(make_engine, engine, workers=available_cores())
    checks: list[VideoCheck] = []
    problems: list[tuple[Path, str]] = []
    for video in videos:
        try:
            with StartedCheck(video, engine_maker) as started:
                # The first video is looked at while this is loaded.
                from gait.quality.video_check import check_video

                import_in_background("scipy.ndimage", "gait.report.quality_summary", "gait.report.terminal_text")
                check = check_video(
                    video,
                    capture_fps=capture_rate,
                    view=view,  # type: ignore[arg-type]
                    engine=engine,
                    height_m=height_m,
                    started=started,
                )
        except GaitError as error:
            problems.append((video, with_hint(str(error), error.code, command="check")))
            continue
        checks.append(check)
        if not check.usable:
            problems.append((video, with_hint(check.refusal, check.refusal_code, command="check")))
        if not as_json:
            from gait.report.quality_summary import print_check
            from gait.report.terminal_text import terminal_console

            console = terminal_console()
            print_check(check, console)
            codes = [*(o.code for o in check.observations), *(m.reason_code for m in check.expected_metrics)]
            hint = options_that_help(codes, command="check")
            if hint is not None:
                console.print(hint, style="dim")
    if as_json:
        from gait.report.quality_summary import check_json

        print_json(check_json(checks, problems))
    for video, problem in problems:
        print_error(problem if str(video) in problem else labelled_text(str(video), problem))
    if problems:
        raise typer.Exit(2)
