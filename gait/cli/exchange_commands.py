"""The commands that read and write files of other programs: ``gait export`` and ``gait poses``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gait.errors import InputError

#: `gait.io.export.FORMATS` and `gait.io.pose_readers.READERS`, written again: importing takes too long for the help.
EXPORTED = ("trc", "mot", "c3d", "openpose", "movement", "csv", "parquet")
READ = ("auto", "movement", "openpose", "trc", "c3d", "deeplabcut", "keypoints-csv", "keypoints-json")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(no_args_is_help=False)(export)
    app.command(no_args_is_help=False)(poses)


def export(
    session: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a report.")],
    to: Annotated[str, typer.Option("--to", metavar="|".join(EXPORTED), help="Format.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="PATH", help="File to make. [default: in DIR, by its name]")
    ] = None,
    video: Annotated[
        str | None, typer.Option(metavar="N", help="Which video of the report, from 1. [default: the side view]")
    ] = None,
) -> None:
    """Write a session into a file of another program.

    trc and mot open in OpenSim, c3d holds contacts and toe-offs too; csv and parquet hold every metric, step by step.
    """
    from gait.cli.main import _check_choice, _number
    from gait.io.export import export_session

    _check_choice("--to", to, EXPORTED)
    number = _number("--video", video, 1, 999, "", "count the videos of the report from 1, e.g. --video 2")
    if number is not None and number != int(number):
        raise InputError(f"--video {video} must be a whole number, e.g. --video 2")
    written = export_session(session, output, to=to, video=None if number is None else int(number) - 1)
    typer.echo(written)


def poses(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Poses or markers; a folder for OpenPose.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder for the report. [default: FILE's name + _gait]"),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", metavar="NAME", help=f"{', '.join(READ)}; auto goes by the name.")
    ] = "auto",
    fps: Annotated[
        str | None, typer.Option(metavar="N", help="Frames per second, where the file only counts frames.")
    ] = None,
    capture_fps: Annotated[
        str | None,
        typer.Option(metavar="N", help="Frames per second while filming, for slow motion."),
    ] = None,
    height: Annotated[str | None, typer.Option(metavar="CM", help="Body height in centimetres.")] = None,
    speed: Annotated[str | None, typer.Option(metavar="KMH", help="Belt speed in km/h.")] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The runner's name, for the report.")] = None,
    view: Annotated[
        str, typer.Option(metavar="auto|side|rear|front", help="Where the camera stood, or the plane of markers.")
    ] = "auto",
    individual: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose poses, where the file has several.")
    ] = None,
    least_confidence: Annotated[
        str | None, typer.Option(metavar="0..1", help="Leave out points less sure than this; for DeepLabCut 0.6.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
) -> None:
    """Measure a run whose poses another program has made, and write its report, without pictures.

    movement (NetCDF), OpenPose, TRC (OpenSim, Pose2Sim, Sports2D), C3D, DeepLabCut, RTMPose keypoints in CSV or JSON.
    """
    from gait.cli.main import VIEWS, _check_choice, _number, _output_folder, _tell

    _check_choice("--view", view, VIEWS)
    _check_choice("--format", format_, READ)
    rate = _number("--fps", fps, 5, 1000, "frames per second", "e.g. --fps 60")
    filmed = _number("--capture-fps", capture_fps, 10, 1000, "frames per second", "e.g. --capture-fps 240")
    height_cm = _number("--height", height, 120, 220, "cm", "give centimetres, e.g. --height 178")
    speed_kmh = _number("--speed", speed, 3, 30, "km/h", "give the belt's km/h, e.g. --speed 10.5")
    least = _number("--least-confidence", least_confidence, 0, 1, "", "e.g. --least-confidence 0.6")

    from gait.analysis.view_analysis import analyze_pose
    from gait.io.poses import load_poses
    from gait.records import Runner

    pose = load_poses(
        file,
        format=format_,
        fps=rate,
        capture_fps=filmed,
        view="side" if view == "auto" else view,  # type: ignore[arg-type]
        individual=individual,
        least_confidence=least or 0.0,
    )
    runner = Runner(
        (name or "").strip() or None,
        None if height_cm is None else height_cm / 100,
        None,
        None if speed_kmh is None else speed_kmh / 3.6,
    )
    analysed = analyze_pose(pose, runner=runner, view=view)  # type: ignore[arg-type]
    with _output_folder(output or Path(f"{file.stem}_gait"), ()) as folder:
        from gait.report.report_folder import write_report
        from gait.session import assess

        session = assess(analysed, runner=runner)
        session.save(folder)
        report = write_report(session, folder, video=False)
        if not quiet:
            _tell(session, report)
