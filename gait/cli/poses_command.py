"""``gait poses``: measure a run from poses that another program made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gait.cli.options import (
    VIEWS,
    CaptureFpsOption,
    HeightOption,
    LanguageOption,
    NameOption,
    QuietOption,
    SpeedOption,
    UnitsOption,
    check_choice,
    example_remedy,
    parse_capture_fps,
    parse_height_m,
    parse_language,
    parse_name,
    parse_number,
    parse_speed_mps,
    parse_units,
    speak_in_command,
)
from gait.cli.output_folder import prepared_folder
from gait.cli.terminal_output import print_session
from gait.display_language import _, pgettext
from gait.display_text import short_file_name
from gait.errors import InputError

#: ``auto`` and keys of `gait.io.pose_readers.READERS`, repeated because that import takes longer than ``gait --help``
#: may; ``tests/cli/test_poses_command.py`` compares the two.
POSE_FORMATS = ("auto", "movement", "openpose", "trc", "c3d", "deeplabcut", "keypoints-csv", "keypoints-json")


def register(app: typer.Typer) -> None:
    """Add ``gait poses`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("poses", no_args_is_help=False)(_poses)


def _poses(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File with poses or markers; a folder for OpenPose.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder for the report. [default: FILE's name + _gait]"),
    ] = None,
    format_: Annotated[
        str,
        typer.Option("--format", metavar="NAME", help=f"{', '.join(POSE_FORMATS)}; auto goes by the file's name."),
    ] = "auto",
    fps: Annotated[
        str | None, typer.Option(metavar="N", help="Frames per second, if the file does not state it.")
    ] = None,
    capture_fps: CaptureFpsOption = None,
    height: HeightOption = None,
    speed: SpeedOption = None,
    name: NameOption = None,
    view: Annotated[
        str, typer.Option(metavar="|".join(VIEWS), help="Side the camera filmed, or the plane to show markers in.")
    ] = "auto",
    individual: Annotated[
        str | None, typer.Option(metavar="NAME", help="Person to measure, if the file has several.")
    ] = None,
    least_confidence: Annotated[
        str | None,
        typer.Option(metavar="0..1", help="Leave out points below this confidence; 0.6 suits DeepLabCut."),
    ] = None,
    keypoint: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEYPOINT=NAME",
            help="Which marker is which, if the names differ: left_hip=Trochanter_L; repeatable.",
        ),
    ] = None,
    units: UnitsOption = None,
    language: LanguageOption = None,
    quiet: QuietOption = False,
) -> None:
    """Measure a run from poses that another program made.

    The report has no pictures. Formats: movement (NetCDF), OpenPose, TRC (OpenSim, Pose2Sim, Sports2D), C3D,
    DeepLabCut, RTMPose keypoints as CSV or JSON.
    """
    shown_units = parse_units(units) or "metric"
    spoken = speak_in_command(parse_language(language))
    check_choice("--view", view, VIEWS)
    check_choice("--format", format_, POSE_FORMATS)
    rate = parse_number(
        "--fps", fps, 5, 1000, pgettext("after a range of numbers", "frames per second"), example_remedy("--fps", 60)
    )
    capture_rate = parse_capture_fps(capture_fps)
    height_m = parse_height_m(height)
    speed_mps = parse_speed_mps(speed)
    min_confidence = parse_number(
        "--least-confidence", least_confidence, 0, 1, "", example_remedy("--least-confidence", 0.6)
    )

    from gait.analysis.view_analysis import analyze_pose
    from gait.io.poses import load_poses
    from gait.records import Runner
    from gait.session_files import check_session_folder

    pose = load_poses(
        file,
        format=format_,
        fps=rate,
        capture_fps=capture_rate,
        view="side" if view == "auto" else view,  # type: ignore[arg-type]
        names=_parse_names(keypoint or ()),
        individual=individual,
        least_confidence=min_confidence or 0.0,
    )
    runner = Runner(parse_name(name), height_m, None, speed_mps)
    analysis = analyze_pose(pose, runner=runner, view=view)  # type: ignore[arg-type]
    output = output or Path(short_file_name(file.stem, "_gait"))
    read = [file, *(file.iterdir() if file.is_dir() else ())]
    check_session_folder(output, videos=1, sources=read)
    with prepared_folder(output) as folder:
        from gait.report.report_folder import write_report
        from gait.session import assess

        session = assess(analysis, runner=runner, units=shown_units, language=spoken)
        session.save(folder)
        report = write_report(session, folder, video=False)
        if not quiet:
            print_session(session, report, command="poses")


def _parse_names(pairs: Sequence[str]) -> dict[str, str | Sequence[str]]:
    """Read ``left_hip=Trochanter_L``; several markers of one keypoint give their middle."""
    names: dict[str, list[str]] = {}
    for pair in pairs:
        keypoint, sign, marker = (part.strip() for part in pair.partition("="))
        if not (keypoint and sign and marker):
            raise InputError(
                _("--keypoint {pair}: must be KEYPOINT=NAME, e.g. --keypoint left_hip=Trochanter_L").format(pair=pair)
            )
        names.setdefault(keypoint, []).append(marker)
    return dict(names)
