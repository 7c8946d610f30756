"""``gait validate``: how wrong the measurements are."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from gait.cli.options import DEFAULT_ENGINE, EngineOption, JobsOption, QuietOption, check_engine, parse_count
from gait.cli.output_folder import prepared_folder
from gait.cli.progress_display import ProgressDisplay
from gait.cli.terminal_output import print_line
from gait.display_language import pgettext
from gait.errors import InputError


def register(app: typer.Typer) -> None:
    """Add ``gait validate`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("validate")(_validate)


def _validate(
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Folder for validation.md, its data and its plots. [default: docs; with --labels or --lab: none]",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only a few short clips: two minutes instead of half an hour.")
    ] = False,
    mocap: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Force-plate recordings (rbds_*.npz). [default: ../shared/mocap, if it exists]"
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Instead: real clips labelled by hand, files of `gait label`."),
    ] = None,
    videos: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="With --labels: another folder of videos; repeatable.")
    ] = None,
    lab: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Instead: recordings of a laboratory, NAME.c3d with NAME.mp4."),
    ] = None,
    clip_folder: Annotated[
        Path,
        typer.Option("--work", metavar="DIR", help="Folder that keeps rendered clips and poses for the next run."),
    ] = Path("build/validation"),
    engine: EngineOption = DEFAULT_ENGINE,
    jobs: JobsOption = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the random runners.")] = 0,
    clips: Annotated[
        int | None,
        typer.Option("--clips", metavar="N", help="About so many rendered clips, the same share of each kind."),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Measure the errors of gait on runs whose truth is known.

    The runs are rendered videos and recordings of treadmill runners with force plates. Real clips labelled by hand get
    a table of their own if ../shared/labels exists.
    """
    processes = parse_count("--jobs", jobs, 64, pgettext("after a range of numbers", "processes"))
    if seed < 0:
        raise InputError(f"--seed {seed} must not be negative")
    if clips is not None and clips < 1:
        raise InputError(f"--clips {clips} must be at least 1")
    check_engine(engine, None)
    if mocap is not None and not mocap.is_dir():
        raise InputError(f"--mocap {mocap}: no such folder; give the one with the recordings")
    if videos and labels is None:
        raise InputError("--videos goes with --labels; give the folder of the label files")
    if labels is not None or lab is not None:
        _validate_on_real_runners(
            labels, videos or [], lab, output=output, work=clip_folder, engine=engine, quiet=quiet
        )
        return
    with prepared_folder(output or Path("docs")) as folder, ProgressDisplay(quiet=quiet) as progress:
        from gait.validation import validate

        page = validate(
            folder,
            size="quick" if quick else "full",
            mocap=mocap,
            clip_folder=clip_folder,
            engine=engine,
            jobs=processes,
            seed=seed,
            clips=clips,
            command="gait validate"
            + (" --quick" if quick else "")
            + (f" --seed {seed}" if seed else "")
            + (f" --clips {clips}" if clips is not None else ""),
            drawing=progress.task("drawing", "clips"),
            measuring=progress.task("measuring", "clips"),
        )
        progress.close()
        if not quiet:
            print_line(f"Validation: {page}")


def _validate_on_real_runners(
    labels: Path | None,
    videos: list[Path],
    lab: Path | None,
    *,
    output: Path | None,
    work: Path,
    engine: str,
    quiet: bool,
) -> None:
    """Compare gait with labels by hand or with a laboratory: print the tables, and write them to a given folder."""
    if labels is not None and lab is not None:
        raise InputError("--labels and --lab are two validations; give one of them")
    option, source = ("--labels", labels) if labels is not None else ("--lab", lab)
    assert source is not None
    for folder in (source, *videos):
        if not folder.is_dir():
            raise InputError(f"{'--videos' if folder in videos else option} {folder}: no such folder")
    if output is not None and output.resolve() == source.resolve():
        raise InputError(f"-o {output}: holds the {option[2:]} themselves; choose another folder")
    command = f"gait validate {option} {source}" + "".join(f" --videos {v}" for v in videos)
    with ExitStack() as stack:
        folder_out = None if output is None else stack.enter_context(prepared_folder(output))
        cache = stack.enter_context(prepared_folder(work / "real"))
        progress = stack.enter_context(ProgressDisplay(quiet=quiet))
        from gait.validation.real_runners import (
            compare_with_lab,
            compare_with_labels,
            real_runner_lines,
            write_real_runners,
        )

        measuring = progress.task("measuring", "clips")
        if labels is not None:
            result = compare_with_labels(
                labels, video_folders=videos, cache_dir=cache, engine=engine, progress=measuring
            )
        else:
            result = compare_with_lab(source, cache_dir=cache, engine=engine, progress=measuring)
        progress.close()
        if folder_out is not None:
            page, _ = write_real_runners(result, folder_out, command=command)
        if not quiet:
            print_line("\n".join(real_runner_lines(result)).rstrip())
            if folder_out is not None:
                print_line(f"Validation: {page}")
    if result.clips.refused.notna().all():
        raise InputError(f"{option} {source}: no clip could be analysed: {result.clips.refused.iloc[0]}")
